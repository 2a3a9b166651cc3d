# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`backup_prune` deletes what the rules give up, nothing else, and says what happened to each backup."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.documentation import CHANGED, check, fields, page, visible
from support.playbooks import PRUNE, Run, playbook_command, run_tasks, write_play
from support.processes import descendants
from support.simulator import Simulator

DAY = 86_400
SHARE = {"groups": [{"id": "platform", "access": "View"}]}
LAST = {"keep": {"last": 1}}


def _add(simulator: Simulator, name: str, days: float, **more: Any) -> dict[str, Any]:
    return simulator.add_backup(name=name, age=days * DAY, **{"status": "Success", **more})


def _series(simulator: Simulator, count: int) -> list[str]:
    """Put backups there, one for each day; return their names, newest first."""
    names = [f"day-{number:04}" for number in range(count)]
    for number, name in enumerate(names):
        _add(simulator, name, number)
    return names


def _prune(simulator: Simulator, work: Path, parameters: dict[str, Any], *options: str) -> Run:
    simulator.forget_requests()
    return run_tasks([{"name": "prune", PRUNE: parameters}], work, simulator.environment, "--diff", *options)


def _sent(simulator: Simulator) -> Counter[str]:
    return Counter(str(line["rpc"]) for line in simulator.requests())


def _read_deletions(simulator: Simulator) -> list[str]:
    """Return the names in the DELETE requests, in their order."""
    return [line["path"].rpartition("/")[2] for line in simulator.requests() if line["rpc"] == "Backup.Delete"]


def _left(simulator: Simulator) -> list[str]:
    """Return the names of the backups that are there and are not being deleted."""
    backups = simulator.state()["backups"]
    return sorted(item["metadata"]["name"] for item in backups if not item["simulator"]["deleting"])


def _told(result: dict[str, Any]) -> dict[str, str]:
    """Return what a result says of each backup: the reasons, and for those to delete the outcome."""
    kept = [entry for group in result["groups"] for entry in group["keep"]]
    gone = [entry for group in result["groups"] for entry in group["remove"]]
    told = {entry["name"]: f"keep: {'+'.join(entry['reasons'])}" for entry in kept}
    told |= {entry["name"]: f"out: {'+'.join(entry['reasons'])}" for entry in result["out"]}
    return told | {entry["name"]: entry["outcome"] for entry in gone}


# --- the plan and the run


@pytest.mark.both_paths
def test_check_mode_the_run_and_the_second_run_agree(simulator: Simulator, work: Path) -> None:
    names = _series(simulator, 6)
    parameters = {"keep": {"last": 2}, "concurrency": 1}
    dry = _prune(simulator, work, parameters, "--check").ok().only
    assert simulator.writes() == []
    assert dry["message"] == "1 group: 2 backups kept, 4 would be deleted"
    assert {entry["outcome"] for entry in dry["groups"][0]["remove"]} == {"planned"}

    real = _prune(simulator, work, parameters).ok().only
    assert _read_deletions(simulator) == names[2:], "newest first"
    assert _left(simulator) == names[:2]
    assert real["message"] == "1 group: 2 backups kept, 4 deleted"
    assert (real["kept"], real["removed"]) == (dry["kept"], dry["removed"]) == (2, 4)
    assert (dry["changed"], dry["diff"], dry["bytes_planned"]) == (real["changed"], real["diff"], real["bytes_planned"])
    assert [entry["name"] for entry in real["groups"][0]["remove"]] == names[2:]
    assert real["bytes_planned"] == sum(entry["size"] for entry in real["groups"][0]["remove"]) > 0
    (group,) = real["diff"]["before"].values()
    assert [text for name, text in group.items() if name.startswith(names[1])] == ["keep: last"]
    assert len(group) == 6 and len(*real["diff"]["after"].values()) == 2

    simulator.advance(5)
    again = _prune(simulator, work, parameters).ok().only
    assert simulator.writes() == []
    assert (again["changed"], again["removed"]) == (False, 0)
    assert _sent(simulator) == {"Backup.Enumerate": 1, "Restore.Enumerate": 1}


