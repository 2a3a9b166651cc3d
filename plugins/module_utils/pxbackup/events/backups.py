# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups as a watched resource: which status is which event, and what an event says of a backup."""

from __future__ import annotations

from sys import intern
from typing import Any

from ..backups.content import FAILED_PARTS, list_failed_parts
from ..backups.lifecycle import CLUSTER_PARTS, LIFECYCLE, STATUS_PARTS, STATUSES, cluster_of, status_of
from ..backups.lookup import BACKUPS
from ..core.pagination import name_of
from .fields import BACKUP_TYPES
from .model import (
    METADATA_READS,
    Known,
    Object,
    Subject,
    Traits,
    describe_object,
    reference_of,
    shorten_parts,
    type_by_lifecycle,
)

_KINDS = {"volume": "volumes", "virtual machine": "vms", "namespace": "namespaces"}


def type_of(status: str) -> str:
    """Return the event type of a backup's status, ``""`` for a status that this collection does not know."""
    return "missing" if status == "CloudBackupMissing" else type_by_lifecycle(LIFECYCLE, STATUSES, status)


def remember(backup: Object) -> Known:
    """Return what is kept of a backup between two polls."""
    # Thousands of backups share few of these texts.
    return Known(intern(status_of(backup)), name_of(backup), intern(cluster_of(backup)))


def traits(backup: Object) -> Traits:
    """Return what the filters test of a backup."""
    info = backup["backup_info"]
    schedule = info["backup_schedule"] or {}
    name = str(schedule.get("name") or "")
    return Traits(cluster_of(backup), info["namespaces"], name, bool(name or schedule.get("uid")))


def describe(backup: Object, now: float) -> dict[str, Any]:
    """Return the parts of an event about a backup.

    Args:
        now: the time of the event, in seconds since 1970.
    """
    info, found = backup["backup_info"], traits(backup)
    return {
        "backup": {
            **describe_object(backup, LIFECYCLE, now),
            "size_bytes": info["total_size"],
            "manual": not found.is_scheduled,
            "schedule": found.schedule,
            "retry_of": reference_of(info["retry_parent"], "")["name"],
        },
        "cluster": reference_of(info["cluster_ref"], info["cluster"]),
        "location": reference_of(info["backup_location_ref"], info["backup_location"]),
        "namespaces": list(info["namespaces"]),
        "failed": _failed(backup),
    }


def _failed(backup: Object) -> dict[str, list[str]]:
    """Return the failed parts by their kind."""
    found: dict[str, list[str]] = {name: [] for name in _KINDS.values()}
    for line in list_failed_parts(backup):
        kind = next(word for word in _KINDS if line.startswith(f"{word} "))
        found[_KINDS[kind]].append(line[len(kind) + 1 :])
    return {name: shorten_parts(lines) for name, lines in found.items()}


_READS = frozenset(
    (
        *METADATA_READS,
        *STATUS_PARTS,
        *CLUSTER_PARTS,
        *FAILED_PARTS,
        *(f"backup_info.{name}" for name in ("stage", "namespaces", "backup_schedule", "total_size", "retry_parent")),
        *(f"backup_info.{name}" for name in ("backup_location", "backup_location_ref")),
    )
)

BACKUP_EVENTS = Subject(BACKUP_TYPES, "2.11.0", BACKUPS, type_of, remember, traits, describe, _READS)
