# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the fault matrix as a page: ``python -m support.fault_page FILE``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from support.faults import FAULTS, ONCE, WORKS, Cell, Fleet, fleet_of

SIMULATORS = 6

INTRODUCTION = """\
# Faults

What a task answers when something goes wrong on the way, and what is true after it. This page is made by
`make faults` from the matrix that `tests/integration/test_faults.py` checks: every operation and `backup_batch`, every
fault, at each of the requests, once and from that request on.

- *done*: the task says `changed`, and the backup is as the task wants.
- *answered*: a task that reads returns what it was asked for.
- *nothing done*: the task fails, and the server keeps what it kept before.
- *done, told*: the task fails, something was or may have been changed, and the task says so (`changed`, or its
  message says that it may have happened).
- The word before *error* is `error.category` of the result.
- *before* and *after*: the server had not yet, or had already, carried the request out.
- Numbers are those of the requests. Where none is given the same holds for all of them.

In every cell there is never a second backup of one name and owner nor a second retry of one backup, and the same
task run again without the fault succeeds.
"""


def page(fleet: Fleet) -> str:
    """Return the page."""
    return "\n".join([INTRODUCTION, *(line for operation in WORKS for line in _section(fleet, operation))])


def _section(fleet: Fleet, operation: str) -> Iterator[str]:
    yield f"## {operation}\n"
    sent = ", ".join(f"{number} `{rpc}`" for number, rpc in enumerate(fleet.requests(operation), 1))
    yield f"Requests: {sent}. With a login one for the token comes first.\n"
    yield "| fault | once | from then on |"
    yield "|---|---|---|"
    for name, fault in FAULTS.items():
        cells = fleet.cells(operation, fault)
        once = _summary([cell for cell in cells if cell.times == ONCE])
        for_good = _summary([cell for cell in cells if cell.times != ONCE])
        yield f"| {name} | {once} | {for_good} |"
    yield ""


def _summary(cells: list[Cell]) -> str:
    """Return what holds for the requests, neighbours of the same end together."""
    groups = [(words, [cell.nth for cell in group]) for words, group in groupby(cells, _words)]
    if len(groups) == 1:
        return groups[0][0]
    return "; ".join(f"{_span(numbers)}: {words}" for words, numbers in groups)


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"


def _words(cell: Cell) -> str:
    if cell.wrong:
        return f"**wrong: {', '.join(cell.wrong)}**"
    error = cell.answer.error
    if error is None:
        return "done" if cell.answer.changed else "answered"
    return f"{error.category} error, {'done, told' if cell.altered else 'nothing done'}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, fleet_of(SIMULATORS, Path(folder)) as simulators:
        Path(sys.argv[1]).write_text(page(simulators), encoding="utf-8")
