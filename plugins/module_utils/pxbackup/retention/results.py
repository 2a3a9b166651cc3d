# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a prune returns: the plan for the user, and the result for each backup that it deletes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..core.memory import collector_paused
from ..core.parallel import combine_errors
from ..errors import PXBackupError
from ..text import count_of
from .groups import Grouping
from .guards import time_text
from .plan import KEEP, REMOVE, GroupPlan, Plan, Verdict

PLANNED, DELETING, PENDING, GONE = "planned", "deleting", "pending", "gone"
GONE_ALREADY, SKIPPED, FAILED, NOT_TRIED = "gone_already", "skipped", "failed", "not_tried"


class Removal(NamedTuple):
    """The result for one backup that the plan removes.

    Attributes:
        outcome: one of the words of the documentation.
        message: the same as a sentence.
        changed: whether this task deleted it.
        backup: the backup as it was seen last, for a wait.
        error: why it failed.
    """

    outcome: str
    message: str = ""
    changed: bool = False
    backup: dict[str, Any] | None = None
    error: PXBackupError | None = None


_PLANNED = Removal(PLANNED)


@collector_paused()
def describe(plan: Plan, grouping: Grouping, removals: Mapping[str, Removal]) -> dict[str, Any]:
    """Return the part of the task's result that says what stays and what goes, ``diff`` with it.

    Args:
        removals: results by uid; a backup without one is planned only.
    """
    planned = list(plan.removals())
    would = sum(1 for record in planned if removals.get(record.uid, _PLANNED) is _PLANNED)
    return {
        "groups": [_group(group, grouping, removals) for group in plan.groups],
        "out": [_entry(verdict) for verdict in plan.out],
        "kept": sum(len(group.verdicts) for group in plan.groups) - len(planned),
        "removed": would + sum(1 for removal in removals.values() if removal.changed),
        "bytes_planned": sum(record.size for record in planned),
        "diff": _diff(plan, grouping),
    }


def _entry(verdict: Verdict) -> dict[str, Any]:
    record = verdict.record
    return {
        "name": record.name,
        "uid": record.uid,
        "create_time": time_text(record.created) if record.created else None,
        "reasons": list(verdict.reasons),
    }


def _group(group: GroupPlan, grouping: Grouping, removals: Mapping[str, Removal]) -> dict[str, Any]:
    goes = []
    for verdict in group.verdicts:
        if verdict.action == REMOVE:
            removal = removals.get(verdict.record.uid, _PLANNED)
            own = {"size": verdict.record.size, "outcome": removal.outcome, "message": removal.message}
            goes.append({**_entry(verdict), **own})
    return {
        "key": _key(group, grouping),
        "refused": group.refused,
        "keep": [_entry(verdict) for verdict in group.verdicts if verdict.action == KEEP],
        "remove": goes,
    }


def _key(group: GroupPlan, grouping: Grouping) -> dict[str, Any]:
    """Return what is equal for all backups of a group, with names in place of uids."""
    newest = group.verdicts[0].record
    return grouping.describe(newest.key, {"cluster": newest.cluster, "location": newest.location})


def _diff(plan: Plan, grouping: Grouping) -> dict[str, Any]:
    """Return the reasons for each backup before and after, by group and name."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for group in plan.groups:
        label = _label(_key(group, grouping))
        for verdict in group.verdicts:
            name = f"{verdict.record.name} ({verdict.record.uid})"
            told = f"{verdict.action}: {', '.join(verdict.reasons)}"
            before.setdefault(label, {})[name] = told
            if verdict.action == KEEP:
                after.setdefault(label, {})[name] = told
    return {"before": before, "after": after}


def _label(key: Mapping[str, Any]) -> str:
    """Return a key as one line, without the parts that say nothing."""
    return ", ".join(f"{part} {_short(value)}" for part, value in key.items() if _short(value))


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_short(part)}" for name, part in value.items() if _short(part))
    if isinstance(value, list):
        return " ".join(map(_short, value))
    return str(value or "")


def message_of(plan: Plan, removals: Mapping[str, Removal], check_mode: bool = False) -> str:
    """Return in one sentence how many backups stay and what happened to the others."""
    planned = sum(1 for _record in plan.removals())
    kept = sum(len(group.verdicts) for group in plan.groups) - planned
    parts = [f"{count_of(kept, 'backup')} kept"]
    if check_mode:
        parts.append(f"{planned} would be deleted")
    counts: dict[str, int] = {}
    for removal in removals.values():
        word = _WORDS[removal.outcome]
        counts[word] = counts.get(word, 0) + 1
    parts += [f"{count} {word}" for word, count in counts.items()]
    return f"{count_of(len(plan.groups), 'group')}: {', '.join(parts)}"


_WORDS = {
    DELETING: "deleted",
    PENDING: "deleted",
    GONE: "deleted",
    GONE_ALREADY: "already gone",
    SKIPPED: "skipped",
    FAILED: "failed",
    NOT_TRIED: "not tried",
}


def error_of(message: str, names: Mapping[str, str], removals: Mapping[str, Removal]) -> PXBackupError | None:
    """Return the error of the task, ``None`` when no deletion failed.

    Args:
        names: of the backups, by uid.
    """
    failed = [(names[uid], removal.error) for uid, removal in removals.items() if removal.error is not None]
    return combine_errors(message, failed, "the message of each in groups") if failed else None
