# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses that contradict the state on the server: errors with HTTP 200, errors after the work, other objects, short
and stale ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import PAGE_SIZE

from support.examples import EXAMPLES, REFERENCES
from support.playbooks import BATCH, MODULE, RESTORE, Run, run_tasks
from support.simulator import Simulator

pytestmark = pytest.mark.both_paths

INFO = f"{MODULE}_info"
CREATE = {"operation": "CREATE", "name": "one", **REFERENCES, "namespaces": ["shop"]}
WAIT = {"wait": True, "wait_interval": 1}

# The request of each operation that writes.
WRITES = {
    "CREATE": "Backup.Create",
    "UPDATE": "Backup.Update",
    "DELETE": "Backup.Delete",
    "UPDATE_BACKUP_SHARE": "Backup.UpdateBackupShare",
    "RETRY_BACKUP_RESOURCES": "Backup.RetryBackupResources",
}

# A task: its name, its module and its parameters.
Task = tuple[str, str, dict[str, Any]]


def _run(simulator: Simulator, work: Path, *tasks: Task) -> Run:
    """Run tasks whose failure does not end the playbook."""
    listed = [{"name": name, module: parameters, "ignore_errors": True} for name, module, parameters in tasks]
    return run_tasks(listed, work, simulator.environment).ok()


def _for_good(kind: str, rpc: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "times": 0, "match": {"rpc": rpc}, **more}


@pytest.mark.parametrize("kind", ["error_body", "other_message"])
def test_a_list_response_without_a_list_is_an_error(simulator: Simulator, work: Path, kind: str) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults(_for_good(kind, "Backup.Enumerate"))
    tasks: list[Task] = [
        ("delete", MODULE, {"operation": "DELETE", "name": "one"}),
        ("batch", BATCH, {"state": "absent", "names": ["one", "two"]}),
        ("list", MODULE, {"operation": "INSPECT_ALL"}),
        ("info", INFO, {"name": "one"}),
        ("create", MODULE, CREATE),
    ]
    for result in _run(simulator, work, *tasks).results:
        assert (result["failed"], result["changed"], result["error"]["category"]) == (True, False, "protocol"), result
    assert simulator.writes() == []


@pytest.mark.parametrize("status", [502, 500])
def test_not_found_with_the_status_of_a_gateway_is_no_absence(simulator: Simulator, work: Path, status: int) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"kind": "stale_not_found", "status": status, "times": 0})
    tasks: list[Task] = [
        ("delete", MODULE, {"operation": "DELETE", "name": "one", "retries": 0}),
        ("batch", BATCH, {"state": "absent", "names": ["one"], "retries": 0}),
        ("info", INFO, {"name": "one", "retries": 0}),
        ("restores", RESTORE, {"operation": "DELETE", "name": "one", "retries": 0}),
        ("update", MODULE, {"operation": "UPDATE", "name": "one", "labels": {"a": "b"}, "retries": 0}),
        ("create", MODULE, {**CREATE, "retries": 0}),
    ]
    for result in _run(simulator, work, *tasks).results:
        assert (result["failed"], result["changed"], result["error"]["category"]) == (True, False, "server"), result
        assert "contradicts itself" in json.dumps(result)
    assert simulator.writes() == []


@pytest.mark.parametrize("rpc", ["Cluster.Enumerate", "BackupLocation.Enumerate"])
def test_references_that_are_not_a_list_are_an_error(simulator: Simulator, work: Path, rpc: str) -> None:
    simulator.faults(_for_good("error_body", rpc))
    (result,) = _run(simulator, work, ("create", MODULE, CREATE)).results
    assert (result["failed"], result["error"]["category"]) == (True, "protocol")
    assert simulator.writes() == []


def test_references_are_read_page_by_page(simulator: Simulator, work: Path) -> None:
    simulator.settings(reference_page_cap=1)
    simulator.add_object("cluster", name="prod-eu", owner="somebody-else")
    last = {"cluster_ref": {"name": "edge-01"}, "preflight": "off"}
    run = _run(simulator, work, ("twice", MODULE, CREATE), ("last", MODULE, {**CREATE, **last}))
    assert "cluster_ref.name 'prod-eu' matches 2 clusters" in run.result("twice")["msg"]
    assert run.result("last")["changed"] is True


