# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks, chains, schedules and their retention, and what the server counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from simulator_process import ORG, Simulator, Starter

Json = dict[str, Any]

DAY = 86400
LIST = f"/v1/backup/{ORG}"


def put(sim: Simulator, name: str, **fields: Any) -> Json:
    response: Json = sim.control("POST", "objects", {"kind": "backup", "name": name, **fields})
    return response


def delete(sim: Simulator, name: str) -> requests.Response:
    return sim.call("DELETE", f"{LIST}/{name}")


def schedule(sim: Simulator, name: str = "s1", info: Any = None, **policy: Any) -> None:
    """Add a schedule of the namespace shop, and its policy."""
    sim.control("POST", "objects", {"kind": "schedule_policy", "name": f"{name}-policy", "info": policy})
    objects = {"cluster": "prod-us", "backup_location": "s3-main", "schedule_policy": f"{name}-policy"}
    given = {"namespaces": ["shop"], **(info or {})}
    sim.control("POST", "objects", {"kind": "backup_schedule", "name": name, **objects, "info": given})


def backups_of(sim: Simulator, name: str = "s1") -> list[Json]:
    return [backup for backup in sim.listing().get("backups", []) if backup["metadata"]["name"].startswith(f"{name}-")]


def statuses(sim: Simulator, name: str = "s1") -> list[str]:
    return [backup["backup_info"]["status"]["status"] for backup in backups_of(sim, name)]


def test_backups_with_given_times(sim: Simulator) -> None:
    for name, moment in (("b1", "2026-01-01T12:00:00Z"), ("b2", "2099-01-01T00:00:00+02:00")):
        put(sim, name, create_time=moment)
    assert sim.inspect("b1")["metadata"]["create_time"] == "2026-01-01T12:00:00Z"
    assert sim.inspect("b2")["metadata"]["create_time"] == "2098-12-31T22:00:00Z"
    assert sim.ending("b2")[0] == "Success"
    put(sim, "b3", metadata={"name": "b3", "create_time": "2020-02-02T00:00:00Z"})
    assert sim.names() == ["b2", "b1", "b3"]
    bad = {"kind": "backup", "name": "b4", "create_time": "yesterday"}
    assert sim.call("POST", "/_simulator/objects", json=bad).status_code == 400


@pytest.mark.parametrize(("setting", "status"), [("refuse", 400), ("pending", 200), ("delete", 200)])
def test_locked_backups(sim: Simulator, setting: str, status: int) -> None:
    sim.control("POST", "settings", {"locked_delete": setting})
    put(sim, "b1", locked_for=10 * DAY)
    until = sim.inspect("b1")["backup_info"]["retention_time"]
    response = delete(sim, "b1")
    assert response.status_code == status
    if setting == "delete":
        assert sim.names() == []
        return
    assert sim.names() == ["b1"]
    reason = response.json()["error"] if setting == "refuse" else sim.ending("b1")[1]
    assert reason == f"backup [b1] is locked until {until}"
    sim.control("POST", "clock", {"advance": 11 * DAY})
    if setting == "refuse":
        assert delete(sim, "b1").status_code == 200
    assert sim.names() == []


def test_a_location_with_object_lock_locks_its_backups(sim: Simulator) -> None:
    info = {"object_lock_enabled": True}
    sim.control("POST", "objects", {"kind": "backup_location", "name": "s3-main", "update": True, "info": info})
    sim.create("b1")
    info = sim.inspect("b1")["backup_info"]
    assert info["retention_period"] == "7" and info["retention_time"] > sim.inspect("b1")["metadata"]["create_time"]
    assert delete(sim, "b1").status_code == 400


@pytest.mark.parametrize("setting", ["pending", "refuse"])
def test_a_backup_that_others_build_on(sim: Simulator, setting: str) -> None:
    sim.control("POST", "settings", {"dependent_delete": setting})
    put(sim, "base")
    put(sim, "next", depends_on=["base"])
    response = delete(sim, "base")
    if setting == "refuse":
        assert (response.status_code, "[next]" in response.text) == (400, True)
    else:
        assert sim.ending("base")[0] == "DeletePending"
    assert delete(sim, "next").status_code == 200
    assert sim.names() == (["base"] if setting == "refuse" else [])


