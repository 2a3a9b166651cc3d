# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore as a response shows it: the course of its run, and its end."""

from __future__ import annotations

from typing import Any

from px_backup_simulator.render import make_metadata
from px_backup_simulator.restore import PREPARED, STARTED, VOLUMES_DONE, Restore

Json = dict[str, Any]

_ENDED_WELL = frozenset({"Success", "PartialSuccess", "Retained"})


def make_restore_message(
    restore: Restore, now: float, *, detailed: bool = True, fresh: bool = False, reason_index: str = "empty_first"
) -> Json:
    """Return the RestoreObject of a moment.

    Args:
        restore: what is shown.
        now: seconds since the epoch.
        detailed: whether the resources are listed.
        fresh: whether it is shown as it was when it was created.
        reason_index: how a resource refers to its reason: "empty_first", the first reason is empty;
            "from_one", the first reason has the index 1.
    """
    progress = 0.0 if fresh else restore.get_progress(now)
    status, reason = ("Pending", "") if fresh else restore.get_status(now)
    info: Json = {**restore.given, "status": {"status": status, "reason": reason}}
    info["restore_status"] = {"restore_status": _find_state(restore, progress)}
    if progress >= PREPARED:
        info["volumes"] = _show_volumes(restore, progress)
    resources: list[Json] = restore.final.get("resources", [])
    if progress >= STARTED:
        info["resource_count"] = len(resources)
    if progress >= 1.0:
        info |= _show_end(restore, resources, detailed=detailed, reason_index=reason_index)
    elif progress >= VOLUMES_DONE:
        info["restored_resource_count"] = int(len(resources) * (progress - VOLUMES_DONE) / (1 - VOLUMES_DONE))
    info["stork_version"] = "26.4.0"
    return {"metadata": make_metadata(restore), "restore_info": info}


def _find_state(restore: Restore, progress: float) -> str:
    if progress < PREPARED:
        return "Preparing"
    if progress < 0.4 and restore.given.get("replace_policy") == "Delete":
        return "Deleting"
    return "Verifying" if progress < VOLUMES_DONE else "Applying"


def _show_volumes(restore: Restore, progress: float) -> list[Json]:
    volumes: list[Json] = restore.final.get("volumes", [])
    if progress >= VOLUMES_DONE:
        return volumes
    return [
        volume | {"status": {"status": "InProgress", "reason": "Volume restore is in progress"}} for volume in volumes
    ]


def _show_end(restore: Restore, resources: list[Json], *, detailed: bool, reason_index: str) -> Json:
    end: Json = {
        "restored_resource_count": len([entry for entry in resources if entry["status"]["status"] == "Success"]),
        "large_resource_enabled": restore.stripped,
    }
    if restore.status in _ENDED_WELL:
        end["total_size"] = restore.final.get("total_size", 0)
    if detailed:
        if not restore.stripped:
            end["resources"] = resources
        end["restore_resources"] = _group_resources(restore, resources, reason_index)
    return end


def _group_resources(restore: Restore, resources: list[Json], reason_index: str) -> Json:
    """Make the table of 2.11: by namespace and kind, with reasons by their index (0 is none)."""
    reasons: list[str] = [""] if reason_index == "empty_first" else []
    groups: dict[str, list[Json]] = {}
    for entry in resources:
        groups.setdefault(entry["namespace"], []).append(entry)
    volumes: list[Json] = restore.final.get("volumes", [])
    mapping = restore.given.get("namespace_mapping", {})
    shown = [
        _make_group(name, entries, [v for v in volumes if mapping.get(v["source_namespace"]) == name], reasons)
        for name, entries in groups.items()
    ]
    return {"resources": shown, "reasons": reasons}


def _make_group(name: str, entries: list[Json], volumes: list[Json], reasons: list[str]) -> Json:
    failed = _count_failed(entries)
    kinds: dict[str, list[Json]] = {}
    for entry in entries:
        kinds.setdefault(entry["kind"], []).append(entry)
    bad = any(entry["status"]["status"] != "Success" for entry in entries)
    return {
        "namespace": name,
        "status": {"status": "PartialSuccess" if bad else "Success"},
        "resource_types": [
            {
                "name": kind,
                "chunks": [_make_chunk(members, reasons)],
                "metrics": {"total_resources": len(members), "total_failed_resources": _count_failed(members)},
            }
            for kind, members in kinds.items()
        ],
        "metrics": {
            "total_resources": len(entries),
            "total_volumes": len(volumes),
            "total_failed_resources": failed,
            "total_failed_volumes": _count_failed(volumes),
        },
    }


def _count_failed(entries: list[Json]) -> int:
    return len([entry for entry in entries if entry["status"]["status"] == "Failed"])


def _make_chunk(members: list[Json], reasons: list[str]) -> Json:
    by_status: dict[str, list[Json]] = {}
    for entry in members:
        status, reason = entry["status"]["status"], entry["status"]["reason"]
        index = 0 if status == "Success" else _find_index(reason, reasons)
        by_status.setdefault(status, []).append({"name": entry["name"], "reason_index": index})
    infos = [{"status": status, "resources": found} for status, found in by_status.items()]
    return {"id": 1, "resource_infos": infos, "total_resources": len(members)}


def _find_index(reason: str, reasons: list[str]) -> int:
    """Return the index of a reason, which is added when it is new."""
    if reason not in reasons:
        reasons.append(reason)
    return reasons.index(reason) + (0 if reasons[0] == "" else 1)
