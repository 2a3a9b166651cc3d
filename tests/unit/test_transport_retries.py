# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Timeouts, repeated reads, and writes that are never repeated without a check."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Limits, Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    PXBackupError,
    RequestTimeoutError,
    ServerError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import connection, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import ByteServer, HTTPServer, Script, json_reply

Serve = Callable[..., HTTPServer]
ServeBytes = Callable[[Script], ByteServer]
GOOD = json_reply({"ok": 1})
GATEWAY = [408, 502, 503, 504]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def hang_up(_connection: socket.socket) -> None:
    """Close without a word."""


def say_nothing(connection: socket.socket) -> None:
    connection.settimeout(5)
    while connection.recv(65536):
        pass


def drip(opening: bytes, piece: bytes) -> Script:
    """Return a script that sends a piece again and again, always before a pause is too long."""

    def send(connection: socket.socket) -> None:
        connection.sendall(opening)
        for _number in range(100):
            connection.sendall(piece)
            time.sleep(0.03)

    return send


@pytest.mark.parametrize("status", [*GATEWAY, 429])
def test_read_is_repeated(serve: Serve, status: int) -> None:
    server = serve(json_reply({}, status), json_reply({}, status), GOOD)
    pauses: list[float] = []
    client = transport(server.url, pauses, retries=3)
    assert client.request("GET", "/x", writes=False) == {"ok": 1}
    assert pauses == [0.5, 1.0]
    assert client.attempts == len(server.requests) == 3


def test_read_without_retries_is_sent_once(serve: Serve) -> None:
    server = serve(json_reply({}, 503), GOOD)
    with pytest.raises(ServerError):
        transport(server.url, retries=3).request("GET", "/x", writes=False, limits=Limits(repeats=False))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 501])
def test_read_is_not_repeated_where_it_would_fail_again(serve: Serve, status: int) -> None:
    server = serve(json_reply({"code": 2, "message": "boom"}, status), GOOD)
    with pytest.raises(PXBackupError):
        transport(server.url, retries=3).request("GET", "/x", writes=False)
    assert len(server.requests) == 1


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_repetition_ends(serve: Serve, retries: int) -> None:
    server = serve(json_reply({}, 503))
    with pytest.raises(ServerError) as caught:
        transport(server.url, retries=retries).request("GET", "/v1/x", writes=False)
    assert caught.value.attempts == len(server.requests) == retries + 1
    assert (caught.value.method, caught.value.path) == ("GET", "/v1/x")


@pytest.mark.parametrize("status", GATEWAY)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_write_is_not_repeated(serve: Serve, status: int, method: str) -> None:
    server = serve(json_reply({}, status), GOOD)
    with pytest.raises(PXBackupError) as caught:
        transport(server.url, retries=3).request(method, "/x", body={"a": 1}, writes=True)
    assert len(server.requests) == 1
    assert caught.value.maybe_processed


def test_write_that_the_server_refused_is_repeated(serve: Serve) -> None:
    server = serve(json_reply({}, 429), GOOD)
    assert transport(server.url, retries=3).request("POST", "/x", body={"a": 1}, writes=True) == {"ok": 1}
    assert [request.body for request in server.requests] == [b'{"a": 1}'] * 2


@pytest.mark.parametrize("writes", [False, True])
def test_no_connection_is_repeated(nobody: str, writes: bool) -> None:
    pauses: list[float] = []
    with pytest.raises(NetworkError, match="refused") as caught:
        transport(nobody, pauses, retries=2).request("POST", "/x", writes=writes)
    assert len(pauses) == 2
    assert caught.value.attempts == 3
    assert not caught.value.maybe_processed


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (hang_up, NetworkError),
        (say_nothing, RequestTimeoutError),
        (lambda connection: connection.sendall(HEAD + b'Content-Length: 50\r\n\r\n{"backup": '), NetworkError),
        (lambda connection: connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{"), NetworkError),
        (lambda connection: connection.sendall(HEAD + b"Content-Length: 50\r\n\r\n{}"), NetworkError),
    ],
    ids=["hang_up", "silence", "short_body", "short_chunk", "short_object"],
)
@pytest.mark.parametrize("writes", [False, True])
def test_lost_response(serve_bytes: ServeBytes, script: Script, kind: type[PXBackupError], writes: bool) -> None:
    server = serve_bytes(script)
    with pytest.raises(kind) as caught:
        transport(server.url, retries=1, timeout=0.2).request("POST", "/x", body={}, writes=writes)
    assert caught.value.maybe_processed
    assert len(server.heads) == caught.value.attempts == (1 if writes else 2)


