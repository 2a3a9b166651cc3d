# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specifications as values that can be put together, each option defined once.

Which operation takes and needs which option is not said here but in the registry
(``pxbackup.operations``); choices come from there and from the tables of the client library.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

from .pxbackup.backups.batch_options import DEFAULT_CONCURRENCY, STATES, item_options
from .pxbackup.backups.filters import FILTERS, SORT_KEYS, SORT_ORDERS
from .pxbackup.backups.lifecycle import STATUSES
from .pxbackup.backups.resource import OPERATIONS
from .pxbackup.client.connection import Connection, Login, read_token_file
from .pxbackup.core.parameters import END_PARAMETERS, ON_EMPTY, ON_PARTIAL, PREFLIGHT, WAIT_PARAMETERS
from .pxbackup.errors import ValidationError


def _from_environment(name: str, **option: Any) -> dict[str, Any]:
    return {**option, "fallback": (env_fallback, [name])}


_TLS = {
    "validate_certs": _from_environment("PX_BACKUP_VALIDATE_CERTS", type="bool"),
    "ca_cert": _from_environment("PX_BACKUP_CA_CERT", type="path"),
    "client_cert": _from_environment("PX_BACKUP_CLIENT_CERT", type="path"),
    # The path of the key, not the key: no secret.
    "client_key": _from_environment("PX_BACKUP_CLIENT_KEY", type="path", no_log=False),
}

# The same four, given as one dictionary; a fallback belongs to the plain option alone.
_SSL_CONFIG = {name: {key: part for key, part in option.items() if key != "fallback"} for name, option in _TLS.items()}

# The ways to log in, of which exactly one is given.
TOKEN, TOKEN_FILE, LOGIN = "token", "token_file", "auth_url"

_LOGIN: dict[str, dict[str, Any]] = {
    "auth_url": _from_environment("PX_BACKUP_AUTH_URL", type="str"),
    "username": _from_environment("PX_BACKUP_USERNAME", type="str"),
    "password": _from_environment("PX_BACKUP_PASSWORD", type="str", no_log=True),
    "client_id": _from_environment("PX_BACKUP_CLIENT_ID", type="str", default="pxcentral"),
    "realm": _from_environment("PX_BACKUP_REALM", type="str", default="master"),
}

TIMES = ("connect_timeout", "timeout", "request_timeout", "retries", "retry_max_delay")

_TLS_AND_TIMES: dict[str, dict[str, Any]] = {
    **_TLS,
    "validate_certs": {**_TLS["validate_certs"], "default": True},
    "ssl_config": {"type": "dict", "options": _SSL_CONFIG},
    "connect_timeout": {"type": "float", "default": 10.0},
    "timeout": {"type": "float", "default": 60.0},
    "request_timeout": {"type": "float"},
    "retries": {"type": "int", "default": 3},
    "retry_max_delay": {"type": "float", "default": 10.0},
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

_REFERENCE: dict[str, Any] = {"type": "dict", "options": {"name": {"type": "str"}, "uid": {"type": "str"}}}
_STRINGS: dict[str, Any] = {"type": "list", "elements": "str"}
_RESOURCES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {key: {"type": "str", "required": True} for key in ("name", "namespace", "group", "kind", "version")},
}

SHARE_ACCESS = ("Invalid", "View", "Restorable", "FullAccess")
OWNERSHIP_ACCESS = ("Read", "Write", "Admin")


def _access_list(choices: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "list",
        "elements": "dict",
        "options": {
            "id": {"type": "str", "required": True},
            "access": {"type": "str", "required": True, "choices": list(choices)},
        },
    }


_MACHINES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {key: {"type": "str", "required": True} for key in ("name", "namespace")},
}
_DETAILS_FILTER: dict[str, Any] = {
    "namespace_filter": {
        "type": "dict",
        "options": {
            "namespace_name_pattern": {"type": "str"},
            "include_namespaces": _STRINGS,
            "exclude_namespaces": _STRINGS,
            "include_resources": _RESOURCES,
            "exclude_resources": _RESOURCES,
            "gvks": _STRINGS,
            "resource_name_pattern": {"type": "str"},
        },
    },
    "virtual_machine_filter": {
        "type": "dict",
        "options": {
            "vm_name_pattern": {"type": "str"},
            "os_name": _STRINGS,
            "include_vms": _MACHINES,
            "exclude_vms": _MACHINES,
        },
    },
    "status": {"type": "list", "elements": "str", "choices": list(STATUSES)},
    "max_objects": {"type": "int"},
    "object_index": {"type": "int"},
}

