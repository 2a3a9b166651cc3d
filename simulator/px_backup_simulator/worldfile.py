# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects from their written form: a world file, or one object of a control call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import yaml

from px_backup_simulator import outcomes
from px_backup_simulator.backup import ENDS, STATUSES, Backup
from px_backup_simulator.catalogue import KINDS, Fallback, Item, Kind, build_item, find_references
from px_backup_simulator.clock import format_time, parse_time
from px_backup_simulator.errors import ControlError
from px_backup_simulator.files import read_data_file
from px_backup_simulator.generate import make_generated_backup
from px_backup_simulator.planning import is_vm_backup, plan_run
from px_backup_simulator.render import make_final_fields
from px_backup_simulator.restore_objects import read_restore
from px_backup_simulator.settings import read_seconds
from px_backup_simulator.world import World

Json = dict[str, Any]

ORDER = (
    "cloud_credential",
    "cluster",
    "backup_location",
    "rule",
    "schedule_policy",
    "vro_policy",
    "backup_schedule",
)
_BACKUP_KEYS = frozenset(
    {"kind", "name", "uid", "owner", "org", "labels", "status", "reason", "share", "ownership", "depends_on"}
    | {"create_time", "locked_for"}
    | {"age", "duration", "namespaces", "cluster", "backup_location", "cloud_credential", "backup_object_type"}
    | {"schedule_policy", "backup_schedule", "vro_policy", "info", "metadata", "backup_info", "new", "update"}
)
CHANGEABLE = frozenset(
    {"name", "uid", "org", "owner", "status", "reason", "labels", "share", "ownership", "depends_on", "age", "info"}
)
_BACKUP_REFS = {
    "cluster": "cluster",
    "backup_location": "backup_location",
    "cloud_credential": "cloud_credential",
    "schedule_policy": "schedule_policy",
    "vro_policy": "vro_policy",
}
_REF_FIELDS = {"vro_policy": "volume_resource_only_policy_ref"}


def read_world_file(path: str | None) -> Json:
    """Read a world from a YAML or JSON file; the default world without one."""
    default = resources.files(__package__).joinpath("default-world.yaml")
    data = yaml.safe_load(default.read_text(encoding="utf-8")) if path is None else read_data_file(path)
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise ControlError(f"{path or 'the world'} must be a mapping with keys such as clusters and backups")
    return data


