# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores and namespaces from their written form: of a world file, or of a control call."""

from __future__ import annotations

from typing import Any

from px_backup_simulator import restore_plan
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import Item
from px_backup_simulator.errors import ControlError
from px_backup_simulator.restore import ENDS, STATUSES, Restore
from px_backup_simulator.settings import read_seconds
from px_backup_simulator.world import World

Json = dict[str, Any]

_KEYS = frozenset(
    {"name", "uid", "org", "owner", "labels", "ownership", "status", "reason", "age", "duration", "new", "update"}
    | {"backup", "cluster", "namespace_mapping", "replace_policy", "effects", "info"}
)
_CHANGEABLE = frozenset({"name", "uid", "org", "status", "reason", "labels", "ownership", "owner", "age", "info"})


def put_restore(world: World, given: Json) -> Restore:
    """Add a restore, or change the one of that uid, or of that name and owner."""
    changes = {key: value for key, value in given.items() if key not in ("kind", "new", "update")}
    found = [] if given.get("new") else find_restores(world, changes)
    if len(found) > 1:
        raise ControlError("several restores have that name: give the uid")
    if found and set(changes) <= _CHANGEABLE:
        _change(world, found[0], changes)
        return found[0]
    if given.get("update") and not found:
        raise ControlError("there is no such restore")
    restore = read_restore(world, changes | ({"uid": found[0].uid} if found else {}))
    world.put_restore(restore)
    return restore


def find_restores(world: World, given: Json) -> list[Restore]:
    """Find the restores of a uid, or of a name and perhaps an owner."""
    if given.get("uid"):
        return [restore for restore in world.restores.values() if restore.uid == given["uid"]]
    found = world.find_restores(given.get("org", world.org), given.get("name", ""))
    return [restore for restore in found if given.get("owner") in (None, restore.owner)]


def _change(world: World, restore: Restore, given: Json) -> None:
    if "status" in given or "reason" in given:
        restore.status, restore.reason = _read_status(given, restore.status)
        restore.forced = True
        restore.delete_asked = None
        if restore.status == "Deleting":
            restore.status, restore.delete_asked = "Success", world.clock.now()
    for key in ("labels", "ownership", "owner"):
        if key in given:
            setattr(restore, key, given[key])
    if "age" in given:
        restore.created = world.clock.now() - read_seconds(given, "age", 0.0) - restore.duration
    restore.given = restore.given | given.get("info", {})
    world.put_restore(restore)


def _read_status(given: Json, default: str) -> tuple[str, str]:
    status = given.get("status", default)
    if status not in STATUSES:
        raise ControlError(f"status must be one of {', '.join(sorted(STATUSES))}")
    return status, str(given.get("reason", restore_plan.TEXTS.get(status, "")))


def read_restore(world: World, given: Json) -> Restore:
    """Read a restore; its end is worked out from its backup, and `status` and `reason` replace it."""
    unknown = sorted(set(given) - _KEYS)
    name = given.get("name")
    if unknown:
        raise ControlError(f"a restore has no {', '.join(unknown)}; known: {', '.join(sorted(_KEYS))}")
    if not isinstance(name, str) or not name:
        raise ControlError("a restore needs a name")
    backup = _find_backup(world, given.get("backup"))
    cluster = _find_cluster(world, given.get("cluster") or backup.cluster_name)
    duration = read_seconds(given, "duration", 60.0)
    created = world.clock.now() - read_seconds(given, "age", 3600.0) - duration
    info: Json = {
        "backup": backup.name,
        "backup_ref": {"name": backup.name, "uid": backup.uid},
        "cluster": cluster.name,
        "cluster_ref": cluster.ref,
        "replace_policy": given.get("replace_policy", "Retain"),
        "namespace_mapping": dict(given.get("namespace_mapping") or {}),
        "backup_object_type": {"type": backup.object_type},
        **given.get("info", {}),
    }
    source = world.items["cluster"].get(backup.cluster_uid)
    order = restore_plan.RestoreOrder(info, backup, cluster, world.clock.now(), source)
    effects = restore_plan.find_effects(name, world.outcomes) | set(given.get("effects", []))
    plan = restore_plan.plan_restore(order, frozenset(effects), world.new_uid)
    restore = Restore(
        name=name,
        uid=given.get("uid") or world.new_uid(),
        org=given.get("org") or world.org,
        owner=given.get("owner") or world.owner,
        created=created,
        updated=created,
        duration=duration,
        labels={str(key): str(value) for key, value in (given.get("labels") or {}).items()},
        given=info | {"namespace_mapping": plan.mapping},
        final={"volumes": plan.volumes, "resources": plan.resources, "total_size": plan.total_size},
        status=plan.status,
        reason=plan.reason,
        ownership=dict(given.get("ownership") or {}),
        work=plan.work,
        labels_of=plan.labels_of,
        stripped="stripped" in effects,
    )
    if "status" in given:
        restore.status, restore.reason = _read_status(given, plan.status)
        restore.forced = restore.status not in ENDS
        if restore.status == "Deleting":
            restore.status, restore.forced, restore.delete_asked = "Success", False, world.clock.now()
    return restore


def _find_backup(world: World, name: Any) -> Backup:
    for backup in world.sort_newest_first():
        if name in (backup.name, backup.uid):
            return backup
    raise ControlError(f"a restore needs a backup of the world, not {name!r}")


def _find_cluster(world: World, name: Any) -> Item:
    for cluster in world.items["cluster"].values():
        if name in (cluster.name, cluster.uid):
            return cluster
    raise ControlError(f"there is no cluster {name!r}")


def put_namespace(world: World, given: Json) -> Item:
    """Create a namespace of a cluster, or replace its description; the keys are those of a world file."""
    cluster = _find_cluster(world, given.get("cluster"))
    name = given.get("name")
    if not isinstance(name, str) or not name:
        raise ControlError("a namespace needs a name")
    cluster.namespaces[name] = {key: value for key, value in given.items() if key not in ("kind", "cluster", "name")}
    world.put_item(cluster)
    return cluster


def drop_namespace(world: World, given: Json) -> int:
    """Delete a namespace with all that is in it, as `kubectl delete namespace` does; how many were there."""
    cluster = _find_cluster(world, given.get("cluster"))
    found = cluster.namespaces.pop(str(given.get("name")), None)
    world.put_item(cluster)
    return 0 if found is None else 1
