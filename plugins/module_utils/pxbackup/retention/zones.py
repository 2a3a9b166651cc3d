# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time zones by name, where the host knows them."""

from __future__ import annotations

import zoneinfo
from datetime import timezone, tzinfo

from ..errors import ValidationError
from ..text import quoted


def find_zone(name: str) -> tzinfo:
    """Return the time zone of the option ``timezone``; UTC needs no zone data.

    Raises:
        ValidationError: there is no such zone, or this host has no time zone data.
    """
    if name == "UTC":
        return timezone.utc
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    if not zoneinfo.available_timezones():
        raise ValidationError(
            f"timezone {quoted(name)} cannot be used: the host that runs the task has no time zone data",
            hint="install its package tzdata (the system's or Python's), or use timezone: UTC",
        )
    raise ValidationError(
        f"timezone {quoted(name)} is not a valid time zone", hint="use an IANA name such as Europe/Berlin, or UTC"
    )
