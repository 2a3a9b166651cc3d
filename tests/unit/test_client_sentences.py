# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole sentences of errors and warnings of the connection: what is wrong, and what to do."""

from __future__ import annotations

import errno
import ssl
import zlib
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.bodies import (
    decompressed,
    encode_body,
    read_body,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.call import pause_after
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
    insecurities,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.error_responses import from_response
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.exchange import Exchange
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.login import token_in
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.network import network_error
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.options import (
    CONNECTION_OPTIONS,
    check_required,
    connection_from,
    login_connection_from,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.responses import Response, json_object
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tls import needs_tls, tls_error
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError

TOKEN = "canary-token-0123456789"
PASSWORD = "canary-password"
LOGIN = Login("https://login.example.com/auth", "bob", PASSWORD)
GATEWAY_HINT = "check the server and the proxies and gateways before it"
ADDRESS_HINT = "is api_url the address of the PX-Backup REST API (by default port 10001)?"
GATEWAY = "a proxy, a gateway or another service responded in place of PX-Backup"


def said(call: Any, *args: Any, **options: Any) -> str:
    """Return the sentence of the error that a call raises."""
    with pytest.raises(PXBackupError) as caught:
        call(*args, **options)
    return str(caught.value)


class Raw:
    """A response of urllib3 with this body."""

    def __init__(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._body = body

    def stream(self, size: int, decode_content: bool) -> Any:
        assert not decode_content
        return (self._body[start : start + size] for start in range(0, len(self._body), size))


@pytest.mark.parametrize("value", ["\udcff", float("inf"), float("nan")])
def test_a_request_that_cannot_be_written(value: Any) -> None:
    assert said(encode_body, {"name": value}) == (
        "a parameter contains a character that is not valid Unicode, or a number that is not finite; check the "
        "encoding of its source"
    )
    assert encode_body({"name": "ü"}) == '{"name": "ü"}'.encode()


def test_a_response_that_cannot_be_read() -> None:
    assert said(read_body, Raw(b"x", Content_Encoding=" BR ")) == (
        f"the response has the content encoding 'br', which was not requested; {GATEWAY_HINT}"
    )
    assert said(read_body, Raw(b"no compressed data", Content_Encoding="gzip")) == (
        f"the response cannot be decompressed; {GATEWAY_HINT}"
    )
    half = zlib.compress(b"some text that is longer")[:-3]
    assert said(read_body, Raw(half, Content_Encoding="deflate")) == (
        f"the compressed response ends early; {GATEWAY_HINT}"
    )
    with pytest.raises(PXBackupError) as caught:
        list(decompressed([b"x"]))
    assert caught.value.maybe_processed is True


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "x-gzip", "deflate", " GZip "])
def test_a_response_in_every_encoding(encoding: str) -> None:
    plain = encoding in ("", "identity")
    kept = zlib.compressobj(wbits=zlib.MAX_WBITS | (16 if "zip" in encoding.lower() else 0))
    body = b"text" if plain else kept.compress(b"text") + kept.flush()
    assert read_body(Raw(body, Content_Encoding=encoding)) == b"text"  # type: ignore[arg-type]


def test_an_error_response_is_read_up_to_a_lower_limit() -> None:
    body = b" " * (1024 * 1024)
    assert len(read_body(Raw(body))) == len(body)  # type: ignore[arg-type]
    limited = said(read_body, Raw(body * 5, 500))
    assert limited.startswith("the response is larger than ")
    assert limited.endswith(f" bytes; {GATEWAY_HINT}")


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (
            "$ANSIBLE_VAULT;1.1;AES256",
            "token contains text encrypted with Ansible Vault; decrypt it first, for example with lookup",
        ),
        ('{"access_token": "x"}', "token contains JSON, not a token; set it to the value of access_token alone"),
        ("ab", "token has fewer than 8 characters; set it to the whole token that the login returned"),
        (
            "Bearer abcdefgh",
            "token contains a space, a line break or another character that no token has; set it to the token alone, "
            "without 'Bearer'",
        ),
    ],
)
def test_a_token_that_is_none(token: str, sentence: str) -> None:
    assert said(check_connection, Connection("https://px", token)) == sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"api_url": "https://bob:secret@px"},
            "api_url contains a user or a password; remove them and use token, or auth_url with username",
        ),
        ({"api_url": "ftp://px"}, "api_url 'ftp://px' has the scheme 'ftp'; set it to https://HOST:PORT"),
        ({"api_url": "https://"}, "api_url 'https://' does not name a host; set it to https://HOST:PORT"),
        ({"api_url": "https://px:0"}, "api_url 'https://px:0' does not name a host; set it to https://HOST:PORT"),
        ({"api_url": "https://https"}, "api_url 'https://https' does not name a host; set it to https://HOST:PORT"),
        ({"api_url": "https://p x"}, "api_url 'https://p x' does not name a host; set it to https://HOST:PORT"),
        ({"api_url": "https://px:x"}, "api_url 'https://px:x' is not a valid URL; set it to https://HOST:PORT"),
        (
            {"api_url": "https://px?a=b"},
            "api_url 'https://px' is followed by a query or a fragment, which is not shown; set it to "
            "https://HOST:PORT",
        ),
        ({"client_key": "k"}, "client_key requires client_cert; set both, or client_cert alone"),
        (
            {"login": LOGIN._replace(password="short")},
            "password has fewer than 8 characters; use a user with a longer password",
        ),
        ({"login": LOGIN._replace(username="")}, "username is empty; set it to the login name"),
        ({"retries": -1}, "retries is -1; set it to at least 0 and at most 100"),
    ],
)
def test_a_connection_that_is_not_valid(changes: dict[str, Any], sentence: str) -> None:
    connection = Connection("https://px", TOKEN)
    assert said(check_connection, connection._replace(**changes)) == sentence


