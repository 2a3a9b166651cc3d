# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``backup_info``: existing backups, in full or in part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.documentation import CHANGED, check, fields, page, visible
from support.playbooks import MODULE, Run, run_tasks
from support.simulator import Simulator

INFO = "pxops.px_backup.backup_info"
SUMMARY = {"name", "uid", "status", "reason", "cluster", "namespaces", "create_time", "total_size", "owner"}

# Newest first, as lists are.
BACKUPS: tuple[dict[str, Any], ...] = (
    {"name": "shop-3", "age": 600, "cluster": "prod-eu", "labels": {"tier": "gold"}},
    {"name": "shop-2", "age": 7200, "cluster": "prod-us", "status": "Failed", "reason": "disk full"},
    {"name": "web-1", "age": 172800, "cluster": "prod-eu", "namespaces": ["web"], "status": "PartialSuccess"},
)


@pytest.fixture
def three(simulator: Simulator) -> dict[str, str]:
    """Put three backups there and return their uids by their names."""
    return {backup["name"]: simulator.add_backup(**backup)["uid"] for backup in BACKUPS}


def info(work: Path, simulator: Simulator, *options: str, **parameters: Any) -> Run:
    return run_tasks([{"name": "info", INFO: parameters}], work, simulator.environment, *options)


def read(work: Path, simulator: Simulator, **parameters: Any) -> dict[str, Any]:
    """Return the result of a task that must end well, change nothing and write nothing."""
    simulator.forget_requests()
    result = info(work, simulator, **parameters).ok().only
    assert result["changed"] is False
    assert simulator.writes() == []
    return result


def names(result: dict[str, Any]) -> list[str]:
    return [backup["metadata"]["name"] for backup in result["backups"]]


def test_by_name(simulator: Simulator, three: dict[str, str], work: Path) -> None:
    result = read(work, simulator, name="shop-3")
    assert names(result) == ["shop-3"]
    assert (result["total_count"], result["truncated"], result["message"]) == (1, False, "1 backup matches")


def test_a_name_of_several_owners(simulator: Simulator, work: Path) -> None:
    expected = {simulator.add_backup(name="same", owner=owner)["uid"] for owner in ("bob", "carol")}
    simulator.add_backup(name="same-but-longer")
    result = read(work, simulator, name="same")
    assert {backup["metadata"]["uid"] for backup in result["backups"]} == expected
    assert result["message"] == "2 backups match"


@pytest.mark.parametrize("named", [False, True])
def test_by_uid(simulator: Simulator, three: dict[str, str], work: Path, named: bool) -> None:
    result = read(work, simulator, uid=three["shop-2"], **({"name": "shop-2"} if named else {}))
    assert names(result) == ["shop-2"]
    assert result["total_count"] == 1


def test_a_filter_beside_a_uid_is_refused(simulator: Simulator, three: dict[str, str], work: Path) -> None:
    run = info(work, simulator, uid=three["shop-2"], status=["Failed"])
    assert run.only["failed"]
    assert "uid selects one object" in run.only["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["shop-3", "shop-2", "web-1"]),
        ({"status": ["Failed", "PartialSuccess"]}, ["shop-2", "web-1"]),
        ({"namespaces": ["web"]}, ["web-1"]),
        ({"time_range": {"start": "1d"}, "cluster_ref": {"name": "prod-eu"}}, ["shop-3"]),
        ({"labels": {"tier": "gold"}}, ["shop-3"]),
        ({"name_filter": "shop", "sort_option": {"sort_by": "Name", "sort_order": "Ascending"}}, ["shop-2", "shop-3"]),
        ({"max_objects": 2}, ["shop-3", "shop-2"]),
    ],
    ids=str,
)
def test_by_filters(
    simulator: Simulator, three: dict[str, str], work: Path, filters: dict[str, Any], expected: list[str]
) -> None:
    result = read(work, simulator, **filters)
    assert names(result) == expected
    assert result["truncated"] is ("max_objects" in filters)
    assert result["total_count"] == (3 if "max_objects" in filters else len(expected))


@pytest.mark.parametrize(
    "question", [{"name": "absent"}, {"uid": "absent"}, {"name": "shop-3", "uid": "absent"}, {"namespaces": ["none"]}]
)
def test_what_is_absent_is_an_empty_list(
    simulator: Simulator, three: dict[str, str], work: Path, question: dict[str, Any]
) -> None:
    result = read(work, simulator, statistics=True, **question)
    assert not result["failed"]
    assert (result["backups"], result["total_count"], result["truncated"]) == ([], 0, False)
    assert result["message"] == "0 backups match"
    assert result["statistics"] == {
        "count": 0,
        "bytes": 0,
        "by_status": {},
        "by_cluster": {},
        "oldest": None,
        "newest": None,
    }


@pytest.mark.parametrize("detailed", [False, True])
def test_resources_are_there_when_asked_for(
    simulator: Simulator, three: dict[str, str], work: Path, detailed: bool
) -> None:
    result = read(work, simulator, name="shop-3", include_detailed_resources=detailed)
    (backup,) = result["backups"]
    assert bool(backup["backup_info"]["resources"]) is detailed


