# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of the Backup service that write, and Inspect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from px_backup_simulator import access, outcomes, planning
from px_backup_simulator.backup import Backup
from px_backup_simulator.call import (
    Call,
    encode_backup,
    find_backup,
    find_reference,
    make_denied,
    make_duplicate,
)
from px_backup_simulator.catalogue import Item
from px_backup_simulator.errors import (
    FAILED_PRECONDITION,
    INVALID_ARGUMENT,
    UNKNOWN,
    ApiError,
)
from px_backup_simulator.render import make_backup_message, make_final_fields
from px_backup_simulator.schedules import make_lock

Json = dict[str, Any]

_COPIED = (
    "namespaces",
    "label_selectors",
    "include_resources",
    "csi_snapshot_class_name",
    "resource_types",
    "ns_label_selectors",
    "skip_vm_auto_exec_rules",
    "volume_snapshot_class_mapping",
    "direct_kdmp",
    "exclude_resource_types",
    "keep_cr_status",
    "advanced_resource_label_selector",
)
_RULES = ("pre_exec_rule", "post_exec_rule")


def create(call: Call) -> Json:
    """Begin a backup; the response shows it in Pending."""
    request = call.request
    metadata: Json = request.get("metadata", {})
    name, org = str(metadata.get("name", "")), str(metadata.get("org_id", ""))
    if not name or not org:
        raise ApiError(INVALID_ARGUMENT, f"{'name' if not name else 'org_id'} cannot be empty")
    given, cluster, location = _resolve_info(call, org)
    ownership: Json = metadata.get("ownership", {})
    owner = ownership.get("owner", "") if call.user.admin else ""
    owner = owner or call.user.id
    if any(other.owner == owner for other in call.world.find_backups(org, name)):
        raise make_duplicate(call, name)
    _check_namespaces(call, given, cluster)
    given |= make_lock(location, call.settings, call.now)
    backup = start_run(call, Order(name, org, owner, given, cluster, location))
    _chain(call, backup)
    backup.uid = metadata.get("uid") or backup.uid
    backup.labels = dict(metadata.get("labels", {}))
    backup.ownership = {key: value for key, value in ownership.items() if key != "owner"}
    call.world.put_backup(backup)
    return {"backup": make_backup_message(backup, call.now, "", fresh=True)}


def _check_namespaces(call: Call, given: Json, cluster: Item) -> None:
    if call.settings.missing_namespace == "refuse_create":
        for missing in planning.find_missing_namespaces(given, cluster):
            raise ApiError(UNKNOWN, f'failed to get target namespace: namespaces "{missing}" not found')


def _resolve_info(call: Call, org: str) -> tuple[Json, Item, Item]:
    """Return the settings as a BackupInfo, with its references resolved."""
    request = call.request
    cluster = find_reference(call, "cluster", request.get("cluster_ref", {}), request.get("cluster", ""), org)
    if cluster is None:
        raise ApiError(INVALID_ARGUMENT, "cluster reference cannot be empty")
    plain = request.get("backup_location", "")
    location = find_reference(call, "backup_location", request.get("backup_location_ref", {}), plain, org)
    if location is None:
        raise ApiError(INVALID_ARGUMENT, "backup location reference cannot be empty")
    info: Json = {key: request[key] for key in _COPIED if key in request}
    info |= {
        "cluster": cluster.name,
        "cluster_ref": cluster.ref,
        "backup_location": location.name,
        "backup_location_ref": location.ref,
        "backup_type": {"type": request.get("backup_type", "Normal")},
        "backup_object_type": {"type": request.get("backup_object_type", {}).get("type", "All")},
    }
    for key in _RULES:
        rule = find_reference(call, "rule", request.get(f"{key}_ref", {}), request.get(key, ""), org)
        if rule is not None:
            info |= {key: rule.name, f"{key}_ref": rule.ref}
    policy = find_reference(call, "vro_policy", request.get("volume_resource_only_policy_ref", {}), "", org)
    if policy is not None:
        info["volume_resource_only_policy_ref"] = policy.ref
    if "cloud_credential_ref" in location.info:
        info["cloud_credential"] = location.info["cloud_credential_ref"]["name"]
        info["cloud_credential_ref"] = location.info["cloud_credential_ref"]
    return info, cluster, location


def _chain(call: Call, backup: Backup) -> None:
    """Let a backup build on the one before it, until the chain is as long as the settings say."""
    longest = call.settings.incremental_chain
    if not longest:
        return
    before = next((other for other in call.world.sort_newest_first() if _is_base(other, backup)), None)
    length = 0
    base = before
    while base is not None and base.depends_on:
        base, length = call.world.backups.get(base.depends_on[0]), length + 1
    full = before is None or length >= longest
    if before is not None and not full:
        backup.depends_on = [before.uid]
    for volume in backup.final.get("volumes", []):
        volume["backup_mode"] = {"type": "Full" if full else "Incremental"}


