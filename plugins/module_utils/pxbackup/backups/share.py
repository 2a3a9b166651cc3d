# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UPDATE_BACKUP_SHARE: with whom a backup is shared; the API replaces a share as a whole.

Source: docs/server-behaviour.md, section 5.1.
"""

from __future__ import annotations

from typing import Any

from ..core.changes import Change, apply_change, done_message, refuse_while_deleting
from ..core.model import Context, Outcome
from ..core.pagination import name_of, uid_of
from ..core.settings import current_value, merge, set_parts
from ..errors import PXBackupError
from .lookup import BACKUPS
from .options import SHARE_OPTION
from .preflight.checks import as_result, check_share

_SHARE = SHARE_OPTION["backup_share"]


def update_share(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Change the share to what the task sets: an omitted list stays, an empty one clears."""
    wanted = parameters["backup_share"]
    backup = BACKUPS.require(context.api, parameters)
    before = _view(backup)
    canonical = _SHARE.type.canonical(wanted)
    after = merge(before, {key: canonical[key] for key in set_parts(wanted)})
    if before == after:
        message = f"The share of backup {name_of(backup)!r} is up to date"
        return Outcome(False, message, _result(backup, []), before, before)
    BACKUPS.refuse_foreign(context, backup, parameters)
    refuse_while_deleting(BACKUPS, backup)
    findings = as_result(check_share(context, parameters))

    def send() -> None:
        context.api.update_backup_share(name_of(backup), uid_of(backup), after)

    try:
        changed = apply_change(context, BACKUPS, backup, Change("UPDATE_BACKUP_SHARE", send, _view, after, _apply))
    except PXBackupError as error:
        error.result = {**error.result, "preflight": findings}
        raise
    return Outcome(True, done_message(context, BACKUPS, backup, "shared"), _result(changed, findings), before, after)


def _result(backup: dict[str, Any], findings: list[dict[str, str]]) -> dict[str, Any]:
    return {"backup": backup, "preflight": findings}


def _view(backup: dict[str, Any]) -> dict[str, Any]:
    share: dict[str, Any] = current_value(_SHARE, backup)
    return share


def _apply(backup: dict[str, Any], goal: dict[str, Any]) -> dict[str, Any]:
    """Return the backup with this share."""
    info = backup["backup_info"]
    return {**backup, "backup_info": {**info, "backup_share": {**(info["backup_share"] or {}), **goal}}}
