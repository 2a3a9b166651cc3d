# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prune: plan over the whole list, then delete what the plan gives up, several backups at a time.

Facts: docs/server-behaviour.md, sections 5.4 (deletion) and 11 (retention).
"""

from __future__ import annotations

from typing import Any

from ..backups.filters import BACKUP_FILTERS
from ..backups.lookup import BACKUPS, DELETION_TIMEOUT
from ..checks import check_number
from ..core.model import Context, Outcome
from ..core.selection import join_parts, select
from ..core.wait_policy import wait_policy
from ..errors import StateError, ValidationError
from ..limits import LIST_OBJECTS
from .classes import Facts
from .deletions import Deletion, delete_all
from .facts import read_facts
from .guards import require_at_most
from .plan import Plan, make_plan
from .policy import RetentionPolicy, parse_policy
from .records import RECORD_READS, Record, record_reader
from .results import Removal, describe, error_of, message_of


def prune_backups(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Delete the backups that no keep rule keeps and no guard protects.

    Raises:
        ValidationError: an option is not valid; nothing was sent.
        StateError: the plan removes more than ``max_delete``; nothing was deleted.
        PXBackupError: a list cannot be read, or some backups were not deleted; ``result`` says what happened to each.
    """
    policy = parse_policy(parameters)
    wait = wait_policy(parameters, DELETION_TIMEOUT)
    concurrency, max_delete = parameters["concurrency"], parameters.get("max_delete")
    check_number("max_delete", max_delete or 0, 0, LIST_OBJECTS)
    selection = select(context, BACKUP_FILTERS, parameters)
    read = record_reader(policy)
    parts = join_parts(RECORD_READS, selection.parts)
    listed = BACKUPS.list_all(context.api, selection.options, parts=parts)
    records = [read(backup) for backup in listed if selection.takes(backup)]
    facts = read_facts(context, policy)
    _require_caller(facts, records)
    plan = make_plan(records, policy, facts)
    for warning in plan.warnings:
        context.warn(warning)
    planned = list(plan.removals())
    try:
        require_at_most(len(planned), max_delete)
    except StateError as error:
        error.result = describe(plan, policy.grouping, {})
        raise
    if context.api.check_mode:
        return _outcome(plan, policy, {}, bool(planned), message_of(plan, {}, check_mode=True))
    removals, waited = delete_all(context, Deletion(plan, selection, policy, facts, wait), planned, concurrency)
    message, changed = message_of(plan, removals), any(removal.changed for removal in removals.values())
    failure = error_of(message, {record.uid: record.name for record in planned}, removals)
    if failure is not None:
        failure.changed = changed
        failure.result = {**describe(plan, policy.grouping, removals), **waited}
        raise failure
    outcome = _outcome(plan, policy, removals, changed, message)
    return outcome._replace(result={**outcome.result, **waited})


def _require_caller(facts: Facts, records: list[Record]) -> None:
    """Refuse a token that does not say whose backups may be deleted.

    Raises:
        ValidationError: the backups have owners, and the caller is not known.
    """
    if not facts.caller and any(record.owner for record in records):
        raise ValidationError(
            "the token does not say who the caller is, and only the caller's own backups are deleted",
            hint="use a token of PX-Backup's login service, or auth_url with username and password",
        )


def _outcome(plan: Plan, policy: RetentionPolicy, removals: dict[str, Removal], changed: bool, message: str) -> Outcome:
    result = describe(plan, policy.grouping, removals)
    diff = result.pop("diff")
    return Outcome(changed, message, result, diff["before"], diff["after"])
