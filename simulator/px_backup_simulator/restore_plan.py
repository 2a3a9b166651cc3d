# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore will do and how it will end, worked out when it is created."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from px_backup_simulator import outcomes
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import Item
from px_backup_simulator.content import CLAIM, MACHINE, VOLUME, find_keys
from px_backup_simulator.details import matches_machine, matches_resource
from px_backup_simulator.generate import read_final_fields
from px_backup_simulator.inventory import get_namespace_labels

Json = dict[str, Any]

SUCCESS_TEXT = "Volumes and resources were restored up successfully"
PARTIAL_TEXT = "Volumes were restored successfully. Some existing resources were not replaced"
RETAINED_TEXT = "Resource restore skipped as it was already present and ReplacePolicy is set to Retain"
RESTORED_TEXT = "Resource restored successfully"
FAILED_TEXT = 'Error applying resource: admission webhook "policy.example.com" denied the request'
VOLUME_RETAINED_TEXT = "Skipped from volume restore as policy is set to Retain and pvc already exists"
VOLUME_FAILED_TEXT = "Restore failed for volume: cloudsnap restore did not succeed: simulated failure"
MISSING_TEXT = "CloudBackup objects are missing"
NO_NAMESPACE_TEXT = "an empty namespace may not be set during creation"
TEXTS = {
    "Success": SUCCESS_TEXT,
    "PartialSuccess": PARTIAL_TEXT,
    "Failed": VOLUME_FAILED_TEXT,
    "Aborted": "Restore was aborted",
    "Retained": PARTIAL_TEXT,
    "InProgress": "Volume restores are in progress",
}
# The failures of a restore, by a part of its name or by the `effects` of an outcome.
NAME_MARKS = {
    **{f"-sim-{effect.replace('_', '-')}": effect for effect in outcomes.EFFECTS if effect != "retained_restore"},
    "-sim-partial": "resource_failed",
    "-sim-retained": "retained_restore",
}
DEFAULT_CLASS = "use-default-storage-class"
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_MERGED = frozenset({"ServiceAccount", "ClusterRoleBinding"})
_OPTIONAL = frozenset({"Job"})


@dataclass(slots=True)
class RestorePlan:
    """The end of a restore, and its way there; `stuck`: it never ends."""

    status: str = "Success"
    reason: str = SUCCESS_TEXT
    mapping: dict[str, str] = field(default_factory=dict)
    resources: list[Json] = field(default_factory=list)
    volumes: list[Json] = field(default_factory=list)
    work: list[Json] = field(default_factory=list)
    labels_of: dict[str, dict[str, str]] = field(default_factory=dict)
    effects: frozenset[str] = frozenset()

    @property
    def total_size(self) -> int:
        """The size of the restored volumes, in bytes."""
        return sum(volume["total_size"] for volume in self.volumes if volume["status"]["status"] == "Success")


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """What is restored from where to where.

    Attributes:
        given: fields of RestoreInfo.
        backup: the backup.
        cluster: the target.
        now: seconds since the epoch.
        source: the cluster of the backup, None when it is not known any more.
        exclude: `exclude_resources` of the request, which RestoreInfo does not have.
    """

    given: Json
    backup: Backup
    cluster: Item
    now: float
    source: Item | None
    exclude: list[Json] = field(default_factory=list)


def find_effects(name: str, rules: list[outcomes.Outcome]) -> frozenset[str]:
    """Return the failures of a restore of this name."""
    rule = outcomes.find_outcome(name, rules)
    return frozenset(rule.effects) | {effect for mark, effect in NAME_MARKS.items() if mark in name}


def find_mapping(given: Json, backup: Backup) -> dict[str, str]:
    """Return the namespaces that are restored, source to target; without a mapping all of them onto themselves."""
    sources = _find_namespaces(given, backup)
    if given.get("filter"):
        return {name: f"{given.get('target_namespace_prefix', '')}{name}" for name in sources}
    mapping: dict[str, str] = given.get("namespace_mapping") or {name: name for name in sources}
    return {source: target for source, target in mapping.items() if source in sources}


def _find_namespaces(given: Json, backup: Backup) -> list[str]:
    names = list(read_final_fields(backup).get("namespaces") or backup.given.get("namespaces", []))
    wanted: Json = given.get("filter", {})
    if not wanted:
        return names
    kept = [entry["namespace"] for entry in _select(given, backup, names) if entry["namespace"]]
    return [name for name in names if name in kept]


