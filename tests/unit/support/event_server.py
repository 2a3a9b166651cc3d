# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server as a poll sees it, a clock that only the test moves, and a run of the event source over both."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.backups import BACKUP_EVENTS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.fields import TYPES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.poll import Poller
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.state import StateFile
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.targets import Judge
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.watch import Pace, Tools, Watch
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.writer import Writer
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

# 2026-11-15T12:00:00Z
NOON = 1794744000
Event = dict[str, Any]
FULL_LISTS = Pace(60.0, 0.0, 0.0)


class Clock:
    """Monotonic seconds and the time of day; the second may jump."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.offset = float(NOON)

    def clock(self) -> float:
        return self.passed

    def now(self) -> float:
        return self.offset + self.passed


def stamp(seconds: float) -> str:
    """Return a time as the server writes it; 0 is noon."""
    return datetime.fromtimestamp(NOON + int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Page:
    """A list that may break off."""

    def __init__(self, items: list[Event], total: int, cut: int | None) -> None:
        self.total_count = total
        self.read = 0
        self._items, self._cut = items, cut

    def __iter__(self) -> Iterator[Event]:
        for number, item in enumerate(self._items):
            if number == self._cut:
                raise PXBackupError("the list was cut short", http_status=502)
            self.read += 1
            yield item


class Server:
    """Backups by uid; what is hidden is not listed but can be inspected.

    Attributes:
        moves: whether a change of a status moves the time of the last update.
        down: raised by every request.
        cut: after how many items a list breaks off.
    """

    def __init__(self, sorts: bool = False, moves: bool = True) -> None:
        self.items: dict[str, Event] = {}
        self.hidden: set[str] = set()
        self.broken: dict[str, PXBackupError] = {}
        self.down: PXBackupError | None = None
        self.cut: int | None = None
        self.lists: list[bool] = []
        self.pages: list[Page] = []
        self.inspected: list[str] = []
        self.sorts, self.moves = sorts, moves
        self.time = 0.0

    def put(self, uid: str, status: str, name: str = "", **parts: Any) -> None:
        """Create a backup, or change its status."""
        before = self.items.get(uid)
        created = before["metadata"]["create_time"] if before else stamp(self.time)
        updated = stamp(self.time) if self.moves or before is None else before["metadata"]["last_update_time"]
        metadata = {"create_time": created, "last_update_time": updated, **parts.pop("metadata", {})}
        info = {"status": {"status": status, "reason": parts.pop("reason", "")}, "namespaces": ["shop"], **parts}
        self.items[uid] = backup(name=name or uid.lower(), uid=uid, metadata=metadata, **info)

    def drop(self, uid: str) -> None:
        """Delete a backup."""
        self.items.pop(uid, None)

    def list(self, by_update: bool) -> Page:
        self.lists.append(by_update)
        self._fail("")
        items = [item for uid, item in self.items.items() if uid not in self.hidden]
        key = "last_update_time" if by_update else "create_time"
        newest_first = sorted(items, key=lambda item: item["metadata"][key], reverse=True)
        self.pages.append(Page(newest_first, len(items), self.cut))
        return self.pages[-1]

    def inspect(self, name: str, uid: str) -> Event | None:
        self.inspected.append(uid)
        self._fail(uid)
        return self.items.get(uid)

    def _fail(self, uid: str) -> None:
        error = self.down or self.broken.get(uid)
        if error:
            raise error

    def sorts_by_update(self) -> bool:
        return self.sorts


class Run:
    """The event source from start to end; a restart makes another run with the same state file."""

    def __init__(
        self,
        server: Server,
        clock: Clock,
        announces: Callable[[Event], bool] = lambda _item: False,
        takes: Callable[[Event], bool] = lambda _item: True,
        state_file: Path | None = None,
        judge: Callable[[], Judge] | None = None,
        types: frozenset[str] = frozenset(TYPES),
        pace: Pace = FULL_LISTS,
    ) -> None:
        self.server, self.clock = server, clock
        self.logged: list[str] = []
        self.events: list[Event] = []
        store = StateFile(str(state_file), {"url": "https://px"}) if state_file else None
        writer = Writer("https://px", lambda: "2.11.0", clock.now, identify)
        poller = Poller(BACKUP_EVENTS, server, takes, judge)
        tools = Tools(clock.clock, clock.now, lambda: 0.5, self.logged.append)
        self.watch = Watch(BACKUP_EVENTS, poller, writer, pace, types, announces, store, tools)

    def step(self, crash: bool = False) -> list[Event]:
        """Wait until something is due, do it and return its events; a crash comes after the put."""
        self.clock.passed += self.watch.pause()
        self.server.time = self.clock.passed
        # A rule may change what it gets, and what is saved is what was put.
        events: list[Event] = json.loads(json.dumps(self.watch.step()))
        self.events += events
        if not crash:
            self.watch.settle()
        return events

    def told(self) -> list[str]:
        """Return the events of one step as ``type name``, with the previous status where there is one."""
        return [in_short(event) for event in self.step()]


def identify(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def in_short(event: Event) -> str:
    body = event["px_backup"]
    thing = body.get("backup", {})
    previous = f" <{thing['previous']}" if thing.get("previous") else ""
    return f"{body['type']} {thing.get('uid', '')}{previous}".strip()
