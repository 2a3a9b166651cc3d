# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``conformance`` and its playbook: what they send, report, record, and leave behind."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from support.conformance import NAMES, PREFIX, SHOWING, WRITE, furnish, other_token, probe
from support.playbooks import HERE, Run, run_file, run_tasks
from support.simulator import Simulator

MODULE = "pxops.px_backup.conformance"
PLAYBOOK = "pxops.px_backup.conformance"

# The most requests of a run that only reads; docs/guides/conformance.md names it.
READ_REQUESTS = 60


@pytest.fixture
def world(simulator: Simulator) -> Simulator:
    """A simulator in which every check sees something."""
    furnish(simulator)
    simulator.settings(**SHOWING, unknown_fields="ignore", backup_seconds=1, restore_seconds=1, delete_seconds=0.2)
    return simulator


def run_probe(work: Path, simulator: Simulator, *options: str, **parameters: Any) -> Run:
    return run_tasks([{"name": "probe", MODULE: parameters}], work, simulator.environment, *options)


def names_in(simulator: Simulator) -> set[str]:
    """Return the names of all backups and restores."""
    state = simulator.state()
    return {item["metadata"]["name"] for kind in ("backups", "restores") for item in state[kind]}


# --- the module


@pytest.mark.both_paths
def test_a_run_that_reads_sends_few_requests_and_no_write(world: Simulator, work: Path) -> None:
    before = names_in(world)
    world.forget_requests()
    result = run_probe(work, world).ok().only
    assert result["changed"] is False
    assert world.writes() == []
    assert result["requests"] == len(world.requests()) <= READ_REQUESTS
    summary = result["recording"]["summary"]
    assert (summary["differs"], summary["holds"] > 60) == (0, True)
    writing = [entry for entry in result["recording"]["checks"] if entry["part"] == "write"]
    assert {(entry["status"], entry["why"]) for entry in writing} == {("not seen", "the part that writes was not run")}
    assert result["message"].startswith(f"{summary['holds']} of {len(result['table'])} assumptions hold, 0 differ")
    assert names_in(world) == before


@pytest.mark.both_paths
def test_a_run_that_writes_leaves_no_object_behind(world: Simulator, work: Path) -> None:
    before = names_in(world)
    token = other_token(world)
    run = run_probe(work, world, **WRITE, wait_interval=1, other_token=token).ok()
    assert token not in str(run)
    result = run.only
    assert result["changed"] is True
    assert result["recording"]["summary"] == {"holds": len(result["table"]), "differs": 0, "not_seen": 0}
    assert names_in(world) == before
    assert result["left_behind"] == []
    assert result["scratch"] == {"cluster": "prod-eu", "namespace": f"{PREFIX}-scratch"}
    assert f"{PREFIX}-scratch" in world.contents("prod-eu")["namespaces"]


def test_what_takes_another_user_says_so(world: Simulator) -> None:
    report = probe(world, **WRITE)
    open_checks = {name for name in report.checks if "other_token" in report.checks[name]["why"]}
    assert open_checks == {"write.hidden", "write.shared-view", "write.shared-delete"}
    # The namespace of the restores stays, so another run needs another prefix.
    administrator = probe(world, **{**WRITE, "prefix": "px-other"}, other_token=world.token)
    assert administrator.having("differs") == {"write.hidden"}
    assert administrator.result["left_behind"] == []


def test_check_mode_writes_nothing(world: Simulator, work: Path) -> None:
    world.forget_requests()
    result = run_probe(work, world, "--check", **WRITE).ok().only
    assert (result["changed"], world.writes()) == (False, [])
    assert result["recording"]["summary"]["differs"] == 0


