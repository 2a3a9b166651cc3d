# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ONE: return one restore, after its end where the task waits for it, with what arrived."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..backups.lookup import BACKUPS
from ..core.model import Context, Outcome
from ..core.pagination import name_of
from ..core.wait_policy import wait_policy
from ..errors import PermissionDeniedError
from .arrival import judge_arrival
from .lookup import LIFECYCLE, RESTORE_TIMEOUT, RESTORES, status_of
from .waiting import wait_for_arrival


def inspect_restore(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return one restore, whole; an absent one is an error."""
    policy = wait_policy(parameters, RESTORE_TIMEOUT)
    restore = RESTORES.require(context.api, parameters)
    message = f"Restore {name_of(restore)!r} is {status_of(restore)}"
    judge = partial(judge_arrival, backup=_find_backup(context, restore))
    arrival = None if LIFECYCLE.is_running(restore) else judge(restore)
    outcome = Outcome(False, message, {"restore": restore, "arrival": arrival})
    return wait_for_arrival(context, outcome, policy, judge)


def _find_backup(context: Context, restore: dict[str, Any]) -> dict[str, Any] | None:
    """Return the backup of a restore, ``None`` where it no longer exists."""
    ref = restore["restore_info"]["backup_ref"] or {}
    name, uid = ref.get("name") or restore["restore_info"]["backup"], ref.get("uid") or ""
    try:
        return BACKUPS.find(context.api, name, uid) if name else None
    except PermissionDeniedError:
        # A user may see a restore of a backup that is not shared with them any more.
        return None
