# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many backups in one task: few requests, and the result for each where something fails."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import ON_PARTIAL
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import PAGE_SIZE

from support.documentation import CHANGED, check, fields, page, visible
from support.examples import BATCHES, REFERENCES
from support.playbooks import BATCH, Run, playbook_command, run_tasks, write_play
from support.processes import descendants
from support.simulator import Simulator

DEFAULTS = {**REFERENCES, "namespaces": ["shop"], "labels": {"team": "a"}}


def _names(count: int, prefix: str = "night-") -> list[str]:
    return [f"{prefix}{number:03}" for number in range(count)]


def _present(names: list[str], **more: Any) -> dict[str, Any]:
    return {"defaults": DEFAULTS, "backups": [{"name": name} for name in names], **more}


def _run(simulator: Simulator, work: Path, parameters: dict[str, Any], *options: str) -> Run:
    simulator.forget_requests()
    return run_tasks([{"name": "batch", BATCH: parameters}], work, simulator.environment, "--diff", *options)


def _sent(simulator: Simulator) -> Counter[str]:
    return Counter(str(line["rpc"]) for line in simulator.requests())


def _kept(simulator: Simulator) -> list[str]:
    return sorted(item["metadata"]["name"] for item in simulator.state()["backups"])


# --- created


@pytest.mark.both_paths
def test_creates_missing_backups_with_one_list_for_all(simulator: Simulator, work: Path) -> None:
    names = _names(12)
    there = {"status": "Success", "namespaces": ["shop"], "labels": {"team": "a"}}
    simulator.add_backup(name=names[3], **there)
    simulator.add_backup(name=names[7], **there)

    dry = _run(simulator, work, _present(names), "--check").ok().only
    assert simulator.writes() == []

    real = _run(simulator, work, _present(names)).ok().only
    assert _sent(simulator) == {
        "BackupLocation.Enumerate": 1,
        "Cluster.Enumerate": 1,
        "Backup.Enumerate": 1,
        "Backup.Create": 10,
    }
    assert _kept(simulator) == names
    assert real["changed"] is True
    assert real["message"] == "12 backups: 10 created, 2 unchanged"
    assert [entry["name"] for entry in real["backups"]] == names, "in the order of the task"
    assert [entry["changed"] for entry in real["backups"]] == [number not in (3, 7) for number in range(12)]
    kept = {item["metadata"]["name"]: item["metadata"]["uid"] for item in simulator.state()["backups"]}
    assert {entry["name"]: entry["uid"] for entry in real["backups"]} == kept
    created = [name for name in names if name not in (names[3], names[7])]
    assert real["diff"] == {"before": {"backups": []}, "after": {"backups": created}}
    assert not [entry for entry in real["backups"] if "backup" in entry]

    assert dry["message"] == "12 backups: 10 would be created, 2 unchanged"
    assert [entry["changed"] for entry in dry["backups"]] == [entry["changed"] for entry in real["backups"]]
    assert (dry["changed"], dry["diff"]) == (real["changed"], real["diff"])

    again = _run(simulator, work, _present(names)).ok().only
    assert simulator.writes() == []
    assert _sent(simulator)["Backup.Enumerate"] == 1
    assert again["changed"] is False
    assert again["message"] == "12 backups: 12 unchanged"
    assert again["diff"] == {"before": {"backups": []}, "after": {"backups": []}}


@pytest.mark.both_paths
def test_details_are_each_backup_and_its_settings(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="old", status="Success")
    names = ["old", "new"]
    created = _run(simulator, work, {**_present(["new"]), "details": True}).ok().only
    assert created["diff"]["before"] == {"backups": {"new": {}}}
    assert created["diff"]["after"]["backups"]["new"]["labels"] == {"team": "a"}
    (entry,) = created["backups"]
    assert (entry["backup"]["metadata"]["name"], entry["backup"]["metadata"]["uid"]) == ("new", entry["uid"])
    deleted = _run(simulator, work, {"state": "absent", "names": names, "details": True, "wait": True}).ok().only
    assert [entry["backup"] for entry in deleted["backups"]] == [None, None]
    assert sorted(deleted["diff"]["before"]["backups"]) == sorted(names)
    assert deleted["diff"]["after"] == {"backups": {"old": {}, "new": {}}}


