# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for every operation of the registry; a new operation is tested without a change here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.examples import ENTRIES, Entry
from support.paths import BOTH
from support.playbooks import Run, run_tasks
from support.simulator import Simulator, settled
from support.trials import Trial, check_alike, try_task

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


def _try(simulator: Simulator, work: Path, operation: str) -> list[Trial]:
    """Run the example of an operation on both paths, which must do the same, and check the requests of each."""
    entry = ENTRIES[operation]
    trials = [try_task(simulator, work, path, entry.module, entry.task(), entry.example.before) for path in BOTH]
    for trial in trials:
        assert simulator.token not in json.dumps(trial.run.tasks)
        assert [line["outcome"] for line in trial.run.tasks] == ["ok", *["ignored"] * 4, "ok", "ok"], trial.run
        for log in (trial.real, trial.again):
            _check_requests(log, operation)
    if len(trials) > 1:
        check_alike(*(trial.run for trial in trials))
    return trials


def _check_requests(log: list[dict[str, Any]], operation: str) -> None:
    """Check that one run sent few requests, on one connection, and nothing that the release does not know."""
    assert 0 < len(log) <= BUDGETS[operation], [line["rpc"] for line in log]
    assert [line["unknown_fields"] for line in log if line["unknown_fields"]] == []
    assert len({line["connection"] for line in log}) == 1, "one connection for a task"


def _writes(log: list[dict[str, Any]]) -> list[str]:
    return [line["rpc"] for line in log if line["writes"]]


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
    for trial in _try(simulator, work, operation):
        dry, real, again = (trial.run.result(name) for name in ("check", "real", "again"))
        before, checked, changed = map(settled, trial.states)
        assert _writes(trial.dry) == [], "check mode sent a write request"
        assert checked == before

        assert real["changed"] is True
        assert len(_writes(trial.real)) == 1
        assert (dry["changed"], dry["diff"]) == (real["changed"], real["diff"])
        assert real["diff"]["before"] != real["diff"]["after"]
        assert changed != before

        assert again["changed"] is False
        assert _writes(trial.again) == [], "the second run sent a write request"
        assert again["diff"]["before"] == again["diff"]["after"]


def _steady(value: Any) -> Any:
    """Return a result without what differs from one request to the next."""
    if isinstance(value, dict):
        return {key: _steady(part) for key, part in value.items() if key not in ("invocation", "updated_at")}
    return value


@pytest.mark.parametrize("operation", READING)
def test_reading_never_writes(simulator: Simulator, work: Path, operation: str) -> None:
    for trial in _try(simulator, work, operation):
        dry, real = trial.run.result("check"), trial.run.result("real")
        assert real["changed"] is False
        assert "diff" not in real
        assert _steady(dry) == _steady(real)
        assert _writes([*trial.dry, *trial.real, *trial.again]) == []


@pytest.mark.both_paths
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


@pytest.mark.both_paths
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
