# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RETRY_BACKUP_RESOURCES: retry what failed in a backup, in a new backup.

Facts: docs/server-behaviour.md, section 2.6 (what can be retried, the new one's name and parent).
"""

from __future__ import annotations

from typing import Any

from ..api.schema import decode
from ..core.lookup import WITHOUT_RESOURCES
from ..core.model import Context, Outcome
from ..core.options import ACCEPT, WARN
from ..core.pagination import name_of, uid_of
from ..core.settings import current_value
from ..core.wait_policy import wait_policy
from ..core.writes import Write, carry_out
from ..errors import ProtocolError, StateError
from .content import failed_machines
from .lifecycle import LIFECYCLE, status_of
from .lookup import BACKUP_TIMEOUT, BACKUPS
from .options import RETRY_OPTIONS
from .waiting import wait_for_outcome

_RESOURCES = RETRY_OPTIONS["include_resources"]


def retry_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Retry a backup, or return ``ok`` when it needs none or when its retries cover what the task asks for."""
    policy = wait_policy(parameters, BACKUP_TIMEOUT)
    backup = BACKUPS.require(context.api, parameters)
    name, state = name_of(backup), status_of(backup)
    if state in LIFECYCLE.good:
        return Outcome(False, f"Backup {name!r} is {state}: there is nothing to retry", {"backup": backup}, {}, {})
    _refuse_state(name, state, backup)
    retries = _list_retries(context, backup)
    live = [other for other in retries if _is_live(other, parameters)]
    if _cover(live, backup, parameters):
        newest = live[0]
        message = f"Backup {name!r} has the retry {name_of(newest)!r}, which is {status_of(newest)}"
        whole = context.api.inspect_backup(name_of(newest), uid_of(newest))
        return wait_for_outcome(context, Outcome(False, message, {"backup": whole}, {}, {}), policy)
    BACKUPS.refuse_foreign(context, backup, parameters)
    return wait_for_outcome(context, _retry(context, parameters, backup, retries), policy, observed=False)


def _is_live(other: dict[str, Any], parameters: dict[str, Any]) -> bool:
    """Whether a retry is running or has succeeded."""
    accepted = LIFECYCLE.good
    if parameters.get("on_partial") in (WARN, ACCEPT):
        accepted = accepted | LIFECYCLE.partial
    return LIFECYCLE.is_running(other) or status_of(other) in accepted


def _cover(live: list[dict[str, Any]], backup: dict[str, Any], parameters: dict[str, Any]) -> bool:
    """Whether retries cover what the task asks for: the resources that it names, or everything that failed."""
    retried = [current_value(_RESOURCES, other) for other in live]
    if not all(retried):
        # A retry that names no resources retries everything that failed.
        return True
    asked = _RESOURCES.type.canonical(parameters.get("include_resources") or failed_machines(backup))
    # Without a list of what failed nobody can say that parts of it are enough.
    return bool(asked) and all(item in [one for some in retried for one in some] for item in asked)


def _refuse_state(name: str, state: str, backup: dict[str, Any]) -> None:
    if state in LIFECYCLE.retriable:
        return
    reason = LIFECYCLE.reason_suffix(backup)
    if LIFECYCLE.is_running(backup):
        raise StateError(
            f"backup {name!r} is still {state}{reason} and cannot be retried yet",
            hint="wait for its end first: INSPECT_ONE with wait",
            retriable=True,
        )
    raise StateError(
        f"backup {name!r} is {state}{reason}, and only a Failed or PartialSuccess backup can be retried",
        hint="create a new backup",
    )


def _name_part(backup: dict[str, Any]) -> str:
    """Return how the names of the retries of a backup begin."""
    return f"{name_of(backup)}-retry"


def _list_retries(context: Context, backup: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the retries of a backup, newest first: the server names them after it."""
    options = {"name_filter": _name_part(backup), **WITHOUT_RESOURCES}
    uid = uid_of(backup)
    return [
        other
        for other in BACKUPS.list_all(context.api, options)
        if (other["backup_info"]["retry_parent"] or {}).get("uid") == uid
    ]


def _retry(
    context: Context, parameters: dict[str, Any], backup: dict[str, Any], before: list[dict[str, Any]]
) -> Outcome:
    """Send the retry; after a lost response return the retry that was created, and never send it again."""
    name, uid = name_of(backup), uid_of(backup)
    settings = {key: parameters[key] for key in RETRY_OPTIONS if key in parameters}
    known = {uid_of(other) for other in before}
    request = {"org_id": context.api.org_id, "name": name, "uid": uid, **settings}
    written = carry_out(
        context,
        Write(
            what=f"RETRY_BACKUP_RESOURCES of backup {name!r}",
            send=lambda: context.api.retry_backup(request, _predict(context, backup)),
            check=lambda: _find_new_retry(context, backup, known),
            is_done=lambda found: found is not None,
            confirms=lambda new: _is_retry(new, backup, known),
        ),
    )
    after = {"retry_of": {"name": name, "uid": uid}, **settings}
    if context.api.check_mode:
        return Outcome(True, f"Backup {name!r} would be retried", {"backup": written.found}, {}, after)
    new = written.found
    if new is None:
        error = ProtocolError(
            f"the server accepted the retry of backup {name!r}, but no new backup exists", hint="run the task again"
        )
        error.changed = True
        raise error
    message = f"Backup {name!r} is retried by {name_of(new)!r}, which is {status_of(new)}{written.note}"
    return Outcome(True, message, {"backup": new}, {}, after)


def _is_retry(new: dict[str, Any], backup: dict[str, Any], known: set[str]) -> bool:
    """Whether a response is a new retry of this backup, and not another object or an older retry."""
    parent = (new["backup_info"]["retry_parent"] or {}).get("uid")
    is_named = name_of(new).startswith(_name_part(backup))
    is_new = bool(uid_of(new)) and uid_of(new) not in (*known, uid_of(backup))
    return is_named and is_new and parent in (None, "", uid_of(backup))


def _find_new_retry(context: Context, backup: dict[str, Any], known: set[str]) -> dict[str, Any] | None:
    """Return the retry that did not exist before, whole."""
    for other in _list_retries(context, backup):
        if uid_of(other) not in known:
            return context.api.inspect_backup(name_of(other), uid_of(other))
    return None


def _predict(context: Context, backup: dict[str, Any]) -> dict[str, Any]:
    parent = {"name": name_of(backup), "uid": uid_of(backup)}
    info = {"status": {"status": "Pending"}, "retry_parent": parent}
    return decode("BackupObject", {"metadata": {"org_id": context.api.org_id}, "backup_info": info})