def test_a_url_is_completed() -> None:
    for given, checked in {
        "px.example.com:10001/": "https://px.example.com:10001",
        " HTTP://px/base// ": "http://px/base",
        "https://[::1]:10001": "https://[::1]:10001",
    }.items():
        assert check_connection(Connection(given, TOKEN)).api_url == checked


def test_what_exposes_a_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(TOKEN)
    secret.chmod(0o644)
    connection = Connection(
        "http://px",
        TOKEN,
        LOGIN._replace(auth_url="http://login"),
        validate_certs=False,
        token_file=str(secret),
        client_cert=str(secret),
    )
    readable = f"'{secret}' is readable by every user of this host. Restrict it to its owner (0600)."
    assert insecurities(connection) == [
        "api_url is http://: the token and all data travel in clear text. Use https://.",
        "auth_url is http://: the password travels in clear text. Use https://.",
        "validate_certs is false: anybody on the network path can read the token and the password. Set ca_cert to the "
        "certificate authority of the server instead.",
        f"token_file {readable}",
        f"client_key {readable}",
    ]
    secret.chmod(0o640)
    safe = connection._replace(api_url="https://px", login=LOGIN, validate_certs=True)
    assert insecurities(safe) == []
    assert insecurities(safe._replace(token_file=str(tmp_path / "none"), client_cert="\0")) == []


def parameters(**changes: Any) -> dict[str, Any]:
    defaults = {name: option.default for name, option in CONNECTION_OPTIONS.items()}
    return {**defaults, "api_url": "https://px", "org_id": "default", **changes}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            "no authentication method is configured; set token, or token_file, or auth_url with username and password "
            "(or their environment variables)",
        ),
        (
            {"token": TOKEN, "auth_url": "https://login"},
            "token and auth_url are mutually exclusive; set token, or token_file, or auth_url with username and "
            "password (or their environment variables)",
        ),
        ({"auth_url": "https://login"}, "auth_url is set without username; set username too"),
        ({"auth_url": "https://login", "username": "bob"}, "auth_url is set without password; set password too"),
        (
            {"token": TOKEN, "ca_cert": "/a", "ssl_config": {"ca_cert": "/b"}},
            "ca_cert is '/a', but ssl_config.ca_cert is '/b'; omit one of them",
        ),
        (
            {"token": TOKEN, "validate_certs": False, "ssl_config": {"validate_certs": True}},
            "validate_certs is False, but ssl_config.validate_certs is True; omit one of them",
        ),
    ],
)
def test_options_that_make_no_connection(changes: dict[str, Any], sentence: str) -> None:
    assert said(connection_from, parameters(**changes)) == sentence


