# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wait of a batch: for all backups together, and how each ended."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...core.deletion import DELETION_CONTINUES
from ...core.model import Context
from ...core.options import WARN
from ...core.pagination import name_of, uid_of
from ...core.parallel import MAX_NAMED, Each
from ...core.wait_policy import WaitPolicy
from ...core.waiting import is_final, timeout_error
from ...core.watching import Watched, watch
from ...errors import PXBackupError
from ...text import join_first
from ..lifecycle import LIFECYCLE, status_of
from ..lookup import BACKUPS
from ..waiting import (
    BACKUP_CONTINUES,
    deleted_meanwhile,
    describe_end,
    find_doubt,
    judge_end,
)
from .results import Result


class BatchWait(NamedTuple):
    """What the task waits for, and how it judges what it sees."""

    policy: WaitPolicy
    present: bool
    fail_fast: bool

    @property
    def goes_on(self) -> str:
        """What the server continues to do while nobody polls."""
        return BACKUP_CONTINUES if self.present else DELETION_CONTINUES

    def is_done(self, seen: dict[str, Any] | None) -> bool:
        """Whether a backup needs no further poll."""
        return seen is None or (self.present and not LIFECYCLE.is_running(seen))

    def is_enough(self, seen: dict[str, Any] | None) -> bool:
        """Whether the state of one backup ends the wait for all."""
        return self.fail_fast and self.is_done(seen) and self.judge("", seen) is not None

    def judge(self, name: str, seen: dict[str, Any] | None) -> PXBackupError | None:
        """Return the error of a backup that is done, ``None`` of one that ended well."""
        if not self.present:
            return None
        return deleted_meanwhile(name) if seen is None else judge_end(seen, self.policy.on_partial)

    def judge_unfinished(self, seen: dict[str, Any], watched: Watched) -> PXBackupError | None:
        """Return the error of a backup that is not done, ``None`` where another one's end ended the wait."""
        own = watched.errors.get(uid_of(seen))
        if watched.stopped:
            return watched.error
        if own is not None and is_final(own):
            return own
        if watched.seconds < self.policy.timeout:
            return None
        return timeout_error(LIFECYCLE, seen, self.policy, own or watched.error, self.goes_on)


def wait_for_all(
    context: Context, wait: BatchWait, results: list[Result | None], each: Each
) -> tuple[list[Result | None], dict[str, Any]]:
    """Wait for the end of all that was begun or found; return the result for each, and what ``waited`` reports."""
    backups = [result.backup for result in results if result and result.backup]
    created = {result.uid for result in results if result and result.changed} if wait.present else set()
    watched = Watched(BACKUPS, backups, wait.is_done, wait.is_enough, created)
    watch(context, watched, wait.policy, each, wait.goes_on)
    doubts: list[str] = []
    after = [
        _judge(wait, watched, result, result.backup, doubts) if result and result.backup else result
        for result in results
    ]
    if doubts:
        context.warn(join_first(doubts, MAX_NAMED, "; "))
    return after, {"seconds": watched.seconds, "polls": watched.polls}


def _judge(wait: BatchWait, watched: Watched, result: Result, backup: dict[str, Any], doubts: list[str]) -> Result:
    """Return the result for a backup after the wait.

    Args:
        backup: as it was before.
        doubts: takes what the task is warned of.
    """
    name, now = name_of(backup), watched.last[result.uid]
    done = watched.is_done(result.uid)
    error = wait.judge(name, now) if done else wait.judge_unfinished(now or {}, watched)
    if error is None and now is not None and done:
        doubt = find_doubt(now, result.after or {}, wait.policy)
        if isinstance(doubt, PXBackupError):
            error = doubt
        else:
            is_partial = status_of(now) in LIFECYCLE.partial and wait.policy.on_partial == WARN
            doubts += filter(None, (doubt, describe_end(now) if is_partial else ""))
    was = f" was {'created' if wait.present else 'deleted'} and" if result.changed else ""
    message = f"Backup {name!r}{was} is {status_of(now) if now else 'gone'}"
    return result._replace(message=str(error or message), backup=now, error=error)
