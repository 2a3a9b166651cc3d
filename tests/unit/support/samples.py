# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that many tests begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import References

TOKEN = "canary-token-0123456789"


def connection(url: str, **changes: Any) -> Connection:
    """Return a checked connection that does not wait long."""
    settings: dict[str, Any] = {"connect_timeout": 2.0, "timeout": 5.0, "retries": 0, **changes}
    return check_connection(Connection(api_url=url, token=TOKEN, **settings))


def transport(
    url: str,
    pauses: list[float] | None = None,
    rand: Callable[[], float] = lambda: 1.0,
    **changes: Any,
) -> Transport:
    """Return a transport that never sleeps: it writes its pauses down in ``pauses``."""
    noted = [] if pauses is None else pauses
    return Transport(connection(url, **changes), sleep=noted.append, rand=rand)


def context(client: Transport, org_id: str = "default", check_mode: bool = False) -> Context:
    """Return what a handler works with, over a real transport."""
    api = Api(client, org_id, check_mode=check_mode)
    return Context(
        api=api,
        references=References(api),
        caller=lambda: "user-1",
        warn=lambda _sentence: None,
        now=lambda: 1_790_000_000.0,
        clock=lambda: 0.0,
        sleep=lambda _seconds: None,
        progress=lambda _sentence: None,
    )


def raw_backup(
    name: str = "b1", uid: str = "u1", metadata: dict[str, Any] | None = None, **info: Any
) -> dict[str, Any]:
    """Return a backup as the API sends it."""
    return {
        "metadata": {"name": name, "uid": uid, "org_id": "default", **(metadata or {})},
        "backup_info": {"status": {"status": "Success"}, **info},
    }


def backup(**parts: Any) -> dict[str, Any]:
    """Return a backup as the library decodes it; for the parts see :func:`raw_backup`."""
    return decode("BackupObject", raw_backup(**parts))
