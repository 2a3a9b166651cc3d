# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``protection_info``: what the simulator's backups prove, on both paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.playbooks import Run, run_file, run_tasks
from support.simulator import Simulator

PROTECTION = "pxops.px_backup.protection_info"
HOUR = 3600
ONE = {"prod-eu": ["shop", "billing", "web"]}
DAILY = [{"rpo": "24h"}]


def protection(work: Path, simulator: Simulator, *options: str, **parameters: Any) -> Run:
    return run_tasks([{"name": "protection", PROTECTION: parameters}], work, simulator.environment, *options)


def report_of(work: Path, simulator: Simulator, **parameters: Any) -> dict[str, Any]:
    """Return the report of a task that must succeed, change nothing and write nothing."""
    simulator.forget_requests()
    result = protection(work, simulator, **{"clusters": ["prod-eu"], "targets": DAILY, **parameters}).ok().only
    assert result["changed"] is False
    assert simulator.writes() == []
    assert result["message"] == result["report"]["verdict"]["text"]
    return dict(result["report"])


def states(report: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["state"] for cluster in report["clusters"] for item in cluster["namespaces"]}


def findings(report: dict[str, Any]) -> list[str]:
    return [item["text"] for item in report["findings"] if item["kind"] != "history"]


@pytest.fixture
def world(simulator: Simulator) -> Simulator:
    """Good, old, failed and partial backups in ``prod-eu``."""
    simulator.add_backup(name="shop-1", namespaces=["shop"], age=2 * HOUR, duration=60)
    simulator.add_backup(name="billing-1", namespaces=["billing"], age=30 * HOUR, duration=60)
    simulator.add_backup(name="billing-2", namespaces=["billing"], age=HOUR, status="Failed", reason="disk full")
    return simulator


@pytest.mark.both_paths
def test_report_with_a_list_of_namespaces(world: Simulator, work: Path) -> None:
    report = report_of(work, world, namespaces=ONE)
    assert states(report) == {"shop": "compliant", "billing": "exceeded", "web": "unprotected"}
    assert report["summary"]["compliance"] == 0.3333
    assert report["verdict"] == {"level": "bad", "text": "2 of 3 namespaces have no good backup within the target."}
    assert report["server"]["release"] and report["server"]["url_host"] in world.url
    billing, shop, _web = report["clusters"][0]["namespaces"]
    assert billing["last_attempt"]["reason"] == "disk full"
    assert (shop["last_good"]["name"], shop["schedules"], shop["locations"]) == (
        "shop-1",
        ["shop-nightly"],
        ["s3-main"],
    )
    assert 7200 <= shop["age_seconds"] < 7500
    # One page of each list, the release, and what the server counts.
    assert len(world.requests()) <= 7


def test_report_without_a_list_says_that_coverage_is_unknown(world: Simulator, work: Path) -> None:
    report = report_of(work, world, clusters=[], targets=[{"rpo": "7d"}])
    assert states(report) == {"shop": "compliant", "billing": "compliant"}
    assert [cluster["name"] for cluster in report["clusters"]] == ["edge-01", "prod-eu", "prod-us"]
    assert report["summary"]["compliance"] is None
    assert "cluster 'prod-eu': coverage unknown, no list of its namespaces was given" in findings(report)
    assert "cluster 'edge-01' is Offline: cluster is disconnected" in findings(report)
    assert any(text.startswith("backup location 's3-broken' is ValidationFailed") for text in findings(report))


def test_server_counts_stand_beside_the_report(world: Simulator, work: Path) -> None:
    report = report_of(work, world, namespaces=ONE)
    count = report["clusters"][0]["server_count"]
    assert count["total"] == 6
    assert "the server counts 6 namespaces in cluster 'prod-eu', this report knows 3" in findings(report)
    assert report["window"]["runs"]["total"] == 3
    assert report["window"]["runs"]["failed"] == 1


def test_calls_that_only_compare_may_be_refused(world: Simulator, work: Path) -> None:
    world.faults(
        *(
            {"kind": "status", "status": 404, "match": {"rpc": rpc}}
            for rpc in ("Metrics.Inspect", "ActivityTimeLine.Enumerate")
        )
    )
    report = report_of(work, world, namespaces=ONE)
    assert (report["complete"], report["window"]["runs"]) == (True, None)
    assert report["clusters"][0]["server_count"] == {"protected": None, "total": None}


