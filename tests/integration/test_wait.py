# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that waits ends as the backup ends, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import ON_PARTIAL

from support.examples import REFERENCES
from support.playbooks import MODULE, Run, run_backup, run_tasks
from support.simulator import Simulator

CREATE = {"operation": "CREATE", **REFERENCES, "namespaces": ["shop"], "wait": True, "wait_interval": 1}
MACHINES = {"namespaces": ["vms"], "backup_object_type": {"type": "VirtualMachine"}}
VOLUME_CAUSE = "Backup failed for volume: cloudsnap did not succeed"
JOIN = "run the task again to wait for it, or use INSPECT_ONE with wait"


class Ending(NamedTuple):
    """How a backup ends, for which ``on_partial`` the task fails, and what its sentence says."""

    mark: str
    status: str
    fails: tuple[str, ...]
    says: tuple[str, ...]
    task: dict[str, Any] = {}
    category: str = "state"


ENDINGS = {
    "success": Ending("", "Success", (), ("was created and ended Success",)),
    "failed": Ending(
        "-sim-failed",
        "Failed",
        ON_PARTIAL,
        ("ended Failed: Volume backups failed", f"volume shop/shop-data-0: {VOLUME_CAUSE}", "shop/shop-data-2"),
    ),
    "no namespace": Ending(
        "",
        "Failed",
        ON_PARTIAL,
        ('ended Failed: Error checking for namespace nope: namespaces "nope" not found',),
        {"namespaces": ["nope"]},
    ),
    "partial": Ending(
        "-sim-partial",
        "PartialSuccess",
        ("fail",),
        ("ended PartialSuccess: Some volumes and resources were not backed up", f"shop/shop-data-2: {VOLUME_CAUSE}"),
    ),
    "machines": Ending(
        "-sim-partial",
        "PartialSuccess",
        ("fail",),
        (f"volume vms/app-vm-disk-0: {VOLUME_CAUSE}", f"virtual machine vms/app-vm: {VOLUME_CAUSE}"),
        MACHINES,
    ),
    "aborted": Ending("-sim-aborted", "Aborted", ON_PARTIAL, ("ended Aborted: Backup was aborted",)),
    "missing": Ending(
        "-sim-missing",
        "CloudBackupMissing",
        ON_PARTIAL,
        ("ended CloudBackupMissing: Cloud backup objects are missing in the backup location",),
    ),
    "stuck": Ending(
        "-sim-stuck",
        "InProgress",
        ON_PARTIAL,
        (
            "after 2 seconds",
            "is still InProgress, stage Volumes (Volume backups are in progress)",
            "continues on the server",
            JOIN,
        ),
        {"wait_timeout": 2},
        "timeout",
    ),
}


def _whole(simulator: Simulator, name: str) -> dict[str, Any]:
    """Return a backup of the simulator as the module gives it."""
    (there,) = [item for item in simulator.state()["backups"] if item["metadata"]["name"] == name]
    return decode("BackupObject", {key: there[key] for key in ("metadata", "backup_info")})


def _count_polls(simulator: Simulator, name: str) -> int:
    return len([line for line in simulator.requests() if line["path"].endswith(f"/{name}") and not line["writes"]])


def _check_waited(simulator: Simulator, name: str, result: dict[str, Any]) -> None:
    """Compare what the result tells of the wait with what the server saw and has."""
    waited, whole = result["waited"], _whole(simulator, name)
    assert result["backup"] == whole
    assert waited["polls"] == _count_polls(simulator, name) > 0
    status, stage = whole["backup_info"]["status"]["status"], whole["backup_info"]["stage"]
    assert (waited["status"], waited["stage"]) == (status, stage)
    first, last = waited["changes"][0], waited["changes"][-1]
    assert (first["seconds"], first["status"], first["stage"]) == (0.0, "Pending", "Initial")
    assert (last["status"], last["stage"]) == (status, stage)
    moments = [change["seconds"] for change in waited["changes"]]
    assert moments == sorted(moments) and moments[-1] <= waited["seconds"] < 10


