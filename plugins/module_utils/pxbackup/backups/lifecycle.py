# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle of a backup: the one table of its states (docs/server-behaviour.md, section 2.1)."""

from __future__ import annotations

from typing import Any

from ..core.lifecycle import Lifecycle

# Every status a server can be asked for, in the order of the API's enum.
STATUSES = (
    "Invalid",
    "Pending",
    "InProgress",
    "Aborted",
    "Failed",
    "Deleting",
    "Success",
    "Captured",
    "PartialSuccess",
    "DeletePending",
    "CloudBackupMissing",
)


# What the functions below read: status and reason, and the cluster.
STATUS_PARTS = ("backup_info.status",)
CLUSTER_PARTS = ("backup_info.cluster", "backup_info.cluster_ref")


def status_of(backup: dict[str, Any]) -> str:
    """Return the status of a decoded backup; ``Invalid`` when the server gives none."""
    return str(((backup["backup_info"] or {}).get("status") or {}).get("status") or "Invalid")


def reason_of(backup: dict[str, Any]) -> str:
    """Return the server's reason for the status, ``""`` when it gives none (or its placeholder ``<nil>``)."""
    reason = str(((backup["backup_info"] or {}).get("status") or {}).get("reason") or "")
    return "" if reason == "<nil>" else reason


def stage_of(backup: dict[str, Any]) -> str:
    """Return the stage of a decoded backup; ``Invalid`` when the server gives none."""
    return str((backup["backup_info"] or {}).get("stage") or "Invalid")


def cluster_of(backup: dict[str, Any]) -> str:
    """Return the name of a backup's cluster, ``""`` when it is not said."""
    info = backup["backup_info"]
    return str((info["cluster_ref"] or {}).get("name") or info["cluster"])


LIFECYCLE = Lifecycle(
    noun="backup",
    good=frozenset({"Success"}),
    partial=frozenset({"PartialSuccess"}),
    bad=frozenset({"Failed", "Aborted", "CloudBackupMissing", "Invalid"}),
    deleting=frozenset({"Deleting", "DeletePending"}),
    # What the server retries (docs/server-behaviour.md, section 2.6). Nothing else has a failed part to retry.
    retriable=frozenset({"Failed", "PartialSuccess"}),
    status=status_of,
    reason=reason_of,
    stage=stage_of,
)
