# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the connection: what is sent late, in drops, in part, without end, or not at all."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web

from px_backup_simulator.engine import Engine, Exchange, Reply
from px_backup_simulator.faults import Fault
from px_backup_simulator.replies import replace_reply

_DRIPS = 10
_MIB = 1024 * 1024
# A dripping response is padded to this many bytes, so that it lasts however short it is.
_PADDING = 2_000


def send(exchange: Exchange, reply: Reply) -> web.StreamResponse:
    """Send a reply as it is."""
    exchange.entry.status = reply.status
    headers = {"Content-Type": reply.content_type, **reply.headers}
    return web.Response(status=reply.status, body=reply.body, headers=headers)


async def apply_fault(request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault) -> web.StreamResponse:
    """Respond to a request in the way of a fault."""
    if fault.kind in _ON_THE_CONNECTION:
        return await _ON_THE_CONNECTION[fault.kind](request, exchange, engine, fault)
    if fault.kind == "expire_token":
        engine.authenticator.expire(exchange.authorization.partition(" ")[2].strip())
        exchange.entry.authorized = False
        return send(exchange, engine.process(exchange))
    return send(exchange, replace_reply(exchange, engine, fault))


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
    response = await _begin_response(request, exchange, reply)
    size = max(1, -(-len(reply.body) // _DRIPS))
    starts = range(0, len(reply.body), size)
    for start in starts:
        await asyncio.sleep(fault.options.get("seconds", 5) / len(starts))
        await response.write(reply.body[start : start + size])
    await response.write_eof()
    return response


async def _truncated(request: web.BaseRequest, exchange: Exchange, engine: Engine, _: Fault) -> web.StreamResponse:
    reply = engine.process(exchange)
    response = await _begin_response(request, exchange, reply)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _begin_response(request: web.BaseRequest, exchange: Exchange, reply: Reply) -> web.StreamResponse:
    exchange.entry.status = reply.status
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type, **reply.headers})
    response.content_length = len(reply.body)
    await response.prepare(request)
    return response


async def _drip(request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault) -> web.StreamResponse:
    """Send one part of the response byte by byte."""
    reply = engine.process(exchange)
    exchange.entry.status = reply.status
    at_once, in_drops, rest = _split(fault.options.get("part", "headers"), reply)
    await _write(request, at_once)
    for number in range(len(in_drops)):
        await _write(request, in_drops[number : number + 1])
        await asyncio.sleep(fault.options.get("seconds", 0.2))
        if _is_closed(request):
            break
    await _write(request, rest)
    return _close(request)


def _split(part: str, reply: Reply) -> tuple[bytes, bytes, bytes]:
    """Return what goes at once, what goes in drops, and the rest."""
    headers = (
        f"HTTP/1.1 {reply.status} Simulated\r\nContent-Type: {reply.content_type}\r\nConnection: close\r\n".encode()
    )
    length = b"Content-Length: %d\r\n\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n\r\n"
    size = b"%x" % max(1, len(reply.body))
    body = reply.body or b" "
    if part == "headers":
        return b"", headers + b"X-Padding: " + b"a" * _PADDING + b"\r\n" + length % len(reply.body), reply.body
    if part == "body":
        padded = reply.body.ljust(_PADDING)
        return headers + length % len(padded), padded, b""
    if part == "chunk_size":
        return headers + chunked, size.rjust(_PADDING, b"0") + b"\r\n", body + b"\r\n0\r\n\r\n"
    return headers + chunked + size + b"\r\n" + body + b"\r\n0\r\n", b"X-Padding: " + b"a" * _PADDING, b"\r\n\r\n"


async def _endless_continue(
    request: web.BaseRequest, exchange: Exchange, _: Engine, fault: Fault
) -> web.StreamResponse:
    exchange.entry.status = fault.options.get("status", 100)
    while not _is_closed(request):
        await _write(request, b"HTTP/1.1 %d Continue\r\n\r\n" % exchange.entry.status)
        await asyncio.sleep(fault.options.get("seconds", 0.05))
    return _close(request)


async def _raw(request: web.BaseRequest, exchange: Exchange, engine: Engine, fault: Fault) -> web.StreamResponse:
    if fault.processes:
        engine.process(exchange)
    text = fault.options.get("text", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}")
    await _write(request, text.encode("latin-1", "replace"))
    return _close(request)


async def _huge_body(request: web.BaseRequest, exchange: Exchange, _: Engine, fault: Fault) -> web.StreamResponse:
    options = fault.options
    exchange.entry.status = options.get("status", 200)
    headers = {"Content-Type": "application/json"} | {
        str(key): str(value) for key, value in options.get("headers", {}).items()
    }
    if options.get("gzip"):
        headers["Content-Encoding"] = "gzip"
    response = web.StreamResponse(status=exchange.entry.status, headers=headers)
    response.enable_chunked_encoding()
    await response.prepare(request)
    length = options.get("length", 2 * 1024 * _MIB)
    for part in _make_gzipped_parts(length) if options.get("gzip") else _make_parts(length):
        await response.write(part)
    await response.write_eof()
    return response


def _make_parts(length: int) -> Iterator[bytes]:
    """Yield JSON of about this many bytes: one text; without end for 0."""
    block = b"a" * _MIB
    yield b'{"message":"'
    sent = 0
    while not length or sent < length:
        yield block
        sent += _MIB
    yield b'"}'


def _make_gzipped_parts(length: int) -> Iterator[bytes]:
    """Yield the same, compressed: the block is compressed once and repeated."""
    block = b"a" * _MIB
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    opening = packer.compress(b'{"message":"') + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.compress(b'"}') + packer.flush(zlib.Z_FINISH)
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + opening
    checksum, sent = zlib.crc32(b'{"message":"'), 0
    while not length or sent < length:
        yield packed
        checksum = zlib.crc32(block, checksum)
        sent += _MIB
    size = sent + len(b'{"message":""}')
    yield tail + struct.pack("<II", zlib.crc32(b'"}', checksum), size % 2**32)


def _is_closed(request: web.BaseRequest) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _write(request: web.BaseRequest, data: bytes) -> None:
    """Write past the HTTP server, as the bytes are."""
    transport = request.transport
    if transport is not None and not transport.is_closing():
        transport.write(data)
        await asyncio.sleep(0)


def _close(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


_ON_THE_CONNECTION: dict[str, Callable[[web.BaseRequest, Exchange, Engine, Fault], Awaitable[web.StreamResponse]]] = {
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "silence": _silence,
    "slow_first_byte": _slow_first_byte,
    "slow_body": _slow_body,
    "truncated_body": _truncated,
    "drip": _drip,
    "endless_continue": _endless_continue,
    "huge_body": _huge_body,
    "raw": _raw,
}
