# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle of a restore: the one table of its states, and how restores are looked up."""

from __future__ import annotations

from typing import Any

from ..api.endpoints import Api
from ..api.schema import Parts
from ..core.lifecycle import Lifecycle
from ..core.lookup import Resource
from ..core.readahead import FetchPage

# Every status a server can be asked for, in the order of the API's enum.
STATUSES = (
    "Invalid",
    "Pending",
    "InProgress",
    "Aborted",
    "Failed",
    "Deleting",
    "Success",
    "Retained",
    "PartialSuccess",
)

# Seconds that the vendor's own tests give a restore and its deletion (docs/server-behaviour.md, section 9.2).
RESTORE_TIMEOUT = 2400
DELETION_TIMEOUT = 1200


# What the functions below read: status and reason, and the cluster.
STATUS_PARTS = ("restore_info.status",)
CLUSTER_PARTS = ("restore_info.cluster", "restore_info.cluster_ref")


def status_of(restore: dict[str, Any]) -> str:
    """Return the status of a decoded restore; ``Invalid`` when the server gives none."""
    return str((restore["restore_info"]["status"] or {}).get("status") or "Invalid")


def reason_of(restore: dict[str, Any]) -> str:
    """Return the server's reason for the status, ``""`` when it gives none (or its placeholder ``<nil>``)."""
    reason = str((restore["restore_info"]["status"] or {}).get("reason") or "")
    return "" if reason == "<nil>" else reason


def stage_of(restore: dict[str, Any]) -> str:
    """Return the progress of a running restore such as ``Applying``, ``""`` when the server gives none."""
    state = restore["restore_info"]["restore_status"]
    stage = str((state or {}).get("restore_status") or "")
    # Preparing is the zero of its enum, and an absent one is decoded as Invalid.
    return "Preparing" if state and stage == "Invalid" else stage


def cluster_of(restore: dict[str, Any]) -> str:
    """Return the name of the target cluster, ``""`` when it is not said."""
    info = restore["restore_info"]
    return str((info["cluster_ref"] or {}).get("name") or info["cluster"])


LIFECYCLE = Lifecycle(
    noun="restore",
    good=frozenset({"Success"}),
    # The API has Retained for resources; a server that shows it for a restore means a part.
    partial=frozenset({"PartialSuccess", "Retained"}),
    bad=frozenset({"Failed", "Aborted", "Invalid"}),
    deleting=frozenset({"Deleting"}),
    # The server retries no restore.
    retriable=frozenset(),
    status=status_of,
    reason=reason_of,
    stage=stage_of,
)


def _inspect(api: Api, name: str, uid: str) -> dict[str, Any]:
    return api.inspect_restore(name, uid)


def _fetch(api: Api, options: dict[str, Any], parts: Parts = None) -> FetchPage:
    return lambda index, size: api.enumerate_restores(options, index, size, parts)


RESTORES = Resource(LIFECYCLE, _inspect, _fetch)
