# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the end of a backup or of a deletion, and judging how a backup ended.

Facts: docs/server-behaviour.md, sections 2.1 (states), 2.2 (deletion), 2.5 (parts of a backup).
"""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.options import ACCEPT, FAIL, WARN
from ..core.pagination import name_of
from ..core.wait_policy import WaitPolicy
from ..core.waiting import make_waiter
from ..errors import PXBackupError, StateError
from ..text import join_first
from .content import count_resources, find_missing, is_empty, list_failed_parts
from .lifecycle import LIFECYCLE, status_of
from .lookup import BACKUPS

# How many failed parts, and how many missing ones, a sentence names before it counts the rest.
_MAX_PARTS = 5
_MAX_MISSING = 10

# What the server does while nobody polls, and how to wait again.
BACKUP_CONTINUES = "the backup continues on the server: run the task again to wait for it, or use INSPECT_ONE with wait"


def wait_for_outcome(context: Context, outcome: Outcome, policy: WaitPolicy | None, observed: bool = True) -> Outcome:
    """Return the outcome after the end of its backup, where the task waits for it; check mode never waits.

    Args:
        observed: whether the backup was read from the server; the response to a write does not show an end.

    Raises:
        PXBackupError: the backup ended badly, or the wait failed.
    """
    if policy is None or context.api.check_mode:
        return outcome
    try:
        backup, waited = wait_for_end(context, outcome.result["backup"], policy, observed)
        ended = {**outcome.result, "backup": backup, "waited": waited}
        _judge_contents(context, outcome, ended, policy)
    except PXBackupError as error:
        error.changed = outcome.changed
        error.result = {**outcome.result, **error.result}
        raise
    counted = f"{count_resources(backup)} resources, {len(backup['backup_info']['volumes'])} volumes"
    verb = "was created and ended" if outcome.changed else "ended"
    message = f"Backup {name_of(backup)!r} {verb} {status_of(backup)}: {counted}"
    return outcome._replace(message=message, result=ended)


def wait_for_end(
    context: Context, backup: dict[str, Any], policy: WaitPolicy, observed: bool = True
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Wait until a backup has ended; return it and what ``waited`` reports.

    Raises:
        StateError: it ended badly, or partly and that counts as bad, or was deleted meanwhile.
        WaitTimeoutError: it has not ended in time; it continues on the server.
    """
    waiter = make_waiter(context, BACKUPS, backup, policy, observed)
    ended = waiter.wait_until(lambda seen: seen is None or not LIFECYCLE.is_running(seen), BACKUP_CONTINUES)
    if ended is None:
        raise waiter.finish(deleted_meanwhile(name_of(backup)))
    error = judge_end(ended, policy.on_partial)
    if error is not None:
        raise waiter.finish(error)
    if status_of(ended) in LIFECYCLE.partial and policy.on_partial == WARN:
        context.warn(describe_end(ended))
    return ended, waiter.report()


def deleted_meanwhile(name: str) -> PXBackupError:
    """Return the error of a wait for a backup that does not exist any more."""
    return StateError(f"backup {name!r} was deleted during the wait")


def judge_end(backup: dict[str, Any], on_partial: str) -> PXBackupError | None:
    """Return the error of a backup that ended badly, ``None`` of one that ended well."""
    status = status_of(backup)
    if status in LIFECYCLE.good or (status in LIFECYCLE.partial and on_partial != FAIL):
        return None
    if status in LIFECYCLE.deleting:
        return StateError(f"backup {name_of(backup)!r} is being deleted ({status})", hint="create a new backup")
    again = "retry the backup, or delete it and create it again"
    if status not in LIFECYCLE.retriable:
        again = "delete it and create it again"
    return StateError(describe_end(backup), hint=f"fix the cause, then {again}")


def describe_end(backup: dict[str, Any]) -> str:
    """Return how a backup ended: the server's reason and the parts that failed with theirs."""
    reason = LIFECYCLE.reason(backup)
    told = f": {reason}" if reason else ", and the server gives no reason"
    parts = list_failed_parts(backup)
    failed = f" [{join_first(parts, _MAX_PARTS, '; ')}]" if parts else ""
    return f"backup {name_of(backup)!r} ended {status_of(backup)}{told}{failed}"


def _judge_contents(context: Context, outcome: Outcome, ended: dict[str, Any], policy: WaitPolicy) -> None:
    """Warn of a good end without content, or without something that was requested.

    Raises:
        StateError: the backup is empty, and that counts as bad.
    """
    doubt = find_doubt(ended["backup"], outcome.after or {}, policy)
    if isinstance(doubt, PXBackupError):
        doubt.result = ended
        raise doubt
    if doubt:
        context.warn(doubt)


def find_doubt(backup: dict[str, Any], settings: dict[str, Any], policy: WaitPolicy) -> PXBackupError | str:
    """Return what is wrong with the content of a backup that ended well: an error, a warning, or ``""``.

    Args:
        settings: what the task requested.
    """
    if status_of(backup) not in LIFECYCLE.good:
        return ""
    empty = is_empty(backup)
    if empty and policy.on_empty == ACCEPT:
        return ""
    missing = find_missing(backup, _named_namespaces(settings))
    if not empty and not missing:
        return ""
    requested = f"it does not contain what was requested: {join_first(missing, _MAX_MISSING)}" if missing else ""
    what = f"backup {name_of(backup)!r} ended {status_of(backup)}"
    if not empty:
        return f"{what}, but {requested}"
    message = f"{what} and is empty: no resource, no volume{LIFECYCLE.reason_suffix(backup)}"
    message += f"; {requested}" if requested else ""
    hint = "check namespaces, selectors, resource types and include_resources"
    if policy.on_empty == WARN:
        return f"{message}; {hint}"
    return StateError(message, hint=f"{hint}, delete the empty backup and create it again")


def _named_namespaces(settings: dict[str, Any]) -> list[str]:
    """Return the namespaces that a task names one by one, so that each of them must be found."""
    names = settings.get("namespaces") or []
    return [] if "*" in names or settings.get("ns_label_selectors") else list(names)
