# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions of control calls, which may be bad: a search is stopped after a while."""

from __future__ import annotations

import re
import signal
import threading
from types import FrameType

from px_backup_simulator.errors import ControlError

LONGEST_SEARCH = 0.2  # seconds
LONGEST_PATTERN = 1_000  # characters


class _SearchTimeoutError(Exception):
    """The search took too long."""


def check_pattern(pattern: str, title: str) -> None:
    """Check that a pattern compiles; ControlError otherwise."""
    if len(pattern) > LONGEST_PATTERN:
        raise ControlError(f"{title} is longer than {LONGEST_PATTERN} characters")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ControlError(f"{title}: {pattern!r} is not a valid regular expression: {error}") from error


def find_pattern(pattern: str, text: str) -> bool:
    """Search a text; a search that takes longer than LONGEST_SEARCH counts as not found.

    Python's regular expressions cannot be bounded, but they let signal handlers run, and those may raise.
    """
    if threading.current_thread() is not threading.main_thread():
        return re.search(pattern, text) is not None
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_SEARCH)
    try:
        return re.search(pattern, text) is not None
    except _SearchTimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(_: int, __: FrameType | None) -> None:
    raise _SearchTimeoutError
