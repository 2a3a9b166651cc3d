# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks whose results are recorded, the world in which they run, and the faults that they meet."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

DAY = 86400
REFERENCES = {"cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}

WORLD: tuple[dict[str, Any], ...] = (
    {"kind": "backup", "name": "good", "labels": {"team": "a", "tier": "gold"}, "namespaces": ["shop"], "age": DAY},
    {"kind": "backup", "name": "partial", "status": "PartialSuccess", "reason": "a volume failed", "age": 2 * DAY},
    {
        "kind": "backup",
        "name": "failed",
        "status": "Failed",
        "reason": "disk full",
        "namespaces": ["shop"],
        "age": 3 * DAY,
    },
    {"kind": "backup", "name": "gone", "status": "CloudBackupMissing", "age": 40 * DAY, "namespaces": ["web"]},
    {"kind": "backup", "name": "going", "status": "Deleting", "namespaces": ["shop"]},
    {"kind": "backup", "name": "twice", "namespaces": ["shop"], "age": 9 * DAY},
    {"kind": "backup", "name": "twice", "namespaces": ["web"], "age": 9 * DAY, "owner": "somebody-else", "new": True},
    {"kind": "backup", "name": "foreign", "namespaces": ["web"], "age": 5 * DAY, "owner": "somebody-else"},
    {
        "kind": "backup",
        "name": "shared",
        "age": 4 * DAY,
        "share": {
            "collaborators": [{"id": "bob", "access": "View"}],
            "groups": [{"id": "ops", "access": "FullAccess"}],
        },
    },
    {"kind": "restore", "name": "back", "backup": "good", "cluster": "prod-us", "namespace_mapping": {"shop": "copy"}},
    {
        "kind": "restore",
        "name": "lost",
        "backup": "good",
        "cluster": "prod-us",
        "status": "Failed",
        "reason": "no disk",
    },
)

FAULTS: dict[str, dict[str, Any]] = {
    "connection lost before": {"kind": "drop_before"},
    "connection lost after": {"kind": "drop_after"},
    "500 before": {"kind": "grpc_error", "code": 2, "text": "database is away", "process": False},
    "500 after": {"kind": "grpc_error", "code": 13, "text": "database is away", "process": True},
    "503 after": {"kind": "status", "status": 503, "process": True},
    "already exists before": {"kind": "grpc_error", "code": 6, "text": "object already exists"},
    "permission": {"kind": "grpc_error", "code": 7, "text": "access denied"},
    "another kind not found": {"kind": "contradiction", "process": True},
    "not found": {"kind": "stale_not_found"},
    "not found with 502, after": {"kind": "stale_not_found", "status": 502, "process": True},
    "empty list": {"kind": "stale_list"},
    "another object": {"kind": "other_object"},
    "another name": {"kind": "other_object", "name": "stranger"},
    "no uid": {"kind": "short_body", "keys": ["uid"]},
    "no status": {"kind": "short_body", "keys": ["status"]},
    "empty response": {"kind": "short_body"},
    "accepted without an effect": {"kind": "status", "status": 200, "body": {}},
}

# The faults that also come each time from then on.
LASTING = ("connection lost after", "500 after", "not found")


class Task(NamedTuple):
    """A task.

    Attributes:
        before: what must be there before, beside the world.
        faults: whether it meets the faults of `FAULTS`, each at each of its calls.
        settings: of the simulator.
        fault: a rule for every run.
    """

    module: str
    parameters: dict[str, Any]
    before: tuple[dict[str, Any], ...] = ()
    faults: bool = False
    settings: dict[str, Any] = {}
    fault: dict[str, Any] | None = None

    @property
    def world(self) -> tuple[dict[str, Any], ...]:
        """The objects that are there before: all for a list, otherwise those that the task names, and their backups."""
        lists = self.module.endswith(("_info", "prune")) or self.parameters.get("operation") == "INSPECT_ALL"
        text = json.dumps(self.parameters)
        named = [item for item in WORLD if lists or f'"{item["name"]}"' in text]
        sources = {item["backup"] for item in (*named, *self.before) if "backup" in item}
        return (*(item for item in WORLD if item in named or item["name"] in sources), *self.before)

    @property
    def writes(self) -> bool:
        """Whether the task can change something."""
        reads = ("INSPECT_ONE", "INSPECT_ALL", "GET_BACKUP_RESOURCE_DETAILS")
        return not self.module.endswith("_info") and self.parameters.get("operation") not in reads


def _backup(operation: str, name: str = "", faults: bool = False, **parameters: Any) -> Task:
    named = {"name": name} if name else {}
    return Task("backup", {"operation": operation, **named, **parameters}, faults=faults)


def _create(name: str = "new", faults: bool = False, **parameters: Any) -> Task:
    return _backup("CREATE", name, faults, **{**REFERENCES, "namespaces": ["shop"], **parameters})


def _restore(operation: str, name: str = "", faults: bool = False, **parameters: Any) -> Task:
    return _backup(operation, name, faults, **parameters)._replace(module="restore")


def _restored(name: str = "new", faults: bool = False, **parameters: Any) -> Task:
    usual = {"backup_ref": {"name": "good"}, "cluster_ref": {"name": "prod-us"}, "namespace_mapping": {"shop": "new"}}
    return _restore("CREATE", name, faults, **{**usual, **parameters})


def _batch(faults: bool = False, **parameters: Any) -> Task:
    return Task("backup_batch", {"concurrency": 1, **parameters}, faults=faults)


def _prune(faults: bool = False, **parameters: Any) -> Task:
    return Task("backup_prune", {"concurrency": 1, **parameters}, faults=faults)


def _info(module: str = "backup_info", **parameters: Any) -> Task:
    return Task(module, parameters)


WAIT = {"wait": True, "wait_timeout": 60, "wait_interval": 10}
READ = [{"id": "platform", "access": "Read"}]
VIEW = [{"id": "platform", "access": "View"}]
BOB = {"id": "bob", "access": "View"}
HISTORY = tuple(
    {"kind": "backup", "name": f"daily-{day:02}", "age": day * DAY + 3600, "namespaces": ["billing"]}
    for day in range(1, 13)
)

RUNNING = {"kind": "backup", "name": "running", "status": "InProgress", "namespaces": ["shop"]}
TAKEN = {"kind": "backup", "name": "taken", "namespaces": ["shop"]}
PLANNED = (
    {"kind": "backup", "name": "planned", "backup_schedule": "shop-nightly", "schedule_policy": "nightly"},
    {"kind": "backup", "name": "by-hand"},
)
MACHINES = {"kind": "backup", "name": "machines", "namespaces": ["vms"], "backup_object_type": "VirtualMachine"}
BUSY = {"kind": "restore", "name": "busy", "backup": "good", "cluster": "prod-us", "status": "InProgress"}
WIDE = {"kind": "backup", "name": "wide", "namespaces": ["shop", "web"]}
WEB = {"name": "web", "namespace": "shop", "gvk": "apps/v1/Deployment"}
BROKEN_UID = "12345678-0000-4000-8000-000000000000"
BROKEN = {
    "kind": "backup",
    "name": "broken",
    "uid": BROKEN_UID,
    "status": "PartialSuccess",
    "namespaces": ["vms"],
    "info": {
        "virtual_machines": [
            {"name": "db-vm", "namespace": "vms", "status": {"status": "Failed", "reason": "no agent"}},
            {"name": "app-vm", "namespace": "vms", "status": {"status": "Success"}},
            {"name": "old-vm", "namespace": "vms", "status": {"status": "Invalid"}},
        ]
    },
}


def _retried(name: str = "broken-retry-1", status: str = "InProgress", **info: Any) -> dict[str, Any]:
    """Return a retry of the broken backup."""
    parent = {"retry_parent": {"name": "broken", "uid": BROKEN_UID}}
    return {"kind": "backup", "name": name, "status": status, "namespaces": ["vms"], "info": {**parent, **info}}


def _machine(name: str) -> dict[str, str]:
    return {"name": name, "namespace": "vms", "group": "kubevirt.io", "kind": "VirtualMachine", "version": "v1"}


BACKUPS = {
    "create": _create(faults=True, labels={"team": "a"}),
    "create and wait": _create(faults=True, **WAIT),
    "create and wait too shortly": _create(wait=True, wait_timeout=5, wait_interval=2),
    "create what fails": _create("new-sim-failed", **WAIT),
    "create what fails in part": _create("new-sim-partial", **WAIT),
    "create what fails in part, with a warning": _create("new-sim-partial", on_partial="warn", **WAIT),
    "create what fails in part, accepted": _create("new-sim-partial", on_partial="accept", **WAIT),
    "create what never ends": _create("new-sim-stuck", **WAIT),
    "create an empty one": _create(namespaces=["empty"], label_selectors={"a": "b"}, **WAIT),
    "create an empty one that must not be": _create(
        namespaces=["empty"], on_empty="fail", label_selectors={"a": "b"}, **WAIT
    ),
    "create the same again": _create("good", True, labels={"team": "a", "tier": "gold"}),
    "create another of the name": _create("good", True, namespaces=["web"], labels={"team": "b"}, direct_kdmp=True),
    "create with the name of a failed one": _create("failed"),
    "create with the name of one that is deleted": _create("going"),
    "create with a name that exists twice": _create("twice"),
    "create with the name of another user's": _create("foreign"),
    "create in an unknown cluster": _create(cluster_ref={"name": "nowhere"}),
    "create in a cluster that is offline": _create(cluster_ref={"name": "edge-01"}),
    "create in a broken location": _create(backup_location_ref={"name": "s3-broken"}, preflight="strict"),
    "create of a missing namespace": _create(namespaces=["nowhere"]),
    "create without checks": _create(namespaces=["nowhere"], preflight="off"),
    "create of types that do not exist": _create(resource_types=["deployments", "Secret"]),
    "create with rules": _create(pre_exec_rule_ref={"name": "pre-quiesce"}, post_exec_rule_ref={"name": "post-resume"}),
    "create of resources": _create(
        namespaces=["shop", "web"],
        include_resources=[{"name": "web", "namespace": "web", "gvk": "apps/v1/Deployment"}],
    ),
    "create of machines": _create(
        namespaces=["vms"],
        backup_object_type={"type": "VirtualMachine"},
        include_resources=[{"name": "db-vm", "namespace": "vms", "gvk": "kubevirt.io/v1/VirtualMachine"}],
        skip_vm_auto_exec_rules=True,
        **WAIT,
    ),
    "create of machines with types": _create(
        namespaces=["vms"], backup_object_type={"type": "VirtualMachine"}, resource_types=["Secret"]
    ),
    "create by selector": _create(namespaces=[], ns_label_selectors="a=b"),
    "create for others": _create(
        ownership={"owner": "", "groups": READ, "collaborators": [], "public": {"type": "Read"}}
    ),
    "update": _backup("UPDATE", "good", True, labels={"team": "b"}),
    "update of nothing new": _backup("UPDATE", "good", labels={"team": "a", "tier": "gold"}),
    "update to no labels": _backup("UPDATE", "good", labels={}),
    "update of the ownership": _backup("UPDATE", "good", ownership={"groups": [{"id": "ops", "access": "Read"}]}),
    "update of the credential": _backup("UPDATE", "good", cloud_credential_ref={"name": "aws-rotated"}),
    "update of what is fixed": _backup("UPDATE", "good", namespaces=["web"], labels={"team": "b"}),
    "update of what is fixed and the same": _backup("UPDATE", "good", namespaces=["shop"], labels={"team": "b"}),
    "update of a missing one": _backup("UPDATE", "missing", labels={"team": "b"}),
    "update of one that is deleted": _backup("UPDATE", "going", labels={"team": "b"}),
    "update of another user's": _backup("UPDATE", "foreign", labels={"team": "b"}),
    "update of one of two": _backup("UPDATE", "twice", labels={"team": "b"}),
    "delete": _backup("DELETE", "good", True),
    "delete and wait": _backup("DELETE", "good", True, **WAIT),
    "delete a missing one": _backup("DELETE", "missing"),
    "delete a missing one and wait": _backup("DELETE", "missing", **WAIT),
    "delete a missing uid": _backup("DELETE", uid="99999999-0000-4000-8000-000000000000", **WAIT),
    "delete one that is deleted": _backup("DELETE", "going", **WAIT),
    "delete another user's": _backup("DELETE", "foreign"),
    "delete one of two": _backup("DELETE", "twice"),
    "inspect": _backup("INSPECT_ONE", "good", True),
    "inspect some fields": _backup("INSPECT_ONE", "good"),
    "inspect a missing one": _backup("INSPECT_ONE", "missing"),
    "inspect one of two": _backup("INSPECT_ONE", "twice"),
    "list": _backup("INSPECT_ALL", "", True),
    "list some": _backup("INSPECT_ALL", labels={"team": "a"}, status=["Success"], max_objects=5),
    "list sorted": _backup("INSPECT_ALL", sort_option={"sort_by": "Name", "sort_order": "Descending"}, max_objects=2),
    "list a time": _backup("INSPECT_ALL", time_range={"start": "2025-12-20T00:00:00Z", "end": "2025-12-31T12:00:00Z"}),
    "list of a cluster": _backup("INSPECT_ALL", cluster_ref={"name": "prod-eu"}, namespaces=["shop"]),
    "list by owner": _backup("INSPECT_ALL", owners=["somebody-else"], name_filter="o"),
    "list by options of newer releases": _backup("INSPECT_ALL", vm_volume_name="disk", exclude_failed_resource=True),
    "share": _backup("UPDATE_BACKUP_SHARE", "good", True, backup_share={"groups": VIEW}),
    "share as it is": _backup("UPDATE_BACKUP_SHARE", "shared", backup_share={"collaborators": [BOB]}),
    "share with nobody": _backup("UPDATE_BACKUP_SHARE", "shared", backup_share={"collaborators": [], "groups": []}),
    "share with a login name": _backup("UPDATE_BACKUP_SHARE", "good", backup_share={"collaborators": [BOB]}),
    "share another user's": _backup("UPDATE_BACKUP_SHARE", "foreign", backup_share={"groups": VIEW}),
    "details": _backup("GET_BACKUP_RESOURCE_DETAILS", "good"),
    "details of a part": _backup("GET_BACKUP_RESOURCE_DETAILS", "good", filter={"max_objects": 2, "object_index": 1}),
    "details of namespaces": _backup(
        "GET_BACKUP_RESOURCE_DETAILS", "good", namespace_filter={"include_namespaces": ["shop"]}
    ),
    "details of two filters": _backup(
        "GET_BACKUP_RESOURCE_DETAILS", "good", namespace_filter={}, virtual_machine_filter={"vm_name_pattern": "x"}
    ),
    "details of a missing one": _backup("GET_BACKUP_RESOURCE_DETAILS", "missing"),
    "retry": _backup("RETRY_BACKUP_RESOURCES", "failed", True),
    "retry and wait": _backup("RETRY_BACKUP_RESOURCES", "partial", True, **WAIT),
    "retry a good one": _backup("RETRY_BACKUP_RESOURCES", "good"),
    "retry a missing one": _backup("RETRY_BACKUP_RESOURCES", "missing"),
    "retry another user's": _backup("RETRY_BACKUP_RESOURCES", "foreign"),
    "retry one that is deleted": _backup("RETRY_BACKUP_RESOURCES", "going"),
    "info": _info(summary=True, statistics=True),
    "info of one": _info(name="good", fields=["metadata.name", "backup_info.status"]),
    "info of a missing one": _info(name="missing"),
    "info of a time": _info(time_range={"start": "5d"}, summary=True, max_objects=3),
    "info, newest first": _info(sort_option={"sort_by": "CreationTimestamp"}, fields=["metadata.name"]),
    "info of an exact name": _info(name="good")._replace(before=({"kind": "backup", "name": "goods"},)),
    "an option of other operations": _backup("DELETE", "good", labels={"a": "b"}),
    "an option of one other operation": _backup("INSPECT_ONE", "good", force=True),
    "list that ignores a filter": _backup("INSPECT_ALL", name_filter="good")._replace(
        fault={"kind": "other_object", "times": 0}
    ),
    "info, page by page": _info(summary=True)._replace(settings={"page_cap": 2}),
    "create with a cluster that contradicts": _create(cluster="prod-us"),
    "create with a cluster that agrees": _create(cluster="prod-eu"),
    "create of a name that another's has": _create("taken")._replace(before=({**TAKEN, "owner": "somebody-else"},)),
    "create of one that is running": _create("running", **WAIT)._replace(before=(RUNNING,)),
    "create without a word about namespaces": _create(namespaces=None, ns_label_selectors="team=shop", **WAIT),
    "inspect and wait": _backup("INSPECT_ONE", "running", True, **WAIT)._replace(before=(RUNNING,)),
    "inspect a good one and wait": _backup("INSPECT_ONE", "good", **WAIT),
    "inspect a partial one and wait": _backup("INSPECT_ONE", "partial", **WAIT),
    "inspect a partial one and wait, with a warning": _backup("INSPECT_ONE", "partial", on_partial="warn", **WAIT),
    "inspect a failed one and wait": _backup("INSPECT_ONE", "failed", **WAIT),
    "inspect one that is deleted and wait": _backup("INSPECT_ONE", "going", **WAIT),
    "inspect one whose data is missing and wait": _backup("INSPECT_ONE", "gone", **WAIT),
    "inspect and wait with the times of the server": _backup("INSPECT_ONE", "stuck", wait=True)._replace(
        before=({**RUNNING, "name": "stuck", "duration": 10**6},)
    ),
    "delete and wait with the times of the server": _backup("DELETE", "good", wait=True)._replace(
        settings={"delete_seconds": 10**6}
    ),
    "create and wait with the times of the server": _create("new-sim-stuck", wait=True),
    "retry and wait with the times of the server": _backup(
        "RETRY_BACKUP_RESOURCES", "new-sim-stuck-sim-stubborn", wait=True
    )._replace(before=({"kind": "backup", "name": "new-sim-stuck-sim-stubborn", "status": "Failed"},)),
    "delete through a cluster": _backup("DELETE", "good", cluster="prod-us"),
    "delete through a cluster of the object": _backup("DELETE", "good", cluster_ref={"name": "prod-us"}),
    "delete through one cluster twice": _backup("DELETE", "good", cluster="prod-us", cluster_ref={"name": "prod-us"}),
    "delete through two clusters": _backup("DELETE", "good", cluster="prod-eu", cluster_ref={"name": "prod-us"}),
    "delete through an unknown cluster": _backup("DELETE", "good", cluster="nowhere"),
    "delete through an unknown object": _backup("DELETE", "good", cluster_ref={"name": "nowhere"}),
    "delete with force": _backup("DELETE", "good", force=True),
    "delete a missing one with force": _backup("DELETE", "missing", force=True),
    "list by schedules": _backup("INSPECT_ALL", backup_schedule_ref=[{"name": "shop-nightly"}])._replace(
        before=PLANNED
    ),
    "list by an unknown schedule": _backup("INSPECT_ALL", backup_schedule_ref=[{"name": "nowhere"}]),
    "list by schedules of an old release": _backup(
        "INSPECT_ALL", backup_schedule_ref=[{"name": "shop-nightly"}]
    )._replace(before=PLANNED, settings={"release": "2.8.1"}),
    "list by a policy": _backup("INSPECT_ALL", schedule_policy_ref=[{"name": "nightly"}])._replace(before=PLANNED),
    "list by the type of objects": _backup("INSPECT_ALL", backup_object_type={"type": "VirtualMachine"})._replace(
        before=(MACHINES,)
    ),
    "list by parts of clusters": _backup("INSPECT_ALL", cluster_name_filter="EU"),
    "list by the uid of a cluster": _backup("INSPECT_ALL", cluster_uid_filter="no such"),
    "list by size": _backup("INSPECT_ALL", sort_option={"sort_by": "Size", "sort_order": "Ascending"}),
    "list by cluster": _backup("INSPECT_ALL", sort_option={"sort_by": "ClusterName", "sort_order": "Descending"}),
    "details set twice": _backup(
        "GET_BACKUP_RESOURCE_DETAILS", "good", filter={"max_objects": 2, "status": ["Success"]}, max_objects=3
    ),
    "details set twice the same": _backup(
        "GET_BACKUP_RESOURCE_DETAILS", "good", filter={"max_objects": 2}, max_objects=2, object_index=1
    ),
    "details of too many": _backup("GET_BACKUP_RESOURCE_DETAILS", "good", max_objects=0),
    "details from before the first": _backup("GET_BACKUP_RESOURCE_DETAILS", "good", filter={"object_index": -1}),
    "details from the last": _backup("GET_BACKUP_RESOURCE_DETAILS", "good", object_index=2),
    "details of states": _backup("GET_BACKUP_RESOURCE_DETAILS", "partial", resource_status_filter=["Failed"]),
    "details read again": _backup("GET_BACKUP_RESOURCE_DETAILS", "good", force_resync=True, sync_namespaces_only=True),
    "retry of resources": _backup("RETRY_BACKUP_RESOURCES", "partial", include_resources=[WEB]),
    "retry of machines": _backup("RETRY_BACKUP_RESOURCES", "broken", **WAIT)._replace(before=(BROKEN,)),
    "retry one whose retry runs": _backup("RETRY_BACKUP_RESOURCES", "broken", **WAIT)._replace(
        before=(BROKEN, _retried())
    ),
    "retry one whose retry has succeeded": _backup("RETRY_BACKUP_RESOURCES", "broken", **WAIT)._replace(
        before=(BROKEN, _retried(status="Success"))
    ),
    "retry one whose retry has failed": _backup("RETRY_BACKUP_RESOURCES", "broken")._replace(
        before=(BROKEN, _retried(status="Failed"))
    ),
    "retry one whose retry ended in part": _backup("RETRY_BACKUP_RESOURCES", "broken")._replace(
        before=(BROKEN, _retried(status="PartialSuccess"))
    ),
    "retry one whose retry ended in part, accepted": _backup(
        "RETRY_BACKUP_RESOURCES", "broken", on_partial="accept", **WAIT
    )._replace(before=(BROKEN, _retried(status="PartialSuccess"))),
    "retry one whose retry has other machines": _backup("RETRY_BACKUP_RESOURCES", "broken")._replace(
        before=(BROKEN, _retried(status="Success", include_resources=[_machine("app-vm")]))
    ),
    "retry one whose retries have its machines": _backup("RETRY_BACKUP_RESOURCES", "broken")._replace(
        before=(
            BROKEN,
            _retried(status="Success", include_resources=[_machine("app-vm")]),
            _retried("broken-retry-2", include_resources=[_machine("db-vm")]),
        )
    ),
    "retry of resources that a retry has": _backup(
        "RETRY_BACKUP_RESOURCES", "broken", include_resources=[_machine("app-vm")]
    )._replace(before=(BROKEN, _retried(include_resources=[_machine("app-vm")]))),
    "retry one that is running": _backup("RETRY_BACKUP_RESOURCES", "running")._replace(before=(RUNNING,)),
    "retry one whose data is missing": _backup("RETRY_BACKUP_RESOURCES", "gone"),
    "update of the owner": _backup("UPDATE", "good", ownership={"owner": "somebody-else"}),
    "update by uid": _backup("UPDATE", uid="99999999-0000-4000-8000-000000000000", labels={"team": "b"}),
    "share and list the same twice": _backup(
        "UPDATE_BACKUP_SHARE", "good", backup_share={"groups": [*VIEW, *VIEW], "collaborators": [BOB, BOB]}
    ),
    "share one that is deleted": _backup("UPDATE_BACKUP_SHARE", "going", backup_share={"groups": VIEW}),
    "share a missing one": _backup("UPDATE_BACKUP_SHARE", "missing", backup_share={"groups": VIEW}),
    "share with more": _backup("UPDATE_BACKUP_SHARE", "shared", backup_share={"groups": VIEW}),
}

# The simulator gives the same uids to the same world.
EU = "ba096533-0d70-4297-a9d8-b07f305169cd"
NOBODY = "99999999-0000-4000-8000-000000000000"
OLD = {"release": "2.8.1"}
REFUSED_CLUSTERS = {
    "kind": "grpc_error",
    "code": 7,
    "text": "access denied",
    "match": {"rpc": "Cluster.Enumerate"},
    "times": 0,
}

INPUTS = {
    "a cluster by uid": _create(cluster_ref={"uid": EU}),
    "a cluster by name and uid": _create(cluster_ref={"name": "prod-eu", "uid": EU}),
    "a cluster by the uid of another": _create(cluster_ref={"name": "prod-us", "uid": EU}),
    "a cluster by an unknown uid": _create(cluster_ref={"uid": NOBODY}),
    "a cluster of a name that two have": _create()._replace(
        before=({"kind": "cluster", "name": "prod-eu", "uid": NOBODY},)
    ),
    "a cluster that must not be listed": _create()._replace(fault=REFUSED_CLUSTERS),
    "a cluster that must not be listed, by name and uid": _create(
        cluster_ref={"name": "prod-eu", "uid": EU}, preflight="strict"
    )._replace(fault=REFUSED_CLUSTERS),
    "a cluster that must not be listed, by uid": _create(cluster_ref={"uid": EU})._replace(fault=REFUSED_CLUSTERS),
    "a fraction as a label": _create(labels={"version": 1.1}),
    "a null as a label": _create(labels={"version": None}),
    "a truth and a number as labels": _create(labels={"on": True, "number": 7, " text ": " a "}),
    "a list as a label": _create(labels={"a": ["b"]}),
    "a reference of nothing": _create(cluster_ref={"name": "", "uid": ""}),
    "references of nothing": _backup("INSPECT_ALL", backup_schedule_ref=[{"name": ""}, {}]),
    "a resource without a kind": _create(include_resources=[{"name": "web", "namespace": "shop", "gvk": "apps/v1"}]),
    "a resource with its parts": _create(
        include_resources=[{"name": "c", "namespace": "shop", "kind": "ConfigMap", "version": "v1", "group": "core"}]
    ),
    "a resource said twice": _create(
        include_resources=[{"name": "c", "namespace": "shop", "kind": "Pod", "version": "v1", "gvk": "v1/Pod"}]
    ),
    "a type of objects that the server rewrites": _create(backup_object_type={"type": "Invalid"}),
    "nothing that is required": _backup("CREATE"),
    "nobody to share with": _backup("UPDATE_BACKUP_SHARE"),
    "an option that three operations use": _backup("INSPECT_ALL", name="good"),
    "options that no operation uses together": _backup("DELETE", "good", labels={"a": "b"}, name_filter="x"),
    "a name with a slash": _backup("DELETE", "a/../b"),
    "a name that is too long": _create("x" * 300),
    "an old server that knows no retry": _backup("RETRY_BACKUP_RESOURCES", "failed")._replace(settings=OLD),
    "an old server that knows no force": _backup("DELETE", "good", force=True)._replace(settings=OLD),
    "an old server and force that is off": _backup("DELETE", "good", force=False)._replace(settings=OLD),
    "an old server and a sorted list": _backup(
        "INSPECT_ALL", sort_option={"sort_by": "Name", "sort_order": "Ascending"}, max_objects=3
    )._replace(settings=OLD),
    "times without a wait": _backup("DELETE", "good", wait_timeout=5, wait_interval=1),
    "a time without a wait": _backup("INSPECT_ONE", "good", on_empty="fail"),
    "a wait of no time": _backup("DELETE", "good", wait=True, wait_timeout=0),
    "an interval of no time": _backup("DELETE", "good", wait=True, wait_interval=0),
    "a wait with its own interval": _create("new-sim-stuck", wait=True, wait_timeout=90),
    "a list of no objects": _backup("INSPECT_ALL", max_objects=0),
    "a list of too many at a time": _backup("INSPECT_ALL", concurrency=0),
    "a list in an unknown order": _info(sort_option={"sort_by": "Phase"}),
    "a list in an order of restores": _info("restore_info", sort_option={"sort_by": "Size"}),
    "a list by the last update": _backup("INSPECT_ALL", sort_option={"sort_by": "LastUpdateTimestamp"}, max_objects=2),
    "a list in an order alone": _backup("INSPECT_ALL", sort_option={"sort_order": "Ascending"}),
    "a list until a time": _backup("INSPECT_ALL", time_range={"end": "3d"}),
    "a list from a time": _backup("INSPECT_ALL", time_range={"start": "3d"}),
    "a list with fractions of a second": _backup(
        "INSPECT_ALL", time_range={"start": "2025-12-29T23:59:00.5Z", "end": "2025-12-30T23:59:00.5Z"}
    ),
    "a list of a time that ends first": _backup("INSPECT_ALL", time_range={"start": "1d", "end": "3d"}),
    "a list of a time that is no time": _backup("INSPECT_ALL", time_range={"start": "soon"}),
    "a list of a name and a part of it": _info(name="good", name_filter="oo"),
    "a list of a name and a part of another": _info(name="good", name_filter="ad"),
    "a list by labels that nothing has": _backup("INSPECT_ALL", labels={"team": "z"}),
    "a uid": _info(uid=NOBODY, statistics=True, summary=True),
    "a uid of one with statistics": _info(uid=BROKEN_UID, statistics=True, summary=True)._replace(before=(BROKEN,)),
    "a uid and its name": _info(uid=BROKEN_UID, name="broken", fields=["metadata.uid"])._replace(before=(BROKEN,)),
    "a uid and another name": _info(uid=BROKEN_UID, name="good")._replace(before=(BROKEN,)),
    "a uid and what narrows": _info(uid=NOBODY, labels={"a": "b"}, max_objects=1),
    "statistics of all and the first": _info(statistics=True, max_objects=1, fields=["metadata.name"]),
    "statistics of nothing": _info(statistics=True, labels={"team": "z"}),
    "fields and a summary": _info(fields=["metadata.name"], summary=True),
    "a field that does not exist": _info(fields=["metadata.nme"]),
    "a field of a list": _info(fields=["backup_info.volumes.name"]),
    "fields of several depths": _info(
        fields=["backup_info.status.status", "backup_info.backup_schedule.name", "metadata"]
    ),
    "a name of two owners": _info(name="twice", summary=True),
    "the uid of one of two": _backup("UPDATE", "twice", uid=NOBODY, labels={"a": "b"}),
    "the uid of what was deleted": _backup("DELETE", "good", uid=NOBODY),
}

BATCHES = {
    "batch": _batch(True, defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "new"}, {"name": "next"}]),
    "batch and wait": _batch(
        True,
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "new"}, {"name": "next-sim-partial"}, {"name": "last-sim-failed"}],
        **WAIT,
    ),
    "batch that stops": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "failed"}, {"name": "new"}, {"name": "next"}],
        fail_fast=True,
    ),
    "batch with names that are taken": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "good"}, {"name": "going"}, {"name": "foreign"}, {"name": "twice"}, {"name": "new"}],
    ),
    "batch with names that repeat": _batch(defaults=REFERENCES, backups=[{"name": "new"}, {"name": "new"}]),
    "batch of nothing": _batch(state="absent", names=[]),
    "batch to delete": _batch(state="absent", names=["good", "partial", "missing"]),
    "batch to delete and wait": _batch(True, state="absent", names=["good", "missing", "going"], **WAIT),
    "batch to delete others": _batch(state="absent", names=["foreign", "twice", "good"]),
    "batch whose polls fail": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "new"}, {"name": "next"}], **WAIT
    )._replace(fault={"kind": "status", "status": 500, "match": {"rpc": "Backup.Enumerate", "nth": 2}, "times": 0}),
    "batch whose polls are refused": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "new"}, {"name": "next"}], **WAIT
    )._replace(fault={"kind": "status", "status": 403, "match": {"rpc": "Backup.Enumerate", "nth": 2}, "times": 0}),
    "batch that never ends": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "new-sim-stuck"}, {"name": "next"}], **WAIT
    ),
    "batch of both lists": _batch(backups=[{"name": "good"}], names=["good"], state="absent"),
    "batch of no list": _batch(state="absent"),
    "batch to create from no list": _batch(defaults=REFERENCES),
    "batch to create from names": _batch(names=["new"]),
    "batch with an option of the other state": _batch(state="absent", names=["good"], on_partial="warn", defaults={}),
    "batch with an option of a backup in the other state": _batch(
        state="absent", backups=[{"name": "good"}, {"name": "x", "labels": {"a": "b"}, "namespaces": ["shop"]}]
    ),
    "batch with an invalid backup": _batch(
        defaults=REFERENCES, backups=[{"name": "new"}, {"name": "next", "labels": {"a": 1.5}}]
    ),
    "batch with an impossible backup": _batch(
        defaults=REFERENCES,
        backups=[{"name": "new"}, {"name": "next", "namespaces": [], "include_resources": [{"name": "x"}]}],
    ),
    "batch with an unknown cluster": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "new"}, {"name": "next", "cluster_ref": {"name": "nowhere"}}],
    ),
    "batch with clusters that contradict": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "new"}, {"name": "next", "cluster": "prod-us"}],
    ),
    "batch to delete through a cluster": _batch(
        state="absent",
        backups=[{"name": "good", "cluster_ref": {"name": "prod-eu"}}, {"name": "partial", "force": True}],
    ),
    "batch to delete through an unknown cluster": _batch(
        state="absent", backups=[{"name": "good"}, {"name": "partial", "cluster_ref": {"name": "nowhere"}}]
    ),
    "batch with defaults that backups change": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"], "labels": {"a": "b"}, "direct_kdmp": None},
        backups=[{"name": "new", "labels": {"c": "d"}}, {"name": "next", "namespaces": ["web"], "labels": None}],
        details=True,
    ),
    "batch with details": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "new"}, {"name": "failed"}, {"name": "good"}],
        details=True,
    ),
    "batch of two owners": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "new"}, {"name": "new", "ownership": {"owner": "somebody-else"}}],
    ),
    "batch to delete by uid": _batch(
        state="absent", backups=[{"uid": BROKEN_UID}, {"uid": NOBODY}, {"name": "good"}], **WAIT
    )._replace(before=(BROKEN,)),
    "batch to delete by name and uid": _batch(
        state="absent", backups=[{"name": "broken", "uid": BROKEN_UID}, {"name": "good", "uid": NOBODY}], details=True
    )._replace(before=(BROKEN,)),
    "batch to delete one by name and by uid": _batch(
        state="absent", backups=[{"name": "broken"}, {"uid": BROKEN_UID}]
    )._replace(before=(BROKEN,)),
    "batch to delete one that is named twice": _batch(state="absent", names=["good", "partial", "good"]),
    "batch to delete and stop": _batch(state="absent", names=["foreign", "good", "partial"], fail_fast=True),
    "batch to delete and wait too shortly": _batch(
        state="absent", names=["good", "partial"], wait=True, wait_timeout=3, wait_interval=1
    )._replace(settings={"delete_seconds": 60}),
    "batch to delete and wait with the times of the server": _batch(state="absent", names=["good"], wait=True)._replace(
        settings={"delete_seconds": 10**6}
    ),
    "batch and wait with the times of the server": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "new-sim-stuck"}], wait=True
    ),
    "batch and wait, with what fails in part": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "a-sim-partial"}, {"name": "b-sim-partial"}, {"name": "new"}],
        on_partial="warn",
        **WAIT,
    ),
    "batch and wait, with what fails in part, accepted": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "a-sim-partial"}],
        on_partial="accept",
        **WAIT,
    ),
    "batch and wait, stopped by a failure": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]},
        backups=[{"name": "a-sim-failed"}, {"name": "b-sim-stuck"}],
        fail_fast=True,
        **WAIT,
    ),
    "batch and wait for empty ones": _batch(
        defaults={**REFERENCES, "label_selectors": {"a": "b"}},
        backups=[{"name": "new", "namespaces": ["empty"]}, {"name": "next", "namespaces": ["empty", "shop"]}],
        **WAIT,
    ),
    "batch and wait for empty ones that must not be": _batch(
        defaults={**REFERENCES, "label_selectors": {"a": "b"}},
        backups=[{"name": "new", "namespaces": ["empty"]}],
        on_empty="fail",
        **WAIT,
    ),
    "batch and wait for one that another deletes": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "good"}, {"name": "new"}], **WAIT
    )._replace(fault={"kind": "stale_not_found", "match": {"rpc": "Backup.Inspect"}, "times": 0}),
    "batch in a broken location": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"], "backup_location_ref": {"name": "s3-broken"}},
        backups=[{"name": "new"}, {"name": "next"}, {"name": "last"}],
    ),
    "batch in a server that is away": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": f"new-{number}"} for number in range(8)]
    )._replace(fault={"kind": "status", "status": 503, "match": {"rpc": "Backup.Create"}, "times": 0}),
    "batch with a token that is refused": _batch(
        defaults={**REFERENCES, "namespaces": ["shop"]}, backups=[{"name": "new"}, {"name": "next"}]
    )._replace(fault={"kind": "grpc_error", "code": 16, "text": "who?", "match": {"rpc": "Backup.Create"}, "times": 0}),
    "batch whose end of a name is common": _batch(state="absent", names=["a-nightly", "bc-nightly"])._replace(
        before=({"kind": "backup", "name": "a-nightly"}, {"kind": "backup", "name": "bc-nightly"})
    ),
    "batch whose names share nothing": _batch(state="absent", names=["good", "partial"], **WAIT),
}