def test_options_of_a_backup_replace_the_defaults(simulator: Simulator, work: Path) -> None:
    backups = [{"name": "one"}, {"name": "two", "labels": {"tier": 1}, "namespaces": ["web", "billing"]}]
    _run(simulator, work, {"defaults": DEFAULTS, "backups": backups}).ok()
    kept = {item["metadata"]["name"]: item for item in simulator.state()["backups"]}
    assert kept["one"]["metadata"]["labels"] == {"team": "a"}
    assert kept["two"]["metadata"]["labels"] == {"tier": "1"}, "as a whole"
    assert kept["two"]["backup_info"]["namespaces"] == ["web", "billing"]


def test_the_number_of_parallel_requests(simulator: Simulator, work: Path) -> None:
    simulator.settings(latency_ms=60)
    for concurrency in (1, 4):
        _run(simulator, work, _present(_names(12, f"at-{concurrency}-"), concurrency=concurrency)).ok()
        assert len({line["connection"] for line in simulator.requests()}) == concurrency


def test_names_are_looked_up_one_by_one_where_that_takes_fewer_requests(simulator: Simulator, work: Path) -> None:
    simulator.control("POST", "objects", {"kind": "backup", "name": "zeta", "status": "Success", "namespaces": ["x"]})
    for number in range(2 * PAGE_SIZE + 1):
        simulator.add_backup(name=f"other-{number}", status="Success")
    _run(simulator, work, _present(["alpha", "zulu"])).ok()
    lists = [dict(line["query"]) for line in simulator.requests() if line["rpc"] == "Backup.Enumerate"]
    assert sorted(str(query.get("enumerate_options.name_filter")) for query in lists[1:]) == ["alpha", "zulu"]
    assert len(lists) == 3


# --- invalid tasks

ONE = {"name": "one", **REFERENCES, "namespaces": ["shop"]}
INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "backups and names are both omitted, and one of them is required; set backups"),
    "both lists": (
        {"state": "absent", "names": ["a"], "backups": [{"name": "b"}]},
        "backups and names are mutually exclusive",
    ),
    "names of new ones": ({"names": ["a"]}, "state present does not use names"),
    "defaults of a deletion": (
        {"state": "absent", "names": ["a"], "defaults": DEFAULTS},
        "state absent does not use defaults",
    ),
    "a partial deletion": (
        {"state": "absent", "names": ["a"], "wait": True, "on_partial": "warn"},
        "state absent does not use on_partial",
    ),
    "a setting of a deletion": (
        {"state": "absent", "backups": [{"name": "a", "labels": {"b": "c"}}]},
        "backups[0]: state absent does not use labels",
    ),
    "uid of a new one": ({"backups": [{**ONE, "uid": "u"}]}, "backups[0]: state present does not use uid"),
    "no name": ({"backups": [ONE, {**ONE, "name": None}]}, "backups[1]: CREATE requires name"),
    "no cluster": ({"backups": [{**ONE, "cluster_ref": None}]}, "backups[0]: CREATE requires cluster_ref"),
    "no such cluster": (
        {"backups": [ONE, {**ONE, "name": "two", "cluster_ref": {"name": "prod-ue"}}]},
        "backups[1]: cluster_ref.name: cluster 'prod-ue' not found",
    ),
    "a backup that always fails": (
        {"backups": [ONE, {**ONE, "name": "two", "ns_label_selectors": "a in (b"}]},
        "backups[1]: CREATE of 'two' was not sent: ns_label_selectors 'a in (b' is not a valid label selector",
    ),
    "a fraction": ({"backups": [{**ONE, "labels": {"v": 1.1}}]}, "backups[0]: labels.v is a fraction"),
    "a name twice": ({"backups": [ONE, ONE]}, "backups[0] and backups[1] mean the same backup"),
    "a uid twice": (
        {"state": "absent", "backups": [{"uid": "u"}, {"uid": "u"}]},
        "backups[0] and backups[1] mean the same backup",
    ),
    "an empty list of names": ({"names": []}, "state present does not use names"),
    "an unroutable name": (
        {"backups": [{**ONE, "name": "a/b"}]},
        "backups[0]: name is 'a/b', which no address of the API can contain",
    ),
    "too many at a time": (
        {"backups": [ONE], "concurrency": 51},
        "concurrency is 51; set it to at least 1 and at most 50",
    ),
    "none at a time": ({"backups": [ONE], "concurrency": 0}, "concurrency is 0; set it to at least 1 and at most 50"),
    "a wait that is none": ({"backups": [ONE], "wait_timeout": 5}, "wait_timeout has no effect without wait"),
}


