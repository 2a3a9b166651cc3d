# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup as an answer shows it: the course of a run, stage by stage, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from px_backup_simulator.backup import RUNNING, Backup
from px_backup_simulator.clock import stamp
from px_backup_simulator.generate import final_of
from px_backup_simulator.planning import Plan

Json = dict[str, Any]

VOLUME_GOOD = "Backup successful for volume"
VOLUME_BAD = "Backup failed for volume: cloudsnap did not succeed: simulated failure"
_RESOURCE_FIELDS = ("resources", "virtual_machine_resources", "vm_resources", "namespace_resources")
_LATE_FIELDS = frozenset({*_RESOURCE_FIELDS, "resource_count", "total_size"})
_BAD_ENDS = frozenset({"Failed", "Aborted"})


def final_fields(plan: Plan, status: str, uid_of: Callable[[], str], vm_backup: bool) -> Json:
    """The BackupInfo fields that the end of a run brings."""
    failed = _failed_volumes(plan, status)
    volumes = [_volume_at_end(volume, volume["name"] in failed, uid_of) for volume in plan.volumes]
    bad_machines = {volume["virtual_machine_name"] for volume in plan.volumes if volume["name"] in failed}
    if status in _BAD_ENDS:
        bad_machines = {machine["name"] for machine in plan.machines}
    machines = [_machine_at_end(machine, machine["name"] in bad_machines) for machine in plan.machines]
    things = [] if status in _BAD_ENDS else plan.things
    final: Json = {
        "namespaces": plan.namespaces,
        "volumes": volumes,
        "resources": [thing.wire() for thing in things],
        "resource_count": len(things),
        "failed_vol_count": len(failed),
    }
    if status not in _BAD_ENDS:
        final["total_size"] = sum(volume.get("total_size", 0) for volume in volumes)
    if vm_backup:
        final |= _machine_fields(plan, machines, bad_machines)
    else:
        final["namespace_resources"] = {
            "namespaces": [_namespace_entry(plan, name, failed) for name in plan.namespaces]
        }
    return final


