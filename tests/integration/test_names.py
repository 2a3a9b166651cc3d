# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names with every kind of character make the round trip; names that no URL can contain are refused before sending."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.examples import REFERENCES
from support.playbooks import MODULE, run_backup, run_tasks
from support.simulator import Simulator

NAMES = [
    "p1#old",
    "päck up",
    "a b",
    "50%",
    "?x=1",
    "p5?uid=x",
    "a&b=c",
    "%2F",
    "日本",
    "semi;colon",
    "plus+",
    "quote'\"",
]
UNROUTABLE = ["a/b", "", ".", "..", "/"]


def test_names_round_trip_through_create_inspect_and_delete(simulator: Simulator, work: Path) -> None:
    # The names that a careless client would hit instead.
    for bystander in ("p1", "p5", "50", "a"):
        simulator.add_backup(name=bystander, status="Success")
    tasks = [
        {"name": f"{operation} {index}", MODULE: {"operation": operation, "name": name, **more}}
        for index, name in enumerate(NAMES)
        for operation, more in (("CREATE", REFERENCES), ("INSPECT_ONE", {}), ("DELETE", {}))
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    for index, name in enumerate(NAMES):
        assert run.result(f"CREATE {index}")["changed"] is True
        assert run.result(f"INSPECT_ONE {index}")["backup"]["metadata"]["name"] == name
        assert run.result(f"DELETE {index}")["changed"] is True
    simulator.advance(3600)
    assert sorted(item["metadata"]["name"] for item in simulator.state()["backups"]) == ["50", "a", "p1", "p5"]


@pytest.mark.parametrize("operation", ["CREATE", "INSPECT_ONE", "UPDATE", "DELETE"])
def test_names_that_no_server_can_route_are_refused(simulator: Simulator, work: Path, operation: str) -> None:
    more = {"CREATE": REFERENCES, "UPDATE": {"labels": {"a": "b"}}}.get(operation, {})
    tasks = [
        {"name": f"name {index}", "ignore_errors": True, MODULE: {"operation": operation, "name": name, **more}}
        for index, name in enumerate(UNROUTABLE)
    ]
    run = run_tasks(tasks, work, simulator.environment)
    for index, name in enumerate(UNROUTABLE):
        result = run.result(f"name {index}")
        assert result["failed"] is True, name
        assert result["error"]["category"] == "validation"
        assert "name" in result["msg"]
        if name:
            assert repr(name) in result["msg"]
    assert simulator.requests() == []


def test_an_organisation_with_a_slash_is_refused(simulator: Simulator, work: Path) -> None:
    run = run_backup(work, {**simulator.environment, "PX_BACKUP_ORG_ID": "a/b"}, operation="INSPECT_ALL")
    assert run.only["error"]["category"] == "validation"
    assert run.only["msg"].startswith("org_id is 'a/b'")
    assert simulator.requests() == []
