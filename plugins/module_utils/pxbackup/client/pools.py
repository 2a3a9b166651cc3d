# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connections to servers: kept for the next request, direct or through the proxy that the environment names.

They are urllib3's, which comes with requests and sends what requests sends. Nothing here needs cookies, redirects or
an authority besides our own, so what requests would put around it only takes time.
"""

from __future__ import annotations

import base64
import os
import ssl
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import ValidationError
from .connection import MAX_CONNECTIONS, Connection

try:
    import urllib3
    import urllib3.exceptions
    import urllib3.util
    from urllib3 import __version__ as _VERSION  # type: ignore[attr-defined]

    if find_spec("requests") is None:
        raise ImportError("No module named 'requests'")
    # What is raised where there is no answer, or only a part of one.
    NO_ANSWER: tuple[type[Exception], ...] = (urllib3.exceptions.HTTPError, OSError)
    REQUESTS_IMPORT_ERROR: ImportError | None = None
except ImportError as exc:  # pragma: no cover - shown by the test that hides requests
    REQUESTS_IMPORT_ERROR = exc
    NO_ANSWER = ()

_CHUNK = 65536

# How a proxy can be spoken to.
_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


class Pools:
    """Keeps the connections to each server: one for each thread that sends at the same time.

    Args:
        context: the TLS settings, ``None`` where no TLS is spoken.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        if context is not None and int(_VERSION.partition(".")[0]) < 2:
            # It compares the host name itself, and by a way that takes addresses only when the context does not.
            context.check_hostname = False
        if context is not None and context.verify_mode == ssl.CERT_NONE:
            # The task warns once in its own words.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._context = context
        self._managers: dict[str, Any] = {}

    def send(
        self, method: str, url: str, headers: dict[str, str], data: bytes | None, connection: Connection
    ) -> urllib3.BaseHTTPResponse:
        """Send one request once and return the beginning of its answer, whose body is still to be read.

        Args:
            connection: how long to wait for a connection, and for each piece of the answer.

        Raises:
            one of NO_ANSWER: there is no answer; `network.wire_error` says what that means.
            ValidationError: the proxy needs a library that is missing.
        """
        timeout = urllib3.Timeout(connect=connection.connect_timeout, read=connection.timeout)
        answer: urllib3.BaseHTTPResponse = self._manager(url).request(
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
        return answer

    def close(self) -> None:
        """Close all connections."""
        for manager in list(self._managers.values()):
            manager.clear()

    def _manager(self, url: str) -> Any:
        """Return what keeps the connections to a server; the environment is asked for its proxy once."""
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc}"
        if server not in self._managers:
            # Of two threads that come at once the first one's counts.
            self._managers.setdefault(server, _manager(_proxy_for(url), self._context))
        return self._managers[server]


def pieces(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Yield the body in pieces as they arrive, so that a dripping one is noticed."""
    read1 = getattr(answer, "read1", None)
    if read1 is None:
        # An old urllib3 (1.26, 2.0): small pieces bound how long one read can take.
        yield from answer.stream(1024, decode_content=True)
        return
    while True:
        piece = read1(_CHUNK, decode_content=True)
        if not piece:
            return
        yield piece


def _proxy_for(url: str) -> str | None:
    """Return the URL of the proxy that the environment names for an address, ``None`` for none."""
    if sys.platform != "darwin" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    try:
        # It takes a while, and nothing else needs it: it knows networks in no_proxy, and the system's settings.
        import requests.utils
    except ImportError as error:
        raise ValidationError(
            f"the Python library requests, which knows the proxies of the environment, cannot be imported ({error})",
            hint="install it again",
        ) from None
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    return proxy if not proxy or "://" in proxy else f"http://{proxy.lstrip('/')}"


def _manager(proxy: str | None, context: ssl.SSLContext | None) -> Any:
    """Return what keeps connections: direct ones, or those through a proxy.

    Raises:
        ValidationError: the proxy needs a library that is missing.
        urllib3.exceptions.HTTPError: the proxy is no URL.
    """
    kept: dict[str, Any] = {"maxsize": MAX_CONNECTIONS, "ssl_context": context}
    if not proxy:
        return urllib3.PoolManager(**kept)
    address = urllib3.util.parse_url(proxy)
    if not address.host:
        raise urllib3.exceptions.LocationParseError("the proxy")
    if address.scheme not in _SCHEMES:
        # By urllib3 itself this error would quote the URL, and the password in it.
        raise urllib3.exceptions.ProxySchemeUnknown("the proxy")
    user, _colon, password = map(unquote, (address.auth or "").partition(":"))
    if address.scheme.startswith("socks"):
        try:
            from urllib3.contrib.socks import SOCKSProxyManager
        except ImportError:
            raise ValidationError(
                "the environment names a SOCKS proxy, which needs the Python library PySocks",
                hint="install PySocks, or change https_proxy, http_proxy and all_proxy in the environment of the task",
            ) from None
        return SOCKSProxyManager(proxy, user or None, password or None, **kept)
    headers = {}
    if address.auth:
        # Not by urllib3's own function, which cannot take every letter.
        login = base64.b64encode(f"{user}:{password}".encode("utf-8", "surrogateescape"))
        headers["Proxy-Authorization"] = f"Basic {login.decode('ascii')}"
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **kept)
