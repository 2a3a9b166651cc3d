# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the values of a rulebook are read that only event sources have: lists, labels, choices."""

from __future__ import annotations

from typing import Any, Callable

from ..core.options import convert_to_text
from ..errors import ValidationError
from ..text import quoted
from ..values import read_text


def read_names(name: str, value: Any) -> tuple[str, ...]:
    """Return a list of texts; one text is separated at its commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        raise ValidationError(f"{name} {quoted(value)} is not a list", hint="set it to a list of texts")
    texts = [read_text(f"{name}[{number}]", item) for number, item in enumerate(items)]
    return tuple(filter(None, texts))


def read_choices(*values: str) -> Callable[[str, Any], tuple[str, ...]]:
    """Return what reads a list of fixed values; an empty list means all."""

    def read(name: str, value: Any) -> tuple[str, ...]:
        chosen = read_names(name, value)
        for item in chosen:
            if item not in values:
                raise ValidationError(f"{name} has no type {quoted(item)}", hint=f"choose from {', '.join(values)}")
        return chosen or values

    return read


def read_labels(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    """Return labels; YAML turns ``tier: 1`` and ``live: true`` into a number and a boolean, and labels are text."""
    if not isinstance(value, dict):
        raise ValidationError(f"{name} {quoted(value)} is not a dictionary", hint="set it to labels and their values")
    return tuple((str(key), convert_to_text(f"{name}.{key}", item)) for key, item in value.items())


def read_start(name: str, value: Any) -> str:
    """Return what `start` says; ``{since: 2h}`` means the same as ``2h``."""
    since = value.get("since") if isinstance(value, dict) and set(value) == {"since"} else value
    return read_text(name, since)


def read_anything(_name: str, value: Any) -> Any:
    """Return the value, which is read elsewhere."""
    return value
