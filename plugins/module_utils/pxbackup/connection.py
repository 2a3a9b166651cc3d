# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says about the server, checked before anything is sent."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import ValidationError

# A shorter token could be part of an ordinary word, and hiding it would garble every text.
MIN_SECRET_LENGTH = 8


class Connection(NamedTuple):
    """How to reach one PX-Backup server. Times are seconds.

    Raised by :func:`check_connection` when the values make no sense.
    """

    api_url: str
    token: str
    validate_certs: bool = True
    ca_cert: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    connect_timeout: float = 10.0
    timeout: float = 60.0
    retries: int = 3
    retry_max_delay: float = 10.0


def check_connection(connection: Connection) -> Connection:
    """Return the connection with its URL completed, or raise ``ValidationError`` naming the parameter.

    ``https://`` is assumed where ``api_url`` names no scheme, so that a token never travels in clear
    because five letters were left out.
    """
    for name in ("connect_timeout", "timeout"):
        if getattr(connection, name) <= 0:
            raise ValidationError(f"{name} is {getattr(connection, name)}", hint="give more than 0 seconds")
    for name in ("retries", "retry_max_delay"):
        if getattr(connection, name) < 0:
            raise ValidationError(f"{name} is {getattr(connection, name)}", hint="give 0 or more")
    if connection.client_key and not connection.client_cert:
        raise ValidationError("client_key is given without client_cert", hint="give both, or client_cert alone")
    return connection._replace(api_url=_checked_url(connection.api_url), token=_checked_token(connection.token))


def _checked_url(given: str) -> str:
    """Return an absolute URL without a slash at its end. A URL with a password in it is never shown."""
    api_url = given.strip()
    if "://" not in api_url:
        api_url = f"https://{api_url}"
    try:
        parts = urlsplit(api_url)
        port = parts.port
    except ValueError:
        raise ValidationError("api_url is no URL", hint="give https://HOST:PORT") from None
    if "@" in parts.netloc:
        raise ValidationError("api_url holds a user or a password", hint="take them out and give token instead")
    problem = None
    if parts.scheme not in ("https", "http"):
        problem = f"has the scheme {parts.scheme!r}"
    elif not parts.hostname or port == 0 or re.search(r"[\s\\]", api_url):
        problem = "names no host that can be reached"
    elif parts.query or parts.fragment:
        problem = "has a query or a fragment"
    if problem:
        raise ValidationError(f"api_url {api_url!r} {problem}", hint="give https://HOST:PORT alone")
    return api_url.rstrip("/")


def _checked_token(given: str) -> str:
    token = given.strip()
    if len(token) < MIN_SECRET_LENGTH:
        raise ValidationError(
            f"token has fewer than {MIN_SECRET_LENGTH} characters",
            hint="give the whole token that the login gave you",
        )
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ValidationError(
            "token holds a space, a line break or another character that no token has",
            hint="give the token alone, without 'Bearer'",
        )
    return token


def insecurities(connection: Connection) -> list[str]:
    """Return a warning for each way in which this connection gives the token away."""
    warnings = []
    if connection.api_url.startswith("http://"):
        warnings.append("api_url is http://: the token and all data travel in clear text. Use https://.")
    elif not connection.validate_certs:
        warnings.append(
            "validate_certs is false: whoever is on the way to the server can read the token. "
            "Give the server's certificate authority in ca_cert instead."
        )
    return warnings
