# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the end of a restore, and judging what arrived.

Facts: docs/server-behaviour.md, sections 9.1 and 9.2.
"""

from __future__ import annotations

from typing import Any, Callable

from ..core.model import Context, Outcome
from ..core.options import ACCEPT, FAIL
from ..core.pagination import name_of
from ..core.wait_policy import WaitPolicy
from ..core.waiting import make_waiter
from ..errors import PXBackupError, StateError
from .arrival import INCOMPLETE, describe_arrival, is_retained_only
from .lookup import LIFECYCLE, RESTORES, status_of

Judge = Callable[["dict[str, Any]"], "dict[str, Any]"]

# What the server does while nobody polls, and how to wait again.
RESTORE_CONTINUES = (
    "the restore continues on the server and goes on writing: run the task again to wait for it, use INSPECT_ONE with "
    "wait, or cancel it with DELETE and cancel: true"
)


def wait_for_arrival(
    context: Context,
    outcome: Outcome,
    policy: WaitPolicy | None,
    judge: Judge,
    observed: bool = True,
) -> Outcome:
    """Return the outcome after the end of its restore, with what arrived; check mode never waits.

    Args:
        judge: returns what arrived of a restore that has ended.
        observed: whether the restore was read from the server; the response to a write does not show an end.

    Raises:
        PXBackupError: the restore ended badly or is incomplete, or the wait failed.
    """
    if policy is None or context.api.check_mode:
        return outcome
    waiter = make_waiter(context, RESTORES, outcome.result["restore"], policy, observed)
    try:
        ended = waiter.wait_until(lambda seen: seen is None or not LIFECYCLE.is_running(seen), RESTORE_CONTINUES)
        if ended is None:
            raise waiter.finish(StateError(f"restore {name_of(waiter.item)!r} was deleted during the wait"))
        arrival = judge(ended)
        result = {**outcome.result, "restore": ended, "waited": waiter.report(), "arrival": arrival}
        doubt = judge_end(ended, arrival, policy.on_partial)
        if isinstance(doubt, PXBackupError):
            doubt.result = result
            raise doubt
    except PXBackupError as error:
        error.changed = outcome.changed
        error.result = {**outcome.result, **error.result}
        raise
    if doubt:
        context.warn(doubt)
    verb = "was created and ended" if outcome.changed else "ended"
    counted = f"{arrival['resources']['restored']} resources, {arrival['volumes']['restored']} volumes"
    message = f"Restore {name_of(ended)!r} {verb} {status_of(ended)}: {counted}, arrival {arrival['verdict']}"
    return outcome._replace(message=message, result=result)


def judge_end(restore: dict[str, Any], arrival: dict[str, Any], on_partial: str) -> PXBackupError | str:
    """Return what is wrong with a restore that has ended: an error, a warning, or ``""``.

    A part that failed or is missing counts by ``on_partial``, whatever the status says. What existed already and was
    kept is worth a warning, unless the task accepts partial results.
    """
    status, name = status_of(restore), name_of(restore)
    lacking = describe_arrival(arrival)
    told = f"restore {name!r} ended {status}{LIFECYCLE.reason_suffix(restore)}" + (f": {lacking}" if lacking else "")
    if status in LIFECYCLE.deleting:
        return StateError(f"restore {name!r} is being deleted ({status})", hint="create a new restore")
    if status in LIFECYCLE.bad:
        return StateError(told, hint="fix the cause, delete the restore and create it again")
    incomplete = arrival["verdict"] == INCOMPLETE
    unexplained = status in LIFECYCLE.partial and not is_retained_only(arrival)
    if (incomplete or unexplained) and on_partial == FAIL:
        return StateError(told, hint="fix the cause and restore again, or set on_partial to warn or accept")
    if on_partial == ACCEPT or not (incomplete or unexplained or lacking):
        return ""
    return told