def _select(given: Json, backup: Backup, namespaces: list[str]) -> list[Json]:
    """Return the resources of a backup that a restore takes, in their source namespaces."""
    final = read_final_fields(backup)
    wanted, included = given.get("filter", {}), given.get("include_resources", [])
    machines = _find_machines(final, wanted, included, backup)
    optional = {kind.lower().rstrip("s") for kind in given.get("include_optional_resource_types", [])}
    return [
        entry
        for entry in final.get("resources", [])
        if (not entry["namespace"] or entry["namespace"] in namespaces)
        and (entry["kind"] not in _OPTIONAL or entry["kind"].lower() in optional)
        and _is_chosen(entry, wanted, included, machines)
    ]


def _find_machines(final: Json, wanted: Json, included: list[Json], backup: Backup) -> set[tuple[str, str]] | None:
    """Return the resources that belong to the chosen machines, kind and name; None when machines choose nothing."""
    if backup.object_type != MACHINE or not (included or wanted.get("virtual_machine_filter")):
        return None
    listed = {entry.get("name") for entry in included if entry.get("kind") == MACHINE}
    chosen = {
        machine["name"]
        for machine in final.get("virtual_machines", [])
        if (machine["name"] in listed if included else matches_machine(machine, wanted))
    }
    return {
        (entry["resource_info"]["kind"], entry["resource_info"]["name"])
        for entry in final.get("virtual_machine_resources", [])
        if chosen & set(entry["virtual_machine_names"])
    }


def _is_chosen(entry: Json, wanted: Json, included: list[Json], machines: set[tuple[str, str]] | None) -> bool:
    if machines is not None:
        return (entry["kind"], entry["name"]) in machines
    if wanted.get("namespace_filter") and not matches_resource(entry, wanted):
        return False
    return not included or any(_is_listed(entry, other) for other in included)


def _is_listed(entry: Json, other: Json) -> bool:
    group = other.get("group") or "core"
    return bool(
        entry["name"] == other.get("name")
        and entry["kind"] == other.get("kind")
        and entry["namespace"] == other.get("namespace", "")
        and entry["group"] == group
    )


def plan_restore(order: RestoreOrder, effects: frozenset[str], uid_of: Callable[[], str]) -> RestorePlan:
    """Work a restore out."""
    given, backup, cluster = order.given, order.backup, order.cluster
    plan = RestorePlan(mapping=find_mapping(given, backup), effects=effects)
    problem = _find_problem(order, plan.mapping)
    if problem:
        plan.status, plan.reason = "Failed", problem
        return plan
    known = order.source.namespaces if order.source else {}
    plan.labels_of = {target: get_namespace_labels(known, source) for source, target in plan.mapping.items()}
    exists = find_keys(cluster, set(plan.mapping.values()))
    replace = given.get("replace_policy") == "Delete"
    chosen = [
        entry
        for entry in _select(given, backup, list(plan.mapping))
        if not any(_is_listed(entry, other) for other in order.exclude)
    ]
    _plan_volumes(plan, order, chosen, exists if not replace else set(), uid_of)
    _plan_resources(plan, chosen, exists if not replace else set())
    _apply_effects(plan)
    return plan


def _find_problem(order: RestoreOrder, mapping: dict[str, str]) -> str:
    """Return the reason of a restore that fails before it begins, empty for others."""
    cluster, backup = order.cluster, order.backup
    if cluster.status != "Online":
        return f"failed to validate access to the cluster [{cluster.name}]: {cluster.reason or cluster.status}"
    if backup.get_status(order.now)[0] == "CloudBackupMissing":
        return MISSING_TEXT
    if not mapping:
        return NO_NAMESPACE_TEXT
    for target in mapping.values():
        if not _NAMESPACE.fullmatch(target):
            return f'Namespace "{target}" is invalid: metadata.name: Invalid value: "{target}"'
    for target in order.given.get("storage_class_mapping", {}).values():
        if cluster.storage_classes and target not in (*cluster.storage_classes, DEFAULT_CLASS):
            return f"failed in getting the storage class [{target}]"
    return ""


