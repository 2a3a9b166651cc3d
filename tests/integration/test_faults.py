# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After every fault the result matches the state on the server, and the next run succeeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.examples import ENTRIES
from support.fault_cells import TELLS
from support.fault_fleet import Fleet, running_fleet
from support.faults import FAULTS, WORKS
from support.playbooks import Run, run_file, run_tasks
from support.simulator import Simulator

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
def fleet() -> Iterator[Fleet]:
    with running_fleet() as simulators:
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


def _run_sample(tasks: dict[str, dict[str, Any]], work: Path, simulator: Simulator) -> Run:
    """Run tasks that may fail, by their operations: those that write side by side, each of them on its own host.

    Those that read come before, one after the other: the operations that write make the same requests on their way.
    """
    may_fail = {name: {**task, "ignore_errors": True} for name, task in tasks.items()}
    reading = [task for name, task in may_fail.items() if not ENTRIES[name].operation.writes]
    writing = [task for name, task in may_fail.items() if ENTRIES[name].operation.writes]
    hosts = [f"host{number}" for number in range(len(writing))]
    for host, task in zip(hosts, writing, strict=True):
        (work / f"{host}.json").write_text(json.dumps([task]), encoding="utf-8")
    own = {"name": "Include the task of the host", "ansible.builtin.include_tasks": "{{ inventory_hostname }}.json"}
    plays = [
        {"name": "Read", "hosts": "localhost", "gather_facts": False, "tasks": reading},
        {"name": "Write", "hosts": hosts, "gather_facts": False, "strategy": "free", "tasks": [own]},
    ]
    playbook = work / "sample.json"
    playbook.write_text(json.dumps(plays), encoding="utf-8")
    options = ("-i", ",".join(hosts), "--forks", str(len(hosts)))
    return run_file(playbook, work, simulator.environment, *options).ok()


@pytest.mark.parametrize("fault", SAMPLE)
def test_faults_in_playbooks(simulator: Simulator, work: Path, fault: str) -> None:
    reading = ("INSPECT_ALL", "INSPECT_ONE", "restore INSPECT_ALL", "restore INSPECT_ONE")
    names = sorted(ENTRIES, key=lambda name: [*reading, name].index(name))
    entries = {name: ENTRIES[name].named(f"sample{number}-") for number, name in enumerate(names)}
    for entry in entries.values():
        for item in entry.example.before:
            simulator.add_backup(**item)
    simulator.forget_requests()
    simulator.faults(*({**FAULTS[fault].rule, "match": {"rpc": DELICATE[name]}} for name in names))
    tasks = {
        name: {"name": f"task {name}", entry.module: entry.task(timeout=1, retries=1, retry_max_delay=0.1)}
        for name, entry in entries.items()
    }
    run = _run_sample(tasks, work, simulator)
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
    again = run_tasks(list(tasks.values()), work, simulator.environment).ok()
    assert not any(result["failed"] for result in again.results)
    state = simulator.state()
    kept = [(kind, item["metadata"]["name"]) for kind in ("backups", "restores") for item in state[kind]]
    assert len(kept) == len(set(kept))
