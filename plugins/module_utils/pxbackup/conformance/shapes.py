# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of a response: the names of its documented fields and the JSON types of their values, never a value.

Keys of maps are values too (labels, namespaces), so of a map only the type of its values is kept. Of what no table
describes, only the type is kept, and the name of the field itself.
"""

from __future__ import annotations

import re
from typing import Any

from ..api.releases import CALLS
from ..api.schema import MESSAGES, OTHER_OBJECTS, Field, parse_field

# Fields of an error, in the notation of the tables.
_ERROR = {"error": "str", "code": "int", "message": "str", "details": "[object]"}

_TABLES = {**MESSAGES, **OTHER_OBJECTS, **{rpc: call.response for rpc, call in CALLS.items()}, "error": _ERROR}

# The form of a name of a field; anything else may be a value.
_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,60}")

Shape = dict[str, Any]


def shape_of(message: str, raw: dict[str, Any]) -> Shape:
    """Return the shape of a message.

    Args:
        message: a message of the API, an entry of ``releases.CALLS`` for its response, or ``error``.
        raw: the JSON object as it was sent.
    """
    table = _TABLES[message]
    shape = {}
    for name, value in raw.items():
        if _NAME.fullmatch(name):
            shape[name] = _field(parse_field(table[name]), value) if name in table else f"{_word(value)}, undocumented"
    return shape


def merge_shapes(one: Any, other: Any) -> Any:
    """Return the shape of values of which some have one shape and some another."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: merge_shapes(one.get(key, other.get(key)), other.get(key, one.get(key))) for key in {**one, **other}
        }
    if one == other or other == "empty":
        return one
    if one == "empty":
        return other
    return " or ".join(sorted({*str(one).split(" or "), *str(other).split(" or ")}))


def _field(field: Field, value: Any) -> Any:
    if field.repeated and isinstance(value, list):
        return {"list of": _all(field, value)}
    if field.mapped and isinstance(value, dict):
        return {"map of": _all(field, list(value.values()))}
    return _word(value) if field.repeated or field.mapped else _one(field, value)


def _all(field: Field, values: list[Any]) -> Any:
    merged: Any = "empty"
    for value in values:
        merged = merge_shapes(merged, _one(field, value))
    return merged


def _one(field: Field, value: Any) -> Any:
    if field.kind in _TABLES and isinstance(value, dict):
        return shape_of(field.kind, value)
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, str):
        return "digits" if re.fullmatch("-?[0-9]+", value) else "text" if value else "empty text"
    return {bool: "boolean", int: "integer", float: "number", list: "list", dict: "object"}.get(type(value), "null")
