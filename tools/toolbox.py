# SPDX-License-Identifier: GPL-3.0-or-later
"""What a part of the test run is started with, and what it results in."""

from __future__ import annotations

import os
import re
import shutil
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import venvs
from processes import Command, run_logged, tail
from workspace import INSTALLED, LOGS, WORK, StepError, clean_environment

CORES = os.cpu_count() or 1
# Test processes of the integration tests, more than cores: playbooks spend most of their time waiting.
WORKERS = 3 * CORES


@dataclass
class Result:
    """The result of a part; a part without counts counts as one."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    log: Path | None = None

    @property
    def ok(self) -> bool:
        """Tell whether the part ran something and nothing failed."""
        return self.failed == 0 and self.passed > 0


class Toolbox:
    """One environment, its log folder, and the ways to run a part with it."""

    def __init__(self, venv: str, logs: Path = LOGS) -> None:
        """Take the name of the environment, which must be there already."""
        self.venv, self.logs = venv, logs
        self.bin = venvs.bin_of(venv)
        self.environment = clean_environment(self.bin) | {"ANSIBLE_COLLECTIONS_PATH": str(INSTALLED)}

    def new_log(self, name: str) -> Path:
        """Return the empty log file of a part."""
        log = self.logs / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        return log

    def tool(self, name: str, cwd: Path, *commands: Command, extra: Mapping[str, str] | None = None) -> Result:
        """Run commands of the environment that count as one part."""
        log = self.new_log(name)
        for first, *rest in commands:
            command = [self.bin / first, *rest]
            if run_logged(command, cwd=cwd, env=self.environment | dict(extra or {}), log=log):
                return Result(name, failed=1, log=log)
        return Result(name, passed=1, log=log)

    def pytest(
        self, suite: str, cwd: Path, extra: Mapping[str, str] | None = None, *options: str, name: str = ""
    ) -> Result:
        """Run the tests of one folder or file below tests/ and count them."""
        name, path = name or suite, f"tests/{suite}"
        log, report = self.new_log(name), self.logs / f"{name}.xml"
        report.unlink(missing_ok=True)
        if not (cwd / path).exists():
            return Result(name, failed=1, notes=[f"{path} is missing"])
        environment = clean_environment(self.bin, proxies=False)
        (WORK / "tmp").mkdir(exist_ok=True)
        environment |= {"ANSIBLE_COLLECTIONS_PATH": str(INSTALLED), "PYTEST_DEBUG_TEMPROOT": str(WORK / "tmp")}
        environment |= {"HYPOTHESIS_STORAGE_DIRECTORY": str(WORK / "hypothesis")}
        # Compiled files are kept for other processes and the next run, but not in the checkout.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment |= {"PYTHONPYCACHEPREFIX": str(WORK / "pycache")} | dict(extra or {})
        options = ("-q", "-o", f"cache_dir={WORK / 'pytest'}", f"--junitxml={report}", *options)
        command: Command = [self.bin / "python", "-m", "pytest", path, *options]
        status = run_logged(command, cwd=cwd, env=environment, log=log, seconds=3600)
        return _counted(Result(name, log=log), report, status)


def _counted(result: Result, report: Path, status: int) -> Result:
    """Fill in the counts of a pytest report; no test, or a failure that no test shows, is one failure."""
    if report.is_file():
        root = ET.parse(report).getroot()
        reasons = Counter(skip.get("message", "without a reason") for skip in root.iter("skipped"))
        result.notes += [f"{count} skipped: {reason}" for reason, count in sorted(reasons.items())]
        for suite in root.iter("testsuite"):
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            result.failed += bad
            result.skipped += skipped
            result.passed += max(total - skipped - bad, 0)
    if result.passed + result.failed == 0:
        result.notes.append("ran no test")
    if result.failed == 0 and (status or result.passed == 0):
        result.failed = 1
        result.notes.append(f"pytest ended with status {status}")
    return result


def run_timed(name: str, work: Callable[[], Result]) -> Result:
    """Do the work of a part and time it; a part that cannot start has failed."""
    started = time.monotonic()
    try:
        result = work()
    except StepError as error:
        result = Result(name, failed=1, notes=[str(error)])
    result.name, result.seconds = name, time.monotonic() - started
    return result


def explain(result: Result) -> str:
    """Return the end of the log of a failed part; all findings about words; of ansible-test's log only its errors."""
    if not result.log:
        return ""
    if result.name in ("codespell", "words"):
        return result.log.read_text(errors="replace").rstrip()
    text = result.log.read_text(errors="replace") if result.name == "sanity" else ""
    errors = re.findall(r"^(?:ERROR|FATAL): .*$", text, re.MULTILINE)
    return "\n".join(errors[-40:]) or tail(result.log)


def clear_logs(logs: Path = LOGS) -> None:
    """Remove the logs of an earlier run."""
    shutil.rmtree(logs, ignore_errors=True)
