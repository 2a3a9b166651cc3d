# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores: their effects on a cluster, their results, what remains after a deletion."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests
from simulator_process import ORG, Simulator, Starter

Json = dict[str, Any]

RESTORES = f"/v1/restore/{ORG}"
PARTIAL = "Volumes were restored successfully. Some existing resources were not replaced"
RELEASES = ("2.8.1", "2.8.2", "2.8.4", "2.9.0", "2.10.1", "2.11.0", "3.0.0", "3.1.0", "3.2.0")
ROLE = {"kind": "ClusterRole", "name": "shop-reader"}


def create(sim: Simulator, name: str, headers: Any = None, **fields: Any) -> requests.Response:
    """Create a restore of b1 to prod-us; None omits a field."""
    body: Json = {
        "metadata": {"name": name, "org_id": ORG},
        "backup_ref": {"name": "b1"},
        "cluster_ref": {"name": "prod-us"},
        "namespace_mapping": {"shop": "copy"},
    } | fields
    sent = {key: value for key, value in body.items() if value is not None}
    return sim.call("POST", "/v1/restore", json=sent, headers=headers)


def run_restore(sim: Simulator, name: str = "r1", **fields: Any) -> Json:
    """Create a restore and return its state."""
    response = create(sim, name, **fields)
    assert response.status_code == 200, response.text
    return inspect(sim, name)


def inspect(sim: Simulator, name: str, **query: str) -> Json:
    response = sim.call("GET", f"{RESTORES}/{name}", params=query)
    assert response.status_code == 200, response.text
    restore: Json = response.json()["restore"]["restore_info"]
    return restore


def ending(info: Json) -> tuple[str, str]:
    return info["status"]["status"], info["status"].get("reason", "")


def outcomes(info: Json) -> dict[str, int]:
    return dict(Counter(entry["status"]["status"] for entry in info.get("resources", [])))


def content(sim: Simulator, cluster: str = "prod-us") -> Json:
    contents: Json = sim.control("GET", "state")["contents"][cluster]
    return contents


def listed(sim: Simulator, **query: Any) -> Json:
    page: Json = sim.call("GET", RESTORES, params=query).json()
    return page


def names(page: Json) -> list[str]:
    return [restore["metadata"]["name"] for restore in page.get("restores", [])]


@pytest.fixture(autouse=True)
def backup(sim: Simulator) -> None:
    sim.create("b1")


def with_role(sim: Simulator) -> None:
    """Let the namespace shop have a cluster-scoped object, and back it up as b1."""
    description = {"resources": [{"kind": "Deployment", "name": "shop"}, ROLE], "volumes": ["data"]}
    sim.control("POST", "objects", {"kind": "namespace", "cluster": "prod-eu", "name": "shop", **description})
    sim.call("DELETE", f"/v1/backup/{ORG}/b1")
    sim.create("b1")


def test_a_created_restore_is_pending(sim: Simulator) -> None:
    restore = create(sim, "r1", metadata={"name": "r1", "org_id": ORG, "labels": {"a": "1"}}).json()["restore"]
    assert restore["metadata"]["labels"] == {"a": "1"} and restore["metadata"]["uid"]
    info = restore["restore_info"]
    assert ending(info) == ("Pending", "") and "resources" not in info and "volumes" not in info
    assert info["backup_ref"]["uid"] == sim.inspect("b1")["metadata"]["uid"]
    assert info["cluster_ref"] == {"name": "prod-us", "uid": sim.uid("clusters", "prod-us")}
    assert (info["replace_policy"], info["namespace_mapping"]) == ("Retain", {"shop": "copy"})


def test_a_restore_to_a_new_namespace(sim: Simulator) -> None:
    info = run_restore(sim)
    assert ending(info) == ("Success", "Volumes and resources were restored up successfully")
    volumes = sim.inspect("b1")["backup_info"]["volumes"]
    assert [(volume["pvc"], volume["source_namespace"]) for volume in info["volumes"]] == [
        (volume["pvc"], "shop") for volume in volumes
    ]
    assert info["total_size"] == str(sum(int(volume["total_size"]) for volume in volumes))
    assert {entry["namespace"] for entry in info["resources"]} == {"copy"}
    assert info["resource_count"] == info["restored_resource_count"] == str(len(info["resources"]))
    there = content(sim)["namespaces"]
    assert there["copy"]["objects"] == there["shop"]["objects"] and there["copy"]["restored_by"] == "r1"


