# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in the connection: each is one sentence that says what to do."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from support.playbooks import MODULE, run_backup, run_tasks
from support.simulator import Simulator, started

LIST = {"operation": "INSPECT_ALL"}


def _sentence(work: Path, environment: dict[str, str], category: str, **parameters: Any) -> str:
    run = run_backup(work, environment, **{**LIST, "retries": 0, **parameters})
    assert run.status != 0
    assert run.only["error"]["category"] == category, run.only
    assert "\n" not in run.only["msg"]
    assert run.only["error"]["hint"]
    return str(run.only["msg"])


def test_a_wrong_port(simulator: Simulator, work: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    message = _sentence(work, simulator.environment, "network", api_url=f"http://127.0.0.1:{port}")
    assert "connection refused" in message and "api_url" in message


def test_a_wrong_host(simulator: Simulator, work: Path) -> None:
    message = _sentence(work, simulator.environment, "network", api_url="https://no-such-host.invalid:10001")
    assert "no-such-host.invalid" in message and "resolved" in message


def test_a_wrong_path(simulator: Simulator, work: Path) -> None:
    message = _sentence(work, simulator.environment, "protocol", api_url=f"{simulator.url}/px")
    assert "no such address" in message


def test_a_wrong_token(simulator: Simulator, work: Path) -> None:
    message = _sentence(work, simulator.environment, "authentication", token="not-the-right-token")
    assert "token" in message and "PX_BACKUP_TOKEN" in message
    assert "not-the-right-token" not in message


@pytest.mark.parametrize(
    ("parameters", "fragment"),
    [
        ({"api_url": "https://user:secret-password@127.0.0.1:1"}, "api_url contains a user or a password"),
        ({"api_url": "ftp://127.0.0.1"}, "scheme 'ftp'"),
        ({"token": "short"}, "fewer than 8 characters"),
        ({"token": "Bearer abcdefghijkl"}, "without 'Bearer'"),
        ({"timeout": 0}, "timeout is 0"),
        ({"retries": -1}, "retries is -1"),
        ({"client_key": "/nowhere/key.pem"}, "client_key requires client_cert"),
        ({"validate_certs": False, "ssl_config": {"validate_certs": True}}, "ssl_config.validate_certs"),
        ({"ca_cert": "/a.pem", "ssl_config": {"ca_cert": "/b.pem"}}, "ssl_config.ca_cert"),
    ],
)
def test_invalid_options_are_refused(
    simulator: Simulator, work: Path, parameters: dict[str, Any], fragment: str
) -> None:
    message = _sentence(work, simulator.environment, "validation", **parameters)
    assert fragment in message
    assert "secret-password" not in message
    assert simulator.requests() == []


def test_requests_is_missing(simulator: Simulator, work: Path) -> None:
    hiding = work / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text("import sys\nsys.modules['requests'] = None\n")
    path = os.pathsep.join(filter(None, (str(hiding), os.environ.get("PYTHONPATH"))))
    run = run_backup(work, {**simulator.environment, "PYTHONPATH": path}, **LIST)
    assert run.status != 0
    assert "Failed to import the required Python library (requests)" in run.only["msg"]
    assert simulator.requests() == []


def test_a_required_option_is_missing(simulator: Simulator, work: Path) -> None:
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}
    run = run_backup(work, environment, **LIST)
    assert run.only["msg"].startswith("no authentication method is configured; set token, or token_file")
    environment.pop("PX_BACKUP_API_URL")
    run = run_backup(work, environment, **LIST)
    assert run.only["msg"] == "missing required arguments: api_url"
    assert simulator.requests() == []


def test_plain_http_warns_once_for_many_tasks(simulator: Simulator, work: Path) -> None:
    run = run_tasks([{"name": str(index), MODULE: LIST} for index in range(3)], work, simulator.environment).ok()
    assert (run.stdout + run.stderr).count("clear text") == 1


def test_a_netrc_file_is_never_read(simulator: Simulator, work: Path) -> None:
    netrc = work / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password a-password-from-netrc\n")
    netrc.chmod(0o600)
    home = work / "home"
    home.mkdir()
    (home / ".netrc").write_text(netrc.read_text())
    (home / ".netrc").chmod(0o600)
    environment = {**simulator.environment, "NETRC": str(netrc), "HOME": str(home)}
    run_backup(work, environment, **LIST).ok()
    assert [line["authorized"] for line in simulator.requests()] == [True]


