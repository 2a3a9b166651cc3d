# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RETRY_BACKUP_RESOURCES: once, and never twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.playbooks import MODULE, Run, run_backup, run_tasks
from support.simulator import Simulator

RETRY = {"operation": "RETRY_BACKUP_RESOURCES"}
WAIT = {"wait": True, "wait_interval": 1}
SHOP = {"namespaces": ["shop"]}


def _run(simulator: Simulator, work: Path, **tasks: dict[str, Any]) -> Run:
    """Run a retry for each name of a task, with these parameters."""
    listed = [{"name": name, MODULE: {**RETRY, **task}, "ignore_errors": True} for name, task in tasks.items()]
    return run_tasks(listed, work, simulator.environment).ok()


def _retries(simulator: Simulator, uid: str) -> list[dict[str, Any]]:
    """Return the retries of a backup that the server has."""
    return [
        item for item in simulator.state()["backups"] if item["backup_info"].get("retry_parent", {}).get("uid") == uid
    ]


@pytest.mark.parametrize("status", ["Failed", "PartialSuccess"])
def test_a_retry_is_created_once(simulator: Simulator, work: Path, status: str) -> None:
    simulator.settings(release="2.9.0", backup_seconds=4)
    uid = simulator.add_backup(name="one", status=status, **SHOP)["uid"]
    # A name that looks like a retry's makes none.
    simulator.add_backup(name="one-retry1-1", status="Success", **SHOP)
    run = _run(
        simulator, work, first={"name": "one"}, second={"uid": uid}, join={"name": "one", **WAIT}, last={"name": "one"}
    )
    (new,) = _retries(simulator, uid)
    assert len(simulator.writes()) == 1
    name = new["metadata"]["name"]
    assert name.startswith("one-retry")
    results = {key: run.result(key) for key in ("first", "second", "join", "last")}
    assert [result["changed"] for result in results.values()] == [True, False, False, False]
    for result in results.values():
        assert not result["failed"], result
        assert result["backup"]["metadata"]["uid"] == new["metadata"]["uid"]
        assert result["backup"]["backup_info"]["retry_parent"] == {"name": "one", "uid": uid}
        assert result["server"] == {"release": "2.9.0"}
        assert name in result["message"]
    assert results["first"]["message"] == f"Backup 'one' is retried by {name!r}, which is Pending"
    assert results["first"]["diff"] == {"before": {}, "after": {"retry_of": {"name": "one", "uid": uid}}}
    assert results["join"]["waited"]["status"] == "Success"
    assert results["join"]["message"].startswith(f"Backup {name!r} ended Success: ")
    assert results["last"]["message"] == f"Backup 'one' has the retry {name!r}, which is Success"
    (old,) = [item for item in simulator.state()["backups"] if item["metadata"]["uid"] == uid]
    assert old["backup_info"]["status"]["status"] == status, "the old one stays as it is"


def test_a_failed_retry_is_followed_by_a_new_one(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0.5)
    name = "one-sim-failed-sim-stubborn"
    uid = simulator.add_backup(name=name, status="Failed", **SHOP)["uid"]
    run = _run(simulator, work, first={"name": name, **WAIT}, second={"name": name, **WAIT})
    retries = {item["metadata"]["name"] for item in _retries(simulator, uid)}
    assert len(simulator.writes()) == len(retries) == 2
    ended = [run.result(task) for task in ("first", "second")]
    assert {result["backup"]["metadata"]["name"] for result in ended} == retries
    for result in ended:
        assert (result["failed"], result["changed"], result["waited"]["status"]) == (True, True, "Failed")
        assert "ended Failed: Volume backups failed" in result["msg"]

    # Once one of them has succeeded there is nothing more to do.
    simulator.control("POST", "outcomes", {"name": ended[0]["backup"]["metadata"]["name"], "status": "Success"})
    again = run_backup(work, simulator.environment, name=name, **RETRY).ok().only
    assert (again["changed"], again["backup"]["backup_info"]["status"]["status"]) == (False, "Success")
    assert len(simulator.writes()) == 2


