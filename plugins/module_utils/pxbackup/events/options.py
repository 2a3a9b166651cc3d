# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the event sources: a table for each, from the keys of a rulebook to settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple

from ..api.releases import check_release
from ..checks import check_number
from ..client.connection import Connection, check_connection
from ..client.options import CONNECTION_OPTIONS, check_required, connection_from
from ..core.times import parse_server_time, parse_time
from ..errors import ValidationError
from ..limits import CONNECTIONS, LIST_CONCURRENCY
from ..values import Parameter, read_flag, read_number, read_path, read_values, read_whole_number
from .fields import BACKUP_TYPES, RESTORE_TYPES
from .model import Object
from .option_types import (
    read_anything,
    read_choices,
    read_labels,
    read_names,
    read_start,
)
from .selection import Filters
from .watch import Pace

MIN_INTERVAL = 5.0


_COMMON: dict[str, Parameter] = {
    **CONNECTION_OPTIONS,
    # The source polls again anyway.
    "retries": CONNECTION_OPTIONS["retries"]._replace(default=1),
    "interval": Parameter(read_number, 60.0),
    "concurrency": Parameter(read_whole_number, LIST_CONCURRENCY),
    "heartbeat": Parameter(read_number, 0.0),
    "start": Parameter(read_start, "now"),
    "state_file": Parameter(read_path, ""),
    "clusters": Parameter(read_names, ()),
    "namespaces": Parameter(read_names, ()),
    "names": Parameter(read_names, ()),
    "labels": Parameter(read_labels, ()),
    "owners": Parameter(read_names, ()),
}

# The options of each event source.
OPTIONS: dict[str, dict[str, Parameter]] = {
    "backups": {
        **_COMMON,
        "events": Parameter(read_choices(*BACKUP_TYPES), BACKUP_TYPES),
        "full_interval": Parameter(read_number, 600.0),
        "schedules": Parameter(read_names, ()),
        "manual_only": Parameter(read_flag, False),
        "rpo": Parameter(read_anything),
        "exempt": Parameter(read_names),
    },
    "restores": {
        **_COMMON,
        "events": Parameter(read_choices(*RESTORE_TYPES), RESTORE_TYPES),
        "backups": Parameter(read_names, ()),
    },
}

# A newer engine hands this over to every source.
_IGNORED = ("eda_feedback_queue",)


class Settings(NamedTuple):
    """What a rulebook asks for.

    Attributes:
        connection: the checked connection.
        concurrency: how many pages of a list are requested at the same time.
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
    concurrency: int
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
    check_required(values)
    pace = Pace(values["interval"], values.get("full_interval", 0.0), values["heartbeat"])
    if pace.interval < MIN_INTERVAL:
        raise ValidationError(f"interval is {pace.interval:g}", hint=f"set it to {MIN_INTERVAL:g} seconds or more")
    check_number("concurrency", values["concurrency"], 1, CONNECTIONS)
    return Settings(
        connection=check_connection(connection_from(values)),
        org_id=values["org_id"],
        release=check_release(values["server_release"]),
        filters=Filters(**{name: values[name] for name in Filters._fields if name in values}),
        pace=pace,
        types=frozenset(values["events"]),
        announces=_announces(values["start"], now),
        state_file=values["state_file"],
        concurrency=values["concurrency"],
        rpo=values.get("rpo"),
        exempt=values.get("exempt"),
    )


def _values(
    options: Mapping[str, Parameter], args: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    unknown = sorted(set(args) - set(options) - set(_IGNORED))
    if unknown:
        raise ValidationError(
            f"{unknown[0]!r} is not an option of this event source", hint=f"options are {', '.join(options)}"
        )
    return read_values(options, args, environment)


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
