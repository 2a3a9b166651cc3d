# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many backups created in one task, compared with the ideal and with a loop; and the requests of a wait for many."""

from __future__ import annotations

import math
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from figures import Works, figures_of, from_plain, plain
from lists import page_size_of_the_library
from replays import Replay
from servers import Work, server
from tables import kept, table
from toolbox import Toolbox

LATENCY_MS = 20
CONCURRENCY = 5
# How long a backup runs in the works that wait: less than the first pause of a wait.
BACKUP_SECONDS = 0.5
# How long backups run that a wait polls several times.
LONG_SECONDS = 10
# How many times the ideal the work may take.
MOST = 1.3

TITLES = {
    "start": "ansible-playbook with one `debug`",
    "bare": f"bare `requests`, the same requests, {CONCURRENCY} at a time",
    "library": "library alone",
    "task": "task `backup_batch`",
    "task, wait": "task `backup_batch` that waits for all",
    "loop": "loop of CREATE",
    "loop, wait": "loop of CREATE that waits for each",
}


class Size(NamedTuple):
    """Numbers of backups: at once, in a loop, in a loop that waits, in the wait; and the rounds."""

    batch: int
    loop: int
    waiting_loop: int
    running: int
    rounds: int


FULL, SMALL = Size(1000, 100, 30, 500, 3), Size(50, 5, 3, 250, 1)


def measure(box: Toolbox, small: bool) -> dict[str, Any]:
    """Make many backups at once and in loops, and wait for many."""
    size = SMALL if small else FULL
    made, looped = {"count": size.batch}, {"count": size.loop}
    start = Work("playbook", {}, fresh=True)
    library = Work("library batch", made, fresh=True)
    options = ("--latency", str(LATENCY_MS), "--backup-seconds", str(BACKUP_SECONDS))
    with tempfile.TemporaryDirectory() as folder, server(box, *options) as running:
        replay = Replay(running, library, Path(folder) / "batch.json")
        batches = running.turns(
            {
                "start": start,
                "bare": replay.work(at_a_time=CONCURRENCY),
                "library": library,
                "task": Work("batch", made, fresh=True),
                "task, wait": Work("batch", {**made, "wait": True}, fresh=True),
            },
            size.rounds,
            lambda title: replay.check(title) if title in ("bare", "library", "task") else None,
        )
        loops = running.turns(
            {
                "start": start,
                "loop": Work("loop of create", looped, fresh=True),
                "loop, wait": Work("loop of create", {"count": size.waiting_loop, "wait": True}, fresh=True),
            },
            1,
        )
    return {
        "sizes": size._asdict(),
        "works": plain(figures_of(loops, {}) | figures_of(batches, {})),
        "polls": _polls(box, size.running),
    }


def _polls(box: Toolbox, count: int) -> list[int]:
    """Make backups that run for a while and wait for all; return the number of requests of each poll."""
    with server(box, "--backup-seconds", str(LONG_SECONDS)) as running:
        running.once("a long wait", Work("library batch", {"count": count, "wait": True}))
        last = max(index for index, entry in enumerate(running.log) if entry["writes"])
        polls = 0

        def number_poll(entry: dict[str, Any]) -> int:
            """Return the number of the poll that a request belongs to; the first page of a list begins one."""
            nonlocal polls
            polls += dict(entry["query"]).get("enumerate_options.object_index") == "0"
            return polls

        return [len(list(entries)) for _number, entries in groupby(running.log[last + 1 :], number_poll)]


# --- the page


def section(result: dict[str, Any]) -> str:
    """Return what was measured as a section of the page."""
    size, works = Size(**result["sizes"]), from_plain(result["works"])
    ideal = size.batch * LATENCY_MS / 1000 / CONCURRENCY
    return "\n".join(
        [_introduction(size, ideal), _describe_creation(size, works, ideal), _describe_wait(size, result["polls"])]
    )


def _introduction(size: Size, ideal: float) -> str:
    return (
        f"The server responds to each request after {LATENCY_MS} ms, and {CONCURRENCY} requests are sent at a time: the"
        f" ideal for {size.batch:,} backups\nis {ideal:.1f} s. Backups end after {BACKUP_SECONDS} s; a wait polls after"
        " one second for the first time.\n\n"
        f"The loops use the fast path. The table has the measured number of items; the time for {size.batch:,} items is"
        " calculated.\n"
    )


def _describe_creation(size: Size, works: Works, ideal: float) -> str:
    counts = {"start": 0, "loop": size.loop, "loop, wait": size.waiting_loop}
    start = works["start"].seconds
    rows = []
    for name, title in TITLES.items():
        one, count = works[name], counts.get(name, size.batch)
        whole = start + (one.seconds - start) / count * size.batch if name.startswith("loop") else one.seconds
        rows.append(
            (
                title,
                f"{count:,}" if count else "",
                f"{one.seconds:.2f} s",
                f"{'≈ ' if count != size.batch else ''}{whole:.1f} s" if count else "",
                f"{one.requests:,.0f}" if one.requests else "",
                f"{one.connections:.0f}" if one.requests else "",
                f"{one.memory / 1024:.0f} MiB",
            )
        )
    header = ("", "backups", "time", f"for {size.batch:,}", "requests", "connections", "memory")
    task, library, bare = (works[name].seconds for name in ("task", "library", "bare"))
    least = (start + bare) / ideal
    return (
        f"{table(header, rows)}\nLimit: {MOST} times the ideal.\n\n"
        f"- library alone: {kept(library / ideal, MOST)}.\n"
        f"- task, without ansible-playbook's start: {kept((task - start) / ideal, MOST)}; with it"
        f" {kept(task / ideal, MOST)}.\n\n"
        f"The bare requests took {bare / ideal:.2f} times the ideal. The library took {library / bare:.2f} times their"
        f" time, the task\nwithout the start {(task - start) / bare:.2f} times. The start and the bare requests take"
        f" {least:.2f} times the ideal together:\nthe whole task cannot take less here.\n"
    )


def _describe_wait(size: Size, polls: list[int]) -> str:
    page = page_size_of_the_library()
    # Each page begins with the last backup of the page before.
    pages = math.ceil((size.running - 1) / (page - 1))
    verdict = "kept" if max(polls) <= pages else "**not kept**"
    listed = ", ".join(map(str, polls))
    return (
        f"### A wait for {size.running} backups\n\n"
        f"The list of {size.running} backups has {pages} pages of {page}. A wait for all of them while they run for"
        f" {LONG_SECONDS} s polled {len(polls)} times,\nwith {listed} requests; as many as the list has pages"
        f" ({verdict}). A loop would need {size.running} requests for each poll.\n"
    )
