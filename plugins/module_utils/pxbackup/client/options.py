# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, each defined once: how it is read, its default and its environment variable.

The argument specification of the modules, the event sources and the Python library are derived from these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ValidationError
from ..limits import SECRET_CHARACTERS
from ..text import join_and
from ..values import (
    Parameter,
    read_flag,
    read_number,
    read_password,
    read_path,
    read_text,
    read_token,
    read_whole_number,
)
from .connection import Connection, Login, read_token_file

# The authentication methods, of which exactly one is set.
TOKEN, TOKEN_FILE, LOGIN = "token", "token_file", "auth_url"

_DEFAULTS = {**Login._field_defaults, **Connection._field_defaults}

SERVER_OPTIONS = {
    "api_url": Parameter(read_text, None, "PX_BACKUP_API_URL"),
    "org_id": Parameter(read_text, None, "PX_BACKUP_ORG_ID"),
    "token": Parameter(read_token, None, "PX_BACKUP_TOKEN"),
    "token_file": Parameter(read_path, None, "PX_BACKUP_TOKEN_FILE"),
}
LOGIN_OPTIONS = {
    "auth_url": Parameter(read_text, None, "PX_BACKUP_AUTH_URL"),
    "username": Parameter(read_text, None, "PX_BACKUP_USERNAME"),
    "password": Parameter(read_password, None, "PX_BACKUP_PASSWORD"),
    "client_id": Parameter(read_text, _DEFAULTS["client_id"], "PX_BACKUP_CLIENT_ID"),
    "realm": Parameter(read_text, _DEFAULTS["realm"], "PX_BACKUP_REALM"),
}
TLS_OPTIONS = {
    "validate_certs": Parameter(read_flag, _DEFAULTS["validate_certs"], "PX_BACKUP_VALIDATE_CERTS"),
    "ca_cert": Parameter(read_path, None, "PX_BACKUP_CA_CERT"),
    "client_cert": Parameter(read_path, None, "PX_BACKUP_CLIENT_CERT"),
    "client_key": Parameter(read_path, None, "PX_BACKUP_CLIENT_KEY"),
}
TIME_OPTIONS = {
    "connect_timeout": Parameter(read_number, _DEFAULTS["connect_timeout"]),
    "timeout": Parameter(read_number, _DEFAULTS["timeout"]),
    "request_timeout": Parameter(read_number),
    "retries": Parameter(read_whole_number, _DEFAULTS["retries"]),
    "retry_max_delay": Parameter(read_number, _DEFAULTS["retry_max_delay"]),
}
CONNECTION_OPTIONS: dict[str, Parameter] = {
    **SERVER_OPTIONS,
    **LOGIN_OPTIONS,
    "server_release": Parameter(read_text),
    **TLS_OPTIONS,
    **TIME_OPTIONS,
}


def given_secrets(given: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Return the token and the password that are set, whether they are valid or not.

    One that is too short to be accepted is not among them: it may be part of any word.

    Args:
        given: the options that are set.
        environment: the environment variables, for those that are omitted.
    """
    secret = {name: option for name, option in CONNECTION_OPTIONS.items() if option.read in (read_token, read_password)}
    values = (given.get(name) or environment.get(option.variable) for name, option in secret.items())
    return [value for value in map(str, values) if len(value) >= SECRET_CHARACTERS]


def check_required(params: dict[str, Any]) -> None:
    """Raise ``ValidationError`` where the server or the organisation is missing; Ansible does so itself."""
    if not params["api_url"]:
        raise ValidationError("api_url is required", hint="set it, such as https://px-backup.example.com:10001")
    if not params["org_id"]:
        raise ValidationError("org_id is required", hint="set it, in most installations to 'default'")


def connection_from(params: dict[str, Any]) -> Connection:
    """Return the connection of a task.

    Raises:
        ValidationError: not exactly one authentication method is set, or one of its options is missing.
    """
    methods = [name for name in (TOKEN, TOKEN_FILE, LOGIN) if params[name]]
    if len(methods) != 1:
        raise ValidationError(
            f"{join_and(methods)} are mutually exclusive" if methods else "no authentication method is configured",
            hint="set token, or token_file, or auth_url with username and password (or their environment variables)",
        )
    connection = Connection(params["api_url"], params["token"] or "", **_tls_and_times(params))
    if methods == [TOKEN_FILE]:
        token_file = params["token_file"]
        return connection._replace(token=read_token_file(token_file), token_file=token_file)
    return connection._replace(login=_login_from(params) if methods == [LOGIN] else None)


def login_connection_from(params: dict[str, Any]) -> Connection:
    """Return the connection of a task that logs in and does nothing else."""
    return Connection(params["auth_url"], "", _login_from(params), **_tls_and_times(params))


def _login_from(params: dict[str, Any]) -> Login:
    for name in ("username", "password"):
        if not params[name]:
            raise ValidationError(f"auth_url is set without {name}", hint=f"set {name} too")
    given = {name: params[name].strip() for name in LOGIN_OPTIONS if name != "password"}
    # A line end comes from a file or a block scalar; a space may be part of a password.
    return Login(**given, password=params["password"].rstrip("\r\n"))


def _tls_and_times(params: dict[str, Any]) -> dict[str, Any]:
    """Return the rest of a connection; ``ssl_config`` is another way to set the four TLS options.

    Raises:
        ValidationError: the two ways contradict each other.
    """
    tls = {name: params[name] for name in TLS_OPTIONS}
    for name, value in (params.get("ssl_config") or {}).items():
        if value in (None, ""):
            continue
        # `true` may be the default and no contradiction; `false` and paths were set on purpose.
        if tls[name] not in (None, "", True, value):
            raise ValidationError(
                f"{name} is {tls[name]!r}, but ssl_config.{name} is {value!r}", hint="omit one of them"
            )
        tls[name] = value
    times = {name: params[name] for name in TIME_OPTIONS}
    return {**times, **{name: None if value == "" else value for name, value in tls.items()}}
