# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results match the state on the server where names, owners, retries and pages make that difficult."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.examples import REFERENCES
from support.playbooks import BATCH, MODULE, Run, run_tasks
from support.simulator import Simulator

pytestmark = pytest.mark.both_paths

INFO = f"{MODULE}_info"
OTHER_OWNER = "5f0e1d2c-aaaa-4bbb-8ccc-0123456789ab"
CREATE = {"operation": "CREATE", "name": "one", **REFERENCES, "namespaces": ["shop"]}
SHARE = {"groups": [{"id": "platform", "access": "View"}]}
WAIT = {"wait": True, "wait_interval": 1}

# A task: its name, its module and its parameters.
Task = tuple[str, str, dict[str, Any]]


def _run(simulator: Simulator, work: Path, *tasks: Task, **environment: str) -> Run:
    """Run tasks whose failure does not end the playbook."""
    listed = [{"name": name, module: parameters, "ignore_errors": True} for name, module, parameters in tasks]
    return run_tasks(listed, work, {**simulator.environment, **environment}).ok()


def _names(simulator: Simulator) -> list[str]:
    return sorted(item["metadata"]["name"] for item in simulator.state()["backups"])


def _uid(simulator: Simulator, kind: str, name: str) -> str:
    return next(str(item["metadata"]["uid"]) for item in simulator.state()[kind] if item["metadata"]["name"] == name)


# --- retries


MACHINE = {"namespace": "vms", "group": "kubevirt.io", "kind": "VirtualMachine", "version": "v1"}


def test_a_retry_of_one_machine_does_not_cover_the_others(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    simulator.add_backup(name="one", status="Failed", namespaces=["vms"], backup_object_type="VirtualMachine", age=600)
    retry = {"operation": "RETRY_BACKUP_RESOURCES", "name": "one"}
    run = _run(
        simulator,
        work,
        ("one machine", MODULE, {**retry, "include_resources": [{**MACHINE, "name": "app-vm"}], **WAIT}),
        ("the rest", MODULE, {**retry, **WAIT}),
        ("again", MODULE, retry),
    )
    assert [result["changed"] for result in run.results] == [True, True, False]
    assert len(simulator.writes()) == 2
    retried = run.result("the rest")["backup"]["backup_info"]["virtual_machines"]
    assert "db-vm" in {machine["name"] for machine in retried}


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "old_retry"])
def test_an_older_retry_is_not_taken_for_the_new_one(simulator: Simulator, work: Path, kind: str) -> None:
    simulator.settings(backup_seconds=0)
    name = "one-sim-failed-sim-stubborn"
    uid = simulator.add_backup(name=name, status="Failed", namespaces=["shop"])["uid"]
    retry = {"operation": "RETRY_BACKUP_RESOURCES", "name": name}
    (first,) = _run(simulator, work, ("first", MODULE, {**retry, **WAIT})).results
    assert (first["failed"], first["waited"]["status"]) == (True, "Failed")

    simulator.faults({"kind": kind, "match": {"rpc": "Backup.RetryBackupResources"}})
    (second,) = _run(simulator, work, ("second", MODULE, retry)).results
    old = first["backup"]["metadata"]["uid"]
    kept = [item for item in simulator.state()["backups"] if item["metadata"]["uid"] not in (uid, old)]
    if kind == "drop_after":
        assert (second["failed"], second["changed"]) == (False, True)
        assert [item["metadata"]["uid"] for item in kept] == [second["backup"]["metadata"]["uid"]]
    else:
        assert (second["failed"], kept) == (True, []), second
    assert len(simulator.writes()) == 2


# --- owners


def test_writes_by_name_alone_do_not_reach_backups_of_other_owners(simulator: Simulator, work: Path) -> None:
    uids = {
        name: simulator.add_backup(name=name, status=status, owner=OTHER_OWNER, namespaces=["shop"])["uid"]
        for name, status in (("update", "Success"), ("share", "Success"), ("delete", "Success"), ("retry", "Failed"))
    }
    tasks: dict[str, dict[str, Any]] = {
        "update": {"operation": "UPDATE", "labels": {"a": "b"}},
        "share": {"operation": "UPDATE_BACKUP_SHARE", "backup_share": SHARE},
        "delete": {"operation": "DELETE"},
        "retry": {"operation": "RETRY_BACKUP_RESOURCES"},
    }
    run = _run(simulator, work, *((name, MODULE, {**task, "name": name}) for name, task in tasks.items()))
    for name, uid in uids.items():
        result = run.result(name)
        assert (result["failed"], result["changed"], result["error"]["category"]) == (True, False, "conflict")
        assert f"backup '{name}' ({uid}) belongs to user {OTHER_OWNER}; set its uid" in result["msg"]
    assert simulator.writes() == []

    both = _run(
        simulator, work, *((name, MODULE, {**task, "name": name, "uid": uids[name]}) for name, task in tasks.items())
    )
    assert [(result["failed"], result["changed"]) for result in both.results] == [(False, True)] * 4
    assert len(simulator.writes()) == 4


