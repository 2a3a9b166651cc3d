# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the event sources: a table for each, from the keys of a rulebook to settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple

from ..client.connection import Connection, Login, check_connection, read_token_file
from ..core.times import parse_server_time, parse_time
from ..errors import ValidationError
from .fields import BACKUP_TYPES, RESTORE_TYPES
from .model import Object
from .option_types import (
    read_anything,
    read_choices,
    read_flag,
    read_labels,
    read_names,
    read_number,
    read_password,
    read_path,
    read_start,
    read_text,
    read_whole_number,
)
from .selection import Filters
from .watch import Pace

MIN_INTERVAL = 5.0


class SourceOption(NamedTuple):
    """One key of a source.

    Attributes:
        read: takes name and value, returns the typed value; raises ``ValidationError``.
        default: the value when the key is omitted.
        variable: the environment variable that is used when the key is omitted.
    """

    read: Callable[[str, Any], Any]
    default: Any = None
    variable: str = ""


_COMMON: dict[str, SourceOption] = {
    "api_url": SourceOption(read_text, "", "PX_BACKUP_API_URL"),
    "org_id": SourceOption(read_text, "", "PX_BACKUP_ORG_ID"),
    "token": SourceOption(read_text, "", "PX_BACKUP_TOKEN"),
    "token_file": SourceOption(read_path, "", "PX_BACKUP_TOKEN_FILE"),
    "auth_url": SourceOption(read_text, "", "PX_BACKUP_AUTH_URL"),
    "username": SourceOption(read_text, "", "PX_BACKUP_USERNAME"),
    "password": SourceOption(read_password, "", "PX_BACKUP_PASSWORD"),
    "client_id": SourceOption(read_text, "pxcentral", "PX_BACKUP_CLIENT_ID"),
    "realm": SourceOption(read_text, "master", "PX_BACKUP_REALM"),
    "server_release": SourceOption(read_text, ""),
    "validate_certs": SourceOption(read_flag, True, "PX_BACKUP_VALIDATE_CERTS"),
    "ca_cert": SourceOption(read_path, "", "PX_BACKUP_CA_CERT"),
    "client_cert": SourceOption(read_path, "", "PX_BACKUP_CLIENT_CERT"),
    "client_key": SourceOption(read_path, "", "PX_BACKUP_CLIENT_KEY"),
    "connect_timeout": SourceOption(read_number, 10.0),
    "timeout": SourceOption(read_number, 60.0),
    "request_timeout": SourceOption(read_number),
    # The source polls again anyway.
    "retries": SourceOption(read_whole_number, 1),
    "retry_max_delay": SourceOption(read_number, 10.0),
    "interval": SourceOption(read_number, 60.0),
    "heartbeat": SourceOption(read_number, 0.0),
    "start": SourceOption(read_start, "now"),
    "state_file": SourceOption(read_path, ""),
    "clusters": SourceOption(read_names, ()),
    "namespaces": SourceOption(read_names, ()),
    "names": SourceOption(read_names, ()),
    "labels": SourceOption(read_labels, ()),
    "owners": SourceOption(read_names, ()),
}

# The options of each event source.
OPTIONS: dict[str, dict[str, SourceOption]] = {
    "backups": {
        **_COMMON,
        "events": SourceOption(read_choices(*BACKUP_TYPES), BACKUP_TYPES),
        "full_interval": SourceOption(read_number, 600.0),
        "schedules": SourceOption(read_names, ()),
        "manual_only": SourceOption(read_flag, False),
        "rpo": SourceOption(read_anything),
        "exempt": SourceOption(read_names),
    },
    "restores": {
        **_COMMON,
        "events": SourceOption(read_choices(*RESTORE_TYPES), RESTORE_TYPES),
        "backups": SourceOption(read_names, ()),
    },
}

_TIMES = ("connect_timeout", "timeout", "request_timeout", "retries", "retry_max_delay")

# A newer engine hands this over to every source.
_IGNORED = ("eda_feedback_queue",)


