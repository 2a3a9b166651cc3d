# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the values of a rulebook are read: numbers and booleans may be text, where YAML or a template made them so.

Each function takes the name of the option and its value, and raises ``ValidationError``.
"""

from __future__ import annotations

import math
import os
from typing import Any, Callable

from ..core.options import convert_to_text
from ..errors import ValidationError
from ..text import quoted


def read_text(name: str, value: Any) -> str:
    """Return text without white space at its ends; a number is text as well."""
    if isinstance(value, (dict, list, tuple, bool)) or value is None:
        raise ValidationError(f"{name} {quoted(value)} is not text", hint="set it to text")
    return str(value).strip()


def read_path(name: str, value: Any) -> str:
    """Return a path, with ``~`` and variables replaced as Ansible does in options of this type."""
    return os.path.expanduser(os.path.expandvars(read_text(name, value)))


def read_password(name: str, value: Any) -> str:
    """Return text as it is: white space at its ends may be part of a password."""
    # The value is not shown.
    if not isinstance(value, (str, int)):
        raise ValidationError(f"{name} is not text", hint="set it to text")
    return str(value)


def read_number(name: str, value: Any) -> float:
    """Return a number from 0 on."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise ValidationError(f"{name} {quoted(value)} is not a valid number", hint="set it to 0 or more")
    return number


def read_whole_number(name: str, value: Any) -> int:
    """Return a whole number from 0 on."""
    number = read_number(name, value)
    if number != int(number):
        raise ValidationError(f"{name} {quoted(value)} is not a whole number", hint="set it to 0 or more")
    return int(number)


_FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def read_flag(name: str, value: Any) -> bool:
    """Return a boolean."""
    flag = _FLAGS.get(str(value).strip().lower())
    if flag is None:
        raise ValidationError(f"{name} {quoted(value)} is not a boolean", hint="set it to true or false")
    return flag


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