def test_a_token_that_names_no_user_needs_the_uid_and_warns(simulator: Simulator, work: Path) -> None:
    opaque = "an-opaque-token-0123456789"
    simulator.control("POST", "tokens", {"user_id": "eve-uid", "admin": True, "token": opaque})
    simulator.add_backup(name="one", status="Success", owner=OTHER_OWNER, namespaces=["shop"])
    run = _run(
        simulator,
        work,
        ("create", MODULE, CREATE),
        ("delete", MODULE, {"operation": "DELETE", "name": "one"}),
        ("batch", BATCH, {"state": "absent", "names": ["one"]}),
        PX_BACKUP_TOKEN=opaque,
    )
    create = run.result("create")
    assert (create["failed"], create["changed"]) == (False, False)
    assert any(f"belongs to user {OTHER_OWNER}, and the token does not say" in text for text in create["warnings"])
    for name in ("delete", "batch"):
        result = run.result(name)
        assert (result["failed"], result["changed"], result["error"]["category"]) == (True, False, "conflict")
        assert "the token does not say who the caller is" in result["msg"] and "set its uid" in result["msg"]
    assert simulator.writes() == []


def test_a_batch_creates_backups_of_one_name_for_two_owners(simulator: Simulator, work: Path) -> None:
    shared = {"name": "one", **REFERENCES, "namespaces": ["shop"]}
    backups = [shared, {**shared, "ownership": {"owner": OTHER_OWNER}}]
    (result,) = _run(simulator, work, ("batch", BATCH, {"backups": backups})).results
    assert (result["failed"], result.get("message")) == (False, "2 backups: 2 created"), result
    assert _names(simulator) == ["one", "one"]
    owners = {item["metadata"]["ownership"]["owner"] for item in simulator.state()["backups"]}
    assert len(owners) == 2 and OTHER_OWNER in owners


# --- failures


def test_scattered_failures_do_not_stop_a_batch(simulator: Simulator, work: Path) -> None:
    names = [f"night-{number:02}" for number in range(16)]
    # The page of a gateway refuses at the entrance, so that nothing is looked up.
    refused = {"kind": "html", "status": 429, "process": False}
    simulator.faults(*({**refused, "match": {"rpc": "Backup.Create", "name": name}} for name in names[1:15:2]))
    defaults = {**REFERENCES, "namespaces": ["shop"]}
    task = {"defaults": defaults, "backups": [{"name": name} for name in names], "concurrency": 1, "retries": 0}
    (result,) = _run(simulator, work, ("batch", BATCH, task)).results
    failed = [entry["name"] for entry in result["backups"] if entry["failed"]]
    assert len(failed) == 7
    assert result["msg"].startswith("16 backups: 9 created, 7 failed ["), "each was tried"
    assert _names(simulator) == sorted(set(names) - set(failed))


