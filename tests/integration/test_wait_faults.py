# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults during a wait do not end it: the task ends with the status of the backup.

``PX_TEST_OUTAGE`` is the number of seconds for which the server is away in the test of a restart.
"""

from __future__ import annotations

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from support.examples import REFERENCES
from support.playbooks import run_backup
from support.simulator import Simulator, started

CREATE = {"operation": "CREATE", **REFERENCES, "namespaces": ["shop"], "wait": True, "wait_interval": 1}
OUTAGE = float(os.environ.get("PX_TEST_OUTAGE", "2"))
ON_INSPECT = {"match": {"rpc": "Backup.Inspect"}}
LOGIN = {"username": "admin", "password": "simulator"}

STATUS_OF = {"": "Success", "-sim-failed": "Failed", "-sim-partial": "PartialSuccess"}

# Each strikes polls; without retries the waiter sees every one of them.
FAULTS: dict[str, tuple[dict[str, Any], int, str]] = {
    "three 503": ({"kind": "status", "status": 503, "times": 3}, 0, ""),
    "three 503 and retries": ({"kind": "status", "status": 503, "times": 3}, 3, "-sim-failed"),
    "dropped": ({"kind": "drop_before", "reset": True}, 0, "-sim-failed"),
    "half a response": ({"kind": "truncated_body"}, 0, ""),
    "sign-in page": ({"kind": "html"}, 0, "-sim-partial"),
    "server fault": ({"kind": "grpc_error", "code": 13, "text": "database is away"}, 0, ""),
}


def _login(simulator: Simulator) -> dict[str, str]:
    """Return an environment with the address alone, so that a task logs in."""
    return {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_do_not_end_a_wait(simulator: Simulator, work: Path, fault: str) -> None:
    rule, retries, mark = FAULTS[fault]
    simulator.settings(backup_seconds=0.5)
    simulator.faults({**rule, **ON_INSPECT})
    task = {**CREATE, "name": f"one{mark}", "retries": retries}
    result = run_backup(work, simulator.environment, **task).only
    polls = [line for line in simulator.requests() if line["rpc"] == "Backup.Inspect"]
    assert [bool(line["fault"]) for line in polls] == [True] * rule.get("times", 1) + [False]
    if retries == 0:
        assert result["waited"]["polls"] == len(polls), "a failed poll counts"
    assert (result["failed"], result["changed"]) == (bool(mark), True)
    assert result["waited"]["status"] == STATUS_OF[mark]
    assert result["backup"]["backup_info"]["status"]["status"] == STATUS_OF[mark]
    if mark:
        assert f"ended {STATUS_OF[mark]}: " in result["msg"]
    assert len(simulator.writes()) == 1


def test_a_deletion_is_waited_for_through_faults(simulator: Simulator, work: Path) -> None:
    simulator.settings(delete_seconds=1)
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"kind": "status", "status": 503, "times": 2, "match": {"rpc": "Backup.Inspect", "nth": 3}})
    task = {"operation": "DELETE", "name": "one", "wait": True, "wait_interval": 1, "retries": 0}
    result = run_backup(work, simulator.environment, **task).ok().only
    assert (result["changed"], result["backup"], result["waited"]["status"]) == (True, None, "gone")
    assert [bool(line["fault"]) for line in simulator.requests()].count(True) == 2


def test_a_sent_deletion_counts_as_a_change_when_the_check_after_it_fails(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"kind": "status", "status": 503, "times": 0, "match": {"rpc": "Backup.Inspect", "nth": 2}})
    result = run_backup(work, simulator.environment, operation="DELETE", name="one", retries=0).only
    assert (result["failed"], len(simulator.writes())) == (True, 1)
    assert result["changed"] is True


def test_a_timeout_says_that_the_last_poll_failed(simulator: Simulator, work: Path) -> None:
    simulator.faults({"kind": "status", "status": 503, "times": 0, **ON_INSPECT})
    task = {**CREATE, "name": "one", "retries": 0, "wait_timeout": 2}
    result = run_backup(work, simulator.environment, **task).only
    assert result["error"]["category"] == "timeout"
    assert "is still Pending, stage Initial; the last poll failed (" in result["msg"]
    assert "HTTP 503" in result["msg"]
    assert result["backup"]["metadata"]["name"] == "one"
    assert result["changed"] is True


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


def test_a_restart_of_the_server_does_not_end_a_wait(work: Path) -> None:
    options = (
        "--port",
        str(_free_port()),
        "--state-file",
        str(work / "state.json"),
        "--token",
        "kept-token-0123456789",
    )
    options += ("--backup-seconds", str(OUTAGE + 2))
    names = {"one": "Success", "one-sim-failed": "Failed"}
    with ThreadPoolExecutor(len(names)) as pool:
        with started(work / "first", *options) as simulator:
            runs = {}
            for name in names:
                folder = work / name
                folder.mkdir()
                runs[name] = pool.submit(run_backup, folder, simulator.environment, **{**CREATE, "name": name})
            limit = time.monotonic() + 30
            while _find_awaited(simulator) != set(names) and time.monotonic() < limit:
                time.sleep(0.1)
            assert _find_awaited(simulator) == set(names)
        time.sleep(OUTAGE)
        with started(work / "second", *options) as simulator:
            results = {name: run.result().only for name, run in runs.items()}
            assert simulator.writes() == [], "each backup is created once"
    for name, status in names.items():
        result = results[name]
        assert (result["failed"], result["changed"]) == (status == "Failed", True)
        assert result["waited"]["status"] == status
        assert result["waited"]["seconds"] >= OUTAGE
        assert result["backup"]["metadata"]["name"] == name


def _find_awaited(simulator: Simulator) -> set[str]:
    """Return the backups for which a task waits: those that were inspected."""
    return {line["path"].rpartition("/")[2] for line in simulator.requests() if line["rpc"] == "Backup.Inspect"}


def test_a_login_is_renewed_when_its_token_expires(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0.5)
    simulator.faults({"kind": "expire_token", **ON_INSPECT})
    task = {**CREATE, "name": "one-sim-failed", "auth_url": simulator.auth_url, **LOGIN}
    result = run_backup(work, _login(simulator), **task).only
    logins = [line for line in simulator.requests() if line["rpc"] == "Auth.Token"]
    assert [line["status"] for line in logins] == [200, 200]
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["waited"]["status"] == "Failed"
    assert "ended Failed: Volume backups failed" in result["msg"]


def test_without_a_login_an_expired_token_ends_the_wait_and_says_how_to_join(simulator: Simulator, work: Path) -> None:
    simulator.faults({"kind": "expire_token", **ON_INSPECT})
    result = run_backup(work, simulator.environment, name="one", **CREATE).only
    assert result["error"]["category"] == "authentication"
    assert "the backup continues on the server: run the task again to wait for it, or use INSPECT_ONE" in result["msg"]
    assert "get a new token" in result["msg"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["backup"]["metadata"]["name"] == "one"
    assert result["waited"]["polls"] == 1

    # It does go on, and a new token joins.
    fresh = simulator.control("POST", "tokens", {"user_id": "admin", "admin": True})["token"]
    environment = {**simulator.environment, "PX_BACKUP_TOKEN": fresh}
    joined = run_backup(work, environment, operation="INSPECT_ONE", name="one", wait=True, wait_interval=1).ok()
    assert joined.only["waited"]["status"] == "Success"