def _plan_volumes(
    plan: RestorePlan, order: RestoreOrder, chosen: list[Json], exists: set[Any], uid_of: Callable[[], str]
) -> None:
    claims = {(entry["namespace"], entry["name"]) for entry in chosen if entry["kind"] == CLAIM}
    classes = order.given.get("storage_class_mapping", {})
    for volume in read_final_fields(order.backup).get("volumes", []):
        source = (volume["namespace"], volume["pvc"])
        # A volume that failed in the backup is skipped without a word.
        if source not in claims or volume["status"]["status"] != "Success":
            continue
        target = plan.mapping[volume["namespace"]]
        retained = (target, CLAIM, volume["pvc"]) in exists
        status = ("Retained", VOLUME_RETAINED_TEXT) if retained else ("Success", "Restore successful for volume")
        plan.volumes.append(
            {
                "pvc": volume["pvc"],
                "source_namespace": volume["namespace"],
                "source_volume": volume["name"],
                "restore_volume": "" if retained else f"pvc-{uid_of()}",
                "status": {"status": status[0], "reason": status[1]},
                "driver_name": volume["driver_name"],
                "zones": volume.get("zones", []),
                "options": volume.get("options", {}),
                "total_size": volume.get("total_size", 0),
            }
        )
        place = volume | {
            "storage_class": classes.get(volume.get("storage_class", ""), volume.get("storage_class", ""))
        }
        entry = {"kind": CLAIM, "name": volume["pvc"], "namespace": target, "group": "core", "version": "v1"}
        if not retained:
            plan.work.append({"entry": entry, "volume": place})


def _plan_resources(plan: RestorePlan, chosen: list[Json], exists: set[Any]) -> None:
    restored = {(volume["source_namespace"], volume["pvc"]) for volume in plan.volumes}
    sources = {volume["source_volume"] for volume in plan.volumes}
    for entry in chosen:
        if entry["kind"] == CLAIM and (entry["namespace"], entry["name"]) not in restored:
            continue
        if entry["kind"] == VOLUME and entry["name"] not in sources:
            continue
        target = plan.mapping[entry["namespace"]] if entry["namespace"] else ""
        placed = {**entry, "namespace": target}
        retained = (target, entry["kind"], entry["name"]) in exists and entry["kind"] not in _MERGED
        status = ("Retained", RETAINED_TEXT) if retained else ("Success", RESTORED_TEXT)
        plan.resources.append(placed | {"status": {"status": status[0], "reason": status[1]}})
        if not retained and entry["kind"] != CLAIM:
            plan.work.append({"entry": placed})


def _apply_effects(plan: RestorePlan) -> None:
    effects = plan.effects
    if "resource_missing" in effects and plan.resources:
        _drop_work(plan, plan.resources.pop(0))
    if "volume_missing" in effects and plan.volumes:
        claim = plan.volumes.pop(0)["pvc"]
        plan.resources = [entry for entry in plan.resources if (entry["kind"], entry["name"]) != (CLAIM, claim)]
        plan.work = [item for item in plan.work if (item["entry"]["kind"], item["entry"]["name"]) != (CLAIM, claim)]
    if "resource_failed" in effects and plan.resources:
        plan.resources[0]["status"] = {"status": "Failed", "reason": FAILED_TEXT}
        _drop_work(plan, plan.resources[0])
    if "volume_failed" in effects and plan.volumes:
        plan.volumes[0]["status"] = {"status": "Failed", "reason": VOLUME_FAILED_TEXT}
        plan.volumes[0]["restore_volume"] = ""
        plan.status, plan.reason, plan.resources = "Failed", VOLUME_FAILED_TEXT, []
        plan.work = [item for item in plan.work if "volume" in item and item["entry"]["name"] != plan.volumes[0]["pvc"]]
    elif any(entry["status"]["status"] != "Success" for entry in plan.resources):
        plan.status, plan.reason = "PartialSuccess", PARTIAL_TEXT
    if "retained_restore" in effects and plan.status == "PartialSuccess":
        plan.status = "Retained"


def _drop_work(plan: RestorePlan, entry: Json) -> None:
    key = (entry["kind"], entry["name"], entry["namespace"])
    plan.work = [
        item for item in plan.work if (item["entry"]["kind"], item["entry"]["name"], item["entry"]["namespace"]) != key
    ]
