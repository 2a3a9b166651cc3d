# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module `backup_batch`: its options and its operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.model import ModuleSpec, Operation
from ...core.options import (
    CONCURRENCY,
    END_OPTIONS,
    FLAG,
    NAMES,
    WAIT_OPTIONS,
    Option,
    OptionType,
    argument_spec,
    choice,
)
from .states import DEFAULT_CONCURRENCY, STATES, item_options

if TYPE_CHECKING:
    # Imported when the module runs; Ansible packs into its payload what import statements name.
    from . import run

    HANDLER_FILE = run


def _dictionary(options: dict[str, Option]) -> dict[str, Any]:
    return {"type": "dict", "options": argument_spec(options)}


_ITEM = {name: option for state in STATES for name, option in item_options(state).items()}
_DEFAULTS = {name: option for name, option in item_options("present").items() if name != "name"}

BATCH = Operation(
    name="backup_batch",
    summary="Create or delete many backups.",
    handler="backups.batch.run:run_batch",
    requires=(),
    options={
        "backups": Option(OptionType({**_dictionary(_ITEM), "type": "list", "elements": "dict"})),
        "defaults": Option(OptionType(_dictionary(_DEFAULTS))),
        "names": Option(NAMES),
        "state": Option(choice(*STATES), default="present"),
        "concurrency": CONCURRENCY._replace(default=DEFAULT_CONCURRENCY),
        "fail_fast": Option(FLAG, default=False),
        "details": Option(FLAG, default=False),
        **WAIT_OPTIONS,
        **END_OPTIONS,
    },
    writes=True,
    second_run="ok for each backup that is as its operation wants it",
    # An empty list means no backup, and is a list.
    clearing=("backups", "names"),
)

BACKUP_BATCH_MODULE = ModuleSpec("backup_batch", (BATCH,))