def test_without_a_mapping_every_namespace_is_restored_in_place(sim: Simulator) -> None:
    sim.create("b2", namespaces=["shop", "web"])
    info = run_restore(sim, backup_ref={"name": "b2"}, namespace_mapping=None, cluster_ref={"name": "prod-eu"})
    assert info["namespace_mapping"] == {"shop": "shop", "web": "web"}
    assert ending(info) == ("PartialSuccess", PARTIAL)
    assert set(outcomes(info)) == {"Retained", "Success"}
    assert {volume["status"]["status"] for volume in info["volumes"]} == {"Retained"}


def test_a_namespace_that_the_mapping_omits_is_not_restored(sim: Simulator) -> None:
    sim.create("b2", namespaces=["shop", "web"])
    info = run_restore(sim, backup_ref={"name": "b2"}, namespace_mapping={"web": "w2", "unknown": "x"})
    assert info["namespace_mapping"] == {"web": "w2"} and ending(info)[0] == "Success"
    assert {"w2"} == {entry["namespace"] for entry in info["resources"]}
    assert "x" not in content(sim)["namespaces"]


def test_replace_policy_delete_replaces(sim: Simulator) -> None:
    run_restore(sim, "r1")
    assert ending(run_restore(sim, "r2"))[0] == "PartialSuccess"
    info = run_restore(sim, "r3", replace_policy="Delete")
    assert ending(info)[0] == "Success" and info["replace_policy"] == "Delete"
    assert outcomes(info) == {"Success": len(info["resources"])}


def test_retain_adds_what_is_missing(sim: Simulator) -> None:
    description = {"resources": [{"kind": "Service", "name": "shop-service"}], "volumes": 0}
    sim.control("POST", "objects", {"kind": "namespace", "cluster": "prod-us", "name": "copy", **description})
    info = run_restore(sim)
    retained = [entry for entry in info["resources"] if entry["status"]["status"] == "Retained"]
    assert [entry["name"] for entry in retained] == ["shop-service"]
    assert "present and ReplacePolicy is set to Retain" in retained[0]["status"]["reason"]
    assert "Deployment/shop-deployment" in content(sim)["namespaces"]["copy"]["objects"]


@pytest.mark.parametrize(("policy", "team"), [("Retain", "own"), ("Delete", "shop")])
def test_labels_of_an_existing_namespace(sim: Simulator, policy: str, team: str) -> None:
    labels = {"labels": {"team": "own", "extra": "x"}}
    sim.control("POST", "objects", {"kind": "namespace", "cluster": "prod-us", "name": "copy", **labels})
    run_restore(sim, replace_policy=policy)
    shown = content(sim)["namespaces"]["copy"]["labels"]
    assert (shown["team"], shown["tier"]) == (team, "gold") and ("extra" in shown) == (policy == "Retain")


def test_cluster_scoped_objects_are_restored_as_they_are(sim: Simulator) -> None:
    with_role(sim)
    first = run_restore(sim, "r1")
    assert ending(first)[0] == "Success"
    assert [entry.get("namespace") for entry in first["resources"] if entry["kind"] == "ClusterRole"] == [None]
    assert content(sim)["cluster_scoped"] == ["ClusterRole/shop-reader"]
    second = run_restore(sim, "r2", namespace_mapping={"shop": "another"})
    assert ending(second) == ("PartialSuccess", PARTIAL)
    assert [entry["kind"] for entry in second["resources"] if entry["status"]["status"] == "Retained"] == [
        "ClusterRole"
    ]


def test_deleting_a_restore_leaves_what_it_restored(sim: Simulator) -> None:
    run_restore(sim)
    assert sim.call("DELETE", f"{RESTORES}/r1").json() == {}
    assert sim.call("GET", f"{RESTORES}/r1").status_code == 404
    there = content(sim)["namespaces"]
    assert there["copy"]["objects"] == there["shop"]["objects"]
    assert sim.control("DELETE", "objects", {"kind": "namespace", "cluster": "prod-us", "name": "copy"}) == {
        "deleted": 1
    }
    assert "copy" not in content(sim)["namespaces"]