def test_invalid_tasks_are_refused_before_any_write(simulator: Simulator, work: Path) -> None:
    tasks = [{"name": name, BATCH: parameters, "ignore_errors": True} for name, (parameters, _text) in INVALID.items()]
    simulator.forget_requests()
    run = run_tasks(tasks, work, simulator.environment).ok()
    for name, (_parameters, text) in INVALID.items():
        result = run.result(name)
        assert result["failed"] and text in result["msg"], f"{name}: {result['msg']}"
        assert result["error"]["category"] in ("validation", "not_found")
    assert _sent(simulator) == {"BackupLocation.Enumerate": 1, "Cluster.Enumerate": 1}, "for the cluster that is none"


@pytest.mark.parametrize(("code", "category"), [(None, "authentication"), (14, "server")], ids=["refused", "away"])
def test_a_login_that_fails_is_tried_once(simulator: Simulator, work: Path, code: int | None, category: str) -> None:
    """Several refused logins lock a user out."""
    if code is not None:
        simulator.faults({"kind": "grpc_error", "code": code, "match": {"rpc": "Auth.Token"}, "times": 0})
    login = {"auth_url": simulator.auth_url, "username": "admin", "password": "not-the-password", "retries": 0}
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}
    simulator.forget_requests()
    run = run_tasks([{"name": "batch", BATCH: {**_present(_names(3)), **login}}], work, environment)
    assert run.only["error"]["category"] == category
    assert _sent(simulator) == {"Auth.Token": 1}


def test_references_of_several_kinds_are_looked_up_together(simulator: Simulator, work: Path) -> None:
    simulator.settings(latency_ms=200)
    _run(simulator, work, _present(["one"])).ok()
    lists = [line for line in simulator.requests() if line["rpc"] in ("Cluster.Enumerate", "BackupLocation.Enumerate")]
    # The second one does not wait for the connection of the first.
    assert len({line["connection"] for line in lists}) == len(lists) == 2


def test_a_refused_list_is_requested_once(simulator: Simulator, work: Path) -> None:
    """A user may use a cluster by name and uid without the right to list clusters."""
    (cluster,) = (item for item in simulator.state()["clusters"] if item["metadata"]["name"] == "prod-eu")
    ref = {"cluster_ref": {"name": "prod-eu", "uid": cluster["metadata"]["uid"]}}
    simulator.faults(
        {"kind": "grpc_error", "code": 7, "text": "Access denied", "match": {"rpc": "Cluster.Enumerate"}, "times": 0}
    )
    _run(simulator, work, {**_present(_names(3)), "defaults": {**DEFAULTS, **ref}}).ok()
    assert _sent(simulator)["Cluster.Enumerate"] == 1
    assert _sent(simulator)["Backup.Create"] == 3


# --- what fails


@pytest.mark.both_paths
def test_failed_backups_are_named_and_the_others_created(simulator: Simulator, work: Path) -> None:
    names = _names(5)
    simulator.add_backup(name=names[1], status="Failed", reason="disk full", namespaces=["shop"], labels={"team": "a"})
    simulator.add_backup(name=names[3], status="Success", namespaces=["shop"], labels={"team": "b"})
    run = _run(simulator, work, _present(names))
    result = run.only
    assert run.status == 2
    assert result["changed"] is True
    assert result["msg"].startswith(
        "5 backups: 3 created, 2 failed ['night-001': backup 'night-001' already exists and is Failed "
        "(disk full); 'night-003': backup 'night-003' already exists with other settings: labels"
    )
    assert [entry["failed"] for entry in result["backups"]] == [False, True, False, True, False]
    assert [(entry["error"] or {}).get("category") for entry in result["backups"]] == [
        None,
        "state",
        None,
        "conflict",
        None,
    ]
    assert _kept(simulator) == names


