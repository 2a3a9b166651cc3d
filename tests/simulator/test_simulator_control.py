# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, worlds, state over a restart, TLS."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from simulator_process import ORG, Simulator, Starter


def test_request_log(sim: Simulator) -> None:
    sim.create("b 1")
    sim.call("GET", f"/v1/backup/{ORG}/b%201", params={"uid": "x&y"})
    sim.call("POST", f"/v1/backup/{ORG}/enumerate", json={})
    created, inspected, listed = sim.control("GET", "requests")
    assert created["rpc"] == "Backup.Create" and created["writes"] is True and created["status"] == 200
    assert created["body"]["metadata"]["name"] == "b 1"
    assert (created["user"], created["authorized"]) == ("admin", True)
    assert inspected["path"] == f"/v1/backup/{ORG}/b%201" and inspected["query"] == [["uid", "x&y"]]
    assert inspected["writes"] is False and inspected["body"] is None
    assert listed["writes"] is False and listed["connection"] == created["connection"]
    assert created["user_agent"].startswith("python-requests")
    assert [entry["seq"] for entry in (created, inspected, listed)] == [1, 2, 3]
    sim.control("DELETE", "requests")
    assert sim.control("GET", "requests") == []


def test_state_and_stats(sim: Simulator) -> None:
    sim.create("b1")
    state = sim.control("GET", "state")
    assert [cluster["metadata"]["name"] for cluster in state["clusters"]] == ["prod-eu", "prod-us", "edge-01"]
    assert state["backups"][0]["simulator"]["status"] == "Success"
    assert state["backups"][0]["backup_info"]["cluster"] == "prod-eu"
    stats = sim.control("GET", "stats")
    assert (stats["requests"], stats["writes"], stats["backups"]) == (1, 1, 1)
    assert stats["peak_memory_kib"] > 0 and stats["connections"] > 0


def test_the_state_shows_only_what_is_asked_for(sim: Simulator) -> None:
    sim.create("b1")
    state = sim.control("GET", "state")
    for name in state.keys() - {"now"}:
        assert sim.control("GET", "state", {"only": [name]}) == {name: state[name]}
    assert sim.control("GET", "state", {"only": ["now", "backups"]}).keys() == {"now", "backups"}
    assert sim.control("GET", "state", {"only": []}) == {}


@pytest.mark.parametrize(
    "body", [{"only": "backups"}, {"only": ["nothing"]}, {"only": [1]}, {"only": None}, ["backups"]]
)
def test_parts_of_the_state_that_do_not_exist(sim: Simulator, body: Any) -> None:
    response = sim.call("GET", "/_simulator/state", json=body)
    assert response.status_code == 400
    assert response.json()["error"].startswith("only must be a list of keys of the state, from: clusters, ")


def test_objects(sim: Simulator) -> None:
    put = {"kind": "backup", "name": "b1", "status": "Failed", "reason": "why", "owner": "bob", "labels": {"a": "b"}}
    made = sim.control("POST", "objects", put)
    assert sim.inspect("b1")["backup_info"]["status"] == {"status": "Failed", "reason": "why"}
    assert sim.inspect("b1")["metadata"]["owner"] == "bob"
    sim.control("POST", "objects", {"kind": "backup", "uid": made["uid"], "status": "InProgress"})
    assert sim.ending("b1")[0] == "InProgress"
    sim.control("POST", "objects", {"kind": "backup", "name": "b1", "status": "DeletePending", "depends_on": []})
    sim.control("POST", "objects", {"kind": "backup", "name": "b2", "owner": "eve"})
    sim.control("POST", "objects", {"kind": "backup", "name": "b2", "owner": "bob"})
    assert len(sim.names(name_filter="b2")) == 2
    assert sim.control("DELETE", "objects", {"kind": "backup", "name": "b2"}) == {"deleted": 2}


