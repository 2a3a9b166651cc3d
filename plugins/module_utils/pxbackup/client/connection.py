# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says about the server, checked before anything is sent."""

from __future__ import annotations

import math
import os
import re
import stat
from typing import NamedTuple
from urllib.parse import urlsplit

from ..errors import ValidationError

# A shorter token could be part of an ordinary word, and hiding it would garble every text.
MIN_SECRET_LENGTH = 8

# How many connections one task keeps, and so how many backups it may make at the same time.
MAX_CONNECTIONS = 50


class Login(NamedTuple):
    """How to get a token from the login service of PX-Backup."""

    auth_url: str
    username: str
    password: str
    client_id: str = "pxcentral"
    realm: str = "master"


class Connection(NamedTuple):
    """How to reach one PX-Backup server. Times are seconds.

    :func:`check_connection` says whether the values make sense. Either ``token`` or ``login`` is given.
    """

    api_url: str
    token: str = ""
    login: Login | None = None
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
        value = getattr(connection, name)
        if not 0 < value < math.inf:
            raise ValidationError(f"{name} is {value}", hint="give more than 0 seconds")
    for name in ("retries", "retry_max_delay"):
        value = getattr(connection, name)
        if not 0 <= value < math.inf:
            raise ValidationError(f"{name} is {value}", hint="give 0 or more")
    if connection.client_key and not connection.client_cert:
        raise ValidationError("client_key is given without client_cert", hint="give both, or client_cert alone")
    if connection.login is None:
        connection = connection._replace(token=_checked_token(connection.token))
    else:
        connection = connection._replace(login=_checked_login(connection.login))
    return connection._replace(api_url=_checked_url("api_url", connection.api_url))


def _checked_login(login: Login) -> Login:
    if len(login.password) < MIN_SECRET_LENGTH:
        # It is hidden from all output, and a short one would garble every text.
        raise ValidationError(
            f"password has fewer than {MIN_SECRET_LENGTH} characters", hint="use a user with a longer password"
        )
    if not login.username:
        raise ValidationError("username is empty", hint="give the login name")
    return login._replace(auth_url=_checked_url("auth_url", login.auth_url))


def _checked_url(parameter: str, given: str) -> str:
    """Return an absolute URL without a slash at its end. A URL with a password in it is never shown."""
    url = given.strip()
    if "@" in url:
        raise ValidationError(f"{parameter} holds a user or a password", hint="take them out and give token instead")
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValidationError(f"{parameter} {url!r} is no URL", hint="give https://HOST:PORT") from None
    problem = None
    if parts.scheme not in ("https", "http"):
        problem = f"has the scheme {parts.scheme!r}"
    elif not parts.hostname or parts.hostname in ("http", "https") or port == 0 or re.search(r"[\s\\]", url):
        problem = "names no host that can be reached"
    elif parts.query or parts.fragment:
        problem = "has a query or a fragment"
    if problem:
        raise ValidationError(f"{parameter} {url!r} {problem}", hint="give https://HOST:PORT alone")
    # `HTTP://` is the same scheme; from here on there is one spelling of it.
    return parts.scheme + url[len(parts.scheme) :].rstrip("/")


def is_token(text: str) -> bool:
    """Whether the text can stand in a header as a token."""
    return re.fullmatch(r"[\x21-\x7e]+", text) is not None


def _checked_token(given: str) -> str:
    token = given.strip()
    if len(token) < MIN_SECRET_LENGTH:
        raise ValidationError(
            f"token has fewer than {MIN_SECRET_LENGTH} characters",
            hint="give the whole token that the login gave you",
        )
    if not is_token(token):
        raise ValidationError(
            "token holds a space, a line break or another character that no token has",
            hint="give the token alone, without 'Bearer'",
        )
    return token


def read_secret(parameter: str, path: str) -> str:
    """Return the content of a file that holds a secret, without the line break at its end.

    Raises:
        ValidationError: the file cannot be read.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "it is no text"
        raise ValidationError(
            f"{parameter} {path!r} cannot be read ({reason.lower()})",
            hint="give the path of a readable file on the managed host",
        ) from None


def open_to_all(parameter: str, path: str | None) -> list[str]:
    """Return a warning when a file that holds a secret can be read by every user of the host."""
    try:
        if path and os.stat(path).st_mode & stat.S_IROTH:
            return [f"{parameter} {path!r} can be read by every user of this host. Allow its owner alone (mode 0600)."]
    except OSError:
        pass  # Whoever opens the file says what is wrong with it.
    return []


def insecurities(connection: Connection) -> list[str]:
    """Return a warning for each way in which this connection gives the token away."""
    warnings = []
    if connection.api_url.startswith("http://"):
        warnings.append("api_url is http://: the token and all data travel in clear text. Use https://.")
    if connection.login and connection.login.auth_url.startswith("http://"):
        warnings.append("auth_url is http://: the password travels in clear text. Use https://.")
    if not connection.validate_certs:
        warnings.append(
            "validate_certs is false: whoever is on the way to the server can read token and password. "
            "Give the server's certificate authority in ca_cert instead."
        )
    # A client certificate may hold its key as well.
    return warnings + open_to_all("client_key", connection.client_key or connection.client_cert)
