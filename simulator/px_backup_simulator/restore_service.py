# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of the Restore service."""

from __future__ import annotations

from typing import Any

from px_backup_simulator import access, outcomes
from px_backup_simulator.backup import Backup
from px_backup_simulator.call import (
    AMBIGUOUS,
    Call,
    find_backup,
    find_reference,
    make_denied,
    make_duplicate,
    make_not_found,
)
from px_backup_simulator.catalogue import Item
from px_backup_simulator.errors import FAILED_PRECONDITION, INTERNAL, INVALID_ARGUMENT, ApiError
from px_backup_simulator.generate import read_final_fields
from px_backup_simulator.listing import find_page_bounds, select_objects
from px_backup_simulator.restore import Restore
from px_backup_simulator.restore_plan import (
    DEFAULT_CLASS,
    MISSING_TEXT,
    TEXTS,
    RestoreOrder,
    RestorePlan,
    find_effects,
    plan_restore,
)
from px_backup_simulator.restore_render import make_restore_message

Json = dict[str, Any]

_COPIED = (
    "replace_policy",
    "include_optional_resource_types",
    "include_resources",
    "storage_class_mapping",
    "rancher_project_mapping",
    "rancher_project_name_mapping",
    "filter",
    "target_namespace_prefix",
    "virtual_machine_restore_options",
    "is_sfr",
)
_RESTORABLE = frozenset({"Success", "PartialSuccess"})
_CLASS_TEXTS = {
    "none": "no storageclass is set as default on destination cluster",
    "several": "more than one storageclass is set as default on destination cluster",
}


def create(call: Call) -> Json:
    """Begin a restore; the response shows it in Pending."""
    request = call.request
    metadata: Json = request.get("metadata", {})
    name, org = str(metadata.get("name", "")), str(metadata.get("org_id", ""))
    if not name or not org:
        raise ApiError(INVALID_ARGUMENT, f"{'name' if not name else 'org_id'} cannot be empty")
    ref: Json = request.get("backup_ref", {})
    backup = find_backup(call, ref.get("name") or request.get("backup", ""), ref.get("uid", ""), org)
    cluster = find_reference(call, "cluster", request.get("cluster_ref", {}), request.get("cluster", ""), org)
    if cluster is None:
        raise ApiError(INVALID_ARGUMENT, "cluster reference cannot be empty")
    if not access.may_restore(backup, call.user):
        raise make_denied(call, "restore")
    ownership: Json = metadata.get("ownership", {})
    owner = (ownership.get("owner", "") if call.user.admin else "") or call.user.id
    if any(other.owner == owner for other in call.world.find_restores(org, name)):
        raise make_duplicate(call, name, "restore")
    _check_backup(call, backup)
    _check_mapping(call, backup)
    excluded = request.get("exclude_resources", [])
    source = call.world.items["cluster"].get(backup.cluster_uid)
    order = RestoreOrder(_make_info(request, backup, cluster), backup, cluster, call.now, source, excluded)
    restore = _start(call, name, org, owner, order)
    restore.uid = metadata.get("uid") or restore.uid
    restore.labels = dict(metadata.get("labels", {}))
    restore.ownership = {key: value for key, value in ownership.items() if key != "owner"}
    call.world.put_restore(restore)
    return {"restore": _show(call, restore, fresh=True)}


def _check_backup(call: Call, backup: Backup) -> None:
    status, _ = backup.get_status(call.now)
    if status == "CloudBackupMissing":
        if call.settings.missing_data == "refuse_create":
            raise ApiError(FAILED_PRECONDITION, f"Restore create: {MISSING_TEXT}")
    elif status not in _RESTORABLE:
        raise ApiError(FAILED_PRECONDITION, f"backup [{backup.name}] is not in success state: {status}")


def _check_mapping(call: Call, backup: Backup) -> None:
    mapping: dict[str, str] = call.request.get("namespace_mapping", {})
    if call.settings.restore_mapping == "accept":
        return
    unknown = sorted(set(mapping) - set(read_final_fields(backup).get("namespaces", [])))
    if unknown:
        raise ApiError(INVALID_ARGUMENT, f"namespace [{unknown[0]}] is not in backup [{backup.name}]")
    if len(set(mapping.values())) < len(mapping):
        raise ApiError(INVALID_ARGUMENT, "several namespaces are mapped to one")


def _make_info(request: Json, backup: Backup, cluster: Item) -> Json:
    """Make the fields of RestoreInfo that a request sets."""
    info: Json = {key: request[key] for key in _COPIED if key in request}
    if info.get("replace_policy", "Invalid") == "Invalid":
        info["replace_policy"] = "Retain"
    info |= {
        "backup": backup.name,
        "backup_ref": {"name": backup.name, "uid": backup.uid},
        "cluster": cluster.name,
        "cluster_ref": cluster.ref,
        "namespace_mapping": request.get("namespace_mapping", {}),
        "backup_object_type": {"type": request.get("backup_object_type", {}).get("type", backup.object_type)},
    }
    for key in ("backup_location", "backup_location_ref"):
        if key in backup.given:
            info[key] = backup.given[key]
    if "file_level_restore_info" in request:
        info["file_level_restore_info"] = _make_file_status(request["file_level_restore_info"])
    return info


