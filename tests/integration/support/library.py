# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs operations of the library in this process, over real HTTP: for what takes hundreds of tasks."""

from __future__ import annotations

from functools import cache
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import (
    BACKUP_MODULE,
    OPERATIONS,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.contexts import new_context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation

from support.simulator import Simulator


@cache
def _transport(url: str, token: str) -> Transport:
    """Return the one transport to a simulator: to make its TLS context takes longer than a request."""
    return Transport(check_connection(Connection(api_url=url, token=token, retries=0)))


def connected(simulator: Simulator, token: str = "") -> Context:
    """Return what a task works with.

    Args:
        token: used instead of the token of the simulator's ready file.
    """
    return context_of(_transport(simulator.url, token or simulator.token))


def context_of(transport: Transport) -> Context:
    """Return what a task works with that has this transport."""
    return new_context(transport, "default", None, False, warn=print, progress=print)


def inspect_all(simulator: Simulator, **parameters: Any) -> dict[str, Any]:
    """Return the result of INSPECT_ALL."""
    return run_operation(connected(simulator), BACKUP_MODULE, OPERATIONS["INSPECT_ALL"], parameters).result
