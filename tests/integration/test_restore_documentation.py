# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of restores matches the behaviour of the modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.documentation import CHANGED, check, fields, page, visible
from support.playbooks import run_file, run_tasks
from support.simulator import Simulator

RESTORE = "pxops.px_backup.restore"
INFO = "pxops.px_backup.restore_info"
BACKUP = {"name": "shop-2026-11-23", "status": "Success", "namespaces": ["shop"]}
CREATE = {
    "operation": "CREATE",
    "name": "one",
    "backup_ref": {"name": "shop-2026-11-23"},
    "cluster_ref": {"name": "prod-us"},
    "namespace_mapping": {"shop": "shop-restored"},
}
TASKS: tuple[dict[str, Any], ...] = (
    {**CREATE, "wait": True},
    {**CREATE, "cluster_ref": {"name": "prod-ux"}},
    {"operation": "INSPECT_ONE", "name": "one"},
    {"operation": "INSPECT_ALL", "backup_ref": {"name": "shop-2026-11-23"}},
    {"operation": "UPDATE", "name": "one", "labels": {"team": "shop"}},
    {"operation": "DELETE", "name": "one", "wait": True},
)


@pytest.fixture(autouse=True)
def backup(simulator: Simulator) -> None:
    """Put the backup there that the tasks restore."""
    simulator.settings(restore_seconds=0, delete_seconds=0)
    simulator.add_backup(**BACKUP)


def test_the_examples_run_as_they_stand(simulator: Simulator, work: Path) -> None:
    examples = yaml.safe_load(page(RESTORE, work)["examples"])
    for play in examples:
        assert play["module_defaults"]["group/pxops.px_backup.px_backup"].pop("api_url").startswith("https://")
    playbook = work / "examples.yml"
    playbook.write_text(yaml.safe_dump(examples), encoding="utf-8")
    token = {"px_backup_token": simulator.environment["PX_BACKUP_TOKEN"]}
    run_file(playbook, work, simulator.environment, extra_vars=token).ok()


def test_the_examples_of_lists_run(simulator: Simulator, work: Path) -> None:
    tasks = yaml.safe_load(page(INFO, work)["examples"])
    create = {"name": "Create", RESTORE: {**CREATE, "wait": True}}
    run = run_tasks([create, *tasks], work, simulator.environment).ok()
    assert run.result("List the restores of a backup")["total_count"] == 1
    assert run.result("Count the restores of the last week that did not succeed")["statistics"]["count"] == 0


def test_every_documented_return_value_is_returned_and_typed(simulator: Simulator, work: Path) -> None:
    documented = {**page(RESTORE, work)["return"], **CHANGED}
    everything = {
        **documented,
        "restore": {**documented["restore"], "contains": fields("RestoreObject")},
        "restores": {**documented["restores"], "contains": fields("RestoreObject")},
        **{
            key: {**documented[key], "contains": fields(key)}
            for key in ("server", "waited", "preflight", "error", "arrival")
        },
    }
    tasks = [{"name": str(number), RESTORE: task, "ignore_errors": True} for number, task in enumerate(TASKS)]
    run = run_tasks(tasks, work, simulator.environment, "--diff").ok()
    seen: set[str] = set()
    for number, task in enumerate(TASKS):
        real = visible(run.result(str(number)))
        check(everything, real, str(task))
        check(documented, real, str(task), partly=True)
        seen |= set(real)
    assert set(documented) - seen <= {"server"}


def test_every_documented_return_value_of_a_list_is_returned_and_typed(simulator: Simulator, work: Path) -> None:
    documented = {**page(INFO, work)["return"], **CHANGED}
    documented["restores"] = {**documented["restores"], "contains": fields("RestoreObject")}
    documented["error"] = {**documented["error"], "contains": fields("error")}
    tasks = [
        {"name": "Create", RESTORE: {**CREATE, "wait": True}},
        {"name": "list", INFO: {"statistics": True}},
        {"name": "fail", INFO: {"server_release": "not-a-release"}, "ignore_errors": True},
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    for name in ("list", "fail"):
        check(documented, visible(run.result(name)), name)
    assert run.result("list")["total_count"] == 1