def test_options_that_are_required() -> None:
    assert said(check_required, parameters(api_url="")) == (
        "api_url is required; set it, such as https://px-backup.example.com:10001"
    )
    assert said(check_required, parameters(org_id=None)) == (
        "org_id is required; set it, in most installations to 'default'"
    )


def test_options_become_a_connection(tmp_path: Path) -> None:
    login = {"auth_url": " https://login ", "username": " bob ", "password": " pass word \r\n"}
    found = connection_from(
        parameters(**login, ssl_config={"ca_cert": "/b", "client_key": ""}, client_key="", retries=7)
    )
    assert found.login == Login("https://login", "bob", " pass word ", "pxcentral", "master")
    assert (found.ca_cert, found.client_key, found.token, found.retries) == ("/b", None, "", 7)
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    found = connection_from(parameters(token_file=str(file)))
    assert (found.token, found.token_file, found.login) == (TOKEN, str(file), None)


def response(status: int, content: bytes = b"", url: str = "https://px", **headers: str) -> Response:
    return Response(url, status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


@pytest.mark.parametrize(
    ("status", "content", "sentence"),
    [
        (
            401,
            b'{"error": "invalid_grant", "error_description": "Invalid user credentials"}',
            "the login service refused the login of 'bob' (HTTP 401): invalid_grant: Invalid user credentials; check "
            "username and password",
        ),
        (
            400,
            b'{"error": "odd", "error_description": 7}',
            "the login service refused the login of 'bob' (HTTP 400): odd; check username, password, client_id and "
            "realm",
        ),
        (
            404,
            b'{"error": "Realm does not exist"}',
            "there is no token endpoint at auth_url (HTTP 404): Realm does not exist; check auth_url and realm; most "
            "installations need /auth at the end of auth_url",
        ),
        (
            302,
            b"",
            "there is no token endpoint at auth_url (HTTP 302); check auth_url and realm; most installations need "
            "/auth at the end of auth_url",
        ),
        (
            503,
            b"",
            "the login service failed (HTTP 503); check the login service, or run the task again later",
        ),
        (
            200,
            b"{}",
            "the login failed: the login service sent a response without a usable access_token; is auth_url the "
            "address of the login service?",
        ),
        (
            200,
            b"<html>",
            "the login failed: the server sent an HTML page, not the API (HTTP 200); is auth_url the address of the "
            "login service?",
        ),
    ],
)
def test_a_login_without_success(status: int, content: bytes, sentence: str) -> None:
    found = response(status, content, Content_Type="text/html" if content[:1] == b"<" else "application/json")
    with pytest.raises(PXBackupError) as caught:
        token_in(LOGIN, found, 0)
    assert str(caught.value) == sentence
    assert (caught.value.http_status, caught.value.maybe_processed) == (status, False)
    assert caught.value.retriable is (status == 503)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            response(301, Location="https://bob:pw@other/x?token=y#z"),
            "the server sent a redirect (HTTP 301) to https://other/x, which is not followed; set api_url to the "
            "address of the API itself",
        ),
        (
            response(302),
            "the server sent a redirect (HTTP 302) to nowhere, which is not followed; set api_url to the address of "
            "the API itself",
        ),
        (
            response(302, Location="/login?a=b"),
            "the server sent a redirect (HTTP 302) to /login, which is not followed; set api_url to the address of the "
            "API itself",
        ),
        (
            response(302, Location="https://[bad"),
            "the server sent a redirect (HTTP 302) to an invalid address, which is not followed; set api_url to the "
            "address of the API itself",
        ),
        (
            response(404),
            f"the server has no such address (HTTP 404 that does not come from the API); {ADDRESS_HINT}",
        ),
        (response(204), f"the server sent HTTP 204, which the API never does; {ADDRESS_HINT}"),
        (
            response(400, b"plain HTTP request was sent to HTTPS port", "http://px"),
            "the server does not accept http:// (HTTP 400); use https:// in api_url",
        ),
        (
            response(407),
            "the proxy requires a login (HTTP 407); set the login of the proxy in https_proxy or http_proxy",
        ),
        (
            response(413, b"<html>", Content_Type="text/html"),
            f"{GATEWAY} (HTTP 413 with an HTML page); it limits the size of requests: send less, or raise its limit",
        ),
        (
            response(502, b"<html>", Content_Type="text/html"),
            f"{GATEWAY} (HTTP 502 with an HTML page); a gateway could not reach PX-Backup: run the task again later",
        ),
        (response(200), f"the server sent an empty body, not the API's JSON (HTTP 200); {ADDRESS_HINT}"),
        (
            response(200, b"[1]"),
            f"the server sent a JSON list where the API sends an object (HTTP 200); {ADDRESS_HINT}",
        ),
        (
            response(200, b'{"a": 1} x'),
            f"the server sent invalid JSON (Extra data at character 9) (HTTP 200); {ADDRESS_HINT}",
        ),
        (
            response(200, b'{"a": "\xff"}'),
            f"the server sent JSON that is not valid UTF-8 (HTTP 200); {ADDRESS_HINT}",
        ),
        (
            response(200, b"[" * 100_000),
            f"the server sent JSON that is nested too deep (HTTP 200); {ADDRESS_HINT}",
        ),
    ],
)
def test_a_response_that_is_none_of_the_api(found: Response, sentence: str) -> None:
    assert said(json_object, found, 0) == sentence


