# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of routes, messages and enums, as one release has them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

SCALARS = frozenset({"string", "bool", "int32", "int64", "uint64", "double"})
_PLAIN = frozenset({"string", "bool", "int32", "timestamp", "double"})
TIMESTAMP = "google.protobuf.Timestamp"
BOOL_VALUE = "google.protobuf.BoolValue"
DURATION = "google.protobuf.Duration"
_SPEC = re.compile(
    r"^(?P<shape>\[\]|\{\})?(?P<type>[\w.]+)(?P<oneof>\?)?(?:@(?P<since>[\d.]+))?(?:~(?P<until>[\d.]+))?$"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message; a plain one goes out as it is."""

    name: str
    type: str
    kind: str
    repeated: bool
    mapped: bool
    oneof: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class Message:
    """The fields of a message, in their order; `find` also has the camelCase names."""

    name: str
    fields: tuple[Field, ...]
    find: dict[str, Field]


@dataclass(frozen=True, slots=True)
class Enum:
    """The names and numbers of an enum."""

    name: str
    numbers: dict[str, int]
    names: dict[int, str]
    zero: str


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP binding of one call."""

    rpc: str
    method: str
    path: str
    segments: tuple[str, ...]
    request: str
    response: str

    @property
    def has_body(self) -> bool:
        """Whether the request comes as a JSON body."""
        return self.method in ("POST", "PUT")

    @property
    def writes(self) -> bool:
        """Whether the call is a write."""
        return self.method in ("PUT", "DELETE") or (self.method == "POST" and self.rpc.endswith((".Create", ".Delete")))


@lru_cache(maxsize=1)
def _read_table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("surface.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def releases() -> list[str]:
    """Return every release of the table, the oldest first."""
    return list(_read_table()["releases"])


def _to_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


class Surface:
    """What one release offers."""

    def __init__(self, release: str) -> None:
        known = releases()
        if release not in known:
            raise ValueError(f"unknown release {release!r}, known: {', '.join(known)}")
        self.release = release
        self._order = {name: number for number, name in enumerate(known)}
        self._enums = {name: self._enum(name, values) for name, values in _read_table()["enums"].items()}
        self._messages = {name: self._message(name, fields) for name, fields in _read_table()["messages"].items()}
        self.routes = tuple(
            Route(
                rpc=entry["rpc"],
                method=entry["method"],
                path=entry["path"],
                segments=tuple(entry["path"].strip("/").split("/")),
                request=entry["request"],
                response=entry["response"],
            )
            for entry in _read_table()["routes"]
            if self._has(entry.get("since"), entry.get("until"))
        )

    def message(self, name: str) -> Message:
        """Return a message."""
        return self._messages[name]

    def enum(self, name: str) -> Enum:
        """Return an enum."""
        return self._enums[name]

    def knows(self, message: str, field: str) -> bool:
        """Tell whether the release has this field."""
        return field in self._messages[message].find

    def _has(self, since: str | None, until: str | None) -> bool:
        here = self._order[self.release]
        return (since is None or self._order[since] <= here) and (until is None or here <= self._order[until])

    def _enum(self, name: str, values: dict[str, str]) -> Enum:
        numbers: dict[str, int] = {}
        for value, spec in values.items():
            number, _, since = spec.partition("@")
            if self._has(since or None, None):
                numbers[value] = int(number)
        names = {number: value for value, number in numbers.items()}
        return Enum(name, numbers, names, names.get(0, ""))

    def _message(self, name: str, fields: dict[str, str]) -> Message:
        known = [field for field in (self._field(key, spec) for key, spec in fields.items()) if field is not None]
        find = {_to_camel_case(field.name): field for field in known} | {field.name: field for field in known}
        return Message(name, tuple(known), find)

    def _field(self, name: str, spec: str) -> Field | None:
        match = _SPEC.match(spec)
        if match is None:
            raise ValueError(f"bad field in the table: {name}: {spec}")
        if not self._has(match["since"], match["until"]):
            return None
        kind = self._kind(match["type"])
        return Field(
            name=name,
            type=match["type"],
            kind=kind,
            repeated=match["shape"] == "[]",
            mapped=match["shape"] == "{}",
            oneof=bool(match["oneof"]),
            plain=kind in _PLAIN and match["shape"] is None,
        )

    def _kind(self, type_name: str) -> str:
        if type_name in SCALARS:
            return type_name
        if type_name == TIMESTAMP:
            return "timestamp"
        if type_name == BOOL_VALUE:
            return "boolvalue"
        if type_name == DURATION:
            return "string"  # text such as "3.5s"; responses only
        return "enum" if type_name in self._enums else "message"


@lru_cache(maxsize=16)
def get_surface(release: str) -> Surface:
    """Return the surface of a release, made once."""
    return Surface(release)
