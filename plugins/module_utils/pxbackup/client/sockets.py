# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sockets that keep to the limits of an exchange, and the connections of urllib3 that use them."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

from .exchange import Current, Exchange

if TYPE_CHECKING:
    _Socket = socket.socket
else:
    _Socket = object

try:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError
except ImportError:  # pragma: no cover - client.pools says so
    HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore[assignment, misc]


class _Limited(_Socket):
    """What a socket of this library does before and after each operation.

    The deadline is checked by each operation, not by a thread beside it: what blocks is always an operation.
    """

    current: Current

    def _begin(self) -> None:
        if self.current.exchange is not None:
            socket.socket.settimeout(self, self.current.exchange.timeout())

    def _end(self, received: int) -> None:
        if self.current.exchange is not None:
            self.current.exchange.count(received)

    def recv_into(self, *args: Any, **options: Any) -> int:
        self._begin()
        received = super().recv_into(*args, **options)
        self._end(received)
        return received

    def recv(self, *args: Any) -> bytes:
        self._begin()
        received = super().recv(*args)
        self._end(len(received))
        return received

    def send(self, *args: Any) -> int:
        self._begin()
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        # Its timeout is for the whole of the data.
        self._begin()
        super().sendall(*args)


class Kinds(NamedTuple):
    """The classes of limited connections and sockets, for one :class:`..pools.Pools`."""

    http: type[Any]
    https: type[Any]
    tls_socket: type[ssl.SSLSocket]


def limited_kinds(current: Current) -> Kinds:
    """Return pools of connections, and a TLS socket, that keep to the limits of the exchange under way."""
    plain: Any = type("LimitedSocket", (_Limited, socket.socket), {"current": current})
    tls: Any = type("LimitedTLSSocket", (_Limited, ssl.SSLSocket), {"current": current})
    http, https = _pools(current, plain, _Direct)
    return Kinds(http, https, tls)


def limited_socks_kinds(current: Current) -> dict[str, type[Any]]:
    """Return pools of connections through a SOCKS proxy that keep to the limits of the exchange under way.

    Raises:
        ImportError: PySocks is missing.
    """
    import socks  # type: ignore[import-untyped]

    kind: Any = type("LimitedSocksSocket", (_Limited, socks.socksocket), {"current": current})
    return dict(zip(("http", "https"), _pools(current, kind, _ThroughSocks)))


def _pools(current: Current, kind: type[Any], way: type[Any]) -> list[type[Any]]:
    """Return the two classes of pools whose connections open such sockets."""
    found = []
    for pool in (HTTPConnectionPool, HTTPSConnectionPool):
        parts = {"current": current, "kind": kind}
        connection = type("LimitedConnection", (way, pool.ConnectionCls), parts)
        found.append(type("LimitedPool", (pool,), {"ConnectionCls": connection}))
    return found


class _Direct:
    """How a connection is opened; mixed into a connection of urllib3."""

    current: Current
    kind: type[Any]
    timeout: Any
    port: int
    host: str
    _dns_host: str
    socket_options: Any

    def connect(self) -> None:
        """Open the connection: TCP, the tunnel of a proxy, TLS."""
        exchange = self._exchange()
        exchange.connecting = True
        super().connect()  # type: ignore[misc]
        exchange.connecting = False

    def _exchange(self) -> Exchange:
        if self.current.exchange is None:
            raise AssertionError("a connection is used outside of a request")
        return self.current.exchange

    def _new_conn(self) -> Any:
        """Return a connected socket.

        Raises:
            what urllib3 raises where there is none.
        """
        try:
            return self._opened()
        except UnicodeError:
            raise LocationParseError(self.host) from None
        except socket.timeout as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error  # type: ignore[arg-type]

    def _opened(self) -> Any:
        """Return a socket that is connected through the first address that accepts."""
        failure = OSError("the host name has no address")
        for family, kind, protocol, _name, address in socket.getaddrinfo(*self._first_hop(), 0, socket.SOCK_STREAM):
            opened = self.kind(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    opened.setsockopt(*option)
                opened.settimeout(self._exchange().timeout(self.timeout))
                self._connect(opened, address)
                return opened
            except OSError as error:
                failure = error
                opened.close()
            except BaseException:
                opened.close()
                raise
        raise failure

    def _first_hop(self) -> tuple[str, int]:
        """Return host and port that the socket itself is connected to."""
        return self._dns_host.strip("[]"), self.port

    def _connect(self, opened: Any, address: Any) -> None:
        opened.connect(address)


class _ThroughSocks(_Direct):
    """How a connection through a SOCKS proxy is opened."""

    def __init__(self, *args: Any, _socks_options: dict[str, Any], **options: Any) -> None:
        self._socks = _socks_options
        super().__init__(*args, **options)

    def _first_hop(self) -> tuple[str, int]:
        return self._socks["proxy_host"].strip("[]"), self._socks["proxy_port"]

    def _connect(self, opened: Any, _address: Any) -> None:
        import socks

        names = ("socks_version", "proxy_host", "proxy_port", "rdns", "username", "password")
        opened.set_proxy(*(self._socks[name] for name in names))
        try:
            opened.connect((self.host.strip("[]"), self.port))
        except socks.ProxyError as error:
            raise error.socket_err or OSError(str(error)) from None
