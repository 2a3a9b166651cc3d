# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup as a response shows it: the run, stage by stage, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from px_backup_simulator.backup import RUNNING, Backup
from px_backup_simulator.clock import format_time
from px_backup_simulator.generate import read_final_fields
from px_backup_simulator.planning import Plan
from px_backup_simulator.restore import Restore

Json = dict[str, Any]

VOLUME_GOOD = "Backup successful for volume"
VOLUME_BAD = "Backup failed for volume: cloudsnap did not succeed: simulated failure"
_RESOURCE_FIELDS = ("resources", "virtual_machine_resources", "vm_resources", "namespace_resources")
_LATE_FIELDS = frozenset({*_RESOURCE_FIELDS, "resource_count", "total_size"})
_BAD_ENDS = frozenset({"Failed", "Aborted"})


def make_final_fields(plan: Plan, status: str, uid_of: Callable[[], str], vm_backup: bool) -> Json:
    """Make the BackupInfo fields that the end of a run brings."""
    failed = _choose_failed_volumes(plan, status)
    volumes = [_end_volume(volume, volume["name"] in failed, uid_of) for volume in plan.volumes]
    bad_machines = {volume["virtual_machine_name"] for volume in plan.volumes if volume["name"] in failed}
    if status in _BAD_ENDS:
        bad_machines = {machine["name"] for machine in plan.machines}
    machines = [_end_machine(machine, machine["name"] in bad_machines) for machine in plan.machines]
    objects = [] if status in _BAD_ENDS else plan.objects
    final: Json = {
        "namespaces": plan.namespaces,
        "volumes": volumes,
        "resources": [thing.to_message() for thing in objects],
        "resource_count": len(objects),
        "failed_vol_count": len(failed),
    }
    if status not in _BAD_ENDS:
        final["total_size"] = sum(volume.get("total_size", 0) for volume in volumes)
    if vm_backup:
        final |= _make_machine_fields(plan, machines, bad_machines)
    else:
        final["namespace_resources"] = {
            "namespaces": [_make_namespace_entry(plan, name, failed) for name in plan.namespaces]
        }
    return final


