# SPDX-License-Identifier: GPL-3.0-or-later
"""The request log. It never holds a token or a password."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST = 100_000


@dataclass(slots=True)
class Entry:
    """One request and its response: status is null when nothing was sent; name and uid are those of the request."""

    seq: int
    time: str
    method: str
    path: str
    query: list[tuple[str, str]]
    connection: int
    user_agent: str
    rpc: str = ""
    name: str = ""
    uid: str = ""
    writes: bool = False
    body: Any = None
    status: int | None = None
    user: str = ""
    authorized: bool = False
    unknown_fields: list[str] = field(default_factory=list)
    fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        return asdict(self)


class RequestLog:
    """The newest requests, and counts of all of them."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=LONGEST)
        self.requests = 0
        self.writes = 0
        self._seq = 0

    def next_seq(self) -> int:
        """Return the number of the next request."""
        self._seq += 1
        return self._seq

    def add(self, entry: Entry) -> None:
        """Add an entry."""
        self.entries.append(entry)
        self.requests += 1
        self.writes += entry.writes

    def clear(self) -> None:
        """Remove every entry."""
        self.entries.clear()
        self.requests = self.writes = self._seq = 0
