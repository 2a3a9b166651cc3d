# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that lies, drips, floods or sends what no API sends: the task ends in time with one harmless sentence."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE, OPERATIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError

from support.examples import EXAMPLES
from support.library import connected, inspect_all
from support.playbooks import BATCH, MODULE, Run, run_tasks
from support.simulator import Simulator

INFO = "pxops.px_backup.backup_info"
SHORT = {"timeout": 1, "request_timeout": 2, "retries": 0}
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]")

LISTS: dict[str, dict[str, Any]] = {
    "DELETE": {MODULE: {"operation": "DELETE", "name": "one"}},
    "INSPECT_ALL": {MODULE: {"operation": "INSPECT_ALL"}},
    "backup_info": {INFO: {}},
    "batch": {BATCH: {"state": "absent", "names": ["one", "two"]}},
}


def run_each(simulator: Simulator, work: Path, **parameters: Any) -> Run:
    """Run each task of LISTS with further parameters, whatever becomes of the others."""
    tasks = [
        {"name": name, **{module: {**given, **parameters} for module, given in task.items()}, "ignore_errors": True}
        for name, task in LISTS.items()
    ]
    return run_tasks(tasks, work, simulator.environment).ok()


def assert_harmless(run: Run) -> None:
    """Check that nothing of the server acts on a terminal."""
    assert not INVISIBLE.findall(run.stdout + run.stderr)
    assert run.stdout.count("\nPLAY RECAP") == 1
    for result in run.results:
        assert len(result["msg"]) <= 2000
        assert "internal error" not in result["msg"]
        assert "\n" not in result["msg"]


@pytest.mark.both_paths
def test_an_error_with_http_200_is_no_empty_list(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"kind": "error_body", "text": "upstream connect error", "times": 0})
    run = run_each(simulator, work, retries=0)
    for result in run.results:
        assert (result["failed"], result["error"]["category"]) == (True, "protocol"), result
        assert "upstream connect error" in result["msg"]
    assert simulator.writes() == []
    assert_harmless(run)


@pytest.mark.both_paths
def test_a_head_that_drips(simulator: Simulator, work: Path) -> None:
    """One byte of a header every 0.2 s: each task ends within the total time of its request, a wait with its own."""
    simulator.add_backup(name="one", status="InProgress")
    simulator.faults({"kind": "drip", "part": "head", "seconds": 0.2, "times": 0, "match": {"path": "^/v1/"}})
    began = time.monotonic()
    run = run_each(simulator, work, **SHORT)
    for result in run.results:
        assert result["error"]["category"] == "timeout"
        assert "did not complete the response within 2 seconds" in result["msg"]
    simulator.faults({"kind": "drip", "part": "head", "seconds": 0.2, "times": 0, "match": {"rpc": "Backup.Inspect"}})
    waiting = {"operation": "INSPECT_ONE", "name": "one", "wait": True, "wait_timeout": 3, **SHORT}
    task = {"name": "wait", MODULE: waiting, "ignore_errors": True}
    assert run_tasks([task], work, simulator.environment).ok().only["error"]["category"] == "timeout"
    assert time.monotonic() - began < 60