@pytest.mark.parametrize("kind", ENDINGS)
def test_create_ends_as_the_backup_ends(simulator: Simulator, work: Path, kind: str) -> None:
    ending = ENDINGS[kind]
    simulator.settings(backup_seconds=0.5, missing_seconds=0)
    names = {policy: f"{policy}{ending.mark}" for policy in ON_PARTIAL}
    tasks = [
        {"name": policy, MODULE: {**CREATE, **ending.task, "name": name, "on_partial": policy}, "ignore_errors": True}
        for policy, name in names.items()
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert len(simulator.writes()) == len(ON_PARTIAL), "each backup is created once"
    for policy, name in names.items():
        result = run.result(policy)
        assert result["changed"] is True, result
        assert result["failed"] is (policy in ending.fails), result
        assert result["backup"]["backup_info"]["status"]["status"] == ending.status
        _check_waited(simulator, name, result)
        told = " ".join(result.get("warnings", [])) + result.get("msg", "") + result.get("message", "")
        assert repr(name) in told
        if result["failed"]:
            assert result["error"]["category"] == ending.category
            assert result["error"]["hint"] in result["msg"]
        if policy != "accept" or policy in ending.fails:
            missed = [words for words in ending.says if words not in told]
            assert not missed, f"{policy}: {missed} not in {told}"
        else:
            assert result["message"].startswith(f"Backup {name!r} was created and ended {ending.status}: ")
            assert "cloudsnap" not in told, "an accepted partial success is no warning"


def test_a_retriable_timeout_is_told_from_a_bad_end(simulator: Simulator, work: Path) -> None:
    task = {**CREATE, "name": "a-sim-stuck", "wait_timeout": 1}
    late = run_backup(work, simulator.environment, **task).only
    assert late["error"]["retriable"] is True
    assert 1 <= late["waited"]["seconds"] < 10

    # As the sentence says, the same task joins the wait; the backup has its end meanwhile.
    simulator.control("POST", "outcomes", {"name": "a-sim-stuck", "status": "Failed", "reason": "disk full"})
    failed = run_backup(work, simulator.environment, operation="INSPECT_ONE", name="a-sim-stuck", wait=True).only
    assert failed["error"]["retriable"] is False
    assert failed["changed"] is False
    assert failed["msg"].startswith("backup 'a-sim-stuck' ended Failed: disk full")
    assert len(simulator.writes()) == 1


def test_joins_a_running_backup(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=6)
    start = {key: value for key, value in CREATE.items() if not key.startswith("wait")}
    inspect = {"operation": "INSPECT_ONE", "wait": True, "wait_interval": 1}
    tasks = [{"name": f"start {name}", MODULE: {**start, "name": name}} for name in ("one", "two")]
    tasks += [
        {"name": f"join {name}", MODULE: {**task, "name": name}} for name, task in (("one", CREATE), ("two", inspect))
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert run.result("start one")["message"] == "Backup 'one' was created and is Pending"
    result = run.result("join one")
    assert result["changed"] is False
    assert result["message"].startswith("Backup 'one' ended Success: ")
    assert result["backup"] == _whole(simulator, "one")
    assert result["waited"]["polls"] >= 1
    assert len(result["waited"]["changes"]) > 1, "it was running when the task joined"
    assert result["waited"]["changes"][-1]["status"] == "Success"

    # The second has ended or nearly so when its turn comes.
    result = run.result("join two")
    assert (result["changed"], result["waited"]["status"]) == (False, "Success")
    assert result["backup"] == _whole(simulator, "two")
    assert len(simulator.writes()) == 2


def test_a_backup_that_has_ended_needs_no_poll(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="good", status="Success")
    simulator.add_backup(name="bad", status="Failed", reason="disk full")
    inspect = {"operation": "INSPECT_ONE", "wait": True}
    tasks = [{"name": name, MODULE: {**inspect, "name": name}, "ignore_errors": True} for name in ("good", "bad")]
    run = run_tasks(tasks, work, simulator.environment).ok()
    for name, status in (("good", "Success"), ("bad", "Failed")):
        result = run.result(name)
        assert result["failed"] is (name == "bad")
        assert (result["waited"]["polls"], result["waited"]["status"]) == (0, status)
        assert result["backup"]["metadata"]["name"] == name


def test_a_backup_that_is_deleted_during_the_wait(simulator: Simulator, work: Path) -> None:
    simulator.settings(delete_seconds=2)
    simulator.add_backup(name="one", status="Success")
    tasks = [
        {"name": "delete", MODULE: {"operation": "DELETE", "name": "one"}},
        {"name": "join", MODULE: {"operation": "INSPECT_ONE", "name": "one", "wait": True}, "ignore_errors": True},
    ]
    result = run_tasks(tasks, work, simulator.environment).ok().result("join")
    assert "backup 'one' is being deleted (Deleting)" in result["msg"]
    assert (result["failed"], result["changed"]) == (True, False)


def test_delete_waits_until_the_backup_is_deleted_and_joins_a_deletion(simulator: Simulator, work: Path) -> None:
    simulator.settings(delete_seconds=3)
    for name in ("one", "two"):
        simulator.add_backup(name=name, status="Success")
    wait = {"operation": "DELETE", "wait": True, "wait_interval": 1}
    tasks = [
        {"name": "whole", MODULE: {**wait, "name": "one"}},
        {"name": "start", MODULE: {"operation": "DELETE", "name": "two"}},
        {"name": "join", MODULE: {**wait, "name": "two"}},
        {"name": "absent", MODULE: {**wait, "name": "two"}},
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert simulator.state()["backups"] == []
    assert len(simulator.writes()) == 2
    for task, name, changed in (("whole", "one", True), ("join", "two", False)):
        result = run.result(task)
        assert result["changed"] is changed
        assert result["message"] == f"Backup {name!r} is deleted"
        assert result["backup"] is None
        assert (result["waited"]["status"], result["waited"]["stage"]) == ("gone", "")
        assert result["waited"]["changes"][0]["status"] == "Deleting"
        assert result["waited"]["polls"] >= 1
    absent = run.result("absent")
    assert (absent["changed"], absent["backup"]) == (False, None)


def test_delete_that_waits_for_another_backup_names_it(simulator: Simulator, work: Path) -> None:
    simulator.settings(delete_seconds=0.2)
    simulator.add_backup(name="full", status="Success")
    simulator.add_backup(name="incremental-17", status="Success", depends_on=["full"])
    task = {"operation": "DELETE", "name": "full", "wait": True, "wait_timeout": 2, "wait_interval": 1}
    result = run_backup(work, simulator.environment, **task).only
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["error"]["category"] == "timeout"
    assert "is still DeletePending" in result["msg"]
    assert "dependent backup object: incremental-17" in result["msg"]
    assert "the deletion continues on the server: run the task again to wait for it" in result["msg"]
    assert result["backup"]["metadata"]["name"] == "full"
    assert result["waited"]["status"] == "DeletePending"


def _refused(task: dict[str, Any], *words: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    return {**CREATE, "name": "one", **task}, words


ONE = {"operation": "INSPECT_ONE", "name": "one"}
REFUSED = (
    _refused({"wait_timeout": 0}, "wait_timeout is 0", "at least 1"),
    _refused({"wait_interval": -1}, "wait_interval is -1", "at least 1"),
    _refused(
        {"wait": False, "wait_timeout": 5, "on_partial": "warn"},
        "wait_timeout, wait_interval and on_partial have no effect without wait",
    ),
    ({**ONE, "on_partial": "accept"}, ("on_partial has no effect without wait", "set wait to true")),
    ({**ONE, "operation": "DELETE", "wait": True, "on_partial": "warn"}, ("DELETE does not use on_partial",)),
    ({**ONE, "operation": "UPDATE", "labels": {}, "wait": True}, ("UPDATE does not use wait", "CREATE")),
)


def test_invalid_waits_are_refused_before_any_request(simulator: Simulator, work: Path) -> None:
    tasks = [
        {"name": f"case {number}", MODULE: task, "ignore_errors": True} for number, (task, _words) in enumerate(REFUSED)
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    for number, (_task, words) in enumerate(REFUSED):
        result = run.result(f"case {number}")
        assert result["failed"] and result["error"]["category"] == "validation", result
        assert all(part in result["msg"] for part in words), result["msg"]
        assert "waited" not in result
    assert simulator.requests() == []


def test_check_mode_neither_waits_nor_creates(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="running", status="InProgress", namespaces=["shop"])
    tasks = [
        {"name": "new", MODULE: {**CREATE, "name": "one"}},
        {"name": "there", MODULE: {**CREATE, "name": "running"}},
        {"name": "inspect", MODULE: {"operation": "INSPECT_ONE", "name": "running", "wait": True}},
        {"name": "delete", MODULE: {"operation": "DELETE", "name": "running", "wait": True}},
    ]
    run: Run = run_tasks(tasks, work, simulator.environment, "--check").ok()
    for task, changed in (("new", True), ("there", False), ("inspect", False), ("delete", True)):
        assert run.result(task)["changed"] is changed
        assert "waited" not in run.result(task)
    assert run.result("new")["message"] == "Backup 'one' would be created"
    assert simulator.writes() == []
    assert [item["metadata"]["name"] for item in simulator.state()["backups"]] == ["running"]


def _in_background(name: str) -> list[dict[str, Any]]:
    """Return the task that starts a wait, and the one that collects its result."""
    return [
        {
            "name": f"start {name}",
            MODULE: {**CREATE, "name": name},
            "async": 600,
            "poll": 0,
            "register": f"job_{len(name)}",
        },
        {
            "name": f"collect {name}",
            "ansible.builtin.async_status": {"jid": f"{{{{ job_{len(name)}.ansible_job_id }}}}"},
            "register": "state",
            "until": "state.finished",
            "retries": 60,
            "delay": 1,
            "ignore_errors": True,
        },
    ]


def test_waits_in_the_background(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=3)
    (start_good, good), (start_bad, bad) = _in_background("one"), _in_background("one-sim-failed")
    jobs = {"ANSIBLE_ASYNC_DIR": str(work / "jobs")}
    run = run_tasks([start_good, start_bad, good, bad], work, {**simulator.environment, **jobs}).ok()
    for name, status in (("one", "Success"), ("one-sim-failed", "Failed")):
        assert "backup" not in run.result(f"start {name}"), "the play goes on at once"
        result = run.result(f"collect {name}")
        assert result["failed"] is (status == "Failed")
        assert result["changed"] is True
        assert result["backup"] == _whole(simulator, name)
        assert result["waited"]["status"] == status
        assert f"{name!r}" in result["msg" if result["failed"] else "message"]
