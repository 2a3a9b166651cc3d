# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ONE and INSPECT_ALL: say what is there.

Facts: behaviour note 4 (lists), contract ``EnumerateOptions``.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from .backup_change import existing_backup
from .backup_create import joined
from .errors import ValidationError
from .listing import PAGE_SIZE, Listing, uid_of
from .model import Context, Outcome
from .status import status_of
from .waiting import BACKUP_TIMEOUT, policy_of

# Filters that the server applies, under the API's names.
SERVER_FILTERS = (
    "name_filter",
    "cluster_name_filter",
    "cluster_uid_filter",
    "include_detailed_resources",
    "owners",
    "status",
    "labels",
)


def inspect_one(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return one backup, whole, after its end where the task waits for it; an absent one is an error."""
    policy = policy_of(parameters, BACKUP_TIMEOUT)
    backup = existing_backup(context, parameters)
    name = backup["metadata"]["name"]
    return joined(context, Outcome(False, f"Backup {name!r} is {status_of(backup)}", {"backup": backup}), policy)


def inspect_all(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return every backup that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    limit = parameters.get("max_objects")
    if limit is not None and limit < 1:
        raise ValidationError(f"max_objects is {limit}", hint="give 1 or more, or leave it out for all backups")
    options = {name: parameters[name] for name in SERVER_FILTERS if name in parameters}
    backups, total = _listed(context, options, parameters.get("name"), limit)
    match = "1 backup matches" if total == 1 else f"{total} backups match"
    message = match if len(backups) == total else f"{match}, and the first {len(backups)} are returned"
    return Outcome(False, message, {"backups": backups, "total_count": total, "truncated": len(backups) < total})


def _listed(
    context: Context, options: dict[str, Any], name: str | None, limit: int | None
) -> tuple[list[dict[str, Any]], int]:
    """Return the backups up to the limit, and how many match in all."""
    if name is not None:
        # The server's name filter finds parts of names: the exact ones are picked here, so all are read.
        if options.setdefault("name_filter", name) not in name:
            return [], 0
        options["name_filter"] = name
        exact = [backup for backup in Listing(context.api, options) if backup["metadata"]["name"] == name]
        return exact[:limit], len(exact)
    listing = Listing(context.api, options, PAGE_SIZE if limit is None else min(limit, PAGE_SIZE))
    backups = list(islice(listing, limit))
    # Backups that came or went during the listing make the server's last total differ from what was read.
    return backups, listing.total_count if len(backups) == limit else len(backups)


def resource_details(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return what is in a backup, as far as the filters take it; all pages, or those that the task asks for."""
    backup = existing_backup(context, parameters)
    name, uid = backup["metadata"]["name"], uid_of(backup)
    options = {key: parameters[key] for key in DETAIL_OPTIONS if key in parameters}
    details = context.api.backup_resource_details(name, uid, options)
    paging = options.get("filter", {})
    offset = paging.get("object_index") or 0
    while "max_objects" not in paging and details["resources"]:
        start = offset + len(details["resources"])
        if start >= details["total_resource_count"]:
            break
        more = {**options, "filter": {**paging, "object_index": start}}
        page = context.api.backup_resource_details(name, uid, more)
        if not page["resources"]:
            break
        details["resources"] += page["resources"]
    there = len(details["resources"])
    total = max(details["total_resource_count"], there)
    message = f"Backup {name!r} holds {total} resources that match"
    result = {"details": details, "total_count": total, "truncated": there < total}
    return Outcome(False, message, result)


DETAIL_OPTIONS = ("filter", "force_resync", "sync_namespaces_only")
