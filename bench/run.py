# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the library and the modules against a bare loop of requests, and write docs/benchmarks.md.

Usage: run.py [--most COUNT]. Every piece of work runs in a process of its own, in turns with the others, so that
what else the machine does strikes all of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from page import Figures, Measured, write_page  # noqa: E402

from demo import wait_ready  # noqa: E402
from parts import Toolbox, prepare, run_part  # noqa: E402
from processes import interrupt_on_term, stop_group  # noqa: E402
from workspace import INSTALLED, LOGS, StepError  # noqa: E402

WORKER = ROOT / "bench" / "worker.py"
PROCESS_WORKS = ("bare", "library", "library summary")
MODULE_WORKS = ("module", "module summary")
PAGE_SIZES = (100, 200, 500, 1000, 2000)
PAGE_SIZE_COUNT = 10_000
# No piece of work may take longer than this many seconds.
LONGEST = 1800


class Rounds(NamedTuple):
    """How often the works are measured with a number of backups: those in one process, and the modules."""

    process: int
    module: int


ROUNDS = {1_000: Rounds(7, 3), 10_000: Rounds(5, 3), 100_000: Rounds(3, 1)}


class Server:
    """A running simulator with so many backups, and the ways to measure work against it."""

    def __init__(self, box: Toolbox, ready: dict[str, str]) -> None:
        self._python = str(box.bin / "python")
        self._url = ready["url"]
        self._environment = {**box.environment, "PYTHONPATH": str(INSTALLED), "PX_BACKUP_TOKEN": ready["token"]}

    def once(self, work: str, page_size: int) -> Measured:
        """Do one piece of work and return what it took."""
        command = [self._python, str(WORKER), work, self._url, str(page_size)]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        if done.returncode:
            raise StepError(f"{work} failed:\n{done.stderr[-3000:]}")
        measured = Measured(**json.loads(done.stdout))
        print(f"    {work:<16} {page_size:>5} {measured.seconds:8.2f} s {measured.memory / 1024:8.0f} MiB", flush=True)
        return measured

    def rounds(self, works: Sequence[str], page_size: int, rounds: int) -> dict[str, Figures]:
        """Do the works in turns, the first of them being what the others are compared with."""
        measured: list[dict[str, Measured]] = [
            {work: self.once(work, page_size) for work in works} for _round in range(rounds)
        ]
        base = works[0]
        return {
            work: Figures(
                seconds=median(turn[work].seconds for turn in measured),
                memory=median(turn[work].memory for turn in measured),
                time_ratio=median(turn[work].seconds / turn[base].seconds for turn in measured),
                memory_ratio=median(turn[work].memory / turn[base].memory for turn in measured),
            )
            for work in works
        }


@contextmanager
def server(box: Toolbox, count: int) -> Iterator[Server]:
    """Run a simulator with so many backups, each encoded once already."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "bench-simulator.log"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, log.open("wb") as output:
        ready = Path(folder) / "ready.json"
        options = ["--port", "0", "--ready-file", str(ready), "--backups", str(count)]
        child = subprocess.Popen(
            [str(box.bin / "python"), "-m", "px_backup_simulator", *options],
            env=box.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            running = Server(box, wait_ready(child, ready, log))
            print(f"==> {count} backups", flush=True)
            if running.once("bare", 1000).backups != count:
                raise StepError(f"the simulator did not list {count} backups")
            yield running
        finally:
            stop_group(child)


def versions(box: Toolbox) -> dict[str, str]:
    """Return the versions of what was measured."""
    code = (
        "import json, platform, requests, ansible.release as release; "
        "print(json.dumps({'Python': platform.python_version(), 'requests': requests.__version__, "
        "'ansible-core': release.__version__}))"
    )
    done = subprocess.run([str(box.bin / "python"), "-c", code], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def page_size_of_the_library() -> int:
    """Return the page size that the library uses."""
    text = (ROOT / "plugins" / "module_utils" / "pxbackup" / "listing.py").read_text()
    return int(text.split("\nPAGE_SIZE = ")[1].split()[0])


def measure(box: Toolbox, most: int) -> dict[str, Any]:
    """Measure everything."""
    size = page_size_of_the_library()
    counts = [count for count in ROUNDS if count <= most]
    result: dict[str, Any] = {"page_size": size, "versions": versions(box), "works": {}, "page_sizes": {}}
    for count in counts:
        with server(box, count) as running:
            figures = running.rounds(PROCESS_WORKS, size, ROUNDS[count].process)
            # A module is compared with the bare loop too, and takes so long that its own rounds are fewer.
            figures |= running.rounds(("bare", *MODULE_WORKS), size, ROUNDS[count].module) | {"bare": figures["bare"]}
            result["works"][count] = figures
            if count == PAGE_SIZE_COUNT:
                result["page_sizes"] = {
                    page: running.rounds(PROCESS_WORKS, page, ROUNDS[count].process) for page in PAGE_SIZES
                }
    return result


def main() -> int:
    """Build and install the collection, measure, write the page."""
    parser = argparse.ArgumentParser(description="Measure how fast lists are read.")
    parser.add_argument("--most", type=int, default=max(ROUNDS), help="leave out longer lists")
    arguments = parser.parse_args()
    interrupt_on_term()
    try:
        box = prepare("dev", ["simulator"], sys.executable)
        if not run_part("build", box).ok:
            raise StepError("the collection could not be built: make build")
        page = write_page(ROOT / "docs" / "benchmarks.md", **measure(box, arguments.most))
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    print(f"written: {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
