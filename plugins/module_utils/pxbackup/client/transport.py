# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP connections of a task: timeouts and retries.

Wire facts: contract table "The wire"; behaviour note sections 1.5 and 1.6.
"""

from __future__ import annotations

import copy
import json
import random
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from ..errors import AuthenticationError, PXBackupError, RequestTimeoutError, ValidationError
from .connection import Connection
from .login import login_error, login_form, login_path
from .network import wire_error
from .pools import NO_ANSWER, Pools, pieces
from .responses import Reply, answer
from .tls import ssl_context
from .tokens import Token, token_of

if TYPE_CHECKING:
    import urllib3

# The first pause before a repeated read, in seconds; it doubles up to `retry_max_delay`.
_FIRST_DELAY = 0.5

# How long one answer may take in all, as a multiple of the read timeout: a body that drips a byte
# at a time never trips a timeout that only watches the pause between two reads.
_BODY_FACTOR = 5

# The last look of a wait has so many seconds at the least, so that it has a chance.
_LEAST = 1.0


class Content(NamedTuple):
    """The body of a request and its type."""

    kind: str
    data: bytes


class Limits(NamedTuple):
    """What one call may take.

    Attributes:
        seconds: the time of the whole call with its retries, ``None`` for what the connection allows.
        repeats: whether a request may be retried.
    """

    seconds: float | None = None
    repeats: bool = True


NO_LIMITS = Limits()

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class Transport:
    """Sends requests and returns JSON objects. Several threads may use it, each over a connection of its own.

    Args:
        connection: a connection that :func:`check_connection` returned.
        user_agent: what the server's log shall show.
        clock, sleep, now, rand: injected so that tests can steer time and chance; ``now`` is the time of day.
    """

    def __init__(
        self,
        connection: Connection,
        user_agent: str = "pxops.px_backup",
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
        self._token = connection.token
        self._former: list[str] = []
        # The token that the last login was to replace, and why there is no newer one.
        self._refused: tuple[str, PXBackupError] | None = None
        self.attempts = 0
        # Guards the token and the count of the attempts; a login under way holds the others up.
        self._lock = threading.RLock()
        self._pools = Pools(ssl_context(connection) if _needs_tls(connection) else None)
        self._headers = {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}

    @property
    def token(self) -> str:
        """The token in use; with a login it is asked for when it is first needed."""
        with self._lock:
            if not self._token:
                if self._refused is not None and isinstance(self._refused[1], AuthenticationError):
                    # Many wrong logins lock a user out. Each request says more of its own in the error.
                    raise copy.copy(self._refused[1])
                try:
                    self._token = self.log_in().value
                except PXBackupError as error:
                    self._refused = (self._former[-1] if self._former else "", error)
                    raise
            return self._token

    @property
    def known_tokens(self) -> list[str]:
        """Every token that was used so far."""
        return [*self._former, self._token]

    def close(self) -> None:
        """Close the connections to the server."""
        self._pools.close()

    def _renewed(self, expired: str) -> str:
        """Return a token that is newer than this one; of several threads the first logs in, or fails to, for all."""
        with self._lock:
            if self._token == expired:
                self._former.append(expired)
                self._token = ""
            elif not self._token and self._refused is not None and self._refused[0] == expired:
                raise copy.copy(self._refused[1])
            return self.token

    def request(
        self,
        method: str,
        path: str,
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        *,
        writes: bool,
        limits: Limits = NO_LIMITS,
    ) -> dict[str, Any]:
        """Send one request and return the JSON object of its answer.

        Args:
            limits: what the call may take, with its retries, where that is less than the connection allows.

        A read (``writes=False``) is repeated after a connection error, a timeout or a gateway's
        408, 429, 502, 503 or 504. A write is repeated only where it provably was not carried out:
        no connection came about, or the server turned it away with 429.

        Raises:
            PXBackupError: the subclass says what is wrong, ``maybe_processed`` whether a write
                may have been carried out although its answer was lost.
        """
        url = self._connection.api_url + path
        if query:
            try:
                url += "?" + urlencode(query, quote_via=quote)
            except UnicodeEncodeError:
                raise ValidationError(
                    "a filter or a uid holds text that is no valid Unicode", hint="write it again"
                ) from None
        content = None if body is None else Content("application/json", json.dumps(body).encode("ascii"))
        token = self.token
        try:
            return self._repeated(method, url, path, content, token, writes, limits)
        except AuthenticationError as error:
            # A proxy's 407 is not about this token.
            if self._connection.login is None or error.http_status == 407 or error.maybe_processed:
                raise
        # The token has expired: the server turned the request away, so it can be sent again with a new one.
        return self._repeated(method, url, path, content, self._renewed(token), writes, limits)

    def log_in(self) -> Token:
        """Ask the login service for a token (OIDC password grant, behaviour note 7).

        Raises:
            PXBackupError: the service cannot be reached or refuses.
        """
        login = self._connection.login
        if login is None:
            raise AuthenticationError(
                "there is no login to get a token with", hint="give auth_url, username and password"
            )
        path = login_path(login)
        content = Content("application/x-www-form-urlencoded", urlencode(login_form(login)).encode("ascii"))
        try:
            reply = self._repeated("POST", login.auth_url + path, path, content, None, writes=False)
        except PXBackupError as error:
            raise login_error(login, error) from None
        try:
            return token_of(reply, self._now())
        except PXBackupError as error:
            error.method, error.path, error.attempts = "POST", path, 1
            raise

    def _repeated(
        self,
        method: str,
        url: str,
        path: str,
        content: Content | None,
        token: str | None,
        writes: bool,
        limits: Limits = NO_LIMITS,
    ) -> dict[str, Any]:
        """Send a request as often as its kind and the task's limits allow."""
        attempt, began = 0, self._clock()
        while True:
            attempt += 1
            with self._lock:
                self.attempts += 1
            try:
                return self._once(method, url, content, token, limits.seconds)
            except PXBackupError as error:
                error.method, error.path, error.attempts = method, path, attempt
                repeatable = error.retriable and limits.repeats and not (writes and error.maybe_processed)
                delay = self._delay(attempt, error.retry_after)
                late = limits.seconds is not None and self._clock() - began + delay >= limits.seconds
                if not repeatable or late or attempt > self._connection.retries:
                    raise
                self._sleep(delay)

    def _delay(self, attempt: int, retry_after: float | None) -> float:
        """Return the pause before the next attempt: what the server asks for, else doubling with jitter; capped."""
        longest = self._connection.retry_max_delay
        if retry_after is not None:
            return min(retry_after, longest)
        doubled: float = _FIRST_DELAY * 2 ** (attempt - 1)
        return min(doubled, longest) * (0.5 + self._rand() / 2)

    def _once(
        self, method: str, url: str, content: Content | None, token: str | None, seconds: float | None
    ) -> dict[str, Any]:
        """Send one request and return the JSON object of its answer."""
        connection = _limited(self._connection, seconds)
        headers = self._headers_with(content, token)
        try:
            response = self._pools.send(method, url, headers, content.data if content else None, connection)
            try:
                received = self._read(response, seconds)
            finally:
                # Where the rest of an answer is still to come the connection is of no use any more.
                response.close()
        except NO_ANSWER as exc:
            raise wire_error(exc, connection, urlsplit(url).netloc) from None
        return answer(Reply(url, response.status, response.headers, received), self._now())

    def _headers_with(self, content: Content | None, token: str | None) -> dict[str, str]:
        """Return the headers of a request."""
        headers = dict(self._headers)
        if content is not None:
            headers["Content-Type"] = content.kind
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _read(self, response: urllib3.BaseHTTPResponse, seconds: float | None) -> bytes:
        """Return the body, giving up when it takes longer than the read timeout, or a wait, allows in all."""
        longest = self._connection.timeout * _BODY_FACTOR
        if seconds is not None:
            longest = min(longest, max(_LEAST, seconds))
        deadline = self._clock() + longest
        chunks = []
        for chunk in pieces(response):
            chunks.append(chunk)
            if self._clock() > deadline:
                raise RequestTimeoutError(
                    f"the server began to answer but had not finished after {longest:g} seconds",
                    hint="raise timeout, or find out what slows the server down",
                    http_status=response.status,
                    retriable=True,
                    maybe_processed=True,
                )
        return b"".join(chunks)


def _needs_tls(connection: Connection) -> bool:
    """Whether there is a server to speak TLS with, or a file to check. To read the authorities takes a while."""
    urls = [connection.api_url, connection.login.auth_url if connection.login else ""]
    speaks = any(url.startswith("https:") for url in urls)
    # A proxy may want TLS for http:// as well: then validation is off for it, too.
    return speaks or bool(connection.ca_cert or connection.client_cert) or not connection.validate_certs


def _limited(connection: Connection, seconds: float | None) -> Connection:
    """Return the connection with no longer limits than what is left of a wait."""
    if seconds is None:
        return connection
    longest = max(_LEAST, round(seconds, 1))
    return connection._replace(
        connect_timeout=min(connection.connect_timeout, longest), timeout=min(connection.timeout, longest)
    )
