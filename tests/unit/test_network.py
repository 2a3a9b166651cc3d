# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request without a response: its error, its hint, and whether it may have been carried out."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.exchange import Exchange
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.network import network_error
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    PXBackupError,
    RequestTimeoutError,
    TLSError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import connection, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import (
    ByteServer,
    HTTPServer,
    Script,
    host_of,
    json_reply,
)

Serve = Callable[..., HTTPServer]
ServeBytes = Callable[[Script], ByteServer]
# Longer than a name can be: no resolver asks anybody for it.
NO_NAME = ".".join(["x" * 60] * 5)
BROKEN = "check the network and the server, then run the task again"
WANTS_CERT = "a server that requires a client certificate (client_cert) closes the connection as well"
SPEAKS_TLS = "a server that expects TLS closes the connection as well: try https:// in api_url"
PROXY = "check https_proxy, http_proxy and no_proxy in the environment of the task"


def failure(url: str, **settings: object) -> PXBackupError:
    """Return the error of a write that is sent once."""
    with pytest.raises(PXBackupError) as caught:
        transport(url, **settings).request("POST", "/x", body={}, writes=True)
    return caught.value


def exchange(connecting: bool = False) -> Exchange:
    """Return an exchange with the host ``px`` that has just begun."""
    begun = Exchange("px", 1.0, 1.0, 1000, lambda: 0.0)
    begun.connecting = connecting
    return begun


def told(error: PXBackupError) -> tuple[type[PXBackupError], str, str | None, bool, bool]:
    """Return all that an error says."""
    return type(error), error.message, error.hint, error.retriable, error.maybe_processed


@pytest.fixture
def full() -> Iterator[str]:
    """Return the URL of a port that takes no connection and refuses none."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as stack:
        for _number in range(2):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def slamming() -> Iterator[str]:
    """Return host and port of a server that closes each connection at once."""

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_nobody_listens(nobody: str) -> None:
    assert told(failure(nobody)) == (
        NetworkError,
        f"no connection to {host_of(nobody)}: connection refused",
        "check that api_url is right and that PX-Backup is running",
        True,
        False,
    )


def test_host_name_that_cannot_be_resolved() -> None:
    assert told(failure(f"http://{NO_NAME}:1")) == (
        NetworkError,
        f"the host name {NO_NAME} cannot be resolved",
        "check the host name",
        True,
        False,
    )


def test_host_name_that_is_invalid() -> None:
    assert told(failure(f"http://{'x' * 64}:1")) == (
        ValidationError,
        f"the address {'x' * 64}:1 or that of a proxy is not a valid URL",
        "set it to https://HOST:PORT",
        False,
        False,
    )


def test_no_connection_in_time(full: str) -> None:
    assert told(failure(full, connect_timeout=0.2)) == (
        RequestTimeoutError,
        f"connecting to {host_of(full)} timed out after 0.2 seconds",
        "check api_url, firewalls and proxy settings, or raise connect_timeout",
        True,
        False,
    )


def test_silence(serve_bytes: ServeBytes) -> None:
    def say_nothing(connection: socket.socket) -> None:
        connection.settimeout(2)
        while connection.recv(65536):
            pass

    server = serve_bytes(say_nothing)
    assert told(failure(server.url, timeout=0.2)) == (
        RequestTimeoutError,
        f"{host_of(server.url)} sent nothing for 0.2 seconds",
        "find out what slows the server down, or raise timeout",
        True,
        True,
    )


@pytest.mark.parametrize(("scheme", "advice"), [("http", SPEAKS_TLS), ("https", WANTS_CERT)])
def test_connection_that_breaks(slamming: str, scheme: str, advice: str) -> None:
    assert told(failure(f"{scheme}://{slamming}")) == (
        NetworkError,
        f"the connection to {slamming} was closed before the response was complete",
        f"{BROKEN}; {advice}",
        True,
        # Until the handshake of TLS is over nothing of the request is sent.
        scheme == "http",
    )


def test_broken_connection_with_a_client_certificate() -> None:
    made = connection("https://px", client_cert="/client.pem")
    assert network_error(ConnectionResetError(), made, exchange()).hint == BROKEN


def test_host_name_that_an_old_library_compares() -> None:
    # urllib3 1.26 raises this one, without any SSLError of Python.
    from urllib3.util.ssl_match_hostname import CertificateError

    cause = CertificateError("hostname 'px' doesn't match 'other'")
    error = network_error(OSError(cause), connection("https://px"), exchange(connecting=True))
    assert isinstance(error, TLSError)
    assert not error.maybe_processed
    assert error.message == "the certificate of px is for another host name"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_is_down(nobody: str, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", nobody)
    assert told(failure(f"{scheme}://px.invalid:1")) == (
        NetworkError,
        "the proxy did not forward the request to px.invalid:1",
        PROXY,
        True,
        False,
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_nothing_was_sent_to(full: str, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    for proxy in (full, f"http://{NO_NAME}:1"):
        monkeypatch.setenv(f"{scheme}_proxy", proxy)
        error = failure(f"{scheme}://px.invalid:1", connect_timeout=0.2)
        assert "proxy" in str(error)
        assert error.retriable
        assert not error.maybe_processed


def test_proxy_that_opens_no_tunnel(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(json_reply({}))  # It does not know CONNECT.
    monkeypatch.setenv("https_proxy", proxy.url)
    assert told(failure("https://px.invalid:1")) == (
        NetworkError,
        "the proxy did not forward the request to px.invalid:1",
        PROXY,
        True,
        False,
    )
    assert proxy.requests == []


def test_proxy_that_closes_the_connection_after_a_request(
    serve_bytes: ServeBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", serve_bytes(lambda _connection: None).url)
    error = failure("http://px.invalid:1")
    assert isinstance(error, NetworkError)
    assert error.retriable
    assert error.maybe_processed


@pytest.mark.parametrize(
    "proxy", ["http://[", "http://a:b:c", "http://", "ftp://proxy:1", "socks://eve:hidden-word@proxy:1"]
)
def test_proxy_that_is_not_a_url(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    error = failure("http://px.invalid:1")
    assert isinstance(error, ValidationError)
    assert "of a proxy is not a valid URL" in str(error)
    assert "hidden-word" not in str(error)