def fill(world: World, data: Json, generated: int = 0) -> None:
    """Put the objects of a written world, and generated backups, into an empty one."""
    known = {"org", "backups", "restores", *(kind.plural for kind in KINDS.values())}
    unknown = sorted(set(data) - known)
    if unknown:
        raise ControlError(f"unknown keys in the world: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    world.org = str(data.get("org", "default"))
    for name in ORDER:
        kind = KINDS[name]
        for where, entry in _entries(data, kind.plural):
            with explaining(where):
                world.put_item(read_item(world, kind, entry))
    for where, entry in _entries(data, "backups"):
        with explaining(where):
            world.put_backup(read_backup(world, entry))
    for where, entry in _entries(data, "restores"):
        with explaining(where):
            world.put_restore(read_restore(world, entry))
    if generated:
        _generate(world, generated)


def _entries(data: Json, plural: str) -> Iterator[tuple[str, Json]]:
    """Yield the entries of a list of a world, each with its place; ControlError when one is not a mapping."""
    entries = [] if data.get(plural) is None else data[plural]
    if not isinstance(entries, list):
        raise ControlError(f"{plural} must be a list")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise ControlError(f"{plural}[{index}] must be a mapping with a name, not {entry!r}")
        yield f"{plural}[{index}]", entry


@contextmanager
def explaining(where: str) -> Iterator[None]:
    """Turn an error of Python about a wrong type or value into a ControlError that names the place."""
    try:
        yield
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise ControlError(f"{where} is not valid: {type(error).__name__}: {error}") from error


def _generate(world: World, count: int) -> None:
    refs = {
        "cluster": [item.ref for item in world.items["cluster"].values() if item.status == "Online"],
        "backup_location": [item.ref for item in world.items["backup_location"].values() if item.status == "Valid"],
    }
    if not all(refs.values()):
        raise ControlError("generated backups need a cluster that is Online and a location that is Valid")
    now = world.clock.now()
    for number in reversed(range(count)):
        world.put_backup(make_generated_backup(number, world.new_uid(), (world.org, world.owner), now, refs))


def read_item(world: World, kind: Kind, given: Json) -> Item:
    """Read an object of the catalogue."""
    refs = {key: _resolve_ref(world, other, name) for key, (other, name) in find_references(given).items()}
    otherwise = Fallback(world.new_uid(), world.owner, world.org, world.clock.now() - 86400.0)
    return build_item(kind, given, refs, otherwise)


def _resolve_ref(world: World, kind: str, given: Any) -> dict[str, str]:
    if isinstance(given, dict):
        return {"name": str(given.get("name", "")), "uid": str(given.get("uid", ""))}
    for item in world.items[kind].values():
        if item.name == given:
            return item.ref
    return {"name": str(given), "uid": world.new_uid()}


def read_backup(world: World, given: Json) -> Backup:
    """Read a backup from its short form, its full form (metadata and backup_info), or a mix."""
    unknown = sorted(set(given) - _BACKUP_KEYS)
    if unknown:
        raise ControlError(f"a backup has no {', '.join(unknown)}; known: {', '.join(sorted(_BACKUP_KEYS))}")
    metadata = given.get("metadata", {})
    name = given.get("name") or metadata.get("name")
    if not isinstance(name, str) or not name:
        raise ControlError("a backup needs a name")
    info = _read_info(world, given)
    full = given.get("backup_info", {})
    status, reason = _read_status(given, full)
    duration = read_seconds(given, "duration", 60.0)
    created = _read_created(world, given, duration)
    if "locked_for" in given:
        info["retention_time"] = format_time(world.clock.now() + read_seconds(given, "locked_for", 0.0))
    ownership = given.get("ownership") or metadata.get("ownership") or {}
    backup = Backup(
        name=name,
        uid=given.get("uid") or metadata.get("uid") or world.new_uid(),
        org=given.get("org") or metadata.get("org_id") or world.org,
        owner=given.get("owner") or ownership.get("owner") or world.owner,
        created=created,
        updated=created,
        duration=duration,
        labels={str(k): str(v) for k, v in (given.get("labels") or metadata.get("labels") or {}).items()},
        given=info,
        final={},
        status=status,
        reason=reason,
        ownership={key: value for key, value in ownership.items() if key != "owner"},
        share=given.get("share") or full.get("backup_share") or {},
        depends_on=list(given.get("depends_on") or []),
        # One that is created in the future has ended nevertheless.
        forced=status not in ENDS or created + duration > world.clock.now(),
    )
    if "volumes" not in info:
        backup.final = _make_end(world, backup)
    _set_deleting(world, backup)
    return backup


def _read_created(world: World, given: Json, duration: float) -> float:
    """Return when a backup began: `create_time`, or else by its age, which is counted from its end."""
    text = given.get("create_time") or given.get("metadata", {}).get("create_time")
    if text:
        return parse_time(str(text))
    return world.clock.now() - read_seconds(given, "age", 3600.0) - duration


def _read_info(world: World, given: Json) -> Json:
    info: Json = {"namespaces": ["shop"], "backup_type": {"type": "Normal"}, "backup_object_type": {"type": "All"}}
    chosen = {key: given[key] for key in _BACKUP_REFS if given.get(key)}
    for key in ("cluster", "backup_location"):
        for item in world.items[key].values():
            chosen.setdefault(key, item.ref)
    for key, value in chosen.items():
        ref = _resolve_ref(world, _BACKUP_REFS[key], value)
        info[_REF_FIELDS.get(key, f"{key}_ref")] = ref
        if key in ("cluster", "backup_location", "cloud_credential"):
            info[key] = ref["name"]
    if given.get("backup_schedule"):
        info["backup_schedule"] = _resolve_ref(world, "backup_schedule", given["backup_schedule"])
    if "namespaces" in given:
        info["namespaces"] = list(given["namespaces"])
    if "backup_object_type" in given:
        info["backup_object_type"] = {"type": given["backup_object_type"]}
    info |= given.get("info", {}) | given.get("backup_info", {})
    for key in ("status", "stage", "backup_share", "user_backupshare_access"):
        info.pop(key, None)
    return info


def _read_status(given: Json, full: Json) -> tuple[str, str]:
    status = given.get("status") or full.get("status", {}).get("status") or "Success"
    if status not in STATUSES:
        raise ControlError(f"status must be one of {', '.join(sorted(STATUSES))}")
    reason = given.get("reason") or full.get("status", {}).get("reason") or outcomes.TEXTS.get(status, "")
    return status, reason


def _make_end(world: World, backup: Backup) -> Json:
    cluster = world.items["cluster"].get(backup.cluster_uid)
    location = world.items["backup_location"].get(backup.given.get("backup_location_ref", {}).get("uid", ""))
    if cluster is None or location is None:
        return {}
    plan = plan_run(backup.given, cluster, location)
    return make_final_fields(plan, backup.status, world.new_uid, is_vm_backup(backup.given))


def _set_deleting(world: World, backup: Backup) -> None:
    if backup.status in ("Deleting", "DeletePending"):
        backup.delete_asked = world.clock.now()
        backup.delete_reason = backup.reason if backup.status == "DeletePending" else ""
        backup.status, backup.reason, backup.forced = "Success", outcomes.SUCCESS_TEXT, False


def update_backup(world: World, backup: Backup, given: Json) -> None:
    """Change the given keys of an existing backup."""
    if "status" in given:
        backup.status, backup.reason = _read_status(given, {})
        backup.forced = True
        backup.delete_asked = None
        backup.delete_reason = ""
        _set_deleting(world, backup)
    for key in ("labels", "share", "ownership", "owner"):
        if key in given:
            setattr(backup, key, given[key])
    if "age" in given:
        backup.created = world.clock.now() - read_seconds(given, "age", 0.0) - backup.duration
    backup.given = backup.given | given.get("info", {})
    world.drop_backup(backup)
    if "depends_on" in given:
        backup.depends_on = list(given["depends_on"])
    world.put_backup(backup)
    world.mark_changed(backup)
