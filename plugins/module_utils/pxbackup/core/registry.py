# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running operations: a task's parameters are validated and cleaned, then the handler is called.

A new operation is one handler and one entry in its resource's table.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..api.releases import has, require
from ..checks import check_number
from ..client.urls import encode_segment
from ..errors import ValidationError
from ..limits import CONNECTIONS
from ..text import join_and
from .model import Context, Handler, ModuleSpec, Operation, Outcome
from .options import clean_parameters


def run_operation(context: Context, spec: ModuleSpec, operation: Operation, parameters: dict[str, Any]) -> Outcome:
    """Carry out an operation.

    Args:
        spec: the module that was called; its other operations are named in errors.
        parameters: what the task sets apart from the connection; ``None`` for what it omits.

    Raises:
        ValidationError: a parameter is missing, is not used here or is invalid; nothing was sent.
        PXBackupError: what the handler and the server raise.
    """
    encode_segment("org_id", context.api.org_id)
    validated = validate_parameters(context, operation, parameters, spec)
    if "concurrency" in validated:
        check_number("concurrency", validated["concurrency"], 1, CONNECTIONS)
        context.api.concurrency = validated["concurrency"]
    return load_handler(operation)(context, validated)


def load_handler(operation: Operation) -> Handler:
    """Import the function that carries out an operation."""
    module, _colon, function = operation.handler.partition(":")
    handler: Handler = getattr(import_module(f"..{module}", __package__), function)
    return handler


def validate_parameters(
    context: Context, operation: Operation, parameters: dict[str, Any], spec: ModuleSpec | None = None
) -> dict[str, Any]:
    """Return the parameters cleaned and checked: what the handler works with.

    Raises:
        ValidationError: a parameter is missing, is not used by this operation or is invalid.
        UnsupportedError: the server is too old for the operation or a parameter.
    """
    cleaned = clean_parameters(parameters, spec.options if spec else operation.options, operation.clearing)
    refuse_unused(operation, cleaned, spec.operations if spec else ())
    _refuse_missing(operation, cleaned)
    if "name" in cleaned:
        encode_segment("name", cleaned["name"])
    return _fit_release(context, operation, cleaned)


def refuse_unused(operation: Operation, parameters: dict[str, Any], others: tuple[Operation, ...]) -> None:
    """Raise ``ValidationError`` where a parameter is set that the operation does not use.

    Args:
        others: the operations of the module; those that use it are named.
    """
    unused = sorted(set(parameters) - set(operation.options))
    if unused:
        users = sorted(other.name for other in others if set(unused) <= set(other.options))
        raise ValidationError(
            f"{operation.name} does not use {join_and(unused)}",
            hint="omit it" + (f", or use {' or '.join(users)}" if users else ""),
        )


def _refuse_missing(operation: Operation, parameters: dict[str, Any]) -> None:
    missing = [" or ".join(group) for group in operation.requires if not any(name in parameters for name in group)]
    if missing:
        needed = (", and " if any(" or " in group for group in missing) else " and ").join(missing)
        raise ValidationError(f"{operation.name} requires {needed}", hint=f"set {needed}")


def _fit_release(context: Context, operation: Operation, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that this server knows; raise where it is too old for the operation or a parameter.

    Asks for the release only when it matters. ``false`` asks for nothing, so a server that does not know the
    parameter does as asked.
    """
    if operation.since is not None:
        require(operation.name, operation.since, context.api.release)
    known = dict(parameters)
    for name, value in parameters.items():
        since = operation.options[name].since
        if since is None:
            continue
        if value is False and not has(since, context.api.release):
            del known[name]
        else:
            require(name, since, context.api.release)
    return known