def test_a_server_that_differs_is_a_result_and_with_strict_a_failure(world: Simulator, work: Path) -> None:
    world.settings(not_found="unknown")
    result = run_probe(work, world).ok().only
    assert result["recording"]["summary"]["differs"] == 2
    lines = [line for line in result["table"] if line.startswith("differs")]
    assert " ".join(lines[0].split()) == (
        "differs error.not-found A backup that does not exist is NotFound. Expected: http_status 404, "
        "grpc_code NotFound, says_not_found yes. Seen: http_status 500, grpc_code Unknown, says_not_found no."
    )
    failed = run_probe(work, world, strict=True)
    assert failed.status == 2
    assert failed.only["msg"] == (
        "the server differs in error.not-found, error.restore-not-found; see table in the result"
    )
    assert failed.only["recording"]["checks"] == result["recording"]["checks"]


@pytest.mark.parametrize("more", [{}, {"server_release": "3.2.0"}])
def test_a_server_that_cannot_be_reached_is_an_error_and_no_result(
    world: Simulator, work: Path, more: dict[str, str]
) -> None:
    run = run_probe(work, world, api_url="http://127.0.0.1:9", retries=0, **more)
    assert run.status == 2
    assert run.only["error"]["category"] == "network" and "recording" not in run.only


@pytest.mark.parametrize("more", [{}, {"server_release": "3.2.0"}])
def test_another_server_is_an_error_and_no_result(world: Simulator, work: Path, more: dict[str, str]) -> None:
    world.faults({"kind": "html", "times": 0})
    run = run_probe(work, world, **more)
    assert run.only["msg"].endswith("is api_url the address of the PX-Backup REST API (by default port 10001)?")
    assert run.only["error"]["category"] == "protocol" and "recording" not in run.only


def test_a_refused_token_is_an_error_and_no_result(world: Simulator, work: Path) -> None:
    run = run_probe(work, world, token="not-a-valid-token", server_release="3.2.0")
    assert run.only["error"]["category"] == "authentication" and "recording" not in run.only


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"write": True}, "write requires namespace; set namespace, or write to false"),
        ({"namespace": "shop"}, "namespace has no effect without write; set write to true, or omit it"),
        ({**WRITE, "prefix": "Px_"}, "prefix 'Px_' cannot begin the name of a namespace"),
        ({**WRITE, "cluster_ref": {"name": "no"}}, "cluster_ref.name: cluster 'no' not found"),
        ({"baseline": {"schema": "other"}}, "baseline is not a recording of the form pxops.px_backup/conformance/1"),
    ],
)
def test_a_task_that_cannot_run_says_why(
    world: Simulator, work: Path, parameters: dict[str, Any], message: str
) -> None:
    world.forget_requests()
    run = run_probe(work, world, **parameters)
    assert run.status == 2
    assert run.only["msg"].startswith(message)
    assert world.writes() == []


def test_objects_that_have_the_prefix_already_are_never_touched(world: Simulator, work: Path) -> None:
    world.add_backup(name=f"{PREFIX}-first", namespaces=["shop"])
    world.forget_requests()
    run = run_probe(work, world, **WRITE)
    assert run.only["msg"] == f"backups exist whose names begin with '{PREFIX}'; set another prefix, or delete them"
    assert world.writes() == []


# --- trouble


def test_a_lost_response_makes_no_second_object(world: Simulator) -> None:
    rules = [{"kind": "drop_after", "match": {"rpc": rpc, "nth": 1}} for rpc in ("Backup.Create", "Restore.Create")]
    world.faults(*rules)
    report = probe(world, **WRITE)
    sent = [line["name"] for line in world.writes() if line["rpc"] == "Backup.Create"]
    # The one create that is sent twice on purpose is refused.
    assert sorted(sent) == sorted(f"{PREFIX}-{end}" for end in ("first", "first", "absent", "second"))
    assert report.checks["write.create"]["why"] == "the response to the create was lost"
    assert report.having("differs") == set()
    assert not any(name.startswith(PREFIX) for name in names_in(world))


def test_a_second_object_of_a_name_is_cleaned_up_too(world: Simulator) -> None:
    """A server that accepts a taken name has two objects of it."""
    added: list[dict[str, Any]] = []

    def add_second(_seconds: float) -> None:
        if not added:
            added.append(world.add_backup(name=f"{PREFIX}-first", namespaces=["shop"]))

    report = probe(world, on_sleep=add_second, **WRITE)
    assert added and report.result["left_behind"] == []
    assert not any(name.startswith(PREFIX) for name in names_in(world))


