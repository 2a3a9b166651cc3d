# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backups of a list are wanted: what the server filters, what is filtered here, and in which order.

A filter that the server's release lacks is applied here where the answer is exact; where it is not, the table
``releases.FILTERS_SINCE`` has it refused before.
Facts: behaviour note 4.1 and 4.2, contract ``EnumerateOptions``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple

from ..api.releases import has, has_call
from ..core.model import Context
from ..errors import ValidationError
from .lifecycle import cluster_of

Backup = dict[str, Any]
Test = Callable[[Backup], bool]

# Filters that every release applies and that are passed on as they are, under the API's names.
PLAIN_FILTERS = (
    "name_filter",
    "cluster_name_filter",
    "cluster_uid_filter",
    "include_detailed_resources",
    "owners",
    "status",
    "labels",
)

# Filters that are worked into what the server understands, or applied here.
OTHER_FILTERS = (
    "name",
    "cluster_ref",
    "backup_object_type",
    "schedule_policy_ref",
    "backup_schedule_ref",
    "volume_resource_only_policy_ref",
    "namespaces",
    "time_range",
    "resource_info",
    "vm_volume_name",
    "exclude_failed_resource",
)
FILTERS = PLAIN_FILTERS + OTHER_FILTERS

# Orders by name: the first release whose server sorts so, and how to sort here.
SORT_KEYS: dict[str, tuple[str, Callable[[Backup], Any]]] = {
    "CreationTimestamp": ("2.9.0", lambda backup: instant(backup["metadata"]["create_time"])),
    "Name": ("2.9.0", lambda backup: backup["metadata"]["name"]),
    "ClusterName": ("2.9.0", cluster_of),
    "Size": ("2.9.0", lambda backup: backup["backup_info"]["total_size"]),
    "LastUpdateTimestamp": ("2.11.0", lambda backup: instant(backup["metadata"]["last_update_time"])),
}
SORT_ORDERS = ("Ascending", "Descending")


class Selection(NamedTuple):
    """What to ask for and what to do with it.

    Attributes:
        options: ``EnumerateOptions`` for the server.
        tests: what a backup must pass here besides.
        sort_key, reverse: how to sort here, ``None`` when the order of the server is right.
    """

    options: dict[str, Any]
    tests: tuple[Test, ...]
    sort_key: Callable[[Backup], Any] | None
    reverse: bool

    def takes(self, backup: Backup) -> bool:
        """Whether a backup that the server answered with is wanted."""
        return all(test(backup) for test in self.tests)


def selection(context: Context, parameters: dict[str, Any]) -> Selection:
    """Return what the filters and the order of a task mean for this server.

    Raises:
        ValidationError: a time makes no sense.
    """
    options = {name: parameters[name] for name in PLAIN_FILTERS if name in parameters}
    tests: list[Test] = []
    for name, work in _WORK.items():
        if name in parameters:
            tests += work(context, parameters[name], options)
    key, reverse = _order(context, parameters, options)
    return Selection(options, tuple(tests), key, reverse)


def _name(context: Context, name: str, options: dict[str, Any]) -> list[Test]:
    # The server finds parts of names: the longer text of the two narrows more, and the exact ones are picked here.
    part = options.get("name_filter", "")
    options["name_filter"] = name
    return [lambda backup: backup["metadata"]["name"] == name and part in name]


def _cluster_ref(context: Context, ref: dict[str, str], options: dict[str, Any]) -> list[Test]:
    wanted = context.references.resolve("cluster_ref", ref)
    options.setdefault("cluster_name_filter", wanted["name"])
    options.setdefault("cluster_uid_filter", wanted["uid"])
    return [lambda backup: (backup["backup_info"]["cluster_ref"] or {}).get("uid") == wanted["uid"]]


def _object_type(context: Context, value: dict[str, str], options: dict[str, Any]) -> list[Test]:
    options["backup_object_type"] = value["type"]
    return []


def _schedule(context: Context, ref: dict[str, str], options: dict[str, Any]) -> list[Test]:
    wanted = context.references.resolve("backup_schedule_ref", ref)
    if has_call("Backup.EnumerateByPost", context.api.release):
        options["backup_schedule_ref"] = [wanted]
    return [lambda backup: (backup["backup_info"]["backup_schedule"] or {}).get("uid") == wanted["uid"]]


