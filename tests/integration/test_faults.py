# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After every fault the result matches the state on the server, and the next run succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.examples import ENTRIES
from support.faults import FAULTS, TELLS, WORKS, Fleet, fleet_of
from support.playbooks import run_tasks
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
    "restore CREATE": "Restore.Create",
    "restore UPDATE": "Restore.Update",
    "restore DELETE": "Restore.Delete",
    "restore INSPECT_ONE": "Restore.Inspect",
    "restore INSPECT_ALL": "Restore.Enumerate",
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
def test_faults_in_playbooks(simulator: Simulator, work: Path, fault: str) -> None:
    # Those that read come first: the operations that write make the same requests on their way.
    reading = ("INSPECT_ALL", "INSPECT_ONE", "restore INSPECT_ALL", "restore INSPECT_ONE")
    names = sorted(
        ENTRIES, key=lambda name: (" " in name, ENTRIES[name].operation.writes, [*reading, name].index(name))
    )
    entries = {name: ENTRIES[name].named(f"sample{number}-") for number, name in enumerate(names)}
    for entry in entries.values():
        for item in entry.example.before:
            simulator.add_backup(**item)
    simulator.forget_requests()
    simulator.faults(*({**FAULTS[fault].rule, "match": {"rpc": DELICATE[name]}} for name in names))
    tasks = [
        {"name": f"task {name}", entry.module: entry.task(timeout=1, retries=1, retry_max_delay=0.1)}
        for name, entry in entries.items()
    ]
    run = run_tasks([{**task, "ignore_errors": True} for task in tasks], work, simulator.environment).ok()
    assert len([line for line in simulator.requests() if line["fault"]]) == len(names), "each met its fault"
    state = simulator.state()
    for name, entry in entries.items():
        result, start = run.result(f"task {name}"), entry.example.task.get("name", "sample")
        own = [item for item in state[entry.example.kind] if item["metadata"]["name"].startswith(start)]
        if result["failed"]:
            done = entry.example.reached(own)
            assert result["changed"] or TELLS.search(result["msg"]) or not done, result
            assert result["error"]["category"]
        else:
            assert result["changed"] is entry.operation.writes
            assert entry.example.reached(own), name
    again = run_tasks(tasks, work, simulator.environment).ok()
    assert not any(result["failed"] for result in again.results)
    state = simulator.state()
    kept = [(kind, item["metadata"]["name"]) for kind in ("backups", "restores") for item in state[kind]]
    assert len(kept) == len(set(kept))
