# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RETRY_BACKUP_RESOURCES: make what failed in a backup once more, in a new backup.

Facts: behaviour note 2.6 (what can be retried, the new one's name and parent), contract ``BackupRetryRequest``.
"""

from __future__ import annotations

from typing import Any

from ..api.schema import decode
from ..core.model import Context, Outcome
from ..core.pagination import Listing, uid_of
from ..core.parameters import RETRY_SETTINGS
from ..core.policy import BACKUP_TIMEOUT, policy_of
from ..core.references import existing_backup
from ..core.writes import made_all_the_same
from ..errors import PXBackupError, StateError
from .joining import joined
from .lifecycle import GOOD, PARTIAL, RETRIABLE, is_running, reason_of, status_of
from .settings import current, desired


def retry(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Retry a backup, or say ``ok`` when it needs none or a retry of it is running or has succeeded."""
    policy = policy_of(parameters, BACKUP_TIMEOUT)
    backup = existing_backup(context.api, parameters)
    name, state = backup["metadata"]["name"], status_of(backup)
    if state in GOOD:
        return Outcome(False, f"Backup {name!r} is {state}: there is nothing to retry", {"backup": backup}, {}, {})
    _refuse(name, state, backup)
    retries = _retries(context, backup)
    for other in retries:
        if _serves(other, parameters):
            message = f"Backup {name!r} has the retry {other['metadata']['name']!r}, which is {status_of(other)}"
            whole = context.api.inspect_backup(other["metadata"]["name"], uid_of(other))
            return joined(context, Outcome(False, message, {"backup": whole}, {}, {}), policy)
    return joined(context, _sent(context, parameters, backup, retries), policy)


def _serves(other: dict[str, Any], parameters: dict[str, Any]) -> bool:
    """Whether a retry does what the task asks: it is running or has succeeded, and holds what the task names."""
    partial = parameters.get("on_partial") in ("warn", "accept")
    if not (is_running(status_of(other)) or status_of(other) in (GOOD | PARTIAL if partial else GOOD)):
        return False
    asked, holds = (
        desired({"include_resources": None, **parameters}, "include_resources"),
        current(other, "include_resources"),
    )
    return not asked or not holds or all(item in holds for item in asked)


def _refuse(name: str, state: str, backup: dict[str, Any]) -> None:
    if state in RETRIABLE:
        return
    reason = f" ({reason_of(backup)})" if reason_of(backup) else ""
    if is_running(state):
        raise StateError(
            f"backup {name!r} is still {state}{reason} and cannot be retried yet",
            hint="wait for its end first: INSPECT_ONE with wait",
            retriable=True,
        )
    raise StateError(
        f"backup {name!r} is {state}{reason}, and only a Failed or PartialSuccess backup can be retried",
        hint="make a new backup",
    )


def _retries(context: Context, backup: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the retries of a backup, newest first: the server names them after it."""
    options = {"name_filter": f"{backup['metadata']['name']}-retry", "include_detailed_resources": False}
    uid = uid_of(backup)
    return [
        other
        for other in Listing(context.api, options)
        if (other["backup_info"]["retry_parent"] or {}).get("uid") == uid
    ]


def _sent(
    context: Context, parameters: dict[str, Any], backup: dict[str, Any], before: list[dict[str, Any]]
) -> Outcome:
    """Send the retry; after a lost answer take the retry that was made, and never send it again."""
    name, uid = backup["metadata"]["name"], uid_of(backup)
    settings = {key: parameters[key] for key in RETRY_SETTINGS if key in parameters}
    after = {"retry_of": {"name": name, "uid": uid}, **settings}
    predicted = decode("BackupObject", {"metadata": {"org_id": context.api.org_id}, "backup_info": _predicted(backup)})
    found = ""
    try:
        new = context.api.retry_backup({"org_id": context.api.org_id, "name": name, "uid": uid, **settings}, predicted)
    except PXBackupError as error:
        if not error.maybe_processed:
            raise
        known = {uid_of(other) for other in before}
        new = made_all_the_same(context, f"retry of {name!r}", error, lambda: _new_retry(context, backup, known))
        found = "; the answer was lost and the retry was looked up"
    if context.api.check_mode:
        return Outcome(True, f"Backup {name!r} would be retried", {"backup": new}, {}, after)
    message = f"Backup {name!r} is retried by {new['metadata']['name']!r}, which is {status_of(new)}{found}"
    return Outcome(True, message, {"backup": new}, {}, after)


def _new_retry(context: Context, backup: dict[str, Any], known: set[str]) -> dict[str, Any] | None:
    """Return the retry that was not there before, whole."""
    for other in _retries(context, backup):
        if uid_of(other) not in known:
            return context.api.inspect_backup(other["metadata"]["name"], uid_of(other))
    return None


def _predicted(backup: dict[str, Any]) -> dict[str, Any]:
    metadata = backup["metadata"]
    parent = {"name": metadata["name"], "uid": metadata["uid"]}
    return {"status": {"status": "Pending"}, "retry_parent": parent}
