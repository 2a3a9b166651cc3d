# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times: as a task writes them, and as the server does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from ..errors import ValidationError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


# No backup is older than this, in seconds.
_MAX_AGE = 100 * 366 * 86400


def parse_time(parameter: str, text: str, now: datetime) -> datetime:
    """Return the time that a task means: RFC 3339, or an age such as ``7d`` counted back from ``now``.

    Raises:
        ValidationError: it is neither.
    """
    age = re.fullmatch(r"(\d{1,12})([smhdw])", text.strip())
    try:
        if age:
            span = timedelta(**{_UNITS[age.group(2)]: int(age.group(1))})
            if span.total_seconds() <= _MAX_AGE:
                return now - span
        else:
            at = datetime.fromisoformat(_python_form(text.strip()))
            # A time at the ends of the calendar cannot be brought into UTC.
            if at.tzinfo is not None and 1 < at.year < 9999:
                return at
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        f"{parameter} {text!r} is not a time",
        hint="use RFC 3339 with a time zone such as 2026-11-23T20:00:00Z, or an age such as 2w, 7d, 12h or 30m",
    )


EARLIEST = datetime(1, 1, 1, tzinfo=timezone.utc)


def parse_server_time(text: str | None) -> datetime:
    """Return a time of the server; one that is absent or unreadable sorts before all others. Nanoseconds are cut off.

    A time without a zone is UTC: the API writes all times so.
    """
    try:
        at = datetime.fromisoformat(_python_form(text)) if text else EARLIEST
    except ValueError:
        return EARLIEST
    return at if at.tzinfo is not None else at.replace(tzinfo=timezone.utc)


def _python_form(text: str) -> str:
    """Return RFC 3339 as Python 3.9 reads it: ``+00:00`` for ``Z`` and six digits of a second."""
    # A list holds several hundred thousand times, most of them in UTC and of whole seconds.
    if text.endswith(("Z", "z")):
        text = f"{text[:-1]}+00:00"
    if "." in text:
        text = re.sub(r"\.(\d{1,9})", lambda match: "." + match.group(1)[:6].ljust(6, "0"), text)
    return text