def test_a_restored_namespace_can_be_backed_up(sim: Simulator) -> None:
    run_restore(sim)
    sim.create("b2", namespaces=["copy"], cluster_ref={"name": "prod-us"})
    first, second = sim.inspect("b1")["backup_info"], sim.inspect("b2")["backup_info"]
    assert [v["pvc"] for v in second["volumes"]] == [v["pvc"] for v in first["volumes"]]
    assert second["resource_count"] == first["resource_count"] and second["total_size"] == first["total_size"]


def test_machines_are_restored_whole(sim: Simulator) -> None:
    sim.create("vms", namespaces=["vms"], backup_object_type={"type": "VirtualMachine"})
    chosen = [{"kind": "VirtualMachine", "group": "kubevirt.io", "version": "v1", "name": "db-vm", "namespace": "vms"}]
    info = run_restore(sim, backup_ref={"name": "vms"}, namespace_mapping={"vms": "lab"}, include_resources=chosen)
    assert ending(info)[0] == "Success" and len(info["volumes"]) == 2
    assert content(sim)["namespaces"]["lab"]["objects"] == [
        "PersistentVolumeClaim/db-vm-disk-0",
        "PersistentVolumeClaim/db-vm-disk-1",
        "Secret/db-vm-cloudinit",
        "VirtualMachine/db-vm",
    ]


def test_included_and_excluded_resources(sim: Simulator) -> None:
    wanted = {"kind": "Deployment", "group": "apps", "version": "v1", "name": "shop-deployment", "namespace": "shop"}
    info = run_restore(sim, "r1", include_resources=[wanted])
    assert [entry["kind"] for entry in info["resources"]] == ["Deployment"] and "volumes" not in info
    info = run_restore(sim, "r2", namespace_mapping={"shop": "c2"}, exclude_resources=[wanted])
    assert "Deployment" not in [entry["kind"] for entry in info["resources"]] and len(info["volumes"]) == 3
    sim.control("POST", "settings", {"release": "2.10.1"})
    info = run_restore(sim, "r3", namespace_mapping={"shop": "c3"}, exclude_resources=[wanted])
    assert "Deployment" in [entry["kind"] for entry in info["resources"]]


def test_jobs_are_restored_when_asked_for(sim: Simulator) -> None:
    description = {"resources": [{"kind": "Job", "name": "j"}, {"kind": "CronJob", "name": "c"}], "volumes": 0}
    sim.control("POST", "objects", {"kind": "namespace", "cluster": "prod-eu", "name": "jobs", **description})
    sim.create("b2", namespaces=["jobs"])
    options: Json = {"backup_ref": {"name": "b2"}, "namespace_mapping": {"jobs": "j1"}}
    assert [entry["kind"] for entry in run_restore(sim, "r1", **options)["resources"]] == ["CronJob"]
    options |= {"namespace_mapping": {"jobs": "j2"}, "include_optional_resource_types": ["jobs"]}
    assert [entry["kind"] for entry in run_restore(sim, "r2", **options)["resources"]] == ["Job", "CronJob"]


def test_filter_and_prefix(sim: Simulator) -> None:
    sim.create("b2", namespaces=["shop", "web"])
    chosen = {"namespace_filter": {"include_namespaces": ["web"]}}
    options: Json = {"backup_ref": {"name": "b2"}, "namespace_mapping": None, "target_namespace_prefix": "drill-"}
    info = run_restore(sim, filter=chosen, **options)
    assert info["namespace_mapping"] == {"web": "drill-web"} and info["target_namespace_prefix"] == "drill-"
    assert {entry["namespace"] for entry in info["resources"]} == {"drill-web"}


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("r-sim-failed", "Failed", "simulated failure"),
        ("r-sim-aborted", "Aborted", "aborted"),
        ("r-sim-missing", "Failed", "CloudBackup objects are missing"),
        ("r-sim-partial", "PartialSuccess", PARTIAL),
        ("r-sim-resource-failed", "PartialSuccess", PARTIAL),
        ("r-sim-volume-failed", "Failed", "Restore failed for volume"),
        ("r-sim-stuck", "InProgress", "in progress"),
        ("r-sim-stripped", "Success", ""),
        ("r-sim-resource-missing", "Success", ""),
        ("r-sim-volume-missing", "Success", ""),
    ],
)
def test_endings_by_name(sim: Simulator, name: str, status: str, reason: str) -> None:
    info = run_restore(sim, name)
    assert ending(info)[0] == status and reason in ending(info)[1]
    assert ("total_size" in info) == (status in ("Success", "PartialSuccess"))


