# SPDX-License-Identifier: GPL-3.0-or-later
"""The Backup service: its calls and the life of a backup."""

from __future__ import annotations

import time
from typing import Any

import pytest
from simulator_process import ORG, Simulator

VM = {"backup_object_type": {"type": "VirtualMachine"}, "namespaces": ["vms"]}
RULE = {"pre_exec_rule_ref": {"name": "pre-quiesce"}}


def error(response: Any) -> tuple[int, int, str]:
    body = response.json()
    return response.status_code, body["code"], body["message"]


def test_a_created_backup_is_pending_and_ends(sim: Simulator) -> None:
    made = sim.create("b1").json()["backup"]
    assert made["backup_info"]["status"] == {"status": "Pending"}
    assert "volumes" not in made["backup_info"]
    assert sim.ending("b1") == ("Success", "Volumes and resources were backed up successfully")
    assert sim.inspect("b1", uid=made["metadata"]["uid"])["metadata"]["owner"] == sim.ready["user_id"]


def test_states_of_a_running_backup(sim: Simulator) -> None:
    sim.control("POST", "settings", {"backup_seconds": 1000})
    sim.create("b1", namespaces=["*"], **RULE)
    seen = []
    for _ in range(11):
        info = sim.inspect("b1")["backup_info"]
        seen.append((info["status"]["status"], info["stage"]))
        sim.control("POST", "clock", {"advance": 100})
    assert list(dict.fromkeys(seen)) == [
        ("Pending", "Initial"),
        ("InProgress", "PreExecRule"),
        ("InProgress", "Volumes"),
        ("InProgress", "Applications"),
        ("InProgress", "Final"),
        ("Success", "Final"),
    ]
    assert sim.inspect("b1")["backup_info"]["namespaces"] == ["shop", "billing", "web", "vms", "empty"]


def test_names_are_unique_for_an_owner(sim: Simulator) -> None:
    sim.create("b1")
    text = "failed to create backup object [b1]: object already exists"
    assert error(sim.create("b1")) == (409, 6, text)
    sim.control("POST", "settings", {"duplicates": "unknown"})
    assert error(sim.create("b1")) == (500, 2, text)
    assert sim.create("b1", headers=sim.user("bob")).status_code == 200
    status, code, text = error(sim.call("GET", f"/v1/backup/{ORG}/b1"))
    assert (status, code) == (500, 13)
    assert text.endswith("more than one object found with same name, please use the object UID along with name")


def test_absence(sim: Simulator) -> None:
    assert error(sim.call("GET", f"/v1/backup/{ORG}/no")) == (
        404,
        5,
        "failed to retrieve backup [no]: object not found",
    )
    sim.control("POST", "settings", {"not_found": "unknown"})
    assert error(sim.call("DELETE", f"/v1/backup/{ORG}/no")) == (
        500,
        2,
        "backup with name 'no' not found for org 'default'",
    )


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"cluster_ref": {"name": "no"}}, "failed to retrieve cluster [no]: object not found"),
        ({"cluster_ref": {"name": "prod-eu", "uid": "no"}}, "failed to retrieve cluster [prod-eu]: object not found"),
        ({"backup_location_ref": {"name": "no"}}, "failed to retrieve backup location [no]: object not found"),
        ({"pre_exec_rule_ref": {"name": "no"}}, "failed to retrieve rule [no]: object not found"),
    ],
)
def test_unknown_references(sim: Simulator, fields: dict[str, Any], text: str) -> None:
    assert error(sim.create("b1", **fields)) == (404, 5, text)
    assert sim.names() == []


def test_missing_references_and_empty_ones(sim: Simulator) -> None:
    assert error(sim.create("b1", cluster_ref=None))[1] == 3
    assert error(sim.create("b1", backup_location_ref=None))[1] == 3
    assert error(sim.create("", metadata={"org_id": ORG}))[1] == 3
    assert sim.create("b1", pre_exec_rule_ref={"name": "", "uid": ""}).status_code == 200


