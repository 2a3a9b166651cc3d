# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps web pages away from the control API and the login, which need no secret.

A page of another origin can send requests to this machine. A browser tells the origin in `Origin`, and a page
that has bent its own name to this machine's address (DNS rebinding) shows that name in `Host`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

_LOCAL = frozenset({"localhost"})


def find_foreign(headers: Mapping[str, str], allowed: Iterable[str]) -> str:
    """Return why a request is refused, in one sentence; empty when it may pass.

    Args:
        headers: of the request.
        allowed: host names in addition to localhost. Addresses are always allowed: they need no DNS that could lie.
    """
    host = headers.get("Host", "")
    if not _is_allowed(_parse_name(f"//{host}"), allowed):
        return f"the Host header {host!r} is not this simulator: use its address, or start it with --allow-host"
    origin = headers.get("Origin")
    if origin is not None and _parse_netloc(origin) != host.lower():
        return f"the Origin header {origin!r} is another site: web pages may not steer the simulator"
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return "the request comes from a web page of another site"
    return ""


def is_reachable_from_outside(host: str) -> bool:
    """Tell whether other machines can reach a server that listens on this host."""
    if host in _LOCAL:
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def _parse_netloc(text: str) -> str:
    try:
        return urlsplit(text).netloc.lower()
    except ValueError:
        return ""


def _parse_name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_allowed(name: str, allowed: Iterable[str]) -> bool:
    if name in _LOCAL or name in {entry.lower() for entry in allowed}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
