# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ONE and INSPECT_ALL: say what is there.

Facts: behaviour note 4 (lists), contract ``EnumerateOptions``.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import Any, Callable

from .backup_change import existing_backup
from .backup_create import joined
from .errors import ValidationError
from .filters import selection
from .listing import PAGE_SIZE, Listing, uid_of
from .model import Context, Outcome
from .references import find_backup
from .status import status_of
from .summary import Statistics, projection
from .waiting import BACKUP_TIMEOUT, policy_of


def inspect_one(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return one backup, whole, after its end where the task waits for it; an absent one is an error."""
    policy = policy_of(parameters, BACKUP_TIMEOUT)
    backup = existing_backup(context, parameters)
    name = backup["metadata"]["name"]
    return joined(context, Outcome(False, f"Backup {name!r} is {status_of(backup)}", {"backup": backup}), policy)


def inspect_all(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return every backup that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    backups, total = _listed(context, parameters, lambda backup: backup)
    return _of_many(backups, total)


def _of_many(backups: list[Any], total: int, **more: Any) -> Outcome:
    match = "1 backup matches" if total == 1 else f"{total} backups match"
    message = match if len(backups) == total else f"{match}, limited to {len(backups)}"
    result = {"backups": backups, "total_count": total, "truncated": len(backups) < total, **more}
    return Outcome(False, message, result)


def _listed(
    context: Context, parameters: dict[str, Any], keep: Callable[[dict[str, Any]], Any]
) -> tuple[list[Any], int]:
    """Return what is kept of the backups up to the limit, and how many match in all.

    Args:
        keep: takes a backup that matches and returns what is kept of it, so that memory grows with what is
            kept and not with what passes by.
    """
    limit = parameters.get("max_objects")
    if limit is not None and limit < 1:
        raise ValidationError(f"max_objects is {limit}", hint="give 1 or more, or leave it out for all backups")
    chosen = selection(context, parameters)
    if limit is None or chosen.tests or chosen.sort_key:
        # What is picked or sorted here can only be counted when all is read. Backups that came or went during
        # the listing make the server's last total differ from what was read, so what was read is counted.
        matching = (backup for backup in Listing(context.api, chosen.options) if chosen.takes(backup))
        if chosen.sort_key is None:
            kept = [keep(backup) for backup in matching]
        else:
            keyed = [(chosen.sort_key(backup), keep(backup)) for backup in matching]
            keyed.sort(key=itemgetter(0), reverse=chosen.reverse)
            kept = [item for _key, item in keyed]
        return kept[:limit], len(kept)
    listing = Listing(context.api, chosen.options, min(limit, PAGE_SIZE))
    kept = [keep(backup) for backup in islice(listing, limit)]
    return kept, max(listing.total_count, len(kept)) if len(kept) == limit else len(kept)


INFO_OPTIONS = ("fields", "summary", "statistics")


def info(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the backups that a name, a uid or filters mean; none is an empty list."""
    keep = projection(parameters)
    counts = Statistics()
    wanted = parameters.get("statistics") is True

    def look(backup: dict[str, Any]) -> Any:
        if wanted:
            counts.add(backup)
        return keep(backup)

    if "uid" in parameters:
        others = sorted(set(parameters) - {"uid", "name", *INFO_OPTIONS})
        if others:
            raise ValidationError(
                f"uid means one backup, and {', '.join(others)} narrows a list", hint="leave them out"
            )
        found = find_backup(context.api, parameters.get("name", ""), parameters["uid"])
        backups, total = ([look(found)], 1) if found else ([], 0)
    else:
        # Statistics are of all that match, so all are read whatever the limit.
        limit = parameters.get("max_objects")
        read = {name: value for name, value in parameters.items() if not (wanted and name == "max_objects")}
        backups, total = _listed(context, read, look)
        backups = backups[:limit]
    return _of_many(backups, total, **({"statistics": counts.as_dict()} if wanted else {}))


def resource_details(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return what is in a backup, as far as the filters take it; all pages, or those that the task asks for."""
    _check_paging(parameters.get("filter", {}))
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


DETAIL_OPTIONS = ("filter", "force_resync", "sync_namespaces_only")
