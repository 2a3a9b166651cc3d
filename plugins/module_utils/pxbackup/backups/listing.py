# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ALL and the module `backup_info`: lists of backups."""

from __future__ import annotations

from typing import Any

from ..core.listing import ListSpec, list_objects, read_objects
from ..core.model import Context, Outcome
from ..core.summary import IDENTITY_FIELDS, OWNER_FIELDS, Summary
from .filters import BACKUP_FILTERS
from .lifecycle import CLUSTER_PARTS, STATUS_PARTS, cluster_of, reason_of, status_of
from .lookup import BACKUPS

SUMMARY = Summary(
    message="BackupObject",
    fields={
        **IDENTITY_FIELDS,
        "status": status_of,
        "reason": reason_of,
        "cluster": cluster_of,
        "namespaces": lambda backup: backup["backup_info"]["namespaces"],
        "total_size": lambda backup: backup["backup_info"]["total_size"],
        **OWNER_FIELDS,
    },
    repeated=("status", "reason", "cluster", "owner", "namespaces"),
    parts=(*STATUS_PARTS, *CLUSTER_PARTS, "backup_info.namespaces", "backup_info.total_size"),
)
_SPEC = ListSpec(BACKUPS, BACKUP_FILTERS, SUMMARY)


def list_backups(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return every backup that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    return list_objects(context, _SPEC, parameters)


def read_backups(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the backups that a name, a uid or filters select; none is an empty list."""
    return read_objects(context, _SPEC, parameters)