def test_ambiguous_cluster(sim: Simulator) -> None:
    second = sim.control("POST", "objects", {"kind": "cluster", "name": "prod-eu"})
    assert error(sim.create("b1"))[:2] == (500, 13)
    assert sim.create("b1", cluster_ref=second).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"namespaces": ["no"]}, "Failed", 'Error checking for namespace no: namespaces "no" not found'),
        ({"cluster_ref": {"name": "edge-01"}}, "Failed", "failed to validate access to the cluster"),
        ({"backup_location_ref": {"name": "s3-broken"}}, "Failed", "AccessDenied"),
        ({"namespaces": [], "ns_label_selectors": "tier=no"}, "Success", "did not find any namespaces"),
        ({**VM, "resource_types": ["Secret"]}, "Failed", "resourceType should be nil"),
        ({**VM, **RULE}, "Failed", "skipAutoExecRules is not set to true"),
        ({**VM, **RULE, "skip_vm_auto_exec_rules": True}, "Success", "successfully"),
        ({"ns_label_selectors": "tier=gold,"}, "Failed", "error listing namespaces with label selectors: tier=gold,"),
        ({"ns_label_selectors": "tier in ()"}, "Failed", "values set can't be empty"),
        ({"ns_label_selectors": f"tier={'x' * 64}"}, "Failed", "is not a valid label value"),
        (
            {"advanced_resource_label_selector": "a b"},
            "Failed",
            "Error preparing resources for backup: unable to parse",
        ),
    ],
)
def test_endings_of_settings(sim: Simulator, fields: dict[str, Any], status: str, text: str) -> None:
    assert sim.create("b1", **fields).status_code == 200
    got = sim.ending("b1")
    assert got[0] == status and text in got[1]


def test_missing_namespace_can_be_refused(sim: Simulator) -> None:
    sim.control("POST", "settings", {"missing_namespace": "refuse_create"})
    assert error(sim.create("b1", namespaces=["no"])) == (
        500,
        2,
        'failed to get target namespace: namespaces "no" not found',
    )


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("tier=gold", ["shop", "billing"]),
        ("tier=gold,team=shop", ["shop"]),
        ("tier in (silver), team!=web", ["vms"]),
        ("tier notin (gold,silver), !kubernetes.io/metadata.name", ["empty"]),
        ("team,tier==silver", ["web", "vms"]),
        ("tier=gold,tier=silver", []),
    ],
)
def test_namespace_selector(sim: Simulator, selector: str, found: list[str]) -> None:
    sim.create("b1", namespaces=["kube-system"], ns_label_selectors=selector)
    assert sim.inspect("b1")["backup_info"].get("namespaces", []) == found


def _kinds(info: dict[str, Any], namespace: str) -> set[str]:
    return {entry["kind"] for entry in info.get("resources", []) if entry["namespace"] == namespace}


def test_selection(sim: Simulator) -> None:
    config = {"name": "shop-configmap", "namespace": "shop", "kind": "ConfigMap", "version": "v1"}
    sim.create("b1", namespaces=["shop", "web"], include_resources=[config], resource_types=["Secret"])
    info = sim.inspect("b1")["backup_info"]
    assert (_kinds(info, "shop"), _kinds(info, "web")) == ({"ConfigMap"}, {"Secret"})
    assert "volumes" not in info
    sim.create("b2", resource_types=["PersistentVolumeClaim"])
    info = sim.inspect("b2")["backup_info"]
    assert _kinds(info, "shop") == {"PersistentVolumeClaim", "PersistentVolume"} and len(info["volumes"]) == 3
    sim.create("b3", resource_types=["deployments"])
    assert "resources" not in sim.inspect("b3")["backup_info"]
    sim.create("b4", exclude_resource_types=["secret", "PERSISTENTVOLUMECLAIM"], label_selectors={"app": "shop"})
    assert _kinds(sim.inspect("b4")["backup_info"], "shop") == {
        "ConfigMap",
        "Deployment",
        "Service",
        "ServiceAccount",
    }


