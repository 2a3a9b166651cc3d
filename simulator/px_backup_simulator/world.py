# SPDX-License-Identifier: GPL-3.0-or-later
"""All objects, and the passing of time over them."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

from px_backup_simulator import content
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import KINDS, Item
from px_backup_simulator.clock import Clock
from px_backup_simulator.outcomes import Outcome
from px_backup_simulator.restore import PREPARED, Restore
from px_backup_simulator.settings import Settings

Json = dict[str, Any]


class World:
    """The store of objects."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.seed = seed
        self.serial = 0
        self.org = "default"
        self.owner = ""
        self.items: dict[str, dict[str, Item]] = {kind: {} for kind in KINDS}
        self.backups: dict[str, Backup] = {}
        self.restores: dict[str, Restore] = {}
        self.outcomes: list[Outcome] = []
        # Runs of backups and restores that are deleted: the activity timeline counts them too.
        self.past: list[Json] = []
        self.schedules_until: float | None = None
        self.touched: set[str] = set()
        self.restructured = False
        self._names: dict[tuple[str, str], dict[str, None]] = {}
        self._needed_by: dict[str, set[str]] = {}
        self._deleting: dict[str, None] = {}
        self._orgs: Counter[str] = Counter()
        self._newest: list[Backup] | None = None

    def clear(self) -> None:
        """Remove every object."""
        self.serial = 0
        for kind in self.items.values():
            kind.clear()
        for index in (self.backups, self.restores, self._names, self._needed_by, self._deleting, self._orgs):
            index.clear()
        self.outcomes.clear()
        self.past.clear()
        self.schedules_until = None
        self._newest = None
        self.restructured = True

    def new_uid(self) -> str:
        """Return the next uid: the same ones for the same seed."""
        self.serial += 1
        digest = hashlib.md5(f"{self.seed}/{self.serial}".encode(), usedforsecurity=False).digest()
        return str(uuid.UUID(bytes=digest, version=4))

    # catalogue

    def put_item(self, item: Item) -> None:
        """Add an object, or replace the one of this uid."""
        self.items[item.kind][item.uid] = item
        self.restructured = True

    def drop_item(self, item: Item) -> None:
        """Remove an object."""
        self.items[item.kind].pop(item.uid, None)
        self.restructured = True

    def find_items(self, kind: str, name: str, org: str) -> list[Item]:
        """Return all objects of a name."""
        return [item for item in self.items[kind].values() if item.name == name and item.org == org]

    # backups

    def put_backup(self, backup: Backup) -> None:
        """Add a backup, or replace the one of this uid."""
        old = self.backups.get(backup.uid)
        if old is not None:
            self.drop_backup(old)
        self.backups[backup.uid] = backup
        self._orgs[backup.org] += 1
        self._names.setdefault((backup.org, backup.name), {})[backup.uid] = None
        for key in backup.depends_on:
            self._needed_by.setdefault(key, set()).add(backup.uid)
        if backup.delete_asked is not None:
            self._deleting[backup.uid] = None
        self._newest = None
        self.touched.add(backup.uid)

    def drop_backup(self, backup: Backup) -> None:
        """Remove a backup for good."""
        if self.backups.pop(backup.uid, None) is None:
            return
        self._orgs[backup.org] -= 1
        if not self._orgs[backup.org]:
            del self._orgs[backup.org]
        names = self._names.get((backup.org, backup.name), {})
        names.pop(backup.uid, None)
        if not names:
            self._names.pop((backup.org, backup.name), None)
        for key in backup.depends_on:
            self._needed_by.get(key, set()).discard(backup.uid)
        self._deleting.pop(backup.uid, None)
        self._newest = None
        self.touched.add(backup.uid)

    def find_backups(self, org: str, name: str) -> list[Backup]:
        """Return all backups of a name."""
        return [self.backups[uid] for uid in self._names.get((org, name), {})]

    def sort_newest_first(self) -> list[Backup]:
        """Return every backup, the newest first; the list must not be changed."""
        if self._newest is None:
            self._newest = sorted(self.backups.values(), key=lambda backup: backup.created)
            self._newest.reverse()
        return self._newest

    def list_organisations(self) -> set[str]:
        """Return the organisations that have backups."""
        return set(self._orgs)

    def find_dependents(self, backup: Backup) -> Iterator[Backup]:
        """Yield the backups that depend on this one."""
        for key in (backup.uid, backup.name):
            for uid in sorted(self._needed_by.get(key, ())):
                yield self.backups[uid]

    def mark_changed(self, backup: Backup) -> None:
        """Note a write to a backup."""
        backup.touch(self.clock.now())
        self.touched.add(backup.uid)

    # restores

    def put_restore(self, restore: Restore) -> None:
        """Add a restore, or replace the one of this uid."""
        self.restores[restore.uid] = restore
        self.restructured = True

    def drop_restore(self, restore: Restore) -> None:
        """Remove a restore for good. What it has put into the cluster stays."""
        self.restores.pop(restore.uid, None)
        self.restructured = True

    def find_restores(self, org: str, name: str) -> list[Restore]:
        """Return all restores of a name."""
        return [restore for restore in self.restores.values() if restore.name == name and restore.org == org]

    def _settle_restores(self) -> None:
        now = self.clock.now()
        for restore in list(self.restores.values()):
            self._work(restore, restore.get_progress(now))
            if restore.delete_asked is not None and now >= restore.delete_asked + restore.delete_seconds:
                self._remember("restore", restore)
                self.drop_restore(restore)

    def _work(self, restore: Restore, progress: float) -> None:
        """Put into the cluster what a restore has done by now."""
        cluster = self.items["cluster"].get(restore.cluster_uid)
        count = int(len(restore.work) * min(1.0, max(0.0, progress - PREPARED) / (1.0 - PREPARED)))
        if cluster is None or progress < PREPARED or count <= restore.done:
            return
        replace = restore.given.get("replace_policy") == "Delete"
        if restore.done < 0:
            for target, labels in restore.labels_of.items():
                content.add_namespace(cluster, target, labels, restore.name, replace=replace)
        for item in restore.work[max(0, restore.done) : count]:
            content.add_object(cluster, item["entry"], item.get("volume"))
        restore.done = count
        self.restructured = True

    # time

    def ask_delete(self, backup: Backup, settings: Settings) -> None:
        """Begin the deletion of a backup."""
        if backup.delete_asked is None:
            backup.delete_asked = self.clock.now()
            self.mark_changed(backup)
        self._deleting[backup.uid] = None
        self.settle(settings)

    def settle(self, settings: Settings) -> None:
        """Bring restores and deletions up to the present time."""
        if self.restores:
            self._settle_restores()
        progress = bool(self._deleting)
        while progress:
            progress = False
            for uid in list(self._deleting):
                progress = self._settle_one(self.backups[uid], settings) or progress

    def _settle_one(self, backup: Backup, settings: Settings) -> bool:
        """Continue one deletion; return whether the backup is deleted."""
        now = self.clock.now()
        asked = backup.delete_asked or now
        blocked = self._find_blocker(backup, settings)
        if blocked:
            backup.delete_from = None
            backup.delete_reason = blocked if now >= asked + settings.delete_seconds else ""
            return False
        if backup.delete_from is None:
            if settings.delete_workers and self._count_running() >= settings.delete_workers:
                return False
            backup.delete_from = now if backup.delete_reason else asked
            if settings.delete_workers:
                backup.delete_from = now
            backup.delete_reason = ""
        if now < backup.delete_from + settings.delete_seconds:
            return False
        self._remember("backup", backup)
        self.drop_backup(backup)
        return True

    def _remember(self, kind: str, item: Backup | Restore) -> None:
        self.past.append(
            {
                "kind": kind,
                "created": item.created,
                "seconds": item.duration,
                "status": item.status,
                "owner": item.owner,
                "cluster": item.cluster_name,
                "cluster_uid": item.cluster_uid,
            }
        )

    def _count_running(self) -> int:
        return len([uid for uid in self._deleting if self.backups[uid].delete_from is not None])

    def _find_blocker(self, backup: Backup, settings: Settings) -> str:
        if settings.locked_delete == "pending" and backup.is_locked(self.clock.now()):
            return f"backup [{backup.name}] is locked until {backup.given['retention_time']}"
        for other in self.find_dependents(backup):
            snapshot = f"{backup.uid}-incr"
            return f"Snapshot has dependency on snapshot {snapshot} - dependent backup object: {other.name}"
        if backup.cluster_uid not in self.items["cluster"]:
            return f"failed to retrieve cluster [{backup.cluster_name}]: object not found"
        return ""
