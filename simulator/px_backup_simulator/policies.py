# SPDX-License-Identifier: GPL-3.0-or-later
"""When the runs of a schedule policy are due, and how many backups it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Json = dict[str, Any]

TYPES = ("interval", "daily", "weekly", "monthly")
# What the comments of the API say for a policy without a number.
DEFAULT_RETAIN = {"interval": 10, "daily": 10, "weekly": 5, "monthly": 12}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST_HISTORY = 20_000  # runs


def find_zone(name: str) -> tzinfo:
    """Return the zone of a cluster; UTC when it has none, or this host does not know it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def find_retain(policy: Json, kind: str) -> int:
    """Return how many good backups of a type of policy are kept."""
    return int(policy.get(kind, {}).get("retain", 0)) or DEFAULT_RETAIN[kind]


def find_due_times(policy: Json, anchor: float, span: tuple[float, float], zone: tzinfo) -> list[tuple[float, str]]:
    """Return the runs of a policy after the start of a span and up to its end, in their order.

    Args:
        policy: fields of SchedulePolicyInfo.
        anchor: where intervals are counted from, seconds since the epoch.
        span: start and end, seconds since the epoch.
        zone: of the times of day.
    """
    due = [(moment, kind) for kind in TYPES if policy.get(kind) for moment in _SPANS[kind](policy, anchor, span, zone)]
    return sorted(due)[-LONGEST_HISTORY:]


def _find_intervals(policy: Json, anchor: float, span: tuple[float, float], _: tzinfo) -> Iterator[float]:
    step = 60.0 * max(1, int(policy["interval"].get("minutes", 60)))
    number = (span[0] - anchor) // step + 1
    number = max(number, (span[1] - anchor) // step - LONGEST_HISTORY)
    while anchor + number * step <= span[1]:
        yield anchor + number * step
        number += 1


def _find_days(
    rule: Json, span: tuple[float, float], zone: tzinfo, matches: Callable[[datetime], bool]
) -> Iterator[float]:
    at = datetime.strptime(str(rule.get("time") or "12:00AM"), "%I:%M%p").time()
    day = datetime.fromtimestamp(span[0], zone).date()
    last = datetime.fromtimestamp(span[1], zone).date()
    while day <= last:
        moment = datetime.combine(day, at, zone)
        if span[0] < moment.timestamp() <= span[1] and matches(moment):
            yield moment.timestamp()
        day += timedelta(days=1)


def _find_daily(policy: Json, _: float, span: tuple[float, float], zone: tzinfo) -> Iterator[float]:
    return _find_days(policy["daily"], span, zone, lambda moment: True)


def _find_weekly(policy: Json, _: float, span: tuple[float, float], zone: tzinfo) -> Iterator[float]:
    rule = policy["weekly"]
    words = [word.strip().lower()[:3] for word in str(rule.get("day") or "Sunday").split(",")]
    days = {number for number, name in enumerate(_DAYS) if name[:3] in words}
    step = 2 if rule.get("bi_weekly") else 1
    return _find_days(
        rule, span, zone, lambda moment: moment.weekday() in days and moment.isocalendar().week % step == 0
    )


def _find_monthly(policy: Json, _: float, span: tuple[float, float], zone: tzinfo) -> Iterator[float]:
    rule = policy["monthly"].get("selective_monthly_policy") or policy["monthly"]
    words = [word.strip().lower()[:3] for word in str(rule.get("months") or ",".join(_MONTHS)).split(",")]
    months = {number for number, name in enumerate(_MONTHS, 1) if name in words}
    date = int(rule.get("date", 1)) or 1
    return _find_days(rule, span, zone, lambda moment: moment.month in months and moment.day == _clamp(date, moment))


def _clamp(date: int, moment: datetime) -> int:
    """Return the date, or the last day of a shorter month."""
    following = (moment.replace(day=28) + timedelta(days=4)).replace(day=1)
    return min(date, (following - timedelta(days=1)).day)


_SPANS: dict[str, Callable[[Json, float, tuple[float, float], tzinfo], Iterator[float]]] = {
    "interval": _find_intervals,
    "daily": _find_daily,
    "weekly": _find_weekly,
    "monthly": _find_monthly,
}