def _policy(parameter: str) -> Callable[[Context, dict[str, str], dict[str, Any]], list[Test]]:
    def work(context: Context, ref: dict[str, str], options: dict[str, Any]) -> list[Test]:
        options[parameter] = [context.references.resolve(parameter, ref)]
        return []

    return work


def _passed_on(parameter: str) -> Callable[[Context, Any, dict[str, Any]], list[Test]]:
    def work(context: Context, value: Any, options: dict[str, Any]) -> list[Test]:
        options[parameter] = value
        return []

    return work


def _namespaces(context: Context, names: list[str], options: dict[str, Any]) -> list[Test]:
    wanted = set(names)
    return [lambda backup: not wanted.isdisjoint(backup["backup_info"]["namespaces"])]


def _whole_second(key: str, at: datetime) -> str:
    """Return a time in UTC for the server, the end rounded up: what lies within is found out here to the fraction."""
    if key == "end_time":
        at += timedelta(seconds=1)
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time_range(context: Context, value: dict[str, str], options: dict[str, Any]) -> list[Test]:
    now = datetime.fromtimestamp(context.now(), timezone.utc)
    start = moment("time_range.start", value["start"], now) if value.get("start") else None
    end = moment("time_range.end", value["end"], now) if value.get("end") else None
    if start and end and start > end:
        raise ValidationError(
            f"time_range.start {value['start']!r} is after time_range.end {value['end']!r}", hint="exchange them"
        )
    ends = {"start_time": start, "end_time": end}
    options["time_range"] = {key: _whole_second(key, at) for key, at in ends.items() if at}

    def within(backup: Backup) -> bool:
        made = instant(backup["metadata"]["create_time"])
        return (start is None or made >= start) and (end is None or made <= end)

    return [within]


_WORK: dict[str, Callable[[Context, Any, dict[str, Any]], list[Test]]] = {
    "name": _name,
    "cluster_ref": _cluster_ref,
    "backup_object_type": _object_type,
    "backup_schedule_ref": _schedule,
    "schedule_policy_ref": _policy("schedule_policy_ref"),
    "volume_resource_only_policy_ref": _policy("volume_resource_only_policy_ref"),
    "namespaces": _namespaces,
    "time_range": _time_range,
    "resource_info": _passed_on("resource_info"),
    "vm_volume_name": _passed_on("vm_volume_name"),
    "exclude_failed_resource": _passed_on("exclude_failed_resource"),
}


def _order(
    context: Context, parameters: dict[str, Any], options: dict[str, Any]
) -> tuple[Callable[[Backup], Any] | None, bool]:
    """Return how to sort here; the server sorts where only the first backups are wanted and it can."""
    wanted = parameters.get("sort_option")
    if not wanted:
        return None, False
    by, order = wanted.get("sort_by") or "CreationTimestamp", wanted.get("sort_order") or "Descending"
    since, key = SORT_KEYS[by]
    if "max_objects" in parameters and has(since, context.api.release):
        options["sort_option"] = {"sortBy": {"type": by}, "sortOrder": {"type": order}}
        return None, False
    return key, order == "Descending"


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(parameter: str, text: str, now: datetime) -> datetime:
    """Return the time that a task means: RFC 3339, or an age such as ``7d`` counted back from ``now``.

    Raises:
        ValidationError: it is neither.
    """
    age = re.fullmatch(r"(\d+)([smhdw])", text.strip())
    try:
        if age:
            return now - timedelta(**{_UNITS[age.group(2)]: int(age.group(1))})
        at = datetime.fromisoformat(_python_form(text.strip()))
        if at.tzinfo is not None:
            return at
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        f"{parameter} {text!r} is no time",
        hint="give RFC 3339 with a time zone such as 2026-11-23T20:00:00Z, or an age such as 2w, 7d, 12h or 30m",
    )


_EARLIEST = datetime(1, 1, 1, tzinfo=timezone.utc)


def instant(text: str | None) -> datetime:
    """Return a time of the server; one that is not there comes before all others. Nanoseconds are cut off."""
    try:
        return datetime.fromisoformat(_python_form(text)) if text else _EARLIEST
    except ValueError:
        return _EARLIEST


def _python_form(text: str) -> str:
    """Return RFC 3339 as Python 3.9 reads it: ``+00:00`` for ``Z`` and six digits of a second."""
    text = re.sub(r"[zZ]$", "+00:00", text)
    return re.sub(r"\.(\d{1,9})", lambda match: "." + match.group(1)[:6].ljust(6, "0"), text)
