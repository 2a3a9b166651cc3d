# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options: how a task gives them, how they are cleaned, how two settings compare, and which release has them.

Argument specifications, cleaning, look-ups, release checks, comparison and the documentation's tables are derived from
tables of :class:`Option`. A new setting is one entry in such a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, NamedTuple

from ..errors import ValidationError
from .references import ReferenceKind

Cleaner = Callable[[str, Any, bool], Any]


def _keep(_name: str, value: Any, _clears: bool) -> Any:
    return value


def _identity(value: Any) -> Any:
    return value


def _equal(has: Any, wanted: Any) -> bool:
    return bool(has == wanted)


class OptionType(NamedTuple):
    """How values of one kind are written, cleaned and compared.

    Attributes:
        spec: the argument specification.
        clean: takes name, value and whether an empty value clears; returns the value without the parts that say
            nothing, ``None`` when nothing is left. Raises ``ValidationError``.
        canonical: brings a value into the one form in which equal settings are equal.
        same: compares two canonical values: what the object has and what the task wants.
        by_part: whether only the parts that the task sets are compared.
        parts: of a dictionary, the parts that ``clean`` checks instead of Ansible, in the form of ``spec``.
    """

    spec: Mapping[str, Any]
    clean: Cleaner = _keep
    canonical: Callable[[Any], Any] = _identity
    same: Callable[[Any, Any], bool] = _equal
    by_part: bool = False
    parts: Mapping[str, Any] | None = None


class Option(NamedTuple):
    """One option of a task.

    Attributes:
        type: how its values are written, cleaned and compared.
        path: for a setting, where the decoded object holds it.
        since: the first release of PX-Backup that has it, ``None`` for all.
        refers_to: for a reference, the kind of object that it names.
        default: its value where the task omits it.
    """

    type: OptionType
    path: tuple[str, ...] = ()
    since: str | None = None
    refers_to: ReferenceKind | None = None
    default: Any = None


Options = Mapping[str, Option]


def argument_spec(options: Options) -> dict[str, dict[str, Any]]:
    """Return the argument specification of these options."""
    return {
        name: dict(option.type.spec) if option.default is None else {**option.type.spec, "default": option.default}
        for name, option in options.items()
    }


