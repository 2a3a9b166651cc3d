# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module `protection_info`: its options and its operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.model import ModuleSpec, Operation
from ..core.options import CONCURRENCY, FLAG, NAMES, TEXT, Option, OptionType, choice
from ..errors import ValidationError
from ..text import quoted
from .targets import DEFAULT_EXEMPT
from .verdict import FAIL_ON

if TYPE_CHECKING:
    # Handlers are imported when they run. Ansible packs into a module's payload what import statements name.
    from . import survey

    HANDLER_FILES = (survey,)


def _clean_lists(name: str, value: Any, _clears: bool) -> dict[str, list[str]]:
    for key, listed in value.items():
        if not isinstance(listed, list) or not all(isinstance(item, str) and item.strip() for item in listed):
            raise ValidationError(
                f"{name}.{key} is {quoted(listed)}, which is not a list of names", hint="set it to a list of namespaces"
            )
    return {str(key).strip(): [item.strip() for item in listed] for key, listed in value.items()}


LISTS_OF_NAMES = OptionType({"type": "dict"}, _clean_lists)
_GLOBS = {"type": "list", "elements": "str"}
TARGETS = OptionType(
    {
        "type": "list",
        "elements": "dict",
        "options": {
            "clusters": _GLOBS,
            "namespaces": _GLOBS,
            "rpo": {"type": "str", "required": True},
            "rto": {"type": "str"},
        },
    }
)

PROTECTION_INFO = Operation(
    name="protection_info",
    summary="Return which namespaces have a good backup within their target.",
    handler="protection.survey:survey_protection",
    requires=(),
    options={
        "clusters": Option(NAMES),
        "namespaces": Option(LISTS_OF_NAMES),
        "targets": Option(TARGETS),
        "exempt": Option(NAMES, default=list(DEFAULT_EXEMPT)),
        "window": Option(TEXT, default="30d"),
        "count_narrowed": Option(FLAG, default=False),
        "fail_on": Option(choice(*FAIL_ON), default="never"),
        "concurrency": CONCURRENCY,
    },
    writes=False,
    second_run="ok",
)

PROTECTION_INFO_MODULE = ModuleSpec("protection_info", (PROTECTION_INFO,))
