# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specifications: the options of the connection, and those of a module from its operations.

Which operation uses and requires which option is not said here but in the registries of the resources
(``pxbackup/*/resource.py``); choices come from there and from the tables of the client library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.validation import check_type_dict
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .pxbackup.client.connection import Connection, Login, read_token_file
from .pxbackup.core.model import ModuleSpec
from .pxbackup.core.options import argument_spec
from .pxbackup.errors import ValidationError
from .pxbackup.text import join_and, quoted


def _from_environment(name: str, **option: Any) -> dict[str, Any]:
    return {**option, "fallback": (_env_fallback, [name])}


def _env_fallback(name: str) -> str:
    """Return a variable of the environment; an empty one counts as unset.

    Raises:
        AnsibleFallbackNotFound: it is unset or empty.
    """
    value = str(env_fallback(name))
    if not value.strip():
        raise AnsibleFallbackNotFound
    return value


_TLS = {
    "validate_certs": _from_environment("PX_BACKUP_VALIDATE_CERTS", type="bool"),
    "ca_cert": _from_environment("PX_BACKUP_CA_CERT", type="path"),
    "client_cert": _from_environment("PX_BACKUP_CLIENT_CERT", type="path"),
    # The path of the key, not the key: no secret.
    "client_key": _from_environment("PX_BACKUP_CLIENT_KEY", type="path", no_log=False),
}

# The same four, given as one dictionary; a fallback belongs to the plain option alone.
_SSL_CONFIG = {name: {key: part for key, part in option.items() if key != "fallback"} for name, option in _TLS.items()}

# The authentication methods, of which exactly one is set.
TOKEN, TOKEN_FILE, LOGIN = "token", "token_file", "auth_url"

_LOGIN: dict[str, dict[str, Any]] = {
    "auth_url": _from_environment("PX_BACKUP_AUTH_URL", type="str"),
    "username": _from_environment("PX_BACKUP_USERNAME", type="str"),
    "password": _from_environment("PX_BACKUP_PASSWORD", type="str", no_log=True),
    "client_id": _from_environment("PX_BACKUP_CLIENT_ID", type="str", default="pxcentral"),
    "realm": _from_environment("PX_BACKUP_REALM", type="str", default="master"),
}

_TIMES: dict[str, dict[str, Any]] = {
    "connect_timeout": {"type": "float", "default": 10.0},
    "timeout": {"type": "float", "default": 60.0},
    "request_timeout": {"type": "float"},
    "retries": {"type": "int", "default": 3},
    "retry_max_delay": {"type": "float", "default": 10.0},
}

_TLS_AND_TIMES: dict[str, dict[str, Any]] = {
    **_TLS,
    "validate_certs": {**_TLS["validate_certs"], "default": True},
    "ssl_config": {"type": "dict", "options": _SSL_CONFIG},
    **_TIMES,
}

CONNECTION: dict[str, dict[str, Any]] = {
    "api_url": _from_environment("PX_BACKUP_API_URL", type="str", required=True),
    "token": _from_environment("PX_BACKUP_TOKEN", type="str", no_log=True),
    # The path of the file, not its content: no secret.
    "token_file": _from_environment("PX_BACKUP_TOKEN_FILE", type="path", no_log=False),
    **_LOGIN,
    "org_id": _from_environment("PX_BACKUP_ORG_ID", type="str", required=True),
    "server_release": {"type": "str"},
    **_TLS_AND_TIMES,
}

# The module `token` logs in and needs nothing of the API itself.
TOKEN_MODULE: dict[str, dict[str, Any]] = {
    **_LOGIN,
    **{name: {**_LOGIN[name], "required": True} for name in ("auth_url", "username", "password")},
    **_TLS_AND_TIMES,
}


def task_options(spec: ModuleSpec) -> dict[str, dict[str, Any]]:
    """Return the argument specification of a module, apart from the connection."""
    options = argument_spec(spec.options)
    if not spec.has_choice:
        return options
    names = [operation.name for operation in spec.operations]
    return {"operation": {"type": "str", "required": True, "choices": names}, **options}


def module_options(spec: ModuleSpec) -> dict[str, dict[str, Any]]:
    """Return the whole argument specification of a module."""
    return {**CONNECTION, **task_options(spec)}


def find_misfit(options: dict[str, dict[str, Any]], arguments: Mapping[str, Any], prefix: str = "") -> str:
    """Return a sentence about the first value that stands where a dictionary belongs, ``""`` where there is none.

    Ansible's own validation ends there with a Python error, or with a sentence that does not name the option.
    """
    for name, option in options.items():
        value, parts = arguments.get(name), option.get("options")
        in_list = option.get("type") == "list"
        if not parts or value is None or (in_list and isinstance(value, str)):
            continue
        entries = value if in_list and isinstance(value, list) else [value]
        for index, entry in enumerate(entries):
            where = f"{prefix}{name}[{index}]" if in_list else f"{prefix}{name}"
            if isinstance(entry, Mapping):
                misfit = find_misfit(parts, entry, f"{where}.")
                if misfit:
                    return misfit
            elif not _reads_as_dictionary(entry):
                return f"{where} is {quoted(entry)}, not a dictionary; set {', '.join(parts)} in it"
    return ""


def _reads_as_dictionary(value: Any) -> bool:
    """Whether Ansible reads a string as a dictionary: JSON, or ``name=x``."""
    try:
        check_type_dict(value)
    except TypeError:
        return False
    return True


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
    given = {name: params[name].strip() for name in _LOGIN if name != "password"}
    # A line end comes from a file or a block scalar; a space may be part of a password.
    return Login(**given, password=params["password"].rstrip("\r\n"))


def _tls_and_times(params: dict[str, Any]) -> dict[str, Any]:
    """Return the rest of a connection; ``ssl_config`` is another way to set the four TLS options.

    Raises:
        ValidationError: the two ways contradict each other.
    """
    tls = {name: params[name] for name in _TLS}
    for name, value in (params["ssl_config"] or {}).items():
        if value in (None, ""):
            continue
        # `true` may be the default and no contradiction; `false` and paths were set on purpose.
        if tls[name] not in (None, "", True, value):
            raise ValidationError(
                f"{name} is {tls[name]!r}, but ssl_config.{name} is {value!r}", hint="omit one of them"
            )
        tls[name] = value
    times = {name: params[name] for name in _TIMES}
    return {**times, **{name: None if value == "" else value for name, value in tls.items()}}