def test_the_reason_of_a_restore_does_not_name_a_failed_resource(sim: Simulator) -> None:
    info = run_restore(sim, "r-sim-partial")
    assert ending(info) == ("PartialSuccess", PARTIAL)
    assert outcomes(info)["Failed"] == 1 and "Retained" not in outcomes(info)
    failed = next(entry for entry in info["resources"] if entry["status"]["status"] == "Failed")
    assert failed["status"]["reason"].startswith("Error applying resource: ")
    assert f"{failed['kind']}/{failed['name']}" not in content(sim)["namespaces"]["copy"]["objects"]


def test_resources_and_volumes_that_are_missing_without_an_error(sim: Simulator) -> None:
    whole = run_restore(sim, "r1")
    less = run_restore(sim, "r-sim-volume-missing", namespace_mapping={"shop": "c2"})
    assert len(less["volumes"]) == len(whole["volumes"]) - 1 and ending(less)[0] == "Success"
    less = run_restore(sim, "r-sim-resource-missing", namespace_mapping={"shop": "c3"})
    assert len(less["resources"]) == len(whole["resources"]) - 1 and ending(less)[0] == "Success"


def test_a_volume_that_failed_in_the_backup_is_skipped(sim: Simulator) -> None:
    sim.create("b-sim-partial")
    good = [v for v in sim.inspect("b-sim-partial")["backup_info"]["volumes"] if v["status"]["status"] == "Success"]
    info = run_restore(sim, backup_ref={"name": "b-sim-partial"})
    assert ending(info)[0] == "Success" and len(info["volumes"]) == len(good) < 3


def test_a_stripped_list(sim: Simulator) -> None:
    sim.control("POST", "settings", {"release": "2.10.1"})
    info = run_restore(sim, "r-sim-stripped")
    assert info["large_resource_enabled"] is True and "resources" not in info and "restore_resources" not in info
    assert int(info["resource_count"]) > 0
    sim.control("POST", "settings", {"release": "2.11.0"})
    assert inspect(sim, "r-sim-stripped")["restore_resources"]["resources"]


def test_the_status_retained_of_a_restore(sim: Simulator) -> None:
    run_restore(sim, "r1")
    assert ending(run_restore(sim, "r-sim-retained"))[0] == "Retained"


def test_effects_and_endings_by_rule(sim: Simulator) -> None:
    sim.control("POST", "outcomes", {"pattern": "^r", "effects": ["volume_failed"], "reason": "disk full"})
    assert ending(run_restore(sim)) == ("Failed", "disk full")
    assert sim.call("POST", "/_simulator/outcomes", json={"pattern": "x", "effects": ["typo"]}).status_code == 400
    sim.control("DELETE", "outcomes")
    sim.control("POST", "outcomes", {"pattern": "^r", "status": "Aborted", "duration": 100})
    assert ending(run_restore(sim, "r2", namespace_mapping={"shop": "c2"}))[0] == "Pending"
    sim.control("POST", "clock", {"advance": 101})
    assert ending(inspect(sim, "r2"))[0] == "Aborted"


def test_states_over_time(sim: Simulator) -> None:
    sim.control("POST", "settings", {"restore_seconds": 1000})
    create(sim, "r1", replace_policy="Delete")
    seen = []
    for seconds in (50, 100, 150, 200, 300, 250):
        sim.control("POST", "clock", {"advance": seconds})
        info = inspect(sim, "r1")
        state = info.get("restore_status", {}).get("restore_status", "Preparing")
        volumes = {volume["status"]["status"] for volume in info.get("volumes", [])}
        seen.append((ending(info)[0], state, "".join(volumes)))
    assert seen == [
        ("Pending", "Preparing", ""),
        ("InProgress", "Preparing", ""),
        ("InProgress", "Deleting", "InProgress"),
        ("InProgress", "Verifying", "InProgress"),
        ("InProgress", "Applying", "Success"),
        ("Success", "Applying", "Success"),
    ]


def test_a_cancelled_restore_leaves_what_it_has_restored(sim: Simulator) -> None:
    sim.control("POST", "settings", {"restore_seconds": 1000, "cancel_seconds": 300})
    create(sim, "r1")
    sim.control("POST", "clock", {"advance": 500})
    assert sim.call("DELETE", f"{RESTORES}/r1").json() == {}
    sim.control("POST", "clock", {"advance": 299})
    assert ending(inspect(sim, "r1"))[0] == "Deleting"
    sim.control("POST", "clock", {"advance": 600})
    assert sim.call("GET", f"{RESTORES}/r1").status_code == 404
    there = content(sim)["namespaces"]
    assert 0 < len(there["copy"]["objects"]) < len(there["shop"]["objects"])


