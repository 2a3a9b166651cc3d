# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a prune does as a task: its options, and its place among the modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..backups.batch.states import DEFAULT_CONCURRENCY
from ..backups.options import FILTERS
from ..core.model import ModuleSpec, Operation
from ..core.options import CONCURRENCY, FLAG, NAMES, NUMBER, STRING_MAP, TEXT, WAIT_OPTIONS, Option, OptionType, choice
from .rules import COUNTS, WITHIN

if TYPE_CHECKING:
    # The handler is imported when it runs. Ansible packs into a module's payload what import statements name.
    from . import prune

    HANDLER_FILES = (prune,)

_KEEP_SPEC: dict[str, Any] = {
    **{name: {"type": "int"} for name in COUNTS},
    **{name: {"type": "str"} for name in WITHIN},
}


def _clean_keep(_name: str, value: Any, _clears: bool) -> Any:
    # An empty duration is an error, not an omitted rule: fewer rules keep fewer backups.
    return {name: part for name, part in value.items() if part is not None}


KEEP_OPTIONS = {
    "keep": Option(OptionType({"type": "dict", "options": _KEEP_SPEC}, _clean_keep)),
    "keep_labels": Option(STRING_MAP),
    "timezone": Option(TEXT, default="UTC"),
    "group_by": Option(NAMES),
    "accept_partial": Option(FLAG, default=False),
    "remove_failed": Option(FLAG, default=False),
    "include_scheduled": Option(choice("orphaned")),
    "include_shared": Option(FLAG, default=False),
}

PRUNE = Operation(
    name="backup_prune",
    summary="Delete the backups that keep rules give up.",
    handler="retention.prune:prune_backups",
    requires=(("keep", "keep_labels"),),
    options={
        **{name: option for name, option in FILTERS.items() if name != "include_detailed_resources"},
        **KEEP_OPTIONS,
        "max_delete": Option(NUMBER),
        "concurrency": CONCURRENCY._replace(default=DEFAULT_CONCURRENCY),
        **WAIT_OPTIONS,
    },
    writes=True,
    second_run="ok",
)

BACKUP_PRUNE_MODULE = ModuleSpec("backup_prune", (PRUNE,))
