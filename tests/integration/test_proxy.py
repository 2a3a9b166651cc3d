# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies of the environment: used, bypassed, refusing and absent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.playbooks import Run, run_backup
from support.proxy import proxy
from support.simulator import Simulator, started

LIST = {"operation": "INSPECT_ALL", "retries": 0}
NONE = {"http_proxy": "", "https_proxy": "", "HTTP_PROXY": "", "HTTPS_PROXY": "", "no_proxy": "", "NO_PROXY": ""}


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with started(tmp_path_factory.mktemp("tls"), "--tls", "valid") as simulator:
        yield simulator


def _listed(server: Simulator, work: Path, **proxies: str) -> Run:
    server.forget_requests()
    return run_backup(work, {**server.environment, **NONE, **proxies}, **LIST)


def _sentence(run: Run) -> str:
    assert run.status != 0
    assert run.only["error"]["category"] == "network", run.only
    message = str(run.only["msg"])
    assert "\n" not in message
    assert "proxy" in message
    return message


def test_https_goes_through_a_tunnel(tls_server: Simulator, work: Path) -> None:
    with proxy() as between:
        _listed(tls_server, work, https_proxy=between.url).ok()
        assert between.asked == [f"CONNECT {urlsplit(tls_server.url).netloc}"]
    assert [line["authorized"] for line in tls_server.requests()] == [True]


def test_http_goes_through_the_proxy(simulator: Simulator, work: Path) -> None:
    with proxy() as between:
        _listed(simulator, work, http_proxy=between.url).ok()
        assert len(between.asked) == 1
        assert between.asked[0].startswith(f"GET {simulator.url}/v1/backup/default")
    assert [line["authorized"] for line in simulator.requests()] == [True]


def test_a_login_goes_through_the_proxy_too(tls_server: Simulator, work: Path) -> None:
    connection = {key: value for key, value in tls_server.environment.items() if key != "PX_BACKUP_TOKEN"}
    login = {"auth_url": tls_server.auth_url, "username": "admin", "password": "simulator"}
    with proxy() as between:
        run_backup(work, {**connection, **NONE, "https_proxy": between.url}, **LIST, **login).ok()
        assert set(between.asked) == {f"CONNECT {urlsplit(tls_server.url).netloc}"}


@pytest.mark.parametrize("excepted", ["127.0.0.1", "127.0.0.0/8", "*"])
def test_no_proxy_bypasses_the_proxy(tls_server: Simulator, work: Path, excepted: str) -> None:
    with proxy() as between:
        _listed(tls_server, work, https_proxy=between.url, no_proxy=excepted).ok()
        assert between.asked == []


@pytest.mark.parametrize("refusal", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
def test_a_proxy_that_refuses(tls_server: Simulator, work: Path, refusal: str) -> None:
    with proxy(refusal) as between:
        message = _sentence(_listed(tls_server, work, https_proxy=between.url))
        assert between.asked
    assert "the proxy did not forward the request" in message
    assert "https_proxy" in message
    assert tls_server.requests() == []


def test_a_proxy_that_requires_a_login(simulator: Simulator, work: Path) -> None:
    with proxy("407 Proxy Authentication Required") as between:
        run = _listed(simulator, work, http_proxy=between.url)
    assert run.only["error"]["category"] == "authentication"
    assert "the proxy requires a login" in run.only["msg"]
    assert simulator.requests() == []


def test_a_proxy_that_is_not_there(tls_server: Simulator, work: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    message = _sentence(_listed(tls_server, work, https_proxy=address))
    assert "https_proxy" in message
    assert tls_server.requests() == []


def test_the_password_of_a_proxy_is_never_shown(tls_server: Simulator, work: Path) -> None:
    secret = "pr0xy-canary-password"
    with proxy("403 Forbidden") as between:
        address = between.url.replace("http://", f"http://eve:{secret}@")
        run = _listed(tls_server, work, https_proxy=address)
        assert between.asked
    _sentence(run)
    assert secret not in run.stdout + run.stderr + str(run.tasks)
