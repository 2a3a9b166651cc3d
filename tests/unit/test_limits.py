# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits of one request: it ends when any part of the response is slow, endless or too large."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.bodies import decompressed
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.exchange import Current, Exchange
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.sockets import limited_kinds
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Limits
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    ProtocolError,
    PXBackupError,
    RequestTimeoutError,
    TLSError,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.limits import ERROR_BYTES, RESPONSE_BYTES
from ansible_collections.pxops.px_backup.tests.unit.support.samples import transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import ByteServer, HTTPServer, Reply, Script

Serve = Callable[..., HTTPServer]
ServeBytes = Callable[[Script], ByteServer]
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
# Seconds: a piece arrives long before a pause is too long.
PAUSE, IDLE, TOTAL = 0.02, 0.4, 1.0


def drip(opening: bytes, pieces: Iterator[bytes]) -> Script:
    """Return a script that sends the pieces one by one, with a pause before each."""

    def send(connection: socket.socket) -> None:
        connection.sendall(opening)
        with contextlib.suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(PAUSE)

    return send


def single_bytes(text: bytes) -> Iterator[bytes]:
    return (bytes([byte]) for byte in itertools.cycle(text))


DRIPS = {
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "header": (HEAD + b"X-Long: ", b"x"),
    "many headers": (HEAD, b"X-A: b\r\n"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunk size": (CHUNKED, b"0"),
    "chunk extension": (CHUNKED + b"5;", b"x"),
    "chunk": (CHUNKED + b"ffff\r\n", b" "),
    "small chunks": (CHUNKED, b"1\r\n \r\n"),
    "trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX-Trailer: ", b"x"),
    "body": (HEAD + b"Content-Length: 65536\r\n\r\n", b" "),
    "body without length": (HEAD + b"Connection: close\r\n\r\n", b" "),
    "gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 65536\r\n\r\n" + gzip.compress(b"")[:10], b"\x00"),
}


@pytest.mark.parametrize("part", DRIPS)
def test_a_part_that_drips(serve_bytes: ServeBytes, part: str) -> None:
    opening, piece = DRIPS[part]
    endless = single_bytes(piece) if part not in ("many headers",) else itertools.repeat(piece)
    server = serve_bytes(drip(opening, endless))
    client = transport(server.url, timeout=IDLE, request_timeout=TOTAL)
    began = time.monotonic()
    with pytest.raises(PXBackupError) as caught:
        client.request("POST", "/x", body={}, writes=True)
    assert time.monotonic() - began < TOTAL + 1.5
    error = caught.value
    assert error.maybe_processed
    if isinstance(error, RequestTimeoutError):
        assert f"did not complete the response within {TOTAL:g} seconds" in str(error)
    else:
        # More headers than any server sends, or a compression that is none, end the request earlier.
        assert isinstance(error, ProtocolError)
        assert part in ("many headers", "gzip")
    assert len(server.heads) == 1


def test_a_handshake_that_drips(serve_bytes: ServeBytes) -> None:
    class Hello(ByteServer):
        def _serve(self, connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                # The beginning of a record of TLS that never ends.
                drip(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", single_bytes(b"\x03"))(connection)

    with Hello(lambda _connection: None) as server:
        client = transport(
            server.url.replace("http", "https"), validate_certs=False, timeout=IDLE, request_timeout=TOTAL
        )
        began = time.monotonic()
        with pytest.raises((RequestTimeoutError, TLSError)) as caught:
            client.request("POST", "/x", body={}, writes=True)
        assert time.monotonic() - began < TOTAL + 1.5
        assert not caught.value.maybe_processed


def test_a_proxy_whose_tunnel_drips(serve_bytes: ServeBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve_bytes(drip(HEAD + b"X-Long: ", single_bytes(b"x")))
    monkeypatch.setenv("https_proxy", server.url)
    client = transport("https://px.invalid:1", timeout=IDLE, request_timeout=TOTAL)
    began = time.monotonic()
    with pytest.raises(RequestTimeoutError) as caught:
        client.request("POST", "/x", body={}, writes=True)
    assert time.monotonic() - began < TOTAL + 1.5
    assert not caught.value.maybe_processed


def test_a_socks_proxy_that_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("socks")

    class Socks(ByteServer):
        def _serve(self, connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                connection.recv(100)
                connection.sendall(b"\x05\x00")
                connection.recv(100)
                # An address of 255 letters.
                drip(b"\x05\x00\x00\x03\xff", single_bytes(b"x"))(connection)

    with Socks(lambda _connection: None) as server:
        monkeypatch.setenv("http_proxy", server.url.replace("http://", "socks5h://"))
        client = transport("http://px.invalid:1", timeout=IDLE, request_timeout=TOTAL)
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError) as caught:
            client.request("POST", "/x", body={}, writes=True)
        assert time.monotonic() - began < TOTAL + 1.5
        assert not caught.value.maybe_processed


def test_a_server_that_does_not_read_the_request() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        client = transport(
            f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=30, request_timeout=TOTAL, connect_timeout=30
        )
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError) as caught:
            client.request("POST", "/x", body={"labels": {"x": "y" * 20_000_000}}, writes=True)
        assert time.monotonic() - began < TOTAL + 4
        assert caught.value.maybe_processed


def test_several_addresses_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with many addresses that do not respond takes no longer than one."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        for _number in range(2):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", full.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args: [address] * 20)
        client = transport("http://px.example.com:1", connect_timeout=0.4, timeout=IDLE, request_timeout=TOTAL)
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError, match="connecting to px.example.com:1 timed out") as caught:
            client.request("POST", "/x", body={}, writes=True)
        assert time.monotonic() - began < TOTAL + 1
        assert not caught.value.maybe_processed


