# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation matches the behaviour of the module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from support.documentation import CHANGED, check, fields, page, text, visible
from support.examples import EXAMPLES, REFERENCES
from support.playbooks import MODULE, run_backup, run_file
from support.simulator import Simulator


def test_the_examples_run_as_they_stand(simulator: Simulator, work: Path) -> None:
    examples = yaml.safe_load(page(MODULE, work)["examples"])
    for play in examples:
        defaults = play["module_defaults"]["group/pxops.px_backup.px_backup"]
        assert defaults.pop("api_url").startswith("https://")
    playbook = work / "examples.yml"
    playbook.write_text(yaml.safe_dump(examples), encoding="utf-8")
    run = run_file(
        playbook, work, simulator.environment, extra_vars={"px_backup_token": simulator.environment["PX_BACKUP_TOKEN"]}
    ).ok()
    assert {line["result"].get("operation") for line in run.tasks} - {None} == set(EXAMPLES)


def test_the_action_group_sets_the_connection_for_a_play(simulator: Simulator, work: Path) -> None:
    connection = {name.removeprefix("PX_BACKUP_").lower(): value for name, value in simulator.environment.items()}
    play = {
        "name": "Group",
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/pxops.px_backup.px_backup": connection},
        "tasks": [{"name": "List", MODULE: {"operation": "INSPECT_ALL"}}],
    }
    playbook = work / "group.json"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    run_file(playbook, work, {}).ok()


def test_every_documented_return_value_is_returned_and_typed(simulator: Simulator, work: Path) -> None:
    documented = {**page(MODULE, work)["return"], **CHANGED}
    everything = {
        **documented,
        "backup": {**documented["backup"], "contains": fields("BackupObject")},
        "backups": {**documented["backups"], "contains": fields("BackupObject")},
        "details": {**documented["details"], "contains": fields("BackupResourceObject")},
        **{key: {**documented[key], "contains": fields(key)} for key in ("server", "waited", "preflight", "error")},
    }

    def compare(real: dict[str, Any], where: str) -> None:
        check(everything, real, where)
        check(documented, real, where, partly=True)

    simulator.settings(backup_seconds=0)
    run_backup(
        work, simulator.environment, operation="CREATE", name="full", **REFERENCES, namespaces=["shop", "vms"]
    ).ok()
    for name in ("full", "absent"):
        run = run_backup(work, simulator.environment, operation="INSPECT_ONE", name=name, wait=True)
        compare(visible(run.only), name)
    for operation, example in EXAMPLES.items():
        simulator.reset()
        for backup in example.before:
            simulator.add_backup(**backup)
        run = run_backup(work, simulator.environment, "--diff", operation=operation, **example.task).ok()
        compare(visible(run.only), operation)


def test_the_manual_has_a_readable_length(work: Path) -> None:
    lines = text(MODULE, work).splitlines()
    assert any("RETURN VALUES" in line for line in lines)
    assert len(lines) < 900
