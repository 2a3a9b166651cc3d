# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small real proxy: tunnels by CONNECT, passes plain requests on, and remembers what it was asked for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit


class Proxy(ThreadingTCPServer):
    """Listens on a free port.

    Attributes:
        refusal: the status line and headers of every response; empty to forward every request.
        asked: the method and target of each request, in their order.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refusal: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusal = refusal
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """The address for ``https_proxy``."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(StreamRequestHandler):
    """Reads the request line and headers, and forwards everything after them."""

    server: Proxy
    rbufsize = 0

    def handle(self) -> None:
        method, target, version = self.rfile.readline().decode().split()
        headers = b"".join(iter(self.rfile.readline, b"\r\n"))
        self.server.asked.append(f"{method} {target}")
        if self.server.refusal:
            self.wfile.write(f"HTTP/1.1 {self.server.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        with socket.create_connection((str(parts.hostname), parts.port or 80), 10) as server:
            if method == "CONNECT":
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                server.sendall(f"{method} {path} {version}\r\n".encode() + headers + b"\r\n")
            back = threading.Thread(target=_pump, args=(server, self.connection), daemon=True)
            back.start()
            _pump(self.connection, server)
            back.join(10)


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until one side closes."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy(refusal: str = "") -> Iterator[Proxy]:
    """Run a proxy for the length of a block."""
    with Proxy(refusal) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)
