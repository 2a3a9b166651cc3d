# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests through a SOCKS proxy that the environment names; they need PySocks."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client import pools
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import NetworkError, ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support.samples import transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Listener, in_turn, json_reply

pytest.importorskip("socks")

NAME, IPV4 = 3, 1
LOGIN, NO_LOGIN = 2, 0


class SocksServer(Listener):
    """A proxy of SOCKS version 5 that connects to one server, whatever it is asked for.

    Attributes:
        asked: kind of address, host and port of each connection.
        logins: the login of each connection, where it asks for one.
        reply: the code of its response; 0 means connected.
    """

    def __init__(self, target: int, method: int = NO_LOGIN, reply: int = 0) -> None:
        super().__init__()
        self._target, self._method, self._reply = target, method, reply
        self.asked: list[tuple[int, str, int]] = []
        self.logins: list[tuple[str, str]] = []

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            _version, count = connection.recv(2)
            connection.recv(count)
            connection.sendall(bytes((5, self._method)))
            if self._method == LOGIN:
                connection.recv(1)
                user, password = (connection.recv(connection.recv(1)[0]).decode() for _part in range(2))
                self.logins.append((user, password))
                connection.sendall(b"\x01\x00")
            kind = connection.recv(4)[3]
            size = connection.recv(1)[0] if kind == NAME else 4
            host = connection.recv(size)
            text = host.decode() if kind == NAME else socket.inet_ntoa(host)
            (port,) = struct.unpack("!H", connection.recv(2))
            self.asked.append((kind, text, port))
            connection.sendall(bytes((5, self._reply, 0, 1, 127, 0, 0, 1, 0, 1)))
            if self._reply == 0:
                self._forward(connection)

    def _forward(self, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as target:
            there = threading.Thread(target=_copy, args=(connection, target), daemon=True)
            there.start()
            _copy(target, connection)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(in_turn(json_reply({"version": "3.0.0"}))) as found:
        yield found


def ask(url: str) -> Any:
    return transport(url).request("GET", "/v1/version", writes=False)


def test_the_proxy_resolves_the_name(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with SocksServer(server.port) as proxy:
        monkeypatch.setenv("http_proxy", f"socks5h://{proxy.address}")
        assert ask("http://px.invalid:8081") == {"version": "3.0.0"}
        assert proxy.asked == [(NAME, "px.invalid", 8081)]
        assert proxy.logins == []
    assert server.requests[0].headers["Host"] == "px.invalid:8081"


def test_this_machine_resolves_the_name(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with SocksServer(server.port) as proxy:
        monkeypatch.setenv("http_proxy", f"socks5://{proxy.address}")
        monkeypatch.setenv("no_proxy", "")
        assert ask(f"http://127.0.0.1:{server.port}") == {"version": "3.0.0"}
        assert proxy.asked == [(IPV4, "127.0.0.1", server.port)]


def test_a_login_of_the_proxy_is_sent(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with SocksServer(server.port, LOGIN) as proxy:
        monkeypatch.setenv("http_proxy", f"socks5h://us%40er:pa%3Ass%C3%BC@{proxy.address}")
        assert ask("http://px.invalid:8081") == {"version": "3.0.0"}
        assert proxy.logins == [("us@er", "pa:ssü")]


@pytest.mark.parametrize(("login", "part"), [("%ED%A0%80:b", "user"), ("a:%ED%A0%80", "password")])
def test_a_login_that_is_not_text(monkeypatch: pytest.MonkeyPatch, login: str, part: str) -> None:
    monkeypatch.setenv("http_proxy", f"socks5h://{login}@127.0.0.1:1")
    monkeypatch.setattr(pools, "unquote", lambda text: text.replace("%ED%A0%80", "\udc80"))
    with pytest.raises(ValidationError) as caught:
        ask("http://px.invalid:8081")
    assert str(caught.value).startswith(f"the {part} of the SOCKS proxy in the environment ")


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5])
def test_a_proxy_that_refuses(server: HTTPServer, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    with SocksServer(server.port, reply=code) as proxy:
        monkeypatch.setenv("http_proxy", f"socks5h://{proxy.address}")
        with pytest.raises(NetworkError) as caught:
            ask("http://px.invalid:8081")
        assert proxy.asked
        assert not caught.value.maybe_processed
    assert server.requests == []


def test_nobody_listens_at_the_address_of_the_proxy(nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", nobody.replace("http://", "socks5h://"))
    with pytest.raises(NetworkError) as caught:
        ask("http://px.invalid:8081")
    assert not caught.value.maybe_processed


def test_a_connection_is_kept(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with SocksServer(server.port) as proxy:
        monkeypatch.setenv("http_proxy", f"socks5h://{proxy.address}")
        client = transport("http://px.invalid:8081")
        for _time in range(3):
            client.request("GET", "/v1/version", writes=False)
        assert len(proxy.asked) == 1
    assert len(server.requests) == 3