def test_a_restore_that_is_cancelled_at_once_leaves_nothing(sim: Simulator) -> None:
    sim.control("POST", "settings", {"restore_seconds": 1000})
    create(sim, "r1")
    sim.call("DELETE", f"{RESTORES}/r1")
    sim.control("POST", "clock", {"advance": 2000})
    assert listed(sim) == {"complete": True} and "copy" not in content(sim)["namespaces"]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"backup_ref": {"name": "none"}}, 404, "backup [none]: object not found"),
        ({"backup_ref": None}, 404, "object not found"),
        ({"backup_ref": None, "backup": "b1"}, 200, ""),
        ({"backup_ref": {"name": "b-sim-failed"}}, 400, "is not in success state: Failed"),
        ({"cluster_ref": {"name": "none"}}, 404, "cluster [none]: object not found"),
        ({"cluster_ref": None}, 400, "cluster reference cannot be empty"),
        ({"cluster_ref": None, "cluster": "prod-us"}, 200, ""),
        ({"metadata": {"org_id": ORG}}, 400, "name cannot be empty"),
        ({"namespace_mapping": [["shop", "x"]]}, 400, "cannot unmarshal"),
        ({"replace_policy": "delete"}, 400, "unknown value"),
    ],
)
def test_refusals(sim: Simulator, fields: Json, status: int, words: str) -> None:
    sim.create("b-sim-failed")
    response = create(sim, "r1", **fields)
    assert response.status_code == status and words in response.text
    assert len(names(listed(sim))) == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"namespace_mapping": {"shop": "Not_Valid"}}, 'Namespace "Not_Valid" is invalid'),
        ({"cluster_ref": {"name": "edge-01"}}, "failed to validate access to the cluster"),
        ({"namespace_mapping": {"none": "x"}}, "an empty namespace may not be set"),
        ({"storage_class_mapping": {"px-csi-db": "none"}}, "failed in getting the storage class [none]"),
    ],
)
def test_restores_that_fail(sim: Simulator, fields: Json, words: str) -> None:
    sim.control(
        "POST", "objects", {"kind": "cluster", "name": "prod-us", "update": True, "storage_classes": ["px-csi-db"]}
    )
    before = content(sim)
    info = run_restore(sim, **fields)
    assert ending(info)[0] == "Failed" and words in ending(info)[1]
    assert content(sim) == before


def test_names_are_unique_for_an_owner(sim: Simulator) -> None:
    create(sim, "r1")
    response = create(sim, "r1")
    assert (response.status_code, response.json()["code"]) == (409, 6)
    assert response.json()["error"] == "failed to create restore object [r1]: object already exists"
    bob = sim.user("bob")
    share = {"org_id": ORG, "name": "b1", "backupshare": {"collaborators": [{"id": "bob", "access": "Restorable"}]}}
    sim.call("PUT", "/v1/backup/updatebackupshare", json=share)
    assert create(sim, "r1", headers=bob, namespace_mapping={"shop": "bob"}).status_code == 200
    response = sim.call("GET", f"{RESTORES}/r1")
    assert (response.status_code, response.json()["code"]) == (500, 13)
    uids = [restore["metadata"]["uid"] for restore in listed(sim)["restores"]]
    assert all(inspect(sim, "r1", uid=uid) for uid in uids)
    assert len(names(sim.call("GET", RESTORES, headers=bob).json())) == 1


def test_the_right_to_restore(sim: Simulator) -> None:
    bob = sim.user("bob")
    assert create(sim, "r1", headers=bob).status_code == 404
    share = {"org_id": ORG, "name": "b1", "backupshare": {"collaborators": [{"id": "bob", "access": "View"}]}}
    sim.call("PUT", "/v1/backup/updatebackupshare", json=share)
    response = create(sim, "r1", headers=bob)
    assert response.status_code == 403 and "doesn't have permission to restore backup" in response.text
    create(sim, "r1")
    assert sim.call("DELETE", f"{RESTORES}/r1", headers=bob).status_code == 404
    assert names(listed(sim)) == ["r1"]