def test_what_others_create_with_the_prefix_meanwhile_stays(world: Simulator) -> None:
    """A schedule of the same user may create backups during the run, and their names may begin alike."""
    names = [f"{PREFIX}-nightly", f"{PREFIX}-first-week"]
    added: list[dict[str, Any]] = []

    def add(_seconds: float) -> None:
        if not added:
            added.extend(world.add_backup(name=name, namespaces=["shop"]) for name in names)

    report = probe(world, on_sleep=add, **WRITE)
    assert {name for name in names_in(world) if name.startswith(PREFIX)} == set(names)
    assert report.result["left_behind"] == []


def test_a_retry_that_the_server_accepts_is_cleaned_up_too(world: Simulator) -> None:
    added: list[dict[str, Any]] = []

    def add_retry(_seconds: float) -> None:
        if not added:
            added.append(world.add_backup(name=f"{PREFIX}-first-retry1-1767225600", namespaces=["shop"]))

    report = probe(world, on_sleep=add_retry, **WRITE)
    assert added and report.result["left_behind"] == []
    assert not any(name.startswith(PREFIX) for name in names_in(world))


def test_a_restore_that_is_always_refused_says_nothing_about_the_mapping(world: Simulator) -> None:
    world.faults({"kind": "grpc_error", "code": 7, "match": {"rpc": "Restore.Create"}, "times": 0})
    report = probe(world, **WRITE)
    assert report.checks["write.mapping"]["why"] == "no restore could be created"
    assert report.having("differs") == set() and report.result["left_behind"] == []


def test_a_backup_that_fails_ends_the_trial(world: Simulator) -> None:
    world.control("POST", "outcomes", {"pattern": "-first$", "status": "Failed"})
    report = probe(world, **WRITE)
    assert report.having("differs") == {"write.end"}
    assert report.checks["write.restore"]["why"] == "the objects that it takes could not be created"
    assert report.result["left_behind"] == []


def test_a_request_that_fails_is_not_seen_and_never_painted_green(world: Simulator) -> None:
    world.faults({"kind": "status", "status": 503, "match": {"rpc": "Metrics.Inspect"}, "times": 0})
    report = probe(world)
    assert report.checks["service.metrics"]["status"] == "not seen"
    assert report.checks["service.metrics"]["why"] == "the request failed (server, HTTP 503)"
    assert report.having("differs") == set()


def test_a_deletion_that_is_refused_is_reported(world: Simulator) -> None:
    world.faults({"kind": "grpc_error", "code": 7, "match": {"rpc": "Backup.Delete"}, "times": 0})
    report = probe(world, **WRITE)
    left = report.result["left_behind"]
    # It does not wait for what nobody deletes.
    assert report.seconds < 600
    assert len(left) == 3 and all(re.fullmatch(rf"backup {PREFIX}-\w+ \([0-9a-f-]{{36}}\)", text) for text in left)


def test_a_server_that_hides_its_release_is_asked_for_the_rest(world: Simulator) -> None:
    world.faults({"kind": "status", "status": 404, "match": {"rpc": "Version.Get"}, "times": 0})
    report = probe(world)
    assert report.recording["release"] == ""
    assert report.checks["route.details"]["why"] == "it needs PX-Backup 2.9.0 or newer, and the release is not known"
    assert len(report.having("holds")) > 45


# --- the recording


