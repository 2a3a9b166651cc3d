# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every authentication method: a token, a file with one, a name and a password, and the module ``token``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.examples import EXAMPLES
from support.playbooks import MODULE, Run, run_backup, run_file, run_tasks
from support.simulator import Simulator, started

LIST = {"operation": "INSPECT_ALL", "retries": 0}
LOGIN = {"username": "admin", "password": "simulator"}
TOKEN_MODULE = "pxops.px_backup.token"
NO_REALM = {
    "kind": "status",
    "status": 404,
    "body": {"error": "Realm does not exist"},
    "match": {"path": "/realms/absent/"},
}


def _anonymous(simulator: Simulator) -> dict[str, str]:
    """Return the environment without an authentication method."""
    return {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}


def _logins(simulator: Simulator) -> list[dict[str, Any]]:
    return [line for line in simulator.requests() if line["rpc"] == "Auth.Token"]


def _file(work: Path, content: str, mode: int = 0o600) -> str:
    path = work / "token"
    path.write_text(content)
    path.chmod(mode)
    return str(path)


def _sentence(run: Run, category: str) -> str:
    assert run.status != 0
    assert run.only["error"]["category"] == category, run.only
    message = str(run.only["msg"])
    assert "\n" not in message
    return message


def test_a_token_file_as_option_and_environment(simulator: Simulator, work: Path) -> None:
    path = _file(work, f"{simulator.token}\n")
    tasks = [
        {"name": "option", MODULE: {**LIST, "token_file": path}},
        {"name": "environment", MODULE: LIST, "environment": {"PX_BACKUP_TOKEN_FILE": path}},
    ]
    run = run_tasks(tasks, work, _anonymous(simulator)).ok()
    assert "is readable by every user" not in run.stdout + run.stderr
    assert [line["authorized"] for line in simulator.requests()] == [True, True]
    assert _logins(simulator) == []


@pytest.mark.parametrize("suffix", ["", "/auth", "/auth/"])
def test_a_login_once_for_a_task(simulator: Simulator, work: Path, suffix: str) -> None:
    example = EXAMPLES["CREATE"]
    login = {"auth_url": simulator.auth_url + suffix, **LOGIN}
    result = run_backup(work, _anonymous(simulator), operation="CREATE", **example.task, **login).ok().only
    assert result["changed"] is True
    assert example.reached(simulator.state()["backups"])
    [line] = _logins(simulator)
    assert line["path"] == f"{suffix.rstrip('/')}/realms/master/protocol/openid-connect/token"
    assert simulator.requests()[0]["rpc"] == "Auth.Token"
    # The owner is who has logged in, so a second run finds its own.
    again = run_backup(work, _anonymous(simulator), operation="CREATE", **example.task, **login).ok().only
    assert again["changed"] is False


def test_a_login_from_the_environment(simulator: Simulator, work: Path) -> None:
    login = {"AUTH_URL": simulator.auth_url, "USERNAME": "admin", "PASSWORD": "simulator", "REALM": "other"}
    environment = {**_anonymous(simulator), **{f"PX_BACKUP_{name}": value for name, value in login.items()}}
    run_backup(work, environment, **LIST).ok()
    [line] = _logins(simulator)
    assert "/realms/other/" in line["path"]


def test_exactly_one_authentication_method(simulator: Simulator, work: Path) -> None:
    path = _file(work, simulator.token)
    ways = {"token": {"token": simulator.token}, "token_file": {"token_file": path}}
    ways["auth_url"] = {"auth_url": simulator.auth_url, **LOGIN}
    pairs = [("token", "token_file"), ("token", "auth_url"), ("token_file", "auth_url")]
    tasks = [
        {"name": f"{one} {other}", MODULE: {**LIST, **ways[one], **ways[other]}, "ignore_errors": True}
        for one, other in pairs
    ]
    half = {"auth_url": simulator.auth_url, "username": "admin"}
    tasks.append({"name": "half", MODULE: {**LIST, **half}, "ignore_errors": True})
    tasks.append({"name": "none", MODULE: LIST, "ignore_errors": True})
    run = run_tasks(tasks, work, _anonymous(simulator))
    for one, other in pairs:
        result = run.result(f"{one} {other}")
        assert result["error"]["category"] == "validation"
        assert f"{one} and {other} are mutually exclusive" in result["msg"]
    assert "auth_url is set without password" in run.result("half")["msg"]
    assert "no authentication method is configured" in run.result("none")["msg"]
    assert simulator.requests() == []


