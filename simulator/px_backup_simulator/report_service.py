# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server counts: metrics of clusters, and the activity timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from px_backup_simulator import access
from px_backup_simulator.call import Call
from px_backup_simulator.catalogue import Item
from px_backup_simulator.clock import format_time
from px_backup_simulator.errors import INVALID_ARGUMENT, ApiError
from px_backup_simulator.generate import read_final_fields
from px_backup_simulator.policies import find_zone
from px_backup_simulator.schedules import count_size

Json = dict[str, Any]

LONGEST_TIMELINE = 1_000  # days
_GOOD = frozenset({"Success", "PartialSuccess", "CloudBackupMissing"})
_RUNNING = frozenset({"Pending", "InProgress", "Captured"})


def inspect_metrics(call: Call) -> Json:
    """Count namespaces, schedules and bytes for each cluster."""
    clusters = [
        item
        for item in call.world.items["cluster"].values()
        if item.org == call.org and access.may_see_item(item, call.user)
    ]
    return {"stats": [_count(call, cluster) for cluster in clusters], "last_sync_time": int(call.now)}


def _count(call: Call, cluster: Item) -> Json:
    protected: set[str] = set()
    size = 0
    for backup in call.world.backups.values():
        if backup.cluster_uid == cluster.uid and backup.org == call.org:
            protected.update(read_final_fields(backup).get("namespaces", []))
            size += count_size(backup)
    schedules = [
        item
        for item in call.world.items["backup_schedule"].values()
        if item.info.get("cluster_ref", {}).get("uid") == cluster.uid
    ]
    for schedule in schedules:
        protected.update(schedule.info.get("namespaces", []))
    return {
        "cluster": cluster.name,
        "cluster_ref": cluster.ref,
        "num_namespaces": len(protected & set(cluster.namespaces)),
        "total_namespaces": len(cluster.namespaces),
        "num_schedules": len(schedules),
        "total_backup_size": size,
    }


@dataclass(frozen=True, slots=True)
class _Run:
    created: float
    seconds: float
    status: str


def enumerate_activity(call: Call) -> Json:
    """Count the runs of each hour or day; runs of deleted objects count too."""
    request = call.request
    days = int(request.get("days", 0))
    if not 0 < days <= LONGEST_TIMELINE:
        raise ApiError(INVALID_ARGUMENT, f"days must be from 1 to {LONGEST_TIMELINE}")
    zone = find_zone(str(request.get("time_zone", "")))
    step = timedelta(hours=1) if request.get("interval") == "Hourly" else timedelta(days=1)
    runs = _find_runs(call, str(request.get("kind") or "backup"))
    return {"activity_data": [_make_span(runs, start, end) for start, end in _find_spans(call.now, days, step, zone)]}


def _find_spans(now: float, days: int, step: timedelta, zone: tzinfo) -> list[tuple[float, float]]:
    start = datetime.fromtimestamp(now, zone).replace(minute=0, second=0, microsecond=0)
    if step.days:
        start = start.replace(hour=0)
    count = days if step.days else days * 24
    first = start - step * (count - 1)
    return [((first + step * index).timestamp(), (first + step * (index + 1)).timestamp()) for index in range(count)]


def _find_runs(call: Call, kind: str) -> list[_Run]:
    request = call.request
    cluster: Json = request.get("cluster_ref", {})
    owners = set(request.get("owners", []))
    known: list[Any] = list(call.world.backups.values() if kind == "backup" else call.world.restores.values())
    runs = [
        {
            "kind": kind,
            "created": item.created,
            "seconds": item.duration,
            "status": item.status if item.delete_asked is not None else item.get_status(call.now)[0],
            "owner": item.owner,
            "cluster": item.cluster_name,
            "cluster_uid": item.cluster_uid,
        }
        for item in known
        if item.org == call.org
    ]
    return [
        _Run(run["created"], run["seconds"], run["status"])
        for run in (*runs, *call.world.past)
        if run["kind"] == kind
        and (call.user.admin or run["owner"] == call.user.id)
        and (not owners or run["owner"] in owners)
        and request.get("cluster", "") in ("", run["cluster"])
        and cluster.get("uid", "") in ("", run["cluster_uid"])
    ]


def _make_span(runs: list[_Run], start: float, end: float) -> Json:
    here = [run for run in runs if start <= run.created < end]
    good = [run for run in here if run.status in _GOOD]
    running = [run for run in here if run.status in _RUNNING]
    return {
        "start_time": format_time(start),
        "end_time": format_time(end),
        "successful": len(good),
        "failed": len(here) - len(good) - len(running),
        "in_progress": len(running),
        "total": len(here),
        "completion_time": sum(run.seconds for run in good) / len(good) if good else 0.0,
    }
