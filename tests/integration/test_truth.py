# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misleading responses: results match the state on the server."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from support.examples import REFERENCES
from support.playbooks import Run, run_backup
from support.simulator import Simulator

CREATE = {"operation": "CREATE", "name": "one", **REFERENCES, "namespaces": ["shop"]}


def _run(simulator: Simulator, work: Path, **parameters: Any) -> Run:
    return run_backup(work, simulator.environment, **parameters)


def _names(simulator: Simulator) -> list[str]:
    return [item["metadata"]["name"] for item in simulator.state()["backups"]]


@pytest.mark.parametrize("code", [2, 5])
@pytest.mark.parametrize("wait", [False, True])
def test_an_absent_cluster_is_not_an_absent_backup(simulator: Simulator, work: Path, code: int, wait: bool) -> None:
    simulator.add_backup(name="one", status="Success")
    text = "failed to retrieve cluster [prod-eu]: object not found"
    simulator.faults({"match": {"rpc": "Backup.Delete"}, "kind": "grpc_error", "code": code, "text": text})
    run = _run(simulator, work, operation="DELETE", name="one", wait=wait)
    assert run.only["failed"] and not run.only["changed"]
    assert run.only["error"]["category"] == "state"
    assert "cluster_ref" in run.only["msg"]
    assert _names(simulator) == ["one"]


def test_not_found_for_a_backup_that_still_exists_is_a_failure(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"match": {"rpc": "Backup.Delete"}, "kind": "grpc_error", "code": 5, "text": "object not found"})
    run = _run(simulator, work, operation="DELETE", name="one")
    assert run.only["failed"]
    assert _names(simulator) == ["one"]


@pytest.mark.parametrize("hours", [-8, 0, 3, 5.5])
def test_a_time_means_the_same_in_every_zone(simulator: Simulator, work: Path, hours: float) -> None:
    simulator.add_backup(name="recent", status="Success", age=3600)
    simulator.add_backup(name="old", status="Success", age=10800)
    now = datetime.fromisoformat(simulator.state()["backups"][0]["metadata"]["create_time"][:19] + "+00:00")
    zone = timezone(timedelta(hours=hours))
    start = (now - timedelta(hours=1)).astimezone(zone).isoformat()
    run = _run(simulator, work, operation="INSPECT_ALL", time_range={"start": start}).ok()
    assert [item["metadata"]["name"] for item in run.only["backups"]] == ["recent"]


def test_both_ends_of_a_time_are_included(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", age=3600)
    made = simulator.state()["backups"][0]["metadata"]["create_time"]
    run = _run(simulator, work, operation="INSPECT_ALL", time_range={"start": made, "end": made}).ok()
    assert run.only["total_count"] == 1


def test_a_retry_of_other_resources_is_another_retry(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Failed", namespaces=["vms"], backup_object_type="VirtualMachine", age=600)
    machine = {"namespace": "vms", "group": "kubevirt.io", "kind": "VirtualMachine", "version": "v1"}
    simulator.settings(backup_seconds=0)

    def retry(name: str) -> dict[str, Any]:
        resources = [{**machine, "name": name}]
        return (
            _run(simulator, work, operation="RETRY_BACKUP_RESOURCES", name="one", include_resources=resources).ok().only
        )

    assert [retry("db-vm")["changed"], retry("db-vm")["changed"]] == [True, False]
    assert [retry("app-vm")["changed"], retry("app-vm")["changed"]] == [True, False]


def test_a_setting_that_the_server_drops_is_a_failure_that_names_it(simulator: Simulator, work: Path) -> None:
    token = simulator.control("POST", "tokens", {"user_id": "plain-user", "username": "plain"})["token"]
    environment = {**simulator.environment, "PX_BACKUP_TOKEN": token}
    run = run_backup(work, environment, **CREATE, ownership={"owner": "somebody-else"})
    kept = simulator.state()["backups"]
    if not kept:
        assert run.only["failed"] and not run.only["changed"]
        return
    assert kept[0]["metadata"]["ownership"]["owner"] == "plain-user"
    assert run.only["failed"] and run.only["changed"]
    assert "ownership" in run.only["msg"] and "somebody-else" in run.only["msg"]


def test_another_users_backup_is_not_deleted_by_its_name(simulator: Simulator, work: Path) -> None:
    backup = simulator.add_backup(name="one", status="Success", owner="somebody-else")
    run = _run(simulator, work, operation="DELETE", name="one")
    assert run.only["error"]["category"] == "conflict"
    assert "somebody-else" in run.only["msg"] and backup["uid"] in run.only["msg"]
    assert simulator.writes() == []
    _run(simulator, work, operation="DELETE", name="one", uid=backup["uid"]).ok()


def test_a_response_without_the_backup_does_not_mean_that_none_was_created(simulator: Simulator, work: Path) -> None:
    simulator.faults({"match": {"rpc": "Backup.Create"}, "kind": "status", "status": 200, "body": {}, "process": True})
    run = _run(simulator, work, **CREATE).ok()
    assert run.only["changed"] is True
    assert _names(simulator) == ["one"]


def test_a_lost_response_to_a_create_that_fails_at_once(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    simulator.faults({"match": {"rpc": "Backup.Create"}, "kind": "drop_after"})
    run = _run(simulator, work, **{**CREATE, "name": "one-sim-failed"}, wait=True)
    assert run.only["failed"] and run.only["changed"]
    assert "ended Failed: Volume backups failed" in run.only["msg"]
    assert run.only["waited"]["status"] == "Failed"
    assert _names(simulator) == ["one-sim-failed"]


def test_the_same_access_twice_is_refused(simulator: Simulator, work: Path) -> None:
    groups = [{"id": "team", "access": "View"}, {"id": "team", "access": "FullAccess"}]
    run = _run(simulator, work, operation="UPDATE_BACKUP_SHARE", name="one", backup_share={"groups": groups})
    assert "backup_share.groups names 'team' twice, with View and FullAccess" in run.only["msg"]
    assert simulator.requests() == []


def test_a_backup_of_nothing_is_warned_of(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    task = {key: value for key, value in CREATE.items() if key != "namespaces"}
    run = _run(simulator, work, **task, wait=True).ok()
    assert "nothing is selected for the backup" in run.stdout + run.stderr
    assert "is empty: no resource, no volume" in run.stdout + run.stderr
