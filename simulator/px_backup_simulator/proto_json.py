# SPDX-License-Identifier: GPL-3.0-or-later
"""Proto-JSON as a grpc-gateway speaks it: bodies and queries in, responses out.

Inside the simulator a message is a dict with the field names of proto-JSON, where integers are `int`,
enums are names and times are RFC 3339 text.
"""

from __future__ import annotations

import re
from typing import Any

from px_backup_simulator.clock import parse_time
from px_backup_simulator.errors import INVALID_ARGUMENT, ApiError
from px_backup_simulator.surface import Field, Surface

Json = dict[str, Any]

# A gateway splits at the last bracket, so a key that holds one names no field and is ignored.
_MAP_KEY = re.compile(r"^(.*)\[(.*)\]$")
_MAP_KEY_FIRST = re.compile(r"^(.*?)\[(.*)\]$")
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}
_LONG = frozenset({"int64", "uint64"})
_PRESENT = frozenset({"message", "boolvalue"})
_INTEGER = re.compile(r"^-?\d{1,20}$")
_JSON_NAMES: dict[type, str] = {str: "string", bool: "bool", int: "number", float: "number", list: "array"}


def _make_error(text: str) -> ApiError:
    return ApiError(INVALID_ARGUMENT, text)


def _make_mismatch(value: Any, wanted: str) -> ApiError:
    return _make_error(
        f"json: cannot unmarshal {_JSON_NAMES.get(type(value), 'object')} into Go value of type {wanted}"
    )


