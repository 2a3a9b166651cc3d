# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan needs to know apart from the backups, read from the server: running restores and schedules.

Facts: docs/server-behaviour.md, sections 9.2 (statuses of restores) and 11 (retention).
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..api.endpoints import Api
from ..client.urls import encode_query
from ..core.lookup import WITHOUT_RESOURCES
from ..core.model import Context
from ..core.pagination import name_of, uid_of
from ..core.references import BACKUP_SCHEDULE, list_references
from ..restores.lookup import RESTORES, STATUS_PARTS
from .classes import Facts
from .policy import RetentionPolicy

# What is read of a restore.
RESTORE_READS = frozenset((*STATUS_PARTS, "restore_info.backup_ref", "restore_info.backup"))


def read_facts(context: Context, policy: RetentionPolicy) -> Facts:
    """Return the facts for a plan that is created now.

    Raises:
        PXBackupError: a list cannot be read to its end.
    """
    restores = RESTORES.list_all(context.api, WITHOUT_RESOURCES, parts=RESTORE_READS)
    running = filter(RESTORES.lifecycle.is_running, restores)
    return Facts(
        now=datetime.fromtimestamp(context.now(), timezone.utc),
        caller=context.caller(),
        schedules=_schedules(context.api) if policy.include_orphaned else frozenset(),
        restoring=frozenset(filter(None, map(backup_of, running))),
    )


def backup_of(restore: dict[str, Any]) -> str:
    """Return the uid of the backup that a restore reads, its name where the uid is not known."""
    info = restore["restore_info"]
    ref = info["backup_ref"] or {}
    return str(ref.get("uid") or ref.get("name") or info["backup"])


def _schedules(api: Api) -> frozenset[str]:
    """Return uids and names of all schedules; a list that the server ends early is an error."""
    query = tuple(encode_query("enumerate_options", WITHOUT_RESOURCES))
    listed = list(list_references(api, BACKUP_SCHEDULE._replace(query=query), "schedules"))
    return frozenset(filter(None, (text for item in listed for text in (uid_of(item), name_of(item)))))
