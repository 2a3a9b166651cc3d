# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulators in a thread of this process, for tests that steer them more often than they send requests.

What a client sends them is real HTTP; a control call is the call of a function, without a request.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from aiohttp.web import ServerRunner

from px_backup_simulator import control, server
from px_backup_simulator.cli import make_parser, make_setup
from px_backup_simulator.engine import Engine
from support.simulator import Simulator

Value = TypeVar("Value")

# Seconds that a control call may take, requests that are processed before it included.
LONGEST = 30.0


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._runners: list[ServerRunner] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulators", daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], Value]) -> Value:
        """Call a function between the steps of the loop's tasks, and return its result."""
        if threading.current_thread() is self._thread:
            return function()

        async def step() -> Value:
            return function()

        return asyncio.run_coroutine_threadsafe(step(), self._loop).result(LONGEST)

    def listen(self, engine: Engine) -> int:
        """Let an engine serve requests until the loop stops; return its port."""
        start = server.start(engine, server.Address("127.0.0.1", 0), None)
        runner, port = asyncio.run_coroutine_threadsafe(start, self._loop).result(LONGEST)
        self._runners.append(runner)
        return port

    def stop(self) -> None:
        """Stop the servers, whatever they still send, and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(LONGEST)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))


class LocalSimulator(Simulator):
    """A simulator as its ready file would describe it."""

    def __init__(self, loop: Loop) -> None:
        setup = make_setup(make_parser().parse_args([]))
        url = f"http://127.0.0.1:{loop.listen(setup.engine)}"
        super().__init__({"url": url, "auth_url": url, "control_url": f"{url}{control.PREFIX}", "token": setup.token})
        self._engine = setup.engine
        self._loop = loop

    def control(self, method: str, call: str, body: Any = None) -> Any:
        """Make a control call and return its response."""
        content = b"" if body is None else json.dumps(body).encode()
        reply = self.at_once(lambda: control.handle(self._engine, method, control.PREFIX + call, content))
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def at_once(self, function: Callable[[], Value]) -> Value:
        """Call a function that makes control calls; no request is processed in between."""
        return self._loop.call(function)


@contextmanager
def local_simulators(number: int) -> Iterator[list[LocalSimulator]]:
    """Run simulators for the length of a block."""
    loop = Loop()
    try:
        # A client that hangs up is what many tests are about, and no error of the server.
        with patch.object(logging.getLogger("aiohttp.server"), "disabled", True):
            yield [LocalSimulator(loop) for _number in range(number)]
    finally:
        loop.stop()
