# SPDX-License-Identifier: GPL-3.0-or-later
"""The control calls that show, add, change and remove objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from px_backup_simulator import restore_objects, worldfile
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import KINDS, Item, Kind, find_kind
from px_backup_simulator.content import show_content
from px_backup_simulator.engine import Engine
from px_backup_simulator.errors import ControlError
from px_backup_simulator.proto_json import encode
from px_backup_simulator.render import make_backup_message
from px_backup_simulator.restore import Restore
from px_backup_simulator.restore_render import make_restore_message

Json = dict[str, Any]


def show_state(engine: Engine, given: Any) -> Json:
    """Show every object as the API returns it; backups and restores with what the API does not show.

    With `only`, a list of keys of the response, it shows these and nothing else.
    """
    wanted = given.get("only", list(_STATE)) if isinstance(given, dict) else None
    if not isinstance(wanted, list) or not all(isinstance(name, str) and name in _STATE for name in wanted):
        raise ControlError(f"only must be a list of keys of the state, from: {', '.join(_STATE)}")
    return {name: _STATE[name](engine) for name in wanted}


def _show_items(engine: Engine, kind: str) -> list[Json]:
    return [_encode_item(engine, item) for item in engine.world.items[kind].values()]


def _show_backups(engine: Engine) -> list[Json]:
    return [_encode_backup(engine, backup) for backup in engine.world.sort_newest_first()]


def _show_restores(engine: Engine) -> list[Json]:
    return [_encode_restore(engine, restore) for restore in engine.world.restores.values()]


def _show_contents(engine: Engine) -> Json:
    return {item.name: show_content(item) for item in engine.world.items["cluster"].values()}


_STATE: dict[str, Callable[[Engine], Any]] = {
    **{kind.plural: partial(_show_items, kind=kind.name) for kind in KINDS.values()},
    "backups": _show_backups,
    "restores": _show_restores,
    "contents": _show_contents,
    "now": lambda engine: engine.clock.now(),
    "settings": lambda engine: engine.settings.to_dict(),
}


def _encode_item(engine: Engine, item: Item) -> Json:
    message = item.to_message()
    info_key = KINDS[item.kind].info
    name = {"vro_policy": "VolumeResourceOnlyPolicyObject", "rule": "RuleObject"}.get(
        item.kind, f"{KINDS[item.kind].service}Object"
    )
    encoded = encode(engine.surface, name, message)
    return encoded if encoded else {"metadata": message["metadata"], info_key: message[info_key]}


def _encode_backup(engine: Engine, backup: Backup) -> Json:
    now = engine.clock.now()
    status, reason = backup.get_status(now)
    encoded = encode(engine.surface, "BackupObject", make_backup_message(backup, now, ""))
    return encoded | {
        "simulator": {
            "status": status,
            "reason": reason,
            "end": backup.status,
            "depends_on": backup.depends_on,
            "deleting": backup.delete_asked is not None,
        }
    }


def _encode_restore(engine: Engine, restore: Restore) -> Json:
    now = engine.clock.now()
    status, reason = restore.get_status(now)
    message = make_restore_message(restore, now, reason_index=engine.settings.reason_index)
    return encode(engine.surface, "RestoreObject", message) | {
        "simulator": {
            "status": status,
            "reason": reason,
            "end": restore.status,
            "deleting": restore.delete_asked is not None,
        }
    }


def _flatten(given: Any) -> Json:
    """Return the object of a control call: its keys are beside the kind, or under `object`."""
    if not isinstance(given, dict) or "kind" not in given:
        raise ControlError('an object needs a kind, such as {"kind": "backup", "name": "b1"}')
    nested: Json = given.get("object", {})
    return {key: value for key, value in given.items() if key != "object"} | nested


def put_object(engine: Engine, given: Any) -> Json:
    """Add an object, or change an existing one."""
    entry = _flatten(given)
    if entry["kind"] == "backup":
        return _put_backup(engine, entry)
    if entry["kind"] == "restore":
        restore = restore_objects.put_restore(engine.world, entry)
        engine.world.settle(engine.settings)
        return {"name": restore.name, "uid": restore.uid}
    if entry["kind"] == "namespace":
        return restore_objects.put_namespace(engine.world, entry).ref
    kind = find_kind(entry.pop("kind"))
    if entry.pop("update", False):
        return _update_item(engine, kind, entry)
    item = worldfile.read_item(engine.world, kind, entry)
    engine.world.put_item(item)
    return {"name": item.name, "uid": item.uid}


def _put_backup(engine: Engine, entry: Json) -> Json:
    world = engine.world
    changes = {key: value for key, value in entry.items() if key not in ("kind", "new", "update")}
    found = [] if entry.get("new") else _find_backups(engine, changes, owner=changes.get("owner"))
    if len(found) > 1:
        raise ControlError("several backups have that name: give the uid")
    if found and set(changes) <= worldfile.CHANGEABLE:
        worldfile.update_backup(world, found[0], changes)
        return {"name": found[0].name, "uid": found[0].uid}
    if found:
        changes["uid"] = found[0].uid
    elif entry.get("update"):
        raise ControlError("backup not found")
    backup = worldfile.read_backup(world, changes)
    world.put_backup(backup)
    world.settle(engine.settings)
    return {"name": backup.name, "uid": backup.uid}


def _find_backups(engine: Engine, entry: Json, owner: str | None = None) -> list[Backup]:
    metadata = entry.get("metadata", {})
    uid, name = entry.get("uid") or metadata.get("uid"), entry.get("name") or metadata.get("name")
    if uid:
        return [backup for backup in [engine.world.backups.get(uid)] if backup is not None]
    found = engine.world.find_backups(entry.get("org", engine.world.org), name or "")
    return [backup for backup in found if owner in (None, backup.owner)]


def _find_items(engine: Engine, kind: Kind, entry: Json) -> list[Item]:
    return [
        item
        for item in engine.world.items[kind.name].values()
        if entry.get("uid") in (None, item.uid) and entry.get("name") in (None, item.name)
    ]


def _update_item(engine: Engine, kind: Kind, entry: Json) -> Json:
    found = _find_items(engine, kind, entry)
    if len(found) != 1:
        raise ControlError(f"{len(found)} objects of that name: give the uid")
    item = found[0]
    if "status" in entry:
        item.info["status"] = {"status": entry["status"], "reason": entry.get("reason", "")}
    for key in ("labels", "ownership", "owner", "namespaces", "resource_types", "storage_classes"):
        if key in entry:
            setattr(item, key, entry[key])
    item.info |= entry.get("info", {})
    engine.world.put_item(item)
    return {"name": item.name, "uid": item.uid}


def drop_object(engine: Engine, given: Any) -> Json:
    """Remove objects at once."""
    entry = _flatten(given)
    if not entry.get("uid") and not entry.get("name"):
        raise ControlError("name or uid is required")
    if entry["kind"] == "backup":
        backups = _find_backups(engine, entry)
        for backup in backups:
            engine.world.drop_backup(backup)
        return {"deleted": len(backups)}
    if entry["kind"] == "namespace":
        return {"deleted": restore_objects.drop_namespace(engine.world, entry)}
    if entry["kind"] == "restore":
        restores = restore_objects.find_restores(engine.world, entry)
        for restore in restores:
            engine.world.drop_restore(restore)
        return {"deleted": len(restores)}
    items = _find_items(engine, find_kind(entry["kind"]), entry)
    for item in items:
        engine.world.drop_item(item)
    return {"deleted": len(items)}
