# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UPDATE, UPDATE_BACKUP_SHARE and DELETE: what can be done to a backup that is there.

Facts: behaviour note 5.1 (a share is replaced as a whole), 5.3 (what an update can change), 5.4 (deletion).
"""

from __future__ import annotations

from typing import Any, Callable

from ..core.model import Context, Outcome
from ..core.pagination import uid_of
from ..core.policy import DELETION_TIMEOUT, policy_of
from ..core.references import backups_named, described, existing_backup, find_backup, owner_of
from ..errors import ConflictError, NotFoundError, ProtocolError, PXBackupError, StateError, ValidationError
from .lifecycle import DELETING, reason_of, status_of
from .settings import SETTINGS, access_list, current, desired, differences, merged, share, wanted_parts

# What an UPDATE can change. Everything else of a backup is fixed when it is made.
CHANGEABLE = ("labels", "ownership", "cloud_credential_ref")


def update(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Bring labels, ownership and cloud credential to what the task sets; every other setting must be so already."""
    wanted = context.references.resolve_all(parameters)
    backup = existing_backup(context.api, parameters)
    name, uid = backup["metadata"]["name"], uid_of(backup)
    _refuse_unchangeable(wanted, backup)
    before = {setting: current(backup, setting) for setting in CHANGEABLE}
    after = dict(before)
    for setting in CHANGEABLE:
        if wanted.get(setting) is not None:
            after[setting] = _goal(setting, before[setting], wanted)
    shown = [setting for setting in CHANGEABLE if wanted.get(setting) is not None]
    before_shown, after_shown = ({setting: part[setting] for setting in shown} for part in (before, after))
    if not differences(wanted, backup, CHANGEABLE):
        return Outcome(False, f"Backup {name!r} is so already", {"backup": backup}, before_shown, before_shown)
    _refuse_while_deleting(backup)
    body = _update_body(context.api.org_id, name, uid, before, after)
    changed = _apply(
        context,
        backup,
        lambda: context.api.update_backup(body),
        lambda now: {setting: current(now, setting) for setting in CHANGEABLE},
        after,
        "UPDATE",
    )
    return Outcome(True, _done(context, name, "updated"), {"backup": changed}, before_shown, after_shown)


def _goal(setting: str, now: Any, wanted: dict[str, Any]) -> Any:
    """Return what a changeable setting shall be: labels as a whole, ownership part by part."""
    if setting != "ownership":
        return desired(wanted, setting)
    canonical = desired(wanted, setting)
    return merged(now, {key: canonical[key] for key in wanted_parts(wanted[setting])})


def _refuse_unchangeable(wanted: dict[str, Any], backup: dict[str, Any]) -> None:
    different = differences(wanted, backup, [name for name in SETTINGS if name not in CHANGEABLE])
    if different:
        listed = "; ".join(str(item) for item in different)
        raise ValidationError(
            f"UPDATE cannot change {', '.join(item.parameter for item in different)} "
            f"of backup {backup['metadata']['name']!r}: {listed}",
            hint="a backup is fixed once it is made: make a new one, or leave the parameter out",
        )


def _refuse_while_deleting(backup: dict[str, Any]) -> None:
    if status_of(backup) in DELETING:
        raise StateError(
            f"backup {backup['metadata']['name']!r} is being deleted ({status_of(backup)}) and cannot be changed",
            hint="take another backup",
        )


