# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for every operation of the registry; a new operation is tested without a change here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.examples import ENTRIES, Entry
from support.playbooks import Run, run_module, run_tasks
from support.simulator import Simulator

pytestmark = pytest.mark.both_paths

WRITING = [name for name, entry in ENTRIES.items() if entry.operation.writes]
READING = [name for name, entry in ENTRIES.items() if not entry.operation.writes]

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
    "restore CREATE": 5,
    "restore UPDATE": 4,
    "restore DELETE": 4,
    "restore INSPECT_ONE": 3,
    "restore INSPECT_ALL": 1,
}

# Values of options of which every operation of a module does not use one.
UNUSED = {"max_objects": 5, "ns_label_selectors": "a=b", "in_place": True}


def _prepared(simulator: Simulator, operation: str) -> Entry:
    entry = ENTRIES[operation]
    for item in entry.example.before:
        simulator.add_backup(**item)
    simulator.forget_requests()
    return entry


def _run(simulator: Simulator, work: Path, entry: Entry, *options: str) -> Run:
    return run_module(entry.module, work, simulator.environment, "--diff", *options, **entry.task()).ok()


def _check_requests(simulator: Simulator, operation: str) -> None:
    """Check that one run sent few requests, on one connection, and nothing that the release does not know."""
    log = simulator.requests()
    assert 0 < len(log) <= BUDGETS[operation], [line["rpc"] for line in log]
    assert [line["unknown_fields"] for line in log if line["unknown_fields"]] == []
    assert len({line["connection"] for line in log}) == 1, "one connection for a task"


def _run_refused(simulator: Simulator, work: Path, tasks: dict[str, tuple[str, dict[str, Any]]]) -> Run:
    """Run tasks, by their names, in one playbook; all of them must fail before any request is sent."""
    play = [{"name": name, module: task, "ignore_errors": True} for name, (module, task) in tasks.items()]
    run = run_tasks(play, work, simulator.environment).ok()
    assert [line["outcome"] for line in run.tasks] == ["ignored"] * len(tasks), run
    assert simulator.requests() == []
    return run


@pytest.mark.parametrize("operation", [pytest.param(WRITING[0], marks=pytest.mark.smoke), *WRITING[1:]])
def test_check_mode_predicts_the_run_and_the_second_run_changes_nothing(
    simulator: Simulator, work: Path, operation: str
) -> None:
    entry = _prepared(simulator, operation)
    kept = simulator.settled_state()

    dry = _run(simulator, work, entry, "--check")
    assert simulator.writes() == [], "check mode sent a write request"
    assert simulator.settled_state() == kept

    simulator.forget_requests()
    real = _run(simulator, work, entry)
    assert real.only["changed"] is True
    assert len(simulator.writes()) == 1
    _check_requests(simulator, operation)
    assert (dry.only["changed"], dry.only["diff"]) == (real.only["changed"], real.only["diff"])
    assert real.only["diff"]["before"] != real.only["diff"]["after"]
    assert simulator.settled_state() != kept

    simulator.forget_requests()
    again = _run(simulator, work, entry)
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
    entry = _prepared(simulator, operation)
    real = _run(simulator, work, entry)
    _check_requests(simulator, operation)
    dry = _run(simulator, work, entry, "--check")
    assert real.only["changed"] is False
    assert "diff" not in real.only
    assert _steady(dry.only) == _steady(real.only)
    assert simulator.writes() == []


def test_an_unused_parameter_is_an_error_and_nothing_is_sent(
    simulator: Simulator, work: Path, operations: list[str]
) -> None:
    useless = {name: _useless(ENTRIES[name]) for name in operations}
    tasks = {
        f"task {name}": (ENTRIES[name].module, ENTRIES[name].task(**{parameter: UNUSED[parameter]}))
        for name, parameter in useless.items()
    }
    run = _run_refused(simulator, work, tasks)
    for name, parameter in useless.items():
        result = run.result(f"task {name}")
        assert result["error"]["category"] == "validation"
        assert f"{ENTRIES[name].operation.name} does not use {parameter}" in result["msg"]


def _useless(entry: Entry) -> str:
    """Return an option of a module that one of its operations does not use."""
    return next(name for name in UNUSED if name in entry.spec.options and name not in entry.operation.options)


def test_a_missing_parameter_is_named_and_nothing_is_sent(
    simulator: Simulator, work: Path, operations: list[str]
) -> None:
    cases = {f"{name} without {' or '.join(group)}": (name, group) for name in operations for group in _required(name)}
    assert {name for name, _group in cases.values()} == {name for name in operations if _required(name)} != set()
    tasks = {
        f"task {case}": (ENTRIES[name].module, ENTRIES[name].task(**dict.fromkeys(group)))
        for case, (name, group) in cases.items()
    }
    run = _run_refused(simulator, work, tasks)
    for case, (name, group) in cases.items():
        sentence = f"{ENTRIES[name].operation.name} requires {' or '.join(group)}"
        assert run.result(f"task {case}")["msg"].startswith(sentence), case


def _required(operation: str) -> tuple[tuple[str, ...], ...]:
    """Return the groups of parameters of which an operation needs one each."""
    return tuple(ENTRIES[operation].operation.requires)
