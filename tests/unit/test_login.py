# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A login gives a token once, renews it once when it has expired, and never shows the password."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.auth import TokenSource
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import rfc3339, token_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Limits, Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    AuthenticationError,
    ProtocolError,
    PXBackupError,
    ServerError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.server import (
    HTTPServer,
    Reply,
    Request,
    Responder,
    json_reply,
)

Serve = Callable[..., HTTPServer]
PASSWORD = "correct horse+&%"
TOKEN_PATH = "/auth/realms/master/protocol/openid-connect/token"
EXPIRED = json_reply({"code": 16, "message": "token is expired"}, 401)


def logging_in(server: HTTPServer, retries: int = 0, **login: str) -> Transport:
    """Return a transport that gets its token from the same server."""
    made = Login(f"{server.url}/auth", "eve", PASSWORD, **login)
    return Transport(check_connection(Connection(server.url, login=made, retries=retries)), sleep=lambda _seconds: None)


def service(api: Responder) -> Responder:
    """Return a responder that gives the tokens token-1, token-2, ... and leaves the rest to ``api``."""
    numbers: Iterator[int] = iter(range(1, 100))

    def respond(request: Request) -> Reply:
        if request.path == TOKEN_PATH:
            return json_reply({"access_token": f"token-number-{next(numbers)}", "expires_in": 60})
        return api(request)

    return respond


def tokens(server: HTTPServer) -> list[str]:
    """Return the path and token of each request."""
    return [request.headers.get("Authorization", "login") for request in server.requests]


def test_one_login_serves_all_requests(serve: Serve) -> None:
    server = serve(responder=service(lambda _request: json_reply({})))
    client = logging_in(server)
    assert client.known_secrets == [PASSWORD]
    for _number in range(3):
        client.request("GET", "/x", writes=False)
    assert tokens(server) == ["login"] + ["Bearer token-number-1"] * 3
    assert client.known_secrets == ["token-number-1", PASSWORD]
    assert server.requests[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(server.requests[0].body.decode())) == {
        "grant_type": "password",
        "client_id": "pxcentral",
        "username": "eve",
        "password": PASSWORD,
    }


@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.parametrize("writes", [False, True])
def test_expired_token_is_renewed_once(serve: Serve, writes: bool, status: int) -> None:
    server = serve()
    good = "Bearer token-number-2"
    expired = json_reply({"code": 16 if status == 401 else 2, "message": "token is expired"}, status)
    server.responder = service(lambda item: json_reply({}) if item.headers["Authorization"] == good else expired)
    client = logging_in(server)
    assert client.request("POST", "/x", [("a", "b")], {"name": "n"}, writes=writes) == {}
    assert tokens(server) == ["login", "Bearer token-number-1", "login", good]
    assert [item.body for item in server.requests if item.path == "/x"] == [b'{"name": "n"}'] * 2
    assert [item.query for item in server.requests if item.path == "/x"] == [[("a", "b")]] * 2
    assert client.known_secrets == ["token-number-1", "token-number-2", PASSWORD]


@pytest.mark.parametrize("writes", [False, True])
def test_the_401_of_another_service_renews_the_token_for_a_read(serve: Serve, writes: bool) -> None:
    """A gateway may write the status as the code; whether a write arrived is not known then."""
    server = serve()
    good = "Bearer token-number-2"
    expired = json_reply({"code": 401, "message": "token expired"}, 401)
    server.responder = service(lambda item: json_reply({}) if item.headers["Authorization"] == good else expired)
    client = logging_in(server)
    if writes:
        with pytest.raises(AuthenticationError):
            client.request("POST", "/x", writes=True)
    else:
        assert client.request("GET", "/x", writes=False) == {}
    assert tokens(server).count("login") == (1 if writes else 2)