def test_manual_backups_can_build_on_each_other(sim: Simulator) -> None:
    sim.control("POST", "settings", {"incremental_chain": 2})
    for number in range(4):
        sim.create(f"b{number}")
    state = {item["metadata"]["name"]: item for item in sim.control("GET", "state")["backups"]}
    uids = {name: item["metadata"]["uid"] for name, item in state.items()}
    depends = [state[f"b{number}"]["simulator"]["depends_on"] for number in range(4)]
    assert depends == [[], [uids["b0"]], [uids["b1"]], []]
    modes = [state[f"b{number}"]["backup_info"]["volumes"][0]["backup_mode"]["type"] for number in range(4)]
    assert modes == ["Full", "Incremental", "Incremental", "Full"]
    delete(sim, "b0")
    assert sim.ending("b0")[0] == "DeletePending"
    sim.control("POST", "settings", {"delete_seconds": 1000, "incremental_chain": 9})
    delete(sim, "b3")
    sim.create("b4")
    assert sim.control("GET", "state")["backups"][0]["simulator"]["depends_on"] == [uids["b2"]]
    sim.create("other", namespaces=["web"])
    assert sim.control("GET", "state")["backups"][0]["simulator"]["depends_on"] == []


def test_schedules_run_on_the_clock(sim: Simulator) -> None:
    schedule(sim, interval={"minutes": 60, "retain": 3})
    sim.control("POST", "clock", {"advance": DAY})
    assert backups_of(sim) == []
    sim.control("POST", "settings", {"schedules": "on"})
    sim.control("POST", "clock", {"advance": 0})
    sim.control("POST", "clock", {"advance": 2 * 3600})
    assert len(backups_of(sim)) == 2
    info = backups_of(sim)[0]["backup_info"]
    assert info["backup_schedule"]["name"] == "s1" and info["schedule_policy_ref"]["name"] == "s1-policy"
    assert info["cluster_ref"]["name"] == "prod-us" and info["namespaces"] == ["shop"]
    sim.control("POST", "clock", {"advance": 5 * 3600})
    assert statuses(sim) == ["Success"] * 3
    sim.control("POST", "objects", {"kind": "backup_schedule", "name": "s1", "update": True, "info": {"suspend": True}})
    newest = backups_of(sim)[0]["metadata"]["name"]
    sim.control("POST", "clock", {"advance": 5 * 3600})
    assert backups_of(sim)[0]["metadata"]["name"] == newest


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        ({"daily": {"time": "02:00AM", "retain": 3}}, ["2026-01-15-070000", "2026-01-14-070000", "2026-01-13-070000"]),
        ({"weekly": {"day": "Sunday,Wed", "time": "11:30PM"}}, ["2026-01-15-043000", "2026-01-12-043000"]),
        ({"weekly": {"day": "Sun", "time": "12:00PM", "bi_weekly": True}}, ["2026-01-11-170000"]),
        ({"monthly": {"date": 31, "time": "12:00AM"}}, ["2025-12-31-050000"]),
        ({"monthly": {"selective_monthly_policy": {"date": 5, "months": "Jan, Jul"}}}, ["2026-01-05-050000"]),
        ({"interval": {"minutes": 7200, "retain": 9}}, ["2026-01-15", "2026-01-10", "2026-01-05"]),
    ],
)
def test_when_policies_are_due(start: Starter, policy: Json, names: list[str]) -> None:
    sim = start("--seed", "1")
    schedule(sim, **policy)
    sim.control("POST", "clock", {"advance": 14 * DAY + 12 * 3600})
    sim.control("POST", "history", {"days": 16})
    found = [backup["metadata"]["name"].rpartition("ly-")[2] for backup in backups_of(sim)]
    found = [name.removeprefix("s1-interval-")[: len(names[0])] for name in found]
    assert found[: len(names)] == names, found


