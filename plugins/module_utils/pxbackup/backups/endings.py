# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task answers after the end of its backup, and what is said of the backup's content."""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.policy import Policy
from ..errors import PXBackupError, StateError
from .content import is_empty, left_out, resource_count
from .lifecycle import GOOD, reason_of, status_of
from .waiting import end_of_backup


def after_its_end(context: Context, outcome: Outcome, policy: Policy) -> Outcome:
    """Wait for the end of the outcome's backup and return the outcome as it is then.

    Raises:
        PXBackupError: the backup did not come to a good end, or the wait failed.
    """
    try:
        backup, waited = end_of_backup(context, outcome.result["backup"], policy)
        ended = {**outcome.result, "backup": backup, "waited": waited}
        _judge_contents(context, outcome, ended, policy)
    except PXBackupError as error:
        error.changed = outcome.changed
        error.result = {**outcome.result, **error.result}
        raise
    counted = f"{resource_count(backup)} resources, {len(backup['backup_info']['volumes'])} volumes"
    made_or_not = "was created and ended" if outcome.changed else "ended"
    message = f"Backup {backup['metadata']['name']!r} {made_or_not} {status_of(backup)}: {counted}"
    return outcome._replace(message=message, result=ended)


def _judge_contents(context: Context, outcome: Outcome, ended: dict[str, Any], policy: Policy) -> None:
    """Warn of a good end without content, or without something that was asked for.

    Raises:
        StateError: the backup holds nothing, and that counts as bad.
    """
    doubt = doubt_of(ended["backup"], outcome.after or {}, policy)
    if isinstance(doubt, PXBackupError):
        doubt.result = ended
        raise doubt
    if doubt:
        context.warn(doubt)


def doubt_of(backup: dict[str, Any], settings: dict[str, Any], policy: Policy) -> PXBackupError | str:
    """Return what is wrong with the content of a backup that ended well: an error, a warning, or ``""``.

    Args:
        settings: what the task asked for.
    """
    if status_of(backup) not in GOOD:
        return ""
    empty = is_empty(backup)
    if empty and policy.on_empty == "accept":
        return ""
    missing = left_out(backup, _named_namespaces(settings))
    if not empty and not missing:
        return ""
    shown = ", ".join(missing[:_MOST_MISSING])
    more = f" and {len(missing) - _MOST_MISSING} more" if len(missing) > _MOST_MISSING else ""
    asked = f"was asked for and is not in it: {shown}{more}" if missing else ""
    what = f"backup {backup['metadata']['name']!r} ended {status_of(backup)}"
    if not empty:
        return f"{what}, but something {asked}"
    message = f"{what} and holds no resource and no volume{f' ({reason_of(backup)})' if reason_of(backup) else ''}"
    message += f"; something {asked}" if missing else ""
    hint = "check namespaces, selectors, resource types and include_resources"
    if policy.on_empty == "warn":
        return f"{message}; {hint}"
    return StateError(message, hint=f"{hint}, delete the empty backup and make it again")


# How many missing parts a sentence names before it counts the rest.
_MOST_MISSING = 10


def _named_namespaces(settings: dict[str, Any]) -> list[str]:
    """Return the namespaces that a task names one by one, so that each of them must be found."""
    names = settings.get("namespaces") or []
    return [] if "*" in names or settings.get("ns_label_selectors") else list(names)