def test_machines(sim: Simulator) -> None:
    vm = {"name": "db-vm", "namespace": "vms", "group": "kubevirt.io", "kind": "VirtualMachine", "version": "v1"}
    sim.create("b1", **(VM | {"include_resources": [vm, vm | {"name": "gone"}]}))
    info = sim.inspect("b1")["backup_info"]
    assert [machine["name"] for machine in info["virtual_machines"]] == ["db-vm"]
    assert info["virtual_machines_total_count"] == "1"
    assert {volume["virtual_machine_name"] for volume in info["volumes"]} == {"db-vm"}
    sim.create("b2", **(VM | {"include_resources": [vm | {"name": "gone"}]}))
    info = sim.inspect("b2")["backup_info"]
    assert info["status"]["status"] == "Success" and "virtual_machines" not in info
    sim.create("b3", **(VM | {"namespaces": ["*"]}))
    assert sim.inspect("b3")["backup_info"]["namespaces"] == ["vms"]


@pytest.mark.parametrize(
    ("mark", "status"),
    [("failed", "Failed"), ("partial", "PartialSuccess"), ("stuck", "InProgress"), ("aborted", "Aborted")],
)
def test_outcome_by_name(sim: Simulator, mark: str, status: str) -> None:
    sim.create(f"b-sim-{mark}")
    assert sim.ending(f"b-sim-{mark}")[0] == status


def test_cloud_backup_missing_comes_later(sim: Simulator) -> None:
    sim.create("b-sim-missing")
    assert sim.ending("b-sim-missing")[0] == "Success"
    sim.control("POST", "clock", {"advance": 5})
    assert sim.ending("b-sim-missing")[0] == "CloudBackupMissing"


def test_partial_names_what_failed(sim: Simulator) -> None:
    sim.create("b-sim-partial", **VM)
    info = sim.inspect("b-sim-partial")["backup_info"]
    assert {volume["status"]["status"] for volume in info["volumes"]} == {"Success", "Failed"}
    assert {machine["status"]["status"] for machine in info["virtual_machines"]} == {"Success", "Failed"}
    assert info["virtual_machines_failed_count"] == "1" and info["failed_vol_count"] == "1"


def test_update(sim: Simulator) -> None:
    meta = {"name": "b1", "org_id": ORG}
    sim.create("b1", metadata=meta | {"labels": {"a": "1"}})
    change = {"metadata": meta | {"labels": {"b": "2"}}, "namespaces": ["web"]}
    change["cloud_credential_ref"] = {"name": "aws-rotated", "uid": "u"}
    assert sim.call("PUT", "/v1/backup", json=change).json() == {}
    backup = sim.inspect("b1")
    assert backup["metadata"]["labels"] == {"b": "2"}
    assert backup["backup_info"]["cloud_credential_ref"]["name"] == "aws-rotated"
    assert backup["backup_info"]["namespaces"] == ["shop"]
    owned = {"collaborators": [{"id": "bob", "access": "Write"}]}
    sim.call("PUT", "/v1/backup", json={"metadata": meta | {"ownership": owned}})
    backup = sim.inspect("b1")
    assert "labels" not in backup["metadata"]
    assert backup["metadata"]["ownership"]["collaborators"] == owned["collaborators"]
    assert backup["backup_info"]["cloud_credential_ref"]["name"] == "aws-rotated"
    sim.control("POST", "settings", {"ownership_update": "ignore", "label_update": "merge"})
    for key in ("x", "y"):
        sim.call("PUT", "/v1/backup", json={"metadata": meta | {"labels": {key: "1"}, "ownership": {}}})
    backup = sim.inspect("b1")
    assert backup["metadata"]["labels"] == {"x": "1", "y": "1"}
    assert backup["metadata"]["ownership"]["collaborators"] == owned["collaborators"]