@pytest.mark.parametrize("text", ["database is away", "failed to retrieve cluster [prod-eu]: object not found"])
def test_an_error_after_the_work_is_checked(simulator: Simulator, work: Path, text: str) -> None:
    examples = {name: EXAMPLES[name].named(f"b{number}") for number, name in enumerate(WRITES)}
    for example in examples.values():
        for backup in example.before:
            simulator.add_backup(**backup)
    internal = {"kind": "grpc_error", "code": 13, "text": text, "process": True}
    simulator.faults(*({**internal, "match": {"rpc": rpc}} for rpc in WRITES.values()))
    tasks = [(name, MODULE, {"operation": name, **example.task}) for name, example in examples.items()]
    run = _run(simulator, work, *tasks)
    for name, example in examples.items():
        result = run.result(name)
        assert (result["failed"], result["changed"]) == (False, True), result
        assert "the result was verified" in result["message"] or name.startswith("UPDATE")
        kept = [
            item for item in simulator.state()["backups"] if item["metadata"]["name"].startswith(example.task["name"])
        ]
        assert example.reached(kept), name
    assert len(simulator.writes()) == len(WRITES), "each was sent once"


def test_an_error_without_the_work_is_an_error(simulator: Simulator, work: Path) -> None:
    examples = {name: EXAMPLES[name].named(f"b{number}") for number, name in enumerate(WRITES)}
    for example in examples.values():
        for backup in example.before:
            simulator.add_backup(**backup)
    internal = {"kind": "grpc_error", "code": 2, "text": "database is away", "process": False, "times": 0}
    simulator.faults(*({**internal, "match": {"rpc": rpc}} for rpc in WRITES.values()))
    before = simulator.settled_state()
    tasks = [(name, MODULE, {"operation": name, **example.task}) for name, example in examples.items()]
    for result in _run(simulator, work, *tasks).results:
        assert (result["failed"], result["changed"]) == (True, False), result
        assert "database is away" in result["msg"]
    assert simulator.settled_state() == before


@pytest.mark.parametrize("identity", [{"name": "other"}, {"uid": ""}, {"org": "other-org"}], ids=str)
def test_a_create_that_responds_with_another_object_is_checked(
    simulator: Simulator, work: Path, identity: dict[str, str]
) -> None:
    other = {"kind": "other_object", **identity, "match": {"rpc": "Backup.Create"}}
    simulator.faults(other)
    (result,) = _run(simulator, work, ("create", MODULE, CREATE)).results
    (kept,) = simulator.state()["backups"]
    assert (result["failed"], result["changed"]) == (False, True), result
    assert result["backup"]["metadata"]["uid"] == kept["metadata"]["uid"]
    assert result["backup"]["metadata"]["name"] == "one"
    simulator.control("DELETE", "faults")

    simulator.faults(other)
    batch = {"defaults": {**REFERENCES, "namespaces": ["shop"]}, "backups": [{"name": "two"}, {"name": "three"}]}
    (result,) = _run(simulator, work, ("batch", BATCH, batch)).results
    uids = {item["metadata"]["name"]: item["metadata"]["uid"] for item in simulator.state()["backups"]}
    assert {entry["name"]: entry["uid"] for entry in result["backups"]} == {key: uids[key] for key in ("two", "three")}


def test_a_create_response_without_a_status_does_not_end_a_wait(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=1)
    simulator.faults({"kind": "short_body", "keys": ["status"], "match": {"rpc": "Backup.Create"}, "times": 0})
    batch = {"defaults": {**REFERENCES, "namespaces": ["shop"]}, "backups": [{"name": "two"}, {"name": "three"}]}
    run = _run(simulator, work, ("one", MODULE, {**CREATE, **WAIT}), ("batch", BATCH, {**batch, **WAIT}))
    assert run.result("one")["waited"]["status"] == "Success"
    assert [entry["status"] for entry in run.result("batch")["backups"]] == ["Success", "Success"]
    assert not any(result["failed"] for result in run.results)


