# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strict responses: the API's JSON object, or an error that says what arrived instead."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from collections.abc import Callable

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
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


def read(server: HTTPServer | ByteServer) -> object:
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
def test_response_that_does_not_come_from_the_api(serve: Serve, reply: Reply, sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(serve(reply))
    assert caught.value.message == sentence
    assert "api_url" in (caught.value.hint or "")
    assert caught.value.http_status == reply.status
    assert not caught.value.retriable
    # Any service may have carried out the write, except one that does not have the address.
    assert caught.value.maybe_processed is (reply.status != 404)


def test_not_found_from_the_api(serve: Serve) -> None:
    body = json.dumps({"code": 5, "message": "object not found"}).encode()
    with pytest.raises(NotFoundError) as caught:
        read(serve(Reply(404, body, JSON)))
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
        read(serve(Reply(status, body, JSON)))
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
        read(serve(reply))
    assert str(caught.value) == sentence
    # It is unknown whether a write was processed: something else responded, or an unspecific error came after the work.
    assert caught.value.maybe_processed


@pytest.mark.parametrize("body", [b'{"backup": ', b' {"backup": {"x": "y'])
def test_json_that_stops_early(serve: Serve, body: bytes) -> None:
    with pytest.raises(NetworkError) as caught:
        read(serve(Reply(200, body, JSON)))
    assert str(caught.value) == (
        "the response (HTTP 200) ended early, in the middle of its JSON; "
        "something between here and the server closed the connection: run the task again"
    )
    assert caught.value.http_status == 200
    assert caught.value.retriable
    assert caught.value.maybe_processed


def test_body_that_is_shorter_than_its_length(serve_bytes: Callable[[Script], ByteServer]) -> None:
    # The JSON is complete, but may be the beginning of a longer text.
    server = serve_bytes(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}"))
    with pytest.raises(NetworkError) as caught:
        read(server)
    assert caught.value.retriable
    assert caught.value.maybe_processed


def test_compressed_response_that_is_longer_than_its_content(serve: Serve) -> None:
    assert read(serve(Reply(200, gzip.compress(b"{}"), (*JSON, ("Content-Encoding", "gzip"))))) == {}


def test_compressed_response_in_pieces(serve_bytes: Callable[[Script], ByteServer]) -> None:
    packed = gzip.compress(json.dumps({"x": "y" * 5000}).encode())

    def send(connection: socket.socket) -> None:
        opening = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        connection.sendall(opening.encode())
        for index in range(0, len(packed), 10):
            connection.sendall(packed[index : index + 10])
            time.sleep(0.002)

    assert read(serve_bytes(send)) == {"x": "y" * 5000}


@pytest.mark.parametrize("chunked", [False, True])
def test_large_response(serve_bytes: Callable[[Script], ByteServer], chunked: bool) -> None:
    body = json.dumps({"x": "y" * 3_000_000}).encode()

    def send(connection: socket.socket) -> None:
        if chunked:
            opening, sent = "Transfer-Encoding: chunked", f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        else:
            opening, sent = f"Content-Length: {len(body)}", body
        connection.sendall(f"HTTP/1.1 200 OK\r\n{opening}\r\n\r\n".encode() + sent)

    assert read(serve_bytes(send)) == json.loads(body)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(200, b'{"a": "\xff"}', JSON), "the server sent JSON that is not valid UTF-8 (HTTP 200)"),
        (Reply(200, b'{"a": 1} {"b": 2}', JSON), "the server sent invalid JSON (Extra data at character 9) (HTTP 200)"),
        (Reply(200, b'{"a": 1}\x00\x00', JSON), "the server sent invalid JSON (Extra data at character 8) (HTTP 200)"),
        (Reply(200, b'{"a": ' + b"[" * 200_000, JSON), "the server sent JSON that is nested too deep (HTTP 200)"),
        (
            Reply(200, b'{"a" 1}', JSON),
            "the server sent invalid JSON (Expecting ':' delimiter at character 5)",
        ),
        (
            Reply(200, b"{'a': 1}", JSON),
            "the server sent invalid JSON (Expecting property name enclosed in",
        ),
        (Reply(200, b"{}", (*JSON, ("Content-Encoding", "gzip"))), "the response cannot be decompressed"),
        (Reply(200, b"{}", (*JSON, ("Content-Encoding", "br"))), "the response has the content encoding 'br', which"),
        (
            Reply(200, gzip.compress(b'{"a": 1}')[:-9], (*JSON, ("Content-Encoding", "gzip"))),
            "the compressed response ends early",
        ),
    ],
    ids=range(9),
)
def test_the_error_names_what_is_wrong_with_the_response(serve: Serve, reply: Reply, sentence: str) -> None:
    server = serve(reply)
    with pytest.raises(ProtocolError) as caught:
        transport(server.url, retries=3).request("GET", "/x", writes=False)
    assert caught.value.message.startswith(sentence)
    assert len(server.requests) == 1
    assert caught.value.maybe_processed
    assert caught.value.http_status == 200