def test_overwriting_a_backup_keeps_its_uid(sim: Simulator) -> None:
    made = sim.control("POST", "objects", {"kind": "backup", "name": "b1"})
    again = sim.control("POST", "objects", {"kind": "backup", "name": "b1", "namespaces": ["web"]})
    assert again == made and len(sim.names()) == 1
    assert sim.inspect("b1")["backup_info"]["namespaces"] == ["web"]
    other = sim.control("POST", "objects", {"kind": "backup", "name": "b1", "new": True})
    assert other["uid"] != made["uid"] and len(sim.names()) == 2


def test_full_form(sim: Simulator) -> None:
    info = {"namespaces": ["x"], "volumes": [{"name": "v1"}], "status": {"status": "PartialSuccess", "reason": "r"}}
    made = {"kind": "backup", "metadata": {"name": "b1", "labels": {"a": "1"}}, "backup_info": info}
    sim.control("POST", "objects", made)
    backup = sim.inspect("b1")
    assert backup["backup_info"]["volumes"] == [{"name": "v1"}]
    assert backup["backup_info"]["status"] == {"status": "PartialSuccess", "reason": "r"}


def test_clusters_can_be_changed(sim: Simulator) -> None:
    sim.control("POST", "objects", {"kind": "cluster", "name": "prod-us", "update": True, "status": "Offline"})
    sim.create("b1", cluster_ref={"name": "prod-us"})
    assert sim.ending("b1")[0] == "Failed"


def test_outcomes(sim: Simulator) -> None:
    rule = {"pattern": "^nightly-", "status": "Failed", "reason": "disk full", "duration": 100}
    sim.control("POST", "outcomes", rule)
    sim.create("nightly-1")
    assert sim.ending("nightly-1")[0] == "Pending"
    sim.control("POST", "clock", {"advance": 101})
    assert sim.ending("nightly-1") == ("Failed", "disk full")
    sim.control("POST", "outcomes", {"name": "nightly-1", "status": "Success"})
    assert sim.ending("nightly-1")[0] == "Success"
    assert sim.control("DELETE", "outcomes") == []


def test_reset_with_a_world(sim: Simulator) -> None:
    world: dict[str, Any] = {"clusters": [{"name": "c1", "namespaces": {"one": {}}}]}
    world["backup_locations"] = [{"name": "l1"}]
    world["backups"] = [{"name": "b1", "namespaces": ["one"], "uid": "u1"}]
    sim.control("POST", "reset", world)
    assert sim.inspect("b1", uid="u1")["backup_info"]["cluster_ref"]["name"] == "c1"
    sim.control("POST", "reset")
    assert sim.names() == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("settings", {"release": "1.0.0"}),
        ("settings", {"typo": 1}),
        ("settings", {"page_cap": -1}),
        ("settings", {"churn": {"x": 1}}),
        ("objects", {"name": "x"}),
        ("objects", {"kind": "no", "name": "x"}),
        ("objects", {"kind": "backup", "name": "x", "typo": 1}),
        ("objects", {"kind": "backup", "name": "x", "status": "no"}),
        ("outcomes", {"pattern": "(", "status": "Failed"}),
        ("clock", {"advance": -1}),
        ("tokens", {}),
        ("reset", {"typo": []}),
    ],
)
def test_control_calls_that_are_not_valid(sim: Simulator, name: str, body: Any) -> None:
    response = sim.call("POST", f"/_simulator/{name}", json=body)
    assert response.status_code == 400 and response.json()["error"]


def test_unknown_control_call(sim: Simulator) -> None:
    assert sim.call("GET", "/_simulator/nothing").status_code == 404


def test_seed_makes_uids_and_times_repeat(start: Starter) -> None:
    first = start("--seed", "7")
    uid, made = first.uid("clusters", "prod-eu"), first.create("b1").json()["backup"]["metadata"]
    assert made["create_time"].startswith("2026-01-01T00:00:")
    first.stop()
    second = start("--seed", "7")
    assert second.uid("clusters", "prod-eu") == uid
    assert second.create("b1").json()["backup"]["metadata"]["uid"] == made["uid"]


