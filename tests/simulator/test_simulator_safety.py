# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of web pages, bad files and options, expensive input."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from simulator_process import ORG, Simulator, Starter

from px_backup_simulator.guard import find_foreign, is_reachable_from_outside

LOGIN = "/auth/realms/master/protocol/openid-connect/token"
FORM = {"grant_type": "password", "client_id": "pxcentral", "username": "admin", "password": "simulator"}
FOREIGN: list[dict[str, str]] = [
    {"Host": "attacker.example"},
    {"Host": "attacker.example:10001", "Origin": "http://attacker.example:10001"},
    {"Origin": "http://attacker.example"},
    {"Origin": "null"},
    {"Origin": "http://[bad"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_web_page_cannot_control_the_simulator(sim: Simulator, headers: dict[str, str]) -> None:
    sim.create("b1")
    for name, body in (("reset", {}), ("tokens", {"user_id": "u1", "admin": True})):
        response = sim.call("POST", f"/_simulator/{name}", json=body, headers=headers)
        assert response.status_code == 403 and "token" not in response.json()
    assert sim.call("GET", "/_simulator/state", headers=headers).status_code == 403
    login = sim.call("POST", LOGIN, data=FORM, headers=headers)
    assert login.status_code == 403 and "access_token" not in login.json()
    assert sim.names() == ["b1"]


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Host": "localhost:1"}, ()),
        ({"Host": "127.0.0.1"}, ()),
        ({"Host": "[::1]:1"}, ()),
        ({"Host": "10.0.0.7:80", "Origin": "http://10.0.0.7:80"}, ()),
        ({"Host": "px.example.com:80"}, ("PX.example.com",)),
        ({"Host": "localhost", "Sec-Fetch-Site": "same-origin"}, ()),
    ],
)
def test_clients_that_may_control_it(headers: dict[str, str], allowed: tuple[str, ...]) -> None:
    assert find_foreign(headers, allowed) == ""


def test_hosts_that_may_not() -> None:
    for host in ("", "px.example.com", "localhost.example", "127.0.0.1.example", "[", "localhost@x.example"):
        assert find_foreign({"Host": host}, ("other.example",))


def test_names_can_be_allowed(start: Starter) -> None:
    sim = start("--allow-host", "px.example.com")
    assert sim.call("GET", "/_simulator/stats", headers={"Host": "px.example.com"}).status_code == 200
    assert sim.call("GET", "/_simulator/stats", headers={"Host": "no.example.com"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "outside"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True), ("10.1.1.1", True)],
)
def test_who_can_reach_it(host: str, outside: bool) -> None:
    assert is_reachable_from_outside(host) == outside


