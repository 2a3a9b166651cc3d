# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of one namespace while the list of backups passes by.

Memory is bounded for each namespace by the window and by the backups in it (16 bytes for each good one). The result
does not depend on the order of the backups: what is newest is decided by time, then by uid.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from heapq import heappush, heappushpop
from typing import NamedTuple

from .history import Window
from .records import NARROWED, WHOLE, Record

DAY = 86400

# A creation time this far ahead of the controller's clock is a difference of clocks; beyond, the backup is not counted.
CLOCK_SKEW = 300

# How many of the newest good backups of a namespace are kept for comparing sizes.
RECENT = 20

# The best of a day as one sign: no backup, only failures, at most a partial or narrowed backup, a good one.
SIGNS = ".x~+"
_NONE, _FAILED, _PARTIAL, _GOOD = range(4)


class Size(NamedTuple):
    """Size of a good backup; sorts by time."""

    start: float
    uid: str
    size: int
    resources: int
    scope: int


class Tally:
    """Everything that a report tells of one namespace or virtual machine.

    Args:
        window: the span that counts and days are about.
        now: seconds since 1970.
        count_narrowed: whether a backup of chosen kinds or labels counts as good.
    """

    def __init__(self, window: Window, now: float, count_narrowed: bool = False) -> None:
        self.window = window
        self._now = now
        self._counted = (WHOLE, NARROWED) if count_narrowed else (WHOLE,)
        self._first_day = int(window.start // DAY)
        days = int(window.end // DAY) - self._first_day + 1
        self._ranks = bytearray(days)
        self._sizes: list[tuple[float, int] | None] = [None] * days
        self._points = array("d")
        self._before: tuple[float, float] | None = None
        self._recent: list[Size] = []
        self.last_good: Record | None = None
        self.last_attempt: Record | None = None
        self.last_drill: Record | None = None
        self.last_seen = 0.0
        self.running = self.future = self.undated = self.narrowed = self.cloud_missing = 0
        self.good_in_window = self.failed_in_window = 0
        self.locked_until: float | None = None
        self.schedules: set[str] = set()
        self.locations: set[str] = set()

    def add(self, record: Record, outcome: str) -> None:
        """Count a backup of the namespace.

        Args:
            outcome: what the backup is to the namespace, from :func:`.records.judge_units`.
        """
        if record.leaving:
            return
        if record.start is None:
            self.undated += 1
            return
        if record.start > self._now + CLOCK_SKEW:
            self.future += 1
            return
        self.last_seen = max(self.last_seen, record.start)
        if record.schedule.name and record.start >= self.window.start:
            self.schedules.add(record.schedule.name)
        if record.running:
            self.running += 1
            return
        self.last_attempt = _newer(self.last_attempt, record)
        if record.drill and (self.last_drill is None or _drilled(record) > _drilled(self.last_drill)):
            self.last_drill = record
        if outcome in self._counted:
            self._add_good(record, record.start, record.finish or record.start)
        else:
            self._add_other(record, record.start, outcome)

    def _add_good(self, record: Record, start: float, finish: float) -> None:
        self.last_good = _newer(self.last_good, record)
        if finish > self.window.start:
            self._points.extend((start, finish))
        elif self._before is None or start > self._before[0]:
            # Of all that ended before the window, only the newest data plays a part in it.
            self._before = (start, finish)
        size = Size(start, record.uid, record.size, record.resources, record.scope)
        if len(self._recent) < RECENT:
            heappush(self._recent, size)
        else:
            heappushpop(self._recent, size)
        if record.locked_until and record.locked_until > self._now:
            self.locked_until = max(self.locked_until or 0.0, record.locked_until)
        self.locations.add(record.location.name)
        day = self._mark(start, _GOOD)
        if day is not None:
            self.good_in_window += 1
            self._sizes[day] = max(self._sizes[day] or (start, record.size), (start, record.size))

    def _add_other(self, record: Record, start: float, outcome: str) -> None:
        self.cloud_missing += record.status == "CloudBackupMissing"
        if outcome == NARROWED:
            self.narrowed += 1
            self._mark(start, _PARTIAL)
        elif self._mark(start, _PARTIAL if record.status == "PartialSuccess" else _FAILED) is not None:
            self.failed_in_window += 1

    def _mark(self, start: float, rank: int) -> int | None:
        """Note what happened on a day and return its number, ``None`` when it is outside the window."""
        if not self.window.start <= start <= self.window.end:
            return None
        day = int(start // DAY) - self._first_day
        self._ranks[day] = max(self._ranks[day], rank)
        return day

    def absorb_good(self, other: Tally) -> None:
        """Take over the good backups of ``other``: a whole backup of a namespace holds its virtual machines too."""
        if other.last_good is None:
            return
        self.last_good = _newer(self.last_good, other.last_good)
        self._points.extend(other._points)
        self._before = max(filter(None, (self._before, other._before)), default=None)
        self._recent = sorted([*self._recent, *other._recent])[-RECENT:]
        self.good_in_window += other.good_in_window
        self.locked_until = max(filter(None, (self.locked_until, other.locked_until)), default=None)
        self.locations |= other.locations
        for day, rank in enumerate(other._ranks):
            if rank == _GOOD:
                self._ranks[day] = rank
                self._sizes[day] = max(filter(None, (self._sizes[day], other._sizes[day])), default=None)

    @property
    def points(self) -> Iterator[tuple[float, float]]:
        """Start and end of each good backup that plays a part in the window."""
        if self._before:
            yield self._before
        yield from zip(self._points[::2], self._points[1::2])

    @property
    def days(self) -> str:
        """One sign for each day of the window (UTC), see :data:`SIGNS`."""
        return "".join(SIGNS[rank] for rank in self._ranks)

    @property
    def sizes(self) -> list[int | None]:
        """Size of the newest good backup of each day of the window, in bytes."""
        return [item[1] if item else None for item in self._sizes]

    def earlier_sizes(self, count: int) -> list[Size]:
        """Return the last ``count`` good backups before the newest one that have the same selection."""
        if self.last_good is None:
            return []
        newest = self.last_good
        alike = sorted(item for item in self._recent if item.scope == newest.scope and item.uid != newest.uid)
        return alike[-count:]


def _drilled(record: Record) -> tuple[float, str]:
    return (record.drill.time if record.drill else 0.0, record.uid)


def _newer(one: Record | None, other: Record) -> Record:
    if one is None:
        return other
    return max(one, other, key=lambda record: (record.start or 0.0, record.uid))