def _make_file_status(given: Json) -> Json:
    files = [
        {"restore_file_info": entry, "duration": "3.500s", "status": {"status": "Success"}}
        for entry in given.get("restore_files", [])
    ]
    return {**given, "restore_files": files}


def _start(call: Call, name: str, org: str, owner: str, order: RestoreOrder) -> Restore:
    """Make a restore that begins now, with its end already worked out."""
    effects = find_effects(name, call.world.outcomes)
    plan = plan_restore(order, effects, call.world.new_uid)
    if order.given.get("is_sfr"):
        plan.work, plan.resources, plan.volumes, plan.labels_of = [], [], [], {}
    outcome = outcomes.find_outcome(name, call.world.outcomes)
    _apply_outcome(call, plan, outcome, order.given)
    return Restore(
        name=name,
        uid=call.world.new_uid(),
        org=org,
        owner=owner,
        created=call.now,
        updated=call.now,
        duration=call.settings.restore_seconds if outcome.duration is None else outcome.duration,
        labels={},
        given=order.given | {"namespace_mapping": plan.mapping},
        final={"volumes": plan.volumes, "resources": plan.resources, "total_size": plan.total_size},
        status=plan.status,
        reason=plan.reason,
        work=plan.work,
        labels_of=plan.labels_of,
        stripped="stripped" in effects,
    )


def _apply_outcome(call: Call, plan: RestorePlan, outcome: outcomes.Outcome, given: Json) -> None:
    defaults = [*given.get("storage_class_mapping", {}).values()].count(DEFAULT_CLASS)
    if defaults and call.settings.default_storage_class != "one":
        # The error is an event only: the restore hangs.
        plan.status, plan.reason = "InProgress", _CLASS_TEXTS[call.settings.default_storage_class]
        plan.work = []
    elif outcome.status == "CloudBackupMissing":
        plan.status, plan.reason, plan.work = "Failed", MISSING_TEXT, []
    elif outcome.status and plan.status in _RESTORABLE:
        plan.status, plan.reason = outcome.status, outcome.reason or TEXTS[outcome.status]
        if outcome.status in ("Failed", "Aborted"):
            plan.resources = []
    elif outcome.reason:
        plan.reason = outcome.reason


def _show(call: Call, restore: Restore, *, detailed: bool = True, fresh: bool = False) -> Json:
    index = call.settings.reason_index
    return make_restore_message(restore, call.now, detailed=detailed, fresh=fresh, reason_index=index)


def _find(call: Call, name: str, uid: str, org: str) -> Restore:
    """Find the one restore of that name, and of that uid when it is given."""
    found = [
        restore
        for restore in call.world.find_restores(org, name)
        if uid in ("", restore.uid) and access.may_see_item(restore, call.user)
    ]
    if not found:
        raise make_not_found(call, "restore", name)
    if len(found) > 1:
        raise ApiError(INTERNAL, f"failed to retrieve restore [{name}]: {AMBIGUOUS}")
    return found[0]


def inspect(call: Call) -> Json:
    """Show one restore, whole."""
    restore = _find(call, call.request.get("name", ""), call.request.get("uid", ""), call.org)
    return {"restore": _show(call, restore)}


def enumerate_restores(call: Call) -> Json:
    """Show one page of restores."""
    options: Json = call.request.get("enumerate_options", {})
    mine = [
        restore
        for restore in sorted(call.world.restores.values(), key=lambda restore: restore.created, reverse=True)
        if restore.org == call.org and access.may_see_item(restore, call.user)
    ]
    matching = select_objects(mine, options, call.now)
    start, end = find_page_bounds(options, len(matching), call.settings.page_cap)
    detailed = bool(options.get("include_detailed_resources"))
    page = [_show(call, restore, detailed=detailed) for restore in matching[start:end]]
    return {"restores": page, "total_count": len(matching), "complete": end >= len(matching)}


def update(call: Call) -> Json:
    """Change labels and ownership."""
    metadata: Json = call.request.get("metadata", {})
    restore = _find(call, metadata.get("name", ""), metadata.get("uid", ""), str(metadata.get("org_id", "")))
    if not access.may_write_item(restore, call.user):
        raise make_denied(call, "update", "restore")
    labels = dict(metadata.get("labels", {}))
    restore.labels = restore.labels | labels if call.settings.label_update == "merge" else labels
    if "ownership" in metadata and call.settings.ownership_update == "apply":
        restore.ownership = {key: value for key, value in metadata["ownership"].items() if key != "owner"}
    restore.updated = call.now
    call.world.put_restore(restore)
    return {}


def delete(call: Call) -> Json:
    """Begin the deletion of a restore; one that runs is cancelled. What it has put into the cluster stays."""
    restore = _find(call, call.request.get("name", ""), call.request.get("uid", ""), call.org)
    if not access.may_write_item(restore, call.user):
        raise make_denied(call, "delete", "restore")
    if restore.delete_asked is None:
        running = restore.is_running(call.now)
        restore.delete_asked = call.now
        restore.delete_seconds = call.settings.cancel_seconds if running else call.settings.delete_seconds
        call.world.put_restore(restore)
    call.world.settle(call.settings)
    return {}