RESTORES = {
    "restore": _restored(faults=True, labels={"team": "a"}),
    "restore and wait": _restored(faults=True, **WAIT),
    "restore what fails": _restored("new-sim-failed", **WAIT),
    "restore what fails in part": _restored("new-sim-resource-failed", **WAIT),
    "restore what is missing": _restored("new-sim-volume-missing", **WAIT),
    "restore what never ends": _restored("new-sim-stuck", **WAIT),
    "restore the same again": _restored("back", namespace_mapping={"shop": "copy"}),
    "restore another of the name": _restored("back"),
    "restore with the name of a failed one": _restored("lost"),
    "restore a failed backup": _restored(backup_ref={"name": "failed"}),
    "restore a missing backup": _restored(backup_ref={"name": "missing"}),
    "restore a backup without data": _restored(backup_ref={"name": "gone"}, namespace_mapping={"web": "new"}),
    "restore in place": _restored(namespace_mapping={"shop": "shop"}, cluster_ref={"name": "prod-eu"}),
    "restore in place, wanted": _restored(
        namespace_mapping={"shop": "shop"}, cluster_ref={"name": "prod-eu"}, in_place=True
    ),
    "restore to an offline cluster": _restored(cluster_ref={"name": "edge-01"}),
    "restore another namespace": _restored(namespace_mapping={"web": "new"}),
    "restore all to a prefix": _restored(namespace_mapping={"shop": "Not_Valid"}),
    "restore with Delete": _restored(replace_policy="Delete", storage_class_mapping={"fast": "slow"}),
    "update a restore": _restore("UPDATE", "back", True, labels={"team": "b"}),
    "update a restore as it is": _restore("UPDATE", "back", labels={}),
    "delete a restore": _restore("DELETE", "back", True, **WAIT),
    "delete a missing restore": _restore("DELETE", "missing", **WAIT),
    "inspect a restore": _restore("INSPECT_ONE", "back"),
    "list restores": _restore("INSPECT_ALL", status=["Failed"]),
    "info of restores": _info("restore_info", summary=True, statistics=True),
    "info of a missing restore": _info("restore_info", name="missing"),
    "inspect a restore and wait": _restore("INSPECT_ONE", "back", **WAIT),
    "inspect a failed restore and wait": _restore("INSPECT_ONE", "lost", **WAIT),
    "inspect a missing restore": _restore("INSPECT_ONE", "missing"),
    "inspect a restore that runs and wait": _restore("INSPECT_ONE", "busy", **WAIT)._replace(before=(BUSY,)),
    "delete a restore that runs": _restore("DELETE", "busy")._replace(before=(BUSY,)),
    "delete a restore that runs, to cancel it": _restore("DELETE", "busy", cancel=True, **WAIT)._replace(
        before=(BUSY,)
    ),
    "restore a part of the namespaces": _restored(backup_ref={"name": "wide"}, **WAIT)._replace(before=(WIDE,)),
    "restore what excludes resources": _restored(
        exclude_resources=[{"name": "web", "namespace": "shop", "gvk": "apps/v1/Deployment"}], **WAIT
    ),
    "restore in place by mistake": _restored(namespace_mapping={"shop": "shop"}, replace_policy="Delete"),
    "restore in place and to another": _restored(namespace_mapping={"shop": "other"}, in_place=True),
    "restore to nowhere": _restored(namespace_mapping=None),
    "restore with a prefix alone": _restored(target_namespace_prefix="x-"),
    "restore two namespaces to one": _restored(
        backup_ref={"name": "wide"}, namespace_mapping={"shop": "new", "web": "new"}
    )._replace(before=(WIDE,)),
    "restore with a filter": _restored(
        namespace_mapping=None,
        filter={"namespace_filter": {"include_namespaces": ["shop"]}},
        target_namespace_prefix="x-",
    ),
    "restore with a filter and a mapping": _restored(filter={"namespace_filter": {"include_namespaces": ["shop"]}}),
    "restore with a filter and no prefix": _restored(
        namespace_mapping=None, filter={"namespace_filter": {"include_namespaces": ["shop"]}}
    ),
    "restore a backup that runs": _restored(backup_ref={"name": "running"})._replace(before=(RUNNING,)),
    "restore with a backup that contradicts": _restored(backup="partial"),
    "restore with a cluster that contradicts": _restored(cluster="prod-eu"),
    "update the owner of a restore": _restore("UPDATE", "back", ownership={"owner": "somebody-else"}),
    "list restores of a backup": _restore("INSPECT_ALL", backup_ref={"name": "good"}),
    "list restores by cluster": _restore("INSPECT_ALL", cluster_ref={"name": "prod-us"}, name_filter="ba"),
}

OTHERS = {
    "prune": _prune(True, keep={"last": 2}, name_filter="daily-")._replace(before=HISTORY),
    "prune and wait": _prune(keep={"daily": 3, "weekly": 1}, name_filter="daily-", **WAIT)._replace(before=HISTORY),
    "prune a few": _prune(keep={"last": 2}, name_filter="daily-", max_delete=3)._replace(before=HISTORY),
    "prune within": _prune(keep={"within": "5d"}, group_by=["cluster"], remove_failed=True, accept_partial=True),
    "prune by labels": _prune(keep_labels={"tier": "gold"}, keep={"last": 1}, include_shared=True),
    "prune to nothing": _prune(keep={"last": 0}),
    "protection": _info("protection_info"),
    "protection with targets": _info(
        "protection_info",
        targets=[{"namespaces": ["shop", "web"], "rpo": "12h"}, {"clusters": ["prod-eu"], "rpo": "30d", "rto": "1h"}],
        exempt=["kube-system"],
    ),
    "protection that fails": _info("protection_info", clusters=["prod-eu"], fail_on="any"),
}

TASKS: dict[str, Task] = {**BACKUPS, **INPUTS, **BATCHES, **RESTORES, **OTHERS}
