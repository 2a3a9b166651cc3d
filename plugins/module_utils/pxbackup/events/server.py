# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server as a poll sees it: the list of one resource, and single objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..api.endpoints import Api
from ..api.releases import has
from ..api.schema import Parts
from ..errors import UnsupportedError
from .model import Object, Subject
from .poll import Listed

_BY_UPDATE = {"sortBy": {"type": "LastUpdateTimestamp"}, "sortOrder": {"type": "Descending"}}


class ServerReader:
    """Reads the objects of one resource.

    Args:
        options: the filters for the server.
        also: what is read of each object in a list in addition to what the events need.
    """

    def __init__(self, api: Api, subject: Subject, options: dict[str, Any], also: Iterable[str] = ()) -> None:
        self._api = api
        self._subject = subject
        self._reads: Parts = None if subject.reads is None else subject.reads.union(also)
        self._options = options
        self._sorts: bool | None = None

    def known_release(self) -> str:
        """Return the server's release, ``""`` while nothing has asked for it."""
        return self._api.known_release or ""

    def sorts_by_update(self) -> bool:
        """Whether the server can sort by the last update; not, when it does not tell its release."""
        if self._sorts is None:
            since = self._subject.sorts_since
            try:
                # The release is asked for in any case, because every event names it.
                release = self._api.release
                self._sorts = since is not None and has(since, release)
            except UnsupportedError:
                self._sorts = False
        return self._sorts

    def list(self, by_update: bool) -> Listed:
        """Return all objects; ``by_update`` sorts by the last update, newest first."""
        self.sorts_by_update()
        api, options = self._api, self._options
        if by_update:
            # Mostly the first page is enough, so none is read ahead.
            api, options = api.concurrent(1), {**options, "sort_option": _BY_UPDATE}
        return self._subject.resource.list_all(api, options, parts=self._reads)

    def inspect(self, name: str, uid: str) -> Object | None:
        """Return one object, ``None`` when inspect and list both say that it does not exist."""
        return self._subject.resource.get(self._api, name, uid)
