# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits of one request and its response: a deadline and a number of bytes, whatever part of them arrives.

A timeout of a socket only limits the time between two pieces. A server that sends a byte now and then, in a status
line, a header, a chunk size or a trailer, never trips it. So each operation of a socket gets what is left of the
whole exchange, and each piece is counted.
"""

from __future__ import annotations

import threading
from typing import Callable

from ..errors import ProtocolError, RequestTimeoutError


class Exchange:
    """One request and its response.

    Args:
        host: host and port for error messages.
        idle: seconds that the server may send nothing.
        total: seconds for the whole exchange, from connecting to the last byte.
        most_bytes: bytes that may arrive.
        clock: seconds that only go forward.

    Attributes:
        connecting: whether the connection is not yet established, and so nothing of the request was sent.
    """

    __slots__ = ("connecting", "_bytes", "_clock", "_deadline", "_idle", "_most_bytes", "_total", "host")

    def __init__(self, host: str, idle: float, total: float, most_bytes: int, clock: Callable[[], float]) -> None:
        self.host = host
        self.connecting = False
        self._idle = idle
        self._total = total
        self._clock = clock
        self._deadline = clock() + total
        self._most_bytes = most_bytes
        self._bytes = 0

    def timeout(self, longest: float | None = None) -> float:
        """Return the seconds that the next operation of a socket may take.

        Args:
            longest: its own limit, ``None`` for that of a pause.

        Raises:
            RequestTimeoutError: the total time is over.
        """
        left = self._deadline - self._clock()
        if left <= 0:
            raise self.timed_out()
        return min(self._idle if longest is None else longest, left)

    def is_over(self) -> bool:
        """Whether the total time is over."""
        return self._clock() >= self._deadline

    def timed_out(self) -> RequestTimeoutError:
        """Return the error for a total time that is over."""
        if self.connecting:
            return RequestTimeoutError(
                f"connecting to {self.host} timed out after {self._total:g} seconds",
                hint="check api_url, firewalls and proxy settings, or raise connect_timeout",
                retriable=True,
            )
        return RequestTimeoutError(
            f"{self.host} did not complete the response within {self._total:g} seconds",
            hint="find out what slows the server down, or raise request_timeout",
            retriable=True,
            maybe_processed=True,
        )

    def count(self, received: int) -> None:
        """Count bytes that arrived.

        Raises:
            ProtocolError: there are too many.
        """
        self._bytes += received
        if self._bytes > self._most_bytes:
            raise ProtocolError(
                f"the response is larger than {self._most_bytes} bytes",
                hint="is api_url the address of the PX-Backup REST API?",
                maybe_processed=not self.connecting,
            )


class Current(threading.local):
    """The exchange that a thread works at, for the sockets that it uses; ``None`` between two exchanges."""

    exchange: Exchange | None = None
