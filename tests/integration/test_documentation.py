# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation shows is what the module does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from support.examples import EXAMPLES, REFERENCES
from support.playbooks import MODULE, run_backup, run_file
from support.simulator import Simulator

PYTHON_TYPES = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list, "float": float}


def _page(work: Path, environment: dict[str, str]) -> dict[str, Any]:
    command = [str(Path(sys.executable).parent / "ansible-doc"), "--json", "-t", "module", MODULE]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(done.stdout)[MODULE])


def test_the_examples_run_as_they_stand(simulator: Simulator, work: Path) -> None:
    examples = yaml.safe_load(_page(work, simulator.environment)["examples"])
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


def _check(documented: dict[str, Any], real: dict[str, Any], where: str) -> None:
    """Check that every documented key is there with its type, and that nothing is undocumented."""
    assert set(real) <= set(documented), f"undocumented in {where}: {set(real) - set(documented)}"
    for name, entry in documented.items():
        here = f"{where}.{name}"
        if name not in real:
            assert not str(entry["returned"]).startswith("always"), f"documented and not returned: {here}"
            continue
        value = real[name]
        if value is None:
            assert any("V(null)" in text for text in _texts(entry)), f"null is not documented: {here}"
            continue
        assert type(value) is PYTHON_TYPES[entry["type"]], f"{here} is a {type(value).__name__}"
        if "contains" in entry:
            for item in value if entry["type"] == "list" else [value]:
                _check(entry["contains"], item, here)


def _texts(entry: dict[str, Any]) -> list[str]:
    return [entry["description"]] if isinstance(entry["description"], str) else entry["description"]


def test_every_documented_return_value_is_returned_and_typed(simulator: Simulator, work: Path) -> None:
    documented = _page(work, simulator.environment)["return"]
    everything = {**documented, "changed": {"type": "bool", "description": "", "returned": "always"}}
    everything["backups"] = {**documented["backups"], "contains": documented["backup"]["contains"]}
    hidden = {"invocation", "_ansible_no_log", "_ansible_verbose_always", "warnings", "failed", "exception"}
    simulator.settings(backup_seconds=0)
    run_backup(
        work, simulator.environment, operation="CREATE", name="full", **REFERENCES, namespaces=["shop", "vms"]
    ).ok()
    for task in ({"operation": "INSPECT_ONE", "name": "full"}, {"operation": "INSPECT_ONE", "name": "absent"}):
        run = run_backup(work, simulator.environment, **task)
        _check(everything, {key: value for key, value in run.only.items() if key not in hidden}, str(task))
    for operation, example in EXAMPLES.items():
        simulator.reset()
        for backup in example.before:
            simulator.add_backup(**backup)
        run = run_backup(work, simulator.environment, "--diff", operation=operation, **example.task).ok()
        _check(everything, {key: value for key, value in run.only.items() if key not in hidden}, operation)
