# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strict responses: the API's JSON object, or an error that says what arrived instead."""

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
    ServerError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import (
    ByteServer,
    HTTPServer,
    Reply,
    Script,
    json_reply,
)

Serve = Callable[..., HTTPServer]
HTML = (("Content-Type", "text/html; charset=utf-8"),)
PLAIN = (("Content-Type", "text/plain"),)
TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
JSON = (("Content-Type", "application/json"),)


def answered(server: HTTPServer | ByteServer) -> object:
    return transport(server.url).request("GET", "/x", writes=False)


IN_PLACE = "a proxy, a gateway or another service responded in place of PX-Backup"
ADDRESS = "is api_url the address of the PX-Backup REST API (by default port 10001)?"
NO_ADDRESS = "the server has no such address (HTTP 404 that does not come from the API)"
NO_SUCH_ROUTE = json_reply({"code": 5, "message": "Not Found", "details": []}, 404)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(200, b"<html>login</html>", HTML), "the server sent an HTML page, not the API (HTTP 200)"),
        (Reply(200, b"\n <!DOCTYPE html><p>", PLAIN), "the server sent an HTML page, not the API (HTTP 200)"),
        (Reply(200, b"<HTML>", PLAIN), "the server sent an HTML page, not the API (HTTP 200)"),
        (Reply(200, b"please log in", HTML), "the server sent an HTML page, not the API (HTTP 200)"),
        (Reply(200, b"", JSON), "the server sent an empty body, not the API's JSON (HTTP 200)"),
        (Reply(200, b" \r\n", JSON), "the server sent an empty body, not the API's JSON (HTTP 200)"),
        (Reply(200, b"[]", JSON), "the server sent a JSON list where the API sends an object (HTTP 200)"),
        (Reply(200, b'"x"', JSON), "the server sent a JSON string where the API sends an object (HTTP 200)"),
        (Reply(200, b"null", JSON), "the server sent a JSON null where the API sends an object (HTTP 200)"),
        (Reply(200, b"true", JSON), "the server sent a JSON boolean where the API sends an object (HTTP 200)"),
        (Reply(200, b"5", JSON), "the server sent a JSON number where the API sends an object (HTTP 200)"),
        (Reply(200, b"pong", TEXT), "the server sent text/plain, not the API's JSON (HTTP 200)"),
        (Reply(200, b"pong", ()), "the server sent a body without a content type, not the API's JSON (HTTP 200)"),
        (Reply(200, b"\xff\xfe\x00", PLAIN), "the server sent text/plain, not the API's JSON (HTTP 200)"),
        (Reply(200, b"[" * 200_000, JSON), "the server sent JSON that is nested too deep (HTTP 200)"),
        (Reply(201, b"{}", JSON), "the server sent HTTP 201, which the API never does"),
        (Reply(600, b"{}", JSON), "the server sent HTTP 600, which the API never does"),
        (Reply(404, b"404 page not found\n", PLAIN), NO_ADDRESS),
        (Reply(404, b"Not Found", HTML), NO_ADDRESS),
        (Reply(404, b"{}", JSON), NO_ADDRESS),
        (Reply(404, b"[]", JSON), NO_ADDRESS),
        (NO_SUCH_ROUTE, NO_ADDRESS),
    ],
    ids=range(22),
)
def test_answer_that_is_not_the_api(serve: Serve, reply: Reply, sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        answered(serve(reply))
    assert caught.value.message == sentence
    assert "api_url" in (caught.value.hint or "")
    assert caught.value.http_status == reply.status
    assert not caught.value.retriable
    # Whatever it was that answered: a write may have been carried out, but not by an address that is not there.
    assert caught.value.maybe_processed is (reply.status != 404)


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
        (500, b'{"code": [2], "message": "boom"}', "server"),
        (500, b'{"code": 2, "message": "Not Found"}', "server"),
        (500, b"<html>", "server"),
        (401, b"", "authentication"),
        (403, b"<html>object not found</html>", "permission"),
        (502, b"", "server"),
        (500, b"[" * 200_000, "server"),
    ],
    ids=range(12),
)
def test_refusal(serve: Serve, status: int, body: bytes, category: str) -> None:
    with pytest.raises(PXBackupError) as caught:
        answered(serve(Reply(status, body, JSON)))
    assert (caught.value.category, caught.value.http_status) == (category, status)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(500, b"<html>", HTML), f"{IN_PLACE} (HTTP 500 with an HTML page); {ADDRESS}"),
        (Reply(500, b"boom", TEXT), f"{IN_PLACE} (HTTP 500 with text/plain); {ADDRESS}"),
        (Reply(500, b"boom", ()), f"{IN_PLACE} (HTTP 500 with a body without a content type); {ADDRESS}"),
        (json_reply({"code": 2, "message": "boom"}, 500), "PX-Backup refused the request (HTTP 500, Unknown): boom"),
        (
            json_reply({"code": 2, "message": None}, 500),
            "PX-Backup refused the request (HTTP 500, Unknown): no reason given",
        ),
    ],
    ids=range(5),
)
def test_refusal_in_words(serve: Serve, reply: Reply, sentence: str) -> None:
    with pytest.raises(ServerError) as caught:
        answered(serve(reply))
    assert str(caught.value) == sentence
    # It is unknown whether a write was processed: something else responded, or an unspecific error came after the work.
    assert caught.value.maybe_processed


@pytest.mark.parametrize("body", [b'{"backup": ', b' {"backup": {"x": "y'])
def test_json_that_stops_early(serve: Serve, body: bytes) -> None:
    with pytest.raises(NetworkError) as caught:
        answered(serve(Reply(200, body, JSON)))
    assert str(caught.value) == (
        "the response (HTTP 200) ended early, in the middle of its JSON; "
        "something between here and the server closed the connection: run the task again"
    )
    assert caught.value.http_status == 200
    assert caught.value.retriable
    assert caught.value.maybe_processed


def test_body_that_is_shorter_than_it_says(serve_bytes: Callable[[Script], ByteServer]) -> None:
    # Whole JSON all the same: an empty list must not be taken for one that was cut off.
    server = serve_bytes(lambda wire: wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}"))
    with pytest.raises(NetworkError) as caught:
        answered(server)
    assert caught.value.retriable
    assert caught.value.maybe_processed


def test_compressed_answer_that_is_longer_than_its_content(serve: Serve) -> None:
    assert answered(serve(Reply(200, gzip.compress(b"{}"), (*JSON, ("Content-Encoding", "gzip"))))) == {}


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