@pytest.mark.parametrize("nth", [1, 4])
def test_an_expired_token_is_renewed_once_in_mid_task(simulator: Simulator, work: Path, nth: int) -> None:
    example = EXAMPLES["CREATE"]
    simulator.faults({"kind": "expire_token", "match": {"path": "^/v1/", "nth": nth}})
    login = {"auth_url": simulator.auth_url, **LOGIN}
    result = run_backup(work, _anonymous(simulator), operation="CREATE", **example.task, **login).ok().only
    assert result["changed"] is True
    assert [line["status"] for line in _logins(simulator)] == [200, 200]
    assert [line["status"] for line in simulator.requests()].count(401) == 1
    assert example.reached(simulator.state()["backups"])


def test_a_token_that_is_always_refused_is_renewed_once(simulator: Simulator, work: Path) -> None:
    simulator.faults({"kind": "expire_token", "match": {"path": "^/v1/"}, "times": 0})
    run = run_backup(work, _anonymous(simulator), **LIST, auth_url=simulator.auth_url, **LOGIN)
    _sentence(run, "authentication")
    assert len(_logins(simulator)) == 2


def test_a_refused_login_is_one_sentence(simulator: Simulator, work: Path) -> None:
    simulator.faults(NO_REALM)
    login = {**LIST, "auth_url": simulator.auth_url, **LOGIN}
    wrong = {
        "password": ({"password": "not-the-password"}, "authentication", "check username and password"),
        "user": ({"username": "nobody"}, "authentication", "refused the login of 'nobody'"),
        "realm": ({"realm": "absent"}, "protocol", "check auth_url and realm"),
        "address": ({"auth_url": f"{simulator.url}/nowhere"}, "protocol", "check auth_url and realm"),
        "short": ({"password": "short"}, "validation", "password has fewer than 8 characters"),
    }
    tasks = [
        {"name": name, MODULE: {**login, **change}, "ignore_errors": True} for name, (change, _, _) in wrong.items()
    ]
    run = run_tasks(tasks, work, _anonymous(simulator))
    for name, (_change, category, fragment) in wrong.items():
        result = run.result(name)
        assert result["error"]["category"] == category, result
        assert fragment in result["msg"], result["msg"]
        assert "\n" not in result["msg"]
        assert "not-the-password" not in json.dumps(result)
    assert [line for line in simulator.requests() if line["authorized"]] == [], "nothing is sent without a token"


def test_a_file_or_key_that_other_users_can_read_warns(work: Path) -> None:
    with started(work / "tls", "--tls", "valid", "--tls-client-auth") as server:
        key = work / "key.pem"
        shutil.copyfile(server.client_key, key)
        key.chmod(0o644)
        given = {"client_cert": server.client_cert, "client_key": str(key)}
        path = _file(work, server.token, 0o644)
        run = run_backup(work, _anonymous(server), **LIST, **given, token_file=path).ok()
    printed = " ".join((run.stdout + run.stderr).split())
    for name, shown in (("token_file", path), ("client_key", key)):
        warnings = [text for text in run.only["warnings"] if text.startswith(f"{name} '{shown}' is readable by every")]
        assert len(warnings) == 1, run.only["warnings"]
        assert "(0600)" in warnings[0]
    assert printed.count("is readable by every user") == 2


@pytest.mark.parametrize(
    ("content", "fragment"),
    [("short", "fewer than 8 characters"), ("", "fewer than 8 characters"), ("two words of it", "another character")],
)
def test_a_file_without_a_usable_token(simulator: Simulator, work: Path, content: str, fragment: str) -> None:
    run = run_backup(work, _anonymous(simulator), **LIST, token_file=_file(work, content))
    assert fragment in _sentence(run, "validation")
    assert simulator.requests() == []