def test_a_call_with_its_retries_keeps_to_its_time(serve_bytes: ServeBytes) -> None:
    server = serve_bytes(drip(HEAD + b"X-Long: ", single_bytes(b"x")))
    client = transport(server.url, timeout=IDLE, request_timeout=30, retries=50, retry_max_delay=0.01)
    began = time.monotonic()
    with pytest.raises(RequestTimeoutError):
        client.request("GET", "/x", writes=False, limits=Limits(2.0))
    assert 1.9 < time.monotonic() - began < 3.5
    assert len(server.heads) == 1


def test_a_connection_is_used_again_after_a_limited_exchange(serve: Serve) -> None:
    ports = set()

    def respond(request: Any) -> Reply:
        return Reply(200, b"{}")

    server = serve(responder=respond)
    client = transport(server.url, timeout=IDLE, request_timeout=TOTAL)
    for _number in range(3):
        client.request("GET", "/x", writes=False)
        time.sleep(TOTAL / 2)
    manager = next(iter(client._pools._managers.values()))
    ports.add(manager.connection_from_url(server.url).num_connections)
    assert ports == {1}


def bomb(size: int) -> bytes:
    """Return gzip data that unpacks to so many spaces, packed twice as well as once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b" " * 1_000_000) for _piece in range(size // 1_000_000)), packer.flush()])


@pytest.mark.parametrize(
    ("opening", "most"),
    [
        (HEAD, RESPONSE_BYTES),
        (b"HTTP/1.1 500 Oh\r\n", ERROR_BYTES),
        (b"HTTP/1.1 404 Oh\r\n", ERROR_BYTES),
    ],
)
@pytest.mark.parametrize("form", ["length", "chunked", "gzip"])
def test_a_body_that_is_too_large(serve_bytes: ServeBytes, opening: bytes, most: int, form: str) -> None:
    packed = bomb(most + 2_000_000) if form == "gzip" else b""

    def send(connection: socket.socket) -> None:
        piece = b" " * 1_000_000
        with contextlib.suppress(OSError):
            if form == "gzip":
                connection.sendall(opening + b"Content-Encoding: gzip\r\n\r\n" + packed)
            elif form == "chunked":
                connection.sendall(opening + b"Transfer-Encoding: chunked\r\n\r\n")
                for _number in range(most // 1_000_000 + 2):
                    connection.sendall(b"f4240\r\n" + piece + b"\r\n")
            else:
                connection.sendall(opening + b"Content-Length: 4294967296\r\n\r\n")
                for _number in range(most // 1_000_000 + 2):
                    connection.sendall(piece)

    with pytest.raises(ProtocolError, match=f"larger than {most} bytes") as caught:
        transport(serve_bytes(send).url, timeout=20).request("PUT", "/x", writes=True)
    assert caught.value.maybe_processed
    assert not caught.value.retriable
    assert caught.value.http_status == int(opening.split()[1])


@pytest.mark.parametrize("part", ["chunk size", "trailer", "chunk extension"])
def test_a_chunk_size_or_trailer_that_never_ends(serve_bytes: ServeBytes, part: str) -> None:
    """The parts around the body are limited, too: at full speed the memory is full before any deadline passes."""
    opening, piece = DRIPS[part]

    def send(connection: socket.socket) -> None:
        connection.sendall(opening)
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(piece * 1_000_000)

    with pytest.raises((ProtocolError, NetworkError)):
        transport(serve_bytes(send).url, timeout=20, request_timeout=60).request("GET", "/x", writes=False)


def test_a_bomb_is_unpacked_in_small_pieces() -> None:
    packed = bomb(10_000_000)
    pieces = list(decompressed([packed]))
    assert sum(map(len, pieces)) == 10_000_000
    assert max(map(len, pieces)) <= 65536


def test_every_byte_of_an_exchange_is_counted() -> None:
    exchange = Exchange("px", 1.0, 1.0, 100, lambda: 0.0)
    exchange.count(60)
    exchange.count(40)
    with pytest.raises(ProtocolError, match="larger than 100 bytes"):
        exchange.count(1)


def test_the_time_of_an_operation_is_what_is_left() -> None:
    times = iter([0.0, 5.0, 9.5, 10.0])
    exchange = Exchange("px", 2.0, 10.0, 100, lambda: next(times))
    assert exchange.timeout() == 2.0
    assert exchange.timeout(7.0) == 0.5
    with pytest.raises(RequestTimeoutError, match="did not complete the response within 10 seconds"):
        exchange.timeout()


LIBRARY = "ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup"
HOG = f"""
import re, sys
from {LIBRARY}.client.connection import Connection, check_connection
from {LIBRARY}.client.transport import Transport
from {LIBRARY}.errors import PXBackupError
client = Transport(check_connection(Connection(sys.argv[1], "good-token", retries=0)))
try:
    client.request("GET", "/x", writes=False)
