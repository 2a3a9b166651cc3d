# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References by name: looked up, verified, and never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.examples import REFERENCES
from support.playbooks import run_backup
from support.simulator import Simulator

CREATE = {"operation": "CREATE", "name": "one", **REFERENCES}


def _fails(simulator: Simulator, work: Path, category: str, **parameters: Any) -> str:
    """Run a task that must fail without a write request; return its sentence."""
    run = run_backup(work, simulator.environment, **parameters)
    assert run.status != 0, str(run)
    assert run.only["error"]["category"] == category, run.only
    assert simulator.writes() == []
    return str(run.only["msg"])


def test_two_clusters_of_one_name_are_an_error_with_both_uids(simulator: Simulator, work: Path) -> None:
    simulator.add_object("cluster", name="prod-eu", owner="somebody-else")
    uids = [item["metadata"]["uid"] for item in simulator.state()["clusters"] if item["metadata"]["name"] == "prod-eu"]
    assert len(set(uids)) == 2
    message = _fails(simulator, work, "conflict", **CREATE)
    assert all(uid in message for uid in uids)
    assert "cluster_ref.uid" in message

    # With the uid it is clear which is meant.
    chosen = {**CREATE, "cluster_ref": {"name": "prod-eu", "uid": uids[1]}}
    run = run_backup(work, simulator.environment, **chosen).ok()
    assert run.only["backup"]["backup_info"]["cluster_ref"]["uid"] == uids[1]


def test_an_unknown_name_lists_the_available_names(simulator: Simulator, work: Path) -> None:
    message = _fails(simulator, work, "not_found", **{**CREATE, "cluster_ref": {"name": "nope"}})
    assert "cluster_ref.name: cluster 'nope' not found" in message
    assert all(name in message for name in ("prod-eu", "prod-us", "edge-01"))


def test_a_uid_alone_is_enough(simulator: Simulator, work: Path) -> None:
    uid = simulator.state()["clusters"][0]["metadata"]["uid"]
    run = run_backup(work, simulator.environment, **{**CREATE, "cluster_ref": {"uid": uid}}).ok()
    assert run.only["backup"]["backup_info"]["cluster_ref"] == {"name": "prod-eu", "uid": uid}


def test_a_uid_that_belongs_to_another_name_is_refused(simulator: Simulator, work: Path) -> None:
    by_name = {item["metadata"]["name"]: item["metadata"]["uid"] for item in simulator.state()["clusters"]}
    wrong = {"name": "prod-eu", "uid": by_name["prod-us"]}
    message = _fails(simulator, work, "validation", **{**CREATE, "cluster_ref": wrong})
    assert "'prod-eu'" in message and "'prod-us'" in message


def test_an_unknown_uid_is_refused(simulator: Simulator, work: Path) -> None:
    wrong = {"name": "prod-eu", "uid": "00000000-0000-4000-8000-000000000000"}
    message = _fails(simulator, work, "not_found", **{**CREATE, "cluster_ref": wrong})
    assert "cluster_ref.uid" in message


def test_two_backups_of_one_name_are_an_error_with_both_uids(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="same", status="Success", owner="user-a")
    simulator.add_backup(name="same", status="Success", owner="user-b")
    uids = [item["metadata"]["uid"] for item in simulator.state()["backups"]]
    for operation, more in (("DELETE", {}), ("UPDATE", {"labels": {}}), ("INSPECT_ONE", {})):
        message = _fails(simulator, work, "conflict", operation=operation, name="same", **more)
        assert all(uid in message for uid in uids)
        assert "user-a" in message and "user-b" in message

    # With the uid the right one goes, and only that one.
    run_backup(work, simulator.environment, operation="DELETE", name="same", uid=uids[1]).ok()
    simulator.advance(3600)
    assert [item["metadata"]["uid"] for item in simulator.state()["backups"]] == [uids[0]]


def test_create_ignores_backups_of_other_owners(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", owner="somebody-else")
    run = run_backup(work, simulator.environment, **CREATE).ok()
    assert run.only["changed"] is True
    assert len(simulator.state()["backups"]) == 2
