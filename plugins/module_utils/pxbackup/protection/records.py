# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a backup proves for each of its namespaces and virtual machines, in one small record.

A report reads a list once and keeps nothing of a backup but this. Facts: behaviour notes 1.1 (fields by release) and
2.1 (statuses), behaviour of restores 5.7 (locks).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..backups.content import COUNT_PARTS, count_resources
from ..backups.lifecycle import CLUSTER_PARTS, LIFECYCLE, STATUS_PARTS, cluster_of, reason_of, status_of
from ..core.times import parse_server_time
from ..text import count_of

# The memory of restore drills: labels on the backup that was restored (a passed drill).
DRILL_TIME = "pxops/drilled"
DRILL_SECONDS = "pxops/drill-seconds"

# What is read of a backup; a list holds much more.
RECORD_READS = (
    *STATUS_PARTS,
    *CLUSTER_PARTS,
    *COUNT_PARTS,
    *(f"metadata.{name}" for name in ("name", "uid", "create_time", "create_time_in_sec", "labels")),
    *(f"backup_info.{name}_ref" for name in ("backup_location", "volume_resource_only_policy")),
    *(f"backup_info.volumes.{name}" for name in ("namespace", "status")),
    *(f"backup_info.virtual_machines.{name}" for name in ("namespace", "name", "status")),
    *(f"backup_info.{name}" for name in ("failed_vol_count", "failed_resource_count", "virtual_machines_failed_count")),
    *(f"backup_info.{name}" for name in ("resource_types", "exclude_resource_types", "label_selectors")),
    *(f"backup_info.{name}" for name in ("namespaces", "missing_namespaces", "advanced_resource_label_selector")),
    *(f"backup_info.{name}" for name in ("total_size", "retention_time", "completion_time_info", "backup_schedule")),
    "backup_info.backup_object_type",
    "backup_info.include_resources.namespace",
)

# Statuses of a volume that did not fail; a list may omit them.
_NOT_FAILED = LIFECYCLE.good | {"Invalid"}

# What a backup is to a namespace.
WHOLE, NARROWED, NOT_GOOD = "whole", "narrowed", "not good"


class Ref(NamedTuple):
    """Name and uid of another object, ``""`` where the server gives none."""

    name: str
    uid: str


class Drill(NamedTuple):
    """A restore drill that passed: its end in seconds since 1970, and how long it took in seconds, where known."""

    time: float
    seconds: int | None


class Record(NamedTuple):
    """What a report needs of a backup.

    Attributes:
        start, finish: seconds since 1970. The data is as old as ``start``; ``None`` when the server gives no time.
        status, reason: as the server gives them.
        running, leaving: whether it has not ended, whether it is being deleted.
        size, resources: bytes, and the number of resources that the server counts or lists.
        narrowed: whether it omits resources of all its namespaces.
        failed: words for what failed in it, for each namespace that has such; ``""`` holds for all.
        scope: equal for backups of the same selection, so that their sizes can be compared.
        locked_until: end of the object lock in seconds since 1970, ``None`` without one.
    """

    name: str
    uid: str
    start: float | None
    finish: float | None
    status: str
    reason: str
    running: bool
    leaving: bool
    size: int
    resources: int
    volumes: int
    narrowed: bool
    failed: dict[str, str]
    scope: int
    cluster: Ref
    location: Ref
    schedule: Ref
    locked_until: float | None
    drill: Drill | None


def reduce_backup(backup: dict[str, Any]) -> Record:
    """Return the record of a decoded backup."""
    metadata, info = backup["metadata"] or {}, backup["backup_info"]
    status = status_of(backup)
    # Most backups ended well, and a list may hold a hundred thousand of them: no other state is compared then.
    good = status in LIFECYCLE.good
    start = _seconds(metadata.get("create_time")) or float(metadata.get("create_time_in_sec") or 0) or None
    narrowed = _is_narrowed(info)
    return Record(
        name=metadata.get("name") or "",
        uid=metadata.get("uid") or "",
        start=start,
        finish=None if start is None else max(start, _finish_of(info) or start),
        status=status,
        reason=reason_of(backup),
        running=not good and LIFECYCLE.is_running(backup),
        leaving=not good and LIFECYCLE.is_deleting(backup),
        size=info["total_size"],
        resources=count_resources(backup),
        volumes=len(info["volumes"]) + len(info["virtual_machines"]),
        narrowed=narrowed,
        failed=_failures_of(info),
        scope=hash((_object_type(info), frozenset(info["namespaces"]), narrowed, len(info["include_resources"]))),
        cluster=Ref(cluster_of(backup), _ref(info, "cluster_ref").uid),
        location=_ref(info, "backup_location_ref"),
        schedule=_ref(info, "backup_schedule"),
        locked_until=_seconds(info["retention_time"]),
        drill=_drill_of(metadata.get("labels") or {}),
    )


