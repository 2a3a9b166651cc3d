# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault does to the connection and to the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from px_backup_simulator.call import dump
from px_backup_simulator.engine import JSON_TYPE, TEXT_TYPE, Engine, Exchange, Reply, error_reply, json_reply
from px_backup_simulator.errors import HTTP_OF_CODE, ApiError, error_body
from px_backup_simulator.faults import Fault

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"
_DRIPS = 10
_CODE_OF_HTTP = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13, 501: 12, 503: 14, 504: 4}
_UNPROCESSED = frozenset({"status", "grpc_error", "html", "not_object", "redirect", "wrong_content_type", "empty_body"})


def send(exchange: Exchange, reply: Reply) -> web.StreamResponse:
    """Send a reply as it is."""
    exchange.entry.status = reply.status
    headers = {"Content-Type": reply.content_type, **reply.headers}
    return web.Response(status=reply.status, body=reply.body, headers=headers)


async def strike(request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault) -> web.StreamResponse:
    """Answer a request in the way of a fault."""
    if fault.kind in _ON_THE_WIRE:
        return await _ON_THE_WIRE[fault.kind](request, exchange, engine, fault)
    if fault.kind == "expire_token":
        engine.door.expire(exchange.authorization.partition(" ")[2].strip())
        exchange.entry.authorized = False
        return send(exchange, engine.process(exchange))
    process = fault.options.get("process", fault.kind not in _UNPROCESSED)
    reply = engine.process(exchange) if process else Reply(200, b"{}")
    return send(exchange, _replaced(fault, reply))


def _replaced(fault: Fault, reply: Reply) -> Reply:
    """The answer that stands in for the real one."""
    makers: dict[str, Callable[[Fault, Reply], Reply]] = {
        "status": _status,
        "grpc_error": _grpc_error,
        "html": lambda fault, _: Reply(fault.options.get("status", 200), HTML, "text/html; charset=utf-8"),
        "empty_body": lambda fault, reply: Reply(fault.options.get("status", reply.status), b"", reply.content_type),
        "wrong_content_type": lambda fault, reply: Reply(
            reply.status, reply.body, fault.options.get("content_type", "text/plain")
        ),
        "not_object": lambda fault, _: json_reply(200, fault.options.get("body", [1, 2, 3])),
        "redirect": lambda fault, _: Reply(
            fault.options.get("status", 302),
            b"",
            TEXT_TYPE,
            {"Location": fault.options.get("location", "https://login.example.com/")},
        ),
    }
    made = makers[fault.kind](fault, reply)
    made.headers |= {key: str(value) for key, value in fault.options.get("headers", {}).items()}
    return made


def _status(fault: Fault, _: Reply) -> Reply:
    options, status = fault.options, fault.options["status"]
    if "body" in options:
        body = options["body"]
        if isinstance(body, str):
            return Reply(status, body.encode(), options.get("content_type", TEXT_TYPE))
        return Reply(status, dump(body), options.get("content_type", JSON_TYPE))
    code = options.get("code", _CODE_OF_HTTP.get(status, 2))
    return json_reply(status, error_body(code, options.get("text", f"simulated fault with status {status}")))


def _grpc_error(fault: Fault, _: Reply) -> Reply:
    code = fault.options.get("code", 2)
    text = fault.options.get("text", "simulated fault")
    if "status" in fault.options:
        return json_reply(fault.options["status"], error_body(code, text))
    assert code in HTTP_OF_CODE
    return error_reply(ApiError(code, text))


async def _drop_before(request: web.BaseRequest, _: Exchange, __: Engine, fault: Fault) -> web.StreamResponse:
    return _hang_up(request, fault)


async def _drop_after(request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault) -> web.StreamResponse:
    engine.process(exchange)
    return _hang_up(request, fault)


def _hang_up(request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        if fault.options.get("reset", False):
            transport.abort()
        else:
            transport.close()
    return web.Response()


async def _silence(request: web.BaseRequest, _: Exchange, __: Engine, ___: Fault) -> web.StreamResponse:
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.05)
    return web.Response()


async def _slow_first_byte(
    request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault
) -> web.StreamResponse:
    reply = engine.process(exchange)
    await asyncio.sleep(fault.options.get("seconds", 5))
    return send(exchange, reply)


async def _slow_body(request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault) -> web.StreamResponse:
    reply = engine.process(exchange)
    response = await _begin(request, exchange, reply)
    size = max(1, -(-len(reply.body) // _DRIPS))
    starts = range(0, len(reply.body), size)
    for start in starts:
        await asyncio.sleep(fault.options.get("seconds", 5) / len(starts))
        await response.write(reply.body[start : start + size])
    await response.write_eof()
    return response


async def _truncated(request: web.BaseRequest, exchange: Exchange, engine: Engine, _: Fault) -> web.StreamResponse:
    reply = engine.process(exchange)
    response = await _begin(request, exchange, reply)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _begin(request: web.BaseRequest, exchange: Exchange, reply: Reply) -> web.StreamResponse:
    exchange.entry.status = reply.status
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type, **reply.headers})
    response.content_length = len(reply.body)
    await response.prepare(request)
    return response


_ON_THE_WIRE: dict[str, Callable[[web.BaseRequest, Exchange, Engine, Fault], Awaitable[web.StreamResponse]]] = {
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "silence": _silence,
    "slow_first_byte": _slow_first_byte,
    "slow_body": _slow_body,
    "truncated_body": _truncated,
}
