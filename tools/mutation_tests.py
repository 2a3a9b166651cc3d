# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of mutation tests: which lines of the library each one runs, and processes that run some of them."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import mmap
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

# Only the environment of mutation tests has it.
coverage: Any = importlib.import_module("coverage")

LIBRARY = Path("plugins", "module_utils", "pxbackup")

# The limits of a test, in seconds and in multiples of what it usually takes: processor time, and time.
PROCESSOR_LIMIT = (5.0, 10.0)
WALL_LIMIT = (30.0, 20.0)
FAILED, PASSED = 1, 0


class Tests:
    """The collected tests, what is known about them, and child processes that run them."""

    def __init__(self, items: Iterable[pytest.Item]) -> None:
        self.items = {item.nodeid: item for item in items}
        self.seconds: dict[str, float] = {}
        self.sound: dict[str, bool] = {}
        self._failed = False
        self._current = mmap.mmap(-1, 8)

    def note(self, report: pytest.TestReport) -> None:
        """Take note of how a test went."""
        self._failed = self._failed or report.failed

    def run_one(self, name: str, following: str | None) -> bool:
        """Run a test in this process; return whether it passed."""
        self._failed = False
        item = self.items[name]
        nextitem = self.items[following] if following else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
        return not self._failed

    def first_failure(self, names: list[str], change: Callable[[], None] = lambda: None) -> tuple[str | None, bool]:
        """Return the first of these tests that fails in a child process, and whether it did not come to an end."""

        def work() -> int:
            change()
            for index, name in enumerate(names):
                self._current[:] = index.to_bytes(8, "big")
                self._limit(name)
                if not self.run_one(name, names[index + 1] if index + 1 < len(names) else None):
                    return FAILED
            return PASSED

        status = in_child(work)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == PASSED:
            return None, False
        return names[int.from_bytes(self._current[:], "big")], os.WIFSIGNALED(status)

    def _limit(self, name: str) -> None:
        usual = self.seconds.get(name, 1.0)
        for kind, (constant, factor) in (
            (signal.ITIMER_PROF, PROCESSOR_LIMIT),
            (signal.ITIMER_REAL, WALL_LIMIT),
        ):
            signal.setitimer(kind, constant + factor * usual)

    def length(self, name: str) -> int:
        """Return how long a test takes, as a power of two."""
        return int(self.seconds[name] * 50).bit_length()

    def passes_alone(self, name: str) -> bool:
        """Tell whether a test passes without a change in a separate process."""
        if name not in self.sound:
            self.sound[name] = self.first_failure([name])[0] is None
        return self.sound[name]


def in_child(work: Callable[[], int]) -> int:
    """Run a function in a copy of this process; return the status of that."""
    child = os.fork()
    if child == 0:
        status = FAILED
        try:
            os.setpgid(0, 0)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            status = work()
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return status


def measuring_of_lines() -> Any:
    """Return what measures which lines of the library run."""
    return coverage.Coverage(data_file=None, include=[f"{LIBRARY.resolve()}/*"], config_file=False)


def name_of(path: str) -> str:
    """Return the name of a file in the library."""
    return str(Path(path).relative_to(LIBRARY.resolve()))


class Measured:
    """Which lines of the library each test runs; measured again for a file of tests when something has changed."""

    def __init__(self, path: Path, tests: Tests, importing: Any) -> None:
        self._path, self._tests = path, tests
        # How many lines of the library each test runs.
        self._breadth: Counter[str] = Counter()
        self._import_lines = {
            name_of(file): {line for line, contexts in importing.contexts_by_lineno(file).items() if "" in contexts}
            for file in importing.measured_files()
        }
        self._known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        self._library = digest(Path("plugins").rglob("*.py"))
        self.mark = digest([*Path("tests").rglob("*.py"), *Path("tests", "data").glob("*.json")])

    def complete(self, deadline: float) -> bool:
        """Measure what is not known; return whether that was done in time."""
        files: dict[str, list[str]] = {}
        for name in self._tests.items:
            files.setdefault(name.partition("::")[0], []).append(name)
        for file, names in files.items():
            mark = self._library + digest(files_behind(Path(file)))
            if self._known.get(file, {}).get("mark") != mark:
                if time.monotonic() > deadline:
                    return False
                self._known[file] = {"mark": mark, **self._measure(names)}
                self._path.write_text(json.dumps(self._known), encoding="utf-8")
        self._known = {file: self._known[file] for file in files}
        for known in self._known.values():
            self._tests.seconds.update(known["seconds"])
            for lines in known["lines"].values():
                self._breadth.update(known["names"][number] for numbers in lines.values() for number in numbers)
        return True

    def _measure(self, names: list[str]) -> dict[str, Any]:
        target = self._path.with_suffix(".part")
        target.unlink(missing_ok=True)
        numbers = {name: number for number, name in enumerate(names)}

        def work() -> int:
            measuring = measuring_of_lines()
            measuring.start()
            seconds = {}
            for index, name in enumerate(names):
                measuring.switch_context(name)
                begin = time.monotonic()
                if self._tests.run_one(name, names[index + 1] if index + 1 < len(names) else None):
                    seconds[name] = round(time.monotonic() - begin, 4)
            measuring.stop()
            data, lines = measuring.get_data(), {}
            for file in data.measured_files():
                by_line = data.contexts_by_lineno(file).items()
                lines[name_of(file)] = {
                    str(line): sorted(numbers[name] for name in found if name in seconds) for line, found in by_line
                }
            found = {"seconds": seconds, "names": names, "lines": lines}
            target.write_text(json.dumps(found), encoding="utf-8")
            return PASSED

        in_child(work)
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        target.unlink()
        missing = sorted(set(names) - set(found["seconds"]))
        print("".join(f"not used, fails without a change: {name}\n" for name in missing), end="", flush=True)
        return found

    def tests_of(self, file: str, lines: tuple[int, int]) -> list[str]:
        """Return the tests that run some of these lines of a file, the quickest first."""
        found: set[str] = set()
        for known in self._known.values():
            of_file = known["lines"].get(file, {})
            for line in range(lines[0], lines[1] + 1):
                found.update(known["names"][number] for number in of_file.get(str(line), ()))
        # Of tests of about the same length those first that run little else.
        return sorted(found, key=lambda name: (self._tests.length(name), self._breadth[name], name))

    def runs_at_import(self, file: str, lines: tuple[int, int]) -> bool:
        """Tell whether a function runs some of these lines when the library is imported."""
        return bool(self._import_lines.get(file, set()) & set(range(lines[0], lines[1] + 1)))


def files_behind(file: Path) -> set[Path]:
    """Return a file of tests, and the other files of the tests that it names, or that those name."""
    below = (path for folder in ("unit", "properties", "data") for path in Path("tests", folder).rglob("*.*"))
    others = [path for path in below if path.suffix in (".py", ".json")]
    found, new = set(), {file, *(path for path in others if path.name == "conftest.py")}
    while new:
        found |= new
        text = "".join(path.read_text(encoding="utf-8") for path in new if path.suffix == ".py")
        words = set(re.findall(r"[\w-]+", text))
        new = {path for path in others if path.stem in words and not path.name.startswith("test_")} - found
    return found


def digest(paths: Iterable[Path]) -> str:
    """Return the hash of some files."""
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
