# SPDX-License-Identifier: GPL-3.0-or-later
"""State over a restart: a snapshot, and a journal of what was written since.

A write is in the journal before its response is sent, so a killed process loses nothing that it has acknowledged.
(The journal is not forced to the disk: it survives the death of the process, not of the machine.)
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import Item
from px_backup_simulator.errors import ControlError
from px_backup_simulator.outcomes import Outcome
from px_backup_simulator.restore import Restore
from px_backup_simulator.world import World

Json = dict[str, Any]

FORMAT = 2
LONGEST_JOURNAL = 10_000


class StateFile:
    """The two files."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._journal_path = Path(f"{path}.journal")
        self._lines = 0
        # How many runs of deleted backups are written.
        self._past = 0

    def load(self, world: World) -> bool:
        """Fill an empty world from the files; False when there are none."""
        if not self._path.exists():
            return False
        try:
            snapshot = json.loads(self._path.read_text(encoding="utf-8"))
            if snapshot.get("format") != FORMAT:
                raise ControlError(f"{self._path} is not a state file of this version")
            _restore(world, snapshot)
            for change in self._journal():
                _replay(world, change)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ControlError(f"{self._path} cannot be read as a state file: {error}") from error
        return True

    def _journal(self) -> list[Json]:
        if not self._journal_path.exists():
            return []
        lines = self._journal_path.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def save(self, world: World) -> None:
        """Write what has changed since the last call."""
        if world.restructured or self._lines > LONGEST_JOURNAL:
            self._write_snapshot(world)
        elif world.touched:
            self._append(world)
        world.touched.clear()
        world.restructured = False

    def close(self, world: World) -> None:
        """Write everything as one snapshot."""
        world.restructured = True
        self.save(world)

    def _append(self, world: World) -> None:
        with self._journal_path.open("a", encoding="utf-8") as journal:
            for uid in sorted(world.touched):
                backup = world.backups.get(uid)
                change: Json = {"gone": uid} if backup is None else {"backup": backup.to_dict()}
                change |= {"serial": world.serial, "now": world.clock.now()}
                journal.write(json.dumps(change) + "\n")
                self._lines += 1
            for run in world.past[self._past :]:
                journal.write(json.dumps({"past": run}) + "\n")
                self._lines += 1
        self._past = len(world.past)

    def _write_snapshot(self, world: World) -> None:
        snapshot = {
            "format": FORMAT,
            "serial": world.serial,
            "org": world.org,
            "now": world.clock.now(),
            "items": [item.to_dict() for items in world.items.values() for item in items.values()],
            "outcomes": [outcome.to_dict() for outcome in world.outcomes],
            "past": world.past,
            "restores": [restore.to_dict() for restore in world.restores.values()],
            "backups": [backup.to_dict() for backup in world.backups.values()],
        }
        temporary = Path(f"{self._path}.new")
        temporary.write_text(json.dumps(snapshot), encoding="utf-8")
        os.replace(temporary, self._path)
        self._journal_path.write_text("", encoding="utf-8")
        self._lines, self._past = 0, len(world.past)


def _restore(world: World, snapshot: Json) -> None:
    world.serial = snapshot["serial"]
    world.org = snapshot["org"]
    world.clock.resume(snapshot["now"])
    for item in snapshot["items"]:
        world.put_item(Item(**item))
    for backup in snapshot["backups"]:
        world.put_backup(Backup.from_dict(backup))
    world.past.extend(snapshot["past"])
    for restore in snapshot["restores"]:
        world.put_restore(Restore.from_dict(restore))
    world.outcomes.extend(
        Outcome(**{**outcome, "effects": tuple(outcome["effects"])}) for outcome in snapshot["outcomes"]
    )


def _replay(world: World, change: Json) -> None:
    if "past" in change:
        world.past.append(change["past"])
        return
    world.serial = change["serial"]
    world.clock.resume(change["now"])
    if "backup" in change:
        world.put_backup(Backup.from_dict(change["backup"]))
    elif change["gone"] in world.backups:
        world.drop_backup(world.backups[change["gone"]])
