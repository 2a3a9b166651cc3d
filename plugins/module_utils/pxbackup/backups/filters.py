# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of a list: what the server filters, what is filtered here, and in which order.

A filter that the server's release lacks is applied here where the result is exact; where it is not, the option's
release has it refused before. What the server must have filtered is compared again: a backup that does not match means
that the server ignored the filter. Facts: behaviour note 4.1 and 4.2, contract ``EnumerateOptions``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple

from ..api.releases import has, has_call
from ..core.lookup import owner_of
from ..core.model import Context
from ..core.pagination import name_of
from ..errors import ProtocolError, ValidationError
from .lifecycle import cluster_of, status_of
from .option_types import canonical_type
from .options import FILTERS, RESTORE_SORT_KEY, SORT_KEYS

Backup = dict[str, Any]
Test = Callable[[Backup], bool]

# How to sort here, by the name of an order.
_SORT_BY: dict[str, Callable[[Backup], Any]] = {
    "CreationTimestamp": lambda backup: parse_server_time(backup["metadata"]["create_time"]),
    "Name": name_of,
    "ClusterName": cluster_of,
    "Size": lambda backup: backup["backup_info"]["total_size"],
    "LastUpdateTimestamp": lambda backup: parse_server_time(backup["metadata"]["last_update_time"]),
}


class Selection(NamedTuple):
    """What to ask for and what to do with the response.

    Attributes:
        options: ``EnumerateOptions`` for the server.
        tests: what a backup must also pass here.
        checks: what a backup must pass because the server filtered it, by the name of the filter.
        sort_key, reverse: how to sort here, ``None`` when the order of the server is right.
    """

    options: dict[str, Any]
    tests: tuple[Test, ...]
    checks: dict[str, Test]
    sort_key: Callable[[Backup], Any] | None
    reverse: bool

    def takes(self, backup: Backup) -> bool:
        """Whether a backup of the server's list matches.

        Raises:
            ProtocolError: the server ignored a filter.
        """
        for name, check in self.checks.items():
            if not check(backup):
                raise ProtocolError(
                    f"the server ignored the filter {name}: its list holds backup {name_of(backup)!r}, which does not "
                    "match",
                    hint=f"omit {name} and select from the whole list in the playbook",
                )
        return all(test(backup) for test in self.tests)


def select(context: Context, parameters: dict[str, Any]) -> Selection:
    """Return what the filters and the order of a task mean for this server.

    Raises:
        ValidationError: a time or an order is invalid.
    """
    options: dict[str, Any] = {}
    tests: list[Test] = []
    for name in FILTERS:
        if name not in parameters:
            continue
        if name in _APPLIED_HERE:
            tests += _APPLIED_HERE[name](context, parameters[name], options)
        else:
            options[name] = parameters[name]
    checks = {name: make_check(options[name]) for name, make_check in _CHECKS.items() if name in options}
    key, reverse = _order(context, parameters, options)
    return Selection(options, tuple(tests), checks, key, reverse)


# --- what the server filters, compared again


def _contains(read: Callable[[Backup], str]) -> Callable[[str], Test]:
    """Return a check of a filter that matches parts of a text; whether case matters is not known."""
    return lambda part: lambda backup: part.lower() in read(backup).lower()


def _has_labels(wanted: dict[str, str]) -> Test:
    return lambda backup: wanted.items() <= (backup["metadata"]["labels"] or {}).items()


def _object_type_of(backup: Backup) -> str:
    return canonical_type(backup["backup_info"]["backup_object_type"])


def _cluster_uid(backup: Backup) -> str:
    return str((backup["backup_info"]["cluster_ref"] or {}).get("uid") or "")


def _unless_unsaid(test: Callable[[str, Any], bool], read: Callable[[Backup], str]) -> Callable[[Any], Test]:
    """Return a check that passes where the backup does not say what the filter is about."""
    return lambda wanted: lambda backup: not read(backup) or test(read(backup), wanted)


_CHECKS: dict[str, Callable[[Any], Test]] = {
    "name_filter": _contains(name_of),
    "cluster_name_filter": _contains(cluster_of),
    "cluster_uid_filter": _unless_unsaid(lambda said, part: part.lower() in said.lower(), _cluster_uid),
    "owners": _unless_unsaid(lambda said, owners: said in owners, owner_of),
    "status": lambda statuses: lambda backup: status_of(backup) in statuses,
    "labels": _has_labels,
    "backup_object_type": _unless_unsaid(lambda said, wanted: said == wanted, _object_type_of),
}


# --- what is filtered here, or must be translated for the server


def _name(context: Context, name: str, options: dict[str, Any]) -> list[Test]:
    # The server finds parts of names: the longer text of the two narrows more, and exact matches are selected here.
    part = options.get("name_filter", "")
    options["name_filter"] = name
    return [lambda backup: name_of(backup) == name and part in name]


def _cluster_ref(context: Context, ref: dict[str, str], options: dict[str, Any]) -> list[Test]:
    wanted = _resolve(context, "cluster_ref", ref)
    options.setdefault("cluster_name_filter", wanted["name"])
    options.setdefault("cluster_uid_filter", wanted["uid"])
    return [lambda backup: _cluster_uid(backup) == wanted["uid"]]


def _resolve(context: Context, parameter: str, ref: dict[str, str]) -> dict[str, str]:
    kind = FILTERS[parameter].refers_to
    assert kind is not None
    return context.references.resolve(parameter, kind, ref)


