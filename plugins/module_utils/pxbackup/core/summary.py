# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of an object: selected fields, a summary, and statistics over many objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from ..api.schema import MESSAGES, Parts, parse_field
from ..errors import ValidationError
from .lookup import OWNER_PARTS, owner_of
from .pagination import name_of, uid_of
from .times import parse_server_time

Fields = Mapping[str, Callable[["dict[str, Any]"], Any]]

# What every summary begins with.
IDENTITY_FIELDS: Fields = {"name": name_of, "uid": uid_of}
OWNER_FIELDS: Fields = {"create_time": lambda item: item["metadata"]["create_time"], "owner": owner_of}
# What these read of an object, and statistics as well.
_COMMON_PARTS = ("metadata.name", "metadata.uid", "metadata.create_time", *OWNER_PARTS)


class Summary(NamedTuple):
    """The summary of a resource: one flat dictionary for each object.

    Attributes:
        message: the resource's message in the API.
        fields: how each field is read; ``status``, ``cluster`` and ``total_size`` (bytes) are among them.
        repeated: fields whose values many objects share.
        parts: what the fields of this resource read of an object.
    """

    message: str
    fields: Fields
    repeated: tuple[str, ...]
    parts: tuple[str, ...]

    def parts_read(self) -> Parts:
        """Return what a summary, or statistics, read of an object."""
        return frozenset((*_COMMON_PARTS, *self.parts))

    def make_take(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Return the function that takes an object and returns its summary.

        Many objects share few texts and lists of texts: each is kept once, however often the server sends it.
        """
        known: dict[Any, Any] = {}

        def take(item: dict[str, Any]) -> dict[str, Any]:
            kept = {name: read(item) for name, read in self.fields.items()}
            for name in self.repeated:
                value = kept[name]
                kept[name] = known.setdefault(tuple(value) if isinstance(value, list) else value, value)
            return kept

        return take


class Projection(NamedTuple):
    """What a task keeps of each object, and what that reads of it."""

    take: Callable[[dict[str, Any]], Any]
    parts: Parts


WHOLE = Projection(lambda item: item, None)


def make_projection(parameters: dict[str, Any], summary: Summary) -> Projection:
    """Return what the task keeps of each object: all, a summary, or the given fields.

    Raises:
        ValidationError: there is no such field, or both options are set.
    """
    fields, summarized = parameters.get("fields"), parameters.get("summary")
    if fields and summarized:
        raise ValidationError("fields and summary are mutually exclusive", hint="set one of them")
    if summarized:
        return Projection(summary.make_take(), summary.parts_read())
    if not fields:
        return WHOLE
    paths = [_parse_field_path(summary.message, field) for field in fields]
    return Projection(lambda item: _take_fields(item, paths), frozenset(fields))


def _parse_field_path(root: str, field: str) -> tuple[str, ...]:
    """Return the keys of a dotted field such as ``backup_info.status.status``, checked against the table."""
    message: str | None = root
    keys = tuple(field.split("."))
    for key in keys:
        known = MESSAGES.get(message or "", {})
        if key not in known:
            raise ValidationError(
                f"fields: there is no field {field!r}, because {key!r} is unknown there",
                hint=f"use one of {', '.join(sorted(known))}" if known else "use a shorter path",
            )
        parsed = parse_field(known[key])
        # What is below a list is kept or omitted as a whole.
        message = None if parsed.repeated or parsed.mapped else parsed.kind
    return keys


def _take_fields(item: dict[str, Any], paths: list[tuple[str, ...]]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for path in paths:
        source: Any = item
        target = kept
        for key in path[:-1]:
            source = (source or {}).get(key)
            target = target.setdefault(key, {})
        target[path[-1]] = (source or {}).get(path[-1])
    return kept


class Statistics:
    """Statistics over objects, collected as they pass by."""

    def __init__(self, summary: Summary) -> None:
        self.parts = summary.parts_read()
        self._summary = summary
        self._count = 0
        self._bytes = 0
        self._by_status: dict[str, int] = {}
        self._by_cluster: dict[str, int] = {}
        self._times: list[str] = []

    def add(self, item: dict[str, Any]) -> None:
        """Add one object."""
        self._count += 1
        self._bytes += self._summary.fields["total_size"](item)
        status, cluster = self._summary.fields["status"](item), self._summary.fields["cluster"](item)
        self._by_status[status] = self._by_status.get(status, 0) + 1
        self._by_cluster[cluster] = self._by_cluster.get(cluster, 0) + 1
        created = item["metadata"]["create_time"]
        if created:
            ends = sorted([*self._times, created], key=parse_server_time)
            self._times = [ends[0], ends[-1]]

    def as_dict(self) -> dict[str, Any]:
        """Return the statistics; sizes are bytes, times RFC 3339 or ``None``."""
        return {
            "count": self._count,
            "bytes": self._bytes,
            "by_status": self._by_status,
            "by_cluster": self._by_cluster,
            "oldest": self._times[0] if self._times else None,
            "newest": self._times[-1] if self._times else None,
        }