@pytest.mark.parametrize("cut", [b'{"a', b'{"a": tr', b'{"a": -', b'{"a": "te', b"{", b'{"a": [1, ', b'{"a": nul'])
def test_a_response_that_ends_early(cut: bytes) -> None:
    with pytest.raises(PXBackupError) as caught:
        json_object(response(200, cut), 0)
    assert "in the middle of its JSON" in str(caught.value)
    assert (caught.value.category, caught.value.maybe_processed) == ("network", True)


def test_a_length_that_does_not_arrive() -> None:
    assert "after 2 of 10 bytes" in said(json_object, response(200, b"{}", Content_Length="10"), 0)
    # A compressed body is longer than what arrives, and an invalid length says nothing.
    for headers in ({"Content_Length": "10", "Content_Encoding": "gzip"}, {"Content_Length": "ten"}):
        assert json_object(response(200, b"{}", **headers), 0) == {}
    assert json_object(response(200, b"{}", Content_Length="2"), 0) == {}


def test_a_code_that_its_status_never_has() -> None:
    error = from_response(200 + 218, 5, " gone ")
    assert str(error) == (
        "the response contradicts itself (HTTP 418, but NotFound): gone; check the proxies and gateways between here "
        "and PX-Backup"
    )
    assert (error.grpc_code, error.maybe_processed, error.retriable) == ("NotFound", True, False)
    error = from_response(503, 99, "")
    assert error.message == "the response contradicts itself (HTTP 503, but gRPC code 99): no reason given"
    assert (error.grpc_code, error.retriable) == (None, True)


def exchange(connecting: bool = False, over: bool = False) -> Exchange:
    times = iter([0.0])
    found = Exchange("px:10001", 5.0, 30.0, 100, lambda: next(times, 30.0 if over else 1.0))
    found.connecting = connecting
    return found


class CertificateError(Exception):
    """As urllib3 has one."""


BROKEN = "the connection to px:10001 was closed before the response was complete"
RUN_AGAIN = "check the network and the server, then run the task again"
REFUSED = OSError(errno.ECONNREFUSED, "Connection refused")


