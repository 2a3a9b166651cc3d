# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The library without a module around it."""

from __future__ import annotations

import time

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import caller_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import References

from server import CA_CERT, TIMEOUT, TOKEN, URL


def _nobody_listens(_text: str) -> None:
    pass


def context() -> Context:
    """Return what a handler works with."""
    connection = check_connection(Connection(api_url=URL, token=TOKEN, ca_cert=CA_CERT, timeout=TIMEOUT))
    api = Api(Transport(connection), "default")
    return Context(
        api=api,
        references=References(api),
        caller=lambda: caller_of(TOKEN),
        warn=_nobody_listens,
        now=time.time,
        clock=time.monotonic,
        sleep=time.sleep,
        progress=_nobody_listens,
    )
