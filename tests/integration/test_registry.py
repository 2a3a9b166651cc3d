# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every entry of the registry; a new operation is covered without being named here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import OPERATIONS

from support.examples import EXAMPLES, Example
from support.playbooks import MODULE, Run, run_backup, run_tasks
from support.simulator import Simulator

pytestmark = pytest.mark.both_paths

WRITING = [operation.name for operation in OPERATIONS.values() if operation.writes]
READING = [operation.name for operation in OPERATIONS.values() if not operation.writes]

# Maximum requests of one run: look-ups, the write, and the inspect after it.
BUDGETS = {
    "CREATE": 4,
    "UPDATE": 4,
    "DELETE": 4,
    "INSPECT_ONE": 2,
    "INSPECT_ALL": 1,
    "UPDATE_BACKUP_SHARE": 4,
    "GET_BACKUP_RESOURCE_DETAILS": 4,
    "RETRY_BACKUP_RESOURCES": 5,
}


def _prepared(simulator: Simulator, operation: str) -> Example:
    example = EXAMPLES[operation]
    for backup in example.before:
        simulator.add_backup(**backup)
    simulator.forget_requests()
    return example


def _run(simulator: Simulator, work: Path, operation: str, task: dict[str, Any], *options: str) -> Run:
    return run_backup(work, simulator.environment, "--diff", *options, operation=operation, **task).ok()


def _check_requests(simulator: Simulator, operation: str) -> None:
    """Check that one run sent few requests, on one connection, and nothing that the release does not know."""
    log = simulator.requests()
    assert 0 < len(log) <= BUDGETS[operation], [line["rpc"] for line in log]
    assert [line["unknown_fields"] for line in log if line["unknown_fields"]] == []
    assert len({line["connection"] for line in log}) == 1, "one connection for a task"


def _run_refused(simulator: Simulator, work: Path, tasks: dict[str, dict[str, Any]]) -> Run:
    """Run tasks, by their names, in one playbook; all of them must fail before any request is sent."""
    play = [{"name": name, MODULE: task, "ignore_errors": True} for name, task in tasks.items()]
    run = run_tasks(play, work, simulator.environment).ok()
    assert [line["outcome"] for line in run.tasks] == ["ignored"] * len(tasks), run
    assert simulator.requests() == []
    return run


@pytest.mark.parametrize("operation", [pytest.param(WRITING[0], marks=pytest.mark.smoke), *WRITING[1:]])
def test_check_mode_predicts_the_run_and_the_second_run_changes_nothing(
    simulator: Simulator, work: Path, operation: str
) -> None:
    example = _prepared(simulator, operation)
    kept = simulator.settled_state()

    dry = _run(simulator, work, operation, example.task, "--check")
    assert simulator.writes() == [], "check mode sent a write request"
    assert simulator.settled_state() == kept

    simulator.forget_requests()
    real = _run(simulator, work, operation, example.task)
    assert real.only["changed"] is True
    assert len(simulator.writes()) == 1
    _check_requests(simulator, operation)
    assert (dry.only["changed"], dry.only["diff"]) == (real.only["changed"], real.only["diff"])
    assert real.only["diff"]["before"] != real.only["diff"]["after"]
    assert simulator.settled_state() != kept

    simulator.forget_requests()
    again = _run(simulator, work, operation, example.task)
    assert again.only["changed"] is False
    assert simulator.writes() == [], "the second run sent a write request"
    assert again.only["diff"]["before"] == again.only["diff"]["after"]


def _steady(value: Any) -> Any:
    """Return a result without what differs from one request to the next."""
    if isinstance(value, dict):
        return {key: _steady(part) for key, part in value.items() if key not in ("invocation", "updated_at")}
    return value


@pytest.mark.parametrize("operation", READING)
def test_reading_never_writes(simulator: Simulator, work: Path, operation: str) -> None:
    example = _prepared(simulator, operation)
    real = _run(simulator, work, operation, example.task)
    _check_requests(simulator, operation)
    dry = _run(simulator, work, operation, example.task, "--check")
    assert real.only["changed"] is False
    assert "diff" not in real.only
    assert _steady(dry.only) == _steady(real.only)
    assert simulator.writes() == []


def test_an_unused_parameter_is_an_error_and_nothing_is_sent(
    simulator: Simulator, work: Path, operations: list[str]
) -> None:
    useless: dict[str, dict[str, Any]] = {
        name: {"max_objects": 5} if "max_objects" not in OPERATIONS[name].options else {"ns_label_selectors": "a=b"}
        for name in operations
    }
    tasks = {name: {"operation": name, **EXAMPLES[name].task, **useless[name]} for name in operations}
    run = _run_refused(simulator, work, tasks)
    for name, parameter in useless.items():
        result = run.result(name)
        assert result["error"]["category"] == "validation"
        assert f"{name} does not use {next(iter(parameter))}" in result["msg"]


def test_a_missing_parameter_is_named_and_nothing_is_sent(
    simulator: Simulator, work: Path, operations: list[str]
) -> None:
    cases = {f"{name} without {' or '.join(group)}": (name, group) for name in operations for group in _required(name)}
    assert {name for name, _group in cases.values()} == {name for name in operations if _required(name)} != set()
    tasks = {
        case: {"operation": name, **{key: value for key, value in EXAMPLES[name].task.items() if key not in group}}
        for case, (name, group) in cases.items()
    }
    run = _run_refused(simulator, work, tasks)
    for case, (name, group) in cases.items():
        assert run.result(case)["msg"].startswith(f"{name} requires {' or '.join(group)}"), case


def _required(operation: str) -> tuple[tuple[str, ...], ...]:
    """Return the groups of parameters of which an operation needs one each."""
    return tuple(OPERATIONS[operation].requires)