def test_a_recording_contains_no_value_of_the_server(world: Simulator) -> None:
    state = world.state()
    values = {*NAMES, "shop", "billing", "prod-eu", "s3-main", "nightly", "gold", "tier", "pre-quiesce", "aws-main"}
    for kind in ("backups", "restores", "clusters", "backup_locations", "cloud_credentials", "rules"):
        values |= {
            item["metadata"][key] for item in state[kind] for key in ("name", "uid", "owner") if key in item["metadata"]
        }
    recording = probe(world, **WRITE).recording
    recording.pop("generated_at")
    text = json.dumps(recording)
    words = set(re.findall(r"[\w.-]+", text))
    assert not {value for value in values if value in words}
    assert PREFIX not in text and world.url.partition("//")[2] not in text
    assert "BackupObject" not in recording["shapes"]
    assert recording["shapes"]["Backup.Enumerate"]["total_count"] == "digits"
    assert recording["shapes"]["Backup.Enumerate"]["backups"]["list of"]["metadata"]["labels"] == {"map of": "text"}


# --- the playbook


WRITING = {
    "conformance_write": True,
    "conformance_namespace": "shop",
    "conformance_cluster": "prod-eu",
    "conformance_backup_location": "s3-main",
    "conformance_wait_interval": 1,
}


def play(work: Path, simulator: Simulator, **variables: Any) -> Run:
    """Run the playbook as it is started in the folder of the test."""
    environment = {**simulator.environment, "PWD": str(work)}
    return run_file(PLAYBOOK, work, environment, extra_vars=variables)


def test_the_playbook_shows_the_table_and_writes_the_recording(world: Simulator, work: Path) -> None:
    run = play(work, world).ok()
    recording = json.loads((work / "px-backup-conformance.json").read_text(encoding="utf-8"))
    assert recording == run.result("Compare")["recording"]
    shown = run.result("Show the table")["msg"]
    assert shown[:-2] == run.result("Compare")["table"]
    assert world.writes() == []


def test_the_playbook_with_writes_cleans_up_the_cluster_too(world: Simulator, work: Path) -> None:
    before = names_in(world)
    kubeconfig = work / "kubeconfig.json"
    config = {"control_url": world.control_url, "cluster": "prod-eu", "refuse": []}
    # With the stand-in of kubernetes.core.
    paths = os.pathsep.join(filter(None, (str(HERE / "collections"), os.environ.get("ANSIBLE_COLLECTIONS_PATH"))))
    kubeconfig.write_text(json.dumps(config), encoding="utf-8")
    run = run_file(
        PLAYBOOK,
        work,
        {**world.environment, "ANSIBLE_COLLECTIONS_PATH": paths},
        extra_vars={
            "conformance_file": str(work / "recording.json"),
            **WRITING,
            "conformance_kubeconfig": str(kubeconfig),
            "conformance_strict": True,
        },
    ).ok()
    assert run.result("Compare")["recording"]["summary"]["differs"] == 0
    assert names_in(world) == before
    assert not [name for name in world.contents("prod-eu")["namespaces"] if "conformance" in name]


def test_the_playbook_deletes_what_the_probe_could_not(world: Simulator, work: Path) -> None:
    before = names_in(world)
    refusal = {"kind": "grpc_error", "code": 7, "match": {"rpc": "Backup.Delete"}}
    world.faults({**refusal, "times": 0})
    world.forget_requests()
    assert run_probe(work, world, **WRITE, wait_interval=1, wait_timeout=5).only["left_behind"]
    refused = sum(1 for line in world.writes() if line["rpc"] == "Backup.Delete")
    world.control("DELETE", "faults")
    for name in names_in(world) - before:
        world.control("DELETE", "objects", {"kind": "backup", "name": name})
    world.faults({**refusal, "times": refused})
    run = play(work, world, **WRITING, conformance_wait_timeout=5)
    assert run.status == 2
    assert run.result("Compare")["left_behind"]
    assert names_in(world) == before
    assert (work / "px-backup-conformance.json").is_file()


def test_the_playbook_fails_with_strict_and_compares_with_a_baseline(world: Simulator, work: Path) -> None:
    world.settings(zero_values="render")
    assert play(work, world, conformance_strict=True).status == 2
    (work / "px-backup-conformance.json").rename(work / "before.json")
    run = play(work, world, conformance_strict=True, conformance_baseline="before.json").ok()
    assert run.result("Compare")["recording"]["summary"]["differs"] == 0
