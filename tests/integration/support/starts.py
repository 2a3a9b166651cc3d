# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts ``ansible-playbook``: forked from a process that has imported Ansible, or as a command.

``PX_BACKUP_TEST_START=command`` asks for the command: a test sets it that is about the command line, and runs with
other versions of Ansible set it for all.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

CHOICE = "PX_BACKUP_TEST_START"
COMMAND = "command"
# In a separate folder: the folder of a script comes first where Python searches for modules.
FORKER = Path(__file__).parent / "forker" / "forker.py"
# The folder of what Python imports at its start in playbooks and modules.
HOST = Path(__file__).parent / "host"

# Variables that are read while Ansible is imported: processes with other values of these cannot be forked from one.
READ_AT_IMPORT = ("ANSIBLE_", "PYTHON", "LC_", "LANG", "HOME", "PATH", "TMPDIR", "TERM", "COLUMNS", "NO_COLOR")

# Processes to fork from that a test process keeps.
MOST = 4


class Forker:
    """A process to fork playbooks from, for one set of variables that are read at import."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.busy = Lock()
        self._process = subprocess.Popen(
            [sys.executable, str(FORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    def run(self, request: dict[str, Any], seconds: float) -> int:
        """Run a playbook and return its exit status.

        Raises:
            subprocess.TimeoutExpired: it took too long, and was killed with its children.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        child = int(self._line(seconds))
        try:
            return int(self._line(seconds))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
            raise

    def _line(self, seconds: float) -> bytes:
        output = self._process.stdout
        assert output
        if not select.select([output], [], [], seconds)[0]:
            raise subprocess.TimeoutExpired("ansible-playbook", seconds)
        line = bytearray()
        # Not readline: its buffer would hide the next line from select.
        while not line.endswith(b"\n"):
            part = os.read(output.fileno(), 1)
            assert part, "the process to fork from has ended"
            line += part
        return bytes(line)

    def stop(self) -> None:
        """Let the process end; it also ends when this process has ended."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


_forkers: dict[tuple[tuple[str, str], ...], Forker] = {}


def python_path() -> str:
    """Return where Python searches for modules in playbooks and modules, last in a folder of the tests."""
    return os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(HOST))))


def start(
    command: Sequence[str], folder: Path, environment: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run an ``ansible-playbook`` command and return what it did.

    Raises:
        subprocess.TimeoutExpired: it took longer than ``seconds``.
    """
    # Who sets another path wants other imports than those of the process to fork from.
    other_imports = environment.get("PYTHONPATH") != python_path()
    forker = None if other_imports or os.environ.get(CHOICE) == COMMAND else _forker(environment)
    if forker is None or not forker.busy.acquire(blocking=False):
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
    try:
        stdout, stderr = folder / "stdout.txt", folder / "stderr.txt"
        request = {"command": list(command), "folder": str(folder), "environment": environment}
        status = forker.run({**request, "stdout": str(stdout), "stderr": str(stderr)}, seconds)
    finally:
        forker.busy.release()
    texts = [path.read_text(encoding="utf-8") for path in (stdout, stderr)]
    return subprocess.CompletedProcess(command, status, *texts)


def _forker(environment: dict[str, str]) -> Forker:
    """Return the process to fork from; the one that was not needed for longest makes place for a new one."""
    key = tuple(sorted((name, value) for name, value in environment.items() if name.startswith(READ_AT_IMPORT)))
    found = _forkers.pop(key, None) or Forker(environment)
    _forkers[key] = found
    if len(_forkers) > MOST:
        _forkers.pop(next(iter(_forkers))).stop()
    return found
