# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an exception of the HTTP library to what failed and whether the request may have been processed."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Callable, NamedTuple

from ..errors import NetworkError, ProtocolError, PXBackupError, RequestTimeoutError, ValidationError
from .connection import Connection
from .exchange import Exchange
from .tls import tls_error

_HINT_BETWEEN = "check the server and the proxies and gateways before it"


class Failure(NamedTuple):
    """A request without a complete response.

    Attributes:
        connection: with the limits that were in force.
        exchange: how far it got.
        causes: the exception and all that it wraps, outermost first.
    """

    connection: Connection
    exchange: Exchange
    causes: list[BaseException]


def network_error(exc: BaseException, connection: Connection, exchange: Exchange) -> PXBackupError:
    """Return the error for a request without a complete response. Neither a URL nor a header goes into its text."""
    failure = Failure(connection, exchange, list(_causes(exc)))
    error = _meaning(failure)
    # Until the connection is established, TLS and the tunnel of a proxy included, nothing of the request was sent.
    error.maybe_processed = not exchange.connecting
    return error


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Yield the exception and everything that it wraps, outermost first."""
    seen: set[int] = set()
    queue: list[BaseException] = [exc]
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [getattr(current, "reason", None), current.__cause__, current.__context__, *current.args]
        queue.extend(item for item in inner if isinstance(item, BaseException))


def _meaning(failure: Failure) -> PXBackupError:
    if failure.exchange.is_over():
        return failure.exchange.timed_out()
    for cause in failure.causes:
        # An end of file after the handshake is a broken connection, not a fault of the certificates.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return tls_error(cause, failure.exchange.host)
        # urllib3 1.26 compares host names itself and has its own error for that.
        if type(cause).__name__ == "CertificateError":
            return tls_error(cause, failure.exchange.host)
        if str(cause).startswith("Response chunk size"):
            return _invalid_frame(failure)
    names = {type(cause).__name__ for cause in failure.causes}
    for known, meaning in _MEANINGS:
        if known & names:
            return meaning(failure)
    return _broken(failure)


def _proxy(failure: Failure) -> PXBackupError:
    return NetworkError(
        f"the proxy did not forward the request to {failure.exchange.host}",
        hint="check https_proxy, http_proxy and no_proxy in the environment of the task",
        retriable=True,
    )


def _unresolved(failure: Failure) -> PXBackupError:
    host = failure.exchange.host
    name = host.rpartition(":")[0] or host
    return NetworkError(f"the host name {name} cannot be resolved", hint="check the host name", retriable=True)


def _timed_out(failure: Failure) -> PXBackupError:
    if failure.exchange.connecting:
        return RequestTimeoutError(
            f"connecting to {failure.exchange.host} timed out after {failure.connection.connect_timeout:g} seconds",
            hint="check api_url, firewalls and proxy settings, or raise connect_timeout",
            retriable=True,
        )
    return RequestTimeoutError(
        f"{failure.exchange.host} sent nothing for {failure.connection.timeout:g} seconds",
        hint="find out what slows the server down, or raise timeout",
        retriable=True,
    )


def _no_connection(failure: Failure) -> PXBackupError:
    return NetworkError(
        f"no connection to {failure.exchange.host}: {_os_reason(failure.causes)}",
        hint="check that api_url is right and that PX-Backup is running",
        retriable=True,
    )


def _no_url(failure: Failure) -> PXBackupError:
    return ValidationError(
        f"the address {failure.exchange.host} or that of a proxy is not a valid URL", hint="set it to https://HOST:PORT"
    )


def _no_http(failure: Failure) -> PXBackupError:
    hint = "is api_url the address of the PX-Backup REST API (by default port 10001)?"
    if failure.connection.api_url.startswith("http://"):
        hint += " A server that expects TLS responds like this as well: try https:// in api_url"
    return ProtocolError(f"{failure.exchange.host} did not respond with HTTP", hint=hint)


def _invalid_frame(failure: Failure) -> PXBackupError:
    if any(getattr(cause, "length", None) == b"" for cause in failure.causes):
        # The connection ended where the size of a chunk was to follow.
        return _broken(failure)
    return ProtocolError(
        f"the response of {failure.exchange.host} has an invalid length or chunk size", hint=_HINT_BETWEEN
    )


def _invalid_headers(failure: Failure) -> PXBackupError:
    return ProtocolError(f"the response of {failure.exchange.host} has invalid or too many headers", hint=_HINT_BETWEEN)


def _broken(failure: Failure) -> PXBackupError:
    hint = "check the network and the server, then run the task again"
    if failure.connection.api_url.startswith("https://") and not failure.connection.client_cert:
        # Often the server's reason, a certificate that it requires, is lost with the connection.
        hint += "; a server that requires a client certificate (client_cert) closes the connection as well"
    if failure.connection.api_url.startswith("http://"):
        hint += "; a server that expects TLS closes the connection as well: try https:// in api_url"
    return NetworkError(
        f"the connection to {failure.exchange.host} was closed before the response was complete",
        hint=hint,
        retriable=True,
    )


# What exceptions of urllib3, http.client and the system mean, by name because the library of the managed host may be
# old or new. The first that occurs decides.
_MEANINGS: tuple[tuple[set[str], Callable[[Failure], PXBackupError]], ...] = (
    ({"ProxyError"}, _proxy),
    ({"NameResolutionError", "gaierror"}, _unresolved),
    ({"ConnectTimeoutError", "ReadTimeoutError", "timeout", "TimeoutError"}, _timed_out),
    ({"NewConnectionError", "ConnectionRefusedError"}, _no_connection),
    ({"InvalidURL", "LocationParseError", "ProxySchemeUnknown"}, _no_url),
    ({"InvalidChunkLength", "InvalidHeader"}, _invalid_frame),
    ({"LineTooLong", "HTTPException"}, _invalid_headers),
    ({"BadStatusLine", "UnknownProtocol"}, _no_http),
)


def _os_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return cause.strerror.lower()
    return "refused or unreachable"
