# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that damages its responses: the simulator's engine behind a plain socket, in this process."""

from __future__ import annotations

import gzip
import json
import random
import socketserver
import threading
from collections.abc import Callable
from typing import Any

from px_backup_simulator import objects
from px_backup_simulator.cli import make_parser, make_setup
from px_backup_simulator.engine import Incoming, Reply

# Every object of the world that is not the simulator's own.
WORLD: tuple[dict[str, Any], ...] = (
    {"kind": "backup", "name": "one", "status": "Success", "labels": {"team": "a"}, "namespaces": ["shop"]},
    {"kind": "backup", "name": "two", "status": "Failed", "namespaces": ["shop"]},
    {"kind": "backup", "name": "three", "status": "PartialSuccess", "namespaces": ["billing"]},
    {"kind": "restore", "name": "back", "backup": "one", "cluster": "prod-us", "namespace_mapping": {"shop": "copy"}},
)

# Escape sequences, line breaks, a NUL, marks of bidirectional text, a lone surrogate, and very long text.
TEXTS = (
    "\x1b[2J\x1b]0;owned\x07",
    "a\r\nPLAY RECAP ****\nb",
    "nul\x00",
    "\u202eback\u2028",
    "\ud800",
    "x" * 5000,
    "\x1b" * 3000,
    "../../etc/passwd",
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "",
    " one ",
    "{{ lookup('pipe', 'id') }}",
    "%s%n",
    "NaN",
    "-Infinity",
    "1e400",
    f"{'9' * 400}d",
)
NUMBERS = (
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    -(2**63) - 1,
    10**30,
    1e308,
    0.5,
    float("nan"),
    float("inf"),
    float("-inf"),
    "NaN",
    "9" * 25,
    "-0",
    "0x10",
)
# Numbers as a response may spell them: not finite ones, ones that become so, and ones beyond every type.
SPELLED = ("NaN", "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e19", "-0.0", "1e-400", "9" * 30, "9" * 5000)
WORDS = (
    "Success",
    "Failed",
    "Invalid",
    "Deleting",
    "InProgress",
    "NoSuchStatus",
    "PartialSuccess",
    "CloudBackupMissing",
)


