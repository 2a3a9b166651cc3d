# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop of an event source within the event loop of the engine, which must never wait for a request."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Callable, Protocol, TextIO

from .model import Event
from .source import Source


class Queue(Protocol):
    """What takes the events."""

    async def put(self, event: Event) -> Any:
        """Take one event; waits while the queue is full."""


async def run_source(queue: Queue, make_source: Callable[[], Source]) -> None:
    """Put the events of a source until it is cancelled. Every request is sent in a thread.

    Raises:
        SourceError: the options are not valid, or the login was refused.
    """
    source = await asyncio.to_thread(make_source)
    try:
        while True:
            for event in await asyncio.to_thread(source.step):
                await queue.put(event)
                # The rules get their turn also where the queue is not full.
                await asyncio.sleep(0)
            await asyncio.to_thread(source.settle)
            await asyncio.sleep(source.pause())
    finally:
        source.close()


class PrintingQueue:
    """Writes each event as a line of JSON, to try a source without a rulebook."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def put(self, event: Event) -> None:
        """Write one event."""
        self._stream.write(f"{json.dumps(event)}\n")
        self._stream.flush()
