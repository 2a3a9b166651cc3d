# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task in the ways to succeed and to fail that every task has, in one playbook for each path."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.paths import FAST
from support.playbooks import Run, run_tasks
from support.simulator import Simulator

Json = dict[str, Any]

# What differs from run to run: uids, times, and the names that the server derives from uids.
_VARYING = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|\b1[78]\d{8}\b|(?<=-)[0-9a-f]{7}\b"
)


@dataclass
class Trial:
    """What a path did with a task.

    Attributes:
        run: the tasks ``check``, four that fail, ``real`` and ``again``.
        dry: the requests of all before ``real``.
        real: the requests of ``real``.
        again: the requests of ``again``.
        states: what the simulator kept at first, before ``real`` and after ``again``.
    """

    run: Run
    dry: list[Json]
    real: list[Json]
    again: list[Json]
    states: tuple[Json, Json, Json]


def try_task(
    simulator: Simulator, work: Path, path: str, module: str, parameters: Json, before: tuple[Json, ...]
) -> Trial:
    """Run a task in every way on one path, on a fresh simulator in which nothing changes meanwhile."""
    simulator.reset()
    simulator.settings(backup_seconds=0, restore_seconds=0, delete_seconds=100_000)
    for item in before:
        simulator.add_backup(**item)
    simulator.forget_requests()
    environment = {**simulator.environment, "PX_BACKUP_FAST_PATH": str(path == FAST).lower()}
    task = {module: {**parameters, "token": simulator.token}, "ignore_errors": True}
    failing: dict[str, Json] = {
        "invalid": {"token": simulator.token, "timeout": -1},
        "unsupported": {"nonsense": 1},
        "unreachable": {"api_url": "http://127.0.0.1:9", "retries": 0},
        "short token": {"token": "als"},
    }
    wrong = [{"name": name, module: {**parameters, **more}, "ignore_errors": True} for name, more in failing.items()]
    states, runs, logs = [simulator.state()], [], []
    for tasks in (
        [{"name": "check", **task, "check_mode": True}, *wrong],
        [{"name": "real", **task}, {"name": "again", **task}],
    ):
        simulator.forget_requests()
        runs.append(run_tasks(tasks, work, environment, "--diff", "-vvv").ok())
        states.append(simulator.state())
        logs.append(simulator.requests())
    # A task has a separate connection.
    first = [line for line in logs[1] if line["connection"] == logs[1][0]["connection"]]
    dry, wet = runs
    run = Run(0, dry.stdout + wet.stdout, dry.stderr + wet.stderr, [*dry.tasks, *wet.tasks])
    return Trial(run, logs[0], first, logs[1][len(first) :], (states[0], states[1], states[2]))


def check_alike(fast: Run, usual: Run) -> None:
    """Check that both paths had the same results, apart from what differs from run to run."""
    assert [line["task"] for line in fast.tasks] == [line["task"] for line in usual.tasks], str(fast)
    for one, other in zip(fast.tasks, usual.tasks, strict=True):
        assert one["outcome"] == other["outcome"], one["task"]
        assert one["result"].keys() == other["result"].keys(), one["task"]
        assert alike(one["result"]) == alike(other["result"]), one["task"]


def alike(result: Any) -> Any:
    """Return a result without what differs from run to run."""
    text = _VARYING.sub("0", json.dumps(result, sort_keys=True))
    return json.loads(re.sub(r'"(seconds|elapsed)": [\d.]+', '"seconds": 0', text))