def test_a_refused_login_is_not_repeated_by_further_requests(serve: Serve) -> None:
    service = serve(json_reply({"error": "invalid_grant"}, 401))
    api = serve(json_reply({}))
    client = Transport(check_connection(Connection(api.url, login=Login(service.url, "eve", "wrong horse"))))
    for _request in range(3):
        with pytest.raises(AuthenticationError):
            client.request("GET", "/x", writes=False)
    assert len(service.requests) == 1
    assert api.requests == []


def test_a_login_without_a_response_is_sent_again(serve: Serve) -> None:
    service = serve(json_reply({}, 503), json_reply({"access_token": "token-later", "expires_in": 60}))
    api = serve(json_reply({"ok": 1}))
    login = Login(service.url, "eve", "correct horse")
    client = Transport(check_connection(Connection(api.url, login=login, retries=0)))
    with pytest.raises(PXBackupError):
        client.request("GET", "/x", writes=False)
    assert client.request("GET", "/x", writes=False) == {"ok": 1}


@pytest.mark.parametrize(("status", "error"), [(401, AuthenticationError), (503, ServerError)])
def test_a_new_login_that_fails_counts_for_all_threads(serve: Serve, status: int, error: type[PXBackupError]) -> None:
    """Many wrong logins in a row lock a user out; a service that is away is waited for once."""
    failed = json_reply({"error": "invalid_grant"}, status)
    logins = iter([json_reply({"access_token": "a-good-token"}), *[failed] * 20])
    meet = threading.Barrier(4)

    def respond(request: Request) -> Reply:
        if request.path == TOKEN_PATH:
            return next(logins)
        meet.wait(5)  # All threads have sent the old token before one of them hears that it has expired.
        return EXPIRED

    server = serve(responder=respond)
    client = logging_in(server)
    assert client.token == "a-good-token"

    def ask(_number: int) -> type[Exception]:
        with pytest.raises(error) as caught:
            client.request("GET", "/x", writes=False)
        return type(caught.value)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [error] * 4
    assert [request.path for request in server.requests].count(TOKEN_PATH) == 2


def test_a_login_without_a_token_says_which_request_it_was(serve: Serve) -> None:
    with pytest.raises(ProtocolError) as caught:
        logging_in(serve(json_reply({"access_token": ""}))).log_in()
    error = caught.value
    assert (error.method, error.path, error.attempts) == ("POST", TOKEN_PATH.partition("/auth")[2], 1)


def test_a_proxy_that_requires_a_login_does_not_renew_the_token(serve: Serve) -> None:
    server = serve(responder=service(lambda _request: Reply(407, b"")))
    with pytest.raises(AuthenticationError, match="proxy"):
        logging_in(server).request("GET", "/x", writes=False)
    assert tokens(server) == ["login", "Bearer token-number-1"]


@pytest.mark.parametrize(("writes", "sent"), [(False, 3), (True, 2)])
def test_write_after_a_new_login_is_still_a_write(serve: Serve, writes: bool, sent: int) -> None:
    replies = iter([EXPIRED, json_reply({}, 503), json_reply({})])
    server = serve(responder=service(lambda _request: next(replies)))
    client = logging_in(server, retries=1)
    if writes:
        with pytest.raises(ServerError):
            client.request("POST", "/x", body={}, writes=True)
    else:
        assert client.request("POST", "/x", body={}, writes=False) == {}
    assert len([request for request in server.requests if request.path == "/x"]) == sent


def test_token_that_is_always_refused_is_an_error(serve: Serve) -> None:
    server = serve(responder=service(lambda _request: EXPIRED))
    with pytest.raises(PXBackupError) as caught:
        logging_in(server).request("GET", "/x", writes=False)
    assert caught.value.category == "authentication"
    assert len(server.requests) == 4
    assert "token-number" not in str(caught.value)
    assert (caught.value.method, caught.value.path, caught.value.attempts) == ("GET", "/x", 1)


