# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DELETE: start the deletion of a backup, and wait for its end where the task wants that (behaviour note 5.4)."""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.pagination import name_of, uid_of
from ..core.references import CLUSTER
from ..core.waiting import NOTHING_TO_WAIT_FOR, wait_policy
from ..core.writes import Write, Written, carry_out
from ..errors import NotFoundError, PXBackupError, ValidationError
from ..text import join_first
from .lifecycle import LIFECYCLE, status_of
from .lookup import BACKUPS, DELETION_TIMEOUT

# How many namesakes a warning lists before it counts the rest.
_MAX_LISTED = 10


def delete_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Start the deletion of a backup; ``ok`` when it is absent or being deleted already.

    Where the task waits, the outcome is that of the deletion's end.
    """
    policy = wait_policy(parameters, DELETION_TIMEOUT)
    found = BACKUPS.find(context.api, parameters.get("name", ""), parameters.get("uid", ""))
    outcome = ensure_deleted(context, parameters, found, policy is not None)
    backup = outcome.result["backup"]
    if policy is None or context.api.check_mode:
        return outcome
    if backup is None:
        return outcome._replace(result={**outcome.result, "waited": NOTHING_TO_WAIT_FOR})
    from .waiting import wait_for_deletion

    try:
        waited = wait_for_deletion(context, backup, policy)
    except PXBackupError as error:
        error.changed = outcome.changed
        raise
    message = f"Backup {name_of(backup)!r} is gone"
    return outcome._replace(message=message, result={"backup": None, "waited": waited})


def ensure_deleted(
    context: Context,
    parameters: dict[str, Any],
    backup: dict[str, Any] | None,
    waits: bool,
    namesakes: list[dict[str, Any]] | None = None,
) -> Outcome:
    """Return the outcome of starting the deletion of this backup, ``None`` when there is none.

    Args:
        namesakes: the backups of that name, where they are known already.
        waits: a wait follows, so that a failed look can be left to it.
    """
    if backup is None:
        name, uid = parameters.get("name", ""), parameters.get("uid", "")
        _warn_of_namesakes(context, name, uid, namesakes)
        absence = BACKUPS.absence(context.api, name, uid)
        return Outcome(False, absence[0].upper() + absence[1:], {"backup": None}, {}, {})
    if LIFECYCLE.is_deleting(backup):
        return Outcome(False, _deleting(backup), {"backup": backup}, {}, {})
    BACKUPS.refuse_foreign(context, backup, parameters)
    force = parameters.get("force") is True
    outcome = _delete(context, backup, _cluster_to_use(context, parameters), force, waits)
    if not force:
        return outcome
    return outcome._replace(message=f"{outcome.message}; with force the data stays in the backup location")


def _cluster_to_use(context: Context, parameters: dict[str, Any]) -> dict[str, str] | None:
    """Return the cluster through which to delete, where the task names one."""
    name, ref = parameters.get("cluster"), parameters.get("cluster_ref")
    if ref is None:
        return None if name is None else context.references.resolve("cluster", CLUSTER, {"name": name})
    resolved = context.references.resolve("cluster_ref", CLUSTER, ref)
    if name is not None and name != resolved["name"]:
        raise ValidationError(
            f"cluster is {name!r}, but cluster_ref is the cluster {resolved['name']!r}", hint="omit cluster"
        )
    return resolved


def _delete(
    context: Context, backup: dict[str, Any], cluster: dict[str, str] | None, force: bool, waits: bool
) -> Outcome:
    """Send the deletion and look; a lost one that was not carried out is sent again."""
    name, uid = name_of(backup), uid_of(backup)
    write = Write(
        what=f"DELETE of backup {name!r}",
        send=lambda: context.api.delete_backup(name, uid, cluster, force),
        look=lambda: BACKUPS.look_at(context.api, name, uid),
        is_done=lambda found: found is None or LIFECYCLE.is_deleting(found),
        repeatable=True,
        look_may_fail=waits,
    )
    written = carry_out(context, write)
    before = {"name": name, "uid": uid}
    if context.api.check_mode:
        return Outcome(True, f"Backup {name!r} would be deleted", {"backup": backup}, before, {})
    if written.found is None and written.done:
        changed = _is_ours(written)
        return Outcome(
            changed, f"Backup {name!r} is gone{written.note}", {"backup": None}, before if changed else {}, {}
        )
    # An accepted deletion is at least queued: the status may follow later.
    now = written.found or backup
    return Outcome(True, f"{_deleting(now)}{written.note}", {"backup": now}, before, {})


def _is_ours(written: Written) -> bool:
    """Whether a backup that is gone was deleted by this task: "not found" at the first try says that it was not."""
    return not (isinstance(written.trouble, NotFoundError) and written.sent == 1)


def _warn_of_namesakes(context: Context, name: str, uid: str, known: list[dict[str, Any]] | None) -> None:
    """Warn when the uid of a task is gone but its name exists: it may be the wrong uid, or a newer backup."""
    if name and uid:
        uids = [uid_of(item) for item in (BACKUPS.list_named(context.api, name) if known is None else known)]
        if uids:
            context.warn(
                f"backup {name!r} has no version with the uid {uid!r}, but one with the uid "
                f"{join_first(uids, _MAX_LISTED)}, which was not deleted; correct the uid if it was meant"
            )


def _deleting(backup: dict[str, Any]) -> str:
    state = ": ".join(filter(None, (status_of(backup), LIFECYCLE.reason(backup))))
    return f"Backup {name_of(backup)!r} is being deleted by the server ({state})"
