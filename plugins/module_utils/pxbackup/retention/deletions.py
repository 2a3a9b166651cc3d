# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan: each backup is read again, deleted by the same function as DELETE, and waited for on request.

Facts: docs/server-behaviour.md, section 5.4 (a backup with dependants stays in DeletePending until they are deleted).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from ..backups.batch.wait import BatchWait
from ..backups.delete import ensure_deleted
from ..backups.lifecycle import LIFECYCLE, status_of
from ..backups.lookup import BACKUPS
from ..core.model import Context
from ..core.pagination import name_of, uid_of
from ..core.parallel import CircuitBreaker, Each, worker_pool
from ..core.selection import Selection
from ..core.wait_policy import WaitPolicy
from ..core.watching import Watched, watch
from ..errors import PXBackupError, describe_internal_error
from ..text import count_of, join_first
from .classes import Facts
from .guards import why_changed, why_lost
from .plan import Plan
from .policy import RetentionPolicy
from .records import Record, record_reader
from .results import DELETING, FAILED, GONE, GONE_ALREADY, NOT_TRIED, PENDING, SKIPPED, Removal

# The status of a backup that the server deletes when the backups that depend on it are deleted.
_DEPENDED_ON = "DeletePending"

# How many groups a warning names.
_MAX_NAMED = 5

# After so many deletions the user is told how far they are.
_PROGRESS_EVERY = 200


class Deletion(NamedTuple):
    """How the backups of a plan are deleted.

    Attributes:
        plan: what is kept and removed.
        selection, policy, facts: by which the plan was created; a backup that they no longer give up is skipped.
        wait: how the task waits until they are deleted, ``None`` when it does not wait.
    """

    plan: Plan
    selection: Selection
    policy: RetentionPolicy
    facts: Facts
    wait: WaitPolicy | None


def delete_all(
    context: Context, deletion: Deletion, records: Sequence[Record], concurrency: int
) -> tuple[dict[str, Removal], dict[str, Any]]:
    """Delete the backups of a plan; return the result for each by uid, and what the task's result says of the wait.

    Args:
        records: in the order in which deletions begin.
        concurrency: how many are deleted at a time.
    """
    breaker = CircuitBreaker(fail_fast=False)
    with worker_pool(concurrency) as each:
        attempt = partial(_attempt, context, deletion, breaker, _find_lost(context, deletion, each))
        # The first goes alone: what stops all stops them.
        results = list(map(attempt, records[:1]))
        for start in range(1, len(records), _PROGRESS_EVERY):
            results += each(attempt, records[start : start + _PROGRESS_EVERY])
            context.progress(f"{len(results)} of {count_of(len(records), 'deletion')} sent")
        removals = {record.uid: removal for record, removal in zip(records, results)}
        if deletion.wait is None or breaker.is_open:
            return removals, {}
        return _wait_for_all(context, deletion.wait, removals, each)


def _find_lost(context: Context, deletion: Deletion, each: Each) -> dict[str, str]:
    """Read the good backup that stays in each group; return why backups are not removed, by uid, where it is lost.

    A list may be wrong, and what it wrongly shows must not push out what is real.

    Raises:
        PXBackupError: one cannot be read; nothing was deleted.
    """
    anchors = deletion.plan.anchors()
    unique = list({anchor.uid: anchor for anchor in anchors.values()}.values())
    read = record_reader(deletion.policy)

    def judge(anchor: Record) -> str:
        found = BACKUPS.get(context.api, anchor.name, anchor.uid)
        why = why_lost(read(found) if found else None, deletion.policy, deletion.facts)
        return f"backup {anchor.name!r} ({anchor.uid}), which stays in its group, {why}" if why else ""

    lost = {anchor.uid: sentence for anchor, sentence in zip(unique, each(judge, unique)) if sentence}
    if lost:
        context.warn(f"{join_first(lost.values(), _MAX_NAMED, '; ')}: nothing of such a group is deleted")
    return {uid: lost[anchor.uid] for uid, anchor in anchors.items() if anchor.uid in lost}