def test_a_failed_new_login_keeps_hiding_the_known_secrets(serve: Serve) -> None:
    server = serve(json_reply({"access_token": "token-number-1"}), EXPIRED, json_reply({}, 503))
    client = logging_in(server)
    with pytest.raises(ServerError):
        client.request("GET", "/x", writes=False)
    assert client.known_secrets == ["token-number-1", PASSWORD]


def test_login_through_a_proxy_that_the_api_does_not_need(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(json_reply({"access_token": "token-of-the-proxy", "expires_in": 60}))
    api = serve(json_reply({"by": "server"}))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    login = Login("http://login.invalid:1/auth", "eve", PASSWORD)
    client = Transport(check_connection(Connection(api.url, login=login)))
    assert client.request("GET", "/x", writes=False) == {"by": "server"}
    assert tokens(api) == ["Bearer token-of-the-proxy"]


def test_login_is_repeated_like_a_read(serve: Serve) -> None:
    server = serve(json_reply({}, 503), json_reply({"access_token": "token-number-1"}), json_reply({"ok": 1}))
    assert logging_in(server, retries=1).request("GET", "/x", writes=False) == {"ok": 1}
    assert tokens(server) == ["login", "login", "Bearer token-number-1"]


def test_login_without_a_user_or_password() -> None:
    client = Transport(check_connection(Connection("https://px", "given-token")))
    with pytest.raises(AuthenticationError) as caught:
        client.log_in()
    assert str(caught.value) == "no login is configured; set auth_url, username and password"


def test_given_token_is_not_renewed(serve: Serve) -> None:
    server = serve(EXPIRED)
    client = Transport(check_connection(Connection(server.url, "given-token", retries=0)))
    with pytest.raises(PXBackupError):
        client.request("GET", "/x", writes=False)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "category"),
    [
        (
            json_reply({"error": "invalid_grant", "error_description": "Invalid user credentials"}, 401),
            "authentication",
        ),
        (json_reply({"error": "unauthorized_client"}, 400), "authentication"),
        (json_reply({"error": "Realm does not exist"}, 404), "protocol"),
        (Reply(404, b"nothing here", ()), "protocol"),
        (Reply(200, b"<html>", ()), "protocol"),
        (Reply(302, b"", (("Location", "/login"),)), "protocol"),
        (json_reply({}), "protocol"),
        (json_reply({"access_token": None}), "protocol"),
        (json_reply({"access_token": 5}), "protocol"),
        (json_reply({"access_token": "a token\nX: 1"}), "protocol"),
        (json_reply({}, 503), "server"),
    ],
    ids=range(11),
)
def test_login_that_fails(serve: Serve, reply: Reply, category: str) -> None:
    server = serve(reply)
    with pytest.raises(PXBackupError) as caught:
        logging_in(server).request("GET", "/x", writes=False)
    assert caught.value.category == category
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in str(caught.value.as_dict())
    assert {request.path for request in server.requests} == {TOKEN_PATH}
    if reply.status != 200:
        assert (caught.value.http_status, caught.value.method, caught.value.attempts) == (reply.status, "POST", 1)
        assert f"/auth{caught.value.path}" == TOKEN_PATH


@pytest.mark.parametrize("realm", ["", "..", "a/b"])
def test_realm_that_no_server_can_route(serve: Serve, realm: str) -> None:
    server = serve(json_reply({}))
    with pytest.raises(PXBackupError, match="realm"):
        logging_in(server, realm=realm).request("GET", "/x", writes=False)
    assert server.requests == []


@pytest.mark.parametrize(
    ("response", "ends"),
    [
        ({"access_token": "opaque", "expires_in": 60}, 1060.0),
        ({"access_token": "opaque"}, None),
        ({"access_token": "opaque", "expires_in": "soon"}, None),
        ({"access_token": "e30.eyJleHAiOiA1MDAwfQ.s", "expires_in": 60}, 5000),
    ],
)
def test_end_of_a_token(response: dict[str, object], ends: float | None) -> None:
    assert token_of(response, 1000.0) == (response["access_token"], ends)


