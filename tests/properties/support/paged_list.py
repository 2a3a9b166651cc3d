# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A paged list in memory that several threads read while it changes, lies and fails."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Event
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.base import Page
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import Listing, uid_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.readahead import PagesAhead
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError

# Seconds that a page is held back at most: others overtake it meanwhile.
_HELD = 0.01


Fault = Callable[[], PXBackupError]


class Behaviour(NamedTuple):
    """How a list behaves.

    Attributes:
        count: objects at the start.
        cap: most objects in a page, or those of the pages in turn.
        says_complete: whether the last page says that it is the last.
        totals: what is added to the total in the response of each request, in turn; ``None`` for no total.
        changes: after the request of this number (the first is 1): places of objects to delete, -1 to create one.
        held: numbers of requests whose page is read at once and arrives late.
        delayed: numbers of requests whose page is read late.
        failing: positions of the first object of pages that cannot be read, and the error.
        bears: how many requests at the same time are not refused, and the error of the others.
    """

    count: int
    cap: int | tuple[int, ...]
    says_complete: bool = False
    totals: tuple[int | None, ...] = (0,)
    changes: dict[int, list[int]] = {}
    held: frozenset[int] = frozenset()
    delayed: frozenset[int] = frozenset()
    failing: tuple[range, Fault] | None = None
    bears: tuple[int, Fault] | None = None


class PagedList:
    """Returns pages of a list, newest first.

    Attributes:
        uids: the objects, as they stand now.
        gone: what was deleted.
        requests: how many there were.
        at_a_time: the most that were under way together.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._changed = Condition()
        self._served = 0
        self._running = 0
        self.uids = [f"u{number}" for number in range(behaviour.count)]
        self.gone: set[str] = set()
        self.requests = self.refusals = self.at_a_time = 0

    def fetch(self, index: int, size: int) -> Page:
        """Return a page."""
        with self._changed:
            self.requests += 1
            number = self.requests
            self._running += 1
            self.at_a_time = max(self.at_a_time, self._running)
            try:
                return self._serve(number, index, size)
            finally:
                self._running -= 1

    def _serve(self, number: int, index: int, size: int) -> Page:
        if self._behaviour.bears is not None and self._running > self._behaviour.bears[0]:
            self.refusals += 1
            raise self._behaviour.bears[1]()
        self._wait_if(number in self._behaviour.delayed)
        if self._behaviour.failing is not None and index in self._behaviour.failing[0]:
            raise self._behaviour.failing[1]()
        page = self._read(number, index, size)
        for place in self._behaviour.changes.get(number, ()):
            self._change(place)
        self._served += 1
        self._changed.notify_all()
        self._wait_if(number in self._behaviour.held)
        return page

    def _wait_if(self, held: bool) -> None:
        if held:
            served = self._served
            self._changed.wait_for(lambda: self._served > served + 1, _HELD)

    def _read(self, number: int, index: int, size: int) -> Page:
        cap = self._behaviour.cap
        end = index + min(size, cap if isinstance(cap, int) else cap[number % len(cap)])
        items: list[dict[str, Any]] = [{"metadata": {"name": f"b-{uid}", "uid": uid}} for uid in self.uids[index:end]]
        more = self._behaviour.totals[number % len(self._behaviour.totals)]
        total = 0 if more is None or not self.uids else max(0, len(self.uids) + more)
        return Page(items, total, self._behaviour.says_complete and end >= len(self.uids))

    def _change(self, place: int) -> None:
        if place < 0:
            self.uids.insert(0, f"n{self.requests}-{len(self.uids)}-{len(self.gone)}")
        elif place < len(self.uids):
            self.gone.add(self.uids[place])
            del self.uids[place]


class Outcome(NamedTuple):
    """What reading a list gave, up to its error."""

    uids: list[str]
    total: int
    error: str
    requests: int
    paged: PagedList


def read_list(behaviour: Behaviour, size: int, concurrency: int, most: int | None = None) -> Outcome:
    """Read a list, or the first ``most`` of it."""
    paged = PagedList(behaviour)
    ahead = PagesAhead(paged.fetch, size, concurrency, lambda: paged.refusals, Event())
    listing = Listing(paged.fetch, "backups", size, ahead, most)
    uids: list[str] = []
    error = ""
    iterator = iter(listing)
    try:
        while most is None or len(uids) < most:
            item = next(iterator, None)
            if item is None:
                break
            uids.append(uid_of(item))
    except PXBackupError as caught:
        error = f"{type(caught).__name__}: {caught}"
    finally:
        iterator.close()  # type: ignore[attr-defined]
    return Outcome(uids, listing.total_count, error, paged.requests, paged)
