# SPDX-License-Identifier: GPL-3.0-or-later
"""The call that backs up again what failed."""

from __future__ import annotations

from typing import Any

from px_backup_simulator import access, planning
from px_backup_simulator.backup import Backup
from px_backup_simulator.backup_service import Order, start_run
from px_backup_simulator.call import Call, find_backup, find_item, make_denied, make_not_found
from px_backup_simulator.errors import FAILED_PRECONDITION, ApiError
from px_backup_simulator.render import make_backup_message

Json = dict[str, Any]

_RETRIABLE = frozenset({"Failed", "PartialSuccess"})


def retry(call: Call) -> Json:
    """Begin a new backup of what failed."""
    request = call.request
    parent = find_backup(call, request.get("name", ""), request.get("uid", ""), call.org)
    if not access.may_write(parent, call.user):
        raise make_denied(call, "retry")
    status, _ = parent.get_status(call.now)
    if status not in _RETRIABLE:
        raise ApiError(FAILED_PRECONDITION, f"failed to retry backup [{parent.name}]: backup is in {status} state")
    cluster = call.world.items["cluster"].get(parent.cluster_uid)
    if cluster is None:
        raise make_not_found(call, "cluster", parent.cluster_name)
    ref: Json = parent.given.get("backup_location_ref", {})
    location = find_item(call, "backup_location", ref.get("name", ""), ref.get("uid", ""), call.org)
    order = Order(
        _make_retry_name(call, parent),
        parent.org,
        parent.owner,
        _make_retry_settings(parent, request),
        cluster,
        location,
        _find_failed_machines(parent, request),
    )
    backup = start_run(call, order)
    backup.labels = dict(parent.labels)
    call.world.put_backup(backup)
    return {"backup": make_backup_message(backup, call.now, "", fresh=True)}


def _make_retry_name(call: Call, parent: Backup) -> str:
    epoch = int(call.now)
    count = 1
    while any(other.name.startswith(f"{parent.name}-retry{count}-") for other in call.world.backups.values()):
        count += 1
    return f"{parent.name}-retry{count}-{epoch}"


def _make_retry_settings(parent: Backup, request: Json) -> Json:
    given = parent.given | {"retry_parent": {"name": parent.name, "uid": parent.uid}}
    if request.get("include_resources"):
        given["include_resources"] = request["include_resources"]
    if request.get("skip_vm_auto_exec_rules"):
        given["skip_vm_auto_exec_rules"] = True
    return given


def _find_failed_machines(parent: Backup, request: Json) -> set[str] | None:
    """Return the machines of a retry: those that are named, else those that failed; None for all."""
    if not planning.is_vm_backup(parent.given):
        return None
    if request.get("include_resources"):
        return {str(entry.get("name", "")) for entry in request["include_resources"]}
    machines = parent.final.get("virtual_machines", [])
    return {machine["name"] for machine in machines if machine["status"]["status"] == "Failed"} or None
