# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The course of the source: when to poll, what to emit, what to save. It waits for nothing itself.

The caller takes the events of :meth:`Watch.step`, puts them, calls :meth:`Watch.settle` and sleeps for
:meth:`Watch.pause` seconds. A queue that is full for ten minutes therefore delays the next poll and adds none.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

from ..client.tokens import rfc3339
from ..errors import AuthenticationError, PermissionDeniedError, PXBackupError, ValidationError
from .model import Event, Known, Object, Subject
from .poll import Found, Poller
from .state import State, StateFile
from .targets import Watchlist, compare_standings
from .writer import Writer

# The first pause after a failed poll in seconds; it doubles up to the interval, or to a minute where that is longer.
_FIRST_RETRY = 5.0
_LONGEST_RETRY = 60.0

# One failed poll may be an accident; after so many in a row an event tells of it.
_FAILURES_TOLD = 2


class Pace(NamedTuple):
    """How often things happen, in seconds.

    Attributes:
        interval: from the end of a poll to the next one.
        full_interval: at least this often the whole list is read.
        heartbeat: 0 for none.
    """

    interval: float
    full_interval: float
    heartbeat: float


class Tools(NamedTuple):
    """What is injected.

    Attributes:
        clock: monotonic seconds.
        now: the time of day, in seconds since 1970.
        rand: a number from 0 to 1.
        log: takes one sentence for the log.
    """

    clock: Callable[[], float]
    now: Callable[[], float]
    rand: Callable[[], float]
    log: Callable[[str], None]


class Watch:
    """Watches one resource of one server.

    Args:
        types: the types of events to emit.
        announces: which objects of the very first poll are events.
        store: where the state is kept, ``None`` for memory alone.

    Raises:
        ValidationError: the state file cannot be used.
    """

    def __init__(
        self,
        subject: Subject,
        poller: Poller,
        writer: Writer,
        pace: Pace,
        types: frozenset[str],
        announces: Callable[[Object], bool],
        store: StateFile | None,
        tools: Tools,
    ) -> None:
        self._subject = subject
        self._poller = poller
        self._writer = writer
        self._pace = pace
        self._types = types
        self._announces = announces
        self._store = store
        self._tools = tools
        self._known: dict[str, Known] | None = None
        self._watched: Watchlist = {}
        self._pending: list[Event] = []
        self._unreachable_since = self._failing_since = ""
        self._failures = 0
        self._told_statuses: set[str] = set()
        self._cannot_save: bool | None = None
        self._next_poll = self._next_full = tools.clock()
        self._next_heartbeat = tools.clock() + pace.heartbeat
        if store is not None:
            self._restore(store.load())

    def _restore(self, state: State | None) -> None:
        if state is None:
            return
        self._known, self._watched = state.known, state.watched
        self._unreachable_since, self._pending = state.unreachable_since, state.pending
        self._writer.last_poll = self._writer.missed_since = state.saved
        self._save()

    def step(self) -> list[Event]:
        """Do what is due and return its events, which are to be put in this order.

        Raises:
            PXBackupError: the login was refused, or the state file cannot be written at the start.
        """
        if self._pending:
            # A run before this one may not have put them.
            return self._pending
        if self._tools.clock() >= self._next_poll:
            self._pending = self._poll()
            if self._known is not None:
                self._save()
        return [*self._pending, *self._beat()]

    def settle(self) -> None:
        """Note that every event of the last step was put."""
        if self._pending:
            self._pending = []
            if self._known is not None:
                self._save()

    def pause(self) -> float:
        """Return the seconds until something is due."""
        due = min(self._next_poll, self._next_heartbeat) if self._pace.heartbeat else self._next_poll
        return max(0.0, due - self._tools.clock())

    def _beat(self) -> list[Event]:
        if not self._pace.heartbeat or self._tools.clock() < self._next_heartbeat:
            return []
        self._next_heartbeat = self._tools.clock() + self._pace.heartbeat
        return [self._writer.of_heartbeat()] if "heartbeat" in self._types else []

    def _poll(self) -> list[Event]:
        full = self._known is None or self._failures > 0 or self._tools.clock() >= self._next_full
        announces = self._announces if self._known is None else _always
        try:
            found = self._poller.poll(self._known or {}, announces, full)
        except (AuthenticationError, PermissionDeniedError):
            raise
        except PXBackupError as error:
            events = self._note_failure(error)
            longest = max(self._pace.interval, _LONGEST_RETRY)
            self._plan(min(_FIRST_RETRY * 2.0 ** min(self._failures - 1, 30), longest))
            return events
        events = self._note_result(found)
        if full:
            self._next_full = self._tools.clock() + self._pace.full_interval
        self._plan(self._pace.interval)
        return events

    def _plan(self, pause: float) -> None:
        """Plan the next poll; sources that started together drift apart."""
        self._next_poll = self._tools.clock() + pause * (0.9 + 0.2 * self._tools.rand())

    def _note_failure(self, error: PXBackupError) -> list[Event]:
        self._failures += 1
        if self._failures == 1:
            self._failing_since = rfc3339(self._tools.now())
        self._tools.log(f"a poll failed: {error}")
        if self._failures < _FAILURES_TOLD or self._unreachable_since:
            return []
        self._unreachable_since = self._failing_since
        if "server_unreachable" not in self._types:
            return []
        return [self._writer.of_failure(error, self._failing_since)]

    def _note_result(self, found: Found) -> list[Event]:
        self._failures = 0
        events = []
        if self._unreachable_since:
            self._writer.missed_since = self._writer.last_poll
            if "server_recovered" in self._types:
                events.append(self._writer.of_recovery(self._unreachable_since))
            self._unreachable_since = ""
        for change in found.changes:
            if change.type in self._types:
                events.append(self._writer.of_change(self._subject, change))
        if found.standings is not None:
            told, self._watched = compare_standings(self._watched, found.standings)
            events += [self._writer.of_target(kind, standing) for kind, standing in told if kind in self._types]
        self._known = found.known
        self._writer.last_poll, self._writer.missed_since = rfc3339(self._tools.now()), None
        for status in sorted(found.unknown_statuses - self._told_statuses):
            self._tools.log(f"status {status!r} is not known to this collection; it counts as running")
        self._told_statuses |= found.unknown_statuses
        return events

    def _save(self) -> None:
        """Write the state. After the first time a failure is logged once and does not end the source."""
        if self._store is None:
            return
        state = State(
            self._writer.last_poll or "", self._unreachable_since, self._known or {}, self._watched, self._pending
        )
        try:
            self._store.save(state)
        except ValidationError as error:
            if self._cannot_save is None:
                raise
            if not self._cannot_save:
                self._tools.log(f"{error}; until then a restart repeats events")
            self._cannot_save = True
            return
        self._cannot_save = False


def _always(_item: Object) -> bool:
    return True
