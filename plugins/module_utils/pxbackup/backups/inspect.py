# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ONE: return one backup, after its end where the task waits for it."""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.pagination import name_of
from ..core.wait_policy import wait_policy
from .lifecycle import status_of
from .lookup import BACKUP_TIMEOUT, BACKUPS


def inspect_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return one backup, whole; an absent one is an error."""
    policy = wait_policy(parameters, BACKUP_TIMEOUT)
    backup = BACKUPS.require(context.api, parameters)
    message = f"Backup {name_of(backup)!r} is {status_of(backup)}"
    outcome = Outcome(False, message, {"backup": backup})
    if policy is None:
        return outcome
    # Waiting takes as much code as all the rest: loaded where the task waits, because every start of a module counts.
    from .waiting import wait_for_outcome

    return wait_for_outcome(context, outcome, policy)
