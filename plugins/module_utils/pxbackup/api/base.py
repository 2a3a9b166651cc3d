# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two ways to the server, read and write, and what every call shares: limits, routes and the release.

Source: docs/server-behaviour.md, sections 1.3 and 1.4.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, NamedTuple, TypeVar

from ..client.call import NO_LIMITS, Limits
from ..client.responses import Response
from ..client.tokens import claims_of
from ..client.transport import Transport
from ..client.urls import encode_segment, with_empty_verb
from ..errors import ProtocolError, PXBackupError, UnsupportedError
from ..limits import LIST_CONCURRENCY
from .releases import CALLS, Route, needs_release, release_of, route
from .schema import Parts, decode_response

Value = TypeVar("Value")

# Status codes of a server that does not tell its release to this user, or by this address.
_HIDDEN = (403, 404, 405, 501)

AnyCalls = TypeVar("AnyCalls", bound="Calls")


class Page(NamedTuple):
    """One page of a list: the objects in it, and what the server says about the whole list."""

    items: list[dict[str, Any]]
    total_count: int
    complete: bool


def check_total(rpc: str, total: int) -> int:
    """Return how many objects a list has in all, as the response to a call says.

    Raises:
        ProtocolError: it is negative.
    """
    if total < 0:
        raise ProtocolError(
            f"the response to {rpc} says that the list has {total} objects in all",
            hint="run the task again; if the error stays, check the gateways before the server",
        )
    return total


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
        concurrency: how many pages of a list may be read at the same time.
        has_written: whether this object has sent a request that changes state; a copy starts with false.
    """

    def __init__(self, transport: Transport, org_id: str, check_mode: bool = False, release: str | None = None) -> None:
        self._transport = transport
        self._server = _Server(release)
        self._limits = NO_LIMITS
        self.concurrency = LIST_CONCURRENCY
        self._token: str | None = None
        self.org_id = org_id
        self.check_mode = check_mode
        self.has_written = False

    def limited(self: AnyCalls, seconds: float | None = None, repeats: bool = True) -> AnyCalls:
        """Return a copy whose calls keep to these limits; connection and known release are shared.

        Args:
            seconds: the time of a whole call with its retries; ``None`` for what the connection allows.
            repeats: whether a request may be retried.
        """
        return self._copy(limits=Limits(seconds, repeats))

    def until(self: AnyCalls, stopped: Callable[[], bool]) -> AnyCalls:
        """Return a copy whose calls are not retried once ``stopped`` returns true, in whichever thread they are."""
        return self._copy(limits=self._limits._replace(stopped=stopped))

    def concurrent(self: AnyCalls, concurrency: int) -> AnyCalls:
        """Return a copy that reads so many pages of a list at the same time."""
        return self._copy(concurrency=concurrency)

    def _copy(self: AnyCalls, limits: Limits | None = None, concurrency: int = 0) -> AnyCalls:
        own = copy.copy(self)
        own._limits = limits or self._limits
        own.concurrency = concurrency or self.concurrency
        own.has_written = False
        return own

    @property
    def refusals(self) -> int:
        """How many requests failed so far in a way that may mean too many of them (``errors.means_overload``)."""
        return self._transport.refusals

    def as_user(self: AnyCalls, token: str) -> AnyCalls:
        """Return a copy whose calls send this token instead of the connection's own; ``""`` sends none."""
        other = self._copy()
        other._token = token
        return other

    def _read(
        self,
        rpc: str,
        content: Callable[[dict[str, Any]], Value],
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        parts: Parts = None,
        **segments: str,
    ) -> Value:
        """Send a request that changes nothing and return the content of its response. It is sent in check mode too.

        Args:
            rpc: an entry of ``releases.CALLS``.
            content: takes the decoded response and returns its content, or raises ``ProtocolError``.
            parts: what is read of each object in the response.
            segments: the values of the path.
        """
        form = self._route(rpc)
        return self._transport.request(
            form.method,
            self._path(form, segments),
            query,
            body,
            writes=False,
            limits=self._limits,
            read=_reader(rpc, content, parts),
            token=self._token,
        )

    def _write(
        self,
        rpc: str,
        predicted: Value,
        content: Callable[[dict[str, Any]], Value],
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        **segments: str,
    ) -> Value:
        """Send a request that changes state: the only gate for POST, PUT and DELETE.

        In check mode nothing is sent and ``predicted`` is returned.
        """
        form = self._route(rpc)
        path = self._path(form, segments)
        if self.check_mode:
            return predicted
        self.has_written = True
        return self._transport.request(
            form.method,
            path,
            query,
            body,
            writes=True,
            limits=self._limits,
            read=_reader(rpc, content),
            token=self._token,
        )

    def observe(
        self, method: str, path: str, query: list[tuple[str, str]] | None = None, body: dict[str, Any] | None = None
    ) -> Response:
        """Send a request that changes nothing and return the response itself, whatever it says.

        Only the conformance probe wants that: every other caller wants a content that can be trusted.

        Args:
            path: from ``/v1`` on, as it is sent.
        """
        return self._transport.observe(method, path, query, body, self._token)

    @property
    def token_claims(self) -> dict[str, Any]:
        """The claims of the token in use, ``{}`` when it is not a JWT."""
        return claims_of(self._transport.token if self._token is None else self._token)

    def _route(self, rpc: str) -> Route:
        return route(rpc, self.release) if needs_release(rpc) else CALLS[rpc].forms[0]

    def _path(self, form: Route, segments: dict[str, str]) -> str:
        values = {"org_id": self.org_id, **segments}
        path = "/".join(
            encode_segment(part[1:-1], values[part[1:-1]]) if part.startswith("{") else part
            for part in form.path.split("/")
        )
        return with_empty_verb(path)

    @property
    def release(self) -> str:
        """The server's release such as ``2.10.1``; requested once, and only when something depends on it."""
        if self._server.release is None:
            try:
                response = self._read("Version.Get", _unchanged)
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
    def host(self) -> str:
        """Host and port of the server."""
        return self._transport.host

    @property
    def known_release(self) -> str | None:
        """The server's release, ``None`` when no call has needed it so far."""
        return self._server.release


def _reader(
    rpc: str, content: Callable[[dict[str, Any]], Value], parts: Parts = None
) -> Callable[[dict[str, Any]], Value]:
    """Return what takes the JSON object of a response and returns its content."""

    def read(raw: dict[str, Any]) -> Value:
        try:
            return content(decode_response(rpc, raw, parts))
        except ProtocolError as error:
            error.http_status = 200
            # There was a response, whatever it means.
            error.maybe_processed = True
            raise

    return read


def _unchanged(response: dict[str, Any]) -> dict[str, Any]:
    return response


def nothing(_response: dict[str, Any]) -> None:
    """Take a response without content."""


def _hides_its_release(error: PXBackupError) -> PXBackupError:
    return UnsupportedError(
        f"the task depends on the release of the server, which cannot be determined ({error.message})",
        hint="set server_release",
    )
