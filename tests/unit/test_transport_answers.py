# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strict answers: the API's JSON object, or an error that says what came instead."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    NotFoundError,
    ProtocolError,
    PXBackupError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import ByteServer, HTTPServer, Reply, Script

Serve = Callable[..., HTTPServer]
HTML = (("Content-Type", "text/html; charset=utf-8"),)
PLAIN = (("Content-Type", "text/plain"),)
JSON = (("Content-Type", "application/json"),)


def answered(server: HTTPServer | ByteServer) -> object:
    return transport(server.url).request("GET", "/x", writes=False)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, b"<html>login</html>", HTML), "an HTML page"),
        (Reply(200, b"\n <!DOCTYPE html><p>", PLAIN), "an HTML page"),
        (Reply(200, b"", JSON), "an empty body"),
        (Reply(200, b" \r\n", JSON), "an empty body"),
        (Reply(200, b"[]", JSON), "a JSON list"),
        (Reply(200, b'"x"', JSON), "a JSON string"),
        (Reply(200, b"null", JSON), "a JSON null"),
        (Reply(200, b"true", JSON), "a JSON boolean"),
        (Reply(200, b"5", JSON), "a JSON number"),
        (Reply(200, b"pong", PLAIN), "text/plain"),
        (Reply(200, b"pong", ()), "no stated type"),
        (Reply(200, b"\xff\xfe\x00", PLAIN), "text/plain"),
        (Reply(200, b"[" * 200_000, JSON), "JSON"),
        (Reply(201, b"{}", JSON), "HTTP 201"),
        (Reply(404, b"404 page not found\n", PLAIN), "no such address"),
        (Reply(404, b"Not Found", HTML), "no such address"),
        (Reply(404, b"{}", JSON), "no such address"),
        (Reply(404, b"[]", JSON), "no such address"),
    ],
    ids=range(18),
)
def test_answer_that_is_not_the_api(serve: Serve, reply: Reply, words: str) -> None:
    with pytest.raises(ProtocolError, match=words) as caught:
        answered(serve(reply))
    assert caught.value.hint
    assert caught.value.http_status == reply.status
    assert not caught.value.retriable


def test_absence_that_the_api_tells(serve: Serve) -> None:
    body = json.dumps({"code": 5, "message": "object not found"}).encode()
    with pytest.raises(NotFoundError) as caught:
        answered(serve(Reply(404, body, JSON)))
    assert (caught.value.http_status, caught.value.grpc_code) == (404, "NotFound")


@pytest.mark.parametrize(
    ("status", "body", "category"),
    [
        (500, b'{"code": 2, "message": "object not found"}', "not_found"),
        (500, b'{"error": "object not found", "code": 2}', "not_found"),
        (500, b'{"code": "2", "message": "boom"}', "server"),
        (500, b'{"code": null, "message": null}', "server"),
        (500, b'{"message": ["boom"]}', "server"),
        (500, b"<html>", "server"),
        (401, b"", "authentication"),
        (403, b"<html>object not found</html>", "permission"),
        (502, b"", "server"),
        (500, b"[" * 200_000, "server"),
    ],
    ids=range(10),
)
def test_refusal(serve: Serve, status: int, body: bytes, category: str) -> None:
    with pytest.raises(PXBackupError) as caught:
        answered(serve(Reply(status, body, JSON)))
    assert (caught.value.category, caught.value.http_status) == (category, status)


@pytest.mark.parametrize("body", [b'{"backup": ', b'{"backup": {"x": "y'])
def test_json_that_stops_early(serve: Serve, body: bytes) -> None:
    with pytest.raises(NetworkError, match="stopped early") as caught:
        answered(serve(Reply(200, body, JSON)))
    assert caught.value.retriable
    assert caught.value.maybe_processed


def test_compressed_answer_in_pieces(serve_bytes: Callable[[Script], ByteServer]) -> None:
    packed = gzip.compress(json.dumps({"x": "y" * 5000}).encode())

    def send(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        connection.sendall(head.encode())
        for index in range(0, len(packed), 10):
            connection.sendall(packed[index : index + 10])
            time.sleep(0.002)

    assert answered(serve_bytes(send)) == {"x": "y" * 5000}


@pytest.mark.parametrize("chunked", [False, True])
def test_large_answer(serve_bytes: Callable[[Script], ByteServer], chunked: bool) -> None:
    body = json.dumps({"x": "y" * 3_000_000}).encode()

    def send(connection: socket.socket) -> None:
        if chunked:
            head, sent = "Transfer-Encoding: chunked", f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        else:
            head, sent = f"Content-Length: {len(body)}", body
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + sent)

    assert answered(serve_bytes(send)) == json.loads(body)
