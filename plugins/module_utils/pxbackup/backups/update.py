# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UPDATE: labels, ownership and cloud credential of a backup (docs/server-behaviour.md, section 5.3)."""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.update import UpdateSpec, metadata_body, update_object
from .lookup import BACKUPS
from .options import CHANGEABLE, SETTINGS, differences

_NO_OWNERSHIP = SETTINGS["ownership"].type.canonical(None)


def update_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Change labels, ownership and cloud credential to what the task sets; every other setting must be as given."""
    return update_object(context, _SPEC, parameters)


def _send(context: Context, backup: dict[str, Any], after: dict[str, Any]) -> None:
    """Send ``BackupUpdateRequest``."""
    body: dict[str, Any] = {"metadata": metadata_body(context, backup, after, _NO_OWNERSHIP)}
    if after["cloud_credential_ref"]["name"]:
        body["cloud_credential_ref"] = after["cloud_credential_ref"]
    context.api.update_backup(body)


_SPEC = UpdateSpec(BACKUPS, SETTINGS, CHANGEABLE, differences, _send)
