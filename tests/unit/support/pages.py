# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list of backups as a real server pages it, which may change between two pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.pxops.px_backup.tests.unit.support.samples import raw_backup
from ansible_collections.pxops.px_backup.tests.unit.support.server import Reply, Request, json_reply


class Backups:
    """Responds to enumerations: newest first, at most ``cap`` in a page, with a change after each numbered page.

    Attributes:
        uids: the backups, as they stand now.
        changes: what happens after the page of that number (the first is 1).
        pages: how many pages were given.
    """

    def __init__(self, count: int, cap: int, says_complete: bool = False, most: int = 5000) -> None:
        self.uids = [f"u{number}" for number in range(count)]
        self.changes: dict[int, Callable[[], Any]] = {}
        self.pages = 0
        self._cap = cap
        self._says_complete = says_complete
        self._most = most

    def create(self, uid: str) -> None:
        """Add a backup where a server puts a new one."""
        self.uids.insert(0, uid)

    def delete(self, uid: str) -> None:
        """Remove a backup."""
        self.uids.remove(uid)

    def __call__(self, request: Request) -> Reply:
        if self.pages >= self._most:
            return Reply(400, b'{"code": 3, "message": "far too many pages"}')
        query = dict(request.query)
        start = int(query["enumerate_options.object_index"])
        end = start + min(self._cap, int(query["enumerate_options.max_objects"]))
        response: dict[str, Any] = {"backups": [raw_backup(f"b-{uid}", uid) for uid in self.uids[start:end]]}
        if self.uids:
            response["total_count"] = str(len(self.uids))
        if self._says_complete and end >= len(self.uids):
            response["complete"] = True
        self.pages += 1
        self.changes.get(self.pages, lambda: None)()
        return json_reply(response)
