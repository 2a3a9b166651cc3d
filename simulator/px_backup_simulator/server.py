# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: one handler for everything, since raw paths are needed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from px_backup_simulator import control, effects, guard
from px_backup_simulator.engine import Engine, Incoming, is_login

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class CountingServer(web.Server):
    """A server that numbers its connections."""

    def __init__(self, handler: Handler, engine: Engine) -> None:
        super().__init__(handler)
        self._engine = engine
        self.numbers: dict[Any, int] = {}

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        """Count a connection."""
        self._engine.connections += 1
        self.numbers[handler] = self._engine.connections
        super().connection_made(handler, transport)

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        self.numbers.pop(handler, None)
        super().connection_lost(handler, exc)


class Front:
    """Hands requests to the engine or the control API, and their replies back."""

    def __init__(self, engine: Engine, allowed_hosts: tuple[str, ...]) -> None:
        self._engine = engine
        self._allowed_hosts = allowed_hosts
        self.server = CountingServer(self._handle, engine)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = asyncio.get_running_loop().time()
        body = await request.content.read()
        target = request.raw_path
        if is_login(target.partition("?")[0]) or target.startswith(control.PREFIX):
            refusal = guard.find_foreign(request.headers, self._allowed_hosts)
            if refusal:
                return web.json_response({"error": refusal}, status=403)
        if target.startswith(control.PREFIX):
            reply = control.handle(self._engine, request.method, target.partition("?")[0], body)
            return web.Response(status=reply.status, body=reply.body, headers={"Content-Type": reply.content_type})
        engine = self._engine
        exchange = engine.open(
            Incoming(
                method=request.method,
                raw_target=target,
                body=body,
                authorization=request.headers.get("Authorization", ""),
                connection=self.server.numbers.get(request.protocol, 0),
                user_agent=request.headers.get("User-Agent", ""),
            )
        )
        fault = engine.faults.pick(exchange.entry)
        if fault is not None:
            await _wait_until(arrived + engine.settings.latency_ms / 1000)
            return await effects.apply_fault(request, exchange, engine, fault)
        response = engine.process(exchange)
        # The latency is that of the whole response, the work on it included.
        await _wait_until(arrived + engine.settings.latency_ms / 1000)
        return effects.send(exchange, response)


async def _wait_until(time: float) -> None:
    """Wait until the event loop's clock says so."""
    left = time - asyncio.get_running_loop().time()
    if left > 0:
        await asyncio.sleep(left)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and by which other names clients may call it."""

    host: str
    port: int
    allowed_hosts: tuple[str, ...] = ()


async def start(engine: Engine, address: Address, context: ssl.SSLContext | None) -> tuple[web.ServerRunner, int]:
    """Listen; return the runner and the port that it got."""
    runner = web.ServerRunner(Front(engine, (address.host, *address.allowed_hosts)).server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, address.host, address.port, ssl_context=context, backlog=1024)
    await site.start()
    return runner, int(runner.addresses[0][1])
