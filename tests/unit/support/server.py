# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on 127.0.0.1, each in its own thread: one that speaks HTTP, one that sends whatever bytes it likes."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit


class Request(NamedTuple):
    """What arrived. The path is as it was sent, still encoded."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


class Reply(NamedTuple):
    """What is sent back."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    """Return a JSON response; ``Retry_After="3"`` sets the header ``Retry-After``."""
    extra = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Reply(status, json.dumps(value).encode(), (("Content-Type", "application/json"), *extra))


Responder = Callable[[Request], Reply]


def in_turn(*replies: Reply) -> Responder:
    """Return a responder that gives one reply after the other; the last one stays."""
    left = list(replies)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    owner: HTTPServer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def respond(self) -> None:
        path, _mark, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, path, parse_qsl(query, True), dict(self.headers.items()), body)
        self.owner.requests.append(request)
        reply = self.owner.responder(request)
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = respond


class HTTPServer:
    """Sends the reply of its responder to every request, and keeps the requests."""

    def __init__(self, responder: Responder, tls: ssl.SSLContext | None = None) -> None:
        self.responder = responder
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._server.server_address[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> HTTPServer:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


Script = Callable[[socket.socket], None]


AnyListener = TypeVar("AnyListener", bound="Listener")


class Listener:
    """Accepts connections on a free port, each in a thread; what serves them is for a subclass to say."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self: AnyListener) -> AnyListener:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        raise NotImplementedError


class ByteServer(Listener):
    """Reads the head of a request on each connection, lets a script send bytes, and closes."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script
        self.heads: list[str] = []
        self.url = f"http://{self.address}"

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            opening = b""
            while b"\r\n\r\n" not in opening:
                piece = connection.recv(65536)
                if not piece:
                    return
                opening += piece
            self.heads.append(opening.decode("latin-1"))
            self._script(connection)


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """Yield the URL of a port on which nobody listens and nobody can begin to."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


def host_of(url: str) -> str:
    """Return host and port of a URL."""
    return urlsplit(url).netloc