def test_delete(sim: Simulator) -> None:
    sim.control("POST", "settings", {"delete_seconds": 100})
    sim.create("b1")
    assert sim.call("DELETE", f"/v1/backup/{ORG}/b1").json() == {}
    assert sim.ending("b1") == ("Deleting", "<nil>")
    assert error(sim.create("b1"))[1] == 6
    sim.control("POST", "clock", {"advance": 100})
    assert sim.call("GET", f"/v1/backup/{ORG}/b1").status_code == 404
    assert sim.create("b1").status_code == 200


def test_delete_waits_for_dependents(sim: Simulator) -> None:
    sim.create("base")
    sim.control("POST", "objects", {"kind": "backup", "name": "incremental", "depends_on": ["base"]})
    sim.call("DELETE", f"/v1/backup/{ORG}/base")
    status, reason = sim.ending("base")
    assert status == "DeletePending"
    assert reason.startswith("Snapshot has dependency on snapshot ")
    assert reason.rsplit(": ", 1)[1] == "incremental"
    sim.call("DELETE", f"/v1/backup/{ORG}/incremental")
    assert sim.names() == []


def test_delete_workers(sim: Simulator) -> None:
    sim.control("POST", "settings", {"delete_seconds": 100, "delete_workers": 1})
    for name in ("b1", "b2"):
        sim.create(name)
        sim.call("DELETE", f"/v1/backup/{ORG}/{name}")
    sim.control("POST", "clock", {"advance": 101})
    assert sim.names() == ["b2"]
    sim.control("POST", "clock", {"advance": 101})
    assert sim.names() == []


def test_delete_without_its_cluster(sim: Simulator) -> None:
    sim.create("b1")
    sim.control("DELETE", "objects", {"kind": "cluster", "name": "prod-eu"})
    sim.call("DELETE", f"/v1/backup/{ORG}/b1")
    assert sim.ending("b1")[0] == "DeletePending"
    query = {"cluster_ref.name": "prod-us", "cluster_ref.uid": sim.uid("clusters", "prod-us")}
    sim.call("DELETE", f"/v1/backup/{ORG}/b1", params=query)
    assert sim.names() == []


def test_delete_with_force(sim: Simulator) -> None:
    sim.create("b1")
    assert error(sim.call("DELETE", f"/v1/backup/{ORG}/b1?force=true"))[:2] == (400, 9)
    sim.control("POST", "settings", {"federated": True, "delete_seconds": 100})
    assert sim.call("DELETE", f"/v1/backup/{ORG}/b1?force=true").json() == {}
    assert sim.names() == []


def test_retry(sim: Simulator) -> None:
    sim.create("b-sim-partial", **VM)
    parent = sim.inspect("b-sim-partial")["metadata"]
    body = {"org_id": ORG, "name": parent["name"], "uid": parent["uid"]}
    made = sim.call("PUT", "/v1/backup/retryBackupResources", json=body).json()["backup"]
    name = made["metadata"]["name"]
    assert name.startswith("b-sim-partial-retry1-")
    assert made["backup_info"]["retry_parent"] == {"name": parent["name"], "uid": parent["uid"]}
    info = sim.inspect(name)["backup_info"]
    assert info["status"]["status"] == "Success"
    assert info["virtual_machines_total_count"] == "1"
    again = sim.call("PUT", "/v1/backup/retryBackupResources", json=body).json()["backup"]["metadata"]["name"]
    assert again.startswith("b-sim-partial-retry2-")
    refused = sim.call("PUT", "/v1/backup/retryBackupResources", json={"org_id": ORG, "name": name})
    assert error(refused)[:2] == (400, 9)


