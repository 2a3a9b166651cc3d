# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All backups of a long list, from servers near and far: listed, pruned, surveyed and polled for events."""

from __future__ import annotations

from typing import Any

from figures import Works, figures_of, from_plain, plain
from lists import page_size_of_the_library
from servers import Work, server
from tables import kept, table
from toolbox import Toolbox
from workspace import StepError

TITLES = {
    "bare": "bare loop of `requests`, one page after the other",
    "whole": "library, whole backups",
    "whole, 1": "library, whole backups, `concurrency: 1`",
    "summary": "library, `summary`",
    "summary, orjson": "library, `summary`, with orjson",
    "statistics": "library, `summary` and `statistics`",
    "prune": "plan of `backup_prune`",
    "protection": "`protection_info`",
    "events": "full poll of the event source `backups`",
}
# Works that also read other lists, or keep less: their time says what a user waits for.
NEAR = tuple(TITLES)
FAR = ("bare", "whole", "whole, 1", "summary")

COUNT, SMALL_COUNT = 100_000, 2_000
# Milliseconds for a page, and rounds.
LATENCIES = {0: 5, 20: 3, 100: 2}

# How many times the time of the bare loop, and of its memory.
FARTHEST, MOST_FAR = 100, 0.3
MOST_NEAR = {"whole": 1.05, "summary": 1.0, "summary, orjson": 0.7}
MOST_MEMORY = 0.07


def measure(box: Toolbox, small: bool) -> dict[str, Any]:
    """Read the list in every way at every distance."""
    count, size = SMALL_COUNT if small else COUNT, page_size_of_the_library()
    result: dict[str, Any] = {"count": count, "page_size": size, "latencies": {}}
    with server(box, "--backups", str(count)) as running:
        # Encodes each backup once, too.
        if running.once("bare", Work("bare list", {"page_size": 1000})).backups != count:
            raise StepError(f"the simulator did not list {count} backups")
        for latency, rounds in LATENCIES.items():
            running.control("POST", "settings", {"latency_ms": latency})
            print(f"  {latency} ms for a page", flush=True)
            works = {name: _work(name, size) for name in (FAR if latency else NEAR)}
            turns = running.turns(works, 1 if small else rounds)
            result["latencies"][latency] = plain(figures_of(turns, {}))
    return result


def _work(name: str, page_size: int) -> Work:
    options: dict[str, Any] = {"page_size": page_size}
    if name == "bare":
        return Work("bare list", options)
    if name == "whole, 1":
        return Work("library", {**options, "concurrency": 1})
    if name == "whole":
        return Work("library", options)
    if name.startswith("summary"):
        return Work("library summary", {**options, "orjson": name.endswith("orjson")})
    return Work(f"library {name}", options)


# --- the page

INTRODUCTION = """\
All {count:,} backups in pages of {size}, from a server that takes so many milliseconds for each page. The bare loop
requests one page after the other with `requests`, decodes the JSON and keeps it. The library requests up to four pages
at the same time and returns each backup once, also while the list changes. It decodes of each backup only what the work
reads, with the decoder of Python unless the table names orjson. All of it is one process without Ansible.
"""

# From a profile of single pages on this machine, on the day of the measurement.
PROFILE = """\
What bounds it: a page of 200 backups has 545 kB. Its JSON takes 2.0 ms (orjson 1.0 ms, and 0.4 ms to find numbers
that it would change). To check and copy whole backups takes 4 to 5 ms more, which the bare loop does not do; the fields
of a summary take 0.6 to 1.1 ms, and the summary 0.45 ms. The simulator takes about 1 ms. The rest is processor time of
the process that reads: to receive the page, and to get and free the memory for it. Threads cannot share that among the
processors, because Python runs one of them at a time, so near a server only less work makes a list quicker.
"""


def section(result: dict[str, Any]) -> str:
    """Return what was measured as a section of the page."""
    parts = [INTRODUCTION.format(count=result["count"], size=result["page_size"])]
    latencies = {int(latency): from_plain(works) for latency, works in result["latencies"].items()}
    parts += [_works(latency, works) for latency, works in latencies.items()]
    if result["count"] == COUNT:
        parts += [_limits(latencies), PROFILE]
    return "\n".join(parts)


def _works(latency: int, works: Works) -> str:
    header = (f"{latency} ms for a page", "time", "times the bare loop", "memory", "times the bare loop", "requests")
    rows = (
        (
            TITLES[work],
            f"{one.seconds:.2f} s",
            f"{one.time_ratio:.2f}",
            f"{one.memory / 1024:.0f} MiB",
            f"{one.memory_ratio:.3f}",
            f"{one.requests:.0f}",
        )
        for work, one in works.items()
    )
    return table(header, rows)


def _limits(latencies: dict[int, Works]) -> str:
    near, far = latencies[0], latencies[FARTHEST]
    lines = [
        f"- {TITLES['whole']}, {FARTHEST} ms for a page: at most {MOST_FAR} times the bare loop "
        f"({kept(far['whole'].time_ratio, MOST_FAR)}).\n",
        *(
            f"- {TITLES[work]}, 0 ms: at most {most} times the bare loop ({kept(near[work].time_ratio, most)}).\n"
            for work, most in MOST_NEAR.items()
        ),
        f"- {TITLES['summary']}, 0 ms: at most {MOST_MEMORY} times the memory of the bare loop "
        f"({kept(near['summary'].memory_ratio, MOST_MEMORY)}).\n",
    ]
    return "Limits:\n\n" + "".join(lines)
