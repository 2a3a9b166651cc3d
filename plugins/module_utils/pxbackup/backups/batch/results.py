# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of many backups in one task, for each and for all."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from ...core.model import Context, Outcome
from ...core.pagination import name_of
from ...core.parallel import combine_errors
from ...errors import PXBackupError
from ...text import count_of, sentence
from ..lifecycle import reason_of, status_of
from .states import STATES


class Item(NamedTuple):
    """One backup of the task: where the task names it, and what it sets for it."""

    place: str
    wanted: dict[str, Any]

    @property
    def shown(self) -> str:
        """How an error names the backup."""
        return str(self.wanted.get("name") or self.wanted.get("uid") or self.place)

    @property
    def key(self) -> str:
        """How the diff names the backup: several of one name may be given with their uids."""
        uid = self.wanted.get("uid")
        return f"{self.wanted['name']} ({uid})" if uid and "name" in self.wanted else self.shown


class Result(NamedTuple):
    """The result for one backup.

    Attributes:
        changed, message, before, after: as of an :class:`Outcome`.
        backup: as it was seen last, ``None`` for one that does not exist.
        uid: its uid, also of one that is deleted by now.
        error: why it failed.
        findings: what was found before a backup was created, as the result of CREATE holds it.
    """

    changed: bool
    message: str
    backup: dict[str, Any] | None = None
    uid: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    error: PXBackupError | None = None
    findings: list[dict[str, str]] | None = None


def combine_results(
    context: Context,
    state: str,
    items: list[Item],
    results: list[Result | None],
    waited: dict[str, Any] | None,
    details: bool = False,
) -> Outcome:
    """Return the outcome of the task.

    Args:
        details: whether the result holds each backup and its settings; Ansible goes through a result several times,
            and without them that of a thousand backups is half as large.

    Raises:
        PXBackupError: some failed or were not tried; of the kind of the first error.
    """
    done = [(item, result) for item, result in zip(items, results) if result is not None]
    changed = any(result.changed for _item, result in done)
    whole: dict[str, Any] = {"backups": [_entry(item, result, details) for item, result in zip(items, results)]}
    if waited is not None:
        whole["waited"] = waited
    changes = {item.key: result for item, result in done if result.changed}
    before = {"backups": _side({key: result.before for key, result in changes.items()}, details)}
    after = {"backups": _side({key: result.after for key, result in changes.items()}, details)}
    errors = [(item.shown, result.error) for item, result in done if result.error is not None]
    message = _count(STATES[state].would if context.api.check_mode else STATES[state].done, results)
    if not errors:
        return Outcome(changed, message, whole, before, after)
    error = combine_errors(message, errors, "error.hint of each in backups")
    error.changed = changed
    error.result = {**whole, "diff": {"before": before, "after": after}}
    raise error


def _side(settings: dict[str, dict[str, Any] | None], details: bool) -> Any:
    """Return one side of the diff: the settings of the backups that change, or the names of those that exist."""
    if details:
        return {key: one or {} for key, one in settings.items()}
    return [key for key, one in settings.items() if one]


def _entry(item: Item, result: Result | None, details: bool) -> dict[str, Any]:
    """Return what the task's result says about one backup."""
    result = result or Result(False, "Not tried because another backup failed")
    backup, error = result.backup, result.error
    return {
        "name": name_of(backup) if backup else item.wanted.get("name") or (result.before or {}).get("name", ""),
        "uid": result.uid or item.wanted.get("uid", ""),
        "changed": result.changed,
        "failed": error is not None,
        "status": status_of(backup) if backup else "",
        "reason": reason_of(backup) if backup else "",
        "message": sentence(result.message),
        "error": error.as_dict() if error else None,
        "preflight": result.findings or [],
        **({"backup": backup} if details else {}),
    }


def _count(done: str, results: list[Result | None]) -> str:
    """Return how many backups ended in which way."""

    def word(result: Result | None) -> str:
        if result is None:
            return "not tried"
        return "failed" if result.error else done if result.changed else "unchanged"

    counts = Counter(map(word, results))
    parts = [f"{counts[kind]} {kind}" for kind in (done, "unchanged", "failed", "not tried") if counts[kind]]
    return ": ".join(filter(None, (count_of(len(results), "backup"), ", ".join(parts))))