def test_what_the_guards_keep(simulator: Simulator, work: Path) -> None:
    locked = "2099-01-01T00:00:00Z"
    _add(simulator, "newest", 0)
    _add(simulator, "old", 1)
    _add(simulator, "locked", 2, info={"retention_time": locked})
    _add(simulator, "unlocked", 3, info={"retention_time": "2020-01-01T00:00:00Z"})
    _add(simulator, "shared", 4, share=SHARE)
    _add(simulator, "pinned", 5, labels={"keep": "true"})
    _add(simulator, "restored", 6)
    _add(simulator, "failed", 7, status="Failed")
    _add(simulator, "running", 8, status="InProgress")
    _add(simulator, "going", 9, status="DeletePending")
    _add(simulator, "scheduled", 10, info={"backup_schedule": {"name": "daily", "uid": "s1"}})
    _add(simulator, "foreign", 11, owner="somebody-else")
    _add(simulator, "elsewhere", 12, namespaces=["web"], depends_on=["going"])
    _restore(simulator, "drill", "restored", "InProgress")
    parameters = {**LAST, "keep_labels": {"keep": True}}
    result = _prune(simulator, work, parameters).ok().only
    assert _told(result) == {
        "newest": "keep: last",
        "old": "deleting",
        "locked": f"keep: locked until {locked}",
        "unlocked": "deleting",
        "shared": "keep: shared",
        "pinned": "keep: label keep=true",
        "restored": "keep: a restore of it runs",
        "failed": "keep: not good (Failed)",
        "running": "out: running",
        "going": "out: being deleted",
        "scheduled": "out: scheduled",
        "foreign": "out: owned by somebody-else",
        "elsewhere": "keep: last",
    }
    assert sorted(_read_deletions(simulator)) == ["old", "unlocked"]


def test_what_options_include(simulator: Simulator, work: Path) -> None:
    simulator.add_object("backup_schedule", name="daily")
    _add(simulator, "newest", 0)
    _add(simulator, "shared", 1, share=SHARE)
    _add(simulator, "failed", 2, status="Failed")
    _add(simulator, "partial", 3, status="PartialSuccess")
    _add(simulator, "scheduled", 4, backup_schedule="daily")
    _add(simulator, "orphaned", 5, info={"backup_schedule": {"name": "gone", "uid": "s-gone"}})
    options = {"include_shared": True, "remove_failed": True, "accept_partial": True, "include_scheduled": "orphaned"}
    result = _prune(simulator, work, {**LAST, **options}).ok().only
    outcomes = dict.fromkeys(("shared", "failed", "partial", "orphaned"), "deleting")
    assert _told(result) == {"newest": "keep: last", "scheduled": "out: scheduled", **outcomes}


@pytest.mark.parametrize(
    "filters",
    [{"labels": {"team": "a"}}, {"namespaces": ["shop"]}, {"name_filter": "a-"}, {"time_range": {"end": "1d"}}],
    ids=lambda filters: str(next(iter(filters))),
)
def test_a_filter_selects_who_takes_part(simulator: Simulator, work: Path, filters: dict[str, Any]) -> None:
    _add(simulator, "b-0", 0.5, labels={"team": "b"}, namespaces=["shop", "web"])
    for number in (1, 2, 3):
        _add(simulator, f"a-{number}", number, labels={"team": "a"})
        _add(simulator, f"b-{number}", number, labels={"team": "b"}, namespaces=["web"])
    _prune(simulator, work, {**LAST, **filters, "max_delete": 4}).ok()
    gone = {"a-2", "a-3", "b-2", "b-3"} if "time_range" in filters else {"a-2", "a-3"}
    assert set(_read_deletions(simulator)) == gone


def test_groups_of_one_are_warned_of_and_grouped_by_a_label(simulator: Simulator, work: Path) -> None:
    for number in range(7):
        namespaces = [f"n{index}" for index in range(number + 1)]
        _add(simulator, f"all-{number}", number, namespaces=namespaces, labels={"series": "all"})
    alone = _prune(simulator, work, LAST).ok().only
    assert alone["removed"] == 0
    assert [text for text in alone["warnings"] if text.startswith("cluster 'prod-eu' has 7 groups of a single backup")]
    by_label = _prune(simulator, work, {**LAST, "group_by": ["cluster", "location", "label:series"]}).ok().only
    assert by_label["groups"][0]["key"] == {
        "cluster": "prod-eu",
        "location": "s3-main",
        "label:series": "all",
        "retry": False,
    }
    assert not [text for text in by_label.get("warnings", []) if "groups of a single backup" in text]
    assert _left(simulator) == ["all-0"]


