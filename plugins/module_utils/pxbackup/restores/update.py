# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UPDATE: labels and ownership of a restore (docs/server-behaviour.md, section 9.6)."""

from __future__ import annotations

from typing import Any

from ..core.model import Context, Outcome
from ..core.update import UpdateSpec, metadata_body, update_object
from .lookup import RESTORES
from .options import CHANGEABLE, SETTINGS, differences

_NO_OWNERSHIP = SETTINGS["ownership"].type.canonical(None)


def update_restore(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Change labels and ownership to what the task sets; every other setting must be as given."""
    return update_object(context, _SPEC, parameters)


def _send(context: Context, restore: dict[str, Any], after: dict[str, Any]) -> None:
    """Send ``RestoreUpdateRequest``."""
    context.api.update_restore({"metadata": metadata_body(context, restore, after, _NO_OWNERSHIP)})


_SPEC = UpdateSpec(RESTORES, SETTINGS, CHANGEABLE, differences, _send)