def _failed_volumes(plan: Plan, status: str) -> set[str]:
    names = [volume["name"] for volume in plan.volumes]
    if status in _BAD_ENDS:
        return set(names)
    return set(names[-max(1, len(names) // 3) :]) if status == "PartialSuccess" else set()


def _volume_at_end(volume: Json, bad: bool, uid_of: Callable[[], str]) -> Json:
    is_portworx = volume.get("driver_name") == "pxd"
    result = volume | {
        "backup_id": "" if bad else f"{uid_of()}-incr",
        "status": {"status": "Failed", "reason": VOLUME_BAD} if bad else {"status": "Success", "reason": VOLUME_GOOD},
        "backup_mode": {"type": "Incremental" if is_portworx else "NotSupported"},
    }
    if bad:
        result["actual_size"] = result["total_size"] = 0
    return result


def _machine_at_end(machine: Json, bad: bool) -> Json:
    status = {"status": "Failed", "reason": VOLUME_BAD} if bad else {"status": "Success", "reason": VOLUME_GOOD}
    return machine | {"status": status}


def _machine_fields(plan: Plan, machines: list[Json], bad: set[str]) -> Json:
    resources = [
        {"resource_info": thing.wire(), "virtual_machine_names": [thing.virtual_machine]} for thing in plan.things
    ]
    return {
        "virtual_machines": machines,
        "virtual_machines_total_count": len(machines),
        "virtual_machines_failed_count": len([machine for machine in machines if machine["name"] in bad]),
        "virtual_machine_resources": resources,
        "vm_resources": {"vms": resources},
    }


def _namespace_entry(plan: Plan, name: str, failed: set[str]) -> Json:
    things = [thing for thing in plan.things if thing.namespace == name]
    volumes = [volume["name"] for volume in plan.volumes if volume["namespace"] == name]
    bad = len([volume for volume in volumes if volume in failed])
    status = "Success" if not bad else "Failed" if bad == len(volumes) else "PartialSuccess"
    kinds = dict.fromkeys(thing.kind for thing in things)
    return {
        "name": name,
        "status": {"status": status, "reason": VOLUME_BAD if bad else ""},
        "resource_types": [_type_entry(kind, [thing.name for thing in things if thing.kind == kind]) for kind in kinds],
        "metrics": {
            "total_resources": len(things),
            "total_volumes": len(volumes),
            "total_failed_volumes": bad,
        },
    }


def _type_entry(kind: str, names: list[str]) -> Json:
    return {
        "name": kind,
        "chunks": [{"id": 1, "status": {"status": "Success"}, "resource_names": names, "total_resources": len(names)}],
        "metrics": {"total_resources": len(names)},
    }


def backup_message(backup: Backup, now: float, access: str, *, detailed: bool = True, fresh: bool = False) -> Json:
    """A BackupObject as it looks at a moment to a caller with this right."""
    if fresh:
        status, reason, progress = "Pending", "", 0.0
    else:
        status, reason = backup.status_at(now)
        progress = _progress(backup, now)
    info = {**backup.given, **_content(backup, progress)}
    if not detailed:
        for name in _RESOURCE_FIELDS:
            info.pop(name, None)
    info["status"] = {"status": status, "reason": reason}
    info["stage"] = _stage(backup, progress)
    info["user_backupshare_access"] = access
    if backup.share:
        info["backup_share"] = backup.share
    info |= _constant_fields(backup)
    if progress >= 1.0:
        info["completion_time_info"] = _completion(backup)
        if backup.status in ("Success", "PartialSuccess"):
            info["resources_sync_status_info"] = {
                "status": "Completed",
                "updated_at": stamp(backup.created + backup.duration),
            }
    return {"metadata": metadata_of(backup), "backup_info": info}


def metadata_of(backup: Backup) -> Json:
    """The Metadata of a backup."""
    return {
        "name": backup.name,
        "uid": backup.uid,
        "owner": backup.owner,
        "org_id": backup.org,
        "create_time": stamp(backup.created),
        "last_update_time": stamp(backup.updated),
        "labels": backup.labels,
        "create_time_in_sec": int(backup.created),
        "last_update_time_in_sec": int(backup.updated),
        "ownership": {"owner": backup.owner, **backup.ownership},
    }


def _constant_fields(backup: Backup) -> Json:
    cr_name = f"{backup.name}-{backup.uid[:7]}"
    return {
        "cr_name": cr_name,
        "cr_uid": backup.uid[::-1][:8] + backup.uid[8:],
        "backup_path": f"{backup.org}/{backup.cluster_uid}/{cr_name}",
        "stork_version": "26.4.0",
    }


def _progress(backup: Backup, now: float) -> float:
    if backup.forced:
        return 0.5 if backup.status in RUNNING else 1.0
    elapsed = now - backup.created
    if backup.status in RUNNING:
        return min(0.5, elapsed / backup.duration if backup.duration > 0 else 0.5)
    return 1.0 if elapsed >= backup.duration else elapsed / backup.duration


def _stage(backup: Backup, progress: float) -> str:
    if progress < 0.1:
        return "Initial"
    if progress < 0.25 and backup.given.get("pre_exec_rule_ref", {}).get("name"):
        return "PreExecRule"
    if progress < 0.7:
        return "Volumes"
    return "Applications" if progress < 0.9 else "Final"


def _content(backup: Backup, progress: float) -> Json:
    """What of the end is to be seen already."""
    if progress < 0.1:
        return {}
    final = final_of(backup)
    if progress >= 1.0:
        return final
    content = {key: value for key, value in final.items() if key not in _LATE_FIELDS and "failed" not in key}
    done = progress >= 0.7
    volumes = final.get("volumes", [])
    content["volumes"] = [_volume_on_its_way(volume, done, progress) for volume in volumes] if progress >= 0.25 else []
    content["virtual_machines"] = [
        machine | {"status": {"status": "InProgress"}} for machine in final.get("virtual_machines", [])
    ]
    return content


def _volume_on_its_way(volume: Json, done: bool, progress: float) -> Json:
    if done:
        return volume
    total = int(volume.get("total_size", 0))
    text = f"Volume backup in progress. BytesDone: {int(total * progress)} BytesTotal: {total} ETA: 1 seconds"
    return volume | {"status": {"status": "InProgress", "reason": text}, "backup_id": "", "actual_size": 0}


def _completion(backup: Backup) -> Json:
    return {
        "volumes_completion_time": stamp(backup.created + backup.duration * 0.7),
        "resources_completion_time": stamp(backup.created + backup.duration * 0.9),
        "total_completion_time": stamp(backup.created + backup.duration),
    }
