# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restores as a watched resource: which status is which event, and what an event says of a restore."""

from __future__ import annotations

from sys import intern
from typing import Any

from ..core.pagination import name_of
from ..restores.arrival import judge_arrival
from ..restores.lookup import LIFECYCLE, RESTORES, STATUSES, cluster_of, status_of
from .fields import RESTORE_TYPES
from .model import Known, Object, Subject, Traits, describe_object, reference_of, shorten_parts, type_by_lifecycle


def type_of(status: str) -> str:
    """Return the event type of a restore's status, ``""`` for a status that this collection does not know."""
    return type_by_lifecycle(LIFECYCLE, STATUSES, status)


def remember(restore: Object) -> Known:
    """Return what is kept of a restore between two polls."""
    return Known(intern(status_of(restore)), name_of(restore), intern(cluster_of(restore)))


def traits(restore: Object) -> Traits:
    """Return what the filters test of a restore; its namespaces are those that it writes to."""
    info = restore["restore_info"]
    namespaces = [*dict.fromkeys(info["namespace_mapping"].values())]
    return Traits(cluster_of(restore), namespaces, backup=reference_of(info["backup_ref"], info["backup"])["name"])


def describe(restore: Object, now: float) -> dict[str, Any]:
    """Return the parts of an event about a restore.

    Args:
        now: the time of the event, in seconds since 1970.
    """
    info, found = restore["restore_info"], traits(restore)
    # The backup is not inspected: what failed is in the restore, what is missing is for a drill to find.
    arrival = judge_arrival(restore, None)
    return {
        "restore": {
            **describe_object(restore, LIFECYCLE, now),
            "size_bytes": info["total_size"],
            "backup": found.backup,
        },
        "cluster": reference_of(info["cluster_ref"], info["cluster"]),
        "location": reference_of(info["backup_location_ref"], info["backup_location"]),
        "namespaces": found.namespaces,
        "failed": {
            name: shorten_parts([_describe_part(part) for part in arrival[name]["failed"]])
            for name in ("volumes", "resources")
        },
    }


def _describe_part(part: dict[str, str]) -> str:
    kind = "" if part["kind"] == "volume" else f"{part['kind']}/"
    return f"{part['namespace']}/{kind}{part['name']}: {part['reason']}"


# The list of restores has one form, a query, and gateways read no order by name from a query.
RESTORE_EVENTS = Subject(RESTORE_TYPES, None, RESTORES, type_of, remember, traits, describe, None)
