# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists: the library and the tasks compared with a bare loop of requests, and the size of the pages."""

from __future__ import annotations

from typing import Any, NamedTuple

from figures import PlainWorks, Works, figures_of, from_plain, plain
from servers import MODULE_ALWAYS, Server, Work, server
from tables import kept, table
from toolbox import Toolbox
from workspace import ROOT, StepError

TITLES = {
    "bare": "bare loop of `requests`",
    "library": "library, whole backups",
    "library summary": "library, `summary`",
    "fast": "task `backup`, `INSPECT_ALL`, fast path",
    "fast summary": "task `backup_info`, `summary`, fast path",
    "module": "task `backup`, `INSPECT_ALL`, as a module",
    "module summary": "task `backup_info`, `summary`, as a module",
}
PROCESS_WORKS = ("bare", "library", "library summary")
TASK_WORKS = ("fast", "fast summary", "module", "module summary")
MODULE_WORKS = TASK_WORKS[2:]
PAGE_SIZES = (100, 200, 500, 1000, 2000)
PAGE_SIZE_COUNT = 10_000


class Rounds(NamedTuple):
    """How often the works are measured with a number of backups: those in one process, and the tasks."""

    process: int
    task: int


ROUNDS = {1_000: Rounds(7, 3), 10_000: Rounds(5, 3), 100_000: Rounds(3, 1)}
SMALL = {1_000: Rounds(1, 1)}

# The limits of the library with the longest list: times of the bare loop, part of its memory.
LONGEST_LIST = 100_000
MOST_TIME, MOST_MEMORY = 1.3, 0.1
# A task that takes longer than this many seconds is nothing to wait for.
BEARABLE_SECONDS = 60.0


def measure(box: Toolbox, small: bool) -> dict[str, Any]:
    """Read lists of several lengths in every way."""
    size = page_size_of_the_library()
    result: dict[str, Any] = {"page_size": size, "works": {}, "page_sizes": {}}
    for count, rounds in (SMALL if small else ROUNDS).items():
        with server(box, "--backups", str(count)) as running:

            def figures(names: tuple[str, ...], page: int, times: int, running: Server = running) -> PlainWorks:
                works = {name: _work(name, page) for name in names}
                return plain(figures_of(running.turns(works, times), {}))

            # Encodes each backup once, too.
            if running.once("bare", Work("bare list", {"page_size": 1000})).backups != count:
                raise StepError(f"the simulator did not list {count} backups")
            process = figures(PROCESS_WORKS, size, rounds.process)
            # A task is compared with the bare loop too, and takes so long that its own rounds are fewer.
            result["works"][count] = figures(("bare", *TASK_WORKS), size, rounds.task) | process
            if count == PAGE_SIZE_COUNT:
                result["page_sizes"] = {page: figures(PROCESS_WORKS, page, rounds.process) for page in PAGE_SIZES}
    return result


def _work(name: str, page_size: int) -> Work:
    if name == "bare":
        return Work("bare list", {"page_size": page_size})
    # The fast path does the work of the same task.
    task = name.replace("fast", "module")
    return Work(task, {"page_size": page_size}, MODULE_ALWAYS if name in MODULE_WORKS else {})


def page_size_of_the_library() -> int:
    """Return the page size that the library uses."""
    text = (ROOT / "plugins" / "module_utils" / "pxbackup" / "core" / "pagination.py").read_text()
    return int(text.split("\nPAGE_SIZE = ")[1].split()[0])


# --- the page

INTRODUCTION = """\
Time and memory of long lists of backups. Each backup has three volumes (3.4 kB of JSON). The bare loop fetches the same
pages with `requests`, decodes the JSON and keeps it, which is the minimum. The library also completes and types each
backup, and returns each one exactly once even when the list changes.

The library switches the garbage collector of Python off while it reads a list; the bare loop leaves it on, as scripts
do. With long lists this compensates for most of the work of the library, with short lists for less; about 35 ms of each
run are the certificate authorities, which it reads once.
"""

ADVICE_BEFORE = """\
### Large results in Ansible

A task spends most of its time on its result. Without the fast path, the module searches each text of it for secrets and
encodes it, and ansible-playbook decodes it; in any case ansible-playbook checks it and keeps it in memory.
"""

ADVICE_AFTER = """\
For shorter results, filter on the server (`status`, `labels`, `time_range`, ...), reduce each backup with `summary` or
`fields`, limit the list with `max_objects`, or return only numbers with `statistics: true` and `max_objects: 1`.
"""


def section(result: dict[str, Any]) -> str:
    """Return what was measured as a section of the page."""
    works = _by_number(result["works"])
    parts = [INTRODUCTION, _works(works, result["page_size"]), _advice(works), _pages(_by_number(result["page_sizes"]))]
    return "\n".join(part for part in parts if part)


def _by_number(numbers: dict[str, PlainWorks]) -> dict[int, Works]:
    """Return the figures of each number, the works in the order of the titles."""
    return {
        int(number): {work: from_plain(works)[work] for work in TITLES if work in works}
        for number, works in numbers.items()
    }


def _works(works: dict[int, Works], page_size: int) -> str:
    text = f"### Ways to read the same list\n\nPages of {page_size} backups.\n"
    for count, figures in works.items():
        rows = (
            (
                TITLES[work],
                f"{one.seconds:.2f} s",
                f"{one.time_ratio:.2f}",
                f"{one.memory / 1024:.0f} MiB",
                f"{one.memory_ratio:.2f}",
            )
            for work, one in figures.items()
        )
        header = (f"{count:,} backups", "time", "times the bare loop", "memory", "times the bare loop")
        text += "\n" + table(header, rows)
    if LONGEST_LIST in works:
        time, memory = works[LONGEST_LIST]["library"].time_ratio, works[LONGEST_LIST]["library summary"].memory_ratio
        text += (
            f"\nLimits of the library with {LONGEST_LIST:,} backups: {MOST_TIME} times the time of the bare loop\n"
            f"({kept(time, MOST_TIME)}), and with `summary` {MOST_MEMORY} times its memory"
            f" ({kept(memory, MOST_MEMORY)}).\n"
        )
    return text


def _advice(works: dict[int, Works]) -> str:
    lines = []
    measured = {work for figures in works.values() for work in figures}
    for work in (work for work in TASK_WORKS if work in measured):
        bearable = [count for count, figures in works.items() if figures[work].seconds <= BEARABLE_SECONDS]
        beyond = [(count, figures[work]) for count, figures in works.items() if count not in bearable]
        line = f"- {TITLES[work]}: up to {max(bearable):,} backups in a task of at most {BEARABLE_SECONDS:.0f} seconds"
        line += "".join(
            f"; {count:,} took {figures.seconds:.0f} seconds and {figures.memory / 2**20:.1f} GiB"
            for count, figures in beyond
        )
        lines.append(line + ".\n")
    return f"{ADVICE_BEFORE}\n{''.join(lines)}\n{ADVICE_AFTER}"


def _pages(page_sizes: dict[int, Works]) -> str:
    if not page_sizes:
        return ""
    works = list(next(iter(page_sizes.values())))
    header = ["backups in a page", *(f"{TITLES[work]}: time, memory" for work in works)]
    rows = (
        [str(size), *(f"{figures[work].seconds:.2f} s, {figures[work].memory / 1024:.0f} MiB" for work in works)]
        for size, figures in page_sizes.items()
    )
    return "### Size of the pages\n\nWith 10,000 backups. A server may send shorter pages than requested.\n\n" + table(
        header, rows
    )
