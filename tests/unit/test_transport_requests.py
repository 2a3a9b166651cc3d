# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests as they are sent: token, body, query; and settings of the environment that are ignored."""

from __future__ import annotations

import base64
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    ProtocolError,
    ServerError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.limits import SENTENCE_CHARACTERS
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN, connection, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import (
    ByteServer,
    HTTPServer,
    Reply,
    Request,
    Script,
    host_of,
    json_reply,
)

Serve = Callable[..., HTTPServer]


def test_request_as_it_arrives(serve: Serve) -> None:
    server = serve(json_reply({"ok": 1}))
    client = transport(server.url + "/prefix/")
    query = [("o.labels[a b]", "x&y"), ("uid", "\u00fc")]
    assert client.request("POST", "/v1/backup/p1%23old", query, {"name": "\u00fc"}, writes=True) == {"ok": 1}
    (request,) = server.requests
    assert (request.method, request.path, request.query) == ("POST", "/prefix/v1/backup/p1%23old", query)
    assert json.loads(request.body) == {"name": "\u00fc"}
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["User-Agent"] == "pxops.px_backup"
    assert client.attempts == 1


def test_the_user_agent_names_the_collection(serve: Serve) -> None:
    server = serve(json_reply({}))
    Transport(connection(server.url), user_agent="pxops.px_backup/1.2.3").request("GET", "/x", writes=False)
    assert server.requests[0].headers["User-Agent"] == "pxops.px_backup/1.2.3"


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("-inf")])
def test_a_body_that_is_not_json_in_unicode_is_not_sent(serve: Serve, value: object) -> None:
    server = serve(json_reply({}))
    with pytest.raises(ValidationError, match="a parameter contains a character that is not valid Unicode"):
        transport(server.url).request("POST", "/x", body={"labels": {"a": [value]}}, writes=True)
    assert server.requests == []


def test_a_body_is_json_in_utf_8(serve: Serve) -> None:
    server = serve(json_reply({}))
    transport(server.url).request("POST", "/x", body={"name": "\u00e4\U0001f600"}, writes=True)
    assert server.requests[0].body == '{"name": "\u00e4\U0001f600"}'.encode()


@pytest.mark.parametrize("query", [[("uid", "\ud800")], [("\udcff", "x")]])
def test_text_that_is_not_unicode_is_not_sent(serve: Serve, query: list[tuple[str, str]]) -> None:
    server = serve(json_reply({}))
    with pytest.raises(ValidationError) as caught:
        transport(server.url).request("GET", "/x", query, writes=False)
    assert (
        str(caught.value)
        == "a filter or a uid contains a character that is not valid Unicode; check the encoding of its source"
    )
    assert server.requests == []


def test_read_has_no_body(serve: Serve) -> None:
    server = serve()
    server.responder = lambda _request: json_reply({})
    transport(server.url).request("GET", "/v1/x", writes=False)
    assert server.requests[0].body == b""
    assert "Content-Type" not in server.requests[0].headers


def test_one_connection_serves_all_requests(serve_bytes: Callable[[Script], ByteServer]) -> None:
    def twice(connection: socket.socket) -> None:
        for _number in range(3):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            connection.recv(65536)

    server = serve_bytes(twice)
    client = transport(server.url)
    for _number in range(3):
        client.request("GET", "/x", writes=False)
    assert len(server.heads) == 1


def test_netrc_is_never_sent(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password stolen\ndefault login eve password stolen\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(json_reply({}))
    transport(server.url).request("GET", "/x", writes=False)
    assert server.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_redirect_is_not_followed(serve: Serve, status: int, method: str) -> None:
    server = serve(json_reply({}))
    target = server.url.replace("127.0.0.1", "user:secret@127.0.0.1") + "/login?token=secret"
    server.responder = lambda _request: Reply(status, b"", (("Location", target),))
    with pytest.raises(ProtocolError, match="/login") as caught:
        transport(server.url, retries=3).request(method, "/x", writes=method != "GET")
    assert len(server.requests) == 1
    assert caught.value.http_status == status
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        (None, "nowhere"),
        ("", "nowhere"),
        ("//", "nowhere"),
        ("/other", "/other"),
        ("/other?token=secret#secret", "/other"),
        ("https://user:secret@login.example.com:8443/auth?x=secret", "https://login.example.com/auth"),
        ("http://a:b:c/", "http://a/"),
        ("http:///x", "http:///x"),
        ("http://[", "an invalid address"),
        ("http://[::1", "an invalid address"),
        ("\xff", "\xff"),
    ],
)
@pytest.mark.parametrize("status", [300, 302])
def test_redirect_to_anything(serve: Serve, status: int, location: str | None, told: str) -> None:
    server = serve(Reply(status, b"", () if location is None else (("Location", location),)))
    with pytest.raises(ProtocolError) as caught:
        transport(server.url).request("GET", "/x", writes=False)
    assert str(caught.value) == (
        f"the server sent a redirect (HTTP {status}) to {told}, which is not followed; "
        "set api_url to the address of the API itself"
    )


