# SPDX-License-Identifier: GPL-3.0-or-later
"""Try some changes that mutmut has made: each in a separate process, with the tests that run the changed function.

Usage: mutation_sample.py SECONDS < NAMES, in mutmut's folder `mutants`, with the Python of the environment `mutation`.

The quickest tests come first, up to so many seconds of what they took when mutmut measured them. A test that notices a
change must pass without it: what fails anyway notices nothing. Outcomes go into mutmut's own records.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

# Where a child process leaves the name of the test that noticed the change.
NOTICED = Path("noticed-by.txt")
# A change that makes its tests take so many seconds has made them hang.
LONGEST = 120
NO_TESTS, HUNG = 33, 36
PRELOADED = 10


class Recorder:
    """Notes the first test that fails."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of a failed test."""
        if report.failed:
            NOTICED.write_text(report.nodeid, encoding="utf-8")


def run_child(name: str, tests: list[str]) -> int:
    """Run tests in a child process with a change, without one for no name; return pytest's exit status."""
    NOTICED.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os.environ["MUTANT_UNDER_TEST"] = name
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        os.setpgid(0, 0)
        signal.alarm(LONGEST)
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests], [Recorder()])))
    status = os.waitpid(child, 0)[1]
    return HUNG if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def quickest(tests: list[str], durations: dict[str, float], seconds: float) -> list[str]:
    """Return the quickest tests that together take so long; at least one, where there is one."""
    chosen: list[str] = []
    left = seconds
    for test in sorted(tests, key=lambda test: durations.get(test, 0.0)):
        left -= durations.get(test, 0.0)
        if chosen and left < 0:
            break
        chosen.append(test)
    return chosen


def preload(chosen: list[list[str]]) -> None:
    """Import the files of tests that most changes need: the child processes inherit what is imported here."""
    uses = Counter(file for tests in chosen for file in {test.partition("::")[0] for test in tests})
    files = [file for file, _count in uses.most_common(PRELOADED)]
    pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "--no-header", *files])


def save(name: str, outcome: int | None, records: Callable[[str], Path]) -> None:
    """Write the outcome of a change into the record of its file."""
    path = records(name)
    record = json.loads(path.read_text(encoding="utf-8"))
    record["exit_code_by_key"][name] = outcome
    path.write_text(json.dumps(record), encoding="utf-8")


def record_of(name: str) -> Path:
    """Return mutmut's record of the file of a change."""
    return Path(*name.split(".")[:-1]).with_suffix(".py.meta")


def main() -> int:
    """Try the changes on the standard input."""
    seconds = float(sys.argv[1])
    measured = json.loads(Path("mutmut-stats.json").read_text(encoding="utf-8"))
    tests_by_function, durations = measured["tests_by_mangled_function_name"], measured["duration_by_test"]
    noticed: dict[str, list[str]] = {}
    wanted = {name: tests_by_function.get(name.partition("__mutmut_")[0], []) for name in sys.stdin.read().split()}
    preload([quickest(tests, durations, seconds) for tests in wanted.values()])
    for name, every in wanted.items():
        tests = quickest(every, durations, seconds)
        outcome: int | None = run_child(name, tests) if tests else NO_TESTS
        if outcome not in (0, 1, NO_TESTS, HUNG) and run_child("", tests[:1]) != 0:
            outcome = None
        save(name, outcome, record_of)
        print(outcome, name, flush=True)
        if outcome == 1 and NOTICED.is_file():
            # Its name begins at the root of the collection, those of mutmut at the working directory.
            ending = f"/{NOTICED.read_text(encoding='utf-8')}"
            noticed.setdefault(next(test for test in tests if test.endswith(ending)), []).append(name)
    for test, names in noticed.items():
        if run_child("", [test]) != 0:
            print(f"fails without a change: {test}", flush=True)
            for name in names:
                save(name, None, record_of)
    return 0


if __name__ == "__main__":
    sys.exit(main())
