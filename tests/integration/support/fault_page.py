# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the fault matrix as a page: ``python -m support.fault_page FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from support.fault_cells import ONCE, Cell
from support.fault_fleet import Fleet, running_fleet
from support.faults import FAULTS, WORKS

INTRODUCTION = """\
# Faults

The result of a task when something fails between it and the server, and the state on the server after it. `make faults`
writes this page from the matrix that `tests/integration/test_faults.py` checks: every operation and `backup_batch`,
every fault, at each request, once and from that request on.

- *done*: the task reports `changed`, and the object is as the task wants it.
- *unchanged*: the task succeeds without a change, or returns the data that it read.
- *nothing done*: the task fails, and the state on the server is the same as before.
- *done, reported*: the task fails, something was changed or may have been changed, and the result says so: `changed`,
  or the message.
- The word before *error* is `error.category` of the result.
- *before* and *after*: the server had not yet processed the request, or had already processed it.
- The numbers are those of the requests. Without a number the entry holds for all of them.

In every cell the message is one line of bounded length without control characters, no object is created twice, no
backup is retried twice, and the same task succeeds when it runs again without the fault.
"""


def page(fleet: Fleet) -> str:
    """Return the page."""
    return "\n".join([INTRODUCTION, *(line for operation in WORKS for line in _section(fleet, operation))])


def _section(fleet: Fleet, operation: str) -> Iterator[str]:
    yield f"## {operation}\n"
    sent = ", ".join(f"{number} `{rpc}`" for number, rpc in enumerate(fleet.requests(operation), 1))
    yield f"Requests: {sent}. With a login, the request for the token comes first.\n"
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
    error = cell.result.error
    if error is None:
        return "done" if cell.result.changed else "unchanged"
    return f"{error.category} error, {'done, reported' if cell.altered else 'nothing done'}"


if __name__ == "__main__":
    with running_fleet() as simulators:
        Path(sys.argv[1]).write_text(page(simulators), encoding="utf-8")