def test_time_as_text() -> None:
    assert rfc3339(1795000000) == "2026-11-18T11:06:40Z"


@pytest.mark.parametrize(
    ("status", "error", "description", "hint"),
    [
        (401, "invalid_grant", "Invalid user credentials", "check username and password"),
        (400, "invalid_grant", "Account disabled", "enable the account"),
        (400, "invalid_grant", "Account is not fully set up", "complete the required actions"),
        (400, "invalid_grant", "Account temporarily disabled", "wait until the account is unlocked"),
        (400, "unauthorized_client", "Client not allowed for direct access grants", "allow direct access grants"),
        (401, "unauthorized_client", None, "check client_id"),
        (401, "invalid_client", "Invalid client or Invalid client credentials", "check client_id"),
        (400, "unsupported_grant_type", "Unsupported grant_type", "does not accept passwords"),
        (400, "something_new", None, "check username, password, client_id and realm"),
        (404, "Realm does not exist", None, "check auth_url and realm"),
        (500, "unknown_error", None, "check the login service"),
    ],
)
def test_the_reason_of_the_login_service(
    serve: Serve, status: int, error: str, description: str | None, hint: str
) -> None:
    body = {"error": error, **({"error_description": description} if description else {})}
    with pytest.raises(PXBackupError) as caught:
        logging_in(serve(json_reply(body, status))).request("GET", "/x", writes=False)
    reason = f"{error}: {description}" if description else error
    assert caught.value.message.endswith(f"(HTTP {status}): {reason}")
    assert hint in (caught.value.hint or "")


def test_the_reason_of_the_login_service_is_hidden_and_bounded(serve: Serve) -> None:
    quoted = PASSWORD.replace(" ", "+").replace("+&%", "%2B%26%25")
    body = {"error": "invalid_grant", "error_description": f"{PASSWORD} and {quoted} \x1b[31m" + "x" * 100_000}
    with pytest.raises(AuthenticationError) as caught:
        logging_in(serve(json_reply(body, 401))).request("GET", "/x", writes=False)
    text = str(caught.value)
    assert PASSWORD not in text and quoted not in text
    assert "******** and ******** \\x1b[31m" in text
    assert len(text) <= 2000


def test_a_token_that_an_error_quotes_is_hidden_before_it_is_cut(serve: Serve) -> None:
    token = "token-" + "0123456789" * 47
    server = serve(json_reply({"code": 2, "message": "x" * 1900 + f" bad token {token}"}, 500))
    with pytest.raises(PXBackupError) as caught:
        Transport(check_connection(Connection(server.url, token))).request("GET", "/x", writes=False)
    assert "bad token ********" in caught.value.message
    assert token[:12] not in str(caught.value)


@pytest.mark.parametrize("text", ["NaN", "1e999", "-5", "true", "9" * 5000, '"soon"', "null", "1e400"], ids=range(8))
@pytest.mark.parametrize("place", ["expires_in", "exp"])
def test_a_good_login_is_not_lost_by_the_end_of_its_token(serve: Serve, text: str, place: str) -> None:
    claims = f'{{"exp": {text}}}' if place == "exp" and text != "9" * 5000 else "{}"
    token = "e30." + base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=") + ".sig"
    body = f'{{"access_token": "{token}", "expires_in": {text if place == "expires_in" else 60}}}'
    found = logging_in(serve(Reply(200, body.encode()))).log_in()
    assert found.value == token
    assert found.expires_at is None or isinstance(rfc3339(found.expires_at), str)