def test_update_changes_labels(sim: Simulator) -> None:
    create(sim, "r1", metadata={"name": "r1", "org_id": ORG, "labels": {"a": "1"}})
    body = {"metadata": {"name": "r1", "org_id": ORG, "labels": {"b": "2"}}, "namespace_mapping": {"shop": "x"}}
    assert sim.call("PUT", "/v1/restore", json=body).json() == {}
    metadata = sim.call("GET", f"{RESTORES}/r1").json()["restore"]["metadata"]
    assert metadata["labels"] == {"b": "2"}
    assert inspect(sim, "r1")["namespace_mapping"] == {"shop": "copy"}


def test_lists(sim: Simulator) -> None:
    sim.create("a-backup", namespaces=["web"])
    create(sim, "r1", metadata={"name": "r1", "org_id": ORG, "labels": {"a": "1"}})
    create(sim, "r2", cluster_ref={"name": "prod-eu"})
    create(sim, "x-sim-failed", backup_ref={"name": "a-backup"}, namespace_mapping={"web": "w"})
    option = "enumerate_options.{}".format
    assert names(listed(sim)) == ["x-sim-failed", "r2", "r1"]
    assert names(listed(sim, **{option("name_filter"): "r"})) == ["r2", "r1"]
    assert names(listed(sim, **{option("labels[a]"): "1"})) == ["r1"]
    assert names(listed(sim, **{option("status"): "Failed"})) == ["x-sim-failed"]
    assert names(listed(sim, **{option("cluster_name_filter"): "us"})) == ["x-sim-failed", "r1"]
    page = listed(sim, **{option("max_objects"): 2})
    assert (names(page), page["total_count"], page.get("complete")) == (["x-sim-failed", "r2"], "3", None)
    assert names(listed(sim, **{option("sort_option.sortBy.type"): 5, option("sort_option.sortOrder.type"): 1}))[0] == (
        "x-sim-failed"
    )
    assert all("resources" not in restore["restore_info"] for restore in page["restores"])
    detailed = listed(sim, **{option("include_detailed_resources"): "true"})["restores"]
    assert detailed[1]["restore_info"]["resources"]


def test_there_is_no_list_by_post(sim: Simulator) -> None:
    assert sim.call("POST", f"{RESTORES}/enumerate", json={}).status_code in (404, 405)


@pytest.mark.parametrize("release", RELEASES)
def test_fields_by_release(sim: Simulator, release: str) -> None:
    sim.control("POST", "settings", {"release": release})
    info = run_restore(sim, virtual_machine_restore_options={"skip_vm_restart": True})
    new = release not in RELEASES[:5]
    assert ("restore_resources" in info) == ("virtual_machine_restore_options" in info) == new
    assert "resources" in info
    unknown = sim.control("GET", "requests")[-2]["unknown_fields"]
    assert unknown == ([] if new else ["virtual_machine_restore_options"])


@pytest.mark.parametrize("form", ["empty_first", "from_one"])
def test_reasons_of_2_11(sim: Simulator, form: str) -> None:
    sim.control("POST", "settings", {"reason_index": form})
    info = run_restore(sim, cluster_ref={"name": "prod-eu"}, namespace_mapping={"shop": "shop"})
    table = info["restore_resources"]
    kept = next(entry for entry in info["resources"] if entry["status"]["status"] == "Retained")
    chunk = next(kind for kind in table["resources"][0]["resource_types"] if kind["name"] == kept["kind"])["chunks"][0]
    retained = next(group for group in chunk["resource_infos"] if group["status"] == "Retained")
    index = retained["resources"][0]["reason_index"]
    assert index == 1
    assert table["reasons"][index if form == "empty_first" else index - 1] == kept["status"]["reason"]


def test_files_of_a_machine(sim: Simulator) -> None:
    files = {"virtual_machine_name": "db-vm", "restore_files": [{"source_path": "/etc/hosts"}]}
    before = content(sim)
    info = run_restore(sim, is_sfr=True, file_level_restore_info=files)
    assert info["is_sfr"] is True
    entry = info["file_level_restore_info"]["restore_files"][0]
    assert entry["restore_file_info"]["source_path"] == "/etc/hosts" and entry["duration"] == "3.500s"
    assert content(sim) == before


