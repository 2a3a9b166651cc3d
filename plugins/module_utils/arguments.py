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

from .pxbackup.client.options import CONNECTION_OPTIONS, LOGIN_OPTIONS, TIME_OPTIONS, TLS_OPTIONS
from .pxbackup.core.model import ModuleSpec
from .pxbackup.core.options import argument_spec
from .pxbackup.text import quoted
from .pxbackup.values import (
    Parameter,
    read_flag,
    read_number,
    read_password,
    read_path,
    read_text,
    read_token,
    read_whole_number,
)


def _env_fallback(name: str) -> str:
    """Return a variable of the environment; an empty one counts as unset.

    Raises:
        AnsibleFallbackNotFound: it is unset or empty.
    """
    value = str(env_fallback(name))
    if not value.strip():
        raise AnsibleFallbackNotFound
    return value


# What Ansible calls a value that is read so.
_TYPES = {
    read_text: "str",
    read_password: "str",
    read_token: "str",
    read_path: "path",
    read_flag: "bool",
    read_number: "float",
    read_whole_number: "int",
}
# The last two are paths, not secrets; Ansible asks because of their names.
_NO_LOG = {"token": True, "password": True, "token_file": False, "client_key": False}


def _option(name: str, parameter: Parameter, plain: bool = True) -> dict[str, Any]:
    """Return the argument specification of an option of the connection.

    Args:
        plain: whether it has its default and its environment variable; in ``ssl_config`` an option has neither.
    """
    option: dict[str, Any] = {"type": _TYPES[parameter.read]}
    if name in _NO_LOG:
        option["no_log"] = _NO_LOG[name]
    if plain and parameter.default is not None:
        option["default"] = parameter.default
    if plain and parameter.variable:
        option["fallback"] = (_env_fallback, [parameter.variable])
    return option


def _options(parameters: Mapping[str, Parameter]) -> dict[str, dict[str, Any]]:
    return {name: _option(name, parameter) for name, parameter in parameters.items()}


def _required(options: dict[str, dict[str, Any]], *names: str) -> dict[str, dict[str, Any]]:
    return {name: {**option, "required": True} if name in names else option for name, option in options.items()}


# The four TLS options, given as one dictionary.
_SSL_CONFIG = {
    "type": "dict",
    "options": {name: _option(name, parameter, plain=False) for name, parameter in TLS_OPTIONS.items()},
}

CONNECTION = {**_required(_options(CONNECTION_OPTIONS), "api_url", "org_id"), "ssl_config": _SSL_CONFIG}

# The module `token` logs in and needs nothing of the API itself.
TOKEN_MODULE = {
    **_required(_options({**LOGIN_OPTIONS, **TLS_OPTIONS, **TIME_OPTIONS}), "auth_url", "username", "password"),
    "ssl_config": _SSL_CONFIG,
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
    for name, value in arguments.items():
        option = options.get(name, {})
        parts, in_list = option.get("options"), option.get("type") == "list"
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