def named(kind: str, *args: Any) -> Exception:
    """Return an exception of a class of this name, as urllib3 has them."""
    found: Exception = type(kind, (Exception,), {})(*args)
    return found


@pytest.mark.parametrize(
    ("cause", "connecting", "sentence"),
    [
        (
            named("ProxyError"),
            True,
            "the proxy did not forward the request to px:10001; check https_proxy, http_proxy and no_proxy in the "
            "environment of the task",
        ),
        (named("NameResolutionError"), True, "the host name px cannot be resolved; check the host name"),
        (
            named("ConnectTimeoutError"),
            True,
            "connecting to px:10001 timed out after 10 seconds; check api_url, firewalls and proxy settings, or raise "
            "connect_timeout",
        ),
        (
            named("ReadTimeoutError"),
            False,
            "px:10001 sent nothing for 60 seconds; find out what slows the server down, or raise timeout",
        ),
        (
            named("NewConnectionError", REFUSED),
            True,
            "no connection to px:10001: connection refused; check that api_url is right and that PX-Backup is running",
        ),
        (
            named("NewConnectionError"),
            True,
            "no connection to px:10001: refused or unreachable; check that api_url is right and that PX-Backup is "
            "running",
        ),
        (
            named("LocationParseError"),
            True,
            "the address px:10001 or that of a proxy is not a valid URL; set it to https://HOST:PORT",
        ),
        (
            named("InvalidHeader"),
            False,
            f"the response of px:10001 has an invalid length or chunk size; {GATEWAY_HINT}",
        ),
        (
            ValueError("Response chunk size is too long"),
            False,
            f"the response of px:10001 has an invalid length or chunk size; {GATEWAY_HINT}",
        ),
        (
            named("LineTooLong"),
            False,
            f"the response of px:10001 has invalid or too many headers; {GATEWAY_HINT}",
        ),
        (named("BadStatusLine"), False, f"px:10001 did not respond with HTTP; {ADDRESS_HINT}"),
        (
            CertificateError("hostname 'px' doesn't match"),
            True,
            "the certificate of px:10001 is for another host name; use a name of the certificate in api_url, or issue "
            "a certificate for this name",
        ),
        (
            ssl.SSLEOFError("EOF occurred"),
            False,
            f"{BROKEN}; {RUN_AGAIN}; a server that requires a client certificate (client_cert) closes the connection "
            "as well",
        ),
    ],
)
def test_a_request_without_a_response(cause: Exception, connecting: bool, sentence: str) -> None:
    outer = RuntimeError("outer")
    outer.__cause__ = cause
    error = network_error(outer, Connection("https://px:10001", TOKEN), exchange(connecting))
    assert str(error) == sentence
    assert error.maybe_processed is not connecting


def test_a_server_that_may_expect_tls() -> None:
    plain = Connection("http://px:10001", TOKEN)
    assert str(network_error(named("Odd"), plain, exchange())) == (
        f"{BROKEN}; {RUN_AGAIN}; a server that expects TLS closes the connection as well: try https:// in api_url"
    )
    assert str(network_error(named("BadStatusLine"), plain, exchange())) == (
        f"px:10001 did not respond with HTTP; {ADDRESS_HINT} A server that expects TLS responds like this as well: try "
        "https:// in api_url"
    )
    known = plain._replace(api_url="https://px:10001", client_cert="c")
    assert str(network_error(named("Odd"), known, exchange())) == f"{BROKEN}; {RUN_AGAIN}"


def test_a_total_time_that_is_over() -> None:
    connection = Connection("https://px:10001", TOKEN)
    assert str(network_error(named("Odd"), connection, exchange(over=True))) == (
        "px:10001 did not complete the response within 30 seconds; find out what slows the server down, or raise "
        "request_timeout"
    )
    error = network_error(named("Odd"), connection, exchange(True, True))
    assert str(error) == (
        "connecting to px:10001 timed out after 30 seconds; check api_url, firewalls and proxy settings, or raise "
        "connect_timeout"
    )
    assert (error.retriable, error.maybe_processed) == (True, False)
    assert exchange(over=True).is_over() is True
    assert exchange().is_over() is False


