# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to a server as a task sets it, checked before anything is sent."""

from __future__ import annotations

import os
import re
import stat
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ..checks import check_file, check_number, check_unicode, file_error
from ..errors import ValidationError
from ..limits import (
    RETRIES,
    SECONDS,
    SECRET_CHARACTERS,
    SECRET_FILE_BYTES,
    TOTAL_PER_TIMEOUT,
)
from ..text import quoted


class Login(NamedTuple):
    """How to obtain a token from the login service of PX-Backup."""

    auth_url: str
    username: str
    password: str
    client_id: str = "pxcentral"
    realm: str = "master"


class Connection(NamedTuple):
    """How to reach one PX-Backup server. Times are seconds.

    :func:`check_connection` checks the values. Either ``token`` or ``login`` is set.

    Attributes:
        token_file: where ``token`` was read from; it is read again when the server refuses the token.
        timeout: how long the server may send nothing.
        request_timeout: the total time of one request, from connecting to the last byte of the response; ``None``
            for one that follows from ``timeout``.
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
    token_file: str | None = None
    request_timeout: float | None = None

    @property
    def total_time(self) -> float:
        """The total time of one request, in seconds."""
        if self.request_timeout is not None:
            return self.request_timeout
        return max(self.timeout * TOTAL_PER_TIMEOUT, self.connect_timeout + self.timeout)


def check_connection(connection: Connection) -> Connection:
    """Return the connection with its URL completed, or raise ``ValidationError`` naming the parameter.

    ``https://`` is assumed where ``api_url`` names no scheme, so that a token never travels in clear text
    because five letters were forgotten.
    """
    for name in ("connect_timeout", "timeout", "request_timeout"):
        value = getattr(connection, name)
        if value is not None:
            check_number(name, value, 0, SECONDS, "seconds", exclusive=True)
    check_number("retries", connection.retries, 0, RETRIES)
    check_number("retry_max_delay", connection.retry_max_delay, 0, SECONDS, "seconds")
    if connection.client_key and not connection.client_cert:
        raise ValidationError("client_key requires client_cert", hint="set both, or client_cert alone")
    if connection.login is None:
        connection = connection._replace(token=_checked_token("token", connection.token))
    else:
        connection = connection._replace(login=_checked_login(connection.login))
    return connection._replace(api_url=_checked_url("api_url", connection.api_url))


def _checked_login(login: Login) -> Login:
    if len(login.password) < SECRET_CHARACTERS:
        # It is hidden from all output, and a short one would garble every text.
        raise ValidationError(
            f"password has fewer than {SECRET_CHARACTERS} characters", hint="use a user with a longer password"
        )
    if not login.username:
        raise ValidationError("username is empty", hint="set it to the login name")
    for name in ("username", "password", "client_id", "realm"):
        check_unicode(name, getattr(login, name))
    return login._replace(auth_url=_checked_url("auth_url", login.auth_url))


def _checked_url(parameter: str, given: str) -> str:
    """Return an absolute URL without a slash at its end. A URL that may contain a secret is not shown."""
    url = given.strip()
    check_unicode(parameter, url)
    if "@" in url:
        raise ValidationError(
            f"{parameter} contains a user or a password", hint="remove them and use token, or auth_url with username"
        )
    if "://" not in re.split("[?#]", url)[0]:
        url = f"https://{url}"
    if re.search("[?#]", url):
        raise _url_with_query(parameter, url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValidationError(
            f"{parameter} {quoted(url)} is not a valid URL", hint="set it to https://HOST:PORT"
        ) from None
    problem = None
    if parts.scheme not in ("https", "http"):
        problem = f"has the scheme {parts.scheme!r}"
    elif (
        not parts.hostname or parts.hostname in ("http", "https") or port == 0 or re.search(r"[\x00-\x20\x7f\s\\]", url)
    ):
        problem = "does not name a host"
    if problem:
        raise ValidationError(f"{parameter} {quoted(url)} {problem}", hint="set it to https://HOST:PORT")
    # `HTTP://` is the same scheme; from here on there is one spelling of it.
    return parts.scheme + url[len(parts.scheme) :].rstrip("/")


def _url_with_query(parameter: str, url: str) -> ValidationError:
    """Return the error for a URL with a query or a fragment, which may contain a token and so is a secret."""
    base, rest = re.split("[?#]", url, maxsplit=1)
    error = ValidationError(
        f"{parameter} {quoted(base)} is followed by a query or a fragment, which is not shown",
        hint="set it to https://HOST:PORT",
    )
    values = [value for _name, value in parse_qsl(rest, keep_blank_values=True)]
    error.secrets = [text for text in (rest, *values) if len(text) >= SECRET_CHARACTERS]
    return error


def is_token(text: str) -> bool:
    """Whether the text can stand in a header as a token."""
    return re.fullmatch(r"[\x21-\x7e]+", text) is not None


def _checked_token(parameter: str, given: str) -> str:
    """Return a token without white space at its ends.

    Args:
        parameter: where it comes from, for the error.
    """
    token = given.strip()
    if token.startswith("$ANSIBLE_VAULT;"):
        raise ValidationError(
            f"{parameter} contains text encrypted with Ansible Vault", hint="decrypt it first, for example with lookup"
        )
    if token.startswith("{"):
        raise ValidationError(
            f"{parameter} contains JSON, not a token", hint="set it to the value of access_token alone"
        )
    if len(token) < SECRET_CHARACTERS:
        raise ValidationError(
            f"{parameter} has fewer than {SECRET_CHARACTERS} characters",
            hint="set it to the whole token that the login returned",
        )
    if not is_token(token):
        raise ValidationError(
            f"{parameter} contains a space, a line break or another character that no token has",
            hint="set it to the token alone, without 'Bearer'",
        )
    return token


def read_token_file(path: str) -> str:
    """Return the token in a file.

    Raises:
        ValidationError: the file cannot be read, or contains something else; the error names the file.
    """
    return _checked_token(f"token_file {quoted(path)}", read_secret("token_file", path))


def read_secret(parameter: str, path: str) -> str:
    """Return the content of a file that contains a secret, without white space at its ends and a byte order mark.

    Raises:
        ValidationError: it is not a readable regular file of acceptable size with text in UTF-8.
    """
    check_file(parameter, path, SECRET_FILE_BYTES)
    try:
        # Between the check and this the file may have been replaced by a pipe, which must not block.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8-sig") as file:
            return file.read(SECRET_FILE_BYTES).strip()
    except OSError as exc:
        raise file_error(parameter, path, (exc.strerror or "unreadable").lower()) from None
    except UnicodeDecodeError:
        raise file_error(parameter, path, "it is not text in UTF-8") from None


def _readable_by_all(parameter: str, path: str | None) -> list[str]:
    """Return a warning when a file that contains a secret can be read by every user of the host."""
    try:
        if path and os.stat(path).st_mode & stat.S_IROTH:
            return [
                f"{parameter} {quoted(path)} is readable by every user of this host. Restrict it to its owner (0600)."
            ]
    except (OSError, ValueError):
        pass  # Whoever opens the file reports what is wrong with it.
    return []


def insecurities(connection: Connection) -> list[str]:
    """Return a warning for each setting of this connection that exposes the token."""
    warnings = []
    if connection.api_url.startswith("http://"):
        warnings.append("api_url is http://: the token and all data travel in clear text. Use https://.")
    if connection.login and connection.login.auth_url.startswith("http://"):
        warnings.append("auth_url is http://: the password travels in clear text. Use https://.")
    if not connection.validate_certs:
        warnings.append(
            "validate_certs is false: anybody on the network path can read the token and the password. "
            "Set ca_cert to the certificate authority of the server instead."
        )
    return [
        *warnings,
        *_readable_by_all("token_file", connection.token_file),
        # A client certificate may hold its key as well.
        *_readable_by_all("client_key", connection.client_key or connection.client_cert),
    ]
