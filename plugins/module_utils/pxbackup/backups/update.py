# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UPDATE: labels, ownership and cloud credential of a backup (behaviour note 5.3)."""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.pagination import name_of, uid_of
from ..core.settings import current_value, merge, set_parts
from ..errors import ValidationError
from ..text import join_and
from .change import Change, apply_change, done_message, refuse_while_deleting
from .lookup import BACKUPS
from .options import CHANGEABLE, REFERENCE_KINDS, SETTINGS, differences

_FIXED = tuple(name for name in SETTINGS if name not in CHANGEABLE)
_NO_OWNERSHIP = SETTINGS["ownership"].type.canonical(None)


def update_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Change labels, ownership and cloud credential to what the task sets; every other setting must be as given."""
    wanted = context.references.resolve_all(parameters, REFERENCE_KINDS)
    backup = BACKUPS.require(context.api, parameters)
    _refuse_fixed(wanted, backup)
    before = _view(backup)
    after = dict(before)
    shown = [setting for setting in CHANGEABLE if wanted.get(setting) is not None]
    for setting in shown:
        after[setting] = _goal(setting, before[setting], wanted)
    before_shown, after_shown = ({setting: part[setting] for setting in shown} for part in (before, after))
    if not differences(wanted, backup, CHANGEABLE):
        message = f"Backup {name_of(backup)!r} is up to date"
        return Outcome(False, message, {"backup": backup}, before_shown, before_shown)
    BACKUPS.refuse_foreign(context, backup, parameters)
    refuse_while_deleting(backup)
    body = _request_body(context.api.org_id, backup, before, after)
    change = Change("UPDATE", lambda: context.api.update_backup(body), _view, after, _apply)
    changed = apply_change(context, backup, change)
    return Outcome(True, done_message(context, backup, "updated"), {"backup": changed}, before_shown, after_shown)


def _view(backup: dict[str, Any]) -> dict[str, Any]:
    return {setting: current_value(SETTINGS[setting], backup) for setting in CHANGEABLE}


def _goal(setting: str, now: Any, wanted: dict[str, Any]) -> Any:
    """Return the new value of a setting: labels as a whole, ownership part by part."""
    kind = SETTINGS[setting].type
    canonical = kind.canonical(wanted[setting])
    return merge(now, {key: canonical[key] for key in set_parts(wanted[setting])}) if kind.by_part else canonical


def _refuse_fixed(wanted: dict[str, Any], backup: dict[str, Any]) -> None:
    different = differences(wanted, backup, _FIXED)
    if different:
        listed = "; ".join(map(str, different))
        raise ValidationError(
            f"UPDATE cannot change {join_and([item.parameter for item in different])} of backup {name_of(backup)!r}: "
            f"{listed}",
            hint="these settings are fixed when a backup is created: create a new one, or omit the parameter",
        )


def _request_body(org_id: str, backup: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return ``BackupUpdateRequest``.

    What stays is sent as well: whether the server keeps it otherwise is not known (behaviour note 5.3).
    """
    metadata: dict[str, Any] = {
        "name": name_of(backup),
        "org_id": org_id,
        "uid": uid_of(backup),
        "labels": after["labels"],
    }
    if after["ownership"] != _NO_OWNERSHIP:
        metadata["ownership"] = {key: part for key, part in after["ownership"].items() if part != _NO_OWNERSHIP[key]}
    body: dict[str, Any] = {"metadata": metadata}
    if after["cloud_credential_ref"]["name"]:
        body["cloud_credential_ref"] = after["cloud_credential_ref"]
    return body


def _apply(backup: dict[str, Any], goal: dict[str, Any]) -> dict[str, Any]:
    """Return the backup with these settings."""
    parts = {part: dict(backup[part]) for part in ("metadata", "backup_info")}
    for setting, value in goal.items():
        part, key = SETTINGS[setting].path
        parts[part][key] = value
    return {**backup, **parts}
