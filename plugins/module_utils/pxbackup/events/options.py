# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the event source: one table, from the keys of a rulebook to settings.

A rulebook hands over what YAML or a template made of a value, so numbers and booleans may arrive as text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple

from ..client.connection import Connection, Login, check_connection, read_token_file
from ..core.times import parse_server_time, parse_time
from ..errors import ValidationError
from .fields import TYPES
from .model import Object
from .selection import Filters
from .watch import Pace

MIN_INTERVAL = 5.0


class SourceOption(NamedTuple):
    """One key of the source.

    Attributes:
        read: takes name and value, returns the typed value; raises ``ValidationError``.
        default: the value when the key is omitted.
        variable: the environment variable that is used when the key is omitted.
    """

    read: Callable[[str, Any], Any]
    default: Any = None
    variable: str = ""


def _text(name: str, value: Any) -> str:
    if isinstance(value, (dict, list, bool)) or value is None:
        raise ValidationError(f"{name} {value!r} is not text", hint="set it to text")
    return str(value).strip()


def _password(name: str, value: Any) -> str:
    # Spaces at the ends may be part of it.
    _text(name, value)
    return str(value)


def _number(name: str, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise ValidationError(f"{name} {value!r} is not a valid number", hint="set it to 0 or more")
    return number


def _whole(name: str, value: Any) -> int:
    number = _number(name, value)
    if number != int(number):
        raise ValidationError(f"{name} {value!r} is not a whole number", hint="set it to 0 or more")
    return int(number)


_FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _flag(name: str, value: Any) -> bool:
    flag = _FLAGS.get(str(value).strip().lower())
    if flag is None:
        raise ValidationError(f"{name} {value!r} is not a boolean", hint="set it to true or false")
    return flag


def _names(name: str, value: Any) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise ValidationError(f"{name} {value!r} is not a list", hint="set it to a list of texts")
    return tuple(text for text in (_text(f"{name}[{number}]", item) for number, item in enumerate(items)) if text)


def _types(name: str, value: Any) -> tuple[str, ...]:
    types = _names(name, value)
    for item in types:
        if item not in TYPES:
            raise ValidationError(f"{name} has no type {item!r}", hint=f"choose from {', '.join(TYPES)}")
    return types or tuple(TYPES)


def _labels(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValidationError(f"{name} {value!r} is not a dictionary", hint="set it to labels and their values")
    flags = {True: "true", False: "false"}
    return tuple(
        (str(key), flags[item] if isinstance(item, bool) else _text(f"{name}.{key}", item))
        for key, item in value.items()
    )


def _start(name: str, value: Any) -> str:
    # `start: {since: 2h}` reads better than `start: 2h`, and both mean the same.
    since = value.get("since") if isinstance(value, dict) and set(value) == {"since"} else value
    return _text(name, since)


def _any(_name: str, value: Any) -> Any:
    return value


OPTIONS: dict[str, SourceOption] = {
    "api_url": SourceOption(_text, "", "PX_BACKUP_API_URL"),
    "org_id": SourceOption(_text, "", "PX_BACKUP_ORG_ID"),
    "token": SourceOption(_text, "", "PX_BACKUP_TOKEN"),
    "token_file": SourceOption(_text, "", "PX_BACKUP_TOKEN_FILE"),
    "auth_url": SourceOption(_text, "", "PX_BACKUP_AUTH_URL"),
    "username": SourceOption(_text, "", "PX_BACKUP_USERNAME"),
    "password": SourceOption(_password, "", "PX_BACKUP_PASSWORD"),
    "client_id": SourceOption(_text, "pxcentral", "PX_BACKUP_CLIENT_ID"),
    "realm": SourceOption(_text, "master", "PX_BACKUP_REALM"),
    "server_release": SourceOption(_text, ""),
    "validate_certs": SourceOption(_flag, True, "PX_BACKUP_VALIDATE_CERTS"),
    "ca_cert": SourceOption(_text, "", "PX_BACKUP_CA_CERT"),
    "client_cert": SourceOption(_text, "", "PX_BACKUP_CLIENT_CERT"),
    "client_key": SourceOption(_text, "", "PX_BACKUP_CLIENT_KEY"),
    "connect_timeout": SourceOption(_number, 10.0),
    "timeout": SourceOption(_number, 60.0),
    "request_timeout": SourceOption(_number),
    # The source polls again anyway.
    "retries": SourceOption(_whole, 1),
    "retry_max_delay": SourceOption(_number, 10.0),
    "interval": SourceOption(_number, 60.0),
    "full_interval": SourceOption(_number, 600.0),
    "heartbeat": SourceOption(_number, 0.0),
    "events": SourceOption(_types, tuple(TYPES)),
    "start": SourceOption(_start, "now"),
    "state_file": SourceOption(_text, ""),
    "clusters": SourceOption(_names, ()),
    "namespaces": SourceOption(_names, ()),
    "names": SourceOption(_names, ()),
    "labels": SourceOption(_labels, ()),
    "owners": SourceOption(_names, ()),
    "schedules": SourceOption(_names, ()),
    "manual_only": SourceOption(_flag, False),
    "rpo": SourceOption(_any),
    "exempt": SourceOption(_names),
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


def read_settings(args: Mapping[str, Any], environment: Mapping[str, str], now: float) -> Settings:
    """Return the settings of a rulebook.

    Args:
        args: the keys below the source.
        environment: the environment variables.
        now: seconds since 1970, for ages in ``start``.

    Raises:
        ValidationError: a key is unknown, or a value is not valid.
    """
    values = _values(args, environment)
    if not values["org_id"]:
        raise ValidationError("org_id is required", hint="set it, in most installations to 'default'")
    pace = Pace(values["interval"], values["full_interval"], values["heartbeat"])
    if pace.interval < MIN_INTERVAL:
        raise ValidationError(f"interval is {pace.interval:g}", hint=f"set it to {MIN_INTERVAL:g} seconds or more")
    return Settings(
        connection=_connection_of(values),
        org_id=values["org_id"],
        release=values["server_release"] or None,
        filters=Filters(**{name: values[name] for name in Filters._fields}),
        pace=pace,
        types=frozenset(values["events"]),
        announces=_announces(values["start"], now),
        state_file=values["state_file"],
        rpo=values["rpo"],
        exempt=values["exempt"],
    )


def _values(args: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    unknown = sorted(set(args) - set(OPTIONS) - set(_IGNORED))
    if unknown:
        raise ValidationError(
            f"{unknown[0]!r} is not an option of this event source", hint=f"options are {', '.join(OPTIONS)}"
        )
    values = {}
    for name, option in OPTIONS.items():
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
