# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and orders of a list of backups (docs/server-behaviour.md, sections 4.1 and 4.2)."""

from __future__ import annotations

from typing import Any, Callable

from ..api.releases import has_call
from ..core.model import Context
from ..core.selection import (
    COMMON_CHECKS,
    COMMON_ORDERS,
    COMMON_PARTS,
    COMMON_TRANSLATIONS,
    Filters,
    Object,
    Order,
    Test,
    Translate,
    check_contains,
    check_said,
)
from .lifecycle import CLUSTER_PARTS, STATUS_PARTS, cluster_of, status_of
from .option_types import canonical_type
from .options import FILTERS


def _object_type_of(backup: Object) -> str:
    return canonical_type(backup["backup_info"]["backup_object_type"])


def _cluster_uid(backup: Object) -> str:
    return str((backup["backup_info"]["cluster_ref"] or {}).get("uid") or "")


_CHECKS: dict[str, Callable[[Any], Test]] = {
    **COMMON_CHECKS,
    "cluster_name_filter": check_contains(cluster_of),
    "cluster_uid_filter": check_said(lambda said, part: part.lower() in said.lower(), _cluster_uid),
    "status": lambda statuses: lambda backup: status_of(backup) in statuses,
    "backup_object_type": check_said(lambda said, wanted: said == wanted, _object_type_of),
}


# --- what is filtered here, or must be translated for the server


_KINDS = {name: option.refers_to for name, option in FILTERS.items() if option.refers_to is not None}


def _cluster_ref(context: Context, ref: dict[str, str], options: dict[str, Any]) -> list[Test]:
    wanted = _resolve(context, "cluster_ref", ref)
    options.setdefault("cluster_name_filter", wanted["name"])
    options.setdefault("cluster_uid_filter", wanted["uid"])
    return [lambda backup: _cluster_uid(backup) == wanted["uid"]]


def _resolve(context: Context, parameter: str, ref: dict[str, str]) -> dict[str, str]:
    return context.references.resolve(parameter, _KINDS[parameter], ref)


def _object_type(context: Context, value: dict[str, str], options: dict[str, Any]) -> list[Test]:
    options["backup_object_type"] = value["type"]
    return []


def _schedules(context: Context, refs: list[dict[str, str]], options: dict[str, Any]) -> list[Test]:
    wanted = [_resolve(context, "backup_schedule_ref", ref) for ref in refs]
    if has_call("Backup.EnumerateByPost", context.api.release):
        options["backup_schedule_ref"] = wanted
    uids = {ref["uid"] for ref in wanted}
    return [lambda backup: (backup["backup_info"]["backup_schedule"] or {}).get("uid") in uids]


def _references(parameter: str) -> Translate:
    def translate(context: Context, refs: Any, options: dict[str, Any]) -> list[Test]:
        listed = refs if isinstance(refs, list) else [refs]
        options[parameter] = [_resolve(context, parameter, ref) for ref in listed]
        return []

    return translate


def _namespaces(context: Context, names: list[str], options: dict[str, Any]) -> list[Test]:
    wanted = set(names)
    return [lambda backup: not wanted.isdisjoint(backup["backup_info"]["namespaces"])]


BACKUP_FILTERS = Filters(
    noun="backup",
    names=FILTERS,
    translations={
        **COMMON_TRANSLATIONS,
        "cluster_ref": _cluster_ref,
        "backup_object_type": _object_type,
        "backup_schedule_ref": _schedules,
        "schedule_policy_ref": _references("schedule_policy_ref"),
        "volume_resource_only_policy_ref": _references("volume_resource_only_policy_ref"),
        "namespaces": _namespaces,
    },
    checks=_CHECKS,
    parts={
        **COMMON_PARTS,
        "cluster_name_filter": CLUSTER_PARTS,
        "cluster_uid_filter": CLUSTER_PARTS,
        "cluster_ref": CLUSTER_PARTS,
        "status": STATUS_PARTS,
        "backup_object_type": ("backup_info.backup_object_type",),
        "backup_schedule_ref": ("backup_info.backup_schedule",),
        "namespaces": ("backup_info.namespaces",),
    },
    orders={
        **COMMON_ORDERS,
        "ClusterName": Order("2.9.0", cluster_of, CLUSTER_PARTS),
        "Size": Order("2.9.0", lambda backup: backup["backup_info"]["total_size"], ("backup_info.total_size",)),
    },
)
