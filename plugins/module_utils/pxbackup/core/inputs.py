# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a playbook writes to what an operation works with: nothing unset, nothing empty, nothing ambiguous."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import ValidationError

# Maps of strings: YAML turns `tier: 1` and `live: true` into a number and a boolean.
STRING_MAPS = ("labels", "label_selectors", "volume_snapshot_class_mapping")


def given(parameters: dict[str, Any], clearing: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that the task gives, cleaned.

    ``None`` means left out. Empty text, lists and dictionaries mean the same, because playbooks pass
    them for what they do not use; but not for the parameters in ``clearing``, where an empty value
    clears. The same holds inside references and other dictionaries.

    Raises:
        ValidationError: when a map holds a value that is no plain text.
    """
    cleaned = {name: _cleaned(name, value, name in clearing) for name, value in parameters.items() if value is not None}
    return {
        name: value
        for name, value in cleaned.items()
        if not _says_nothing(value) and (name in clearing or value not in ("", [], {}))
    }


def _says_nothing(value: Any) -> bool:
    """Whether a value is left out: nothing, or a dictionary of nothings."""
    return value is None or (isinstance(value, dict) and bool(value) and all(item is None for item in value.values()))


def _cleaned(name: str, value: Any, clears: bool) -> Any:
    """Return the value of one parameter without the parts that say nothing."""
    if name in STRING_MAPS:
        return {str(key): string_value(f"{name}.{key}", item) for key, item in value.items()}
    if name.endswith("_ref"):
        return {key: item.strip() for key, item in value.items() if item and item.strip()}
    if name == "backup_object_type":
        return None if value.get("type") in (None, "", "Invalid") else value
    if name in ("ownership", "backup_share"):
        _refuse_twice(name, value)
        return _ownership(value, keep_empty_lists=clears) if name == "ownership" else value
    if name in ("filter", "time_range", "resource_info", "sort_option"):
        return _without_empty(value)
    return [item for item in value if item != ""] if isinstance(value, list) else value


def _refuse_twice(where: str, value: dict[str, Any]) -> None:
    """Raise where an access list names somebody twice with different access: one of the two would be lost."""
    for kind in ("collaborators", "groups"):
        seen: dict[str, str] = {}
        for entry in value.get(kind) or []:
            other = seen.setdefault(entry["id"], entry["access"])
            if other != entry["access"]:
                raise ValidationError(
                    f"{where}.{kind} names {entry['id']!r} twice, with {other} and {entry['access']}", hint="keep one"
                )


def _without_empty(value: Any) -> Any:
    """Return a dictionary without the parts that say nothing, in every depth."""
    if not isinstance(value, dict):
        return value
    parts = {key: _without_empty(part) for key, part in value.items()}
    return {key: part for key, part in parts.items() if part not in (None, "", [], {})}


def _ownership(value: dict[str, Any], keep_empty_lists: bool) -> dict[str, Any]:
    """Return the parts that the task sets: no owner and no public access can be set to nothing, lists can."""
    parts = {key: value.get(key) for key in ("owner", "groups", "collaborators", "public")}
    if not (parts["public"] or {}).get("type"):
        parts["public"] = None
    return {
        key: part
        for key, part in parts.items()
        if part is not None and (part or (keep_empty_lists and isinstance(part, list)))
    }


def string_value(where: str, value: Any) -> str:
    """Return a YAML scalar as the text that a person means by it: ``1`` is "1", ``true`` is "true".

    Raises:
        ValidationError: for a fraction, whose text YAML has already changed (``1.10`` arrives as 1.1),
            for ``null``, a list or a dictionary.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    what = {float: "a fraction", type(None): "null", list: "a list", dict: "a dictionary"}.get(type(value), "no text")
    hint = "put the value into quotes" if isinstance(value, float) else "give text, or leave it out"
    raise ValidationError(f"{where} is {what} ({value!r}), but it must be text", hint=hint)
