# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes with a log file, a time limit, and an end for everything they started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

Command = Sequence[str | Path]

_LOCK = threading.Lock()
_RUNNING: set[subprocess.Popen[bytes]] = set()


def stop_group(child: subprocess.Popen[bytes], patience: float = 5.0) -> None:
    """End a child and all that it started, politely first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            return


def stop_all() -> None:
    """End every child that is still running."""
    with _LOCK:
        children = list(_RUNNING)
    for child in children:
        stop_group(child)


def interrupt_on_term() -> None:
    """Treat SIGTERM like Ctrl-C, so that what was started is stopped."""

    def raise_interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, raise_interrupt)


def run_logged(command: Command, *, cwd: Path, env: Mapping[str, str], log: Path, seconds: float = 1200) -> int:
    """Run a command, its output appended to `log`; return its status, 124 when its time was up."""
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    with log.open("ab") as output:
        output.write(f"$ {' '.join(words)}\n".encode())
        output.flush()
        child = subprocess.Popen(
            words,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with _LOCK:
            _RUNNING.add(child)
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            output.write(f"\nstopped after {seconds:.0f} seconds\n".encode())
            return 124
        finally:
            stop_group(child)
            with _LOCK:
                _RUNNING.discard(child)


def tail(log: Path, lines: int = 40) -> str:
    """Return the end of a log."""
    text = log.read_text(errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
