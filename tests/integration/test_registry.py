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
from support.playbooks import Run, run_backup
from support.simulator import Simulator

pytestmark = pytest.mark.both_paths

WRITING = [operation.name for operation in OPERATIONS.values() if operation.writes]
READING = [operation.name for operation in OPERATIONS.values() if not operation.writes]

# Requests of one run at the most: look-ups, the write, and the look after it.
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


@pytest.mark.parametrize("operation", WRITING)
def test_check_mode_predicts_the_run_and_the_second_run_changes_nothing(
    simulator: Simulator, work: Path, operation: str
) -> None:
    example = _prepared(simulator, operation)
    kept = simulator.settled_state()

    dry = _run(simulator, work, operation, example.task, "--check")
    assert simulator.writes() == [], "check mode sent a write request"
    assert simulator.settled_state() == kept

    real = _run(simulator, work, operation, example.task)
    assert real.only["changed"] is True
    assert len(simulator.writes()) == 1
    assert (dry.only["changed"], dry.only["diff"]) == (real.only["changed"], real.only["diff"])
    assert real.only["diff"]["before"] != real.only["diff"]["after"]
    assert simulator.settled_state() != kept

    simulator.forget_requests()
    again = _run(simulator, work, operation, example.task)
    assert again.only["changed"] is False
    assert simulator.writes() == [], "the second run sent a write request"
    assert again.only["diff"]["before"] == again.only["diff"]["after"]


def _steady(value: Any) -> Any:
    """Return a result without what differs from one look to the next."""
    if isinstance(value, dict):
        return {key: _steady(part) for key, part in value.items() if key not in ("invocation", "updated_at")}
    return value


@pytest.mark.parametrize("operation", READING)
def test_reading_never_writes(simulator: Simulator, work: Path, operation: str) -> None:
    example = _prepared(simulator, operation)
    real = _run(simulator, work, operation, example.task)
    dry = _run(simulator, work, operation, example.task, "--check")
    assert real.only["changed"] is False
    assert "diff" not in real.only
    assert _steady(dry.only) == _steady(real.only)
    assert simulator.writes() == []


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_requests_are_few_and_nothing_unknown_is_sent(simulator: Simulator, work: Path, operation: str) -> None:
    example = _prepared(simulator, operation)
    _run(simulator, work, operation, example.task)
    log = simulator.requests()
    assert len(log) <= BUDGETS[operation], [line["rpc"] for line in log]
    assert [line["unknown_fields"] for line in log if line["unknown_fields"]] == []
    assert len({line["connection"] for line in log}) == 1, "one connection for a task"


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_a_parameter_without_effect_is_an_error_and_nothing_is_sent(
    simulator: Simulator, work: Path, operation: str
) -> None:
    accepted = set(OPERATIONS[operation].accepts)
    useless = {"max_objects": 5} if "max_objects" not in accepted else {"ns_label_selectors": "a=b"}
    example = _prepared(simulator, operation)
    run = run_backup(work, simulator.environment, operation=operation, **{**example.task, **useless})
    assert run.status != 0
    assert run.only["error"]["category"] == "validation"
    assert f"{operation} cannot apply {next(iter(useless))}" in run.only["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("operation", "group"),
    [(operation.name, group) for operation in OPERATIONS.values() for group in operation.requires],
)
def test_a_missing_parameter_is_named_and_nothing_is_sent(
    simulator: Simulator, work: Path, operation: str, group: tuple[str, ...]
) -> None:
    example = _prepared(simulator, operation)
    task = {key: value for key, value in example.task.items() if key not in group}
    run = run_backup(work, simulator.environment, operation=operation, **task)
    assert run.status != 0
    assert run.only["msg"].startswith(f"{operation} needs {' or '.join(group)}")
    assert simulator.requests() == []