def any_value(chance: random.Random, depth: int = 2) -> Any:
    """Return a JSON value of any kind."""
    kind = chance.randrange(9 if depth else 6)
    if kind < 2:
        return chance.choice(TEXTS)
    if kind < 4:
        return chance.choice(NUMBERS)
    if kind < 6:
        return chance.choice((None, True, False, [], {}, "", chance.choice(WORDS)))
    if kind == 6:
        return [any_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        return {chance.choice(("name", "uid", "status", "x")): any_value(chance, depth - 1) for _ in range(3)}
    return json.loads("[" * 90 + "]" * 90)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place of a JSON value, as its container and its key."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            found += [(value, key), *_places(value[key])]
    return found


def damage_json(chance: random.Random, value: Any) -> Any:
    """Change, remove, repeat or exchange some parts of a JSON value."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        places = _places(value)
        if not places:
            return any_value(chance)
        container, key = chance.choice(places)
        action = chance.randrange(5)
        if action == 0:
            del container[key]
        elif action == 1:
            other, other_key = chance.choice(places)
            container[key] = json.loads(json.dumps(other[other_key]))
        elif action == 2 and isinstance(container, list):
            container.extend(json.loads(json.dumps(container[key])) for _ in range(chance.choice((1, 3, 40))))
        elif action == 2:
            container[chance.choice(("error", "code", "message", "next", "metadata", "x", "x\x1b"))] = any_value(chance)
        else:
            container[key] = any_value(chance)
    return value


def _damage_numbers(chance: random.Random, body: bytes) -> bytes:
    """Put numbers that JSON or the API does not know in the place of values, and below keys that are not known."""
    read = json.loads(body or b"{}")
    value = read if isinstance(read, dict) else {}
    for _ in range(chance.choice((1, 1, 2))):
        places = _places(value)
        objects_ = [value, *(container[key] for container, key in places if isinstance(container[key], dict))]
        numeric = [place for place in places if _is_number(place[0][place[1]])]
        if numeric and chance.random() < 0.6:
            container, key = chance.choice(numeric)
        else:
            container, key = chance.choice(objects_), chance.choice(("x", "of_a_newer_release"))
        container[key] = chance.choice(("@", "@", ["@"], {"y": "@"}))
    text = json.dumps(value)
    while '"@"' in text:
        text = text.replace('"@"', chance.choice(SPELLED), 1)
    return _raw(200, text.encode())


def _is_number(value: Any) -> bool:
    """Whether a value of a response is a number, which may be written as a string."""
    return isinstance(value, (int, float)) or (isinstance(value, str) and value.isdigit())


ERRORS = (400, 401, 403, 404, 408, 409, 412, 429, 500, 501, 502, 503, 504, 201, 204, 206, 301, 418, 599)


def _refuse(chance: random.Random, _body: bytes) -> bytes:
    """Return an error of the API or of something before it."""
    status = chance.choice(ERRORS)
    body = chance.choice(
        (
            json.dumps(
                {
                    "code": chance.choice((2, 5, 6, 7, 9, 13, 16, "5", None)),
                    "message": chance.choice((*TEXTS, None, 5, ["x"])),
                }
            ),
            json.dumps({"error": chance.choice((*TEXTS, "object not found", "object already exists"))}),
            json.dumps(any_value(chance)),
            "<html>\x1b[2J</html>",
            "",
        )
    ).encode("utf-8", "surrogatepass")
    retry = chance.choice(
        ("", "Retry-After: 1\r\n", "Retry-After: Thu, 99 Foo\r\n", "Retry-After: " + "9" * 40 + "\r\n")
    )
    return _raw(status, body, retry + chance.choice(("", "Location: http://[::1\r\n", "Location: //u:p@h/\x1b\r\n")))


def _raw(status: int, body: bytes, more: str = "", reason: str = "Fuzz", kind: str = "application/json") -> bytes:
    start = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return start.encode("latin-1", "replace") + body


def _damage_value(chance: random.Random, body: bytes) -> bytes:
    value = damage_json(chance, json.loads(body or b"{}"))
    # Python writes NaN and lone surrogates, as a broken server may.
    return _raw(200, json.dumps(value, ensure_ascii=chance.random() < 0.7).encode("utf-8", "surrogatepass"))


def _damage_bytes(chance: random.Random, body: bytes) -> bytes:
    damaged = bytearray(body or b"{}")
    for _ in range(chance.choice((1, 2, 8))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return _raw(200, bytes(damaged))


def _cut(chance: random.Random, body: bytes) -> bytes:
    whole = _raw(200, body)
    return whole[: chance.randrange(len(whole))]


def _mislead(chance: random.Random, body: bytes) -> bytes:
    """Return a response whose headers contradict its body."""
    return chance.choice(
        (
            _raw(200, gzip.compress(body), "Content-Encoding: gzip\r\n"),
            _raw(200, gzip.compress(body)[:-9], "Content-Encoding: gzip\r\n"),
            _raw(200, body, "Content-Encoding: gzip\r\n"),
            _raw(200, body, "Content-Encoding: deflate, gzip, gzip\r\n"),
            _raw(200, b"%x\r\n" % len(body) + body, "Transfer-Encoding: chunked\r\n"),
            _raw(200, b"zz\r\n" + body, "Transfer-Encoding: chunked\r\n"),
            _raw(200, body, "X: \x1b[2J\r\n" * 150),
            _raw(200, body, reason="\x1b[2J" * 10, kind="text/\x1b[31mplain"),
            b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + body,
            b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\n" + body,
            b"HTTP/9.9 200 OK\r\n\r\n" + body,
            b"\x00\xff\x1b[2J garbage \r\n\r\n",
            b"HTTP/1.1 99999999999 OK\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n" * 30 + _raw(200, body),
            b"HTTP/1.1 200 OK\r\n\r\n" + body,
            b"",
        )
    )


Damage = Callable[[random.Random, bytes], bytes]


def _ring(chance: random.Random, _body: bytes) -> bytes:
    body = chance.choice(
        (b"[]", b"null", b"1", b'"\\ud800"', b"", b" ", b"\xef\xbb\xbf{}", b"[" * 5000, b'{"a":' * 3000)
    )
    return _raw(200, body)


DAMAGES: tuple[Damage, ...] = (
    *(_damage_value,) * 6,
    *(_damage_numbers,) * 4,
    *(_refuse,) * 3,
    _damage_bytes,
    _cut,
    _mislead,
    _ring,
)


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    owner: FuzzServer

    def handle(self) -> None:
        while True:
            line = self.rfile.readline(65536)
            if not line.strip():
                return
            method, target, _version = line.decode("latin-1").split(" ", 2)
            headers = {}
            while text := self.rfile.readline(65536).decode("latin-1").strip():
                name, _colon, value = text.partition(":")
                headers[name.lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length") or 0))
            response, good = self.owner.respond(method, target, headers.get("authorization", ""), body)
            self.wfile.write(response)
            if not good:
                return


class FuzzServer:
    """Serves one case after the other; each begins with the same world."""

    def __init__(self) -> None:
        setup = make_setup(make_parser().parse_args(["--seed", "1"]))
        self.engine, self.token = setup.engine, setup.token
        self._lock = threading.Lock()
        self._chance = random.Random(0)
        self._share = 0.0
        self._damages = DAMAGES
        self.damaged: list[str] = []
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self._server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FuzzServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def begin(self, chance: random.Random, share: float, release: str) -> None:
        """Begin a case: a new world, and the share of the requests whose responses are damaged."""
        with self._lock:
            self.engine.reset()
            self.engine.settings = self.engine.settings.with_changes(
                {"release": release, "token_claims": chance.choice(("all", "no_exp", "opaque"))}
            )
            for item in WORLD:
                objects.put_object(self.engine, dict(item))
            self._chance, self._share, self.damaged = chance, share, []
            # Numbers alone leave most tasks their success, so that bad ones show in results.
            self._damages = chance.choice((DAMAGES, DAMAGES, DAMAGES, (_damage_numbers,)))

    def advance(self, seconds: float) -> None:
        """Let time pass for the simulator."""
        with self._lock:
            self.engine.clock.advance(seconds)

    def respond(self, method: str, target: str, authorization: str, body: bytes) -> tuple[bytes, bool]:
        """Return the bytes of a response, and whether they are as they should be."""
        with self._lock:
            chance = self._chance
            exchange = self.engine.open(Incoming(method, target, body, authorization, 0, ""))
            damaged = chance.random() < self._share
            # A damaged response does not say whether the request was carried out.
            carried_out = not damaged or chance.random() < 0.7
            reply = self.engine.process(exchange) if carried_out else Reply(200, b"{}")
            if not damaged:
                return _raw(reply.status, reply.body, kind=reply.content_type), True
            damage = chance.choice(self._damages)
            self.damaged.append(f"{method} {target}: {damage.__name__}")
            content = reply.body if reply.content_type == "application/json" else b"{}"
            return damage(chance, content), False