class Decoder:
    """Turns what a client sends into messages, and notes the fields that the release does not have."""

    def __init__(
        self, surface: Surface, *, query_enums: str = "sort_by_number", query_map_keys: str = "last_bracket"
    ) -> None:
        self._surface = surface
        self._query_enums = query_enums
        self._map_key = _MAP_KEY if query_map_keys == "last_bracket" else _MAP_KEY_FIRST
        self.unknown: list[str] = []

    def body(self, message: str, value: Any) -> Json:
        """Decode a JSON body."""
        return self._message(message, value, "")

    def query(self, message: str, pairs: list[tuple[str, str]], path_names: frozenset[str]) -> Json:
        """Decode the query of a GET or DELETE; parameters of the path take precedence."""
        grouped: dict[str, list[str]] = {}
        for key, value in pairs:
            grouped.setdefault(key, []).append(value)
        result: Json = {}
        for key, given in grouped.items():
            values = given
            name = key
            match = self._map_key.match(key)
            if match is not None:
                name, values = match[1], [match[2], *given]
            if name not in path_names:
                self._populate(message, result, name, values)
        return result

    def path(self, message: str, parameters: dict[str, str]) -> Json:
        """Decode the parameters of a path: enums by name or number."""
        result: Json = {}
        for name, text in parameters.items():
            field = self._surface.message(message).find[name]
            if field.kind == "enum":
                result[name] = self._enum(field, int(text) if _INTEGER.match(text) else text)
            else:
                result[name] = self._from_text(field, text, name)
        return result

    def _message(self, message: str, value: Any, where: str) -> Json:
        if not isinstance(value, dict):
            raise _make_mismatch(value, f"v1.{message}")
        find = self._surface.message(message).find
        result: Json = {}
        for key, item in value.items():
            field = find.get(key)
            if field is None:
                self.unknown.append(f"{where}{key}")
            elif item is not None:
                if field.oneof:
                    self._clear_oneof(message, result)
                result[field.name] = self._field(field, item, f"{where}{field.name}")
        return result

    def _clear_oneof(self, message: str, result: Json) -> None:
        """Remove the alternative that was read before: the last of a oneof wins. No message has two oneofs."""
        for field in self._surface.message(message).fields:
            if field.oneof:
                result.pop(field.name, None)

    def _field(self, field: Field, value: Any, where: str) -> Any:
        if field.mapped:
            if not isinstance(value, dict):
                raise _make_mismatch(value, f"map[string]{field.type}")
            return {key: self._value(field, item, f"{where}[{key}].") for key, item in value.items()}
        if field.repeated:
            if not isinstance(value, list):
                raise _make_mismatch(value, f"[]{field.type}")
            return [self._value(field, item, f"{where}[{index}].") for index, item in enumerate(value)]
        return self._value(field, value, f"{where}.")

    def _value(self, field: Field, value: Any, where: str) -> Any:
        if field.kind == "message":
            return self._message(field.type, {} if value is None else value, where)
        if value is None:
            return get_zero(self._surface, field)
        if field.kind == "enum":
            return self._enum(field, value)
        if field.kind in {"string", "timestamp"}:
            return _check_text(field, value)
        if field.kind in _RANGES:
            return _check_integer(field.kind, value)
        if not isinstance(value, bool):
            raise _make_mismatch(value, "bool")
        return value

    def _enum(self, field: Field, value: Any) -> Any:
        enum = self._surface.enum(field.type)
        if isinstance(value, str):
            if value not in enum.numbers:
                raise _make_error(f'unknown value "{value}" for enum v1.{field.type}')
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise _make_mismatch(value, f"v1.{field.type}")
        return enum.names.get(value, value)

    def _populate(self, message: str, target: Json, name: str, values: list[str]) -> None:
        *parents, last = name.split(".")
        for part in parents:
            field = self._surface.message(message).find.get(part)
            if field is None:
                self.unknown.append(name)
                return
            if field.kind != "message" or field.repeated or field.mapped:
                raise _make_error(f"non-aggregate type in the mid of path: {name}")
            target = target.setdefault(field.name, {})
            message = field.type
        field = self._surface.message(message).find.get(last)
        if field is None:
            self.unknown.append(name)
        elif field.mapped:
            if len(values) != 2:
                raise _make_error(f"more than one value provided for key {values[0]} in map {field.name}")
            target.setdefault(field.name, {})[values[0]] = self._from_text(field, values[1], name)
        elif field.repeated:
            target.setdefault(field.name, []).extend(self._from_text(field, value, name) for value in values)
        else:
            target[field.name] = self._from_text(field, values[0], name)

    def _from_text(self, field: Field, text: str, name: str) -> Any:
        if field.kind == "message":
            raise _make_error(f"unsupported field type in query: {name}")
        if field.kind in ("bool", "boolvalue"):
            if text not in _TRUE | _FALSE:
                raise _make_error(f'strconv.ParseBool: parsing "{text}": invalid syntax')
            return text in _TRUE
        if field.kind in _RANGES:
            return _check_integer(field.kind, text)
        if field.kind == "enum":
            return self._query_enum(field, text)
        return self._value(field, text, name)

    def _query_enum(self, field: Field, text: str) -> Any:
        if _INTEGER.match(text):
            return self._enum(field, int(text))
        sorts = field.type.startswith("SortOption.")
        if self._query_enums == "by_number" or (self._query_enums == "sort_by_number" and sorts):
            raise _make_error(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        return self._enum(field, text)


def _check_text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _make_mismatch(value, "string" if field.kind == "string" else "Timestamp")
    if field.kind == "timestamp":
        try:
            parse_time(value)
        except ValueError as error:
            raise _make_error(str(error)) from error
    return value


def _check_integer(kind: str, value: Any) -> int:
    if isinstance(value, str):
        if not _INTEGER.match(value):
            raise _make_error(f'strconv.ParseInt: parsing "{value}": invalid syntax')
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _make_mismatch(value, kind)
    low, high = _RANGES[kind]
    if not low <= value <= high:
        raise _make_error(f"json: cannot unmarshal number {value} into Go value of type {kind}")
    return value


def get_zero(surface: Surface, field: Field) -> Any:
    """Return the value of an unset field."""
    if field.mapped:
        return {}
    if field.repeated:
        return []
    if field.kind == "string":
        return ""
    if field.kind == "bool":
        return False
    if field.kind in _RANGES or field.kind == "double":
        return 0
    return surface.enum(field.type).zero if field.kind == "enum" else None


def encode(surface: Surface, message: str, value: Json, render_zero: bool = False) -> Json:
    """Encode a message; fields that the release does not have are omitted."""
    result: Json = {}
    for field in surface.message(message).fields:
        item = value.get(field.name)
        if item is not None:
            encoded = item if field.plain else _encode_field(surface, field, item, render_zero)
            if encoded or (encoded is not None and field.kind in _PRESENT):
                result[field.name] = encoded
                continue
        if render_zero and not field.oneof:
            zero = get_zero(surface, field)
            result[field.name] = str(zero) if field.kind in _LONG and zero == 0 else zero
    return result


def _encode_field(surface: Surface, field: Field, value: Any, render_zero: bool) -> Any:
    """Return the encoded value; None for one that is omitted."""
    if field.mapped:
        return {key: _encode_value(surface, field, item, render_zero) for key, item in value.items()} or None
    if field.repeated:
        return [_encode_value(surface, field, item, render_zero) for item in value] or None
    if field.kind not in _PRESENT and (not value or (field.kind == "enum" and value == surface.enum(field.type).zero)):
        return None
    return _encode_value(surface, field, value, render_zero)


def _encode_value(surface: Surface, field: Field, value: Any, render_zero: bool) -> Any:
    if field.kind == "message":
        return encode(surface, field.type, value, render_zero)
    return str(value) if field.kind in _LONG else value