@pytest.mark.parametrize(
    ("status", "script"),
    [
        (200, drip(HEAD + b"Content-Length: 100000\r\n\r\n", b" ")),
        (200, drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")),
        (500, drip(b"HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\n", b" ")),
        (302, drip(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 100000\r\n\r\n", b" ")),
    ],
    ids=["length", "chunked", "error", "redirect"],
)
def test_dripping_body(serve_bytes: ServeBytes, status: int, script: Script) -> None:
    server = serve_bytes(script)
    began = time.monotonic()
    with pytest.raises(
        RequestTimeoutError, match=r"did not complete the response within 1 seconds; .* raise request_timeout"
    ) as caught:
        transport(server.url, timeout=0.7, request_timeout=1, connect_timeout=0.1).request("GET", "/x", writes=False)
    assert 1 <= time.monotonic() - began < 10
    assert caught.value.http_status == status
    assert caught.value.retriable
    assert caught.value.maybe_processed


def test_dripping_body_does_not_lengthen_a_wait(serve_bytes: ServeBytes) -> None:
    server = serve_bytes(drip(HEAD + b"Content-Length: 100000\r\n\r\n", b" "))
    began = time.monotonic()
    with pytest.raises(RequestTimeoutError, match="did not complete the response within 1 second"):
        transport(server.url, timeout=30).request("GET", "/x", writes=False, limits=Limits(0.2))
    assert time.monotonic() - began < 10


def test_an_abandoned_response_closes_its_connection(serve_bytes: ServeBytes) -> None:
    gone = threading.Event()

    def send(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b" ")
                time.sleep(0.03)
        gone.set()

    server = serve_bytes(send)
    client = transport(server.url, timeout=0.1)
    # What is raised keeps what it came through alive, and so would an open connection.
    with pytest.raises(RequestTimeoutError) as caught:
        client.request("GET", "/x", writes=False)
    assert gone.wait(2), caught


def test_slow_body_that_ends_in_time(serve_bytes: ServeBytes) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 10\r\n\r\n")
        for piece in (b'{"', b"ok", b'":', b" 1", b" }"):
            time.sleep(0.1)
            connection.sendall(piece)

    assert transport(serve_bytes(send).url, timeout=0.4).request("GET", "/x", writes=False) == {"ok": 1}


@pytest.mark.parametrize(("limit", "seconds", "told"), [(0.2, None, 0.2), (0.2, 5.0, 0.2), (30.0, 1.32, 1.3)])
def test_unreachable_host_times_out(limit: float, seconds: float | None, told: float) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        client = transport(f"http://127.0.0.1:{full.getsockname()[1]}", connect_timeout=limit, timeout=0.3)
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError, match=rf"connecting to .* timed out after {told} seconds") as caught:
            client.request("GET", "/x", writes=False, limits=Limits(seconds))
        assert time.monotonic() - began < 10
        assert caught.value.retriable
        assert not caught.value.maybe_processed


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("3", 3.0),
        (" 0 ", 0.0),
        ("3600", 10.0),
        ("9" * 400, 10.0),
        ("Tue, 01 Jan 2080 00:00:00 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", 0.5),
        ("-5", 0.5),
        ("\xb2", 0.5),
        ("Mon, 01 Jan 0001 00:00:00 -0000", None),
    ],
)
def test_retry_after(serve: Serve, header: str, pause: float | None) -> None:
    server = serve(json_reply({}, 503, Retry_After=header), GOOD)
    pauses: list[float] = []
    assert transport(server.url, pauses, retries=1).request("GET", "/x", writes=False) == {"ok": 1}
    assert pauses == ([pause] if pause is not None else pauses[:1])
    assert 0 <= pauses[0] <= 10


@pytest.mark.parametrize(
    ("chance", "expected"), [(0.0, [0.25, 0.5, 1.0, 1.5, 1.5]), (0.5, [0.375, 0.75, 1.5, 2.25, 2.25])]
)
def test_pauses_double_with_jitter_up_to_the_limit(serve: Serve, chance: float, expected: list[float]) -> None:
    server = serve(json_reply({}, 503))
    pauses: list[float] = []
    client = transport(server.url, pauses, rand=lambda: chance, retries=5, retry_max_delay=3.0)
    with pytest.raises(ServerError):
        client.request("GET", "/x", writes=False)
    assert pauses == expected


@pytest.mark.parametrize(("seconds", "pauses"), [(None, [0.5, 1.0, 2.0]), (2.0, [0.5, 1.0]), (1.5, [0.5]), (0.5, [])])
def test_no_pause_reaches_beyond_the_end_of_a_wait(serve: Serve, seconds: float | None, pauses: list[float]) -> None:
    server = serve(json_reply({}, 503))
    waited: list[float] = [100.0]
    client = Transport(
        connection(server.url, retries=3), clock=lambda: sum(waited), sleep=waited.append, rand=lambda: 1.0
    )
    with pytest.raises(ServerError) as caught:
        client.request("GET", "/x", writes=False, limits=Limits(seconds))
    assert waited[1:] == pauses
    assert caught.value.attempts == len(server.requests) == len(pauses) + 1


def test_new_login_does_not_lengthen_a_wait(serve: Serve) -> None:
    replies = [json_reply({"access_token": "a-good-token"}), json_reply({"code": 16}, 401)]
    server = serve(*replies, replies[0], json_reply({}, 503))
    waited: list[float] = []
    login = Login(server.url, "eve", "long password")
    client = Transport(
        check_connection(Connection(server.url, login=login)), clock=lambda: sum(waited), sleep=waited.append
    )
    with pytest.raises(ServerError):
        client.request("GET", "/x", writes=False, limits=Limits(0.2))
    assert waited == []


def test_the_last_poll_of_a_wait_has_at_least_a_second(serve_bytes: ServeBytes) -> None:
    def send(connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.sendall(HEAD + b'Content-Length: 9\r\n\r\n{"ok": 1}')

    assert transport(serve_bytes(send).url).request("GET", "/x", writes=False, limits=Limits(0.1)) == {"ok": 1}


@pytest.mark.parametrize(
    ("timeout", "told"),
    [(30.0, "did not complete the response within 1.3 seconds"), (0.3, "sent nothing for 0.3 seconds")],
)
def test_silence_does_not_lengthen_a_wait(serve_bytes: ServeBytes, timeout: float, told: str) -> None:
    began = time.monotonic()
    with pytest.raises(RequestTimeoutError, match=told) as caught:
        transport(serve_bytes(say_nothing).url, timeout=timeout).request("GET", "/x", writes=False, limits=Limits(1.32))
    assert time.monotonic() - began < 10
    assert caught.value.maybe_processed
