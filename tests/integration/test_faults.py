# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever fails, the result matches the state on the server, and the next run repairs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import OPERATIONS

from support.examples import EXAMPLES
from support.faults import FAULTS, TELLS, WORKS, Fleet, fleet_of
from support.playbooks import MODULE, run_tasks
from support.simulator import Simulator

SIMULATORS = 3

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"

# The faults that a sample of real playbooks meets, at the request that each operation is about.
SAMPLE = ("connection dropped after", "502 HTML page before", "503 after", "silence")
DELICATE = {
    "CREATE": "Backup.Create",
    "UPDATE": "Backup.Update",
    "DELETE": "Backup.Delete",
    "INSPECT_ONE": "Backup.Inspect",
    "INSPECT_ALL": "Backup.Enumerate",
    "UPDATE_BACKUP_SHARE": "Backup.UpdateBackupShare",
    "GET_BACKUP_RESOURCE_DETAILS": "Backup.GetBackupResourceDetails",
    "RETRY_BACKUP_RESOURCES": "Backup.RetryBackupResources",
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet_of(SIMULATORS, tmp_path_factory.mktemp("fleet")) as simulators:
        yield simulators


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("work_name", WORKS)
def test_the_result_matches_the_state(fleet: Fleet, work_name: str, fault: str) -> None:
    cells = fleet.cells(work_name, FAULTS[fault])
    assert cells
    bad = [str(cell) for cell in cells if cell.wrong]
    assert not bad, "\n".join(bad)


def test_the_page_lists_every_operation_and_fault() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == list(WORKS)
    for section in sections:
        rows = [line.split(" | ")[0].removeprefix("| ") for line in section.splitlines() if line.startswith("| ")]
        assert rows == ["fault", *FAULTS]
        assert "wrong:" not in section


@pytest.mark.parametrize("fault", SAMPLE)
def test_playbooks_meet_the_faults_too(simulator: Simulator, work: Path, fault: str) -> None:
    # Those that read come first: the operations that write make the same requests on their way.
    names = sorted(OPERATIONS, key=lambda name: (OPERATIONS[name].writes, name != "INSPECT_ALL", name != "INSPECT_ONE"))
    examples = {name: EXAMPLES[name].named(f"sample{number}") for number, name in enumerate(names)}
    for example in examples.values():
        for backup in example.before:
            simulator.add_backup(**backup)
    simulator.forget_requests()
    simulator.faults(*({**FAULTS[fault].rule, "match": {"rpc": DELICATE[name]}} for name in names))
    tasks = [
        {"name": name, MODULE: {"operation": name, "timeout": 1, "retries": 1, "retry_max_delay": 0.1, **example.task}}
        for name, example in examples.items()
    ]
    run = run_tasks([{**task, "ignore_errors": True} for task in tasks], work, simulator.environment).ok()
    assert len([line for line in simulator.requests() if line["fault"]]) == len(names), "each met its fault"
    backups = simulator.state()["backups"]
    for name, example in examples.items():
        result = run.result(f"{name}")
        own = [item for item in backups if item["metadata"]["name"].startswith(example.task.get("name", "sample"))]
        if result["failed"]:
            assert result["changed"] or TELLS.search(result["msg"]), result
            assert result["error"]["category"]
        else:
            assert result["changed"] is OPERATIONS[name].writes
            assert example.reached(own), name
    again = run_tasks(tasks, work, simulator.environment).ok()
    assert not any(result["failed"] for result in again.results)
    backups = simulator.state()["backups"]
    kept = [item["metadata"]["name"] for item in backups]
    assert len(kept) == len(set(kept))