BACKUP: dict[str, dict[str, Any]] = {
    "operation": {"type": "str", "required": True, "choices": list(OPERATIONS)},
    "name": {"type": "str"},
    "uid": {"type": "str"},
    "backup_location_ref": _REFERENCE,
    "cluster_ref": _REFERENCE,
    "pre_exec_rule_ref": _REFERENCE,
    "post_exec_rule_ref": _REFERENCE,
    "cloud_credential_ref": _REFERENCE,
    "backup_type": {"type": "str", "choices": ["Generic", "Normal"]},
    "namespaces": _STRINGS,
    "label_selectors": {"type": "dict"},
    "resource_types": _STRINGS,
    "exclude_resource_types": _STRINGS,
    "include_resources": _RESOURCES,
    "backup_object_type": {
        "type": "dict",
        "options": {"type": {"type": "str", "choices": ["Invalid", "All", "VirtualMachine"]}},
    },
    "ns_label_selectors": {"type": "str"},
    "direct_kdmp": {"type": "bool"},
    "skip_vm_auto_exec_rules": {"type": "bool"},
    "volume_snapshot_class_mapping": {"type": "dict"},
    "keep_cr_status": {"type": "bool"},
    "advanced_resource_label_selector": {"type": "str"},
    "volume_resource_only_policy_ref": _REFERENCE,
    "force": {"type": "bool"},
    "labels": {"type": "dict"},
    "ownership": {
        "type": "dict",
        "options": {
            "owner": {"type": "str"},
            "groups": _access_list(OWNERSHIP_ACCESS),
            "collaborators": _access_list(OWNERSHIP_ACCESS),
            "public": {"type": "dict", "options": {"type": {"type": "str", "choices": list(OWNERSHIP_ACCESS)}}},
        },
    },
    "backup_share": {
        "type": "dict",
        "options": {"collaborators": _access_list(SHARE_ACCESS), "groups": _access_list(SHARE_ACCESS)},
    },
    "filter": {"type": "dict", "options": _DETAILS_FILTER},
    "force_resync": {"type": "bool"},
    "sync_namespaces_only": {"type": "bool"},
    "wait": {"type": "bool"},
    "wait_timeout": {"type": "int"},
    "wait_interval": {"type": "int"},
    "on_partial": {"type": "str", "choices": list(ON_PARTIAL)},
    "on_empty": {"type": "str", "choices": list(ON_EMPTY)},
    "preflight": {"type": "str", "choices": list(PREFLIGHT)},
    "max_objects": {"type": "int"},
    "name_filter": {"type": "str"},
    "cluster_name_filter": {"type": "str"},
    "cluster_uid_filter": {"type": "str"},
    "include_detailed_resources": {"type": "bool"},
    "owners": _STRINGS,
    "status": {"type": "list", "elements": "str", "choices": list(STATUSES)},
    "schedule_policy_ref": _REFERENCE,
    "backup_schedule_ref": _REFERENCE,
    "time_range": {"type": "dict", "options": {"start": {"type": "str"}, "end": {"type": "str"}}},
    "resource_info": {
        "type": "dict",
        "options": {key: {"type": "str"} for key in ("name", "namespace", "group", "kind", "version")},
    },
    "vm_volume_name": {"type": "str"},
    "exclude_failed_resource": {"type": "bool"},
    "sort_option": {
        "type": "dict",
        "options": {
            "sort_by": {"type": "str", "choices": list(SORT_KEYS)},
            "sort_order": {"type": "str", "choices": list(SORT_ORDERS)},
        },
    },
}


# What `backup_info` takes: the filters of a list, and what to keep of each backup.
BACKUP_INFO: dict[str, dict[str, Any]] = {
    **{name: BACKUP[name] for name in ("name", "uid", *FILTERS, "sort_option", "max_objects")},
    "fields": _STRINGS,
    "summary": {"type": "bool"},
    "statistics": {"type": "bool"},
}


# What `backup_batch` takes: of each backup what CREATE and DELETE take, apart from the wait, which is for all.
_ITEM = {name: BACKUP[name] for name in dict.fromkeys(name for state in STATES for name in item_options(state))}
BACKUP_BATCH: dict[str, dict[str, Any]] = {
    "backups": {"type": "list", "elements": "dict", "options": _ITEM},
    "defaults": {
        "type": "dict",
        "options": {name: BACKUP[name] for name in item_options("present") if name != "name"},
    },
    "names": _STRINGS,
    "state": {"type": "str", "choices": list(STATES), "default": "present"},
    "concurrency": {"type": "int", "default": DEFAULT_CONCURRENCY},
    "fail_fast": {"type": "bool", "default": False},
    **{name: BACKUP[name] for name in (*WAIT_PARAMETERS, *END_PARAMETERS)},
}


def connection_from(params: dict[str, Any]) -> Connection:
    """Return the connection of a task.

    Raises:
        ValidationError: not exactly one way to log in is given, or one of its options is missing.
    """
    ways = [name for name in (TOKEN, TOKEN_FILE, LOGIN) if params[name]]
    if len(ways) != 1:
        raise ValidationError(
            f"{' and '.join(ways)} are ways to log in, and only one can be used"
            if ways
            else "there is no way to log in",
            hint="give token, or token_file, or auth_url with username and password (or their environment variables)",
        )
    connection = Connection(params["api_url"], params["token"] or "", **_tls_and_times(params))
    if ways == [TOKEN_FILE]:
        token_file = params["token_file"]
        return connection._replace(token=read_token_file(token_file), token_file=token_file)
    return connection._replace(login=_login_from(params) if ways == [LOGIN] else None)


def login_connection_from(params: dict[str, Any]) -> Connection:
    """Return the connection of a task that logs in and does nothing else."""
    return Connection(params["auth_url"], "", _login_from(params), **_tls_and_times(params))


def _login_from(params: dict[str, Any]) -> Login:
    for name in ("username", "password"):
        if not params[name]:
            raise ValidationError(f"auth_url is given without {name}", hint=f"give {name} too")
    return Login(**{name: params[name] for name in _LOGIN})


def _tls_and_times(params: dict[str, Any]) -> dict[str, Any]:
    """Return the rest of a connection; ``ssl_config`` is another way to say the four TLS options.

    Raises:
        ValidationError: the two ways contradict each other.
    """
    tls = {name: params[name] for name in _TLS}
    for name, value in (params["ssl_config"] or {}).items():
        if value in (None, ""):
            continue
        # `true` may be the default and no contradiction; `false` and paths were given on purpose.
        if tls[name] not in (None, "", True, value):
            raise ValidationError(
                f"{name} is {tls[name]!r} and ssl_config.{name} is {value!r}", hint="give only one of them"
            )
        tls[name] = value
    times = {name: params[name] for name in TIMES}
    return {**times, **{name: None if value == "" else value for name, value in tls.items()}}