def test_partial_backup_is_judged_by_its_details(world: Simulator, work: Path) -> None:
    broken = {"name": "broken", "namespace": "web", "status": {"status": "Failed"}}
    resources = {
        "namespaces": [
            {"name": "billing", "status": {"status": "Success"}},
            {"name": "web", "status": {"status": "Failed"}},
        ]
    }
    info = {"volumes": [broken], "namespace_resources": resources}
    world.add_backup(name="p", namespaces=["billing", "web"], age=HOUR, status="PartialSuccess", info=info)
    report = report_of(work, world, namespaces=ONE)
    assert states(report) == {"shop": "compliant", "billing": "compliant", "web": "unprotected"}
    assert report["summary"]["backups"] == 4
    lists = [line for line in world.requests() if line["rpc"].startswith("Backup.Enumerate")]
    assert len(lists) == 2


@pytest.mark.both_paths
def test_fail_on_gives_the_report_as_well(world: Simulator, work: Path) -> None:
    run = protection(work, world, clusters=["prod-eu"], namespaces=ONE, targets=DAILY, fail_on="unprotected")
    result = run.only
    assert run.status and result["failed"] and not result["changed"]
    assert result["msg"] == "2 of 3 namespaces have no good backup within the target; see report in the result"
    assert result["error"]["category"] == "state"
    assert result["report"]["fails_on"] == ["unprotected", "exceeded", "any"]


def test_gate_for_one_application(world: Simulator, work: Path) -> None:
    gate = {"clusters": ["prod-eu"], "namespaces": {"prod-eu": ["shop"]}, "targets": DAILY, "fail_on": "any"}
    # The broken location of the world has nothing to do with the application.
    assert protection(work, world, **gate).ok().only["report"]["verdict"]["level"] == "good"


def test_what_cannot_be_read_is_named(world: Simulator, work: Path) -> None:
    world.faults({"kind": "status", "status": 403, "match": {"rpc": "BackupSchedule.Enumerate"}})
    report = report_of(work, world, namespaces=ONE)
    assert report["complete"] is False
    assert report["unread"][0].startswith("the backup schedules could not be read: ")
    assert states(report)["shop"] == "compliant"


def test_list_that_breaks_off_is_reported_as_far_as_it_went(world: Simulator, work: Path) -> None:
    world.settings(page_cap=2)
    world.faults({"kind": "status", "status": 403, "match": {"rpc": "Backup.Enumerate", "nth": 2}})
    report = report_of(work, world, namespaces=ONE)
    assert report["complete"] is False
    assert report["unread"][0].startswith("the list of backups broke off after 2: ")


def test_no_backup_readable_is_an_error(world: Simulator, work: Path) -> None:
    world.faults({"kind": "status", "status": 403, "match": {"rpc": "Backup.Enumerate"}})
    run = protection(work, world, targets=DAILY)
    assert run.status and "report" not in run.only


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"targets": [{"rpo": "a day"}]}, "targets[0].rpo 'a day' is not a valid duration"),
        ({"window": "2000d"}, "window '2000d' is too long; set it to at most 366d"),
        ({"namespaces": {"prod-eu": "shop"}}, "namespaces.prod-eu is 'shop', which is not a list of names"),
    ],
)
def test_invalid_options_send_nothing(
    simulator: Simulator, work: Path, parameters: dict[str, Any], message: str
) -> None:
    simulator.forget_requests()
    run = protection(work, simulator, **parameters)
    assert run.status and message in run.only["msg"]
    assert simulator.requests() == []


def test_check_mode_reads_as_well(world: Simulator, work: Path) -> None:
    result = protection(work, world, "--check", clusters=["prod-eu"], namespaces=ONE, targets=DAILY).ok().only
    assert states(result["report"])["shop"] == "compliant"


def test_role_writes_the_report_of_the_module(world: Simulator, work: Path) -> None:
    tasks = [
        {"name": "Collect", PROTECTION: {"namespaces": ONE, "targets": DAILY}, "register": "found"},
        {
            "name": "Write",
            "ansible.builtin.include_role": {"name": "pxops.px_backup.protection_report"},
            "vars": {
                "protection_report_model": "{{ found.report }}",
                "protection_report_json": str(work / "report.json"),
                "protection_report_html": str(work / "report.html"),
            },
        },
    ]
    run = run_tasks(tasks, work, world.environment).ok()
    assert json.loads((work / "report.json").read_text()) == run.result("Collect")["report"]
    assert "billing" in (work / "report.html").read_text()


def test_playbook_of_the_demo_writes_a_report_of_thirty_days(simulator: Simulator, work: Path) -> None:
    environment = {
        **simulator.environment,
        "PX_BACKUP_SIMULATOR_URL": simulator.control_url,
        "PX_BACKUP_REPORT_DIRECTORY": str(work / "report"),
    }
    playbook = Path(__file__).resolve().parents[2] / "playbooks" / "report.yml"
    run_file(playbook, work, environment).ok()
    report = json.loads((work / "report" / "protection.json").read_text())
    assert report["summary"]["compliant"] == 5
    assert report["window"]["runs"]["failed"] > 10
    assert {path.suffix for path in (work / "report").iterdir()} == {".html", ".json", ".xml"}