def test_a_redirect_is_not_followed(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    simulator.forget_requests()
    location = f"{simulator.url}/v1/backup/default"
    simulator.faults({"match": {"rpc": "Backup.Delete"}, "kind": "redirect", "location": location})
    run = run_backup(work, simulator.environment, operation="DELETE", name="one")
    assert run.status != 0
    assert run.only["error"]["category"] == "protocol"
    assert "redirect" in run.only["msg"] and "/v1/backup/default" in run.only["msg"]
    assert [line["rpc"] for line in simulator.requests()][-1] == "Backup.Delete"


def test_the_error_names_a_login_page(simulator: Simulator, work: Path) -> None:
    simulator.faults({"match": {}, "kind": "html", "status": 200, "times": 5})
    message = _sentence(work, simulator.environment, "protocol")
    assert "HTML page, not the API" in message


def test_a_silent_server_does_not_hang_the_task(simulator: Simulator, work: Path) -> None:
    simulator.faults({"match": {}, "kind": "silence", "times": 5})
    message = _sentence(work, simulator.environment, "timeout", timeout=1)
    assert "sent nothing for 1 seconds" in message


def test_one_temporary_fault_does_not_end_a_task(simulator: Simulator, work: Path) -> None:
    simulator.faults({"match": {}, "kind": "status", "status": 503, "times": 2})
    run = run_backup(work, simulator.environment, **LIST).ok()
    assert run.only["total_count"] == 0
    assert [line["status"] for line in simulator.requests()] == [503, 503, 200]


def test_an_error_is_structured(simulator: Simulator, work: Path) -> None:
    simulator.faults({"match": {}, "kind": "grpc_error", "code": 2, "text": "doesn't have permission to see it"})
    run = run_backup(work, simulator.environment, **LIST)
    error = run.only["error"]
    assert error.pop("hint")
    assert error == {
        "category": "permission",
        "http_status": 500,
        "grpc_code": "Unknown",
        "method": "GET",
        "path": "/v1/backup/default",
        "attempts": 1,
        "retriable": False,
    }


def test_options_come_from_the_environment(simulator: Simulator, work: Path) -> None:
    run_backup(work, simulator.environment, **LIST).ok()
    [request] = simulator.requests()
    assert request["path"].startswith("/v1/backup/default")
    assert request["authorized"] is True


@pytest.mark.parametrize(
    ("tls", "category", "fragment"),
    [
        ("expired", "tls", "has expired"),
        ("wrong-host", "tls", "is for another host name"),
        ("self-signed", "tls", "is self-signed"),
        ("untrusted", "tls", "was issued by an authority that is not trusted here"),
    ],
)
def test_each_certificate_error_has_its_message(work: Path, tls: str, category: str, fragment: str) -> None:
    with started(work, "--tls", tls) as server:
        # The authority of the good certificates is known: what is wrong is the certificate alone.
        message = _sentence(work, server.environment, category)
        assert fragment in message
        assert server.requests() == []


def test_a_good_certificate_is_checked_against_the_given_authority(work: Path) -> None:
    with started(work, "--tls", "valid") as server:
        run = run_backup(work, server.environment, **LIST).ok()
        assert "WARNING" not in run.stdout + run.stderr
        # The same through ssl_config.
        plain = {key: value for key, value in server.environment.items() if key != "PX_BACKUP_CA_CERT"}
        given = {"ca_cert": server.environment["PX_BACKUP_CA_CERT"]}
        run_backup(work, plain, **LIST, ssl_config=given).ok()
        # Without the authority it is not trusted, and with validate_certs off it warns.
        assert "ca_cert" in _sentence(work, plain, "tls")
        for way in ({"validate_certs": False}, {"ssl_config": {"validate_certs": False}}):
            run = run_backup(work, plain, **LIST, **way).ok()
            assert "validate_certs is false" in run.stdout + run.stderr
        run = run_backup(work, {**plain, "PX_BACKUP_VALIDATE_CERTS": "false"}, **LIST).ok()


def test_a_url_without_a_scheme_is_https(work: Path) -> None:
    with started(work, "--tls", "valid") as server:
        bare = server.url.removeprefix("https://")
        run_backup(work, server.environment, **LIST, api_url=bare).ok()


def test_mutual_tls(work: Path) -> None:
    with started(work, "--tls", "valid", "--tls-client-auth") as server:
        # The server's alert can be lost with the connection that it closes.
        run = run_backup(work, server.environment, **LIST, retries=0)
        assert run.only["error"]["category"] in ("tls", "network")
        assert "client certificate" in run.only["msg"] and "client_cert" in run.only["msg"]
        given = {"client_cert": server.client_cert, "client_key": server.client_key}
        run_backup(work, server.environment, **LIST, **given).ok()
        run_backup(work, server.environment, **LIST, ssl_config=given).ok()
        in_environment = {"PX_BACKUP_CLIENT_CERT": server.client_cert, "PX_BACKUP_CLIENT_KEY": server.client_key}
        run_backup(work, {**server.environment, **in_environment}, **LIST).ok()