def test_world_file(start: Starter, tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("clusters: [{name: c1}]\nbackup_locations: [{name: l1}]\nbackups: [{name: b1, status: Aborted}]\n")
    sim = start("--world", str(path))
    assert sim.ending("b1")[0] == "Aborted"


@pytest.mark.parametrize("hard", [True, False])
def test_state_over_a_restart(start: Starter, tmp_path: Path, hard: bool) -> None:
    arguments = ("--state-file", str(tmp_path / "state.json"), "--delete-seconds", "0")
    sim = start(*arguments)
    for name in ("b1", "b2"):
        sim.create(name)
    sim.call("PUT", "/v1/backup", json={"metadata": {"name": "b1", "org_id": ORG, "labels": {"a": "1"}}})
    sim.call("DELETE", f"/v1/backup/{ORG}/b2")
    sim.control("POST", "objects", {"kind": "cluster", "name": "added"})
    sim.create("b3")
    before = sim.control("GET", "state")
    if hard:
        sim.kill()
    else:
        assert sim.stop() == 0
    after = start(*arguments).control("GET", "state")
    assert after["backups"] == before["backups"] and len(after["backups"]) == 2
    assert after["clusters"] == before["clusters"]


def test_signal_ends_it_at_once_even_with_a_silent_request(start: Starter) -> None:
    sim = start()
    sim.control("POST", "faults", {"kind": "silence"})
    other = requests.Session()
    with pytest.raises(requests.ReadTimeout):
        other.get(f"{sim.ready['url']}/v1/version", timeout=0.2)
    assert sim.stop() == 0


def test_ready_file(start: Starter) -> None:
    sim = start("--release", "2.9.0")
    assert set(sim.ready) >= {"url", "control_url", "auth_url", "token", "ca_file", "client_cert", "client_key"}
    assert (sim.ready["pid"], sim.ready["release"]) == (sim.process.pid, "2.9.0")
    assert stat.S_IMODE(os.stat(sim.ready_file).st_mode) == 0o600


def test_the_script_connects_a_shell(start: Starter, tmp_path: Path) -> None:
    script = tmp_path / "simulator.env"
    sim = start("--env-file", str(script), "--tls", "valid", "--tls-dir", str(tmp_path))
    assert stat.S_IMODE(os.stat(script).st_mode) == 0o600
    shown = subprocess.run(["sh", "-c", '. "$1"; env', "-", str(script)], capture_output=True, text=True, check=True)
    seen = dict(line.split("=", 1) for line in shown.stdout.splitlines() if line.startswith("PX_BACKUP_"))
    keys = {"API_URL": "url", "TOKEN": "token", "CA_CERT": "ca_file", "SIMULATOR_URL": "control_url"}
    expected = {f"PX_BACKUP_{name}": sim.ready[key] for name, key in keys.items()} | {"PX_BACKUP_ORG_ID": "default"}
    assert {name: seen[name] for name in expected} == expected


def test_tls_with_client_certificate(start: Starter, tmp_path: Path) -> None:
    sim = start("--tls", "valid", "--tls-client-auth", "--tls-dir", str(tmp_path / "tls"))
    assert sim.ready["url"].startswith("https://")
    assert sim.call("GET", "/v1/version").status_code == 200
    assert sim.control("GET", "stats")["requests"] == 1
    assert stat.S_IMODE(os.stat(sim.ready["client_key"]).st_mode) == 0o600
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{sim.ready['url']}/v1/health", verify=sim.ready["ca_file"], timeout=5)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("expired", "expired"),
        ("wrong-host", "match"),
        ("self-signed", "self"),
        ("untrusted", "unable to get local issuer"),
    ],
)
def test_bad_certificates(start: Starter, tmp_path: Path, mode: str, words: str) -> None:
    sim = start("--tls", mode, "--tls-dir", str(tmp_path / "tls"))
    with pytest.raises(requests.exceptions.SSLError) as caught:
        sim.call("GET", "/v1/health")
    assert words in str(caught.value)
    assert requests.get(f"{sim.ready['url']}/v1/health", verify=False, timeout=5).json() == {}


def test_every_control_response_is_json(sim: Simulator) -> None:
    for name in ("requests", "state", "faults", "outcomes", "stats", "settings"):
        json.dumps(sim.control("GET", name))
