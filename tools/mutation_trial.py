# SPDX-License-Identifier: GPL-3.0-or-later
"""Try changes of the library: one process collects all tests, and a copy of it has each change and runs its tests.

Usage: mutation_trial.py FOLDER SECONDS MOST, in a copy of the collection, with the Python of the environment `mutation`

FOLDER has `wanted.json`: the keys of the changes to try for each file of the library. What was found out is kept in
`outcomes.json` there, and in `measured.json` which lines each test runs and for how long. After so many seconds no
further change is begun; the next run goes on.

Each change meets the tests that run its statement, the quickest first, until one fails or they have taken long
enough. A test that fails must pass without the change, in a process like that; a slow one, of which many measure
time, must fail twice. A test that takes much more processor time than usual, or very much more time, hangs, and has
noticed the change as well. A statement that runs when its file is imported is changed in the file, for tests in a new
process.
"""

from __future__ import annotations

import gc
import itertools
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from mutation_changes import Change
from mutation_sources import Functions, Source, import_library, live_functions
from mutation_tests import LIBRARY, Measured, Tests, measuring_of_lines

# Rules that are read off the source, the plugin of the event source, and random tasks.
LEFT_OUT = ("tests/unit/test_architecture.py", "tests/unit/test_events_source.py", "tests/properties/test_fuzz.py")
TESTS = ("tests/unit", "tests/properties")
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", *(f"--ignore={name}" for name in LEFT_OUT), *TESTS)

# A test that takes so many seconds must fail twice.
SLOW = 0.15
# The wall time of all tests in a new process, in seconds.
LONGEST = 900
# Such a process meets these tests: the others are about the network, or random, and read no table.
_TABLE_TESTS = "arguments operations inputs compare shapes library task_check promised_options messages events_options"
IMPORT_TESTS = (
    *(f"tests/unit/test_{name}.py" for name in _TABLE_TESTS.split()),
    "tests/properties/test_scenarios.py",
    "tests/unit/test_documentation.py",
)

UNNOTICED, UNTESTED, IMPOSSIBLE = "not noticed", "no test", "impossible"
TOO_SHORT = 3


def put(replaced: list[tuple[FunctionType, CodeType]]) -> None:
    """Let functions run other code."""
    for function, code in replaced:
        function.__code__ = code


def judge(tests: Tests, names: list[str], replaced: list[tuple[FunctionType, CodeType]]) -> str:
    """Return the outcome of a change of functions: the test that noticed it, or that none did."""
    while names:
        failed, hung = tests.first_failure(names, lambda: put(replaced))
        if failed is None:
            break
        again = hung or tests.seconds[failed] > SLOW
        if tests.passes_alone(failed) and (not again or tests.first_failure([failed], lambda: put(replaced))[0]):
            return f"{'hangs' if hung else 'fails'}: {failed}"
        names = [name for name in names if name != failed]
    return UNNOTICED


def quickest(names: list[str], seconds: dict[str, float], most: float) -> list[str]:
    """Return the first of these tests that together take so long; at least one, where there is one."""
    ends = list(itertools.accumulate(seconds[name] for name in names))
    return [name for name, end in zip(names, ends, strict=True) if end <= max(most, ends[0])]


