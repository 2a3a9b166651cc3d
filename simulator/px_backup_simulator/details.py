# SPDX-License-Identifier: GPL-3.0-or-later
"""GetBackupResourceDetails in its three forms; they differ in the route only, and in the filter from 2.11.0."""

from __future__ import annotations

import re
from typing import Any

from px_backup_simulator.backup import Backup
from px_backup_simulator.call import Call, find_backup
from px_backup_simulator.clock import format_time
from px_backup_simulator.listing import find_page_bounds
from px_backup_simulator.patterns import find_pattern
from px_backup_simulator.render import make_backup_message

Json = dict[str, Any]

_SAME = (
    "cluster",
    "label_selectors",
    "status",
    "stage",
    "total_size",
    "csi_snapshot_class_name",
    "resource_types",
    "backup_location_ref",
    "cluster_ref",
    "ns_label_selectors",
    "rancher_projects",
    "direct_kdmp",
    "large_resource_enabled",
    "backup_object_type",
    "skip_vm_auto_exec_rules",
    "volume_snapshot_class_mapping",
    "retention_time",
    "completion_time_info",
    "advanced_resource_label_selector",
    "virtual_machines_total_count",
    "virtual_machines_failed_count",
    "namespaces",
    "volumes",
)


def get_resource_details(call: Call) -> Json:
    """Show the resources of a backup."""
    request = call.request
    backup = find_backup(call, request.get("name", ""), request.get("uid", ""), call.org)
    message = make_backup_message(backup, call.now, "")
    info: Json = message["backup_info"]
    wanted: Json = request.get("filter", {})
    resources = [entry for entry in info.get("resources", []) if matches_resource(entry, wanted)]
    start, end = find_page_bounds(wanted, len(resources), call.settings.page_cap if wanted else 0)
    response: Json = {key: info[key] for key in _SAME if key in info}
    response["metadata"] = message["metadata"]
    response["total_resource_count"] = len(resources)
    response["filtered_namespaces"] = _group_by_namespace(resources)
    if not request.get("sync_namespaces_only"):
        response["resources"] = resources[start:end]
        response["resource_details"] = _list_machines(info, wanted)
    response |= _make_sync_status(call, backup, request)
    return {"backup": response}


def _make_sync_status(call: Call, backup: Backup, request: Json) -> Json:
    done = {"status": "Completed" if backup.has_ended(call.now) else "Pending", "updated_at": format_time(call.now)}
    if request.get("sync_namespaces_only"):
        return {"namespace_sync_status_info": done}
    return {"resources_sync_status_info": done}


def _group_by_namespace(resources: list[Json]) -> list[Json]:
    kinds: dict[str, dict[str, None]] = {}
    for entry in resources:
        kinds.setdefault(entry["namespace"], {})[entry["kind"]] = None
    return [{"namespace": name, "resource_types": list(found)} for name, found in kinds.items()]


def _list_machines(info: Json, wanted: Json) -> Json:
    machines = [machine for machine in info.get("virtual_machines", []) if matches_machine(machine, wanted)]
    if not machines:
        return {}
    return {
        "virtual_machine_list": {
            "virtual_machines": [_make_machine(info, machine) for machine in machines],
            "vm_guest_os_names_in_backup": sorted({machine["os_name"] for machine in machines}),
        }
    }


def _make_machine(info: Json, machine: Json) -> Json:
    here = [
        entry
        for entry in info.get("volumes", [])
        if entry.get("virtual_machine_name") == machine["name"] and entry["namespace"] == machine["namespace"]
    ]
    resources = [
        entry["resource_info"] | {"status": machine["status"]}
        for entry in info.get("virtual_machine_resources", [])
        if machine["name"] in entry["virtual_machine_names"]
        and entry["resource_info"]["namespace"] == machine["namespace"]
    ]
    return {
        "vm_info": machine,
        "volumes": [
            {
                "name": volume["pvc"],
                "size": volume.get("total_size", 0),
                "backup_mode": volume.get("backup_mode", {}),
                "status": volume["status"],
            }
            for volume in here
        ],
        "resources": resources,
    }


def _matches(pattern: str, text: str) -> bool:
    """Tell whether a name matches a pattern: a part of it, or with `*` for anything."""
    return find_pattern(".*".join(re.escape(part) for part in pattern.split("*")), text)


def _same(entry: Json, wanted: Json) -> bool:
    return all(entry.get(key) == value for key, value in wanted.items() if value and key != "status")


def matches_resource(entry: Json, wanted: Json) -> bool:
    """Tell whether a resource passes the namespace filter of a request."""
    rule: Json = wanted.get("namespace_filter", {})
    included, excluded = rule.get("include_resources", []), rule.get("exclude_resources", [])
    gvks = rule.get("gvks", [])
    return (
        _matches(rule.get("namespace_name_pattern", ""), entry["namespace"])
        and _matches(rule.get("resource_name_pattern", ""), entry["name"])
        and (not rule.get("include_namespaces") or entry["namespace"] in rule["include_namespaces"])
        and entry["namespace"] not in rule.get("exclude_namespaces", [])
        and (not included or any(_same(entry, other) for other in included))
        and not any(_same(entry, other) for other in excluded)
        and (not gvks or f"{entry['group']}/{entry['version']}/{entry['kind']}" in gvks or entry["kind"] in gvks)
    )


def matches_machine(machine: Json, wanted: Json) -> bool:
    """Tell whether a machine passes the machine filter of a request."""
    rule: Json = wanted.get("virtual_machine_filter", {})
    included, excluded = rule.get("include_vms", []), rule.get("exclude_vms", [])
    states = wanted.get("status", [])
    return (
        _matches(rule.get("vm_name_pattern", ""), machine["name"])
        and (not rule.get("os_name") or machine["os_name"] in rule["os_name"])
        and (not included or any(_same(machine, other) for other in included))
        and not any(_same(machine, other) for other in excluded)
        and (not states or machine["status"]["status"] in states)
    )
