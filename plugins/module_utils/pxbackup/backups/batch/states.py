# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two states that the module `backup_batch` brings backups to, and the options of one backup."""

from __future__ import annotations

from typing import NamedTuple

from ...core.model import Operation
from ...core.options import END_OPTIONS, WAIT_OPTIONS, Option
from ..resource import CREATE, DELETE

# The server deletes this many at a time (docs/server-behaviour.md, section 2.2).
DEFAULT_CONCURRENCY = 5


class State(NamedTuple):
    """What the task wants of its backups, and the operation that does it for one."""

    operation: Operation
    options: tuple[str, ...]
    done: str
    would: str


_COMMON = ("backups", "concurrency", "fail_fast", "details", *WAIT_OPTIONS)

STATES = {
    "present": State(CREATE, (*_COMMON, "defaults", *END_OPTIONS), "created", "would be created"),
    "absent": State(DELETE, (*_COMMON, "names"), "deleted", "would be deleted"),
}


def item_options(state: str) -> dict[str, Option]:
    """Return the options of one backup: those of its operation, apart from the wait, which is for all."""
    options = STATES[state].operation.options
    return {name: option for name, option in options.items() if name not in (*WAIT_OPTIONS, *END_OPTIONS)}
