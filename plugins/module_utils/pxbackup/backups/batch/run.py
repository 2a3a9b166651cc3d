# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many backups in one task: created or deleted several at a time, waited for together.

Each backup is created and deleted by the same functions as CREATE and DELETE use, with the same meaning of a
second run. Facts: docs/server-behaviour.md, sections 2.2 (the server deletes five at a time), 3.1 (names).
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

from ...core.model import Context, Outcome
from ...core.pagination import uid_of
from ...core.parallel import CircuitBreaker, Each, worker_pool
from ...core.wait_policy import wait_policy
from ...core.watching import find_by_names, find_by_uids
from ...errors import PXBackupError, describe_internal_error
from ...text import join_first
from ..create import ensure_created, expected_owner
from ..delete import ensure_deleted
from ..lookup import BACKUP_TIMEOUT, BACKUPS, DELETION_TIMEOUT
from ..options import SETTINGS, differences
from ..preflight.findings import WARNING
from .items import check_batch, read_items, refuse_duplicates
from .results import Item, Result, combine_results
from .wait import BatchWait, wait_for_all

Work = Callable[[Context, Item], Outcome]


def run_batch(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Bring all backups of the task to its state.

    Raises:
        ValidationError: the task is invalid; nothing was sent.
        PXBackupError: some backups failed; ``result`` holds the result for each.
    """
    state = parameters["state"]
    check_batch(state, parameters)
    present, fail_fast = state == "present", parameters.get("fail_fast") is True
    policy = wait_policy(parameters, BACKUP_TIMEOUT if present else DELETION_TIMEOUT)
    breaker = CircuitBreaker(fail_fast)
    waited = None
    with worker_pool(parameters["concurrency"]) as each:
        items = read_items(context, state, parameters, each)
        work = _creation(context, items, each) if present else _deletion(context, items, each, policy is not None)
        attempt = partial(_attempt, context, work, breaker)
        # The first goes alone: what it looks up is known to the others then, and what stops all stops them.
        results = [*map(attempt, items[:1]), *each(attempt, items[1:])]
        _warn_of_findings(context, items, results)
        if policy is not None and not context.api.check_mode and not breaker.is_open:
            results, waited = wait_for_all(context, BatchWait(policy, present, fail_fast), results, each)
    return combine_results(context, state, items, results, waited, parameters.get("details") is True)


def _attempt(context: Context, work: Work, breaker: CircuitBreaker, item: Item) -> Result | None:
    """Return the result for one item, ``None`` where it was not tried."""
    if breaker.is_open:
        return None
    own = context._replace(api=context.api.limited())
    try:
        outcome = _do(context, own, work, item)
    except PXBackupError as error:
        breaker.record(error)
        return Result(error.changed, str(error), error=error, findings=error.result.get("preflight"))
    except Exception as fault:  # noqa: BLE001 - a fault of ours at one backup must not hide the results for the others
        breaker.is_open = True
        told = describe_internal_error(fault)
        return Result(own.api.has_written, told, error=PXBackupError(told))
    breaker.record(None)
    backup = outcome.result["backup"]
    uid = uid_of(backup) if backup else (outcome.before or {}).get("uid", "")
    findings = outcome.result.get("preflight")
    return Result(outcome.changed, outcome.message, backup, uid, outcome.before, outcome.after, findings=findings)


def _do(context: Context, own: Context, work: Work, item: Item) -> Outcome:
    """Do the work of one item over its own copy of the Api, and note in the task's Api that something was written."""
    try:
        return work(own, item)
    finally:
        context.api.has_written = context.api.has_written or own.api.has_written


def _creation(context: Context, items: list[Item], each: Each) -> Work:
    """Look up which names are taken; return the function that creates one backup."""
    by_name = find_by_names(context, BACKUPS, [item.wanted["name"] for item in items], each)

    def create(own: Context, item: Item) -> Outcome:
        # Findings are told once for all backups, see `_warn_of_findings`.
        quiet = own._replace(warn=lambda text: None)
        wanted = item.wanted
        owner = expected_owner(own, wanted)
        existing = BACKUPS.pick(wanted["name"], by_name[wanted["name"]], owner)
        if existing is not None and differences(wanted, existing, SETTINGS):
            # A list may omit what decides; the backup itself does not.
            existing = BACKUPS.find(own.api, wanted["name"], uid_of(existing))
        return ensure_created(quiet, wanted, owner, existing)

    return create


def _deletion(context: Context, items: list[Item], each: Each, waits: bool) -> Work:
    """Look up which backups exist; return the function that deletes one.

    Args:
        waits: a wait follows, so that a failed check can be left to it.
    """
    by_name = find_by_names(context, BACKUPS, [item.wanted["name"] for item in items if "name" in item.wanted], each)
    by_uid = find_by_uids(context, BACKUPS, [item.wanted["uid"] for item in items if "name" not in item.wanted])

    def find(item: Item) -> dict[str, Any] | None:
        name, uid = item.wanted.get("name", ""), item.wanted.get("uid", "")
        if not name:
            return by_uid.get(uid)
        if uid:
            return next((hit for hit in by_name[name] if uid_of(hit) == uid), None)
        return BACKUPS.pick(name, by_name[name], "")

    def found_uid(item: Item) -> str | None:
        try:
            backup = find(item)
        except PXBackupError:
            return None  # It is told for the item itself.
        return uid_of(backup) if backup else None

    # One may be named by its name and again by its uid.
    refuse_duplicates(items, found_uid)

    def delete(own: Context, item: Item) -> Outcome:
        namesakes = by_name.get(item.wanted.get("name", ""), [])
        return ensure_deleted(own, item.wanted, find(item), waits, namesakes)

    return delete


def _warn_of_findings(context: Context, items: list[Item], results: list[Result | None]) -> None:
    """Warn of what was found before backups were created, of each finding once."""
    found: dict[str, list[str]] = {}
    for item, result in zip(items, results):
        for finding in (result.findings if result else None) or []:
            if finding["severity"] == WARNING:
                found.setdefault(finding["message"], []).append(item.shown)
    for message, names in found.items():
        context.warn(f"CREATE of {join_first(map(repr, names), 1)}: {message}")
