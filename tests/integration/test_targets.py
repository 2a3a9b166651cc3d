# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every target three times: for real, again, and in check mode on a fresh simulator.

A target is a folder in ``targets/`` with

- ``before.yml``: the backups that are there before, in the simulator's short form (optional);
- ``tasks/main.yml``: tasks that bring about a state, so that a second run has nothing to do;
- ``tasks/verify.yml``: assertions on what the simulator received and keeps.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.playbooks import MODULE, Run, run_file
from support.simulator import Simulator

TARGETS = sorted(path.parent.parent for path in Path(__file__).parent.glob("targets/*/tasks/main.yml"))


def _run(target: Path, simulator: Simulator, work: Path, *options: str, verify: str = "") -> Run:
    tasks: list[dict[str, Any]] = [{"name": "Target", "ansible.builtin.include_tasks": str(target / "tasks/main.yml")}]
    if verify:
        verified = {"name": "Verify", "ansible.builtin.include_tasks": str(target / "tasks/verify.yml")}
        # Asked for once, and in the controller's process: each module would be a process more.
        facts = {"kept": _response(simulator, "state"), "received": _response(simulator, "requests")}
        tasks += [{"name": "Request the state", "ansible.builtin.set_fact": facts}, verified]
    play = {
        "name": target.name,
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"run": verify},
        "tasks": tasks,
    }
    playbook = work / "target.json"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    return run_file(playbook, work, simulator.environment, "--diff", *options)


def _response(simulator: Simulator, call: str) -> str:
    """Return a template of the simulator's response to a control call."""
    return f"{{{{ lookup('ansible.builtin.url', '{simulator.control_url}/{call}', split_lines=false) | from_json }}}}"


def _of_the_module(run: Run) -> list[dict[str, Any]]:
    """Return name, changed and diff of each task that the module ran."""
    return [
        {"task": line["task"], "changed": line["result"]["changed"], "diff": line["result"].get("diff")}
        for line in run.tasks
        if "operation" in line["result"]
    ]


@pytest.mark.both_paths
@pytest.mark.parametrize("target", TARGETS, ids=lambda path: path.name)
def test_target(target: Path, simulator: Simulator, work: Path) -> None:
    assert MODULE in (target / "tasks/main.yml").read_text(encoding="utf-8")
    before = target / "before.yml"
    backups = yaml.safe_load(before.read_text(encoding="utf-8")) if before.exists() else []

    def prepare() -> None:
        simulator.reset()
        for backup in backups:
            simulator.add_backup(**backup)
        simulator.forget_requests()

    prepare()
    first = _run(target, simulator, work, verify="first").ok()
    assert _of_the_module(first), "the target runs the module"

    simulator.forget_requests()
    second = _run(target, simulator, work, verify="second").ok()
    assert simulator.writes() == [], "the second run sent a write request"
    assert [task["task"] for task in _of_the_module(second) if task["changed"]] == []

    prepare()
    dry = _run(target, simulator, work, "--check").ok()
    assert simulator.writes() == [], "check mode sent a write request"
    assert _of_the_module(dry) == _of_the_module(first)
