# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep rules: which of the backups of a group stay, and the reasons.

The vocabulary is restic's. Rules are independent of each other: a backup stays when at least one rule keeps it.
Differences from restic, each on the safe side: a backup exactly at the limit of a ``within`` rule is kept, and a
month back from the 31st is the end of the month before.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Callable, NamedTuple

from ..errors import ValidationError
from ..text import quoted

# Keeps every backup of its kind.
ALL = -1


class Duration(NamedTuple):
    """A length of time on the calendar.

    Attributes:
        text: as the task gives it, such as ``1y6m``.
        months, days: counted on the calendar of a time zone.
        hours: counted on the clock.
    """

    text: str
    months: int
    days: int
    hours: int

    def before(self, moment: datetime) -> datetime | None:
        """Return the time that is this long before ``moment``, in its zone; ``None`` when it is before all time."""
        year, month = divmod(moment.year * 12 + moment.month - 1 - self.months, 12)
        if year < 1:
            return None
        # The 31st less a month is the last day of the month before.
        day = min(moment.day, monthrange(year, month + 1)[1])
        start = moment.replace(year=year, month=month + 1, day=day)
        try:
            if self.days:
                start -= timedelta(days=self.days)
            return start.astimezone(timezone.utc) - timedelta(hours=self.hours)
        except OverflowError:
            return None


_UNITS = {"y": ("months", 12), "m": ("months", 1), "w": ("days", 7), "d": ("days", 1), "h": ("hours", 1)}
_DURATION = re.compile(r"(?:[0-9]{1,9}[ymwdh])+")


def parse_duration(parameter: str, text: str) -> Duration:
    """Return the duration that a task means by a text such as ``1y6m``, ``2w`` or ``36h``.

    Raises:
        ValidationError: it is not a duration; the error names ``parameter``.
    """
    written = text.strip()
    parts = re.findall(r"([0-9]+)([ymwdh])", written)
    units = [unit for _number, unit in parts]
    if not _DURATION.fullmatch(written) or len(set(units)) < len(units):
        raise ValidationError(
            f"{parameter} {quoted(text)} is not a valid duration",
            hint="use numbers with the units y, m, w, d and h, each unit once, such as 1y6m, 2w or 36h",
        )
    amounts = {"months": 0, "days": 0, "hours": 0}
    for number, unit in parts:
        name, factor = _UNITS[unit]
        amounts[name] += int(number) * factor
    return Duration(written, **amounts)


class Rule(NamedTuple):
    """One keep rule.

    Attributes:
        period: ``last`` for every backup, or the period of which the newest backup is kept, such as ``daily``.
        places: for how many periods, ``ALL`` for every one.
        window: how far back from the newest backup the rule reaches, ``None`` for no limit.
    """

    period: str
    places: int
    window: Duration | None

    @property
    def reason(self) -> str:
        """What the rule is called in a plan."""
        if self.window is None:
            return self.period
        within = f"within {self.window.text}"
        return within if self.period == "last" else f"{self.period} {within}"


def _hour(moment: datetime) -> tuple[Any, ...]:
    # The hour that comes twice when summer time ends is two hours: their offsets differ.
    return moment.year, moment.month, moment.day, moment.hour, moment.utcoffset()


# Period -> what two backups of the same period have in common, from the local time.
PERIODS: dict[str, Callable[[datetime], tuple[Any, ...]]] = {
    "hourly": _hour,
    "daily": lambda moment: (moment.year, moment.month, moment.day),
    "weekly": lambda moment: tuple(moment.isocalendar())[:2],
    "monthly": lambda moment: (moment.year, moment.month),
    "yearly": lambda moment: (moment.year,),
}
COUNTS = ("last", *PERIODS)
WITHIN = ("within", *(f"within_{period}" for period in PERIODS))


def parse_keep(keep: dict[str, Any]) -> tuple[Rule, ...]:
    """Return the rules of the option ``keep``; a count or a duration of zero is the same as none.

    Raises:
        ValidationError: a rule is unknown, a count is below -1, or a duration is not valid.
    """
    unknown = sorted(set(keep) - {*COUNTS, *WITHIN})
    if unknown:
        raise ValidationError(f"keep.{unknown[0]} is not a keep rule", hint=f"use {', '.join((*COUNTS, *WITHIN))}")
    rules = []
    for name in COUNTS:
        count = keep.get(name) or 0
        if count < ALL:
            raise ValidationError(f"keep.{name} is {quoted(count)}", hint="set at least 1, or -1 to keep all")
        if count:
            rules.append(Rule(name, count, None))
    for name in WITHIN:
        if keep.get(name) is None:
            continue
        window = parse_duration(f"keep.{name}", keep[name])
        if window.months or window.days or window.hours:
            rules.append(Rule(name.partition("_")[2] or "last", ALL, window))
    return tuple(rules)


def apply_rules(times: Sequence[datetime], rules: Sequence[Rule], zone: tzinfo) -> list[list[str]]:
    """Return for each backup the reasons to keep it, none for one that no rule keeps.

    Args:
        times: creation times with a time zone, newest first.
        zone: its calendar says where hours, days, weeks, months and years begin.
    """
    reasons: list[list[str]] = [[] for _moment in times]
    local = [moment.astimezone(zone) for moment in times]
    for rule in rules:
        for place, reason in _kept_by(rule, local):
            reasons[place].append(reason)
    return reasons


def _kept_by(rule: Rule, local: Sequence[datetime]) -> list[tuple[int, str]]:
    """Return places and reasons of the backups that one rule keeps."""
    if not local:
        return []
    limit = rule.window.before(local[0]) if rule.window else None
    period_of = PERIODS.get(rule.period)
    kept: list[tuple[int, str]] = []
    previous: tuple[Any, ...] | None = None
    for place, moment in enumerate(local):
        if len(kept) == rule.places or (limit is not None and moment < limit):
            return kept
        period = period_of(moment) if period_of else (place,)
        if period != previous:
            kept.append((place, rule.reason))
        previous = period
    # Places are left: the oldest stays too, or a young history would keep nothing older than its finest rule does.
    oldest = len(local) - 1
    if rule.window is None and kept[-1][0] != oldest:
        kept.append((oldest, f"oldest {rule.reason}"))
    return kept