def test_findings_are_in_the_error_of_a_share(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    denied = {"kind": "grpc_error", "code": 7, "text": "Access denied for [Resource: one]"}
    simulator.faults({**denied, "match": {"rpc": "Backup.UpdateBackupShare"}})
    share = {"collaborators": [{"id": "bob", "access": "View"}]}
    task = {"operation": "UPDATE_BACKUP_SHARE", "name": "one", "backup_share": share}
    (result,) = _run(simulator, work, ("share", MODULE, task)).results
    assert result["error"]["category"] == "permission"
    (finding,) = result["preflight"]
    assert (finding["severity"], finding["parameter"]) == ("warning", "backup_share.collaborators")


def test_another_backup_than_the_requested_one_is_an_error(simulator: Simulator, work: Path) -> None:
    uid = simulator.add_backup(name="one", status="Success")["uid"]
    (kept,) = simulator.state()["backups"]
    other = {"metadata": {**kept["metadata"], "uid": "another-uid"}, "backup_info": kept["backup_info"]}
    body = {"kind": "status", "status": 200, "body": {"backup": other}, "times": 0}
    simulator.faults({**body, "match": {"rpc": "Backup.Inspect"}})
    run = _run(
        simulator,
        work,
        ("inspect", MODULE, {"operation": "INSPECT_ONE", "name": "one", "uid": uid}),
        ("delete", MODULE, {"operation": "DELETE", "name": "one"}),
        ("info", INFO, {"uid": uid}),
    )
    for result in run.results:
        assert (result["failed"], result["error"]["category"]) == (True, "protocol")
        assert uid in result["msg"] and "another-uid" in result["msg"]
    assert simulator.writes() == []


def test_a_backup_that_inspect_denies_and_the_list_contains_is_not_absent(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    missing = "failed to retrieve cloud credential [aws]: object not found"
    simulator.faults({"kind": "grpc_error", "code": 2, "text": missing, "times": 0, "match": {"rpc": "Backup.Inspect"}})
    tasks: list[Task] = [
        ("inspect", MODULE, {"operation": "INSPECT_ONE", "name": "one"}),
        ("delete", MODULE, {"operation": "DELETE", "name": "one"}),
        ("create", MODULE, CREATE),
    ]
    for result in _run(simulator, work, *tasks).results:
        assert (result["failed"], result["changed"]) == (True, False)
        assert "cloud credential [aws]" in result["msg"]
    assert simulator.writes() == []


# --- contents


DETAILS = {"operation": "GET_BACKUP_RESOURCE_DETAILS", "name": "one"}


def test_the_last_page_of_the_contents_is_not_truncated(simulator: Simulator, work: Path) -> None:
    simulator.settings(page_cap=3)
    simulator.add_backup(name="one", status="Success", namespaces=["shop", "billing"])
    shop = {"namespace_filter": {"include_namespaces": ["shop", "billing"]}}
    whole = _run(simulator, work, ("whole", MODULE, {**DETAILS, "filter": shop})).results[0]
    total = whole["total_count"]
    assert total > 4
    run = _run(
        simulator,
        work,
        ("rest", MODULE, {**DETAILS, "filter": {**shop, "object_index": 2}}),
        ("last page", MODULE, {**DETAILS, **shop, "object_index": total - 2, "max_objects": 2}),
        ("page before", MODULE, {**DETAILS, **shop, "object_index": total - 3, "max_objects": 2}),
    )
    found = {name: run.result(name) for name in ("rest", "last page", "page before")}
    resources = whole["details"]["resources"]
    assert found["rest"]["details"]["resources"] == resources[2:]
    assert found["last page"]["details"]["resources"] == resources[-2:]
    assert {name: result["truncated"] for name, result in found.items()} == {
        "rest": False,
        "last page": False,
        "page before": True,
    }
    assert {result["total_count"] for result in found.values()} == {total}


def test_filters_of_the_contents_beside_filter(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", namespaces=["shop", "billing"])
    shop = {"include_namespaces": ["shop"]}
    inside: dict[str, Any] = {"namespace_filter": shop, "status": ["Success"], "max_objects": 2}
    beside: dict[str, Any] = {**inside, "resource_status_filter": inside["status"]}
    del beside["status"]
    machines = {"virtual_machine_filter": {"vm_name_pattern": "app"}}
    run = _run(
        simulator,
        work,
        ("inside", MODULE, {**DETAILS, "filter": inside}),
        ("outside", MODULE, {**DETAILS, **beside}),
        ("both", MODULE, {**DETAILS, "filter": inside, "max_objects": 3}),
        ("exclusive", MODULE, {**DETAILS, "filter": {**inside, **machines}}),
        ("exclusive beside", MODULE, {**DETAILS, "filter": inside, **machines}),
    )
    bodies = [line["body"] for line in simulator.requests() if line["rpc"] == "Backup.GetBackupResourceDetails"]
    assert len(bodies) == 2 and bodies[0] == bodies[1]
    found = [run.result(name)["details"]["resources"] for name in ("inside", "outside")]
    assert found[0] == found[1] and len(found[0]) == 2
    assert "max_objects is 3, but filter.max_objects is 2" in run.result("both")["msg"]
    for name in ("exclusive", "exclusive beside"):
        assert "namespace_filter and virtual_machine_filter are mutually exclusive" in run.result(name)["msg"]


# --- white space


def test_white_space_at_the_ends_of_names_is_not_part_of_them(simulator: Simulator, work: Path) -> None:
    for name in ("b1", "b2", "b3"):
        simulator.add_backup(name=name, status="Success")
    labels = {"labels": {"team": " a "}}
    cluster = {"cluster_ref": {"name": " prod-eu\n"}}
    run = _run(
        simulator,
        work,
        ("batch", BATCH, {"state": "absent", "names": "b1, b2", **WAIT}),
        ("block", MODULE, {"operation": "DELETE", "name": "b3\n", **WAIT}),
        ("create", MODULE, {**CREATE, **cluster, **labels, "name": " one\n", "namespaces": "shop , billing"}),
        ("again", MODULE, {**CREATE, "labels": {"team": "a"}, "namespaces": ["billing", "shop"]}),
        ("list", INFO, {"name": "one \n"}),
        PX_BACKUP_ORG_ID="default\n",
    )
    assert [(result["failed"], result["changed"]) for result in run.results] == [
        (False, True),
        (False, True),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert run.result("batch")["message"] == "2 backups: 2 deleted"
    assert run.result("list")["total_count"] == 1
    (kept,) = simulator.state()["backups"]
    assert (kept["metadata"]["name"], kept["metadata"]["labels"]) == ("one", {"team": "a"})
    assert kept["backup_info"]["namespaces"] == ["shop", "billing"]


# --- what playbooks for other tools set


def test_references_of_a_list_may_be_one_or_several(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="nightly", schedule_policy="nightly", backup_schedule="shop-nightly")
    simulator.add_backup(name="manual")
    run = _run(
        simulator,
        work,
        *(
            (f"{option} {form}", INFO, {option: {"one": ref, "several": [ref]}[form]})
            for option, ref in (
                ("schedule_policy_ref", {"name": "nightly"}),
                ("backup_schedule_ref", {"name": "shop-nightly"}),
            )
            for form in ("one", "several")
        ),
        ("text", INFO, {"backup_schedule_ref": "shop-nightly"}),
    )
    found = [[item["metadata"]["name"] for item in result.get("backups", [])] for result in run.results]
    assert found == [["nightly"]] * 4 + [[]]
    assert "backup_schedule_ref is 'shop-nightly', not a dictionary with name and uid" in run.result("text")["msg"]


def test_resources_by_group_version_and_kind(simulator: Simulator, work: Path) -> None:
    place = {"name": "shop-deployment", "namespace": "shop"}
    deployment = {**place, "gvk": "apps/v1/Deployment"}
    claim = {"name": "shop-data-0", "namespace": "shop", "gvk": "v1/PersistentVolumeClaim"}
    run = _run(
        simulator,
        work,
        ("create", MODULE, {**CREATE, "include_resources": [deployment, claim]}),
        ("wrong", MODULE, {**CREATE, "include_resources": [{**place, "gvk": "Deployment"}]}),
        ("other", MODULE, {**CREATE, "include_resources": [{**deployment, "kind": "StatefulSet"}]}),
        ("missing", MODULE, {**CREATE, "include_resources": [deployment, {**place, "kind": "Deployment"}]}),
    )
    (write,) = simulator.writes()
    assert write["body"]["include_resources"] == [
        {**place, "group": "apps", "kind": "Deployment", "version": "v1"},
        {"name": "shop-data-0", "namespace": "shop", "group": "", "kind": "PersistentVolumeClaim", "version": "v1"},
    ]
    says = {
        "wrong": "include_resources[0]: gvk 'Deployment' is not GROUP/VERSION/KIND",
        "other": "include_resources[0]: gvk is 'apps/v1/Deployment', but kind is 'StatefulSet'",
        "missing": "include_resources[1]: group is required",
    }
    for name, words in says.items():
        assert run.result(name)["error"]["category"] == "validation"
        assert words in run.result(name)["msg"]


def test_options_of_other_tools_are_understood_or_explained(simulator: Simulator, work: Path) -> None:
    by_uid = {"cluster_ref": {"uid": _uid(simulator, "clusters", "prod-eu")}}
    run = _run(
        simulator,
        work,
        ("agrees", MODULE, {**CREATE, **by_uid, "cluster": "prod-eu", "parallel_backup": False}),
        ("contradicts", MODULE, {**CREATE, "name": "two", "cluster": "prod-us"}),
        ("parallel", MODULE, {**CREATE, "name": "two", "parallel_backup": True}),
        ("sort", MODULE, {"operation": "INSPECT_ALL", "sort_option": {"sort_by": "RestoreBackupName"}}),
        (
            "delete",
            MODULE,
            {"operation": "DELETE", "name": "one", "cluster": "prod-us", "cluster_ref": by_uid["cluster_ref"]},
        ),
    )
    assert run.result("agrees")["changed"] is True
    says = {
        "contradicts": "cluster is 'prod-us', but cluster_ref is the cluster 'prod-eu'; omit cluster",
        "parallel": "parallel_backup cannot be set: the API has it in responses only",
        "sort": "sort_option.sort_by 'RestoreBackupName' does not sort backups",
        "delete": "cluster is 'prod-us', but cluster_ref is the cluster 'prod-eu'; omit cluster",
    }
    for name, words in says.items():
        assert (run.result(name)["failed"], run.result(name)["error"]["category"]) == (True, "validation")
        assert words in run.result(name)["msg"]
    assert len(simulator.writes()) == 1