class Settings(NamedTuple):
    """What a rulebook asks for.

    Attributes:
        connection: the checked connection.
        rpo, exempt: as given; ``protection`` reads them.
    """

    connection: Connection
    org_id: str
    release: str | None
    filters: Filters
    pace: Pace
    types: frozenset[str]
    announces: Callable[[Object], bool]
    state_file: str
    rpo: Any
    exempt: tuple[str, ...] | None


def read_settings(kind: str, args: Mapping[str, Any], environment: Mapping[str, str], now: float) -> Settings:
    """Return the settings of a rulebook.

    Args:
        kind: the event source, a key of ``OPTIONS``.
        args: the keys below the source.
        environment: the environment variables.
        now: seconds since 1970, for ages in ``start``.

    Raises:
        ValidationError: a key is unknown, or a value is not valid.
    """
    values = _values(OPTIONS[kind], args, environment)
    if not values["org_id"]:
        raise ValidationError("org_id is required", hint="set it, in most installations to 'default'")
    pace = Pace(values["interval"], values.get("full_interval", 0.0), values["heartbeat"])
    if pace.interval < MIN_INTERVAL:
        raise ValidationError(f"interval is {pace.interval:g}", hint=f"set it to {MIN_INTERVAL:g} seconds or more")
    return Settings(
        connection=_connection_of(values),
        org_id=values["org_id"],
        release=values["server_release"] or None,
        filters=Filters(**{name: values[name] for name in Filters._fields if name in values}),
        pace=pace,
        types=frozenset(values["events"]),
        announces=_announces(values["start"], now),
        state_file=values["state_file"],
        rpo=values.get("rpo"),
        exempt=values.get("exempt"),
    )


def _values(
    options: Mapping[str, SourceOption], args: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    unknown = sorted(set(args) - set(options) - set(_IGNORED))
    if unknown:
        raise ValidationError(
            f"{unknown[0]!r} is not an option of this event source", hint=f"options are {', '.join(options)}"
        )
    values = {}
    for name, option in options.items():
        given = args.get(name)
        if given is None and option.variable:
            given = environment.get(option.variable) or None
        # A template that finds nothing leaves empty text.
        values[name] = option.default if given is None or given == "" else option.read(name, given)
    return values


def _connection_of(values: Mapping[str, Any]) -> Connection:
    """Return the checked connection of typed option values."""
    if not values["api_url"]:
        raise ValidationError("api_url is required", hint="set it, such as https://px-backup.example.com:10001")
    methods = [name for name in ("token", "token_file", "auth_url") if values[name]]
    if len(methods) != 1:
        raise ValidationError(
            f"{' and '.join(methods)} are mutually exclusive" if methods else "no authentication method is configured",
            hint="set token, or token_file, or auth_url with username and password",
        )
    token_file = values["token_file"] or None
    login = None
    if values["auth_url"]:
        login = Login(**{name: values[name] for name in ("auth_url", "username", "password", "client_id", "realm")})
    others: dict[str, Any] = {name: values[name] or None for name in ("ca_cert", "client_cert", "client_key")}
    others.update({name: values[name] for name in _TIMES})
    return check_connection(
        Connection(
            values["api_url"],
            read_token_file(token_file) if token_file else values["token"],
            login,
            validate_certs=values["validate_certs"],
            token_file=token_file,
            **others,
        )
    )


def _announces(start: str, now: float) -> Callable[[Object], bool]:
    """Return which objects of the very first poll are events."""
    if start in ("now", "all"):
        return lambda _item: start == "all"
    try:
        since = parse_time("start", start, datetime.fromtimestamp(now, timezone.utc))
    except ValidationError:
        raise ValidationError(
            f"start {start!r} is not valid", hint="set it to now, to all, to an age such as 2h, or to an RFC 3339 time"
        ) from None
    return lambda item: (
        max(parse_server_time(item["metadata"]["create_time"]), parse_server_time(item["metadata"]["last_update_time"]))
        >= since
    )
