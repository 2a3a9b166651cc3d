# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ONE and GET_BACKUP_RESOURCE_DETAILS: say what is there, and what is in it.

Facts: contract ``GetBackupResourceDetails``; behaviour note 2.5 (parts of a backup).
"""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.pagination import uid_of
from ..core.parameters import DETAIL_OPTIONS
from ..core.policy import BACKUP_TIMEOUT, policy_of
from ..core.references import existing_backup
from ..errors import ValidationError
from .joining import joined
from .lifecycle import status_of


def inspect_one(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return one backup, whole, after its end where the task waits for it; an absent one is an error."""
    policy = policy_of(parameters, BACKUP_TIMEOUT)
    backup = existing_backup(context.api, parameters)
    name = backup["metadata"]["name"]
    return joined(context, Outcome(False, f"Backup {name!r} is {status_of(backup)}", {"backup": backup}), policy)


def resource_details(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return what is in a backup, as far as the filters take it; all pages, or those that the task asks for."""
    _check_paging(parameters.get("filter", {}))
    backup = existing_backup(context.api, parameters)
    name, uid = backup["metadata"]["name"], uid_of(backup)
    options = {key: parameters[key] for key in DETAIL_OPTIONS if key in parameters}
    details = context.api.backup_resource_details(name, uid, options)
    paging = options.get("filter", {})
    offset = paging.get("object_index") or 0
    while "max_objects" not in paging and details["resources"]:
        start = offset + len(details["resources"])
        if start >= details["total_resource_count"]:
            break
        more = {"filter": {**paging, "object_index": start}}
        page = context.api.backup_resource_details(name, uid, more)
        if not page["resources"]:
            break
        details["resources"] += page["resources"]
    there = len(details["resources"])
    total = max(details["total_resource_count"], there)
    message = f"Backup {name!r} holds {total} resources that match"
    result = {"details": details, "total_count": total, "truncated": there < total}
    return Outcome(False, message, result)


def _check_paging(paging: dict[str, Any]) -> None:
    for name, least in (("max_objects", 1), ("object_index", 0)):
        if paging.get(name, least) < least:
            raise ValidationError(f"filter.{name} is {paging[name]}", hint=f"give {least} or more, or leave it out")