def test_a_file_that_does_not_exist(simulator: Simulator, work: Path) -> None:
    run = run_backup(work, _anonymous(simulator), **LIST, token_file=str(work / "absent"))
    assert "cannot be used (no such file or directory)" in _sentence(run, "validation")


def test_a_login_never_reads_a_netrc_file(simulator: Simulator, work: Path) -> None:
    netrc = work / ".netrc"
    netrc.write_text("default login eve password a-password-from-netrc\n")
    netrc.chmod(0o600)
    environment = {**_anonymous(simulator), "NETRC": str(netrc), "HOME": str(work)}
    path = _file(work, simulator.token)
    tasks = [
        {"name": "login", MODULE: {**LIST, "auth_url": simulator.auth_url, **LOGIN}},
        {"name": "file", MODULE: {**LIST, "token_file": path}},
    ]
    run_tasks(tasks, work, environment).ok()
    assert [line["status"] for line in simulator.requests()] == [200, 200, 200]


def test_the_module_token(simulator: Simulator, work: Path) -> None:
    login = {"auth_url": simulator.auth_url, **LOGIN}
    tasks = [
        {"name": "log in", TOKEN_MODULE: login, "register": "login", "no_log": True},
        {"name": "list", MODULE: {**LIST, "token": "{{ login.token }}"}},
        {"name": "again", MODULE: {**LIST, "token": "{{ login.token }}"}},
        {"name": "in check mode", TOKEN_MODULE: login, "check_mode": True},
        {"name": "wrong", TOKEN_MODULE: {**login, "password": "not-the-password"}, "ignore_errors": True},
    ]
    run = run_tasks(tasks, work, _anonymous(simulator), "-vvvv").ok()
    assert [line["rpc"] for line in simulator.requests()].count("Auth.Token") == 3
    result = run.result("in check mode")
    assert result["changed"] is False
    assert result["user_id"]
    assert time.strptime(result["expires_at"], "%Y-%m-%dT%H:%M:%SZ").tm_year >= 2026
    assert 0 < result["expires_in"] <= 10 * 365 * 86400
    assert result["token"].count(".") == 2
    failed = run.result("wrong")
    assert (failed["failed"], failed["error"]["category"]) == (True, "authentication")
    assert "not-the-password" not in run.stdout + run.stderr


@pytest.fixture
def short_lived(work: Path) -> Iterator[Simulator]:
    with started(work / "short", "--token-seconds", "30") as simulator:
        yield simulator


def test_the_module_token_returns_the_end_of_the_token(short_lived: Simulator, work: Path) -> None:
    login = {"auth_url": short_lived.auth_url, **LOGIN}
    result = run_tasks([{"name": "log in", TOKEN_MODULE: login}], work, {}).ok().only
    assert 20 <= result["expires_in"] <= 30
    use = {"api_url": short_lived.url, "org_id": "default", "token": result["token"]}
    run_backup(work, {}, **LIST, **use).ok()
    short_lived.advance(60)
    message = _sentence(run_backup(work, {}, **LIST, **use), "authentication")
    assert "get a new token" in message


def test_the_example_of_the_module_token_runs_as_it_stands(simulator: Simulator, work: Path) -> None:
    command = [str(Path(sys.executable).parent / "ansible-doc"), "--json", "-t", "module", TOKEN_MODULE]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=True, timeout=60)
    text = json.loads(done.stdout)[TOKEN_MODULE]["examples"]
    # The example's addresses and user are made up; all else stays.
    text = text.replace("https://px-central.example.com/auth", f"{simulator.auth_url}/auth")
    text = text.replace("https://px-backup.example.com:10001", simulator.url).replace("backup-automation", "admin")
    tasks = yaml.safe_load(text)
    assert tasks[0]["no_log"] is True
    playbook = work / "example.yml"
    play = {"name": "Example", "hosts": "localhost", "gather_facts": False, "tasks": tasks}
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    run = run_file(playbook, work, {}, "-vvv", extra_vars={"px_backup_password": "simulator"}).ok()
    assert run.result("List all backups with the token")["total_count"] == 0
    assert len(_logins(simulator)) == 1
    signature = "c2ltdWxhdGVkLXNpZ25hdHVyZS0"
    assert signature not in run.stdout + run.stderr, "the token is printed"