def test_mappings_that_a_server_may_refuse(sim: Simulator) -> None:
    sim.create("b2", namespaces=["shop", "web"])
    same: Json = {"backup_ref": {"name": "b2"}, "namespace_mapping": {"shop": "x", "web": "x"}}
    assert ending(run_restore(sim, "r1", **same))[0] == "Success"
    sim.control("POST", "settings", {"restore_mapping": "refuse"})
    assert create(sim, "r2", **same).status_code == 400
    assert create(sim, "r3", namespace_mapping={"none": "x"}).status_code == 400


def test_missing_data(sim: Simulator) -> None:
    sim.control("POST", "objects", {"kind": "backup", "name": "gone", "status": "CloudBackupMissing"})
    assert ending(run_restore(sim, backup_ref={"name": "gone"})) == ("Failed", "CloudBackup objects are missing")
    sim.control("POST", "settings", {"missing_data": "refuse_create"})
    assert "CloudBackup objects are missing" in create(sim, "r2", backup_ref={"name": "gone"}).text


def test_default_storage_classes(sim: Simulator) -> None:
    wanted = {"storage_class_mapping": {"px-csi-db": "use-default-storage-class"}}
    assert ending(run_restore(sim, "r1", **wanted))[0] == "Success"
    sim.control("POST", "settings", {"default_storage_class": "none"})
    assert ending(run_restore(sim, "r2", **wanted))[0] == "InProgress"


def test_a_backup_that_is_being_restored(sim: Simulator) -> None:
    sim.control("POST", "settings", {"restore_seconds": 100, "backup_in_use": "refuse"})
    create(sim, "r1")
    response = sim.call("DELETE", f"/v1/backup/{ORG}/b1")
    assert response.status_code == 500 and "has reference to restore [r1:" in response.text
    sim.control("POST", "settings", {"backup_in_use": "delete"})
    assert sim.call("DELETE", f"/v1/backup/{ORG}/b1").json() == {}


def test_restores_of_control_calls(sim: Simulator) -> None:
    sim.control("POST", "objects", {"kind": "restore", "name": "old", "backup": "b1", "age": 86400, "duration": 60})
    assert ending(inspect(sim, "old"))[0] == "PartialSuccess"
    sim.control("POST", "objects", {"kind": "restore", "name": "old", "status": "InProgress"})
    assert ending(inspect(sim, "old"))[0] == "InProgress"
    put = {"kind": "restore", "name": "r2", "backup": "b1", "cluster": "prod-us", "namespace_mapping": {"shop": "n"}}
    sim.control("POST", "objects", {**put, "status": "Failed", "reason": "why", "labels": {"a": "1"}})
    assert ending(inspect(sim, "r2")) == ("Failed", "why")
    assert sim.control("DELETE", "objects", {"kind": "restore", "name": "r2"}) == {"deleted": 1}
    for bad in ({"name": "x"}, {"name": "x", "backup": "none"}, {"name": "x", "backup": "b1", "typo": 1}):
        assert sim.call("POST", "/_simulator/objects", json={"kind": "restore", **bad}).status_code == 400


def test_a_lost_response_of_a_create(sim: Simulator) -> None:
    sim.control("POST", "faults", {"kind": "drop_after", "match": {"rpc": "Restore.Create"}})
    with pytest.raises(requests.ConnectionError):
        create(sim, "r1")
    assert names(listed(sim)) == ["r1"]


def test_the_activity_timeline_counts_restores(sim: Simulator) -> None:
    run_restore(sim, "r1")
    run_restore(sim, "r-sim-failed", namespace_mapping={"shop": "c2"})
    path = f"/v1/restore/{ORG}/2/Daily?kind=restore"
    before = sim.call("GET", path).json()["activity_data"]
    assert sum(int(span.get("successful", 0)) for span in before) == 1
    assert sum(int(span.get("failed", 0)) for span in before) == 1
    sim.call("DELETE", f"{RESTORES}/r1")
    assert names(listed(sim)) == ["r-sim-failed"]
    assert sim.call("GET", path).json()["activity_data"] == before


def test_restores_over_a_restart(start: Starter, tmp_path: Path) -> None:
    arguments = ("--state-file", str(tmp_path / "state.json"), "--seed", "1")
    sim = start(*arguments)
    sim.create("b1")
    run_restore(sim)
    before = sim.control("GET", "state")
    sim.kill()
    after = start(*arguments).control("GET", "state")
    assert after["restores"] == before["restores"] and after["contents"] == before["contents"]
