# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role protect: the daily job for several applications, one of which fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.playbooks import Run, run_tasks
from support.simulator import Simulator

SHOP = {"name": "shop", "namespaces": ["shop", "billing"], "keep": {"last": 1}}
BAD = {"name": "bad-sim-failed", "namespaces": ["empty"], "keep": {"last": 1}}
WEB = {"name": "web", "namespaces": ["web"], "rpo": "1h"}
DEFAULTS = {"cluster": "prod-eu", "location": "s3-main", "rpo": "24h"}
STEPS = ["backup", "verify", "drill", "report"]


def protect(work: Path, simulator: Simulator, *options: str, **more: Any) -> Run:
    """Run the role; ``more`` are variables of the role without their prefix."""
    values = {
        "applications": [BAD, SHOP, WEB],
        "defaults": DEFAULTS,
        "steps": STEPS,
        "run_id": "r1",
        "namespaces": {"prod-eu": ["shop", "billing", "web", "empty"]},
        "report": {"json": str(work / "report.json")},
        **more,
    }
    # A wait polls once.
    simulator.settings(backup_seconds=0)
    role = {"name": "protect", "ansible.builtin.include_role": {"name": "pxops.px_backup.protect"}}
    role["vars"] = {f"protect_{name}": value for name, value in values.items()}
    return run_tasks([role], work, simulator.environment, *options)


def names(simulator: Simulator) -> list[str]:
    return sorted(item["metadata"]["name"] for item in simulator.state()["backups"])


@pytest.fixture
def drill(work: Path) -> str:
    """A file of drill tasks that writes down what it was given."""
    path, note = work / "drill.yml", work / "drilled"
    tasks = [
        {
            "name": "Note the drill",
            "ansible.builtin.copy": {
                "content": "{{ protect_application.name }} {{ protect_backup }}",
                "dest": str(note),
            },
        }
    ]
    path.write_text(json.dumps(tasks))
    return str(path)


def test_one_failure_stops_neither_the_others_nor_the_report(simulator: Simulator, work: Path, drill: str) -> None:
    # The backup of shop was drilled before, so web is due first.
    drilled = {"pxops/drilled": "2020-01-01T00:00:00Z"}
    simulator.add_backup(name="old", namespaces=["shop", "billing"], age=7200, labels=drilled)
    run = protect(work, simulator, drill_tasks=drill)
    assert run.status == 2, str(run)
    assert names(simulator) == ["bad-sim-failed-r1", "old", "shop-r1", "web-r1"]
    message = run.results[-1]["msg"]
    assert message.startswith("bad-sim-failed: ") and "; " not in message.replace("; fix the cause", "")
    report = json.loads((work / "report.json").read_text())
    states = {item["name"]: item["state"] for item in report["clusters"][1]["namespaces"]}
    assert states == {"billing": "compliant", "empty": "unprotected", "shop": "compliant", "web": "compliant"}
    targets = {item["name"]: item["rpo_seconds"] for item in report["clusters"][1]["namespaces"]}
    assert targets["web"] == 3600
    assert (work / "drilled").read_text() == "web web-r1"


def test_second_run_with_the_same_id_joins_the_first(simulator: Simulator, work: Path) -> None:
    assert protect(work, simulator, applications=[WEB]).status == 0
    simulator.forget_requests()
    run = protect(work, simulator, applications=[WEB])
    assert run.status == 0, str(run)
    assert simulator.writes() == [] and names(simulator) == ["web-r1"]
    assert run.result("Back up")["changed"] is False


def test_report_can_fail_the_role(simulator: Simulator, work: Path) -> None:
    run = protect(work, simulator, applications=[WEB], steps=["report"], fail_on="unprotected")
    assert run.status == 2
    assert run.results[-1]["msg"] == "1 of 4 namespaces has no good backup within the target."


def test_check_mode_predicts_and_writes_nothing(simulator: Simulator, work: Path) -> None:
    run = protect(work, simulator, "--check", applications=[WEB])
    assert run.status == 0, str(run)
    assert simulator.writes() == [] and run.result("Back up")["changed"] is True


def test_only_a_verified_backup_pushes_out_older_ones(simulator: Simulator, work: Path) -> None:
    for name in ("shop", "bad-sim-failed"):
        label = {"pxops/application": name}
        spaces = ["shop", "billing"] if name == "shop" else ["empty"]
        simulator.add_backup(name=f"{name}-r0", namespaces=spaces, age=90000, labels=label)
    simulator.add_backup(name="not-ours", namespaces=["shop", "billing"], age=90000)
    run = protect(work, simulator, applications=[BAD, SHOP], steps=["backup", "verify", "prune"])
    assert run.status == 2, str(run)
    simulator.advance(60)
    assert names(simulator) == ["bad-sim-failed-r0", "bad-sim-failed-r1", "not-ours", "shop-r1"]


def test_drills_of_the_role_restore_drill_count_and_are_not_repeated(simulator: Simulator, work: Path) -> None:
    simulator.settings(restore_seconds=0)
    checks, path = work / "checks.yml", work / "drill.yml"
    checks.write_text(
        json.dumps([{"name": "Check", "ansible.builtin.assert": {"that": "restore_drill_mapping | length == 1"}}])
    )
    role = {"name": "Drill", "ansible.builtin.include_role": {"name": "pxops.px_backup.restore_drill"}}
    role["vars"] = {
        "restore_drill_backup": {"name": "{{ protect_backup }}"},
        "restore_drill_cluster": "prod-us",
        "restore_drill_tasks": str(checks),
        "restore_drill_interval": 1,
        "restore_drill_label_backup": True,
    }
    path.write_text(json.dumps([role]))
    steps = ["backup", "verify", "drill"]
    run = protect(work, simulator, applications=[WEB], steps=steps, drill_tasks=str(path))
    assert run.status == 0, str(run)
    [backup] = simulator.state()["backups"]
    assert backup["metadata"]["labels"]["pxops/drill-verdict"] == "passed"
    assert "pxops/drilled" in backup["metadata"]["labels"]
    simulator.forget_requests()
    again = protect(work, simulator, applications=[WEB], steps=steps, drill_tasks=str(path))
    assert again.status == 0, str(again)
    assert simulator.writes() == []
