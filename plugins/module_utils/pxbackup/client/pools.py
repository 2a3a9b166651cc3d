# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection pools: connections are kept for the next request, direct or through the proxy of the environment.

They are urllib3's, which comes with requests and sends what requests sends. Cookies, redirects and the certificate
authorities of requests are not needed here, so what requests adds would only take time.
"""

from __future__ import annotations

import base64
import os
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Callable
from urllib.parse import unquote, urlsplit

from ..checks import check_unicode
from ..errors import ValidationError
from ..limits import CONNECTIONS, FRAME_BYTES, RESPONSE_BYTES
from .connection import Connection
from .exchange import Current, Exchange
from .sockets import limited_kinds, limited_socks_kinds

try:
    import urllib3
    import urllib3.exceptions
    import urllib3.util
    from urllib3 import __version__ as _VERSION  # type: ignore[attr-defined]

    if find_spec("requests") is None:
        raise ImportError("No module named 'requests'")
    # What is raised where there is no response, or only a part of one.
    NO_RESPONSE: tuple[type[Exception], ...] = (urllib3.exceptions.HTTPError, OSError)
    REQUESTS_IMPORT_ERROR: ImportError | None = None
except ImportError as exc:  # pragma: no cover - shown by the test that hides requests
    REQUESTS_IMPORT_ERROR = exc
    NO_RESPONSE = ()

# How a proxy can be spoken to.
_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


class Pools:
    """Keeps the connections to each server: one for each thread that sends at the same time.

    Args:
        context: the TLS settings, ``None`` where no TLS is used.
        clock: seconds that only go forward.
    """

    def __init__(self, context: ssl.SSLContext | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._current = Current()
        self._kinds = limited_kinds(self._current)
        if context is not None:
            context.sslsocket_class = self._kinds.tls_socket
            if int(_VERSION.partition(".")[0]) < 2:
                # It compares the host name itself, and in a way that takes addresses only when the context does not.
                context.check_hostname = False
            if context.verify_mode == ssl.CERT_NONE:
                # The task warns once in its own words.
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._context = context
        self._managers: dict[str, Any] = {}

    @contextmanager
    def exchange(self, host: str, connection: Connection) -> Iterator[Exchange]:
        """Limit what this thread sends and receives in a block: total time, pauses, bytes.

        Args:
            host: host and port for error messages.
            connection: its ``timeout`` and ``request_timeout`` count.
        """
        most_bytes = RESPONSE_BYTES + FRAME_BYTES
        exchange = Exchange(host, connection.timeout, connection.total_time, most_bytes, self._clock)
        self._current.exchange = exchange
        try:
            yield exchange
        finally:
            self._current.exchange = None

    def send(
        self, method: str, url: str, headers: dict[str, str], data: bytes | None, connection: Connection
    ) -> urllib3.BaseHTTPResponse:
        """Send one request once and return the beginning of its response, whose body is still to be read.

        It belongs into the block of :meth:`exchange`.

        Raises:
            one of NO_RESPONSE: there is no response; `network.network_error` says what that means.
            ValidationError: the proxy needs a library that is missing.
        """
        timeout = urllib3.Timeout(connect=connection.connect_timeout, read=connection.timeout)
        response: urllib3.BaseHTTPResponse = self._manager(url).request(
            method,
            url,
            body=data,
            headers=headers,
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        return response

    def close(self) -> None:
        """Close all connections."""
        for manager in list(self._managers.values()):
            manager.clear()

    def _manager(self, url: str) -> Any:
        """Return what keeps the connections to a server; the proxy of the environment is looked up once."""
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc}"
        if server not in self._managers:
            # Of two threads that come at once the first one's counts.
            self._managers.setdefault(server, self._new_manager(_proxy_for(url)))
        return self._managers[server]

    def _new_manager(self, proxy: str | None) -> Any:
        """Return what keeps connections: direct ones, or those through a proxy.

        Raises:
            ValidationError: the proxy needs a library that is missing, or its login is not valid Unicode.
            urllib3.exceptions.HTTPError: the proxy is not a URL.
        """
        kinds = {"http": self._kinds.http, "https": self._kinds.https}
        kept: dict[str, Any] = {"maxsize": CONNECTIONS, "ssl_context": self._context}
        address = _proxy_address(proxy) if proxy else None
        if proxy is None or address is None:
            manager: Any = urllib3.PoolManager(**kept)
        elif address.scheme.startswith("socks"):
            manager, kinds = _socks_manager(proxy, address.auth, kept), limited_socks_kinds(self._current)
        else:
            manager = urllib3.ProxyManager(proxy, proxy_headers=_proxy_login(address.auth), **kept)
        manager.pool_classes_by_scheme = kinds
        return manager


def _proxy_for(url: str) -> str | None:
    """Return the URL of the proxy that the environment names for an address, ``None`` for none."""
    if sys.platform != "darwin" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    try:
        # It takes a while, and nothing else needs it: it knows networks in no_proxy, and the system's settings.
        import requests.utils
    except Exception as error:  # noqa: BLE001 - a broken installation raises what it likes
        raise ValidationError(
            "the environment names a proxy, and the Python library requests, which reads this setting, "
            f"cannot be imported ({type(error).__name__}: {error})",
            hint="install requests again",
        ) from None
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    return proxy if not proxy or "://" in proxy else f"http://{proxy.lstrip('/')}"


def _proxy_address(proxy: str) -> Any:
    """Return the parts of a proxy's URL.

    Raises:
        urllib3.exceptions.HTTPError: it is not a URL of a proxy.
    """
    address = urllib3.util.parse_url(proxy)
    if not address.host:
        raise urllib3.exceptions.LocationParseError("the proxy")
    if address.scheme not in _SCHEMES:
        # By urllib3 itself this error would quote the URL, and the password in it.
        raise urllib3.exceptions.ProxySchemeUnknown("the proxy")
    return address


def _proxy_login(auth: str | None) -> dict[str, str]:
    """Return the header with the login of an HTTP proxy."""
    if not auth:
        return {}
    user, _colon, password = map(unquote, auth.partition(":"))
    # Not by urllib3's own function, which cannot take every letter.
    login = base64.b64encode(f"{user}:{password}".encode("utf-8", "surrogateescape"))
    return {"Proxy-Authorization": f"Basic {login.decode('ascii')}"}


def _socks_manager(proxy: str, auth: str | None, kept: dict[str, Any]) -> Any:
    """Return what keeps connections through a SOCKS proxy.

    Raises:
        ValidationError: PySocks is missing, or the login is not valid Unicode.
    """
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError:
        raise ValidationError(
            "the environment names a SOCKS proxy, which requires the Python library PySocks",
            hint="install PySocks, or change https_proxy, http_proxy and all_proxy in the environment of the task",
        ) from None
    user, _colon, password = map(unquote, (auth or "").partition(":"))
    # PySocks writes them as UTF-8.
    check_unicode("the user of the SOCKS proxy in the environment", user)
    check_unicode("the password of the SOCKS proxy in the environment", password)
    return SOCKSProxyManager(proxy, user or None, password or None, **kept)