def run(*arguments: str) -> tuple[int, str]:
    """Run the command, which must end at once; return its status and output."""
    command = [sys.executable, "-m", "px_backup_simulator", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def test_a_warning_about_an_address_that_others_can_reach(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "px_backup_simulator", "--host", "0.0.0.0", "--ready-file", str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and "is listening" in process.stdout.readline()
        process.terminate()
        _, errors = process.communicate(timeout=10)
    assert "warning: other machines can reach 0.0.0.0" in errors and len(errors.splitlines()) == 1


WORLDS = {
    "bad YAML": "clusters: [\n",
    "a tab": "clusters:\n\t- name: c1\n",
    "a tag": "clusters: !!python/object:os.system {}\n",
    "control character": "clusters: [{name: 'a\x07'}]\n",
    "null": "clusters: [null]\n",
    "a text for a list": "clusters: c1\n",
    "a list": "[]\n",
    "no name": "clusters: [{status: Online}]\n",
    "labels of a wrong type": "clusters: [{name: c1, labels: 5}]\n",
    "volumes of a wrong type": "clusters: [{name: c, namespaces: {a: {volumes: [5]}}}]\nbackup_locations: [{name: l}]\n"
    "backups: [{name: b, namespaces: [a]}]\n",
    "info of a wrong type": "backups: [{name: b1, info: []}]\n",
    "age": "backups: [{name: b1, age: .nan}]\n",
    "a huge age": "backups: [{name: b1, age: 1e300}]\n",
    "deep": "[" * 5000,
}


@pytest.mark.parametrize("text", WORLDS.values(), ids=WORLDS.keys())
def test_an_invalid_world_file_is_a_one_line_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(text)
    status, errors = run("--world", str(path))
    assert status == 2
    assert errors.startswith("px-backup-simulator: ") and len(errors.splitlines()) == 1, errors


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    for content in (b"\xff\xfe", b"{", b'{"faults": [5]}', b"[" * 5000):
        path.write_bytes(content)
        status, errors = run("--faults", str(path))
        assert status == 2 and len(errors.splitlines()) == 1, errors
    status, errors = run("--world", str(tmp_path))
    assert status == 2 and len(errors.splitlines()) == 1, errors


@pytest.mark.parametrize("arguments", [("--port", "99999"), ("--port", "-1"), ("--port", "x"), ("--backups", "-1")])
def test_options_that_are_not_valid(arguments: tuple[str, str]) -> None:
    status, errors = run(*arguments)
    assert status == 2
    assert arguments[1] in errors.splitlines()[-1] and "Traceback" not in errors


def test_a_host_that_cannot_be_listened_on() -> None:
    status, errors = run("--host", "192.0.2.1")
    assert status == 2 and len(errors.splitlines()) == 1, errors


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("reset", "[" * 100_000),
        ("reset", '{"a":' * 900 + "1" + "}" * 900),
        ("objects", '{"kind": "backup", "name": "b", "info": ' + "[" * 900 + "]" * 900 + "}"),
        ("clock", '{"advance": 1e400}'),
        ("clock", '{"advance": NaN}'),
        ("clock", "5"),
        ("clock", '"text"'),
        ("settings", '{"latency_ms": Infinity}'),
        ("settings", '{"backup_seconds": NaN}'),
        ("settings", '{"page_cap": ' + "9" * 400 + "}"),
        ("reset", '{"clusters": [null]}'),
        ("reset", '{"backups": [{"name": "b1", "age": 1e300}]}'),
        ("objects", '{"kind": "backup", "name": "b1", "labels": 5}'),
        ("objects", '{"kind": "backup", "name": "b1", "age": "x"}'),
        ("objects", '{"kind": ["backup"], "name": "b1"}'),
        ("outcomes", '{"pattern": "x", "duration": NaN}'),
        ("outcomes", '{"pattern": "a{1,99999999999999}"}'),
        ("faults", '{"kind": "slow_body", "seconds": NaN}'),
        ("faults", '{"kind": ["html"]}'),
        ("faults", '{"kind": "html", "match": {"path": "("}}'),
        ("faults", '{"kind": "html", "match": {"path": 5}}'),
        ("faults", '{"kind": "html", "match": []}'),
        ("faults", '{"kind": "html", "times": true}'),
        ("faults", '{"kind": "drip", "part": "foot"}'),
        ("tokens", '{"user_id": "u", "expires_in": "x"}'),
        ("tokens", '{"user_id": "u", "claims": "few"}'),
    ],
)
def test_control_calls_that_are_not_valid_change_nothing(sim: Simulator, name: str, body: str) -> None:
    before = sim.control("GET", "state")
    response = sim.call("POST", f"/_simulator/{name}", data=body)
    assert response.status_code == 400 and len(response.json()["error"]) < 500, response.text
    after = sim.control("GET", "state")
    for kind in ("clusters", "backups"):
        assert [item["metadata"]["uid"] for item in after[kind]] == [item["metadata"]["uid"] for item in before[kind]]
    assert after["settings"] == before["settings"]


def test_a_search_with_exponential_backtracking_is_stopped(sim: Simulator) -> None:
    explosive = "(a+)+$"
    sim.control("POST", "outcomes", {"pattern": explosive, "status": "Failed"})
    began = time.monotonic()
    assert sim.create("a" * 60 + "!").status_code == 200
    sim.control("POST", "faults", {"kind": "status", "status": 503, "match": {"path": explosive}})
    assert sim.call("GET", f"/v1/backup/{ORG}/{'a' * 60}!").status_code == 200
    assert time.monotonic() - began < 3
    assert sim.ending("a" * 60 + "!")[0] == "Success"
    sim.control("DELETE", "faults")
    sim.create("aaa")
    assert sim.ending("aaa")[0] == "Failed"


def test_errors_are_json(sim: Simulator) -> None:
    response = sim.call("POST", "/_simulator/reset", headers={"Origin": "http://x.example"})
    assert json.loads(response.text)["error"].startswith("the Origin header")