# --- what is refused

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no rule": ({}, "backup_prune requires keep or keep_labels"),
    "rules of zero": ({"keep": {"daily": 0}}, "no keep rule given; set at least one rule in keep"),
    "negative": ({"keep": {"last": -2}}, "keep.last is -2; set at least 1"),
    "empty duration": ({"keep": {"last": 1, "within": ""}}, "keep.within '' is not a valid duration"),
    "no zone": ({**LAST, "timezone": "Mars/Olympus"}, "timezone 'Mars/Olympus' is not a valid time zone"),
    "no part": ({**LAST, "group_by": ["size"]}, "group_by 'size' is not a valid part of a group"),
    "concurrency": ({**LAST, "concurrency": 0}, "concurrency is 0; set it to at least 1 and at most 50"),
    "max_delete": ({**LAST, "max_delete": -1}, "max_delete is -1; set it to at least 0"),
    "no wait": ({**LAST, "wait_timeout": 5}, "wait_timeout has no effect without wait"),
}


def test_what_is_refused_before_any_request(simulator: Simulator, work: Path) -> None:
    _series(simulator, 3)
    simulator.forget_requests()
    tasks = [{"name": name, PRUNE: parameters, "ignore_errors": True} for name, (parameters, _says) in REFUSED.items()]
    run = run_tasks(tasks, work, simulator.environment).ok()
    for (_parameters, says), result in zip(REFUSED.values(), run.results, strict=True):
        assert result["msg"].startswith(says), result["msg"]
        assert result["error"]["category"] == "validation"
    assert simulator.requests() == []


def test_more_than_allowed_removes_nothing_and_shows_the_plan(simulator: Simulator, work: Path) -> None:
    names = _series(simulator, 4)
    result = _prune(simulator, work, {**LAST, "max_delete": 2}).only
    assert result["msg"].startswith("3 to remove, 2 allowed by max_delete; nothing is removed")
    assert simulator.writes() == []
    assert [entry["name"] for entry in result["groups"][0]["remove"]] == names[1:]
    assert (result["changed"], result["error"]["category"]) == (False, "state")
    _prune(simulator, work, {**LAST, "max_delete": 3}).ok()
    assert _left(simulator) == names[:1]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lying_total", "total": 9, "match": {"rpc": "Backup.Enumerate"}},
        {"kind": "lying_total", "total": 9, "match": {"rpc": "Restore.Enumerate"}},
        {"kind": "lying_total", "total": 9, "match": {"rpc": "BackupSchedule.Enumerate"}},
        {"kind": "grpc_error", "code": 7, "text": "access denied for restores", "match": {"rpc": "Restore.Enumerate"}},
        {"kind": "grpc_error", "code": 2, "text": "busy", "match": {"rpc": "BackupSchedule.Enumerate"}},
    ],
    ids=["backups", "restores", "schedules", "no right to restores", "no schedules"],
)
def test_an_incomplete_list_removes_nothing(simulator: Simulator, work: Path, fault: dict[str, Any]) -> None:
    _series(simulator, 3)
    _restore(simulator, "one", "day-0001", "Success")
    simulator.add_object("backup_schedule", name="daily")
    simulator.faults({**fault, "times": 0})
    result = _prune(simulator, work, {**LAST, "include_scheduled": "orphaned"}).only
    assert result["failed"] is True
    assert "groups" not in result
    assert simulator.writes() == []


def test_a_token_that_does_not_say_whose_it_is(simulator: Simulator, work: Path) -> None:
    _series(simulator, 2)
    simulator.settings(token_claims="no_sub")
    token = simulator.control("POST", "tokens", {"user_id": "admin", "admin": True})["token"]
    result = _prune(simulator, work, {**LAST, "token": token}).only
    assert result["msg"].startswith("the token does not say who the caller is")
    assert simulator.writes() == []


# --- what changes between the plan and a deletion

CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "shared": ({"backup.backup_info.backup_share": SHARE}, "shared"),
    "running": ({"backup.backup_info.status": {"status": "InProgress"}}, "running"),
    "going": ({"backup.backup_info.status": {"status": "Deleting"}}, "being deleted"),
    "locked": ({"backup.backup_info.retention_time": "2099-01-01T00:00:00Z"}, "locked until 2099-01-01T00:00:00Z"),
    "pinned": ({"backup.metadata.labels": {"keep": "true", "team": "a"}}, "label keep=true"),
    "another group": ({"backup.backup_info.namespaces": ["other"]}, "belongs to another group"),
    "not selected": ({"backup.metadata.labels": {"team": "b"}}, "the filters no longer match"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_since_the_plan_stays(simulator: Simulator, work: Path, change: str) -> None:
    fields, reason = CHANGES[change]
    for number in range(3):
        _add(simulator, f"b{number}", number, labels={"team": "a"})
    simulator.faults({"kind": "edited_body", "set": fields, "match": {"rpc": "Backup.Inspect", "name": "b1"}})
    parameters = {**LAST, "labels": {"team": "a"}, "keep_labels": {"keep": "true"}}
    result = _prune(simulator, work, parameters).ok().only
    assert result["message"] == "1 group: 1 backup kept, 1 skipped, 1 deleted"
    skipped = result["groups"][0]["remove"][0]
    assert (skipped["name"], skipped["outcome"]) == ("b1", "skipped")
    assert skipped["message"] == f"Backup 'b1' has changed since the plan ({reason})"
    assert _read_deletions(simulator) == ["b2"]


def test_what_no_longer_exists_is_fine(simulator: Simulator, work: Path) -> None:
    """One that the server expires between the list and its deletion."""
    _series(simulator, 2)
    extra = {"metadata": {"name": "expired", "uid": "u-expired"}, "backup_info": {}}
    listed = _listed(simulator)
    model = next(item for item in listed if item["metadata"]["name"] == "day-0001")
    ghost = {**model, "metadata": {**model["metadata"], **extra["metadata"]}}
    simulator.faults(
        {
            "kind": "edited_body",
            "set": {"backups": [*listed, ghost], "total_count": "3"},
            "match": {"rpc": "Backup.Enumerate"},
        }
    )
    result = _prune(simulator, work, LAST).ok().only
    assert _told(result) == {"day-0000": "keep: last", "day-0001": "deleting", "expired": "gone_already"}
    assert _read_deletions(simulator) == ["day-0001"]


def test_backups_that_are_created_during_the_list_are_not_lost(simulator: Simulator, work: Path) -> None:
    _series(simulator, 60)
    simulator.settings(page_cap=10, churn={"create": 1})
    result = _prune(simulator, work, {"keep": {"last": 3}}).ok().only
    simulator.settings(churn={})
    (group,) = result["groups"]
    planned = {entry["uid"] for entry in group["remove"]}
    gone = {dict(line["query"])["uid"] for line in simulator.requests() if line["rpc"] == "Backup.Delete"}
    assert gone == planned
    left = [item["metadata"]["uid"] for item in simulator.state()["backups"] if not item["simulator"]["deleting"]]
    assert {entry["uid"] for entry in group["keep"]} <= set(left)
    assert len(left) > 3, "those that were created after the plan"


# --- what fails


def test_a_refusal_concerns_its_backup_alone(simulator: Simulator, work: Path) -> None:
    names = _series(simulator, 5)
    denied = {"kind": "grpc_error", "code": 7, "text": f"access denied for [Resource: {names[2]}]", "times": 0}
    simulator.faults({**denied, "match": {"rpc": "Backup.Delete", "name": names[2]}})
    result = _prune(simulator, work, LAST).only
    assert result["failed"] is True and result["changed"] is True
    assert result["error"]["category"] == "permission"
    assert result["msg"].startswith("1 group: 1 backup kept, ") and f"['{names[2]}': " in result["msg"]
    assert _told(result)[names[2]] == "failed"
    assert _left(simulator) == [names[0], names[2]]
    assert result["removed"] == 3


def test_a_token_that_is_refused_ends_the_run(simulator: Simulator, work: Path) -> None:
    _series(simulator, 9)
    simulator.faults(
        {"kind": "grpc_error", "code": 16, "text": "token is expired", "match": {"rpc": "Backup.Delete"}, "times": 0}
    )
    result = _prune(simulator, work, LAST).only
    assert len(_read_deletions(simulator)) == 1
    assert "1 failed, 7 not tried" in result["msg"]
    assert len(_left(simulator)) == 9


def test_a_run_that_is_killed_is_completed_by_the_next(simulator: Simulator, work: Path) -> None:
    names = _series(simulator, 60)
    simulator.settings(latency_ms=30)
    simulator.forget_requests()
    playbook = write_play([{"name": "prune", PRUNE: {"keep": {"last": 5}}}], work)
    command, environment = playbook_command(work, simulator.environment)
    child = subprocess.Popen(
        [*command, str(playbook)], cwd=work, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    limit = time.monotonic() + 30
    while _sent(simulator)["Backup.Delete"] < 15:
        assert time.monotonic() < limit and child.poll() is None
        time.sleep(0.02)
    for pid in [child.pid, *descendants(child.pid)]:
        os.kill(pid, signal.SIGKILL)
    child.wait()
    time.sleep(0.3)
    assert set(names[:5]) < set(_left(simulator)), "the kept ones and some that were to go"
    simulator.settings(latency_ms=0)
    _prune(simulator, work, {"keep": {"last": 5}}).ok()
    assert _left(simulator) == names[:5]


# --- waits


def test_waits_for_all_deletions(simulator: Simulator, work: Path) -> None:
    names = _series(simulator, 4)
    result = _prune(simulator, work, {**LAST, "wait": True, "wait_interval": 1}).ok().only
    assert [item["metadata"]["name"] for item in simulator.state()["backups"]] == names[:1]
    assert {entry["outcome"] for entry in result["groups"][0]["remove"]} == {"gone"}
    assert result["waited"]["polls"] >= 1


def test_a_base_that_waits_for_a_kept_backup_is_not_waited_for(simulator: Simulator, work: Path) -> None:
    _add(simulator, "base", 2)
    _add(simulator, "increment", 1, depends_on=["base"])
    result = _prune(simulator, work, {**LAST, "wait": True, "wait_interval": 1, "wait_timeout": 60}).ok().only
    (base,) = result["groups"][0]["remove"]
    assert base["outcome"] == "pending"
    assert "increment" in base["message"]
    assert (result["changed"], result["removed"]) == (True, 1)


def test_a_chain_is_removed_from_its_newest_end(simulator: Simulator, work: Path) -> None:
    _add(simulator, "full", 3)
    _add(simulator, "incr-1", 2, depends_on=["full"])
    _add(simulator, "incr-2", 1, depends_on=["incr-1"])
    _add(simulator, "kept", 0)
    _prune(simulator, work, {**LAST, "wait": True, "wait_interval": 1}).ok()
    assert [item["metadata"]["name"] for item in simulator.state()["backups"]] == ["kept"]


def test_the_time_is_up(simulator: Simulator, work: Path) -> None:
    _series(simulator, 2)
    simulator.settings(delete_seconds=600)
    result = _prune(simulator, work, {**LAST, "wait": True, "wait_interval": 1, "wait_timeout": 2}).only
    assert (result["error"]["category"], result["changed"]) == ("timeout", True)
    assert _told(result)["day-0001"] == "failed"


# --- documentation


def test_the_examples_of_its_documentation_run(simulator: Simulator, work: Path) -> None:
    for number in range(30):
        labels = {"made-by": "nightly", "series": "all-nightly"}
        _add(simulator, f"n{number}", number, labels=labels)
    tasks = yaml.safe_load(page(PRUNE, work)["examples"])
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert 15 < run.results[0]["removed"] < 23, "a week of days, three more weeks and months stay"
    assert [len(result["groups"]) for result in run.results] == [1, 1, 1]
    assert {f"n{number}" for number in range(7)} <= set(_left(simulator))


def test_every_documented_return_value_is_returned_and_typed(simulator: Simulator, work: Path) -> None:
    documented = {**page(PRUNE, work)["return"], **CHANGED}
    documented["error"]["contains"] = fields("error")
    _series(simulator, 3)
    _add(simulator, "foreign", 5, owner="somebody-else")
    tasks: list[dict[str, Any]] = [
        {**LAST, "max_delete": 0},
        {"keep": {"last": 2}, "wait": True, "wait_interval": 1},
        LAST,
    ]
    play = [{"name": str(number), PRUNE: task, "ignore_errors": True} for number, task in enumerate(tasks)]
    run = run_tasks(play, work, simulator.environment, "-v", "--diff").ok()
    for task, result in zip(tasks, run.results, strict=True):
        check(documented, visible(result), str(task))
    assert [result["failed"] for result in run.results] == [True, False, False]


def _listed(simulator: Simulator) -> list[dict[str, Any]]:
    """Return the backups as the simulator keeps them, without its own notes."""
    return [{key: item[key] for key in ("metadata", "backup_info")} for item in simulator.state()["backups"]]


def _restore(simulator: Simulator, name: str, backup: str, status: str) -> None:
    """Put a restore of a backup there."""
    simulator.add_object("restore", name=name, backup=backup, status=status)


def test_what_a_list_wrongly_shows_pushes_out_nothing(simulator: Simulator, work: Path) -> None:
    names = _series(simulator, 3)
    simulator.faults({"kind": "other_object", "times": 1, "match": {"rpc": "Backup.Enumerate"}})
    result = _prune(simulator, work, {"keep": {"last": 1}}).ok().only
    assert simulator.writes() == [] and _left(simulator) == names
    assert result["changed"] is False
    assert any("'other-object'" in text and "does not exist" in text for text in result["warnings"])
