# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is true after a write that must not be sent twice got no good answer: look, and never send it again."""

from __future__ import annotations

from typing import Any, Callable

from ..errors import PXBackupError
from .model import Context

# Pauses in seconds before each look: the server may still be at it.
_LOOKS = (0, 1, 2, 4)


def made_all_the_same(
    context: Context, what: str, error: PXBackupError, look: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """Return the backup that a write made although its answer was lost.

    Args:
        what: the write in words, such as ``CREATE of 'shop'``.
        error: what came instead of the answer.
        look: returns the backup, ``None`` while there is none.

    Raises:
        PXBackupError: nobody can say yet whether the write was carried out; of the same kind as ``error``.
    """
    finding = "there is no such backup so far"
    try:
        for pause in _LOOKS:
            context.sleep(pause)
            found = look()
            if found is not None:
                return found
    except PXBackupError as second:
        finding = f"the look for it failed ({second.message})"
    unknown = type(error)(
        f"the answer to the {what} is not known ({error.message}) and {finding}: it may still appear",
        hint="run the task again: it looks first and makes no second one",
        http_status=error.http_status,
        grpc_code=error.grpc_code,
        retriable=True,
        maybe_processed=True,
    )
    unknown.method, unknown.path, unknown.attempts = error.method, error.path, error.attempts
    raise unknown from None
