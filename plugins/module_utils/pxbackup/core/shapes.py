# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dictionaries whose parts are checked here instead of by Ansible.

Ansible checks the parts that an argument specification lists, and then the manual of the module must list them too, at
four lines each. The parts of filters fill more than two hundred lines there, and few tasks use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ValidationError
from .options import SORT_ORDERS, Cleaner, OptionType, convert_to_text, remove_empty

# Specifications of parts, in the form of an argument specification: type, elements, options, choices, required.
Parts = Mapping[str, Mapping[str, Any]]


def _clean_parts(_name: str, value: Any, _clears: bool) -> Any:
    return remove_empty(value)


def shaped(parts: Parts, clean: Cleaner = _clean_parts) -> OptionType:
    """Return the type of a dictionary with these parts; ``clean`` gets a value whose types are right."""

    def check_and_clean(name: str, value: Any, clears: bool) -> Any:
        return clean(name, convert_parts(name, value, parts), clears)

    return OptionType({"type": "dict"}, check_and_clean, parts=parts)


TIME_RANGE = shaped({"start": {"type": "str"}, "end": {"type": "str"}})


def sort_option(*keys: str) -> OptionType:
    """Return the type of an order by one of these keys."""
    return shaped(
        {
            "sort_by": {"type": "str", "choices": list(keys)},
            "sort_order": {"type": "str", "choices": list(SORT_ORDERS)},
        }
    )


def convert_parts(where: str, value: Any, parts: Parts) -> dict[str, Any]:
    """Return a dictionary with each part converted to its type; ``None`` stays.

    Raises:
        ValidationError: a part is unknown, required and missing, or has a value of another type; the message names it.
    """
    if not isinstance(value, Mapping):
        raise ValidationError(f"{where} is {value!r}, not a dictionary", hint=f"set {', '.join(parts)} in it")
    unknown = [str(name) for name in value if name not in parts]
    if unknown:
        raise ValidationError(f"{where} has no option {unknown[0]!r}", hint=f"valid options: {', '.join(parts)}")
    missing = [name for name, part in parts.items() if part.get("required") and value.get(name) is None]
    if missing:
        raise ValidationError(f"{where}: {missing[0]} is required", hint=f"set {missing[0]}")
    return {name: convert_value(f"{where}.{name}", part, parts[name]) for name, part in value.items()}


def convert_value(where: str, value: Any, part: Mapping[str, Any]) -> Any:
    """Return a value in the type of its part, which is an argument specification; ``None`` stays.

    Raises:
        ValidationError: it cannot be read so; the message names it.
    """
    if value is None:
        return None
    if part["type"] == "dict":
        return convert_parts(where, value, part["options"]) if "options" in part else _check_mapping(where, value)
    if part["type"] == "list":
        return _convert_list(where, value, {**part, "type": part["elements"]})
    return _SCALARS[part["type"]](where, value, part)


def _check_mapping(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValidationError(f"{where} is {value!r}, not a dictionary", hint="set it to names and values")
    return dict(value)


def _convert_list(where: str, value: Any, element: Mapping[str, Any]) -> list[Any]:
    # As Ansible does: text with commas is a list, a single value a list of one.
    entries = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else [value]
    return [convert_value(f"{where}[{index}]", entry, element) for index, entry in enumerate(entries)]


def _convert_integer(where: str, value: Any, _part: Mapping[str, Any]) -> int:
    try:
        if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
            raise ValueError
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValidationError(f"{where} is {value!r}, not a whole number", hint="set a whole number") from None


def _convert_text(where: str, value: Any, part: Mapping[str, Any]) -> str:
    text, choices = convert_to_text(where, value), part.get("choices")
    if choices and text not in choices:
        raise ValidationError(f"{where} is {text!r}", hint=f"valid values: {', '.join(choices)}")
    return text


# Words that Ansible reads as a boolean.
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1", "y", "t"), True),
    **dict.fromkeys(("false", "no", "off", "0", "n", "f"), False),
}


def _convert_boolean(where: str, value: Any, _part: Mapping[str, Any]) -> bool:
    word = str(value).strip().lower()
    if word not in _BOOLEANS:
        raise ValidationError(f"{where} is {value!r}, not a boolean", hint="set true or false")
    return _BOOLEANS[word]


def _keep(_where: str, value: Any, _part: Mapping[str, Any]) -> Any:
    return value


# A raw value is read by what cleans the option.
_SCALARS = {"int": _convert_integer, "str": _convert_text, "bool": _convert_boolean, "raw": _keep}
