# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation works with, put together from an open connection."""

from __future__ import annotations

import time
from typing import Callable

from ..api.endpoints import Api
from ..client.tokens import caller_of
from ..client.transport import Transport
from .model import Context
from .references import References


def new_context(
    transport: Transport,
    org_id: str,
    release: str | None,
    check_mode: bool,
    *,
    warn: Callable[[str], None],
    progress: Callable[[str], None],
    now: Callable[[], float] = time.time,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Context:
    """Return what one operation works with; what it learns of the server is forgotten with it.

    Args:
        release: the server's release where the user sets it, ``None`` to ask the server.
        check_mode: whether nothing may be changed.
        warn, progress: take one sentence each, for the user at once or at the end.
        now, clock, sleep: the time of day, monotonic seconds, and a pause; tests control them.
    """
    api = Api(transport, org_id, check_mode, release)
    return Context(
        api=api,
        references=References(api),
        caller=lambda: caller_of(transport.token),
        warn=warn,
        now=now,
        clock=clock,
        sleep=sleep,
        progress=progress,
    )
