# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GET_BACKUP_RESOURCE_DETAILS: the contents of a backup (docs/server-behaviour.md, section 1.4)."""

from __future__ import annotations

from typing import Any

from ..checks import check_number
from ..core.model import Context, Outcome
from ..core.pagination import name_of, uid_of
from ..errors import ProtocolError, ValidationError
from ..limits import LIST_OBJECTS
from .lookup import BACKUPS

# Filters that playbooks written for other tools set beside `filter`, and their names in it.
_BESIDE = {
    "namespace_filter": "namespace_filter",
    "virtual_machine_filter": "virtual_machine_filter",
    "resource_status_filter": "status",
    "max_objects": "max_objects",
    "object_index": "object_index",
}
_SWITCHES = ("force_resync", "sync_namespaces_only")


def inspect_contents(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the contents of a backup that match the filters; all pages, or those that the task asks for."""
    chosen = _merge_filters(parameters)
    backup = BACKUPS.require(context.api, parameters)
    name, uid = name_of(backup), uid_of(backup)
    switches = {key: parameters[key] for key in _SWITCHES if key in parameters}
    options = {"filter": chosen, **switches} if chosen else switches
    details = context.api.backup_resource_details(name, uid, options)
    start = chosen.get("object_index") or 0
    if "max_objects" not in chosen:
        _read_further_pages(context, backup, chosen, start, details)
    there = len(details["resources"])
    total = max(details["total_resource_count"], start + there if there else 0)
    message = f"Backup {name!r} holds {total} resources that match"
    result = {"details": details, "total_count": total, "truncated": start + there < total}
    return Outcome(False, message, result)


def _read_further_pages(
    context: Context, backup: dict[str, Any], chosen: dict[str, Any], start: int, details: dict[str, Any]
) -> None:
    """Add the resources of all further pages to the details.

    Raises:
        ProtocolError: the server's pages do not end, or repeat each other.
    """
    total = details["total_resource_count"]
    while details["resources"] and start + len(details["resources"]) < total:
        index = start + len(details["resources"])
        page = context.api.backup_resource_details(
            name_of(backup), uid_of(backup), {"filter": {**chosen, "object_index": index}}
        )
        if not page["resources"]:
            return
        if page["resources"] == details["resources"][-len(page["resources"]) :] or index > LIST_OBJECTS:
            raise ProtocolError(
                f"the server does not page the resources of backup {name_of(backup)!r}: it repeats them, and says that "
                f"there are {total}",
                hint="set filter.max_objects and filter.object_index to read a part",
            )
        details["resources"] += page["resources"]


def _merge_filters(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the filter, wherever the task sets its parts.

    Raises:
        ValidationError: a part is set twice, two parts exclude each other, or a number is out of its range.
    """
    merged = dict(parameters.get("filter") or {})
    for name, key in _BESIDE.items():
        value = parameters.get(name)
        if value is None:
            continue
        if merged.get(key, value) != value:
            raise ValidationError(
                f"{name} is {value!r}, but filter.{key} is {merged[key]!r}", hint="omit one of the two"
            )
        merged[key] = value
    if "namespace_filter" in merged and "virtual_machine_filter" in merged:
        raise ValidationError(
            "namespace_filter and virtual_machine_filter are mutually exclusive", hint="set one of the two"
        )
    for key, least in (("max_objects", 1), ("object_index", 0)):
        if key in merged:
            check_number(f"filter.{key}", merged[key], least, LIST_OBJECTS)
    return merged
