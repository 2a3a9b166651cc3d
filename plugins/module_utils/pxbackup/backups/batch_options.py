# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module `backup_batch` takes, apart from the connection.

Facts: behaviour note 2.2 (the server deletes five at a time).
"""

from __future__ import annotations

from typing import NamedTuple

from ..core.model import Operation
from ..core.parameters import END_PARAMETERS, WAIT_PARAMETERS
from .resource import OPERATIONS

# As many as the server deletes at a time (behaviour note 2.2).
DEFAULT_CONCURRENCY = 5


class State(NamedTuple):
    """What the task wants of its backups, and the operation that does it for one."""

    operation: Operation
    accepts: tuple[str, ...]
    done: str
    would: str


_COMMON = ("backups", "concurrency", "fail_fast", *WAIT_PARAMETERS)

STATES = {
    "present": State(OPERATIONS["CREATE"], (*_COMMON, "defaults", *END_PARAMETERS), "created", "would be created"),
    "absent": State(OPERATIONS["DELETE"], (*_COMMON, "names"), "deleted", "would be deleted"),
}


def item_options(state: str) -> tuple[str, ...]:
    """Return what one backup of the task takes: what its operation does, apart from the wait, which is for all."""
    accepts = STATES[state].operation.accepts
    return tuple(name for name in accepts if name not in (*WAIT_PARAMETERS, *END_PARAMETERS))