def test_retention_counts_good_backups_only(sim: Simulator) -> None:
    schedule(sim, daily={"time": "01:00AM", "retain": 3})
    made = sim.control("POST", "history", {"days": 12, "failed_every": 3})["backups"]
    assert made in (24, 23, 25)
    seen = statuses(sim)
    assert seen.count("Success") == 3 and seen[-1] == "Success" and seen.count("Failed") in (1, 2)


@pytest.mark.parametrize(("days", "count"), [(7, 6), (1, 1)])
def test_retention_leaves_locked_backups(sim: Simulator, days: int, count: int) -> None:
    sim.control("POST", "settings", {"lock_days": days})
    lock = {"info": {"object_lock_enabled": True}}
    sim.control("POST", "objects", {"kind": "backup_location", "name": "s3-main", "update": True, **lock})
    schedule(sim, interval={"minutes": 1440, "retain": 1})
    sim.control("POST", "history", {"days": 6})
    assert len(statuses(sim)) == count


def test_a_schedule_that_never_succeeds_grows(sim: Simulator) -> None:
    schedule(sim, daily={"time": "01:00AM", "retain": 3})
    sim.control("POST", "history", {"days": 12, "partial_every": 1})
    assert len(statuses(sim)) in (11, 12) and set(statuses(sim)) == {"PartialSuccess"}


def test_a_namespace_that_a_schedule_misses(sim: Simulator) -> None:
    schedule(sim, info={"namespaces": ["shop", "gone"]}, daily={"time": "01:00AM"})
    sim.control("POST", "history", {"days": 2})
    info = backups_of(sim)[0]["backup_info"]
    assert info["status"]["status"] == "PartialSuccess"
    assert (info["namespaces"], info["missing_namespaces"]) == (["shop"], ["gone"])


@pytest.mark.parametrize(("reclaim", "left"), [("Retain", True), ("Delete", False)])
def test_backups_of_a_deleted_schedule(sim: Simulator, reclaim: str, left: bool) -> None:
    schedule(sim, info={"reclaim_policy": reclaim}, daily={"time": "01:00AM"})
    sim.control("POST", "history", {"days": 3})
    count = len(backups_of(sim))
    assert sim.call("DELETE", f"/v1/backupschedule/{ORG}/s1").json() == {}
    assert sim.call("GET", f"/v1/backupschedule/{ORG}/s1").status_code == 404
    assert len(backups_of(sim)) == (count if left else 0)
    if left:
        assert backups_of(sim)[0]["backup_info"]["backup_schedule"]["name"] == "s1"
        sim.control("POST", "settings", {"schedules": "on"})
        sim.control("POST", "clock", {"advance": 90 * DAY})
        assert len(backups_of(sim)) == count


@pytest.mark.parametrize("release", ["2.8.4", "2.9.0", "2.10.1"])
def test_the_path_of_a_deleted_schedule(sim: Simulator, release: str) -> None:
    sim.control("POST", "settings", {"release": release})
    uid = sim.uid("backup_schedules", "shop-nightly")
    paths = {False: f"/v1/backupschedule/{ORG}/shop-nightly", True: f"/v1/backupschedule/{ORG}/shop-nightly/{uid}"}
    assert sim.call("DELETE", paths[release != "2.9.0"]).status_code in (404, 405)
    assert sim.call("DELETE", paths[release == "2.9.0"]).json() == {}


def test_lists_of_schedules_and_policies(sim: Simulator) -> None:
    schedule(sim, daily={"time": "01:00AM", "retain": 2})
    sim.control("POST", "history", {"days": 5})
    schedules = sim.call("GET", f"/v1/backupschedule/{ORG}").json()["backup_schedules"]
    info = next(item["backup_schedule_info"] for item in schedules if item["metadata"]["name"] == "s1")
    entries = info["backup_status"]["daily"]["status"]
    assert [entry["status"] for entry in entries] == ["Success", "Success"]
    assert entries[0]["create_time"] < entries[1]["create_time"] < entries[1]["finish_time"] or (
        entries[1]["create_time"] == entries[1]["finish_time"]
    )
    assert [entry["backup_name"] for entry in entries] == [
        backup["metadata"]["name"] for backup in reversed(backups_of(sim))
    ]
    policies = sim.call("GET", f"/v1/schedulepolicy/{ORG}").json()["schedule_policies"]
    info = next(item["schedule_policy_info"] for item in policies if item["metadata"]["name"] == "s1-policy")
    assert info["backup_schedule"] == ["s1"] and info["daily"] == {"time": "01:00AM", "retain": "2"}