def test_details_and_filter(sim: Simulator) -> None:
    sim.create("b1", **(VM | {"namespaces": ["vms"]}))
    path = "/v1/backup/getbackupresourcedetails"
    body: dict[str, Any] = {"org_id": ORG, "name": "b1"}
    backup = sim.call("POST", path, json=body).json()["backup"]
    machines = backup["resource_details"]["virtual_machine_list"]["virtual_machines"]
    assert [machine["vm_info"]["name"] for machine in machines] == ["db-vm", "app-vm"]
    assert len(machines[0]["volumes"]) == 2 and machines[0]["resources"][0]["kind"] == "VirtualMachine"
    body["filter"] = {"virtual_machine_filter": {"vm_name_pattern": "app*"}}
    backup = sim.call("POST", path, json=body).json()["backup"]
    assert len(backup["resource_details"]["virtual_machine_list"]["virtual_machines"]) == 1
    body["filter"] = {"namespace_filter": {"gvks": ["core/v1/Secret"]}, "max_objects": 1}
    backup = sim.call("POST", path, json=body).json()["backup"]
    assert len(backup["resources"]) == 1 and backup["total_resource_count"] == "2"
    backup = sim.call("POST", path, json=body | {"sync_namespaces_only": True}).json()["backup"]
    assert backup["filtered_namespaces"] == [{"namespace": "vms", "resource_types": ["Secret"]}]
    assert backup["namespace_sync_status_info"]["status"] == "Completed"


def test_run_takes_its_time(sim: Simulator) -> None:
    sim.control("POST", "settings", {"backup_seconds": 0.3})
    sim.create("b1")
    assert sim.ending("b1")[0] in ("Pending", "InProgress")
    time.sleep(0.35)
    assert sim.ending("b1")[0] == "Success"


def _content(sim: Simulator, **fields: Any) -> list[str]:
    """Return kind and namespace of each resource in a backup with these settings."""
    sim.create("b1", **fields)
    assert sim.ending("b1")[0] == "Success"
    return sorted(
        f"{item['namespace']}/{item['kind']}" for item in sim.inspect("b1")["backup_info"].get("resources", [])
    )


def _entry(namespace: str, kind: str, name: str, group: str) -> dict[str, str]:
    return {"namespace": namespace, "kind": kind, "name": name, "group": group, "version": "v1"}


DEPLOYMENT = _entry("shop", "Deployment", "shop-deployment", "apps")
MACHINE = _entry("vms", "VirtualMachine", "db-vm", "kubevirt.io")


def test_kinds_count_in_their_exact_case_only(sim: Simulator) -> None:
    assert _content(sim, resource_types=["deployments", "deployment"]) == []
    sim.control("DELETE", "objects", {"kind": "backup", "name": "b1"})
    assert _content(sim, resource_types=["Deployment"]) == ["shop/Deployment"]


def test_listed_resources_narrow_their_own_namespace_only(sim: Simulator) -> None:
    content = _content(sim, namespaces=["shop", "billing"], include_resources=[DEPLOYMENT])
    assert [item for item in content if item.startswith("shop/")] == ["shop/Deployment"]
    assert len([item for item in content if item.startswith("billing/")]) > 5


@pytest.mark.parametrize(
    "change", [{"name": "ghost"}, {"group": "core"}, {"kind": "Secret", "name": "db-vm-cloudinit"}]
)
def test_a_vm_backup_ignores_entries_that_do_not_name_a_machine(sim: Simulator, change: dict[str, str]) -> None:
    sim.create("b1", **VM, include_resources=[MACHINE | change])
    assert sim.ending("b1")[0] == "Success"
    info = sim.inspect("b1")["backup_info"]
    assert info["namespaces"] == ["vms"]
    assert not info.get("virtual_machines") and not info.get("volumes") and not info.get("resource_count")


def test_sharing_with_a_login_name_has_no_effect(sim: Simulator) -> None:
    sim.create("b1")
    bob = sim.user("5f0e1d2c-aaaa-4bbb-8ccc-0123456789ab", username="bob")
    for identity, status in (("bob", 404), ("5f0e1d2c-aaaa-4bbb-8ccc-0123456789ab", 200)):
        share = {"collaborators": [{"id": identity, "access": "View"}]}
        body = {"org_id": ORG, "name": "b1", "backupshare": share}
        assert sim.call("PUT", "/v1/backup/updatebackupshare", json=body).status_code == 200
        assert sim.call("GET", f"/v1/backup/{ORG}/b1", headers=bob).status_code == status