def judge_units(backup: dict[str, Any], record: Record) -> dict[str, str]:
    """Return what a backup that has ended is to each namespace and virtual machine that it names.

    Args:
        record: what :func:`reduce_backup` made of the backup.

    A namespace is ``shop``, a virtual machine is ``shop/db-vm``. What the response does not tell counts as not good.
    """
    info, status = backup["backup_info"], record.status
    of_machines = _object_type(info) == "VirtualMachine"
    narrowed = record.narrowed or of_machines
    units = {name: _judge_namespace(info, status, name, narrowed) for name in info["namespaces"]}
    units.update(dict.fromkeys(info["missing_namespaces"], NOT_GOOD))
    for machine in info["virtual_machines"] if of_machines else ():
        whole = _is_whole(status, _status(machine))
        units[f"{machine['namespace']}/{machine['name']}"] = WHOLE if whole else NOT_GOOD
    return units


def _is_whole(status: str, part: str) -> bool:
    """Whether a part of a backup is whole; a backup that ended well may omit the status of its parts."""
    if status in LIFECYCLE.good:
        return part == "Invalid" or part in LIFECYCLE.good
    return status in LIFECYCLE.partial and part in LIFECYCLE.good


def _judge_namespace(info: dict[str, Any], status: str, name: str, narrowed: bool) -> str:
    if not _is_good_for(info, status, name):
        return NOT_GOOD
    named = any(item["namespace"] == name for item in info["include_resources"])
    return NARROWED if narrowed or named else WHOLE


def _is_good_for(info: dict[str, Any], status: str, name: str) -> bool:
    if status in LIFECYCLE.good:
        return True
    if status not in LIFECYCLE.partial:
        return False
    volumes = [_status(item) for item in info["volumes"] if item["namespace"] == name]
    if any(item not in LIFECYCLE.good for item in volumes):
        return False
    listed = {item["name"]: _status(item) for item in (info["namespace_resources"] or {}).get("namespaces") or ()}
    told = {key: value for key, value in listed.items() if value != "Invalid"}
    if told:
        return told.get(name) in LIFECYCLE.good
    return bool(volumes) or any(item["namespace"] == name for item in info["resources"])


def _is_narrowed(info: dict[str, Any]) -> bool:
    """Whether the backup omits resources of all its namespaces. Selectors of namespaces narrow none of them."""
    return bool(
        info["resource_types"]
        or info["exclude_resource_types"]
        or info["label_selectors"]
        or info["advanced_resource_label_selector"]
        or (info["volume_resource_only_policy_ref"] or {}).get("name")
    )


def _failures_of(info: dict[str, Any]) -> dict[str, str]:
    """Return what did not arrive in a backup, in words, for each namespace; ``""`` where no namespace is told."""
    failed: dict[str, str] = {}
    bad = [item for item in info["volumes"] if _status(item) not in _NOT_FAILED]
    for name in {item["namespace"] for item in bad}:
        here = sum(item["namespace"] == name for item in bad)
        total = sum(item["namespace"] == name for item in info["volumes"])
        failed[name] = f"{here} of {count_of(total, 'volume')} failed"
    counts = (
        (info["failed_vol_count"] if not bad else 0, "volume"),
        (info["failed_resource_count"], "resource"),
        (info["virtual_machines_failed_count"], "virtual machine"),
    )
    words = [count_of(count, what) for count, what in counts if count]
    if words:
        failed[""] = f"{' and '.join(words)} failed"
    return failed


def _status(item: dict[str, Any]) -> str:
    return str((item["status"] or {}).get("status") or "Invalid")


def _object_type(info: dict[str, Any]) -> str:
    return str((info["backup_object_type"] or {}).get("type") or "")


def _ref(info: dict[str, Any], field: str) -> Ref:
    value = info[field] or {}
    return Ref(value.get("name") or "", value.get("uid") or "")


def _finish_of(info: dict[str, Any]) -> float | None:
    """Return the end of a run; a server that omits the total may still give the ends of its parts."""
    ends = info["completion_time_info"] or {}
    total = _seconds(ends.get("total_completion_time"))
    parts = (_seconds(ends.get(f"{part}_completion_time")) for part in ("volumes", "resources"))
    return total or max((end for end in parts if end), default=None)


def _seconds(text: str | None) -> float | None:
    """Return a time of the server in seconds since 1970; zero times such as year 1 mean none."""
    if not text:
        return None
    seconds = parse_server_time(text).timestamp()
    return seconds if seconds > 0 else None


def _drill_of(labels: dict[str, str]) -> Drill | None:
    """Return the drill that the labels tell of: RFC 3339, or without the signs that Kubernetes forbids in labels."""
    text = labels.get(DRILL_TIME)
    if not text:
        return None
    basic = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d)-?(\d\d)-?(\d\d)Z", text)
    time = _seconds("{}-{}-{}T{}:{}:{}Z".format(*basic.groups()) if basic else text)
    seconds = labels.get(DRILL_SECONDS) or ""
    return None if time is None else Drill(time, int(seconds) if re.fullmatch(r"\d{1,9}", seconds) else None)
