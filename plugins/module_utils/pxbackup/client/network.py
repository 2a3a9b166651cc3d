# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an exception of the HTTP library to what went wrong and whether the request may have been carried out."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Callable

from ..errors import NetworkError, PXBackupError, RequestTimeoutError, ValidationError
from .connection import Connection
from .tls import tls_error


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


def wire_error(exc: BaseException, connection: Connection, host: str) -> PXBackupError:
    """Return the error for a request that got no whole answer. No URL and no header goes into its text."""
    causes = list(_causes(exc))
    for cause in causes:
        # An end of file after the handshake is a broken connection, not a fault of the certificates.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return tls_error(cause, host)
        # urllib3 1.26 compares host names itself and has an error of its own for that.
        if type(cause).__name__ == "CertificateError":
            return tls_error(cause, host)
    names = {type(cause).__name__ for cause in causes}
    for known, meaning in _MEANINGS:
        if known & names:
            return meaning(connection, host, causes)
    return _broken(connection, host)


# Each of these says that no connection came about, and so that nothing was sent.
_NO_CONNECTION = {
    "NewConnectionError",
    "NameResolutionError",
    "gaierror",
    "ConnectTimeoutError",
    "ConnectionRefusedError",
}


def _proxy(connection: Connection, host: str, causes: list[BaseException]) -> PXBackupError:
    # An old urllib3 blames the proxy for every broken connection through it, also after the request was sent.
    names = {type(cause).__name__ for cause in causes}
    refused = any("tunnel connection failed" in str(cause).lower() for cause in causes)
    never_sent = refused or bool(names & _NO_CONNECTION)
    return NetworkError(
        f"the proxy did not let the request through to {host}",
        hint="check https_proxy, http_proxy and no_proxy in the environment of the task",
        retriable=True,
        maybe_processed=not never_sent,
    )


def _unresolved(connection: Connection, host: str, causes: list[BaseException]) -> PXBackupError:
    name = host.rpartition(":")[0] or host
    return NetworkError(f"the host name {name} cannot be resolved", hint="check the host name", retriable=True)


def _no_connection_in_time(connection: Connection, host: str, causes: list[BaseException]) -> PXBackupError:
    return RequestTimeoutError(
        f"no connection to {host} came about within {connection.connect_timeout:g} seconds",
        hint="check api_url, firewalls and proxies, or raise connect_timeout",
        retriable=True,
    )


def _silence(connection: Connection, host: str, causes: list[BaseException]) -> PXBackupError:
    return RequestTimeoutError(
        f"{host} sent nothing for {connection.timeout:g} seconds",
        hint="find out what slows the server down, or raise timeout",
        retriable=True,
        maybe_processed=True,
    )


def _no_connection(connection: Connection, host: str, causes: list[BaseException]) -> PXBackupError:
    return NetworkError(
        f"no connection to {host}: {_os_reason(causes)}",
        hint="check that api_url is right and that PX-Backup is running",
        retriable=True,
    )


def _no_url(connection: Connection, host: str, causes: list[BaseException]) -> PXBackupError:
    return ValidationError(f"the address {host} or that of a proxy is no URL", hint="give https://HOST:PORT")


def _broken(connection: Connection, host: str) -> PXBackupError:
    hint = "check the network and the server, then run the task again"
    if connection.api_url.startswith("https://") and not connection.client_cert:
        # Often the reason of the server, a certificate that it wants to see, is lost with the connection.
        hint += "; a server that wants a client certificate (client_cert) breaks the connection as well"
    if connection.api_url.startswith("http://"):
        hint += "; a server that speaks TLS breaks the connection as well: try https:// in api_url"
    return NetworkError(
        f"the connection to {host} broke before the answer was complete",
        hint=hint,
        retriable=True,
        maybe_processed=True,
    )


# What exceptions of urllib3 and the system mean, by name because the library of the managed host may be old or new.
# The first that occurs decides: a request that was certainly not sent comes before one that may have been.
_MEANINGS: tuple[tuple[set[str], Callable[[Connection, str, list[BaseException]], PXBackupError]], ...] = (
    ({"ProxyError"}, _proxy),
    ({"NameResolutionError", "gaierror"}, _unresolved),
    ({"ConnectTimeoutError"}, _no_connection_in_time),
    ({"ReadTimeoutError", "timeout", "TimeoutError"}, _silence),
    ({"NewConnectionError", "ConnectionRefusedError"}, _no_connection),
    ({"InvalidURL", "LocationParseError", "ProxySchemeUnknown"}, _no_url),
)


def _os_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return cause.strerror.lower()
    return "refused or unreachable"
