# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selections: what of a list is wanted, in which order; what the server filters, and what is filtered here.

A filter that the server's release lacks is applied here where the result is exact; where it is not, the option's
release has it refused before. What the server must have filtered is compared again: an object that does not match means
that the server ignored the filter. Facts: docs/server-behaviour.md, sections 4.1 and 4.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple

from ..api.releases import has
from ..api.schema import Parts
from ..errors import ProtocolError, ValidationError
from ..text import quoted
from .lookup import OWNER_PARTS, owner_of
from .model import Context
from .pagination import name_of
from .times import EARLIEST, parse_server_time, parse_time

Object = dict[str, Any]
Test = Callable[[Object], bool]
# Takes the context, the value of an option and the list options that it may change; returns tests to apply here.
Translate = Callable[[Context, Any, "dict[str, Any]"], "list[Test]"]


class Order(NamedTuple):
    """An order of a list: the first release whose server sorts so, how to sort here, and what that reads."""

    since: str
    key: Callable[[Object], Any]
    parts: tuple[str, ...]


class Filters(NamedTuple):
    """How the list of a resource is filtered and sorted.

    Attributes:
        noun: what an object is called in a sentence.
        names: the options that filter; those without a translation are passed on under the API's name.
        translations: of options that are translated for the server, or applied here.
        checks: of list options that the server filters by: they take the value and return a test.
        parts: what the tests and checks of an option read of an object; without an entry that is the whole object.
        orders: by name.
        server_sorts: whether the server's list can be asked for in an order.
    """

    noun: str
    names: Iterable[str]
    translations: Mapping[str, Translate]
    checks: Mapping[str, Callable[[Any], Test]]
    parts: Mapping[str, tuple[str, ...]]
    orders: Mapping[str, Order]
    server_sorts: bool = True


class Selection(NamedTuple):
    """What to ask for and what to do with the response.

    Attributes:
        noun: what an object is called in a sentence.
        options: ``EnumerateOptions`` for the server.
        tests: what an object must also pass here.
        checks: what an object must pass because the server filtered it, by the name of the filter.
        sort_key, reverse: how to sort here, ``None`` when the order of the server is right.
        parts: what all of these read of an object.
    """

    noun: str
    options: dict[str, Any]
    tests: tuple[Test, ...]
    checks: dict[str, Test]
    sort_key: Callable[[Object], Any] | None
    reverse: bool
    parts: Parts

    def takes(self, item: Object) -> bool:
        """Whether an object of the server's list matches.

        Raises:
            ProtocolError: the server ignored a filter.
        """
        for name, check in self.checks.items():
            if not check(item):
                raise ProtocolError(
                    f"the server ignored the filter {name}: its list holds {self.noun} {name_of(item)!r}, which does "
                    "not match",
                    hint=f"omit {name} and select from the whole list in the playbook",
                )
        return all(test(item) for test in self.tests)

    def matches(self, item: Object) -> bool:
        """Whether an object that was read again still matches every filter."""
        return all(test(item) for test in (*self.checks.values(), *self.tests))


def select(context: Context, filters: Filters, parameters: dict[str, Any]) -> Selection:
    """Return what the filters and the order of a task mean for this server.

    Raises:
        ValidationError: a time or an order is invalid.
    """
    options: dict[str, Any] = {}
    tests: list[Test] = []
    read: list[tuple[str, ...] | None] = []
    for name in filters.names:
        if name not in parameters:
            continue
        if name in filters.translations:
            own = filters.translations[name](context, parameters[name], options)
            read += [filters.parts.get(name)] if own else []
            tests += own
        else:
            options[name] = parameters[name]
    checks = {name: make_check(options[name]) for name, make_check in filters.checks.items() if name in options}
    order, reverse = _order(context, filters, parameters, options)
    read += [filters.parts.get(name) for name in checks] + ([order.parts] if order else [])
    key = order.key if order else None
    return Selection(filters.noun, options, tuple(tests), checks, key, reverse, join_parts(*read))


def join_parts(*several: Iterable[str] | None) -> Parts:
    """Return what several readers together read of an object; ``None`` for a reader that may read all of it."""
    if None in several:
        return None
    return frozenset(part for parts in several for part in parts or ())


def _order(
    context: Context, filters: Filters, parameters: dict[str, Any], options: dict[str, Any]
) -> tuple[Order | None, bool]:
    """Return how to sort here and whether in reverse.

    The server sorts where only the first objects are wanted and it can.
    """
    wanted = parameters.get("sort_option")
    if not wanted:
        return None, False
    by, order = wanted.get("sort_by") or "CreationTimestamp", wanted.get("sort_order") or "Descending"
    if by not in filters.orders:
        raise ValidationError(
            f"sort_option.sort_by {by!r} does not sort {filters.noun}s", hint=f"use one of {', '.join(filters.orders)}"
        )
    if filters.server_sorts and "max_objects" in parameters and has(filters.orders[by].since, context.api.release):
        options["sort_option"] = {"sortBy": {"type": by}, "sortOrder": {"type": order}}
        return None, False
    return filters.orders[by], order == "Descending"


# --- orders and checks that every resource has

COMMON_ORDERS = {
    "CreationTimestamp": Order(
        "2.9.0", lambda item: parse_server_time(item["metadata"]["create_time"]), ("metadata.create_time",)
    ),
    "Name": Order("2.9.0", name_of, ("metadata.name",)),
    "LastUpdateTimestamp": Order(
        "2.11.0", lambda item: parse_server_time(item["metadata"]["last_update_time"]), ("metadata.last_update_time",)
    ),
}


def check_contains(read: Callable[[Object], str]) -> Callable[[str], Test]:
    """Return a check of a filter that matches parts of a text; whether case matters is not known."""
    return lambda part: lambda item: part.lower() in read(item).lower()


def check_said(test: Callable[[str, Any], bool], read: Callable[[Object], str]) -> Callable[[Any], Test]:
    """Return a check that passes where an object does not say what the filter is about."""
    return lambda wanted: lambda item: not read(item) or test(read(item), wanted)


def _check_labels(wanted: dict[str, str]) -> Test:
    return lambda item: wanted.items() <= (item["metadata"]["labels"] or {}).items()


COMMON_CHECKS: dict[str, Callable[[Any], Test]] = {
    "name_filter": check_contains(name_of),
    "owners": check_said(lambda said, owners: said in owners, owner_of),
    "labels": _check_labels,
}
# What these and the translations below read.
COMMON_PARTS: dict[str, tuple[str, ...]] = {
    "name_filter": ("metadata.name",),
    "owners": OWNER_PARTS,
    "labels": ("metadata.labels",),
    "name": ("metadata.name",),
    "time_range": ("metadata.create_time",),
}


# --- translations that every resource has


def _name(_context: Context, name: str, options: dict[str, Any]) -> list[Test]:
    # The server finds parts of names: the longer text of the two narrows more, and exact matches are selected here.
    part = options.get("name_filter", "")
    options["name_filter"] = name
    return [lambda item: name_of(item) == name and part in name]


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

    warned: list[str] = []

    def is_within(item: Object) -> bool:
        text = item["metadata"]["create_time"]
        created = parse_server_time(text)
        if created == EARLIEST:
            if not warned:
                warned.append(name_of(item))
                context.warn(
                    f"time_range omits {quoted(name_of(item))} and all others whose creation time cannot be read: "
                    f"it has {quoted(text) if text else 'none'}"
                )
            return False
        return (start is None or created >= start) and (end is None or created <= end)

    return [is_within]


COMMON_TRANSLATIONS: dict[str, Translate] = {"name": _name, "time_range": _time_range}