def _attempt(
    context: Context, deletion: Deletion, breaker: CircuitBreaker, lost: dict[str, str], record: Record
) -> Removal:
    """Return the result for one backup."""
    if record.uid in lost:
        return Removal(SKIPPED, f"Backup {record.name!r} is not deleted: {lost[record.uid]}")
    if breaker.is_open:
        return Removal(NOT_TRIED, "Not tried because another deletion failed")
    own = context._replace(api=context.api.limited())
    try:
        removal = _delete(own, deletion, record)
    except PXBackupError as error:
        breaker.record(error)
        return Removal(FAILED, str(error), error.changed, error=error)
    except Exception as fault:  # noqa: BLE001 - a fault of ours at one backup must not hide the results for the others
        breaker.is_open = True
        told = describe_internal_error(fault)
        return Removal(FAILED, told, own.api.has_written, error=PXBackupError(told))
    breaker.record(None)
    return removal


def _delete(context: Context, deletion: Deletion, record: Record) -> Removal:
    """Delete one backup of the plan, unless it no longer exists or has changed.

    Raises:
        PXBackupError: the deletion is refused, or it is not known whether it was carried out.
    """
    found = BACKUPS.get(context.api, record.name, record.uid)
    if found is None:
        return Removal(GONE_ALREADY, f"Backup {record.name!r} was deleted by another task or by the server")
    changed = _why_changed(deletion, record, found)
    if changed:
        return Removal(SKIPPED, f"Backup {record.name!r} has {changed}")
    waits = deletion.wait is not None
    outcome = ensure_deleted(context, {"name": record.name, "uid": record.uid}, found, waits)
    backup = outcome.result["backup"]
    gone = GONE if outcome.changed else GONE_ALREADY
    return Removal(_state_of(backup) if backup else gone, outcome.message, outcome.changed, backup)


def _why_changed(deletion: Deletion, record: Record, found: dict[str, Any]) -> str:
    if not deletion.selection.matches(found):
        return "changed since the plan (the filters no longer match)"
    return why_changed(record, record_reader(deletion.policy)(found), deletion.policy, deletion.facts)


def _state_of(backup: dict[str, Any]) -> str:
    return PENDING if status_of(backup) == _DEPENDED_ON else DELETING


def _wait_for_all(
    context: Context, policy: WaitPolicy, removals: dict[str, Removal], each: Each
) -> tuple[dict[str, Removal], dict[str, Any]]:
    """Wait until what is being deleted no longer exists, or waits for backups that this task does not delete."""
    wait = BatchWait(policy, present=False, fail_fast=False)
    backups = [removal.backup for removal in removals.values() if removal.backup]

    def is_done(seen: dict[str, Any] | None) -> bool:
        if seen is None:
            return True
        return _state_of(seen) == PENDING and not any(map(_is_going, watched.last.values()))

    watched = Watched(BACKUPS, backups, is_done, lambda seen: False)
    watch(context, watched, policy, each, wait.goes_on)
    after = {
        uid: _judge(wait, watched, removal.backup, removal, is_done(watched.last[uid])) if removal.backup else removal
        for uid, removal in removals.items()
    }
    return after, {"waited": {"seconds": watched.seconds, "polls": watched.polls}}


def _is_going(seen: dict[str, Any] | None) -> bool:
    """Whether the server still deletes a backup without waiting for another one."""
    return seen is not None and _state_of(seen) != PENDING


def _judge(wait: BatchWait, watched: Watched, backup: dict[str, Any], removal: Removal, done: bool) -> Removal:
    """Return the result for a backup after the wait.

    Args:
        backup: as it was before the wait.
        done: whether nothing more was to be waited for.
    """
    name, now = name_of(backup), watched.last[uid_of(backup)]
    if now is None:
        return removal._replace(outcome=GONE, message=f"Backup {name!r} is deleted", backup=None)
    error = None if done else wait.judge_unfinished(now, watched)
    if error is not None:
        return removal._replace(outcome=FAILED, message=str(error), error=error)
    message = f"Backup {name!r} is {status_of(now)}{LIFECYCLE.reason_suffix(now)}"
    return removal._replace(outcome=_state_of(now), message=message)