def test_the_same_objects_as_the_other_module(simulator: Simulator, three: dict[str, str], work: Path) -> None:
    tasks = [
        {"name": "one", MODULE: {"operation": "INSPECT_ONE", "name": "shop-3"}},
        {"name": "all", MODULE: {"operation": "INSPECT_ALL", "include_detailed_resources": True}},
        {"name": "info of one by uid", INFO: {"uid": three["shop-3"]}},
        {"name": "info of all", INFO: {"include_detailed_resources": True}},
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    one, everything = run.results[0], run.results[1]
    assert run.result("info of one by uid")["backups"] == [one["backup"]]
    assert visible(run.result("info of all")) == {
        key: value for key, value in visible(everything).items() if key != "operation"
    }


def test_chosen_fields(simulator: Simulator, three: dict[str, str], work: Path) -> None:
    fields = ["metadata.name", "backup_info.status.status", "backup_info.cluster_ref"]
    result = read(work, simulator, fields=fields, name="shop-2")
    cluster = next(item for item in simulator.state()["clusters"] if item["metadata"]["name"] == "prod-us")
    reference = {"name": "prod-us", "uid": cluster["metadata"]["uid"]}
    assert result["backups"] == [
        {"metadata": {"name": "shop-2"}, "backup_info": {"status": {"status": "Failed"}, "cluster_ref": reference}}
    ]


def test_a_field_that_no_backup_has_is_refused(simulator: Simulator, work: Path) -> None:
    run = info(work, simulator, fields=["metadata.nme"])
    assert "fields: there is no field 'metadata.nme', because 'nme' is unknown there" in run.only["msg"]
    assert simulator.requests() == []


def test_a_summary(simulator: Simulator, three: dict[str, str], work: Path) -> None:
    whole = read(work, simulator)["backups"]
    result = read(work, simulator, summary=True)
    assert all(set(entry) == SUMMARY for entry in result["backups"])
    for entry, backup in zip(result["backups"], whole, strict=True):
        metadata, details = backup["metadata"], backup["backup_info"]
        assert entry == {
            "name": metadata["name"],
            "uid": metadata["uid"],
            "status": details["status"]["status"],
            "reason": details["status"]["reason"],
            "cluster": details["cluster_ref"]["name"],
            "namespaces": details["namespaces"],
            "create_time": metadata["create_time"],
            "total_size": details["total_size"],
            "owner": metadata["ownership"]["owner"],
        }
    assert result["backups"][1]["reason"] == "disk full"


def test_two_ways_to_keep_less_are_refused(simulator: Simulator, work: Path) -> None:
    run = info(work, simulator, summary=True, fields=["metadata.name"])
    assert "fields and summary are mutually exclusive" in run.only["msg"]


@pytest.mark.parametrize("limit", [None, 1])
def test_statistics_are_of_all_that_match(
    simulator: Simulator, three: dict[str, str], work: Path, limit: int | None
) -> None:
    whole = read(work, simulator)["backups"]
    result = read(work, simulator, statistics=True, **({"max_objects": limit} if limit else {}))
    times = [backup["metadata"]["create_time"] for backup in whole]
    assert result["statistics"] == {
        "count": 3,
        "bytes": sum(backup["backup_info"]["total_size"] for backup in whole),
        "by_status": {"Success": 1, "Failed": 1, "PartialSuccess": 1},
        "by_cluster": {"prod-eu": 2, "prod-us": 1},
        "oldest": times[-1],
        "newest": times[0],
    }
    assert len(result["backups"]) == (limit or 3)
    assert (result["total_count"], result["truncated"]) == (3, limit is not None)


def test_check_mode_reads_too(simulator: Simulator, three: dict[str, str], work: Path) -> None:
    assert names(info(work, simulator, "--check", name="web-1").ok().only) == ["web-1"]


def test_the_examples_of_its_documentation_run(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="shop-2026-11-23", namespaces=["shop"], age=600)
    tasks = yaml.safe_load(page(INFO, work)["examples"])
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert len(run.tasks) == len(tasks) == 4
    assert all(result["total_count"] == 1 for result in run.results)
    assert run.result("Count all backups and their size")["statistics"]["count"] == 1
    assert run.result("List names and statuses")["backups"] == [
        {"metadata": {"name": "shop-2026-11-23"}, "backup_info": {"status": {"status": "Success"}}}
    ]


def test_the_example_that_fails_without_a_recent_backup(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="shop-old", namespaces=["shop"], age=200_000)
    (task,) = [task for task in yaml.safe_load(page(INFO, work)["examples"]) if "failed_when" in task]
    run = run_tasks([task], work, simulator.environment)
    assert run.status == 2
    assert run.only["total_count"] == 0


def test_every_documented_return_value_is_returned_and_typed(
    simulator: Simulator, three: dict[str, str], work: Path
) -> None:
    documented = {**page(INFO, work)["return"], **CHANGED}
    other = page(MODULE, work)["return"]
    # It refers to docs/fields.md for the fields of a backup, and to the other module for those of an error.
    documented["backups"] = {**documented["backups"], "contains": fields("BackupObject")}
    documented["error"] = {**documented["error"], "contains": fields("error")}
    documented.setdefault("msg", other["msg"])
    seen: set[str] = set()
    for parameters in (
        {"statistics": True},
        {"statistics": True, "name": "absent"},
        {"schedule_policy_ref": {"name": "nightly"}},
        {"server_release": "not-a-release"},
    ):
        real = visible(info(work, simulator, "-v", **parameters).only)
        check(documented, real, str(parameters))
        seen |= set(real)
    assert set(documented) <= seen