def test_responses_without_uids_do_not_mix_backups_up(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    simulator.faults({"kind": "other_object", "uid": "", "match": {"rpc": "Backup.Create"}, "times": 0})
    names = ["good", "bad-sim-failed"]
    batch = {"defaults": {**REFERENCES, "namespaces": ["shop"]}, "backups": [{"name": name} for name in names]}
    (result,) = _run(simulator, work, ("batch", BATCH, {**batch, **WAIT})).results
    assert [(entry["name"], entry["status"]) for entry in result["backups"]] == [
        ("good", "Success"),
        ("bad-sim-failed", "Failed"),
    ]


def test_a_failed_check_after_a_create_says_that_it_was_accepted(simulator: Simulator, work: Path) -> None:
    simulator.faults(
        {"kind": "short_body", "keys": ["namespaces"], "match": {"rpc": "Backup.Create"}},
        _for_good("grpc_error", "Backup.Inspect", code=13, text="database is away"),
    )
    (result,) = _run(simulator, work, ("create", MODULE, CREATE)).results
    assert (result["failed"], result["changed"]) == (True, True)
    assert "the server accepted CREATE of backup 'one', but the check after it failed" in result["msg"]


@pytest.mark.parametrize("fault", ["stale_not_found", "contradiction"])
def test_an_absence_during_a_wait_is_confirmed(simulator: Simulator, work: Path, fault: str) -> None:
    simulator.settings(backup_seconds=2)
    simulator.faults({"kind": fault, "match": {"rpc": "Backup.Inspect"}, "times": 2})
    (result,) = _run(simulator, work, ("create", MODULE, {**CREATE, **WAIT})).results
    assert (result["failed"], result["changed"]) == (False, True), result
    assert result["waited"]["status"] == "Success"


def test_a_deletion_is_confirmed_by_the_list(simulator: Simulator, work: Path) -> None:
    simulator.settings(delete_seconds=600)
    simulator.add_backup(name="one", status="Success")
    simulator.faults(_for_good("stale_not_found", "Backup.Inspect"))
    (result,) = _run(simulator, work, ("delete", MODULE, {"operation": "DELETE", "name": "one"})).results
    assert result["failed"] and "contradicts itself" in result["msg"]
    assert "is deleted" not in result["msg"]


@pytest.mark.parametrize("total", [PAGE_SIZE, 100_000])
def test_a_wrong_total_omits_no_backup(simulator: Simulator, work: Path, total: int) -> None:
    count = PAGE_SIZE + 5
    for number in range(count):
        simulator.add_backup(name=f"b{number}", status="Success")
    simulator.faults(_for_good("lying_total", "Backup.Enumerate", total=str(total), complete=False))
    (result,) = _run(simulator, work, ("list", INFO, {"summary": True})).results
    if total == PAGE_SIZE:
        assert (result["failed"], result["total_count"], result["truncated"]) == (False, count, False)
        assert len(result["backups"]) == count
    else:
        assert (result["failed"], result["error"]["category"]) == (True, "protocol")
        assert f"the list after {count} of {total} backups" in result["msg"]


# --- what a gateway does with addresses and queries


def test_a_colon_in_a_name(simulator: Simulator, work: Path) -> None:
    names = ["nightly-2026-11-15T00:00", ":x", "y:", "a:b:c"]
    share = {"groups": [{"id": "platform", "access": "View"}]}
    steps: dict[str, dict[str, Any]] = {
        "CREATE": {**REFERENCES, "namespaces": ["shop"]},
        "INSPECT_ONE": {},
        "UPDATE": {"labels": {"a": "b"}},
        "UPDATE_BACKUP_SHARE": {"backup_share": share},
        "GET_BACKUP_RESOURCE_DETAILS": {},
        "DELETE": WAIT,
    }
    tasks = [
        (f"{operation} of {number}", MODULE, {"operation": operation, "name": name, **more})
        for number, name in enumerate(names)
        for operation, more in steps.items()
    ]
    run = _run(simulator, work, *tasks)
    assert [(result["operation"], result["failed"]) for result in run.results] == [
        (operation, False) for _name in names for operation in steps
    ], [result.get("msg") for result in run.results]
    assert simulator.state()["backups"] == []


def test_a_wait_for_an_address_that_does_not_exist_ends(simulator: Simulator, work: Path) -> None:
    simulator.settings(colon_names="refuse")
    (result,) = _run(simulator, work, ("create", MODULE, {**CREATE, **WAIT, "name": "a:b"})).results
    assert (result["failed"], result["changed"], result["error"]["http_status"]) == (True, True, 404), result
    assert result["waited"]["polls"] == 1
    assert "the backup continues on the server" in result["msg"]


def test_a_filter_that_the_server_ignores_is_never_a_wrong_list(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", labels={"team[a]": "x"})
    simulator.add_backup(name="two", status="Success", labels={"team": "x"})
    labels = {"labels": {"team[a]": "x"}}
    simulator.settings(unknown_fields="ignore")
    (new,) = _run(simulator, work, ("new", INFO, labels)).results
    assert [item["metadata"]["name"] for item in new["backups"]] == ["one"]
    simulator.settings(release="2.8.1")
    (old,) = _run(simulator, work, ("old", INFO, labels)).results
    assert (old["failed"], old["error"]["category"]) == (True, "unsupported"), old