def test_the_limits_of_an_exchange() -> None:
    assert exchange().timeout() == 5.0
    assert exchange().timeout(50.0) == 29.0
    assert exchange().timeout(2.0) == 2.0
    counting = exchange()
    counting.count(60)
    counting.count(40)
    assert said(counting.count, 1) == (
        "the response is larger than 100 bytes; is api_url the address of the PX-Backup REST API?"
    )
    assert said(exchange(over=True).timeout).startswith("px:10001 did not complete")
    for connecting in (False, True):
        with pytest.raises(PXBackupError) as caught:
            exchange(connecting).count(101)
        assert caught.value.maybe_processed is not connecting


def test_a_handshake_that_failed() -> None:
    unknown = tls_error(Exception("odd"), "px")
    assert str(unknown) == (
        "the TLS handshake with px failed (no reason given); check ca_cert, client_cert and client_key, and the TLS "
        "settings of the server"
    )
    rejected = ssl.SSLCertVerificationError("odd")
    rejected.verify_message = "no such extension"
    assert str(tls_error(rejected, "px")).startswith(
        "the certificate of px was rejected by OpenSSL (no such extension); replace the certificate of the server"
    )


@pytest.mark.parametrize(
    ("attempts", "retry_after", "longest", "chance", "pause"),
    [
        (1, None, 10, 1.0, 0.5),
        (2, None, 10, 1.0, 1.0),
        (4, None, 10, 1.0, 4.0),
        (9, None, 10, 1.0, 10.0),
        (1, None, 10, 0.0, 0.25),
        (3, None, 10, 0.5, 1.5),
        (1, None, 0.1, 1.0, 0.1),
        (5, 3.0, 10, 0.0, 3.0),
        (1, 30.0, 10, 0.0, 10.0),
        (1, 0.0, 10, 1.0, 0.0),
    ],
)
def test_the_pause_before_a_request_is_sent_again(
    attempts: int, retry_after: float | None, longest: float, chance: float, pause: float
) -> None:
    assert pause_after(attempts, retry_after, longest, lambda: chance) == pause


@pytest.mark.parametrize(
    ("status", "code", "text", "category"),
    [
        (404, 5, "more than one object found", "not_found"),
        (404, 5, "object not found", "not_found"),
        (404, 5, "failed to retrieve cluster [c]: object not found", "state"),
        (500, 2, "more than one object found", "conflict"),
        (500, 13, "object not found", "not_found"),
        (500, 2, "failed to retrieve cluster [c]: object not found", "state"),
        (500, 2, "anything", "server"),
        (400, 3, "object not found", "validation"),
    ],
)
def test_a_code_decides_before_the_text(status: int, code: int, text: str, category: str) -> None:
    assert from_response(status, code, text).category == category


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, False),
        ({"api_url": "https://px"}, True),
        ({"login": LOGIN}, True),
        ({"login": LOGIN._replace(auth_url="http://login")}, False),
        ({"ca_cert": "/c"}, True),
        ({"client_cert": "/c"}, True),
        ({"validate_certs": False}, True),
    ],
)
def test_when_tls_is_needed(changes: dict[str, Any], needed: bool) -> None:
    assert needs_tls(Connection("http://px", TOKEN)._replace(**changes)) is needed


def test_a_transport_hides_what_it_knows() -> None:
    client = Transport(check_connection(Connection("https://px", TOKEN)))
    assert client.hide(f"it is {TOKEN}, or {TOKEN}.") == "it is ********, or ********."


def test_a_task_that_only_logs_in_uses_the_same_options() -> None:
    login = {"auth_url": "https://login", "username": "bob", "password": PASSWORD}
    found = login_connection_from(parameters(**login, ca_cert="/b", timeout=7.0, retries=1))
    assert (found.api_url, found.token, found.login) == ("https://login", "", Login("https://login", "bob", PASSWORD))
    assert (found.ca_cert, found.timeout, found.retries) == ("/b", 7.0, 1)
