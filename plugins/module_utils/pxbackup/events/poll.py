# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One poll: read the list, confirm what is not in it any more, compare with what is remembered.

Facts: behaviour note 4 (lists). The server cannot tell what changed since a time, and it does not list deletions. From
PX-Backup 2.11.0 on a list can be sorted by the last update. Whether every change of a status moves that time is not
known, so an incremental poll also inspects each object that was running, and a full list is read from time to time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Callable, NamedTuple, Protocol

from ..core.times import EARLIEST, parse_server_time
from ..errors import AuthenticationError, PermissionDeniedError, PXBackupError
from .compare import Comparison
from .model import Change, Known, Object, Standing, Subject
from .targets import Judge

# How many objects one poll inspects; the rest is inspected by the next one.
MOST_INSPECTS = 200
# After so many failed inspects a poll gives up inspecting.
_MOST_FAILED = 3

# Updates may become visible in another order than that of their times.
OVERLAP = timedelta(minutes=2)


class Listed(Protocol):
    """The objects of a list as they arrive. ``total_count`` is what the server said last of the whole list."""

    total_count: int

    def __iter__(self) -> Iterator[Object]:
        """Yield each object once."""


class Reader(Protocol):
    """What a poll asks of the server."""

    def list(self, by_update: bool) -> Listed:
        """Return all objects; ``by_update`` sorts by the last update, newest first."""

    def inspect(self, name: str, uid: str) -> Object | None:
        """Return one object, ``None`` when it certainly does not exist."""

    def sorts_by_update(self) -> bool:
        """Whether the server can sort by the last update."""


class Found(NamedTuple):
    """The result of a complete poll."""

    changes: list[Change]
    known: dict[str, Known]
    standings: list[Standing] | None
    unknown_statuses: set[str]


class Poller:
    """Polls one resource.

    Args:
        takes: whether an object is selected.
        new_judge: makes the judge of the targets for a full list, ``None`` without targets.
    """

    def __init__(
        self,
        subject: Subject,
        reader: Reader,
        takes: Callable[[Object], bool],
        new_judge: Callable[[], Judge] | None = None,
    ) -> None:
        self._subject = subject
        self._reader = reader
        self._takes = takes
        self._new_judge = new_judge
        self._newest: datetime | None = None
        self._ignored: set[str] = set()
        self._failed: set[str] = set()

    def poll(self, known: dict[str, Known], announces: Callable[[Object], bool], full: bool) -> Found:
        """Return what changed since the last poll.

        Args:
            known: what is remembered; it is not changed.
            announces: whether an object that is not remembered is an event.
            full: whether the whole list must be read.

        Raises:
            PXBackupError: the list was not read to its end, or the login was refused.
        """
        found = None
        if not full and self._newest is not None and self._reader.sorts_by_update():
            found = self._poll_front(known, announces, self._newest)
        return found or self._poll_all(known, announces)

    def _poll_all(self, known: dict[str, Known], announces: Callable[[Object], bool]) -> Found:
        comparison = Comparison(self._subject, known, self._takes, announces)
        judge = self._new_judge() if self._new_judge else None
        newest = None
        for item in self._reader.list(by_update=False):
            newest = _later(newest, item)
            self._observe(item, comparison, judge)
        self._inspect(comparison, known, comparison.unseen(), judge)
        self._newest, self._ignored = newest, comparison.ignored
        # Without an object that may exist, its namespace would seem less protected than it is.
        whole = not comparison.unseen()
        return _result(comparison, judge.standings() if judge is not None and whole else None)

    def _poll_front(
        self, known: dict[str, Known], announces: Callable[[Object], bool], newest: datetime
    ) -> Found | None:
        """Read the list back to the newest update that was seen; ``None`` when that is not enough."""
        comparison = Comparison(self._subject, known, self._takes, announces)
        edge, later = newest - OVERLAP, newest
        listed = self._reader.list(by_update=True)
        for item in listed:
            if _updated(item) < edge:
                break
            later = _later(later, item) or later
            comparison.observe(item)
        moving = [uid for uid in comparison.unseen() if self._subject.type_of(known[uid].status) in _MOVING]
        if len(moving) > MOST_INSPECTS:
            return None
        self._inspect(comparison, known, moving)
        remembered = comparison.remembered()
        ignored = (self._ignored | comparison.ignored) - set(remembered)
        if listed.total_count != len(remembered) + len(ignored):
            # Something was deleted, or is not where it belongs.
            return None
        self._newest, self._ignored = later, ignored
        return _result(comparison, None)

    def _observe(self, item: Object, comparison: Comparison, judge: Judge | None) -> None:
        comparison.observe(item)
        if judge is not None and self._takes(item):
            judge.add(item)

    def _inspect(
        self, comparison: Comparison, known: dict[str, Known], uids: list[str], judge: Judge | None = None
    ) -> None:
        """Inspect objects that the list did not show; what cannot be inspected now stays as it was."""
        failed: set[str] = set()
        # What failed before goes last, so that it does not keep the others from being inspected.
        for uid in sorted(uids, key=self._failed.__contains__)[:MOST_INSPECTS]:
            try:
                item = self._reader.inspect(known[uid].name, uid)
            except PermissionDeniedError:
                comparison.forget(uid)
            except AuthenticationError:
                raise
            except PXBackupError:
                failed.add(uid)
                if len(failed) == _MOST_FAILED:
                    break
            else:
                if item is None:
                    comparison.confirm_deleted(uid)
                else:
                    self._observe(item, comparison, judge)
        self._failed = failed


# Types of events whose objects change without being asked to; "" is a status that is not known.
_MOVING = ("started", "deleting", "")


def _updated(item: Object) -> datetime:
    return parse_server_time(item["metadata"]["last_update_time"])


def _later(newest: datetime | None, item: Object) -> datetime | None:
    """Return the later of a time and the last update of an object, ``None`` when the server gives no time."""
    updated = _updated(item)
    if updated == EARLIEST:
        return newest
    return updated if newest is None else max(newest, updated)


def _result(comparison: Comparison, standings: list[Standing] | None) -> Found:
    return Found(comparison.changes(), comparison.remembered(), standings, comparison.unknown_statuses)
