# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All pages of a list, each object once, also while objects come and go between the pages.

Facts: docs/server-behaviour.md, sections 4.1 to 4.3. ``max_objects`` and ``object_index`` page, a server may cap a
page, ``total_count`` counts all matches, and the order of what stays is stable.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any, Callable

from ..api.base import Page
from ..api.endpoints import Api
from ..errors import ProtocolError
from ..limits import LIST_GROWTH, LIST_OBJECTS, LIST_PAGES
from .memory import collector_paused
from .readahead import Fetched, FetchPage, PagesAhead

# Objects per request.
PAGE_SIZE = 200

# How often the front of the list is read again for objects that came during the listing.
_FRONT_READS = 3

# How often in a row the walk may step back, and how many pages in a row may hold nothing new. After that the server
# does not page, or objects come and go faster than they can be listed.
_MAX_STEPS_BACK = 5
_MAX_STALE_PAGES = 50


def uid_of(item: dict[str, Any]) -> str:
    """Return the uid of a decoded object, ``""`` when the server gave none."""
    return (item["metadata"] or {}).get("uid") or ""


def name_of(item: dict[str, Any]) -> str:
    """Return the name of a decoded object, ``""`` when the server gave none."""
    return str((item["metadata"] or {}).get("name") or "")


def _identity(item: dict[str, Any]) -> str:
    """Return what tells an object from the others of a list: an old server may leave the uid out."""
    return uid_of(item) or f"name {name_of(item)}"