def test_a_retry_that_waits_and_succeeds(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0.5)
    uid = simulator.add_backup(name="one-sim-failed", status="Failed", **SHOP)["uid"]
    result = run_backup(work, simulator.environment, name="one-sim-failed", **RETRY, **WAIT).ok().only
    (new,) = _retries(simulator, uid)
    assert (result["changed"], result["waited"]["status"]) == (True, "Success")
    assert result["backup"]["metadata"]["uid"] == new["metadata"]["uid"]
    assert result["backup"]["backup_info"]["retry_parent"]["uid"] == uid


def test_backups_that_cannot_be_retried(simulator: Simulator, work: Path) -> None:
    for name, status in (("good", "Success"), ("running", "InProgress"), ("aborted", "Aborted")):
        simulator.add_backup(name=name, status=status, **SHOP)
    tasks = {name: {"name": name} for name in ("good", "running", "aborted", "absent")}
    run = _run(simulator, work, **tasks, twice={"name": "good", **WAIT})
    assert simulator.writes() == []
    for task in ("good", "twice"):
        result = run.result(task)
        assert (result["failed"], result["changed"]) == (False, False)
        assert result["message"] == "Backup 'good' is Success: there is nothing to retry"
        assert result["backup"]["metadata"]["name"] == "good"
    says = {
        "running": ("state", "backup 'running' is still InProgress", "INSPECT_ONE with wait"),
        "aborted": ("state", "backup 'aborted' is Aborted", "only a Failed or PartialSuccess backup can be retried"),
        "absent": ("not_found", "backup 'absent' not found", "INSPECT_ALL"),
    }
    for task, (category, *words) in says.items():
        result = run.result(task)
        assert (result["failed"], result["changed"], result["error"]["category"]) == (True, False, category)
        assert all(part in result["msg"] for part in words), result["msg"]
        assert result["error"]["retriable"] is (task == "running")


def test_the_options_of_the_task_reach_the_server(simulator: Simulator, work: Path) -> None:
    machine = {"name": "app-vm", "namespace": "vms", "group": "kubevirt.io", "kind": "VirtualMachine", "version": "v1"}
    uid = simulator.add_backup(
        name="one", status="PartialSuccess", namespaces=["vms"], backup_object_type="VirtualMachine"
    )["uid"]
    task = {"name": "one", "include_resources": [machine], "skip_vm_auto_exec_rules": True}
    result = run_backup(work, simulator.environment, **RETRY, **task, **WAIT).ok().only
    (write,) = simulator.writes()
    assert write["unknown_fields"] == []
    assert write["body"] == {"org_id": "default", "uid": uid, **task}
    info = result["backup"]["backup_info"]
    assert [item["name"] for item in info["virtual_machines"]] == ["app-vm"]
    assert info["skip_vm_auto_exec_rules"] is True


def test_after_a_lost_response_the_retry_is_looked_up(simulator: Simulator, work: Path) -> None:
    uid = simulator.add_backup(name="one", status="Failed", **SHOP)["uid"]
    simulator.faults({"kind": "drop_after", "match": {"rpc": "Backup.RetryBackupResources"}})
    result = run_backup(work, simulator.environment, name="one", **RETRY).ok().only
    (new,) = _retries(simulator, uid)
    assert len(simulator.writes()) == 1, "the retry is not sent again"
    assert result["changed"] is True
    assert result["backup"]["metadata"]["uid"] == new["metadata"]["uid"]
    assert "the response was lost, and the result was verified" in result["message"]


def test_refused_by_a_release_that_has_no_retry(simulator: Simulator, work: Path) -> None:
    simulator.settings(release="2.8.4")
    simulator.add_backup(name="one", status="Failed", **SHOP)
    result = run_backup(work, simulator.environment, name="one", **RETRY).only
    assert result["error"]["category"] == "unsupported"
    assert "RETRY_BACKUP_RESOURCES needs PX-Backup 2.9.0 or newer, and the server is 2.8.4" in result["msg"]
    assert [line["rpc"] for line in simulator.requests()] == ["Version.Get"]
