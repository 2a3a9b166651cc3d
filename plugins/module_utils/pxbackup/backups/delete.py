# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DELETE: start the deletion of a backup, and wait for its end where the task wants that.

Source: docs/server-behaviour.md, section 5.4.
"""

from __future__ import annotations

from typing import Any

from ..core.deletion import start_deletion, wait_for_deletion
from ..core.model import Context, Outcome
from ..core.references import CLUSTER
from ..core.wait_policy import wait_policy
from ..errors import ValidationError
from .lookup import BACKUPS, DELETION_TIMEOUT


def delete_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Start the deletion of a backup; ``ok`` when it is absent or being deleted already.

    Where the task waits, the outcome is that of the deletion's end.
    """
    policy = wait_policy(parameters, DELETION_TIMEOUT)
    found = BACKUPS.find(context.api, parameters.get("name", ""), parameters.get("uid", ""))
    outcome = ensure_deleted(context, parameters, found, policy is not None)
    return wait_for_deletion(context, BACKUPS, outcome, policy)


def ensure_deleted(
    context: Context,
    parameters: dict[str, Any],
    backup: dict[str, Any] | None,
    waits: bool,
    namesakes: list[dict[str, Any]] | None = None,
) -> Outcome:
    """Return the outcome of starting the deletion of this backup, ``None`` when there is none.

    Args:
        waits: a wait follows, so that a failed check can be left to it.
        namesakes: the backups of that name, where they are known already.
    """
    force = parameters.get("force") is True

    def send(name: str, uid: str) -> None:
        context.api.delete_backup(name, uid, _cluster_to_use(context, parameters), force)

    outcome = start_deletion(context, BACKUPS, parameters, backup, send, waits, namesakes)
    if not (force and outcome.changed):
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
