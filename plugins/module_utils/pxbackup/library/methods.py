# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Methods of the library: which operation each one runs, and how its parameters are read.

A parameter has the name, the type and the meaning of the option of the module; both come from the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..core.model import ModuleSpec, Operation
from ..core.options import Options, argument_spec
from ..core.shapes import convert_value
from ..errors import ValidationError


class Method(NamedTuple):
    """One method of the library.

    Attributes:
        name: as in errors and in the documentation, such as ``backups.list``.
        spec: the module that offers the operation.
        operation: what it runs.
        fixed: parameters that it sets itself.
        hidden: further options of the operation that it does not have.
        plans: whether it never changes anything and says what would be changed.
    """

    name: str
    spec: ModuleSpec
    operation: Operation
    fixed: Mapping[str, Any] = {}
    hidden: tuple[str, ...] = ()
    plans: bool = False

    @property
    def options(self) -> Options:
        """The options that the caller can set."""
        return {
            name: option
            for name, option in self.operation.options.items()
            if name not in self.hidden and name not in self.fixed
        }

    @property
    def required(self) -> tuple[str, ...]:
        """The parameters without which there is an error in any case."""
        return tuple(group[0] for group in self.operation.requires if len(group) == 1)


def read_parameters(method: Method, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as Ansible would hand them to the operation: typed, with defaults, the rest ``None``.

    Raises:
        ValidationError: a parameter is unknown, or its value is of another type.
    """
    options = method.options
    for name in given:
        if name not in options:
            raise ValidationError(
                f"{method.name} has no parameter {name!r}", hint=f"valid parameters: {', '.join(options)}"
            )
    values = {name: _read(name, given.get(name), spec) for name, spec in argument_spec(options).items()}
    return {**values, **method.fixed}


def _read(name: str, value: Any, spec: Mapping[str, Any]) -> Any:
    return spec.get("default") if value is None else _complete(convert_value(name, value, spec), spec)


def _complete(value: Any, spec: Mapping[str, Any]) -> Any:
    """Return a value with the parts of its dictionaries that were omitted, as ``None`` or their default."""
    parts = spec.get("options")
    if value is None or parts is None:
        return value
    if isinstance(value, list):
        return [_complete(item, spec) for item in value]
    return {
        name: _complete(value[name], part) if value.get(name) is not None else part.get("default")
        for name, part in parts.items()
    }