@pytest.mark.parametrize(
    ("opening", "sentence"),
    [
        (b"no HTTP at all\r\n\r\n", "did not respond with HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x16", "did not respond with HTTP"),
        (b"HTTP/1.1 2xx Fine\r\n\r\n", "did not respond with HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n{}", "has invalid or too many headers"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n{}", "has invalid or too many headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}", "has an invalid length or chunk size"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", "has an invalid length or chunk size"),
    ],
    ids=range(7),
)
def test_the_error_names_what_is_wrong_with_the_headers(
    serve_bytes: Callable[[Script], ByteServer], opening: bytes, sentence: str
) -> None:
    server = serve_bytes(lambda connection: connection.sendall(opening))
    with pytest.raises(ProtocolError, match=sentence) as caught:
        transport(server.url, retries=3).request("GET", "/x", writes=False)
    assert len(server.heads) == 1
    assert caught.value.maybe_processed


def test_a_response_with_a_byte_order_mark(serve: Serve) -> None:
    assert read(serve(Reply(200, b"\xef\xbb\xbf{}", JSON))) == {}


def test_a_compressed_response_of_several_parts(serve: Serve) -> None:
    packed = gzip.compress(b'{"x": "' + b"y" * 65529) + gzip.compress(b"z" * 65536) + gzip.compress(b'"}')
    body = read(serve(Reply(200, packed, (*JSON, ("Content-Encoding", "gzip")))))
    assert body == {"x": "y" * 65529 + "z" * 65536}
    assert read(serve(Reply(200, zlib.compress(b"{}"), (*JSON, ("Content-Encoding", "deflate"))))) == {}


NGINX = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"


@pytest.mark.parametrize(
    ("status", "body", "category", "hint"),
    [
        (400, NGINX, "protocol", "use https:// in api_url"),
        (400, b"Client sent an HTTP request to an HTTPS server.\n", "protocol", "use https:// in api_url"),
        (400, b"<html>Bad Request</html>", "validation", "api_url"),
        (401, b"<html>", "authentication", "log in to it"),
        (403, b"<html>", "permission", "allow the request in its configuration"),
        (407, b"<html>", "authentication", "the login of the proxy"),
        (413, b"<html>", "validation", "limits the size of requests"),
        (414, b"<html>", "validation", "limits the length of addresses"),
        (421, b"<html>", "protocol", "does not serve this host name"),
        (431, b"", "validation", "limits the size of headers"),
        (499, b"<html>", "server", ""),
        (502, b"<html>", "server", "could not reach PX-Backup"),
        (504, b"", "server", "got no response from PX-Backup in time"),
    ],
)
def test_a_page_of_a_gateway_does_not_blame_px_backup(
    serve: Serve, status: int, body: bytes, category: str, hint: str
) -> None:
    with pytest.raises(PXBackupError) as caught:
        read(serve(Reply(status, body, HTML)))
    assert "PX-Backup refused" not in str(caught.value)
    assert (caught.value.category, caught.value.http_status) == (category, status)
    assert hint in (caught.value.hint or "")
    assert caught.value.maybe_processed is (status >= 499)


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J\x07PLAY RECAP", "a\nPLAY RECAP ***\nhost: ok=1", "\x9b31m", "\u202eevil", "\ud800", "x" * 1_000_000],
)
def test_hostile_text_of_the_server_stays_one_harmless_line(serve: Serve, text: str) -> None:
    replies = [
        json_reply({"code": 2, "message": text}, 500),
        json_reply({"error": text, "code": 2}),
        Reply(302, b"", (("Location", "/\x1b[2J\x9b"),)),
        Reply(500, b"", (("Content-Type", "a\x1b[2J\x9bb"),)),
    ]
    for reply in replies:
        with pytest.raises(PXBackupError) as caught:
            Api(transport(serve(reply).url), "default").enumerate_backups({}, 0, 1)
        for shown in (str(caught.value), caught.value.message, caught.value.hint or ""):
            assert not set(shown) & {chr(code) for code in (*range(32), 0x7F, *range(0x80, 0xA0), 0x202E, 0xD800)}
            assert len(shown) <= 2000
