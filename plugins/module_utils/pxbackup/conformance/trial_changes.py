# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the trial does to its first backup: updates, shares, and what another user may do with it.

Facts: docs/server-behaviour.md, sections 3.2 and 5.
"""

from __future__ import annotations

from typing import Any

from ..backups.lookup import BACKUPS
from ..client.tokens import caller_of
from ..core.pagination import name_of, uid_of
from ..core.writes import Write, carry_out
from .observation import part_of
from .seen import NotSeenError, Seen
from .trial import LABELS, Item, Trial, refused_by

_NEW_LABELS = {"px-backup-conformance-updated": "updated"}

# The checks that take the token of another user.
OTHER_USER = ("write.hidden", "write.shared-view", "write.shared-delete")

# A field that no message has.
_FIELD = {"px_backup_conformance": 1}


def change_backup(trial: Trial, backup: Item) -> None:
    """Try a retry, updates, another user and shares on a backup that has ended."""
    if trial.has_retry:
        trial.note("write.retry", lambda: {"accepted": refused_by(lambda: _retry(trial, backup))["accepted"]})
    _try_updates(trial, backup)
    _try_other_user(trial, backup)
    _try_shares(trial, backup)


def _try_updates(trial: Trial, backup: Item) -> None:
    """Update the labels without the rest, then the ownership; what that removed is set again."""
    trial.note(
        "write.unknown-field", lambda: refused_by(lambda: _send_update(trial, backup, {"labels": LABELS}, **_FIELD))
    )
    trial.note("write.labels", lambda: _labels(_update(trial, backup, {"labels": _NEW_LABELS})))
    trial.note("write.credential", lambda: _credential(trial, backup))
    groups = [{"id": trial.plan.prefix, "access": "Read"}]
    ownership = {**(backup["metadata"]["ownership"] or {}), "groups": groups}
    wanted = {key: part for key, part in ownership.items() if part}
    settings = {"labels": _NEW_LABELS, "ownership": wanted}
    trial.note("write.ownership", lambda: _ownership(_update(trial, backup, settings)))


def _retry(trial: Trial, backup: Item) -> None:
    """Send a retry of a backup; a new one that this creates begins with its name."""
    request = {"org_id": trial.api.org_id, "name": name_of(backup), "uid": uid_of(backup)}
    trial.api.retry_backup(request, {})


def _send_update(trial: Trial, backup: Item, settings: dict[str, Any], **more: Any) -> None:
    """Send an update of a backup: these settings of its metadata, and further fields."""
    metadata = {"name": name_of(backup), "uid": uid_of(backup), "org_id": trial.api.org_id, **settings}
    trial.api.update_backup({"metadata": metadata, **more})


def _update(trial: Trial, backup: Item, settings: dict[str, Any], **more: Any) -> Item:
    """Send an update and return the backup after it."""
    write = Write(
        f"UPDATE of backup {name_of(backup)!r}",
        send=lambda: _send_update(trial, backup, settings, **more),
        check=lambda: BACKUPS.get(trial.api, name_of(backup), uid_of(backup)),
        is_done=lambda found: found is not None,
        repeatable=True,
    )
    found: Item = carry_out(trial.context, write).found
    return found


def _labels(updated: Item) -> Seen:
    labels = updated["metadata"]["labels"]
    states = {
        "replaced": labels == _NEW_LABELS,
        "merged": labels == {**LABELS, **_NEW_LABELS},
        "kept": labels == LABELS,
    }
    return {"labels": next((word for word, so in states.items() if so), "something else")}


def _credential(trial: Trial, backup: Item) -> Seen:
    before = backup["backup_info"]["cloud_credential_ref"]
    if not before or not before["uid"]:
        raise NotSeenError("the backup location has no cloud credential")
    now = (BACKUPS.get(trial.api, name_of(backup), uid_of(backup)) or {}).get("backup_info") or {}
    if part_of(now, "cloud_credential_ref", "uid") == before["uid"]:
        return {"kept": True}
    # The deletion of the backup needs it.
    _update(trial, backup, {"labels": _NEW_LABELS}, cloud_credential_ref=before)
    return {"kept": False}


def _ownership(updated: Item) -> Seen:
    return {"applied": bool((updated["metadata"]["ownership"] or {}).get("groups"))}


def _try_other_user(trial: Trial, backup: Item) -> None:
    """Let another user inspect the backup, before and after it is shared, and try to delete it."""
    other, user = trial.api.as_user(trial.plan.other_token), caller_of(trial.plan.other_token)
    name, uid = name_of(backup), uid_of(backup)
    if not trial.plan.other_token or not user:
        why = "it takes other_token" + (", and that one does not say whose it is" if trial.plan.other_token else "")
        trial.tried.update(dict.fromkeys(OTHER_USER, NotSeenError(why)))
        return
    trial.note(
        "write.hidden", lambda: {"visible": bool(refused_by(lambda: other.inspect_backup(name, uid))["accepted"])}
    )
    if trial.tried["write.hidden"] != {"visible": False}:
        return
    share = {"collaborators": [{"id": user, "access": "View"}]}

    def see_shared() -> Seen:
        trial.api.update_backup_share(name, uid, share)
        return {"access": other.inspect_backup(name, uid)["backup_info"]["user_backupshare_access"] or "none"}

    trial.note("write.shared-view", see_shared)
    if not isinstance(trial.tried["write.shared-view"], NotSeenError):
        trial.note("write.shared-delete", lambda: refused_by(lambda: other.delete_backup(name, uid)))


def _try_shares(trial: Trial, backup: Item) -> None:
    """Share with one group, then with another: the second request is the whole share."""
    names = [f"{trial.plan.prefix}-{end}" for end in ("one", "two")]

    def see() -> Seen:
        for name in names:
            share = {"groups": [{"id": name, "access": "View"}]}
            trial.api.update_backup_share(name_of(backup), uid_of(backup), share)
        now = BACKUPS.get(trial.api, name_of(backup), uid_of(backup)) or {}
        groups = part_of(now, "backup_info", "backup_share", "groups") or []
        found = [name for name in names if name in [group["id"] for group in groups]]
        return {"share": {1: "replaced", 2: "merged"}.get(len(found), "kept") if names[1] in found else "not as sent"}

    trial.note("write.share", see)