def _object_type(context: Context, value: dict[str, str], options: dict[str, Any]) -> list[Test]:
    options["backup_object_type"] = value["type"]
    return []


def _schedules(context: Context, refs: list[dict[str, str]], options: dict[str, Any]) -> list[Test]:
    wanted = [_resolve(context, "backup_schedule_ref", ref) for ref in refs]
    if has_call("Backup.EnumerateByPost", context.api.release):
        options["backup_schedule_ref"] = wanted
    uids = {ref["uid"] for ref in wanted}
    return [lambda backup: (backup["backup_info"]["backup_schedule"] or {}).get("uid") in uids]


def _references(parameter: str) -> Callable[[Context, Any, dict[str, Any]], list[Test]]:
    def translate(context: Context, refs: Any, options: dict[str, Any]) -> list[Test]:
        listed = refs if isinstance(refs, list) else [refs]
        options[parameter] = [_resolve(context, parameter, ref) for ref in listed]
        return []

    return translate


def _namespaces(context: Context, names: list[str], options: dict[str, Any]) -> list[Test]:
    wanted = set(names)
    return [lambda backup: not wanted.isdisjoint(backup["backup_info"]["namespaces"])]


def _whole_second(key: str, at: datetime) -> str:
    """Return a time in UTC for the server, the end rounded up: fractions are compared here."""
    if key == "end_time":
        at += timedelta(seconds=1)
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time_range(context: Context, value: dict[str, str], options: dict[str, Any]) -> list[Test]:
    now = datetime.fromtimestamp(context.now(), timezone.utc)
    start = parse_time("time_range.start", value["start"], now) if value.get("start") else None
    end = parse_time("time_range.end", value["end"], now) if value.get("end") else None
    if start and end and start > end:
        raise ValidationError(
            f"time_range.start {value['start']!r} is after time_range.end {value['end']!r}", hint="exchange them"
        )
    ends = {"start_time": start, "end_time": end}
    options["time_range"] = {key: _whole_second(key, at) for key, at in ends.items() if at}

    def is_within(backup: Backup) -> bool:
        created = parse_server_time(backup["metadata"]["create_time"])
        return (start is None or created >= start) and (end is None or created <= end)

    return [is_within]


_APPLIED_HERE: dict[str, Callable[[Context, Any, dict[str, Any]], list[Test]]] = {
    "name": _name,
    "cluster_ref": _cluster_ref,
    "backup_object_type": _object_type,
    "backup_schedule_ref": _schedules,
    "schedule_policy_ref": _references("schedule_policy_ref"),
    "volume_resource_only_policy_ref": _references("volume_resource_only_policy_ref"),
    "namespaces": _namespaces,
    "time_range": _time_range,
}


def _order(
    context: Context, parameters: dict[str, Any], options: dict[str, Any]
) -> tuple[Callable[[Backup], Any] | None, bool]:
    """Return how to sort here; the server sorts where only the first backups are wanted and it can."""
    wanted = parameters.get("sort_option")
    if not wanted:
        return None, False
    by, order = wanted.get("sort_by") or "CreationTimestamp", wanted.get("sort_order") or "Descending"
    if by == RESTORE_SORT_KEY:
        raise ValidationError(
            f"sort_option.sort_by {by!r} sorts restores, not backups", hint=f"use one of {', '.join(SORT_KEYS)}"
        )
    if "max_objects" in parameters and has(SORT_KEYS[by], context.api.release):
        options["sort_option"] = {"sortBy": {"type": by}, "sortOrder": {"type": order}}
        return None, False
    return _SORT_BY[by], order == "Descending"


# --- times

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


# No backup is older than this, in seconds.
_MAX_AGE = 100 * 366 * 86400


def parse_time(parameter: str, text: str, now: datetime) -> datetime:
    """Return the time that a task means: RFC 3339, or an age such as ``7d`` counted back from ``now``.

    Raises:
        ValidationError: it is neither.
    """
    age = re.fullmatch(r"(\d{1,12})([smhdw])", text.strip())
    try:
        if age:
            span = timedelta(**{_UNITS[age.group(2)]: int(age.group(1))})
            if span.total_seconds() <= _MAX_AGE:
                return now - span
        else:
            at = datetime.fromisoformat(_python_form(text.strip()))
            # A time at the ends of the calendar cannot be brought into UTC.
            if at.tzinfo is not None and 1 < at.year < 9999:
                return at
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        f"{parameter} {text!r} is not a time",
        hint="use RFC 3339 with a time zone such as 2026-11-23T20:00:00Z, or an age such as 2w, 7d, 12h or 30m",
    )


_EARLIEST = datetime(1, 1, 1, tzinfo=timezone.utc)


def parse_server_time(text: str | None) -> datetime:
    """Return a time of the server; one that is absent or unreadable sorts before all others. Nanoseconds are cut off.

    A time without a zone is UTC: the API writes all times so.
    """
    try:
        at = datetime.fromisoformat(_python_form(text)) if text else _EARLIEST
    except ValueError:
        return _EARLIEST
    return at if at.tzinfo is not None else at.replace(tzinfo=timezone.utc)


def _python_form(text: str) -> str:
    """Return RFC 3339 as Python 3.9 reads it: ``+00:00`` for ``Z`` and six digits of a second."""
    text = re.sub(r"[zZ]$", "+00:00", text)
    return re.sub(r"\.(\d{1,9})", lambda match: "." + match.group(1)[:6].ljust(6, "0"), text)
