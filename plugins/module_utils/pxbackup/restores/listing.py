# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ALL and the module `restore_info`: lists of restores (docs/server-behaviour.md, section 9.6)."""

from __future__ import annotations

from typing import Any, Callable

from ..core.listing import ListSpec, list_objects, read_objects
from ..core.model import Context, Outcome
from ..core.references import CLUSTER
from ..core.selection import (
    COMMON_CHECKS,
    COMMON_ORDERS,
    COMMON_PARTS,
    COMMON_TRANSLATIONS,
    Filters,
    Object,
    Order,
    Test,
    check_contains,
    check_said,
)
from ..core.summary import IDENTITY_FIELDS, OWNER_FIELDS, Summary
from .lookup import CLUSTER_PARTS, RESTORES, STATUS_PARTS, cluster_of, reason_of, status_of
from .options import FILTERS


def _cluster_uid(restore: Object) -> str:
    return str((restore["restore_info"]["cluster_ref"] or {}).get("uid") or "")


def _backup_name(restore: Object) -> str:
    info = restore["restore_info"]
    return str((info["backup_ref"] or {}).get("name") or info["backup"])


def _cluster_ref(context: Context, ref: dict[str, str], options: dict[str, Any]) -> list[Test]:
    wanted = context.references.resolve("cluster_ref", CLUSTER, ref)
    options.setdefault("cluster_name_filter", wanted["name"])
    return [lambda restore: _cluster_uid(restore) in ("", wanted["uid"]) and cluster_of(restore) == wanted["name"]]


def _backup_ref(_context: Context, ref: dict[str, str], _options: dict[str, Any]) -> list[Test]:
    # The API filters restores by no backup.
    def matches(restore: Object) -> bool:
        uid = (restore["restore_info"]["backup_ref"] or {}).get("uid")
        return ref.get("uid", uid) == uid and ref.get("name", _backup_name(restore)) == _backup_name(restore)

    return [matches]


_CHECKS: dict[str, Callable[[Any], Test]] = {
    **COMMON_CHECKS,
    "cluster_name_filter": check_contains(cluster_of),
    "cluster_uid_filter": check_said(lambda said, part: part.lower() in said.lower(), _cluster_uid),
    "status": lambda statuses: lambda restore: status_of(restore) in statuses,
}

_BACKUP_PARTS = ("restore_info.backup_ref", "restore_info.backup")

RESTORE_FILTERS = Filters(
    noun="restore",
    names=FILTERS,
    translations={**COMMON_TRANSLATIONS, "cluster_ref": _cluster_ref, "backup_ref": _backup_ref},
    checks=_CHECKS,
    parts={
        **COMMON_PARTS,
        "cluster_name_filter": CLUSTER_PARTS,
        "cluster_uid_filter": CLUSTER_PARTS,
        "cluster_ref": CLUSTER_PARTS,
        "status": STATUS_PARTS,
        "backup_ref": _BACKUP_PARTS,
    },
    orders={
        **COMMON_ORDERS,
        "ClusterName": Order("2.9.0", cluster_of, CLUSTER_PARTS),
        "Size": Order("2.9.0", lambda restore: restore["restore_info"]["total_size"], ("restore_info.total_size",)),
        "RestoreBackupName": Order("2.9.0", _backup_name, _BACKUP_PARTS),
    },
    # The list has one form, a query, and gateways read no order by name from a query.
    server_sorts=False,
)

SUMMARY = Summary(
    message="RestoreObject",
    fields={
        **IDENTITY_FIELDS,
        "status": status_of,
        "reason": reason_of,
        "cluster": cluster_of,
        "backup": _backup_name,
        "namespace_mapping": lambda restore: restore["restore_info"]["namespace_mapping"],
        "total_size": lambda restore: restore["restore_info"]["total_size"],
        **OWNER_FIELDS,
    },
    repeated=("status", "reason", "cluster", "owner"),
    parts=(
        *STATUS_PARTS,
        *CLUSTER_PARTS,
        *_BACKUP_PARTS,
        "restore_info.namespace_mapping",
        "restore_info.total_size",
    ),
)
_SPEC = ListSpec(RESTORES, RESTORE_FILTERS, SUMMARY)


def list_restores(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return every restore that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    return list_objects(context, _SPEC, parameters)


def read_restores(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the restores that a name, a uid or filters select; none is an empty list."""
    return read_objects(context, _SPEC, parameters)