def _update_body(org_id: str, name: str, uid: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return ``BackupUpdateRequest``.

    What stays is sent as well: whether the server keeps it otherwise is not known (behaviour note 5.3).
    """
    metadata: dict[str, Any] = {"name": name, "org_id": org_id, "uid": uid, "labels": after["labels"]}
    if after["ownership"] != _NOBODY:
        metadata["ownership"] = {key: part for key, part in after["ownership"].items() if part != _NOBODY[key]}
    body: dict[str, Any] = {"metadata": metadata}
    if after["cloud_credential_ref"]["name"]:
        body["cloud_credential_ref"] = after["cloud_credential_ref"]
    return body


_NOBODY = SETTINGS["ownership"].canonical(None)


def update_share(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Bring the share to what the task sets: a list left out stays, an empty one empties."""
    wanted = parameters["backup_share"]
    backup = existing_backup(context.api, parameters)
    name, uid = backup["metadata"]["name"], uid_of(backup)
    before = _share_of(backup)
    after = merged(before, {key: access_list(wanted[key]) for key in wanted_parts(wanted)})
    if before == after:
        return Outcome(False, f"Backup {name!r} is shared so already", _shared(backup, []), before, before)
    _refuse_while_deleting(backup)
    # Only a share that is sent is checked, and the other operations of this file start faster without.
    from .preflight.checks import as_result, of_share

    findings = as_result(of_share(context, parameters))
    try:
        changed = _apply(
            context,
            backup,
            lambda: context.api.update_backup_share(name, uid, after),
            _share_of,
            after,
            "UPDATE_BACKUP_SHARE",
        )
    except PXBackupError as error:
        error.result = {**error.result, "preflight": findings}
        raise
    return Outcome(True, _done(context, name, "shared as given"), _shared(changed, findings), before, after)


def _shared(backup: dict[str, Any], findings: list[dict[str, str]]) -> dict[str, Any]:
    return {"backup": backup, "preflight": findings}


def _share_of(backup: dict[str, Any]) -> dict[str, Any]:
    return share((backup["backup_info"] or {}).get("backup_share"))


def _apply(
    context: Context,
    backup: dict[str, Any],
    send: Callable[[], None],
    view: Callable[[dict[str, Any]], dict[str, Any]],
    goal: dict[str, Any],
    operation: str,
) -> dict[str, Any]:
    """Send a change, read the backup again and return it, checked to be as it should.

    The API answers ``{}`` to a change, so only a second look tells whether it was taken. The same look
    decides after a lost answer.

    Raises:
        ProtocolError: the server took the change but the backup is not so.
    """
    name, uid = backup["metadata"]["name"], uid_of(backup)
    # A change names the uid and holds the whole goal, so that it can be sent again once a look has shown
    # that the lost one was not carried out.
    for left in reversed(range(_ROUNDS)):
        lost = _sent(send)
        if context.api.check_mode:
            return _with(backup, goal)
        try:
            now = context.api.inspect_backup(name, uid)
        except PXBackupError as error:
            raise _unseen(error, lost, operation, name) from None
        is_so = view(now)
        wrong = [key for key in goal if is_so[key] != goal[key]]
        if not wrong:
            return now
        if lost is None:
            listed = "; ".join(f"{key} is {is_so[key]!r}, not {goal[key]!r}" for key in wrong)
            refused = ProtocolError(
                f"the server took the {operation} of {name!r} without an error, but {listed}",
                hint="this server or this user's role does not allow the change",
            )
            refused.changed = is_so != view(backup)
            raise refused
        if not left:
            raise lost
    raise AssertionError("the last round returns or raises")


def _unseen(error: PXBackupError, lost: PXBackupError | None, operation: str, name: str) -> PXBackupError:
    """Return the error of a look that failed after a change was sent: it says what became of the change."""
    if lost is None:
        error.changed = True
        error.message = (
            f"{operation} of {name!r} was taken by the server, but the look after it failed: {error.message}"
        )
    else:
        error.maybe_processed = True
        error.message = (
            f"the answer to {operation} of {name!r} was lost ({lost.message}) and the look after it failed, so that it "
            f"may have been carried out: {error.message}"
        )
    return error


# How often a change is sent when its answer is lost each time.
_ROUNDS = 3


def _sent(send: Callable[[], None]) -> PXBackupError | None:
    """Send a change; return the error when its answer was lost, raise it when it was refused."""
    try:
        send()
    except PXBackupError as error:
        if not error.maybe_processed:
            raise
        return error
    return None


def _with(backup: dict[str, Any], goal: dict[str, Any]) -> dict[str, Any]:
    """Return the backup as it would be with the goal reached, for check mode."""
    metadata, info = dict(backup["metadata"]), dict(backup["backup_info"])
    for key, value in goal.items():
        if key in SETTINGS:
            (metadata if SETTINGS[key].path[0] == "metadata" else info)[key] = value
        else:
            info["backup_share"] = {**(info.get("backup_share") or {}), key: value}
    return {**backup, "metadata": metadata, "backup_info": info}


def _done(context: Context, name: str, what: str) -> str:
    return f"Backup {name!r} would be {what}" if context.api.check_mode else f"Backup {name!r} was {what}"


def delete(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Start the deletion of a backup; ``ok`` when it is absent or being deleted already.

    Where the task waits, the outcome is that of the deletion's end.
    """
    policy = policy_of(parameters, DELETION_TIMEOUT)
    found = find_backup(context.api, parameters.get("name", ""), parameters.get("uid", ""))
    outcome = deleted(context, parameters, found, policy is not None)
    backup = outcome.result["backup"]
    if policy is None or context.api.check_mode:
        return outcome
    if backup is None:
        gone = {"seconds": 0.0, "polls": 0, "status": "gone", "stage": "", "changes": []}
        return outcome._replace(result={**outcome.result, "waited": gone})
    from .waiting import end_of_deletion

    try:
        waited = end_of_deletion(context, backup, policy)
    except PXBackupError as error:
        error.changed = outcome.changed
        raise
    message = f"Backup {backup['metadata']['name']!r} is gone"
    return outcome._replace(message=message, result={"backup": None, "waited": waited})


def deleted(
    context: Context,
    parameters: dict[str, Any],
    backup: dict[str, Any] | None,
    waits: bool,
    namesakes: list[dict[str, Any]] | None = None,
) -> Outcome:
    """Return the outcome of starting the deletion of this backup, ``None`` when there is none.

    Args:
        namesakes: the backups of that name, where they are known already.
        waits: a wait follows, so that a look that fails can be left to it.
    """
    name, uid = parameters.get("name", ""), parameters.get("uid", "")
    if backup is None:
        _warn_of_namesakes(context, name, uid, namesakes)
        there = f"There is no backup {described(name, uid)} in organisation {context.api.org_id!r} that this user sees"
        return Outcome(False, there, {"backup": None}, {}, {})
    name, uid = backup["metadata"]["name"], uid_of(backup)
    if status_of(backup) in DELETING:
        return Outcome(False, _deleting(name, backup), {"backup": backup}, {}, {})
    owner, caller = owner_of(backup), context.caller()
    if "uid" not in parameters and owner and caller and owner != caller:
        raise ConflictError(
            f"backup {name!r} ({uid}) belongs to another user ({owner})", hint="give its uid if it is meant"
        )
    cluster_ref = None
    if "cluster_ref" in parameters:
        cluster_ref = context.references.resolve("cluster_ref", parameters["cluster_ref"])
    force = parameters.get("force") is True
    outcome = _sent_deletion(context, backup, lambda: context.api.delete_backup(name, uid, cluster_ref, force), waits)
    if not force:
        return outcome
    return outcome._replace(message=f"{outcome.message}; with force the data stays in the backup location")


def _sent_deletion(context: Context, backup: dict[str, Any], send: Callable[[], None], waits: bool) -> Outcome:
    """Send a deletion, look what became of it, and send it again where a lost one was not carried out."""
    name, uid = backup["metadata"]["name"], uid_of(backup)
    before = {"name": name, "uid": uid}
    for left in reversed(range(_ROUNDS)):
        try:
            lost = _sent(send)
        except NotFoundError as error:
            # It went between the look and the request: by somebody else's hand, unless our own was lost before.
            if uid in [uid_of(item) for item in backups_named(context.api, name)]:
                raise error  # Something else is not there that the deletion needs.
            mine = left < _ROUNDS - 1
            return Outcome(mine, f"Backup {name!r} is gone", {"backup": None}, before if mine else {}, {})
        if context.api.check_mode:
            return Outcome(True, f"Backup {name!r} would be deleted", {"backup": backup}, before, {})
        try:
            now = find_backup(context.api, name, uid)
        except PXBackupError as error:
            if waits and lost is None:
                return Outcome(True, _deleting(name, backup), {"backup": backup}, before, {})
            raise _unseen(error, lost, "DELETE", name) from None
        if now is None:
            return Outcome(True, f"Backup {name!r} is gone", {"backup": None}, before, {})
        if status_of(now) in DELETING or lost is None:
            # Without a lost answer the deletion is queued at least: the status may follow later.
            return Outcome(True, _deleting(name, now), {"backup": now}, before, {})
        if not left:
            raise lost
    raise AssertionError("the last round returns or raises")


def _warn_of_namesakes(context: Context, name: str, uid: str, known: list[dict[str, Any]] | None) -> None:
    """Warn when the uid of a task is gone but its name is there: it may be the wrong uid, or a newer backup."""
    if name and uid:
        uids = [uid_of(item) for item in (backups_named(context.api, name) if known is None else known)]
        if uids:
            context.warn(
                f"there is no backup {name!r} with the uid {uid!r}, but one with the uid {', '.join(uids)}. "
                "It was left alone: correct the uid if it was meant."
            )


def _deleting(name: str, backup: dict[str, Any]) -> str:
    reason = f": {reason_of(backup)}" if reason_of(backup) else ""
    return f"Backup {name!r} is being deleted by the server ({status_of(backup)}{reason})"
