# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comparing one poll with what is remembered. Pure: nothing is remembered before the poll is complete."""

from __future__ import annotations

from datetime import datetime
from typing import Callable

from ..core.pagination import uid_of
from ..core.times import parse_server_time
from .model import Change, Known, Object, Subject


class Comparison:
    """One poll against what is remembered.

    Args:
        known: what is remembered, by uid; it is not changed.
        takes: whether an object is selected by the filters.
        announces: whether an object that is not remembered is an event (at the first poll: what `start` says).
    """

    def __init__(
        self,
        subject: Subject,
        known: dict[str, Known],
        takes: Callable[[Object], bool],
        announces: Callable[[Object], bool],
    ) -> None:
        self._subject = subject
        self._known = known
        self._takes = takes
        self._announces = announces
        self._seen: dict[str, Known] = {}
        self._changes: dict[str, Change] = {}
        self._forgotten: set[str] = set()
        self.ignored: set[str] = set()
        self.unknown_statuses: set[str] = set()

    def observe(self, item: Object) -> None:
        """Compare one object of the list, or of an inspect."""
        uid = uid_of(item)
        if not uid:
            return
        if not self._takes(item):
            # It was changed so that the filters do not select it any more: no deletion, and nothing to watch.
            self.ignored.add(uid)
            self.forget(uid)
            return
        before, now = self._known.get(uid), self._subject.remember(item)
        kind = self._subject.type_of(now.status)
        if not kind:
            self.unknown_statuses.add(now.status)
        if not kind and before is not None:
            # It counts as running until the status is one that is known: what was remembered stays.
            now = now._replace(status=before.status)
        elif kind and self._differs(before, kind, item):
            self._changes[uid] = Change(kind, uid, before.status if before else None, now, item)
        self._seen[uid] = now

    def _differs(self, before: Known | None, kind: str, item: Object) -> bool:
        if before is None:
            return self._announces(item)
        return self._subject.type_of(before.status) != kind

    def unseen(self) -> list[str]:
        """Return the uids that are remembered and were not seen in this poll."""
        return [uid for uid in self._known if uid not in self._seen and uid not in self._forgotten]

    def confirm_deleted(self, uid: str) -> None:
        """Note that an inspect did not find an object."""
        known = self._known[uid]
        self._forgotten.add(uid)
        self._changes[uid] = Change("deleted", uid, known.status, known, None)

    def forget(self, uid: str) -> None:
        """Note that an object is not watched any more although it exists, or may exist."""
        self._forgotten.add(uid)
        self._seen.pop(uid, None)

    def changes(self) -> list[Change]:
        """Return what changed: the oldest object first, deletions last."""
        return sorted(self._changes.values(), key=_by_age)

    def remembered(self) -> dict[str, Known]:
        """Return what is to be remembered after this poll; what was not seen and not confirmed stays."""
        kept = {uid: known for uid, known in self._known.items() if uid not in self._forgotten}
        return {**kept, **self._seen}


def _by_age(change: Change) -> tuple[bool, datetime, str]:
    return (
        change.item is None,
        parse_server_time(change.item["metadata"]["create_time"] if change.item else None),
        change.uid,
    )
