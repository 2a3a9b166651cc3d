# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's clock: it can start at any time and be moved forward; and time stamps as text."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

SEEDED_START = 1767225600.0  # 2026-01-01T00:00:00Z
_STAMP = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")


class Clock:
    """Real time plus an offset."""

    def __init__(self, start: float | None = None) -> None:
        self.offset = 0.0
        self._shift = 0.0 if start is None else start - time.time()

    def now(self) -> float:
        """Return the time of objects, in seconds since the epoch."""
        return time.time() + self._shift + self.offset

    def token_now(self) -> float:
        """Return the time of tokens: the real one, moved forward like the other."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move both times forward."""
        self.offset += seconds

    def resume(self, moment: float) -> None:
        """Move the time of objects forward to a moment, if it is earlier."""
        self._shift += max(0.0, moment - self.now())


def format_time(moment: float) -> str:
    """Format a time as RFC 3339 in UTC with as many digits as needed: 0, 3, 6 or 9."""
    seconds, nanos = divmod(int(moment * 1_000_000_000), 1_000_000_000)
    text = datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
    digits = f"{nanos:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z" if digits else f"{text}Z"


def parse_time(text: str) -> float:
    """Return the seconds since the epoch of an RFC 3339 time; ValueError for anything else."""
    match = _STAMP.match(text)
    if match is None:
        raise ValueError(f"bad Timestamp: {text!r}")
    zone = "+00:00" if match[3] == "Z" else match[3]
    return datetime.fromisoformat(match[1] + zone).timestamp() + float(match[2] or 0)
