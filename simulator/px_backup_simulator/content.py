# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists in a cluster: its namespaces and their objects. Restores add to it; deleting one takes nothing away.

The content is kept in the cluster's own description, so a backup of a restored namespace finds what was restored.
"""

from __future__ import annotations

from typing import Any

from px_backup_simulator.catalogue import Item
from px_backup_simulator.inventory import CLUSTER_SCOPED, describe_namespace, read_namespace

Json = dict[str, Any]
Key = tuple[str, str, str]

CLAIM = "PersistentVolumeClaim"
VOLUME = "PersistentVolume"
MACHINE = "VirtualMachine"


def find_keys(cluster: Item, namespaces: set[str]) -> set[Key]:
    """Return namespace, kind and name of every object in some namespaces, and of all that belong to none."""
    keys: set[Key] = {("", entry["kind"], entry["name"]) for entry in cluster.cluster_objects}
    for name, given in cluster.namespaces.items():
        for entry in read_namespace(name, given).objects:
            if entry.kind in CLUSTER_SCOPED or name in namespaces:
                keys.add((entry.namespace, entry.kind, entry.name))
    return keys


def add_namespace(cluster: Item, name: str, labels: dict[str, str], restore: str, *, replace: bool) -> None:
    """Create a namespace; of an existing one the missing labels are added, or all are replaced."""
    if name not in cluster.namespaces:
        empty: Json = {"resources": [], "volumes": [], "virtual_machines": []}
        cluster.namespaces[name] = {"labels": dict(labels), "restored_by": restore, **empty}
        return
    given = dict(cluster.namespaces[name] or {})
    own = given.get("labels") or {}
    given["labels"] = dict(labels) if replace else {**labels, **own}
    cluster.namespaces[name] = given


def add_object(cluster: Item, entry: Json, volume: Json | None) -> None:
    """Put an object into its namespace (or into the cluster), in place of one of the same kind and name.

    Args:
        cluster: whose content it is.
        entry: name, namespace, kind, group, version.
        volume: the volume of a claim, as a restore shows it.
    """
    if entry["kind"] == VOLUME:
        return
    if not entry["namespace"]:
        others = [other for other in cluster.cluster_objects if not _is_same(other, entry)]
        cluster.cluster_objects = [*others, {"kind": entry["kind"], "name": entry["name"]}]
        return
    name = entry["namespace"]
    described = describe_namespace(name, cluster.namespaces.get(name))
    place = _find_place(described, entry, volume)
    place[:] = [other for other in place if not _is_same(other, entry)] + [_describe(entry, volume)]
    cluster.namespaces[name] = described


def _find_place(described: Json, entry: Json, volume: Json | None) -> Any:
    """Return the list that an object belongs to: the claims and the secret of a machine are written with it."""
    machines: list[Json] = described["virtual_machines"]
    owner = (volume or {}).get("virtual_machine_name", "")
    if entry["kind"] == "Secret" and entry["name"].endswith("-cloudinit"):
        owner = entry["name"].removesuffix("-cloudinit")
        return [] if any(machine["name"] == owner for machine in machines) else described["resources"]
    for machine in machines:
        if entry["kind"] == CLAIM and machine["name"] == owner:
            return machine["volumes"]
    return described[{CLAIM: "volumes", MACHINE: "virtual_machines"}.get(entry["kind"], "resources")]


def _is_same(other: Json, entry: Json) -> bool:
    return other["name"] == entry["name"] and other.get("kind") in (None, entry["kind"])


def _describe(entry: Json, volume: Json | None) -> Json:
    if entry["kind"] == CLAIM:
        return {"name": entry["name"]} | ({"size": volume["total_size"]} if volume else {})
    if entry["kind"] == MACHINE:
        return {"name": entry["name"], "volumes": []}
    return {key: entry[key] for key in ("kind", "name", "group", "version") if key in entry}


def show_content(cluster: Item) -> Json:
    """Return the content as the control API shows it; volumes are there with their claims."""
    namespaces = {}
    for name, given in cluster.namespaces.items():
        space = read_namespace(name, given)
        namespaces[name] = {
            "labels": dict((given or {}).get("labels") or {}),
            "objects": sorted(
                f"{entry.kind}/{entry.name}" for entry in space.objects if entry.namespace and entry.kind != VOLUME
            ),
            "restored_by": (given or {}).get("restored_by", ""),
        }
    scoped = {f"{kind}/{name}" for namespace, kind, name in find_keys(cluster, set()) if not namespace}
    return {"namespaces": namespaces, "cluster_scoped": sorted(scoped)}