def test_fail_fast_ends_the_task_with_the_first_failure(simulator: Simulator, work: Path) -> None:
    names = _names(6)
    simulator.add_backup(name=names[2], status="Failed", namespaces=["shop"], labels={"team": "a"})
    result = _run(simulator, work, _present(names, concurrency=1, fail_fast=True, wait=True)).only
    assert result["msg"].startswith("6 backups: 2 created, 1 failed, 3 not tried")
    assert _kept(simulator) == names[:3]
    assert "waited" not in result
    assert [entry["message"] for entry in result["backups"][3:]] == ["Not tried because another backup failed"] * 3


@pytest.mark.parametrize("fault", [{"kind": "expire_token"}, {"kind": "status", "status": 503, "process": False}])
def test_a_failure_of_all_backups_is_not_repeated_for_each(
    simulator: Simulator, work: Path, fault: dict[str, Any]
) -> None:
    simulator.faults({**fault, "match": {"rpc": "Backup.Create", "nth": 3}, "times": 0})
    names = _names(40)
    result = _run(simulator, work, _present(names, concurrency=5, retries=0)).only
    assert result["changed"] is True
    assert result["error"]["category"] == ("authentication" if fault["kind"] == "expire_token" else "server")
    entries = result["backups"]
    assert 25 < sum(entry["message"].startswith("Not tried") for entry in entries) < 40
    assert {entry["name"] for entry in entries if entry["changed"]} == set(_kept(simulator))
    simulator.control("DELETE", "faults")
    token = simulator.control("POST", "tokens", {"user_id": OWNER, "admin": True})["token"]
    again = _run(simulator, work, _present(names, token=token)).ok().only
    made = sum(entry["changed"] for entry in entries)
    assert again["message"] == f"40 backups: {40 - made} created, {made} unchanged"
    assert _kept(simulator) == names


def test_an_error_that_concerns_all_backups_stops_the_rest(simulator: Simulator, work: Path) -> None:
    simulator.faults({"kind": "expire_token", "match": {"rpc": "Backup.Create"}, "times": 0})
    result = _run(simulator, work, _present(_names(40), concurrency=20)).only
    assert _sent(simulator)["Backup.Create"] == 1
    assert result["msg"].startswith("40 backups: 1 failed, 39 not tried")