def judge_import(tests: Tests, path: Path, changed: str) -> str:
    """Return the outcome of a change of what runs at an import."""
    kept = path.read_text(encoding="utf-8")
    path.write_text(changed, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-rf", *OPTIONS[: -len(TESTS)], *IMPORT_TESTS]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return "hangs: at import"
    finally:
        path.write_text(kept, encoding="utf-8")
    if done.returncode == 0:
        return UNNOTICED
    line = re.search(r"^FAILED (.+)", done.stdout, re.MULTILINE)
    failed = next((name for name in tests.items if line and f"{line[1]} - ".startswith(f"{name} - ")), None)
    if failed is None:
        return "fails: at import"
    return f"fails: {failed}" if tests.passes_alone(failed) else UNNOTICED


class Outcomes:
    """What is known of the changes: for each its outcome, and the mark of the tests that it met."""

    def __init__(self, path: Path, mark: str) -> None:
        self._path, self._mark = path, mark
        self._known: dict[str, dict[str, list[str]]] = {}
        if path.is_file():
            self._known = json.loads(path.read_text(encoding="utf-8"))

    def is_open(self, name: str, key: str) -> bool:
        """Tell whether a change is to be tried: what no test noticed may be noticed by other tests."""
        known = self._known.get(name, {}).get(key)
        return known is None or (known[0] in (UNNOTICED, UNTESTED) and known[1] != self._mark)

    def keep(self, name: str, key: str, outcome: str) -> None:
        """Remember an outcome."""
        self._known.setdefault(name, {})[key] = [outcome, self._mark]
        self._path.write_text(json.dumps(self._known), encoding="utf-8")


class Trial:
    """The plugin of pytest that tries the changes in place of running the tests."""

    def __init__(self, folder: Path, deadline: float, most: float) -> None:
        self._folder, self._deadline, self._most = folder, deadline, most
        self._importing = measuring_of_lines()
        self._importing.start()
        self._tests: Tests | None = None
        self.is_done = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of how a test went."""
        if self._tests is not None:
            self._tests.note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the changes."""
        import_library()
        self._importing.stop()
        tests = self._tests = Tests(session.items)
        measured = Measured(self._folder / "measured.json", tests, self._importing.get_data())
        functions = live_functions()
        # What is here now stays: no child process needs to go through it, or to copy it.
        gc.collect()
        gc.freeze()
        if measured.complete(self._deadline):
            self.is_done = self._try_all(tests, measured, functions)
        return True

    def _try_all(self, tests: Tests, measured: Measured, functions: Functions) -> bool:
        wanted = json.loads((self._folder / "wanted.json").read_text(encoding="utf-8"))
        outcomes = Outcomes(self._folder / "outcomes.json", f"{measured.mark} {self._most:g}")
        sources = {name: Source(name, functions) for name in wanted}
        # A few of each file first: a run that is cut short says something of all.
        most = max(map(len, wanted.values()), default=0)
        queue = [(name, keys[place]) for place in range(most) for name, keys in wanted.items() if place < len(keys)]
        for name, key in queue:
            if not outcomes.is_open(name, key):
                continue
            if time.monotonic() > self._deadline:
                return False
            change = sources[name].changes[key]
            begin = time.monotonic()
            outcome = try_one(tests, measured, sources[name], change, self._most)
            outcomes.keep(name, key, outcome)
            print(f"{time.monotonic() - begin:5.1f} {outcome} | {name} {change.text}", flush=True)
        return True


def try_one(tests: Tests, measured: Measured, source: Source, change: Change, most: float) -> str:
    """Return the outcome of a change."""
    outcome, names = UNTESTED, quickest(measured.tests_of(source.name, change.lines), tests.seconds, most)
    try:
        replaced = source.replaced(change)
        if replaced and names:
            outcome = judge(tests, names, replaced)
        if outcome in (UNNOTICED, UNTESTED) and measured.runs_at_import(source.name, change.lines):
            outcome = judge_import(tests, LIBRARY / source.name, source.text_with(change))
    except (ValueError, SyntaxError):
        return IMPOSSIBLE
    return outcome


def main() -> int:
    """Try the changes; return 3 when the time was too short."""
    folder, seconds, most = sys.argv[1:]
    trial = Trial(Path(folder), time.monotonic() + float(seconds), float(most))
    status = pytest.main(["--capture=sys", "-W", "ignore", *OPTIONS], plugins=[trial])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return int(status)
    return 0 if trial.is_done else TOO_SHORT


if __name__ == "__main__":
    sys.exit(main())
