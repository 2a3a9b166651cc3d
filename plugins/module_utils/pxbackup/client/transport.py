# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of a task: authenticated, limited, and retried where that is safe.

Facts: docs/server-behaviour.md, sections 1.5 and 1.6.
"""

from __future__ import annotations

import random
import threading
import time
from typing import Any, Callable, TypeVar
from urllib.parse import urlencode, urlsplit

from ..errors import AuthenticationError, PXBackupError, ValidationError, means_overload
from ..limits import LEAST_SECONDS
from ..text import sentence
from .auth import TokenSource
from .bodies import encode_body, read_body
from .call import NO_LIMITS, Call, Limits, pause_after
from .connection import Connection
from .error_responses import TRANSIENT_STATUSES
from .network import network_error
from .pools import NO_RESPONSE, Pools
from .responses import Response, json_object
from .tls import needs_tls, ssl_context
from .tokens import Token, spellings
from .urls import encode_query_text

_AGENT = "pxops.px_backup"

Clock = Callable[[], float]
Sleep = Callable[[float], None]
Value = TypeVar("Value")


def _unchanged(value: dict[str, Any]) -> dict[str, Any]:
    return value


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
        self.refusals = 0
        self._count_lock = threading.Lock()
        self._decode_lock = threading.Lock()
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
    def known_secrets(self) -> list[str]:
        """Every token that was used so far, and the password of the login."""
        login = self._connection.login
        return [secret for secret in (*self._tokens.known, login.password if login else "") if secret]

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
        token: str | None = None,
    ) -> Value:
        """Send one request and return what its response contains.

        A read is retried after a connection error, a timeout or one of the status codes 408, 429, 502, 503 and 504. A
        write is retried only where it certainly was not processed: no connection, or a refusal with 429.

        Args:
            limits: the limits of the whole call, where they are narrower than those of the connection.
            read: takes the JSON object of the response and returns its content, or raises ``PXBackupError``.
            token: sent instead of the connection's own; ``""`` sends none.

        Raises:
            PXBackupError: ``maybe_processed`` tells whether a write may have been processed.
        """
        call = self._call(method, path, query, body, writes, limits)
        return self._authenticated(call, lambda response: self._content(response, read), token)

    def observe(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        token: str | None = None,
    ) -> Response:
        """Send one request that changes nothing and return its response, whatever it says.

        Args:
            token: sent instead of the connection's own; ``""`` sends none.

        Raises:
            PXBackupError: no response, a temporary refusal, or one of the connection's own token.
        """
        call = self._call(method, path, query, body, False, NO_LIMITS)

        def content_of(response: Response) -> Response:
            if response.status in TRANSIENT_STATUSES or (token is None and response.status == 401):
                json_object(response, self._now())
            return response

        return self._authenticated(call, content_of, token)

    def _authenticated(self, call: Call, content_of: Callable[[Response], Value], other: str | None) -> Value:
        """Send a request with the connection's token, and with a new one where that had expired.

        Args:
            other: the token that is sent instead, if any.
        """
        if other is not None:
            return self._repeated(call, other or None, content_of)
        token = self._tokens.current(call.deadline)
        try:
            return self._repeated(call, token, content_of)
        except AuthenticationError as error:
            # A proxy's 407 is not about this token.
            final = error.http_status == 407 or (call.writes and error.maybe_processed) or call.limits.stopped()
            if final or not self._tokens.can_renew:
                raise
            renewed = self._tokens.renew(token, call.deadline)
            if renewed is None:
                raise
        # The token had expired: the server refused the request, so it can be sent again with a new one.
        return self._repeated(call, renewed, content_of)

    def _content(self, response: Response, read: Callable[[dict[str, Any]], Value]) -> Value:
        # Decoding keeps one core busy, and memory for the whole response: several threads take turns.
        with self._decode_lock:
            return read(json_object(response, self._now()))

    def _call(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]] | None,
        body: dict[str, Any] | None,
        writes: bool,
        limits: Limits,
    ) -> Call:
        """Return a request of the API as it is sent."""
        url = self._connection.api_url + path + encode_query_text(query)
        content = None if body is None else ("application/json", encode_body(body))
        deadline = None if limits.seconds is None else self._clock() + limits.seconds
        return Call(method, url, path, content, writes, deadline, limits)

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
        call = Call("POST", login.auth_url + path, path, content, writes=False, deadline=deadline)
        try:
            return self._repeated(call, None, lambda response: token_in(login, response, self._now()))
        except PXBackupError as error:
            if error.http_status is None and not isinstance(error, ValidationError):
                error.message = f"the login failed: {error.message}"
            raise

    def _repeated(self, call: Call, token: str | None, content_of: Callable[[Response], Value]) -> Value:
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
                if means_overload(error):
                    with self._count_lock:
                        self.refusals += 1
                delay = pause_after(attempt, error.retry_after, self._connection.retry_max_delay, self._rand)
                repeatable = error.retriable and call.limits.repeats and not (call.writes and error.maybe_processed)
                late = call.deadline is not None and self._clock() + delay >= call.deadline
                if not repeatable or late or attempt > self._connection.retries:
                    raise
                self._sleep(delay)
                if call.limits.stopped():
                    raise

    def _complete(self, error: PXBackupError, call: Call, attempt: int) -> None:
        """Add to an error what is known of its request, and hide secrets that the server's text may quote."""
        hidden = spellings(self.known_secrets)
        error.method, error.path, error.attempts = call.method, sentence(call.path, hidden), attempt
        error.message = sentence(error.message, hidden)

    def hide(self, text: str) -> str:
        """Return a text as one sentence without secrets: it may quote what a server or a proxy says of a request."""
        return sentence(text, spellings(self.known_secrets))

    def _once(self, call: Call, token: str | None) -> Response:
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
