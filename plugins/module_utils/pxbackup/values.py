# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How single values are read: text where YAML, a template or the environment made them so, or typed values of Python.

Each function takes the name of a parameter and its value, and raises ``ValidationError``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from .errors import ValidationError
from .text import quoted


class Parameter(NamedTuple):
    """How one parameter is given.

    Attributes:
        read: takes name and value, returns the typed value; raises ``ValidationError``.
        default: the value when it is omitted.
        variable: the environment variable that is used when it is omitted, ``""`` for none.
    """

    read: Callable[[str, Any], Any]
    default: Any = None
    variable: str = ""


def read_values(
    parameters: Mapping[str, Parameter], given: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Return a typed value for each parameter; ``None`` and empty text mean omitted.

    Raises:
        ValidationError: a value cannot be read; the sentence names the parameter.
    """
    values = {}
    for name, parameter in parameters.items():
        value = given.get(name)
        if value is None and parameter.variable:
            value = environment.get(parameter.variable) or None
        # A template that finds nothing leaves empty text.
        values[name] = parameter.default if value is None or value == "" else parameter.read(name, value)
    return values


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
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ValidationError(f"{name} is not text", hint="set it to text")
    return str(value)


def read_token(name: str, value: Any) -> str:
    """Return text without white space at its ends; an error does not show it."""
    return read_password(name, value).strip()


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