def clean_parameters(parameters: dict[str, Any], options: Options, clearing: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that the task sets, cleaned.

    ``None`` means omitted. Empty text, lists and dictionaries mean the same, because playbooks pass them for what
    they do not use; but for the options in ``clearing`` an empty value clears. The same holds inside dictionaries.

    Raises:
        ValidationError: a value cannot be read; the message names the parameter.
    """
    cleaned = {}
    for name, value in parameters.items():
        if value is None:
            continue
        option, clears = options.get(name), name in clearing
        part = value if option is None else option.type.clean(name, value, clears)
        if not _says_nothing(part) and (clears or part not in ("", [], {})):
            cleaned[name] = part
    return cleaned


def _says_nothing(value: Any) -> bool:
    """Whether a value is omitted: nothing, or a dictionary of nothings."""
    return value is None or (isinstance(value, dict) and bool(value) and all(item is None for item in value.values()))


# --- text


def _clean_text(_name: str, value: Any, _clears: bool) -> Any:
    # White space at the ends comes from block scalars and comma-separated text; no name has it.
    return value.strip() if isinstance(value, str) else value


def _clean_list(_name: str, value: Any, _clears: bool) -> Any:
    cleaned = [item.strip() if isinstance(item, str) else item for item in value]
    return [item for item in cleaned if item != ""]


def _empty_text(value: Any) -> str:
    return value or ""


def _as_set(value: Any) -> list[str]:
    return sorted(set(value or []))


TEXT = OptionType({"type": "str"}, _clean_text, _empty_text)
NAMES = OptionType({"type": "list", "elements": "str"}, _clean_list, _as_set)
FLAG = OptionType({"type": "bool"}, canonical=bool)
NUMBER = OptionType({"type": "int"})


def choice(*values: str) -> OptionType:
    """Return the type of an option with fixed choices."""
    return OptionType({"type": "str", "choices": list(values)}, _clean_text, _empty_text)


def choices(*values: str) -> OptionType:
    """Return the type of a list whose elements have fixed choices."""
    return OptionType({"type": "list", "elements": "str", "choices": list(values)}, _clean_list, _as_set)


# --- dictionaries


def convert_to_text(where: str, value: Any) -> str:
    """Return a YAML scalar as the text that the user means: ``1`` is "1", ``true`` is "true".

    Raises:
        ValidationError: for a fraction, whose text YAML has already changed (``1.10`` arrives as 1.1),
            for ``null``, a list or a dictionary.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    what = {float: "a fraction", type(None): "null", list: "a list", dict: "a dictionary"}.get(type(value), "not text")
    hint = "quote the value" if isinstance(value, float) else "give text, or omit it"
    raise ValidationError(f"{where} is {what} ({value!r}), but it must be text", hint=hint)


def _clean_map(name: str, value: Any, _clears: bool) -> dict[str, str]:
    return {str(key).strip(): convert_to_text(f"{name}.{key}", item) for key, item in value.items()}


def _as_map(value: Any) -> dict[str, str]:
    return dict(value or {})


# YAML turns `tier: 1` and `live: true` into a number and a boolean: each value becomes text.
STRING_MAP = OptionType({"type": "dict"}, _clean_map, _as_map)


def remove_empty(value: Any) -> Any:
    """Return a dictionary without the parts that say nothing, at every depth, with the ends of its texts cleaned."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [item for item in map(remove_empty, value) if item not in (None, "")]
    if not isinstance(value, dict):
        return value
    parts = {key: remove_empty(part) for key, part in value.items()}
    return {key: part for key, part in parts.items() if part not in (None, "", [], {})}


def _clean_reference(_name: str, value: Any, _clears: bool) -> dict[str, str]:
    return {key: item.strip() for key, item in value.items() if item and item.strip()}


def _as_reference(value: Any) -> dict[str, str]:
    return {"name": (value or {}).get("name") or "", "uid": (value or {}).get("uid") or ""}


def _same_reference(has: Any, wanted: Any) -> bool:
    key = "uid" if has["uid"] and wanted["uid"] else "name"
    return bool(has[key] == wanted[key])


REFERENCE = OptionType(
    {"type": "dict", "options": {"name": {"type": "str"}, "uid": {"type": "str"}}},
    _clean_reference,
    _as_reference,
    _same_reference,
)


def reference(kind: ReferenceKind, path: tuple[str, ...] = (), since: str | None = None) -> Option:
    """Return an option that names an object of this kind."""
    return Option(REFERENCE, path, since, kind)


def unsupported(why: str, hint: str) -> OptionType:
    """Return the type of an option that other tools have and that the API does not: it may only be false."""

    def refuse(name: str, value: Any, _clears: bool) -> None:
        if value:
            raise ValidationError(f"{name} {why}", hint=hint)

    return OptionType({"type": "bool"}, refuse)


# --- the options of every wait

ON_PARTIAL = FAIL, WARN, ACCEPT = ("fail", "warn", "accept")
ON_EMPTY = (WARN, FAIL, ACCEPT)

WAIT_OPTIONS = {"wait": Option(FLAG), "wait_timeout": Option(NUMBER), "wait_interval": Option(NUMBER)}
# What the end of a wait means. A deletion has no use for it.
END_OPTIONS = {"on_partial": Option(choice(*ON_PARTIAL)), "on_empty": Option(choice(*ON_EMPTY))}

# --- the options of every list

# How many requests are sent at a time: the pages of a list, and the operations of a task that has many.
CONCURRENCY = Option(NUMBER)

SORT_ORDERS = ("Ascending", "Descending")

# What an info module keeps of each object.
PROJECTIONS = {"fields": Option(NAMES), "summary": Option(FLAG), "statistics": Option(FLAG)}
