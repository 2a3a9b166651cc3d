# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups as a watched resource: which status is which event, and what an event says of a backup."""

from __future__ import annotations

from sys import intern
from typing import Any

from ..backups.content import list_failed_parts
from ..backups.lifecycle import LIFECYCLE, STATUSES, cluster_of, reason_of, stage_of, status_of
from ..backups.lookup import BACKUPS
from ..core.pagination import name_of
from ..core.times import parse_server_time
from .model import Known, Object, Subject

# How many failed parts of one kind an event lists before it counts the rest.
MOST_PARTS = 20

_KINDS = {"volume": "volumes", "virtual machine": "vms", "namespace": "namespaces"}


def type_of(status: str) -> str:
    """Return the event type of a backup's status, ``""`` for a status that this collection does not know."""
    if status == "CloudBackupMissing":
        return "missing"
    types = (
        (LIFECYCLE.good, "succeeded"),
        (LIFECYCLE.partial, "partial"),
        (LIFECYCLE.bad, "failed"),
        (LIFECYCLE.deleting, "deleting"),
        # What is in no set of the lifecycle counts as running.
        (STATUSES, "started"),
    )
    return next((name for statuses, name in types if status in statuses), "")


def remember(backup: Object) -> Known:
    """Return what is kept of a backup between two polls."""
    # Thousands of backups share few of these texts.
    return Known(intern(status_of(backup)), name_of(backup), intern(cluster_of(backup)))


def describe(backup: Object, now: float) -> dict[str, Any]:
    """Return the parts of an event about a backup.

    Args:
        now: the time of the event, in seconds since 1970.
    """
    metadata, info = backup["metadata"], backup["backup_info"]
    schedule = str((info["backup_schedule"] or {}).get("name") or "")
    location = info["backup_location_ref"] or {}
    created = metadata["create_time"]
    return {
        "backup": {
            "name": metadata["name"],
            "uid": metadata["uid"],
            "status": status_of(backup),
            "reason": reason_of(backup),
            "stage": stage_of(backup),
            "created": created,
            "age_seconds": int(now - parse_server_time(created).timestamp()) if created else None,
            "size_bytes": info["total_size"],
            "manual": not (info["backup_schedule"] or {}).get("uid") and not schedule,
            "schedule": schedule,
            "retry_of": str((info["retry_parent"] or {}).get("name") or ""),
            "labels": dict(metadata["labels"]),
        },
        "cluster": {"name": cluster_of(backup), "uid": str((info["cluster_ref"] or {}).get("uid") or "")},
        "location": {
            "name": str(location.get("name") or info["backup_location"]),
            "uid": str(location.get("uid") or ""),
        },
        "namespaces": list(info["namespaces"]),
        "failed": _failed(backup),
    }


def _failed(backup: Object) -> dict[str, list[str]]:
    """Return the failed parts by their kind, each list cut with ``+N``."""
    found: dict[str, list[str]] = {name: [] for name in _KINDS.values()}
    for line in list_failed_parts(backup):
        kind = next(word for word in _KINDS if line.startswith(f"{word} "))
        found[_KINDS[kind]].append(line[len(kind) + 1 :])
    return {name: _cut(lines) for name, lines in found.items()}


def _cut(lines: list[str]) -> list[str]:
    left = len(lines) - MOST_PARTS
    return [*lines[:MOST_PARTS], f"+{left}"] if left > 0 else lines


BACKUP_EVENTS = Subject(BACKUPS, type_of, remember, describe)