def _is_base(other: Backup, backup: Backup) -> bool:
    same = ("cluster_ref", "backup_location_ref", "namespaces")
    return (
        other.status == "Success"
        and other.owner == backup.owner
        and other.delete_asked is None
        and all(other.given.get(key) == backup.given.get(key) for key in same)
    )


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be backed up, for whom and from where to where; `machines` narrows a retry."""

    name: str
    org: str
    owner: str
    given: Json
    cluster: Item
    location: Item
    machines: set[str] | None = None


def start_run(call: Call, order: Order) -> Backup:
    """Make a backup that begins now, with its end already worked out."""
    name, given = order.name, order.given
    plan = planning.plan_run(given, order.cluster, order.location)
    outcome = outcomes.find_outcome(name, call.world.outcomes)
    status, reason = plan.status, plan.reason
    if outcome.status and status == "Success":
        status, reason = outcome.status, outcome.reason or outcomes.TEXTS[outcome.status]
    elif outcome.reason:
        reason = outcome.reason
    missing_after = None
    if status == "CloudBackupMissing":
        status, reason, missing_after = "Success", outcomes.SUCCESS_TEXT, call.settings.missing_seconds
    if order.machines is not None:
        _keep_machines(plan, order.machines)
    return Backup(
        name=name,
        uid=call.world.new_uid(),
        org=order.org,
        owner=order.owner,
        created=call.now,
        updated=call.now,
        duration=call.settings.backup_seconds if outcome.duration is None else outcome.duration,
        labels={},
        given=given,
        final=make_final_fields(plan, status, call.world.new_uid, planning.is_vm_backup(given)),
        status=status,
        reason=reason,
        missing_after=missing_after,
    )


def _keep_machines(plan: planning.Plan, names: set[str]) -> None:
    plan.machines = [machine for machine in plan.machines if machine["name"] in names]
    plan.objects = [entry for entry in plan.objects if entry.virtual_machine in names]
    plan.volumes = [volume for volume in plan.volumes if volume["virtual_machine_name"] in names]


def inspect(call: Call) -> bytes:
    """Show one backup, whole."""
    request = call.request
    backup = find_backup(call, request.get("name", ""), request.get("uid", ""), call.org)
    return b'{"backup":' + encode_backup(call, backup) + b"}"


def update(call: Call) -> Json:
    """Change labels, ownership and the cloud credential; other fields are ignored."""
    metadata: Json = call.request.get("metadata", {})
    backup = find_backup(call, metadata.get("name", ""), metadata.get("uid", ""), str(metadata.get("org_id", "")))
    if not access.may_write(backup, call.user):
        raise make_denied(call, "update")
    labels = dict(metadata.get("labels", {}))
    backup.labels = backup.labels | labels if call.settings.label_update == "merge" else labels
    if "ownership" in metadata and call.settings.ownership_update == "apply":
        _change_ownership(call, backup, metadata["ownership"])
    ref: Json = call.request.get("cloud_credential_ref", {})
    name = ref.get("name") or call.request.get("cloud_credential", "")
    if name or ref.get("uid"):
        change = {"cloud_credential": name, "cloud_credential_ref": {"name": name, "uid": ref.get("uid", "")}}
        backup.given = backup.given | change
    call.world.mark_changed(backup)
    return {}


def _change_ownership(call: Call, backup: Backup, ownership: Json) -> None:
    backup.ownership = {key: value for key, value in ownership.items() if key != "owner"}
    if call.user.admin and ownership.get("owner"):
        backup.owner = ownership["owner"]


def share(call: Call) -> Json:
    """Replace whom the backup is shared with."""
    request = call.request
    backup = find_backup(call, request.get("name", ""), request.get("uid", ""), call.org)
    if not access.may_share(backup, call.user):
        raise make_denied(call, "share")
    backup.share = request.get("backupshare", {})
    call.world.mark_changed(backup)
    return {}


def delete(call: Call) -> Json:
    """Begin a deletion."""
    request = call.request
    backup = find_backup(call, request.get("name", ""), request.get("uid", ""), call.org)
    if not access.may_write(backup, call.user):
        raise make_denied(call, "delete")
    through = find_reference(call, "cluster", request.get("cluster_ref", {}), request.get("cluster", ""), call.org)
    _check_deletable(call, backup)
    if request.get("force"):
        _force_delete(call, backup)
        return {}
    if through is not None and backup.cluster_uid not in call.world.items["cluster"]:
        backup.given = backup.given | {"cluster": through.name, "cluster_ref": through.ref}
    call.world.ask_delete(backup, call.settings)
    return {}


def _check_deletable(call: Call, backup: Backup) -> None:
    """Refuse to delete a backup that is locked, is needed, or is being restored, where the settings say so."""
    if call.settings.locked_delete == "refuse" and backup.is_locked(call.now):
        raise ApiError(FAILED_PRECONDITION, f"backup [{backup.name}] is locked until {backup.given['retention_time']}")
    needed_by = next(call.world.find_dependents(backup), None)
    if needed_by is not None and call.settings.dependent_delete == "refuse":
        raise ApiError(FAILED_PRECONDITION, f"backup [{backup.name}] has dependent backup [{needed_by.name}]")
    for restore in call.world.restores.values():
        used = restore.backup_uid == backup.uid and restore.is_running(call.now)
        if used and call.settings.backup_in_use == "refuse":
            raise ApiError(UNKNOWN, f"backup [{backup.name}] has reference to restore [{restore.name}:{restore.uid}]")


def _force_delete(call: Call, backup: Backup) -> None:
    if not call.settings.federated:
        raise ApiError(FAILED_PRECONDITION, "force delete is supported in federated mode only")
    call.world.drop_backup(backup)
