# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Classes: who takes part in a plan, and which backups are never touched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from ..backups.lifecycle import LIFECYCLE, STATUSES
from .policy import RetentionPolicy
from .records import Record

# Clocks differ by this much at most; what is created later is created in the future.
MAX_SKEW = timedelta(minutes=5)

# What a backup is for a plan: `good` ones are judged by the rules, `not good` ones only where the task says so,
# `kept` ones stay and are not counted, `out` ones are not the plan's business.
GOOD_BACKUP, NOT_GOOD, KEPT, OUT = "good", "not good", "kept", "out"


class Facts(NamedTuple):
    """What a plan needs to know apart from the backups.

    Attributes:
        now: the time of the plan, with a time zone.
        caller: id of the user, whose backups alone take part.
        schedules: uids and names of the schedules that exist; read only where orphaned backups take part.
        restoring: uids of the backups of which a restore is pending or runs; the name, where the uid is not known.
    """

    now: datetime
    caller: str
    schedules: frozenset[str] = frozenset()
    restoring: frozenset[str] = frozenset()


class Standing(NamedTuple):
    """The class of a backup, and the reason where the rules do not judge it."""

    kind: str
    reason: str = ""


def classify(record: Record, policy: RetentionPolicy, facts: Facts) -> Standing:
    """Return the class of a backup."""
    out = _why_out(record, policy, facts)
    if out:
        return Standing(OUT, out)
    if record.created is None:
        return Standing(KEPT, "no creation time")
    if record.created > facts.now + MAX_SKEW:
        return Standing(KEPT, "created in the future")
    if record.status in LIFECYCLE.good or (record.status in LIFECYCLE.partial and policy.accept_partial):
        return Standing(NOT_GOOD, "holds no namespace") if record.is_empty else Standing(GOOD_BACKUP)
    return Standing(NOT_GOOD, f"not good ({record.status})")


def _why_out(record: Record, policy: RetentionPolicy, facts: Facts) -> str:
    """Return why a backup takes no part, ``""`` when it does."""
    if record.owner != facts.caller:
        return f"owned by {record.owner}" if record.owner else "owner not known"
    if not record.uid:
        return "no uid"
    if record.status in LIFECYCLE.deleting:
        return "being deleted"
    if record.status not in LIFECYCLE.good | LIFECYCLE.partial | LIFECYCLE.bad:
        return "running" if record.status in STATUSES else "unknown status"
    if any(record.schedule) and not (policy.include_orphaned and facts.schedules.isdisjoint(record.schedule)):
        return "scheduled"
    return record.ungrouped