def test_an_incomplete_list_fails_no_backup(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success", namespaces=["shop"], labels={"team": "a"})
    listed = simulator.control("GET", "state")["backups"][0]
    brief = {"metadata": {**listed["metadata"], "labels": {}}, "backup_info": listed["backup_info"]}
    response = {"kind": "status", "status": 200, "body": {"backups": [brief], "total_count": "1"}}
    simulator.faults({**response, "match": {"rpc": "Backup.Enumerate"}})
    assert _run(simulator, work, _present(["one"])).ok().only["message"] == "1 backup: 1 unchanged"


OWNER = "8a2f1d5e-6c3b-4e7a-9f10-2b4c6d8e0f12"


def test_a_killed_task_that_is_run_again_creates_each_backup_once(simulator: Simulator, work: Path) -> None:
    simulator.settings(latency_ms=50)
    names = _names(60)
    playbook = write_play([{"name": "batch", BATCH: _present(names)}], work)
    command, environment = playbook_command(work, simulator.environment)
    child = subprocess.Popen(
        [*command, str(playbook)],
        cwd=work,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    limit = time.monotonic() + 30
    while _sent(simulator)["Backup.Create"] < 20:
        assert time.monotonic() < limit and child.poll() is None
        time.sleep(0.02)
    for pid in [child.pid, *descendants(child.pid)]:
        os.kill(pid, signal.SIGKILL)
    child.wait()
    time.sleep(0.3)
    made = _kept(simulator)
    assert 20 <= len(made) < 60
    result = _run(simulator, work, _present(names)).ok().only
    assert result["message"] == f"60 backups: {60 - len(made)} created, {len(made)} unchanged"
    assert _kept(simulator) == names


def test_an_offline_cluster_fails_only_its_backups(simulator: Simulator, work: Path) -> None:
    kinds = {"resource_types": ["Deployment"]}
    backups = [
        {"name": "away", "cluster_ref": {"name": "edge-01"}},
        {"name": "near", **kinds},
        {"name": "too", **kinds},
    ]
    result = _run(simulator, work, {"defaults": DEFAULTS, "backups": backups}).only
    away, near, too = result["backups"]
    assert away["failed"] and "edge-01" in away["message"]
    assert [(item["severity"], item["parameter"]) for item in away["preflight"]] == [("error", "cluster_ref")]
    assert (near["failed"], too["failed"], near["preflight"]) == (False, False, [])
    assert _kept(simulator) == ["near", "too"]
    assert _sent(simulator)["ResourceCollector.ResourceTypes"] == 1, "asked once for all"


def test_one_warning_for_the_same_finding_in_all_backups(simulator: Simulator, work: Path) -> None:
    shared = {**DEFAULTS, "namespaces": ["*", "shop"]}
    result = _run(simulator, work, {"defaults": shared, "backups": [{"name": name} for name in _names(4)]}).ok().only
    warned = [text for text in result["warnings"] if "namespaces" in text]
    assert len(warned) == 1
    assert warned[0].startswith("CREATE of 'night-000' and 3 more: namespaces names '*'")
    assert all(len(entry["preflight"]) == 1 for entry in result["backups"])


def test_a_backup_without_content_is_reported(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    backups = [{"name": "full"}, {"name": "hollow", "namespaces": ["empty"]}]
    wait = {"wait": True, "wait_interval": 1, "on_empty": "fail"}
    result = _run(simulator, work, {"defaults": DEFAULTS, "backups": backups, **wait}).only
    full, hollow = result["backups"]
    assert (full["failed"], hollow["failed"]) == (False, True)
    assert "is empty: no resource, no volume" in hollow["message"]
    wait["on_empty"] = "warn"
    again = _run(simulator, work, {"defaults": DEFAULTS, "backups": backups, **wait}).ok().only
    assert any("'hollow' ended Success and is empty: no resource" in text for text in again["warnings"])


# --- waits


@pytest.mark.parametrize("on_partial", ON_PARTIAL)
def test_a_wait_reports_the_end_of_each_backup(simulator: Simulator, work: Path, on_partial: str) -> None:
    simulator.settings(backup_seconds=1)
    names = ["good", "bad-sim-failed", "half-sim-partial"]
    run = _run(simulator, work, _present(names, wait=True, wait_interval=1, on_partial=on_partial))
    result = run.only
    assert result["changed"] is True
    good, bad, half = result["backups"]
    assert (good["status"], good["failed"], good["message"]) == (
        "Success",
        False,
        "Backup 'good' was created and is Success",
    )
    assert (bad["status"], bad["failed"], bad["reason"]) == ("Failed", True, "Volume backups failed")
    assert (half["status"], half["failed"]) == ("PartialSuccess", on_partial == "fail")
    assert (
        "'bad-sim-failed': backup 'bad-sim-failed' ended Failed: Volume backups failed [volume shop/" in result["msg"]
    )
    warned = [text for text in result.get("warnings", []) if "'half-sim-partial' ended PartialSuccess" in text]
    assert len(warned) == (on_partial == "warn")
    assert result["waited"]["polls"] >= 1

    after = _run(simulator, work, _present(["good"], wait=True)).ok().only
    assert after["changed"] is False, "a second run joins the wait for existing backups"


def test_fail_fast_ends_the_wait_with_the_first_bad_end(simulator: Simulator, work: Path) -> None:
    simulator.control("POST", "outcomes", {"pattern": "^slow", "duration": 600})
    simulator.settings(backup_seconds=1)
    started = time.monotonic()
    result = _run(
        simulator, work, _present(["slow", "bad-sim-failed"], wait=True, wait_interval=1, fail_fast=True)
    ).only
    assert time.monotonic() - started < 30
    slow, bad = result["backups"]
    assert bad["failed"] and not slow["failed"]
    assert re.fullmatch("Backup 'slow' was created and is (Pending|InProgress)", slow["message"])


def test_a_timeout_concerns_only_unfinished_backups(simulator: Simulator, work: Path) -> None:
    simulator.control("POST", "outcomes", {"pattern": "^slow", "duration": 600})
    simulator.settings(backup_seconds=0)
    result = _run(simulator, work, _present(["slow", "good"], wait=True, wait_interval=1, wait_timeout=3)).only
    assert result["error"]["category"] == "timeout"
    slow, good = result["backups"]
    assert re.match("after 3 seconds backup 'slow' is still (Pending|InProgress)", slow["message"])
    assert "run the task again to wait for it" in result["error"]["hint"]
    assert (good["status"], good["failed"]) == ("Success", False)


def test_a_poll_costs_as_many_requests_as_the_list_has_pages(simulator: Simulator, work: Path) -> None:
    names = _names(500)
    simulator.settings(backup_seconds=14)
    _run(simulator, work, _present(names)).ok()
    result = _run(simulator, work, _present(names, wait=True, wait_interval=2)).ok().only
    assert result["message"] == "500 backups: 500 unchanged"
    assert {entry["status"] for entry in result["backups"]} == {"Success"}
    pages = 3
    assert pages == -(-500 // PAGE_SIZE)
    polls = result["waited"]["polls"]
    assert polls >= 2
    # A poll for the last few ends as soon as they are found.
    assert 2 * pages <= _sent(simulator)["Backup.Enumerate"] <= pages * (1 + polls)
    assert set(_sent(simulator)) == {"BackupLocation.Enumerate", "Cluster.Enumerate", "Backup.Enumerate"}


def test_a_failed_poll_does_not_end_the_wait(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=2)
    simulator.faults({"kind": "status", "status": 503, "match": {"rpc": "Backup.Enumerate", "nth": 2}, "times": 4})
    result = _run(simulator, work, _present(["one", "two"], wait=True, wait_interval=1, retries=0)).ok().only
    assert {entry["status"] for entry in result["backups"]} == {"Success"}


def test_a_list_without_a_response_does_not_lengthen_the_wait(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=600)
    simulator.faults({"kind": "silence", "match": {"rpc": "Backup.Enumerate", "nth": 2}, "times": 0})
    result = _run(simulator, work, _present(["one"], wait=True, wait_interval=1, wait_timeout=4, timeout=20)).only
    assert result["error"]["category"] == "timeout"
    assert result["waited"]["seconds"] < 15


DENIED = {"kind": "grpc_error", "code": 7, "text": "Access denied for [Resource: one]", "match": {"path": "/one$"}}


@pytest.mark.parametrize(
    ("faults", "says"),
    [([], "backup 'one' was deleted during the wait"), ([{**DENIED, "times": 0}], "Access denied")],
    ids=["deleted", "denied"],
)
def test_a_backup_that_is_deleted_meanwhile_is_reported_with_the_others(
    simulator: Simulator, work: Path, faults: list[dict[str, Any]], says: str
) -> None:
    simulator.settings(backup_seconds=600)
    simulator.faults(*faults)
    playbook = write_play(
        [{"name": "batch", BATCH: _present(["one", "two"], wait=True, wait_interval=1, wait_timeout=20)}], work
    )
    command, environment = playbook_command(work, simulator.environment)
    child = subprocess.Popen([*command, str(playbook)], cwd=work, env=environment, stdout=subprocess.PIPE, text=True)
    limit = time.monotonic() + 30
    while len(_kept(simulator)) < 2:
        assert time.monotonic() < limit
        time.sleep(0.05)
    simulator.control("DELETE", "objects", {"kind": "backup", "name": "one"})
    simulator.control("POST", "outcomes", {"name": "two", "status": "Success"})
    output, _errors = child.communicate(timeout=60)
    assert says in output
    assert "2 backups: 1 created, 1 failed" in output


# --- deleted


@pytest.mark.both_paths
def test_deletes_and_waits_until_all_are_deleted(simulator: Simulator, work: Path) -> None:
    names = _names(7)
    for name in [*names, "kept"]:
        simulator.add_backup(name=name, status="Success")
    parameters = {"state": "absent", "names": [*names, "never-there"], "wait": True, "wait_interval": 1}
    dry = _run(simulator, work, parameters, "--check").ok().only
    assert simulator.writes() == []
    real = _run(simulator, work, parameters).ok().only
    assert _kept(simulator) == ["kept"]
    assert real["message"] == "8 backups: 7 deleted, 1 unchanged"
    assert all(entry["uid"] for entry in real["backups"][:7]), "the uid says which one it was"
    assert {entry["status"] for entry in real["backups"]} == {""}
    assert dry["message"] == "8 backups: 7 would be deleted, 1 unchanged"
    assert dry["diff"] == real["diff"] == {"before": {"backups": names}, "after": {"backups": []}}
    again = _run(simulator, work, parameters).ok().only
    assert again["changed"] is False
    assert simulator.writes() == []


def test_deletes_by_uid_and_refuses_a_name_of_several(simulator: Simulator, work: Path) -> None:
    mine = simulator.add_backup(name="twice", status="Success")
    other = simulator.add_backup(name="twice", status="Success", owner="somebody-else")
    alone = simulator.add_backup(name="alone", status="Success")
    wrong = {"name": "alone", "uid": mine["uid"]}
    backups = [{"name": "twice"}, {"uid": alone["uid"]}, wrong, {"name": "twice", "uid": other["uid"]}]
    result = _run(simulator, work, {"state": "absent", "backups": backups}).only
    failed, by_uid, nothing, by_both = result["backups"]
    assert failed["failed"] and "matches 2 backups" in failed["message"]
    assert (by_uid["changed"], by_uid["name"], by_uid["uid"]) == (True, "alone", alone["uid"])
    assert (nothing["changed"], nothing["failed"]) == (False, False)
    assert by_both["changed"] is True
    deleting = {item["metadata"]["uid"] for item in simulator.state()["backups"] if item["simulator"]["deleting"]}
    assert deleting <= {alone["uid"], other["uid"]}
    assert mine["uid"] in {item["metadata"]["uid"] for item in simulator.state()["backups"]} - deleting


def test_a_backup_named_in_two_ways_is_refused(simulator: Simulator, work: Path) -> None:
    one = simulator.add_backup(name="one", status="Success")
    backups = [{"name": "one"}, {"name": "one", "uid": one["uid"]}]
    result = _run(simulator, work, {"state": "absent", "backups": backups}).only
    assert result["msg"].startswith("backups[0] and backups[1] mean the same backup")
    assert simulator.writes() == []


def test_a_deletion_without_work_sends_one_list(simulator: Simulator, work: Path) -> None:
    backups = [{"name": name, "uid": f"uid-of-{name}"} for name in _names(5)]
    _run(simulator, work, {"state": "absent", "backups": backups}).ok()
    assert _sent(simulator) == {"Backup.Enumerate": 1}


def test_a_failed_check_after_a_deletion_is_left_to_the_wait(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.faults({"kind": "grpc_error", "code": 2, "text": "busy", "match": {"rpc": "Backup.Inspect", "nth": 1}})
    task = {"state": "absent", "names": ["one"]}
    waiting = _run(simulator, work, {**task, "wait": True, "wait_interval": 1}).ok().only
    assert waiting["message"] == "1 backup: 1 deleted"


def test_a_deletion_that_cannot_end_names_the_reason(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="base", status="Success")
    simulator.add_backup(name="increment", status="Success", depends_on=["base"])
    parameters = {"state": "absent", "names": ["base"], "wait": True, "wait_interval": 1, "wait_timeout": 3}
    result = _run(simulator, work, parameters).only
    assert result["changed"] is True
    assert "increment" in result["msg"]


# --- documentation


def test_the_examples_of_its_documentation_run(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    simulator.add_backup(name="old", status="Success", labels={"made-by": "nightly"}, age=100 * 86400)
    tasks = yaml.safe_load(page(BATCH, work)["examples"])
    run = run_tasks(tasks, work, simulator.environment).ok()
    made, _listed, old, both = run.results
    assert made["message"] == "2 backups: 2 created"
    assert old["message"] == "1 backup: 1 deleted"
    assert both["message"] == "2 backups: 2 deleted"


def test_every_documented_return_value_is_returned_and_typed(simulator: Simulator, work: Path) -> None:
    documented = {**page(BATCH, work)["return"], **CHANGED}
    failure = fields("error")
    documented["error"]["contains"] = failure
    simulator.add_backup(name="failed", status="Failed")
    tasks = [example.task for example in BATCHES.values()]
    tasks += [{"names": ["a"]}, {"backups": []}, {**tasks[0], "backups": [{"name": "failed"}], "wait": True}]
    tasks += [{"state": "absent", "names": ["failed"], "wait": True, "wait_interval": 1}]
    play = [{"name": str(number), BATCH: task, "ignore_errors": True} for number, task in enumerate(tasks)]
    run = run_tasks(play, work, simulator.environment, "-v").ok()
    for task, result in zip(tasks, run.results, strict=True):
        check(documented, visible(result), str(task))
    assert [result["failed"] for result in run.results] == [False, False, True, False, True, False]
    assert run.results[3]["message"] == "0 backups"