def _choose_failed_volumes(plan: Plan, status: str) -> set[str]:
    names = [volume["name"] for volume in plan.volumes]
    if status in _BAD_ENDS:
        return set(names)
    return set(names[-max(1, len(names) // 3) :]) if status == "PartialSuccess" else set()


def _end_volume(volume: Json, bad: bool, uid_of: Callable[[], str]) -> Json:
    is_portworx = volume.get("driver_name") == "pxd"
    result = volume | {
        "backup_id": "" if bad else f"{uid_of()}-incr",
        "status": {"status": "Failed", "reason": VOLUME_BAD} if bad else {"status": "Success", "reason": VOLUME_GOOD},
        "backup_mode": {"type": "Incremental" if is_portworx else "NotSupported"},
    }
    if bad:
        result["actual_size"] = result["total_size"] = 0
    return result


def _end_machine(machine: Json, bad: bool) -> Json:
    status = {"status": "Failed", "reason": VOLUME_BAD} if bad else {"status": "Success", "reason": VOLUME_GOOD}
    return machine | {"status": status}


def _make_machine_fields(plan: Plan, machines: list[Json], bad: set[str]) -> Json:
    resources = [
        {"resource_info": thing.to_message(), "virtual_machine_names": [thing.virtual_machine]}
        for thing in plan.objects
    ]
    return {
        "virtual_machines": machines,
        "virtual_machines_total_count": len(machines),
        "virtual_machines_failed_count": len([machine for machine in machines if machine["name"] in bad]),
        "virtual_machine_resources": resources,
        "vm_resources": {"vms": resources},
    }


def _make_namespace_entry(plan: Plan, name: str, failed: set[str]) -> Json:
    objects = [thing for thing in plan.objects if thing.namespace == name]
    volumes = [volume["name"] for volume in plan.volumes if volume["namespace"] == name]
    bad = len([volume for volume in volumes if volume in failed])
    status = "Success" if not bad else "Failed" if bad == len(volumes) else "PartialSuccess"
    kinds = dict.fromkeys(thing.kind for thing in objects)
    return {
        "name": name,
        "status": {"status": status, "reason": VOLUME_BAD if bad else ""},
        "resource_types": [
            _make_type_entry(kind, [thing.name for thing in objects if thing.kind == kind]) for kind in kinds
        ],
        "metrics": {
            "total_resources": len(objects),
            "total_volumes": len(volumes),
            "total_failed_volumes": bad,
        },
    }


def _make_type_entry(kind: str, names: list[str]) -> Json:
    return {
        "name": kind,
        "chunks": [{"id": 1, "status": {"status": "Success"}, "resource_names": names, "total_resources": len(names)}],
        "metrics": {"total_resources": len(names)},
    }


def make_backup_message(backup: Backup, now: float, access: str, *, detailed: bool = True, fresh: bool = False) -> Json:
    """Return the BackupObject that a caller with this right gets at a moment."""
    if fresh:
        status, reason, progress = "Pending", "", 0.0
    else:
        status, reason = backup.get_status(now)
        progress = _find_progress(backup, now)
    info = {**backup.given, **_find_content(backup, progress)}
    if not detailed:
        for name in _RESOURCE_FIELDS:
            info.pop(name, None)
    info["status"] = {"status": status, "reason": reason}
    info["stage"] = _find_stage(backup, progress)
    info["user_backupshare_access"] = access
    if backup.share:
        info["backup_share"] = backup.share
    info |= _make_constant_fields(backup)
    if progress >= 1.0:
        info["completion_time_info"] = _make_completion_times(backup)
        if backup.status in ("Success", "PartialSuccess"):
            info["resources_sync_status_info"] = {
                "status": "Completed",
                "updated_at": format_time(backup.created + backup.duration),
            }
    return {"metadata": make_metadata(backup), "backup_info": info}


def make_metadata(backup: Backup | Restore) -> Json:
    """Make the Metadata of a backup or restore."""
    return {
        "name": backup.name,
        "uid": backup.uid,
        "owner": backup.owner,
        "org_id": backup.org,
        "create_time": format_time(backup.created),
        "last_update_time": format_time(backup.updated),
        "labels": backup.labels,
        "create_time_in_sec": int(backup.created),
        "last_update_time_in_sec": int(backup.updated),
        "ownership": {"owner": backup.owner, **backup.ownership},
    }


def _make_constant_fields(backup: Backup) -> Json:
    cr_name = f"{backup.name}-{backup.uid[:7]}"
    return {
        "cr_name": cr_name,
        "cr_uid": backup.uid[::-1][:8] + backup.uid[8:],
        "backup_path": f"{backup.org}/{backup.cluster_uid}/{cr_name}",
        "stork_version": "26.4.0",
    }


def _find_progress(backup: Backup, now: float) -> float:
    if backup.forced:
        return 0.5 if backup.status in RUNNING else 1.0
    elapsed = now - backup.created
    if backup.status in RUNNING:
        return min(0.5, elapsed / backup.duration if backup.duration > 0 else 0.5)
    return 1.0 if elapsed >= backup.duration else elapsed / backup.duration


def _find_stage(backup: Backup, progress: float) -> str:
    if progress < 0.1:
        return "Initial"
    if progress < 0.25 and backup.given.get("pre_exec_rule_ref", {}).get("name"):
        return "PreExecRule"
    if progress < 0.7:
        return "Volumes"
    return "Applications" if progress < 0.9 else "Final"


def _find_content(backup: Backup, progress: float) -> Json:
    """Return what of the end is visible already."""
    if progress < 0.1:
        return {}
    final = read_final_fields(backup)
    if progress >= 1.0:
        return final
    content = {key: value for key, value in final.items() if key not in _LATE_FIELDS and "failed" not in key}
    done = progress >= 0.7
    volumes = final.get("volumes", [])
    content["volumes"] = (
        [_make_running_volume(volume, done, progress) for volume in volumes] if progress >= 0.25 else []
    )
    content["virtual_machines"] = [
        machine | {"status": {"status": "InProgress"}} for machine in final.get("virtual_machines", [])
    ]
    return content


def _make_running_volume(volume: Json, done: bool, progress: float) -> Json:
    if done:
        return volume
    total = int(volume.get("total_size", 0))
    text = f"Volume backup in progress. BytesDone: {int(total * progress)} BytesTotal: {total} ETA: 1 seconds"
    return volume | {"status": {"status": "InProgress", "reason": text}, "backup_id": "", "actual_size": 0}


def _make_completion_times(backup: Backup) -> Json:
    return {
        "volumes_completion_time": format_time(backup.created + backup.duration * 0.7),
        "resources_completion_time": format_time(backup.created + backup.duration * 0.9),
        "total_completion_time": format_time(backup.created + backup.duration),
    }
