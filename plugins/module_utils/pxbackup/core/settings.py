# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired against current: what a task sets compared with what an object has.

Only what the task sets is compared. Each option's type says how two values compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .options import Option, Options


class Difference(NamedTuple):
    """A setting that differs from what the task wants."""

    parameter: str
    has: Any
    wanted: Any

    def __str__(self) -> str:
        return f"{self.parameter} is {self.has!r}, not {self.wanted!r}"


def current_value(option: Option, item: dict[str, Any]) -> Any:
    """Return the canonical value of a setting in a decoded object."""
    value: Any = item
    for key in option.path:
        value = (value or {}).get(key)
    return option.type.canonical(value)


def find_differences(
    options: Options, parameters: dict[str, Any], item: dict[str, Any], names: Iterable[str]
) -> list[Difference]:
    """Return the settings among ``names`` in which the object differs from the task, as far as the task sets them.

    References in ``parameters`` must be resolved.
    """
    found = []
    for name in names:
        if parameters.get(name) is None:
            continue
        kind = options[name].type
        has, wanted = current_value(options[name], item), kind.canonical(parameters[name])
        if kind.by_part:
            has = {key: has[key] for key in set_parts(parameters[name])}
            wanted = {key: wanted[key] for key in has}
        if not kind.same(has, wanted):
            found.append(Difference(name, has, wanted))
    return found


def set_parts(value: dict[str, Any]) -> list[str]:
    """Return the keys of a dictionary parameter that the task sets; an empty list counts, ``null`` does not."""
    return [key for key, part in value.items() if part is not None]


def merge(now: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return ``now`` with the parts that ``wanted`` sets; what it omits (or gives as ``null``) stays."""
    return {**now, **{key: wanted[key] for key in set_parts(wanted)}}
