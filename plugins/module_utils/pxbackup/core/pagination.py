# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All pages of a list, each backup once, also while backups come and go between the pages.

Facts: behaviour note 4.1 to 4.3. ``max_objects`` and ``object_index`` page, a server may cap a page,
``total_count`` counts all matches, and the order of what stays is stable.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

from ..api.endpoints import Api
from ..errors import ProtocolError

# Backups asked for in one request.
PAGE_SIZE = 200

# How often the front of the list is read again for backups that came during the listing.
_FRONT_READS = 3

# How often in a row the walk may step back, and how many pages it may read: four times as many as the list has when it
# begins, and these. After that the server does not page, or backups come and go faster than they can be listed.
_MOST_LOST = 5
_SPARE_PAGES = 50


def uid_of(backup: dict[str, Any]) -> str:
    """Return the uid of a decoded backup, ``""`` when the server gave none."""
    return (backup["metadata"] or {}).get("uid") or ""


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from looking for garbage in a list that only grows: it finds none, and a long list takes a third
    more time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Listing:
    """An iteration over all backups that match ``options``.

    After (or during) the iteration ``total_count`` is what the server said last. Each page begins with the
    last backup of the page before: when it is not there, backups have gone and the rest has moved up, so the
    walk steps back until it meets something that it knows.

    Args:
        within: says how many seconds are left, where a wait ends then.

    Raises (while iterating):
        ProtocolError: when the server ends the list before its own total.
        PXBackupError: what the requests raise.
    """

    def __init__(
        self,
        api: Api,
        options: dict[str, Any],
        page_size: int = PAGE_SIZE,
        within: Callable[[], float] | None = None,
    ) -> None:
        self._api = api
        self._options = options
        self._page_size = page_size
        self._within = within
        self._seen: set[str] = set()
        self._single = False
        self.total_count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with _collector_paused():
            yield from self._all()

    def _all(self) -> Iterator[dict[str, Any]]:
        yield from self._walk(False)
        for _attempt in range(_FRONT_READS):
            if len(self._seen) >= self.total_count and not self._single:
                return
            before = len(self._seen)
            yield from self._walk(True)
            if len(self._seen) > before:
                continue
            if before >= self.total_count:
                return
            raise self._incomplete()

    def _incomplete(self) -> ProtocolError:
        return ProtocolError(
            f"the server ended the list after {len(self._seen)} of {self.total_count} backups",
            hint="run the task again; if it stays so, the server does not page its lists",
        )

    def _walk(self, again: bool) -> Iterator[dict[str, Any]]:
        """Read pages from the front on until the end.

        Args:
            again: the list was walked before, so a page that holds nothing new ends it: what is new stands
                at the front. Pages of one cannot overlap, so there a new one may stand anywhere.
        """
        index, step, overlaps, lost, pages, first_total = 0, 1, False, 0, 0, 0
        whole = not again or self._single
        while lost <= _MOST_LOST and pages <= _SPARE_PAGES + whole * 4 * (first_total or len(self._seen)) / step:
            api = self._api.limited(self._within()) if self._within else self._api
            page = api.enumerate_backups(self._options, index, self._page_size)
            pages += 1
            uids = [uid_of(backup) for backup in page.items]
            if overlaps and index and not any(uid in self._seen for uid in uids):
                lost += 1
                # The total says how many have gone; as many may go meanwhile. Beyond that, whole pages are read again.
                gone = max(0, self.total_count - page.total_count)
                index = max(0, index - (min(step, 2 * gone + 1) if lost == 1 else step))
                continue
            fresh = [backup for backup, uid in zip(page.items, uids) if uid not in self._seen]
            lost = 0 if fresh else lost
            self._seen.update(uids)
            # A server that leaves the total out says nothing of the whole; what was seen is what is known.
            self.total_count = page.total_count or len(self._seen)
            first_total = first_total or page.total_count
            yield from fresh
            end = index + len(uids)
            if page.complete or not uids or (page.total_count and end >= page.total_count):
                return
            if not fresh and (not whole or not page.total_count):
                return
            # A page of one cannot overlap the next and still get on.
            step, overlaps = max(1, len(uids) - 1), len(uids) > 1
            self._single = self._single or not overlaps
            index = end - 1 if overlaps else end
        if not again:
            raise self._incomplete()