def test_a_token_file_is_read_again_when_the_token_is_refused(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first-token\n")

    def respond(request: Request) -> Reply:
        if request.headers["Authorization"] == "Bearer second-token":
            return json_reply({"ok": 1})
        path.write_text("second-token\n")
        return EXPIRED

    server = serve(responder=respond)
    client = Transport(check_connection(Connection(server.url, "first-token", token_file=str(path))))
    assert client.request("GET", "/x", writes=False) == {"ok": 1}
    assert tokens(server) == ["Bearer first-token", "Bearer second-token"]
    assert client.known_secrets == ["first-token", "second-token"]


def test_a_token_file_that_has_not_changed_is_not_tried_again(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("first-token\n")
    server = serve(EXPIRED)
    client = Transport(check_connection(Connection(server.url, "first-token", token_file=str(path))))
    with pytest.raises(AuthenticationError, match="token is expired"):
        client.request("GET", "/x", writes=False)
    assert len(server.requests) == 1


def test_another_attempt_of_a_task_logs_in_again(serve: Serve) -> None:
    service = serve(json_reply({"error": "invalid_grant"}, 401), json_reply({"access_token": "token-later"}))
    api = serve(json_reply({"ok": 1}))
    client = Transport(check_connection(Connection(api.url, login=Login(service.url, "eve", "correct horse"))))
    for _item in range(2):
        with pytest.raises(AuthenticationError):
            client.request("GET", "/x", writes=False)
    assert len(service.requests) == 1
    client.forget_refused_login()
    assert client.request("GET", "/x", writes=False) == {"ok": 1}


def test_a_login_without_a_token_names_its_request(serve: Serve) -> None:
    with pytest.raises(ProtocolError) as caught:
        logging_in(serve(json_reply({"token": "x"})), retries=2).request("GET", "/x", writes=False)
    assert caught.value.as_dict() == {
        "category": "protocol",
        "http_status": 200,
        "grpc_code": None,
        "method": "POST",
        "path": "/realms/master/protocol/openid-connect/token",
        "attempts": 1,
        "retriable": False,
        "hint": "is auth_url the address of the login service?",
    }


def test_a_login_keeps_to_the_time_of_the_call(serve: Serve) -> None:
    def slow(_request: Request) -> Reply:
        time.sleep(3)
        return json_reply({"access_token": "token-later"})

    began = time.monotonic()
    with pytest.raises(PXBackupError):
        logging_in(serve(responder=slow), retries=3).request("GET", "/x", writes=False, limits=Limits(1.0))
    assert time.monotonic() - began < 2.5


def test_a_login_that_is_not_sent_says_so(nobody: str) -> None:
    login = Login(f"{nobody}/auth", "eve", PASSWORD)
    client = Transport(check_connection(Connection(nobody, login=login, retries=0)), sleep=lambda _seconds: None)
    with pytest.raises(PXBackupError) as caught:
        client.log_in()
    assert caught.value.message.startswith("the login failed: no connection to 127.0.0.1:")


def test_a_login_that_is_refused_speaks_for_itself(serve: Serve) -> None:
    with pytest.raises(AuthenticationError) as caught:
        logging_in(serve(json_reply({"error": "invalid_grant"}, 401))).log_in()
    assert caught.value.message == "the login service refused the login of 'eve' (HTTP 401): invalid_grant"
    with pytest.raises(ValidationError) as invalid:
        logging_in(serve(), realm="a/b").log_in()
    assert not invalid.value.message.startswith("the login failed")


def test_a_new_login_keeps_to_the_time_of_the_call() -> None:
    deadlines: list[float | None] = []

    def log_in(deadline: float | None) -> str:
        deadlines.append(deadline)
        return f"token-number-{len(deadlines)}"

    source = TokenSource(Connection("https://px", login=Login("https://px", "eve", PASSWORD)), log_in)
    assert source.current(1.5) == "token-number-1"
    assert source.renew("token-number-1", 2.5) == "token-number-2"
    assert source.renew("token-number-1", 3.5) == "token-number-2"
    assert source.current() == "token-number-2"
    assert deadlines == [1.5, 2.5]
    assert source.known == ["token-number-1", "token-number-2"]
    assert source.can_renew is True
