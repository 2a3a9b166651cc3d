# SPDX-License-Identifier: GPL-3.0-or-later
"""An event loop with timeouts of fractions of a millisecond: a latency of 20 ms does not become 21."""

from __future__ import annotations

import asyncio
import select
import sys
from selectors import DefaultSelector, SelectorKey


class _Selector(DefaultSelector):
    """Waits no longer than its timeout says."""

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if sys.platform == "linux" and timeout is not None and timeout > 0:
            # epoll counts whole milliseconds, and Python rounds up. Its descriptor stands for all that it watches.
            select.select([self.fileno()], [], [], timeout)
            timeout = 0
        return super().select(timeout)


def make_precise_loop() -> asyncio.AbstractEventLoop:
    """Make an event loop."""
    return asyncio.SelectorEventLoop(_Selector())
