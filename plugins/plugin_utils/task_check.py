# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a task that is only read, not run: what ansible-lint does for its rule ``args``.

ansible-lint takes the action plugin of a name before the module, gives the arguments of a task to its function ``main``
on the standard input in the form of a module, and reads ``msg`` from the output of one that exits. A module's own
``main`` would do the work where the arguments are valid; this one never does.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible_collections.pxops.px_backup.plugins.module_utils.arguments import find_misfit
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import clean_parameters
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import refuse_unused
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import Entry

# What stands for a template whose value is not known yet, by the type of the option.
_SOME_VALUE: dict[str, Any] = {"str": "template", "path": "template", "bool": True, "int": 1, "float": 1.0}


def check_task(entry: Entry) -> None:
    """Check the arguments on the standard input, and exit with ``msg`` on the output where they are not valid."""
    problem = find_problem(entry, dict(json.load(sys.stdin)["ANSIBLE_MODULE_ARGS"]))
    if problem:
        sys.stdout.write(json.dumps({"failed": True, "msg": problem}))
        raise SystemExit(1)


def find_problem(entry: Entry, arguments: Mapping[str, Any]) -> str:
    """Return a sentence about what is wrong with the arguments of a task, ``""`` where nothing is.

    A template stands for any value. The connection may come from ``module_defaults`` or the environment.
    """
    options = {name: _without_origin(name, option) for name, option in entry.options.items()}
    settled = _settle(arguments, {"options": options})
    misfit = find_misfit(options, settled)
    if misfit:
        return misfit
    validated = ArgumentSpecValidator(options).validate(settled)
    for error in validated.errors.errors:
        # For an "argument 'x'" ansible-lint reads x in the task to see whether it is a template. Templates have a
        # value here, and a part of a dictionary, which is not in the task, would end the rule with an error.
        message = re.sub(r"(argument|option) '", "option named '", str(error))
        return f"Unsupported parameters: {message}" if isinstance(error, UnsupportedError) else message
    return _find_misuse(entry, arguments, validated.validated_parameters)


def _without_origin(name: str, option: Mapping[str, Any]) -> dict[str, Any]:
    """Return an option that is not required and reads no environment; only the operation must be in the task."""
    removed = ("fallback",) if name == "operation" else ("fallback", "required")
    return {key: part for key, part in option.items() if key not in removed}


def _find_misuse(entry: Entry, arguments: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Return a sentence about an option that the operation does not use, or about a value that cannot be read."""
    if entry.spec is None or _has_template(arguments.get("operation")):
        return ""
    operation = entry.spec.operation(arguments.get("operation"))
    templates = {name: arguments[name] for name in entry.spec.options if _has_template(arguments.get(name))}
    known = {name: parameters.get(name) for name in entry.spec.options if name not in templates}
    try:
        cleaned = clean_parameters(known, entry.spec.options, operation.clearing)
        # A template with `omit` in it may set nothing.
        sets = {name: value for name, value in templates.items() if "omit" not in str(value)}
        refuse_unused(operation, {**cleaned, **sets}, entry.spec.operations)
    except ValidationError as error:
        return str(error)
    return ""


def _has_template(value: Any) -> bool:
    """Whether a value is a template, or one is in it."""
    if isinstance(value, Mapping):
        return any(map(_has_template, value.values()))
    if isinstance(value, list):
        return any(map(_has_template, value))
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _settle(value: Any, option: Mapping[str, Any]) -> Any:
    """Return a value with each template in it replaced by a valid one; without one it is omitted, or ``None``."""
    if isinstance(value, Mapping):
        parts = option.get("options") or {}
        settled = {name: _settle(part, parts.get(name, {})) for name, part in value.items()}
        return {name: part for name, part in settled.items() if part is not None}
    if isinstance(value, list):
        element = {**option, "type": option.get("elements", "str")}
        return [item for item in (_settle(item, element) for item in value) if item is not None]
    if not _has_template(value):
        return value
    choices = option.get("choices")
    return choices[0] if choices and option["type"] != "list" else _SOME_VALUE.get(option.get("type", "str"))
