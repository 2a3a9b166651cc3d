# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations on backups in unusual states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.examples import REFERENCES
from support.playbooks import MODULE, Run, run_backup, run_tasks
from support.simulator import Simulator

CREATE = {"operation": "CREATE", "name": "one", **REFERENCES, "namespaces": ["shop"]}


def _run(simulator: Simulator, work: Path, **parameters: Any) -> Run:
    return run_backup(work, simulator.environment, **parameters)


@pytest.mark.parametrize("status", ["Failed", "Aborted", "CloudBackupMissing", "Deleting", "DeletePending"])
def test_create_with_the_name_of_a_failed_backup_says_what_to_do(simulator: Simulator, work: Path, status: str) -> None:
    simulator.settings(delete_seconds=3600)
    simulator.add_backup(name="one", status="Success" if status == "DeletePending" else status, namespaces=["shop"])
    if status == "DeletePending":
        simulator.add_backup(name="incremental", status="Success", depends_on=["one"])
        _run(simulator, work, operation="DELETE", name="one").ok()
        simulator.advance(3600)
        simulator.forget_requests()
    run = _run(simulator, work, **CREATE)
    assert run.status != 0
    assert run.only["error"]["category"] == "state"
    assert status in run.only["msg"]
    assert simulator.writes() == []


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Success", "PartialSuccess"])
def test_create_with_the_settings_of_a_good_backup_is_ok(simulator: Simulator, work: Path, status: str) -> None:
    simulator.add_backup(name="one", status=status, namespaces=["shop"])
    run = _run(simulator, work, **CREATE).ok()
    assert run.only["changed"] is False
    assert run.only["backup"]["backup_info"]["status"]["status"] == status
    assert simulator.writes() == []


def test_create_with_other_settings_lists_each_difference(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", namespaces=["billing"], labels={"a": "1"})
    run = _run(simulator, work, **{**CREATE, "labels": {"a": "2"}})
    assert run.only["error"]["category"] == "conflict"
    assert "namespaces is ['billing'], not ['shop']" in run.only["msg"]
    assert "labels is {'a': '1'}, not {'a': '2'}" in run.only["msg"]
    assert "cluster_ref" not in run.only["msg"]
    assert simulator.writes() == []


def test_update_of_an_immutable_setting_names_parameter_and_both_values(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", namespaces=["billing"])
    run = _run(simulator, work, operation="UPDATE", name="one", namespaces=["shop"], labels={"a": "b"})
    assert run.status != 0
    assert "UPDATE cannot change namespaces" in run.only["msg"]
    assert "['billing']" in run.only["msg"] and "['shop']" in run.only["msg"]
    assert simulator.writes() == []
    same = _run(simulator, work, operation="UPDATE", name="one", namespaces=["billing"]).ok()
    assert same.only["changed"] is False


def test_an_update_that_the_server_ignores_is_a_failure(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.settings(ownership_update="ignore")
    run = _run(simulator, work, operation="UPDATE", name="one", ownership={"owner": "another-user"})
    assert run.status != 0
    assert run.only["error"]["category"] == "protocol"
    assert "ownership" in run.only["msg"] and "another-user" in run.only["msg"]


@pytest.mark.parametrize("operation", ["UPDATE", "UPDATE_BACKUP_SHARE", "INSPECT_ONE"])
def test_an_absent_backup_is_one_sentence(simulator: Simulator, work: Path, operation: str) -> None:
    more = {"UPDATE": {"labels": {}}, "UPDATE_BACKUP_SHARE": {"backup_share": {"groups": []}}}.get(operation, {})
    run = _run(simulator, work, operation=operation, name="nope", **more)
    assert run.only["error"]["category"] == "not_found"
    assert "backup 'nope' not found in organisation 'default'" in run.only["msg"]


def test_invalid_values_are_named_and_nothing_is_sent(simulator: Simulator, work: Path) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"operation": "INSPECT_ALL", "status": ["success"]}, "status"),
        ({"operation": "INSPECT_ALL", "max_objects": 0}, "max_objects is 0"),
        ({"operation": "INSPECT_ALL", "labels": {"version": 1.1}}, "labels.version is a fraction"),
        ({"operation": "INSPECT_ALL", "labels": {"x": None}}, "labels.x is null"),
        ({**CREATE, "label_selectors": {"a": ["b"]}}, "label_selectors.a is a list"),
        ({**CREATE, "backup_type": "Full"}, "backup_type"),
        ({"operation": "REMOVE", "name": "one"}, "REMOVE"),
        ({"operation": "UPDATE_BACKUP_SHARE", "name": "one", "backup_share": {}}, "backup_share"),
    ]
    tasks = [
        {"name": f"case {index}", "ignore_errors": True, MODULE: parameters}
        for index, (parameters, _fragment) in enumerate(cases)
    ]
    run = run_tasks(tasks, work, simulator.environment)
    for index, (_parameters, fragment) in enumerate(cases):
        result = run.result(f"case {index}")
        assert result["failed"] is True
        assert fragment in result["msg"], result["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize("way", ["not_found", "unknown"])
def test_absence_is_recognised_by_code_and_by_text(simulator: Simulator, work: Path, way: str) -> None:
    simulator.settings(not_found=way)
    both = {"name": "gone", "uid": "00000000-0000-4000-8000-000000000000"}
    run = _run(simulator, work, operation="DELETE", **both).ok()
    assert run.only["changed"] is False
    run = _run(simulator, work, operation="INSPECT_ONE", **both)
    assert run.only["error"]["category"] == "not_found"
    # A 500 that means absence is no fault: it is asked for once. The list confirms each absence, and DELETE lists
    # backups of the same name for its warning.
    inspect, enumerate_ = "Backup.Inspect", "Backup.Enumerate"
    assert [line["rpc"] for line in simulator.requests()] == [inspect, enumerate_, enumerate_, inspect, enumerate_]
