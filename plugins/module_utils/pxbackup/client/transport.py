# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of a task: authenticated, limited, and retried where that is safe.

Facts: docs/server-behaviour.md, sections 1.5 and 1.6.
"""

from __future__ import annotations

import json
import random
import threading
import time
from typing import Any, Callable, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

from ..errors import AuthenticationError, PXBackupError, ValidationError
from ..limits import LEAST_SECONDS, SENTENCE_CHARACTERS
from ..text import sentence, shortened
from .auth import TokenSource
from .bodies import read_body
from .connection import Connection
from .network import network_error
from .pools import NO_RESPONSE, Pools
from .responses import Response, json_object
from .tls import needs_tls, ssl_context
from .tokens import Token, spellings
from .urls import encode_query_text

# The first pause before a retry, in seconds; it doubles up to `retry_max_delay`.
_FIRST_DELAY = 0.5

_AGENT = "pxops.px_backup"

Clock = Callable[[], float]
Sleep = Callable[[float], None]
Value = TypeVar("Value")


class Limits(NamedTuple):
    """The limits of one call.

    Attributes:
        seconds: the time of the whole call with its retries, ``None`` for what the connection allows.
        repeats: whether a request may be retried.
    """

    seconds: float | None = None
    repeats: bool = True


NO_LIMITS = Limits()


def _unchanged(value: dict[str, Any]) -> dict[str, Any]:
    return value


class _Call(NamedTuple):
    """A request as it is sent, how often it may be sent, and what its response means.

    Attributes:
        url: with its query.
        path: without its query, for errors.
        content: type and bytes of the body, ``None`` for no body.
        writes: whether it changes something on the server.
        deadline: when the call must be over, on the transport's clock; ``None`` for never.
        repeats: whether it may be retried.
    """

    method: str
    url: str
    path: str
    content: tuple[str, bytes] | None
    writes: bool
    deadline: float | None = None
    repeats: bool = True


class Transport:
    """Sends requests and returns JSON objects. Several threads may use it, each with its own connection.

    Args:
        connection: a connection that :func:`check_connection` returned.
        user_agent: the name of this client in the server's log.
        clock, sleep, now, rand: injected so that tests can control time and chance; ``now`` is the time of day.
    """

    def __init__(
        self,
        connection: Connection,
        user_agent: str = _AGENT,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        now: Clock = time.time,
        rand: Callable[[], float] = random.random,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._rand = rand
        self._tokens = TokenSource(connection, lambda deadline: self.log_in(deadline).value)
        self.attempts = 0
        self._count_lock = threading.Lock()
        self._pools = Pools(ssl_context(connection) if needs_tls(connection) else None, clock)
        self._headers = {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}

    @property
    def host(self) -> str:
        """Host and port of the server, without path."""
        return urlsplit(self._connection.api_url).netloc

    @property
    def token(self) -> str:
        """The token in use; with a login it is requested when it is first needed."""
        return self._tokens.current()

    @property
    def known_tokens(self) -> list[str]:
        """Every token that was used so far."""
        return self._tokens.known

    def forget_refused_login(self) -> None:
        """Log in again although the last login was refused, because the task runs again (``retries``)."""
        self._tokens.forget_refusal()

    def close(self) -> None:
        """Close the connections to the server."""
        self._pools.close()

    def request(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        *,
        writes: bool,
        limits: Limits = NO_LIMITS,
        read: Callable[[dict[str, Any]], Value] = _unchanged,  # type: ignore[assignment]
    ) -> Value:
        """Send one request and return what its response contains.

        A read is retried after a connection error, a timeout or one of the status codes 408, 429, 502, 503 and 504. A
        write is retried only where it certainly was not processed: no connection, or a refusal with 429.

        Args:
            limits: the limits of the whole call, where they are narrower than those of the connection.
            read: takes the JSON object of the response and returns its content, or raises ``PXBackupError``.

        Raises:
            PXBackupError: ``maybe_processed`` tells whether a write may have been processed.
        """
        call = self._call(method, path, query, body, writes, limits)

        def content_of(response: Response) -> Value:
            return read(json_object(response, self._now()))

        token = self._tokens.current(call.deadline)
        try:
            return self._repeated(call, token, content_of)
        except AuthenticationError as error:
            # A proxy's 407 is not about this token.
            if not self._tokens.can_renew or error.http_status == 407 or error.maybe_processed:
                raise
            renewed = self._tokens.renew(token, call.deadline)
            if renewed is None:
                raise
        # The token had expired: the server refused the request, so it can be sent again with a new one.
        return self._repeated(call, renewed, content_of)

    def _call(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]] | None,
        body: dict[str, Any] | None,
        writes: bool,
        limits: Limits,
    ) -> _Call:
        """Return a request of the API as it is sent."""
        url = self._connection.api_url + path + encode_query_text(query)
        content = None if body is None else ("application/json", json.dumps(body).encode("ascii"))
        deadline = None if limits.seconds is None else self._clock() + limits.seconds
        return _Call(method, url, path, content, writes, deadline, limits.repeats)

    def log_in(self, deadline: float | None = None) -> Token:
        """Request a token from the login service (OIDC password grant, docs/server-behaviour.md, section 7).

        Args:
            deadline: when it must be over, on the transport's clock; ``None`` for what the connection allows.

        Raises:
            PXBackupError: the service cannot be reached or refuses.
        """
        login = self._connection.login
        if login is None:
            raise AuthenticationError("no login is configured", hint="set auth_url, username and password")
        # Most tasks set a token; what a login takes is loaded for those that do not.
        from .login import login_form, login_path, token_in

        path = login_path(login)
        content = ("application/x-www-form-urlencoded", urlencode(login_form(login)).encode("ascii"))
        call = _Call("POST", login.auth_url + path, path, content, writes=False, deadline=deadline)
        try:
            return self._repeated(call, None, lambda response: token_in(login, response, self._now()))
        except PXBackupError as error:
            if error.http_status is None and not isinstance(error, ValidationError):
                error.message = f"the login failed: {error.message}"
            raise

    def _repeated(self, call: _Call, token: str | None, content_of: Callable[[Response], Value]) -> Value:
        """Send a request as often as its kind and its limits allow."""
        attempt = 0
        while True:
            attempt += 1
            with self._count_lock:
                self.attempts += 1
            try:
                return content_of(self._once(call, token))
            except PXBackupError as error:
                self._complete(error, call, attempt)
                delay = self._delay(attempt, error.retry_after)
                repeatable = error.retriable and call.repeats and not (call.writes and error.maybe_processed)
                late = call.deadline is not None and self._clock() + delay >= call.deadline
                if not repeatable or late or attempt > self._connection.retries:
                    raise
                self._sleep(delay)

    def _complete(self, error: PXBackupError, call: _Call, attempt: int) -> None:
        """Add to an error what is known of its request, and hide secrets that the server's text may quote."""
        error.method, error.path, error.attempts = call.method, shortened(call.path, SENTENCE_CHARACTERS), attempt
        secrets = [*self._tokens.known, self._connection.login.password if self._connection.login else ""]
        error.message = sentence(error.message, {form for secret in secrets if secret for form in spellings(secret)})

    def _delay(self, attempt: int, retry_after: float | None) -> float:
        """Return the pause before the next attempt: what the server asks for, else doubling with jitter; capped."""
        longest = self._connection.retry_max_delay
        if retry_after is not None:
            return min(retry_after, longest)
        doubled: float = _FIRST_DELAY * 2 ** (attempt - 1)
        return min(doubled, longest) * (0.5 + self._rand() / 2)

    def _once(self, call: _Call, token: str | None) -> Response:
        """Send one request and return its response."""
        connection = self._limited(call.deadline)
        headers = self._headers_with(call.content, token)
        data = call.content[1] if call.content else None
        status = None
        with self._pools.exchange(urlsplit(call.url).netloc, connection) as exchange:
            try:
                response = self._pools.send(call.method, call.url, headers, data, connection)
                status = response.status
                try:
                    received = read_body(response)
                finally:
                    # A connection on which the rest of a response is still to come is of no use any more.
                    response.close()
                return Response(call.url, status, response.headers, received)
            except NO_RESPONSE as exc:
                error = network_error(exc, connection, exchange)
            except PXBackupError as exc:
                error = exc
        error.http_status = status
        raise error from None

    def _limited(self, deadline: float | None) -> Connection:
        """Return the connection with its limits reduced to what is left until a deadline."""
        if deadline is None:
            return self._connection
        left = max(LEAST_SECONDS, round(deadline - self._clock(), 1))
        return self._connection._replace(
            connect_timeout=min(self._connection.connect_timeout, left),
            timeout=min(self._connection.timeout, left),
            request_timeout=min(self._connection.total_time, left),
        )

    def _headers_with(self, content: tuple[str, bytes] | None, token: str | None) -> dict[str, str]:
        """Return the headers of a request."""
        headers = dict(self._headers)
        if content is not None:
            headers["Content-Type"] = content[0]
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return headers
