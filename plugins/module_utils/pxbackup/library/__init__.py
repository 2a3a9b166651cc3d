# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The library for itself, without Ansible: ``connect()`` and the errors (docs/guides/python.md).

Importing it loads nothing that opens connections; that comes with the first ``connect()``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from ..errors import (
    AuthenticationError,
    ConflictError,
    NetworkError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    PXBackupError,
    RequestTimeoutError,
    ServerError,
    StateError,
    TLSError,
    UnsupportedError,
    ValidationError,
    WaitTimeoutError,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .client import PXBackup
    from .signatures import ConnectionParameters

__all__ = [
    "AuthenticationError",
    "ConflictError",
    "NetworkError",
    "NotFoundError",
    "PXBackupError",
    "PermissionDeniedError",
    "ProtocolError",
    "RequestTimeoutError",
    "ServerError",
    "StateError",
    "TLSError",
    "UnsupportedError",
    "ValidationError",
    "WaitTimeoutError",
    "connect",
]


def connect(
    *,
    check_mode: bool = False,
    warn: Callable[[str], None] | None = None,
    progress: Callable[[str], None] | None = None,
    **connection: Unpack[ConnectionParameters],
) -> PXBackup:
    """Return a client of one PX-Backup server. Nothing is sent before its first method is called.

    Args:
        check_mode: whether methods that write only say what they would change.
        warn, progress: take one sentence each; without them the logger ``pxops.px_backup`` gets it.
        connection: the options of the connection, with the names, defaults and environment variables of the modules.

    Raises:
        ValidationError: an option is missing or not valid.
        ImportError: the package requests is not installed.
    """
    from .client import open_client

    return open_client(dict(connection), os.environ, check_mode, warn, progress)
