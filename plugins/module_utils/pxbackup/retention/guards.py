# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guards: what keeps a backup that the rules give up, and what stops a plan as a whole."""

from __future__ import annotations

from datetime import datetime

from ..errors import StateError
from .classes import GOOD_BACKUP, Facts, classify
from .policy import RetentionPolicy
from .records import Record


def time_text(moment: datetime) -> str:
    """Return a time in RFC 3339, in UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def why_protected(record: Record, policy: RetentionPolicy, facts: Facts) -> str:
    """Return why a backup must not be removed now, ``""`` when it may be.

    It does not give its place to another backup: a backup that the rules keep is kept by them.
    """
    if record.locked_until is not None and record.locked_until > facts.now:
        return f"locked until {time_text(record.locked_until)}"
    if record.shared and not policy.include_shared:
        return "shared"
    if not facts.restoring.isdisjoint((record.uid, record.name)):
        return "a restore of it runs"
    return ""


def why_changed(planned: Record, found: Record, policy: RetentionPolicy, facts: Facts) -> str:
    """Return what has changed of a backup so that its planned removal no longer holds, ``""`` when it does.

    Args:
        planned: the backup when the plan was created.
        found: the same backup, read again just before its removal.
    """
    before, after = classify(planned, policy, facts), classify(found, policy, facts)
    if before.kind != after.kind:
        reason = after.reason or found.status
    elif found.pinned:
        reason = f"label {found.pinned}"
    elif found.key != planned.key:
        reason = "belongs to another group"
    else:
        reason = why_protected(found, policy, facts)
    return f"changed since the plan ({reason})" if reason else ""


def why_lost(found: Record | None, policy: RetentionPolicy, facts: Facts) -> str:
    """Return why a good backup that was to stay is none, read again before others go; ``""`` when it is."""
    if found is None:
        return "does not exist"
    standing = classify(found, policy, facts)
    return "" if standing.kind == GOOD_BACKUP else f"is no good backup ({standing.reason or found.status})"


def require_at_most(count: int, max_delete: int | None) -> None:
    """Refuse to remove more backups than the task allows.

    Raises:
        StateError: the plan removes more.
    """
    if max_delete is not None and count > max_delete:
        raise StateError(
            f"{count} to remove, {max_delete} allowed by max_delete; nothing is removed",
            hint="check the plan in this result, then raise max_delete or keep more",
        )