except PXBackupError as error:
    # getrusage would count the memory of the process that started this one.
    peak = re.search(r"VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())
    print(error.category, int(peak.group(1)) // 1024, error)
"""


@pytest.mark.parametrize("form", ["2 GiB", "gzip bomb", "gzip bomb twice", "endless list", "error", "chunk size"])
def test_memory(serve_bytes: ServeBytes, form: str) -> None:
    piece = b" " * 1_000_000

    def endless() -> Iterator[bytes]:
        if form == "2 GiB":
            yield HEAD + b"Content-Length: 2147483648\r\n\r\n"
            yield from itertools.repeat(piece, 2148)
        elif form == "gzip bomb":
            yield HEAD + b"Content-Encoding: gzip\r\n\r\n" + bomb(200_000_000)
        elif form == "gzip bomb twice":
            yield HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(bomb(200_000_000))
        elif form == "endless list":
            yield CHUNKED + b'f\r\n{"backups": [{}\r\n'
            yield from itertools.repeat(b"f4240\r\n" + b", {}" * 250_000 + b"\r\n")
        elif form == "error":
            yield b'HTTP/1.1 500 Oh\r\n\r\n{"message": "'
            yield from itertools.repeat(b"x" * 1_000_000)
        else:
            yield CHUNKED
            yield from itertools.repeat(b"0" * 1_000_000)

    def send(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for part in endless():
                connection.sendall(part)

    done = subprocess.run(
        [sys.executable, "-c", HOG, serve_bytes(send).url], capture_output=True, text=True, timeout=120, check=True
    )
    category, megabytes, sentence = done.stdout.split(" ", 2)
    assert category in ("protocol", "network"), sentence
    assert int(megabytes) < 300, sentence
    assert len(sentence) < 2100


def test_tls_sockets_are_limited_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    trustme = pytest.importorskip("trustme")
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(settings)

    class Drips(ByteServer):
        def _serve(self, connection: socket.socket) -> None:
            with contextlib.suppress(OSError), settings.wrap_socket(connection, server_side=True) as tls:
                tls.recv(65536)
                drip(HEAD + b"X-Long: ", single_bytes(b"x"))(tls)

    with Drips(lambda _connection: None) as server:
        client = transport(
            server.url.replace("http", "https"), validate_certs=False, timeout=IDLE, request_timeout=TOTAL
        )
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError, match="did not complete the response") as caught:
            client.request("POST", "/x", body={}, writes=True)
        assert time.monotonic() - began < TOTAL + 1.5
        assert caught.value.maybe_processed


def test_every_way_to_receive_is_limited() -> None:
    current = Current()
    kind = limited_kinds(current).http.ConnectionCls.kind
    one, other = socket.socketpair()
    with kind(fileno=one.detach()) as limited, other:
        current.exchange = Exchange("px", 5.0, 5.0, 8, time.monotonic)
        other.sendall(b"123456789")
        assert limited.recv(4) == b"1234"
        buffer = bytearray(4)
        assert limited.recv_into(buffer) == 4
        with pytest.raises(ProtocolError):
            limited.recv(1)
        assert limited.send(b"x") == 1
        limited.sendall(b"y")
        assert other.recv(2) == b"xy"
        current.exchange = Exchange("px", 5.0, 0.0, 8, time.monotonic)
        for call in (lambda: limited.recv(1), lambda: limited.send(b"x"), lambda: limited.sendall(b"x")):
            with pytest.raises(RequestTimeoutError):
                call()


@pytest.mark.parametrize("connecting", [True, False])
def test_a_total_that_is_over_says_whether_the_request_may_have_arrived(connecting: bool) -> None:
    exchange = Exchange("px:443", 1.0, 5.0, 1000, lambda: 0.0)
    exchange.connecting = connecting
    error = exchange.timed_out()
    assert (error.retriable, error.maybe_processed) == (True, not connecting)
