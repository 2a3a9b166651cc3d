# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two ways to the server, read and write, and what every call shares: limits, routes and the release.

Source: contract ``services``; behaviour note 1.3.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple, TypeVar

from ..client.transport import NO_LIMITS, Limits, Transport
from ..client.urls import encode_segment
from ..errors import ProtocolError, PXBackupError, UnsupportedError
from .releases import ROUTES, Route, needs_release, release_of, route

# What a server answers that does not tell its release to this user, or by this way.
_HIDDEN = (403, 404, 405, 501)

AnyCalls = TypeVar("AnyCalls", bound="Calls")


class Page(NamedTuple):
    """One page of a list: the objects in it, and what the server says about the whole list."""

    items: list[dict[str, Any]]
    total_count: int
    complete: bool


class _Server:
    """What is known about the server; copies of an Api share it."""

    def __init__(self, release: str | None) -> None:
        self.release = release


class Calls:
    """The base of every group of calls.

    Args:
        transport: sends the requests.
        org_id: the organisation's id, in most installations ``default``.
        check_mode: when true, :meth:`_write` returns the prediction and sends nothing.
        release: the server's release where the task sets it, for a server that hides it.

    Attributes:
        has_written: whether this object has sent a request that changes state; a copy begins anew.
    """

    def __init__(self, transport: Transport, org_id: str, check_mode: bool = False, release: str | None = None) -> None:
        self._transport = transport
        self._server = _Server(release)
        self._limits = NO_LIMITS
        self.org_id = org_id
        self.check_mode = check_mode
        self.has_written = False

    def limited(self: AnyCalls, seconds: float | None = None, repeats: bool = True) -> AnyCalls:
        """Return a copy whose calls keep to these limits; connection and known release are shared.

        Args:
            seconds: the time of a whole call with its retries; ``None`` for what the connection allows.
            repeats: whether a request may be retried.
        """
        limited = copy.copy(self)
        limited._limits = Limits(seconds, repeats)
        limited.has_written = False
        return limited

    def _read(
        self,
        rpc: str,
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        **segments: str,
    ) -> dict[str, Any]:
        """Send a request that changes nothing. It is sent in check mode too."""
        form = self._route(rpc)
        path = self._path(form, segments)
        return self._transport.request(form.method, path, query, body, writes=False, limits=self._limits)

    def _write(
        self,
        rpc: str,
        predicted: dict[str, Any],
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        **segments: str,
    ) -> dict[str, Any]:
        """Send a request that changes state: the only gate for POST, PUT and DELETE.

        In check mode nothing is sent and ``predicted`` is the response.
        """
        form = self._route(rpc)
        path = self._path(form, segments)
        if self.check_mode:
            return predicted
        self.has_written = True
        return self._transport.request(form.method, path, query, body, writes=True, limits=self._limits)

    def _route(self, rpc: str) -> Route:
        return route(rpc, self.release) if needs_release(rpc) else ROUTES[rpc][0]

    def _path(self, form: Route, segments: dict[str, str]) -> str:
        values = {"org_id": self.org_id, **segments}
        return "/".join(
            encode_segment(part[1:-1], values[part[1:-1]]) if part.startswith("{") else part
            for part in form.path.split("/")
        )

    @property
    def release(self) -> str:
        """The server's release such as ``2.10.1``; requested once, and only when something depends on it."""
        if self._server.release is None:
            try:
                response = self._read("Version.Get")
            except PXBackupError as error:
                if error.http_status not in _HIDDEN:
                    raise
                raise _hides_its_release(error) from None
            try:
                self._server.release = release_of(response)
            except ProtocolError as error:
                raise _hides_its_release(error) from None
        return self._server.release

    @property
    def known_release(self) -> str | None:
        """The server's release, ``None`` when no call has needed it so far."""
        return self._server.release


def part_of(response: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key of a response.

    Raises:
        ProtocolError: it is not there.
    """
    part = response.get(key)
    if not isinstance(part, dict):
        raise ProtocolError(
            f"the server's answer has no {key!r}", hint="is api_url the address of the PX-Backup REST API?"
        )
    return part


def page_of(response: dict[str, Any], key: str) -> Page:
    """Return the list under a key of a response, which is omitted when empty, with what it says about the whole.

    Raises:
        ProtocolError: a value has a type that the API never sends.
    """
    items = response.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ProtocolError(
            f"the server's answer has no list of objects in {key!r}",
            hint="is api_url the address of the PX-Backup REST API?",
        )
    return Page(items, _count(response.get("total_count")), response.get("complete") is True)


def _count(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError, OverflowError):
        raise ProtocolError(f"the server answered with the total_count {value!r}") from None


def _hides_its_release(error: PXBackupError) -> PXBackupError:
    return UnsupportedError(
        f"the task uses what not every release has, and the server does not tell its own ({error.message})",
        hint="say it in server_release",
    )