class Listing:
    """An iteration over all objects of a list.

    After (or during) the iteration ``total_count`` is what the server said last. Each page begins with the
    last object of the page before: when it is not there, objects were deleted and the rest has moved up, so the
    walk steps back until it meets an object that it knows.

    Args:
        fetch: fetches one page.
        noun: the word for the objects in errors, in the plural.
        ahead: reads pages before they are needed, ``None`` for one page after the other.
        most: how many objects are read, ``None`` for all of them.

    Raises (while iterating):
        ProtocolError: the server ends the list before its own total, or never.
        PXBackupError: what ``fetch`` raises.
    """

    def __init__(
        self,
        fetch: FetchPage,
        noun: str,
        page_size: int = PAGE_SIZE,
        ahead: PagesAhead | None = None,
        most: int | None = None,
    ) -> None:
        self._fetch = fetch
        self._ahead = ahead
        self._most = most
        self._noun = noun
        self._page_size = page_size
        self._seen: set[str] = set()
        self._single = False
        self._first_total = 0
        self._pages = 0
        self.total_count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with collector_paused():
            try:
                yield from self._all()
            finally:
                if self._ahead is not None:
                    self._ahead.close()

    def _all(self) -> Iterator[dict[str, Any]]:
        yield from self._walk(False)
        for _attempt in range(_FRONT_READS):
            # One object needs no second walk: nothing can have moved past it.
            if len(self._seen) >= self.total_count and (not self._single or len(self._seen) < 2):
                return
            before = len(self._seen)
            if self._ahead is not None:
                # They show the list as it was before.
                self._ahead.forget()
            yield from self._walk(True)
            if len(self._seen) > before:
                continue
            if before >= self.total_count:
                return
            raise self._incomplete()

    def _incomplete(self) -> ProtocolError:
        return ProtocolError(
            f"the server ended the list after {len(self._seen)} of {self.total_count} {self._noun}",
            hint="run the task again; if the error stays, the server does not page its lists",
        )

    def _walk(self, again: bool) -> Iterator[dict[str, Any]]:
        """Read pages from the front on until the end.

        Args:
            again: the list was walked before, so a page that holds nothing new ends it: what is new stands
                at the front. Pages of one cannot overlap, so there a new one may stand anywhere.
        """
        index, step, overlaps, steps_back, stale, longest = 0, 1, False, 0, 0, 0
        whole = not again or self._single
        while steps_back <= _MAX_STEPS_BACK and stale <= _MAX_STALE_PAGES:
            index, page = self._take(index)
            keys = [_identity(item) for item in page.items]
            if overlaps and index and not any(key in self._seen for key in keys):
                steps_back += 1
                if self._ahead is not None:
                    self._ahead.keep_last()
                # The total says how many were deleted; as many may go meanwhile. Beyond that, whole pages are repeated.
                gone = max(0, self.total_count - page.total_count)
                index = max(0, index - (min(step, 2 * gone + 1) if steps_back == 1 else step))
                continue
            fresh = [item for item, key in zip(page.items, keys) if key not in self._seen]
            steps_back, stale = (0, 0) if fresh else (steps_back, stale + 1)
            self._seen.update(keys)
            self._note_total(page)
            ends = self._is_last(page, index, len(keys), longest)
            if ends or (not fresh and (not whole or not page.total_count)):
                yield from fresh
                return
            longest = max(longest, len(keys))
            # A page of one cannot overlap the next and still get on.
            step, overlaps = max(1, len(keys) - 1), len(keys) > 1
            self._single = self._single or not overlaps
            index += step
            yield from self._plan_beside(fresh, index, step) if overlaps and not again else fresh
        if not again:
            raise self._incomplete()

    def _take(self, index: int) -> Fetched:
        """Return the page that continues the list at a position."""
        if self._ahead is None:
            return Fetched(index, self._fetch(index, self._page_size))
        return self._ahead.take(index)

    def _plan_beside(self, fresh: list[dict[str, Any]], index: int, step: int) -> Iterator[dict[str, Any]]:
        """Yield the new objects of a page and read the pages after it ahead."""
        if self._pages > 1:
            self._plan(index, step)
            yield from fresh
        else:
            yield from fresh
            # Who needs no more than the first page has stopped by now.
            self._plan(index, step)

    def _plan(self, index: int, step: int) -> None:
        """Read the next page ahead, and those after it that the list has by its total.

        Each page begins with the last object of the page before, and so has a new one up to the last but one.
        """
        if self._ahead is not None:
            end = max(self.total_count - 1, index + 1)
            self._ahead.plan(range(index, end if self._most is None else min(end, self._most - 1), step))

    def _note_total(self, page: Page) -> None:
        """Remember what the server says of the whole list.

        Raises:
            ProtocolError: the list has become longer than the server's first total allows.
        """
        # A server that leaves the total out says nothing of the whole; what was seen is what is known.
        self.total_count = page.total_count or len(self._seen)
        self._first_total = self._first_total or page.total_count
        if self._first_total > LIST_OBJECTS:
            raise ProtocolError(
                f"the server says that its list has {self._first_total} {self._noun}, more than {LIST_OBJECTS}",
                hint="narrow the list with filters",
            )
        self._pages += 1
        if len(self._seen) > 2 * self._first_total + LIST_GROWTH or (
            not self._first_total and self._pages > LIST_PAGES
        ):
            raise ProtocolError(
                f"the server's list of {self._noun} does not end: {len(self._seen)} were read, and its first page said "
                f"{self._first_total or 'nothing of a total'}",
                hint="narrow the list with filters; if the error stays, the server does not page its lists",
            )

    def _is_last(self, page: Page, index: int, count: int, longest: int) -> bool:
        """Whether a page ends the list: it says so, is empty, or reaches the total and is no full page.

        A full page that reaches the total is no proof: some servers count the page instead of the list.
        """
        if page.complete or not count:
            return True
        short = count < self._page_size and (not longest or count < longest)
        return bool(page.total_count) and index + count >= page.total_count and short


def list_pages(
    api: Api,
    fetch_by: Callable[[Api], FetchPage],
    noun: str,
    page_size: int = PAGE_SIZE,
    most: int | None = None,
) -> Listing:
    """Return an iteration over all objects of a list, whose pages are read as many at a time as the API object says.

    Args:
        fetch_by: returns what fetches a page by the calls of this API object.
        noun, page_size, most: see :class:`Listing`.
    """
    stop = Event()
    fetch = fetch_by(api.until(stop.is_set))
    ahead = PagesAhead(fetch, page_size, api.concurrency, lambda: api.refusals, stop)
    return Listing(fetch, noun, page_size, ahead, most)
