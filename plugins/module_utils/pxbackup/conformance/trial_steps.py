# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the trial does, in the one order in which its objects can be used.

Facts: docs/server-behaviour.md, sections 2, 3.1, 5, 9 and 11.
"""

from __future__ import annotations

from functools import partial
from typing import Callable

from ..backups.lookup import BACKUPS
from ..core.lookup import owner_of
from ..core.pagination import name_of, uid_of
from ..errors import PXBackupError
from ..restores.lookup import RESTORES
from .observation import part_of, refusal_of, why_of
from .response_checks import first_reason
from .seen import NotSeenError, Seen
from .trial import Item, Trial, refused_by, status_seen
from .trial_changes import change_backup


def run_trial(trial: Trial) -> None:
    """Show every behaviour of the part that writes, in the one order in which its objects can be used."""
    first = _try_create(trial)
    _try_absent_namespace(trial)
    if first is None:
        return
    change_backup(trial, first)
    second = _try_second(trial)
    restore = _try_restore(trial, first)
    if second is not None:
        trial.note("write.delete-dependent", lambda: _delete_dependent(trial, first))
    again = _try_again(trial, second)
    if second is not None and again is not None:
        trial.note("write.delete-in-use", lambda: _delete_in_use(trial, second, again))
        _see_retained(trial, again)
    _try_deletions(trial, second or first, [item for item in (restore, again) if item is not None])


def _try_create(trial: Trial) -> Item | None:
    """Create the first backup and return it after its end, ``None`` where that failed."""
    try:
        created, response = trial.create_backup("first", trial.plan.namespace)
    except PXBackupError as error:
        trial.context.warn(f"the backup of the trial could not be created: {error.message}")
        _note_refusal(trial, "write.create", error)
        return None
    trial.note("write.create", lambda: status_seen(response))
    trial.note("write.owner", lambda: _owner(trial, created))
    request = trial.backup_request("first", trial.plan.namespace)
    trial.note("write.duplicate", lambda: refused_by(lambda: trial.api.create_backup(request, {})))
    try:
        ended = trial.wait_for_end(BACKUPS, created)
    except (PXBackupError, NotSeenError) as error:
        trial.tried["write.end"] = error if isinstance(error, NotSeenError) else NotSeenError(why_of(error))
        return None
    trial.note("write.end", lambda: status_seen(ended))
    trial.note("write.namespaces", lambda: _namespaces(trial, ended))
    # A failed one cannot be restored, and what that shows is not about restores.
    return ended if BACKUPS.lifecycle.status(ended) in BACKUPS.lifecycle.good | BACKUPS.lifecycle.partial else None


def _note_refusal(trial: Trial, check: str, error: PXBackupError) -> None:
    """Keep for a check that the server refused a request, unless it did not respond."""
    trial.note(check, lambda: {"accepted": refusal_of(error)["accepted"]})


def _owner(trial: Trial, created: Item) -> Seen:
    if not trial.context.caller():
        raise NotSeenError("the token does not say who the caller is")
    return {"caller": owner_of(created) == trial.context.caller()}


def _namespaces(trial: Trial, ended: Item) -> Seen:
    return {"as_requested": ended["backup_info"]["namespaces"] == [trial.plan.namespace]}


def _try_absent_namespace(trial: Trial) -> None:
    """Create a backup of a namespace that does not exist."""

    def see() -> Seen:
        try:
            created, _response = trial.create_backup("absent", trial.plan.absent)
        except PXBackupError as error:
            return {"accepted": refusal_of(error)["accepted"]}
        return {"accepted": True, **status_seen(trial.wait_for_end(BACKUPS, created))}

    trial.note("write.absent-namespace", see)


def _try_second(trial: Trial) -> Item | None:
    """Create another backup of the same namespace, which may build on the first one."""
    try:
        return trial.wait_for_end(BACKUPS, trial.create_backup("second", trial.plan.namespace)[0])
    except (PXBackupError, NotSeenError):
        return None


def _try_restore(trial: Trial, backup: Item) -> Item | None:
    """Restore the first backup, with an entry in the mapping that is not in it, and return the ended restore."""
    more, created = {trial.plan.absent: f"{trial.plan.prefix}-other"}, None
    try:
        created, response = trial.create_restore("restore", backup, more)
        trial.tried["write.mapping"] = {"accepted": True}
    except PXBackupError as error:
        _note_refusal(trial, "write.mapping", error)
    try:
        if created is None:
            created, response = trial.create_restore("restore", backup, {})
        trial.note("write.restore", lambda: status_seen(response))
        request = trial.restore_request("restore", backup, {})
        trial.note("write.restore-duplicate", lambda: refused_by(lambda: trial.api.create_restore(request, {})))
        ended = trial.wait_for_end(RESTORES, created)
    except (PXBackupError, NotSeenError):
        if created is None:
            # Then the mapping was not the reason.
            trial.tried["write.mapping"] = NotSeenError("no restore could be created")
        return created
    trial.note("write.restore-end", lambda: status_seen(ended))
    return ended


def _try_again(trial: Trial, backup: Item | None) -> Item | None:
    """Restore the second backup into the same namespace, where everything exists already; return it while it runs."""
    if backup is None:
        return None
    try:
        return trial.create_restore("again", backup, {})[0]
    except PXBackupError:
        return None


def _try_deletions(trial: Trial, backup: Item, restores: list[Item]) -> None:
    """Delete the restores, and a backup to its end."""
    trial.note("write.restore-delete", lambda: _delete_restores(trial, restores))
    trial.note("write.delete", lambda: _delete(trial, backup))
    trial.note("write.delete-twice", lambda: _delete_twice(trial, backup))


def _send_delete(trial: Trial, backup: Item) -> Callable[[], None]:
    return partial(trial.api.delete_backup, name_of(backup), uid_of(backup))


def _delete_dependent(trial: Trial, first: Item) -> Seen:
    """Delete the backup that a later one may build on; where none does, it is simply deleted."""
    seen = refused_by(_send_delete(trial, first))
    if not seen["accepted"]:
        return {"accepted": False}
    waits = trial.wait_for(BACKUPS, first, lambda now: now is None or _status(now) == "DeletePending")
    if waits is None:
        raise NotSeenError("no backup of the trial builds on another one")
    return {"accepted": True, "status": "DeletePending"}


def _delete_in_use(trial: Trial, backup: Item, restore: Item) -> Seen:
    """Delete a backup while a restore of it runs."""
    seen = refused_by(_send_delete(trial, backup))
    now = RESTORES.get(trial.api, name_of(restore), uid_of(restore))
    if seen["accepted"] and (now is None or not RESTORES.lifecycle.is_running(now)):
        raise NotSeenError("the restore had ended before")
    return {"accepted": seen["accepted"]}


def _see_retained(trial: Trial, restore: Item) -> None:
    """Wait for the end of a restore over existing objects, and see its reasons."""
    try:
        ended = trial.wait_for_end(RESTORES, restore)
    except (PXBackupError, NotSeenError):
        return
    trial.note("write.retained", lambda: status_seen(ended))
    reasons = part_of(ended, "restore_info", "restore_resources", "reasons")
    trial.note("write.reasons", lambda: first_reason([reasons] if isinstance(reasons, list) else []))


def _delete_restores(trial: Trial, restores: list[Item]) -> Seen:
    """Delete the restores and wait until they do not exist."""
    if not restores:
        raise NotSeenError("no restore was created")
    for item in restores:
        trial.api.delete_restore(name_of(item), uid_of(item))
    gone = [trial.wait_for(RESTORES, item, lambda now: now is None) for item in restores]
    return {"deleted": not any(gone)}


def _delete(trial: Trial, backup: Item) -> Seen:
    """Delete a backup, unless that has begun, and wait until it does not exist."""
    now = BACKUPS.get(trial.api, name_of(backup), uid_of(backup))
    if now is not None and not BACKUPS.lifecycle.is_deleting(now):
        trial.api.delete_backup(name_of(backup), uid_of(backup))
    return {"deleted": trial.wait_for(BACKUPS, backup, lambda found: found is None) is None}


def _delete_twice(trial: Trial, backup: Item) -> Seen:
    """Delete a backup that does not exist any more."""
    if BACKUPS.get(trial.api, name_of(backup), uid_of(backup)) is not None:
        raise NotSeenError("the backup still exists")
    return {"accepted": refused_by(_send_delete(trial, backup))["accepted"]}


def _status(item: Item) -> str:
    return str(part_of(item, "backup_info", "status", "status"))