@pytest.mark.both_paths
def test_text_that_acts_on_a_terminal(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"kind": "hostile_text", "status": 500, "times": 0})
    run = run_each(simulator, work, retries=0)
    assert all(result["failed"] for result in run.results)
    assert_harmless(run)


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "long_text"},
        {"kind": "deep_json"},
        {"kind": "bad_utf8"},
        {"kind": "trailing_bytes"},
        {"kind": "bad_gzip"},
        {"kind": "wrong_types"},
        {"kind": "other_message"},
        {"kind": "huge_body", "length": 100_000_000},
        {"kind": "huge_body", "length": 100_000_000, "gzip": True},
        {"kind": "endless_pages"},
        {"kind": "endless_pages", "same": True, "total": str(2**62)},
        {"kind": "raw", "text": "no HTTP at all\r\n\r\n"},
        {"kind": "raw", "text": "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}"},
    ],
    ids=lambda rule: "-".join(map(str, rule.values()))[:40],
)
def test_a_response_that_no_api_sends(simulator: Simulator, rule: dict[str, Any]) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({**rule, "times": 0})
    began = time.monotonic()
    with pytest.raises(PXBackupError) as caught:
        inspect_all(simulator)
    assert caught.value.category in ("protocol", "server")
    assert str(caught.value).isprintable() and len(str(caught.value)) <= 2000
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("operation", [name for name, operation in OPERATIONS.items() if operation.writes])
@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "error_body", "process": False},
        {"kind": "error_body", "process": True},
        {"kind": "other_object", "process": True},
        {"kind": "other_object", "uid": "", "process": True},
        {"kind": "short_body", "process": True},
        {"kind": "status", "status": 500, "process": True},
    ],
    ids=lambda rule: "-".join(map(str, rule.values()))[:40],
)
def test_a_write_with_a_false_response_is_looked_up(simulator: Simulator, operation: str, rule: dict[str, Any]) -> None:
    """Whatever the response says, the result agrees with what the server has, and no second backup is created."""
    example = EXAMPLES[operation]
    for backup in example.before:
        simulator.add_backup(**backup)
    simulator.faults({**rule, "match": {"writes": True}, "times": 0})
    context = connected(simulator)._replace(sleep=lambda _seconds: None)
    try:
        outcome = run_operation(context, BACKUP_MODULE, OPERATIONS[operation], dict(example.task))
        changed, admits = outcome.changed, outcome.changed
    except PXBackupError as error:
        changed, admits = error.changed, error.changed or error.maybe_processed
    reached = example.reached(simulator.state()["backups"])
    done = rule.get("process") is not False and bool(simulator.state()["backups"]) and reached
    # What sets a state may be sent again after a look; what creates something must not.
    assert len(simulator.writes()) == 1 or operation in ("UPDATE", "DELETE", "UPDATE_BACKUP_SHARE")
    assert admits or not done, "the result hides a change"
    assert done or not changed, "the result claims a change"


def test_a_name_with_a_colon_through_its_whole_life(simulator: Simulator) -> None:
    context = connected(simulator)
    create = {**EXAMPLES["CREATE"].task, "namespaces": ["shop"]}
    for name in ("nightly-2026-11-15T00:00", ":x", "y:", "a:b:c"):
        steps = {
            "CREATE": create,
            "INSPECT_ONE": {},
            "UPDATE": {"labels": {"team": "b"}},
            "GET_BACKUP_RESOURCE_DETAILS": {},
            "UPDATE_BACKUP_SHARE": {"backup_share": {"groups": [{"id": "platform", "access": "View"}]}},
            "DELETE": {},
        }
        for operation, task in steps.items():
            run_operation(context, BACKUP_MODULE, OPERATIONS[operation], {**task, "name": name})


def test_orders_and_odd_labels_reach_the_server(simulator: Simulator) -> None:
    for number in range(3):
        simulator.add_backup(name=f"b{number}", status="Success", labels={"a[b]": "x"} if number else {})
    order = {"sort_by": "Name", "sort_order": "Descending"}
    listed = inspect_all(simulator, sort_option=order, max_objects=2)
    assert [backup["metadata"]["name"] for backup in listed["backups"]] == ["b2", "b1"]
    listed = inspect_all(simulator, labels={"a[b]": "x"})
    assert {backup["metadata"]["name"] for backup in listed["backups"]} == {"b1", "b2"}


def test_references_in_pages_are_all_read(simulator: Simulator) -> None:
    simulator.settings(reference_page_cap=1)
    context = connected(simulator)
    outcome = run_operation(context, BACKUP_MODULE, OPERATIONS["CREATE"], dict(EXAMPLES["CREATE"].task))
    assert outcome.changed
    with pytest.raises(PXBackupError) as caught:
        task = {**EXAMPLES["CREATE"].task, "name": "two", "cluster_ref": {"name": "none"}}
        run_operation(connected(simulator), BACKUP_MODULE, OPERATIONS["CREATE"], task)
    assert "prod-eu" in str(caught.value) and "prod-us" in str(caught.value)