def test_proxy_of_the_environment_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(json_reply({"by": "proxy"}))
    monkeypatch.setenv("http_proxy", proxy.url)
    assert transport("http://px.invalid:1").request("GET", "/x", writes=False) == {"by": "proxy"}
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    direct = serve(json_reply({"by": "server"}))
    assert transport(direct.url).request("GET", "/x", writes=False) == {"by": "server"}


def proxy_login(request: Request) -> str | None:
    return {name.lower(): value for name, value in request.headers.items()}.get("proxy-authorization")


def test_proxy_that_requires_a_login(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(json_reply({}))
    login = base64.b64encode("eve:p@ss:w\u20acrd".encode()).decode()
    for address in (proxy.url, proxy.url.removeprefix("http://"), proxy.url.removeprefix("http:")):
        monkeypatch.setenv("http_proxy", address.replace("127", "eve:p%40ss%3Aw%E2%82%ACrd@127", 1))
        transport("http://px.invalid:1").request("GET", "/x", writes=False)
    assert [proxy_login(request) for request in proxy.requests] == [f"Basic {login}"] * 3


def test_proxy_without_login_gets_none(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(json_reply({}))
    monkeypatch.setenv("http_proxy", proxy.url)
    transport("http://px.invalid:1").request("GET", "/x", writes=False)
    assert [proxy_login(request) for request in proxy.requests] == [None]


def test_the_proxy_is_determined_once_for_each_server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, direct = serve(json_reply({"by": "proxy"})), serve(json_reply({"by": "server"}))
    client = transport(direct.url)
    client.request("GET", "/x", writes=False)
    monkeypatch.setenv("http_proxy", proxy.url)
    assert client.request("GET", "/x", writes=False) == {"by": "server"}


def test_proxy_with_a_broken_library(nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests.utils", None)
    monkeypatch.setenv("http_proxy", nobody)
    with pytest.raises(ValidationError, match="requests, which reads this setting, cannot be imported"):
        transport("http://px.invalid:1").request("GET", "/x", writes=False)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.DependencyWarning")
def test_proxy_that_needs_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.delitem(sys.modules, "urllib3.contrib.socks", raising=False)
    monkeypatch.setenv("http_proxy", "socks5h://eve:hidden-word@127.0.0.1:1")
    with pytest.raises(ValidationError, match="requires the Python library PySocks; install PySocks") as caught:
        transport("http://px.invalid:1").request("GET", "/x", writes=False)
    assert "hidden-word" not in str(caught.value)


def test_proxy_that_is_down(nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", nobody.replace("//", "//user:hidden-word@"))
    with pytest.raises(NetworkError, match="proxy") as caught:
        transport("http://px.invalid:1").request("GET", "/x", writes=False)
    assert "hidden-word" not in str(caught.value)


@pytest.mark.parametrize("host", ["a..b", "*.example.com", "x" * 64])
def test_invalid_host_name(host: str) -> None:
    with pytest.raises((ValidationError, NetworkError)) as caught:
        transport(f"http://{host}:1").request("GET", "/x", writes=False)
    assert host in str(caught.value)


def test_error_texts_contain_neither_token_nor_query(serve: Serve, nobody: str) -> None:
    pages = [Reply(500, b"boom"), Reply(404, b"no"), Reply(200, b"[]"), Reply(401, b"{}"), Reply(302, b"")]
    texts = []
    for url in [nobody, *(serve(page).url for page in pages)]:
        with pytest.raises(Exception) as caught:  # noqa: B017 - every kind of error
            transport(url).request("GET", "/v1/x", [("uid", "query-word")], writes=False)
        texts += [str(caught.value), repr(caught.value.as_dict()), repr(caught.value.__context__ and "")]
        assert caught.value.path == "/v1/x"
        assert f"http://{host_of(url)}" not in str(caught.value)
        assert caught.value.__cause__ is None
    assert not [text for text in texts if TOKEN in text or "query-word" in text]


def test_the_path_of_an_error_is_bounded(serve: Serve) -> None:
    client = transport(serve(json_reply({"code": 13, "message": "away"}, 500)).url)
    with pytest.raises(ServerError) as caught:
        client.request("GET", "/v1/" + "x" * 5000, writes=False)
    assert len(caught.value.path or "") <= SENTENCE_CHARACTERS


def test_a_request_with_a_token_of_another_user(serve: Serve) -> None:
    server = serve(json_reply({}))
    transport(server.url).request("GET", "/x", writes=False, token="other-token-0123456789")
    assert server.requests[0].headers["Authorization"] == "Bearer other-token-0123456789"
