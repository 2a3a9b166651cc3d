# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and single objects of every kind but backups; version, health and resource types."""

from __future__ import annotations

from typing import Any

from px_backup_simulator import access
from px_backup_simulator.call import Call, find_item, find_reference, make_denied
from px_backup_simulator.catalogue import DEFAULT_RESOURCE_TYPES, KINDS, Item, Kind
from px_backup_simulator.errors import INVALID_ARGUMENT, ApiError
from px_backup_simulator.label_selectors import contains
from px_backup_simulator.listing import find_page_bounds
from px_backup_simulator.schedules import find_backups_of, find_schedules_of, make_backup_status

Json = dict[str, Any]


def enumerate_items(call: Call, kind: Kind) -> Json:
    """Show the objects of a kind that the caller may see."""
    options = _get_options(call.request)
    items = [item for item in call.world.items[kind.name].values() if _matches(call, item, options)]
    start, end = find_page_bounds(options, len(items), _find_page_cap(call, options))
    secrets = bool(call.request.get("include_secrets"))
    status = kind.name != "backup_location" or bool(call.request.get("include_validation_state"))
    page = [_show(call, item, secrets=secrets, status=status) for item in items[start:end]]
    return {kind.list_key: page, "total_count": len(items), "complete": end >= len(items)}


def _find_page_cap(call: Call, options: Json) -> int:
    """Return the longest page: `reference_page_cap` counts also where the request asks for no page."""
    return call.settings.reference_page_cap or (call.settings.page_cap if options else 0)


def _get_options(request: Json) -> Json:
    options: Json = request.get("enumerate_options", {})
    generic: Json = options.get("generic_enumerate_options", options)
    return generic


def _matches(call: Call, item: Item, options: Json) -> bool:
    labels = call.request.get("labels", {}) | options.get("labels", {})
    return (
        item.org == call.org
        and access.may_see_item(item, call.user)
        and contains(item.labels, labels)
        and options.get("name_filter", "") in item.name
        and _refers_to(item, "cloud_credential_ref", call.request.get("cloud_credential_ref", {}))
        and _refers_to(item, "backup_location_ref", call.request.get("backup_location_ref", {}))
    )


def _refers_to(item: Item, field: str, wanted: Json) -> bool:
    has = item.info.get(field, {})
    return all(has.get(key) == value for key, value in wanted.items() if value)


def _show(call: Call, item: Item, *, secrets: bool, status: bool = True) -> Json:
    """Show an object, with what follows from others: the backups of a schedule, the schedules of a policy."""
    shown = item.to_message(secrets=secrets, status=status)
    info: Json = shown[KINDS[item.kind].info]
    if item.kind == "backup_schedule":
        info.setdefault("backup_status", make_backup_status(call.world, item))
    elif item.kind == "schedule_policy":
        info.setdefault("backup_schedule", find_schedules_of(call.world, item))
    return shown


def delete_schedule(call: Call) -> Json:
    """Delete one schedule: its backups too with the reclaim policy Delete, else they stay and nobody rotates them."""
    name = call.request.get("name", "")
    if not name:
        raise ApiError(INVALID_ARGUMENT, "the simulator deletes one schedule at a time: name cannot be empty")
    item = find_item(call, "backup_schedule", name, call.request.get("uid", ""), call.org)
    if not access.may_write_item(item, call.user):
        raise make_denied(call, "delete", "backup schedule")
    if item.info.get("reclaim_policy") == "Delete":
        for backup in find_backups_of(call.world, item):
            call.world.ask_delete(backup, call.settings)
    call.world.drop_item(item)
    return {}


def inspect_item(call: Call, kind: Kind) -> Json:
    """Show one object."""
    item = find_item(call, kind.name, call.request.get("name", ""), call.request.get("uid", ""), call.org)
    return {kind.item_key: _show(call, item, secrets=bool(call.request.get("include_secrets")))}


def list_resource_types(call: Call) -> Json:
    """List the kinds that a cluster can back up."""
    cluster = find_reference(call, "cluster", call.request.get("cluster_ref", {}), "", call.org)
    return {"resource_types": cluster.resource_types if cluster else list(DEFAULT_RESOURCE_TYPES)}


def get_version(call: Call) -> Json:
    """Show the release of the server."""
    major, minor, patch = call.surface.release.split(".")
    return {
        "version": {
            "major": major,
            "minor": minor,
            "patch": patch,
            "git_commit": "0000000",
            "build_date": "2026-01-01T00:00:00Z",
        }
    }


def get_health(call: Call) -> Json:
    """Show that the server is healthy: an empty response."""
    return {}
