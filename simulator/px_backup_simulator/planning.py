# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup will find and how it will end, worked out when it is created."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from px_backup_simulator import inventory, outcomes
from px_backup_simulator.catalogue import Item
from px_backup_simulator.inventory import KubernetesObject, Namespace
from px_backup_simulator.label_selectors import contains, fault_of, selector

Json = dict[str, Any]

VIRTUAL_MACHINE = "VirtualMachine"
MACHINE_GROUP = "kubevirt.io"
_CLAIM = "PersistentVolumeClaim"
_VOLUME = "PersistentVolume"
VM_TYPES_TEXT = "Error validating parameters: resourceType should be nil for backup Object type VirtualMachine"
VM_RULES_TEXT = (
    "Error validating parameters: exec Rules are specified but skipAutoExecRules is not set to true "
    "for backup Object type VirtualMachine"
)


@dataclass(slots=True)
class Plan:
    """The end of a run."""

    status: str = "Success"
    reason: str = outcomes.SUCCESS_TEXT
    namespaces: list[str] = field(default_factory=list)
    objects: list[KubernetesObject] = field(default_factory=list)
    volumes: list[Json] = field(default_factory=list)
    machines: list[Json] = field(default_factory=list)


def is_vm_backup(given: Json) -> bool:
    """Tell whether a backup is one of virtual machines."""
    return bool(given.get("backup_object_type", {}).get("type") == VIRTUAL_MACHINE)


def find_missing_namespaces(given: Json, cluster: Item) -> list[str]:
    """Return the namespaces that are requested and do not exist."""
    if given.get("ns_label_selectors"):
        return []
    return [name for name in given.get("namespaces", []) if name != "*" and name not in cluster.namespaces]


def plan_run(given: Json, cluster: Item, location: Item) -> Plan:
    """Work out what a backup with these settings (a BackupInfo) will find on the cluster."""
    problem = _find_problem(given, cluster, location)
    if problem:
        return Plan("Failed", problem, list(given.get("namespaces", [])))
    names = _resolve_namespaces(given, cluster)
    plan = Plan(namespaces=names)
    if given.get("ns_label_selectors") and not names:
        wanted = given["ns_label_selectors"]
        plan.reason = f"Namespace label selector [{wanted}] did not find any namespaces with selected labels for backup"
        return plan
    spaces = [inventory.read_namespace(name, cluster.namespaces.get(name)) for name in names]
    for space in spaces:
        _collect(plan, given, space)
    return plan


def _find_problem(given: Json, cluster: Item, location: Item) -> str:
    if cluster.status != "Online":
        detail = cluster.reason or f"cluster status is {cluster.status}"
        return f"failed to validate access to the cluster [{cluster.name}]: {detail}"
    if location.status not in ("Valid", "LimitedAvailability"):
        detail = location.reason or f"status is {location.status}"
        return f"failed to validate backup location [{location.name}]: {detail}"
    if is_vm_backup(given):
        if given.get("resource_types"):
            return VM_TYPES_TEXT
        rules = [given.get(key, {}).get("name") for key in ("pre_exec_rule_ref", "post_exec_rule_ref")]
        if any(rules) and not given.get("skip_vm_auto_exec_rules"):
            return VM_RULES_TEXT
    for name in find_missing_namespaces(given, cluster):
        return f'Error checking for namespace {name}: namespaces "{name}" not found'
    return _find_selector_problem(given)


def _find_selector_problem(given: Json) -> str:
    """Return why a backup with an invalid selector fails. That it fails so is an assumption."""
    wanted = given.get("ns_label_selectors", "")
    fault = fault_of(wanted)
    if fault:
        return f"error listing namespaces with label selectors: {wanted}, error: {fault}"
    fault = fault_of(given.get("advanced_resource_label_selector", ""))
    return f"Error preparing resources for backup: {fault}" if fault else ""


def _resolve_namespaces(given: Json, cluster: Item) -> list[str]:
    known = cluster.namespaces
    if given.get("ns_label_selectors"):
        chosen = selector(given["ns_label_selectors"])
        return [name for name in known if chosen(inventory.get_namespace_labels(known, name))]
    names = list(given.get("namespaces", []))
    if "*" in names:
        everything = [name for name in known if name not in inventory.SYSTEM_NAMESPACES]
        if is_vm_backup(given):
            return [name for name in everything if inventory.has_machines(known, name)]
        return everything
    for entry in given.get("include_resources", []):
        name = entry.get("namespace", "")
        if name and name in known and name not in names:
            names.append(name)
    return list(dict.fromkeys(names))


def _collect(plan: Plan, given: Json, space: Namespace) -> None:
    listed = [entry for entry in given.get("include_resources", []) if entry.get("namespace") == space.name]
    if is_vm_backup(given):
        chosen = _collect_machines(plan, space, listed)
    elif listed:
        chosen = [thing for thing in space.objects if any(_matches(thing, entry) for entry in listed)]
    else:
        kinds = set(given.get("resource_types", []))
        chosen = [thing for thing in space.objects if not kinds or thing.kind in kinds or _goes_with(thing, kinds)]
    chosen = _filter_by_labels(given, [thing for thing in chosen if not _is_excluded(thing, given)])
    claims = {thing.name for thing in chosen if thing.kind == _CLAIM}
    volume_names = {space.volumes[name]["name"] for name in claims if name in space.volumes}
    objects = [thing for thing in chosen if thing.kind != _VOLUME]
    objects += [thing for thing in space.objects if thing.kind == _VOLUME and thing.name in volume_names]
    plan.objects += objects
    plan.volumes += [dict(space.volumes[name]) for name in space.volumes if name in claims]


def _collect_machines(plan: Plan, space: Namespace, listed: list[Json]) -> list[KubernetesObject]:
    wanted = {entry.get("name") for entry in listed if _names_machine(entry)}
    names = [name for name in space.machines if not listed or name in wanted]
    plan.machines += [{"name": name, "namespace": space.name, "os_name": space.machines[name]} for name in names]
    return [thing for thing in space.objects if thing.virtual_machine in names]


def _names_machine(entry: Json) -> bool:
    """Tell whether an entry of a VM backup's list counts; other kinds are ignored."""
    return bool(entry.get("kind") == VIRTUAL_MACHINE and entry.get("group") == MACHINE_GROUP)


def _matches(thing: KubernetesObject, entry: Json) -> bool:
    group = entry.get("group") or "core"
    return bool(
        thing.name == entry.get("name")
        and thing.kind == entry.get("kind")
        and thing.group == group
        and entry.get("version") in (None, "", thing.version)
    )


def _goes_with(thing: KubernetesObject, kinds: set[str]) -> bool:
    return thing.kind == _VOLUME and _CLAIM in kinds


def _is_excluded(thing: KubernetesObject, given: Json) -> bool:
    return thing.kind.lower() in {kind.lower() for kind in given.get("exclude_resource_types", [])}


def _filter_by_labels(given: Json, objects: list[KubernetesObject]) -> list[KubernetesObject]:
    if given.get("advanced_resource_label_selector"):
        chosen = selector(given["advanced_resource_label_selector"])
        return [thing for thing in objects if thing.kind == _VOLUME or chosen(thing.labels)]
    wanted = given.get("label_selectors", {})
    return [thing for thing in objects if thing.kind == _VOLUME or contains(thing.labels, wanted)]