def test_metrics(sim: Simulator) -> None:
    sim.create("b1", namespaces=["web", "billing"])
    response = sim.call("GET", f"/v1/metrics/{ORG}").json()
    first = response["stats"][0]
    assert first["cluster_ref"] == {"name": "prod-eu", "uid": sim.uid("clusters", "prod-eu")}
    # shop by the schedule of the world, the others by the backup
    assert (first["num_namespaces"], first["total_namespaces"], first["num_schedules"]) == ("3", "6", "1")
    assert first["total_backup_size"] == sim.inspect("b1")["backup_info"]["total_size"]
    assert int(response["last_sync_time"]) > 0


def timeline(sim: Simulator, days: int, interval: str, **query: Any) -> list[Json]:
    response = sim.call("GET", f"/v1/restore/{ORG}/{days}/{interval}", params=query)
    assert response.status_code == 200, response.text
    data: list[Json] = response.json()["activity_data"]
    return data


def test_the_activity_timeline_outlives_backups(start: Starter) -> None:
    sim = start("--seed", "1", "--backup-seconds", "30")
    for number, age in enumerate((0, 1, 1, 2)):
        put(sim, f"b{number}", age=age * DAY, duration=60, status="Failed" if number == 1 else "Success")
    put(sim, "running", status="InProgress", age=0)
    data = timeline(sim, 3, "Daily")
    assert len(data) == 3 and data[1]["end_time"] == data[2]["start_time"]
    counts = [tuple(int(span.get(key, 0)) for key in ("successful", "failed", "total")) for span in data]
    delete(sim, "b3")
    assert sim.call("GET", f"{LIST}/b3").status_code == 404
    assert [
        tuple(int(span.get(key, 0)) for key in ("successful", "failed", "total")) for span in timeline(sim, 3, "2")
    ] == counts
    assert sum(total for _, _, total in counts) in (4, 5)
    assert data[-2]["completion_time"] == 60.0
    assert len(timeline(sim, 2, "Hourly", kind="backup", time_zone="Europe/Berlin")) == 48
    assert all("total" not in span for span in timeline(sim, 3, "Daily", kind="restore"))
    assert all("total" not in span for span in timeline(sim, 3, "Daily", owners="nobody"))


@pytest.mark.parametrize("path", ["x/Daily", "3/Weekly", "0/Daily", "-1/Daily", "99999/Daily"])
def test_timelines_that_are_refused(sim: Simulator, path: str) -> None:
    response = sim.call("GET", f"/v1/restore/{ORG}/{path}")
    assert (response.status_code, response.json()["code"]) == (400, 3)


def test_a_restore_name_with_a_slash_is_another_route(sim: Simulator) -> None:
    response = sim.call("GET", f"/v1/restore/{ORG}/3%2FDaily")
    assert len(response.json()["activity_data"]) == 3
    assert sim.control("GET", "requests")[-1]["rpc"] == "ActivityTimeLine.Enumerate"


def test_the_timeline_after_a_kill(start: Starter, tmp_path: Path) -> None:
    arguments = ("--state-file", str(tmp_path / "state.json"))
    sim = start(*arguments)
    put(sim, "b1")
    put(sim, "b2")
    delete(sim, "b1")
    delete(sim, "b2")
    before = [int(span.get("total", 0)) for span in timeline(sim, 2, "Daily")]
    sim.kill()
    after = [int(span.get("total", 0)) for span in timeline(start(*arguments), 2, "Daily")]
    assert after == before and sum(after) == 2


def test_a_history_from_the_start(start: Starter) -> None:
    sim = start("--history-days", "30")
    assert len(backups_of(sim, "shop-nightly")) == 14
    sim.control("POST", "reset")
    assert len(backups_of(sim, "shop-nightly")) == 14
