# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DELETE: delete the record of a restore, and cancel one that runs; what it has restored stays in the cluster.

Facts: docs/server-behaviour.md, sections 9.1 and 9.5.
"""

from __future__ import annotations

from typing import Any

from ..core.deletion import start_deletion, wait_for_deletion
from ..core.model import Context, Outcome
from ..core.pagination import name_of
from ..core.wait_policy import wait_policy
from ..errors import StateError
from ..text import join_first
from .lookup import DELETION_TIMEOUT, LIFECYCLE, RESTORES, cluster_of, status_of

# How many namespaces a sentence lists before it counts the rest.
_MAX_NAMES = 10


def delete_restore(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Delete a restore; ``ok`` when it is absent or being deleted already.

    Raises:
        StateError: the restore runs, and the task does not say that it may be cancelled.
    """
    policy = wait_policy(parameters, DELETION_TIMEOUT)
    found = RESTORES.find(context.api, parameters.get("name", ""), parameters.get("uid", ""))
    if found is not None and LIFECYCLE.is_running(found) and parameters.get("cancel") is not True:
        raise StateError(
            f"restore {name_of(found)!r} is {status_of(found)}, and deleting it cancels it",
            hint="set cancel to true if it may be cancelled, or wait for its end",
        )
    outcome = start_deletion(context, RESTORES, parameters, found, context.api.delete_restore, policy is not None)
    outcome = wait_for_deletion(context, RESTORES, outcome, policy)
    if found is None:
        return outcome
    left = _find_left_behind(found)
    names = join_first(left["namespaces"], _MAX_NAMES) or "what it has restored"
    message = f"{outcome.message}; what it has restored stays in cluster {left['cluster']!r}: {names}"
    return outcome._replace(message=message, result={**outcome.result, "stays": left})


def _find_left_behind(restore: dict[str, Any]) -> dict[str, Any]:
    """Return what the deletion of a restore's record leaves in its cluster."""
    mapping = restore["restore_info"]["namespace_mapping"]
    return {"cluster": cluster_of(restore), "namespaces": sorted(set(mapping.values()))}
