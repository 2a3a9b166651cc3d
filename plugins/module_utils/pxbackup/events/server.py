# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server as a poll sees it: lists and inspects, with a token that is renewed where that is possible."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from ..api.endpoints import Api
from ..api.releases import has
from ..client.connection import Connection
from ..client.transport import Transport
from ..core.pagination import Listing
from ..errors import AuthenticationError, UnsupportedError
from .model import Object
from .poll import Listed

# The first release that sorts by the last update.
SORTS_SINCE = "2.11.0"
_BY_UPDATE = {"sortBy": {"type": "LastUpdateTimestamp"}, "sortOrder": {"type": "Descending"}}

_Result = TypeVar("_Result")


class BackupReader:
    """Reads the backups of one organization.

    A login renews its token itself. A token from a file is read again when the server refuses it, because another
    program may have written a new one.

    Args:
        connect: returns the checked connection, with the token as it is now.
        release: the server's release where the rulebook says it.
        options: the filters for the server.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        org_id: str,
        release: str | None,
        options: dict[str, Any],
        open_transport: Callable[[Connection], Transport] = Transport,
    ) -> None:
        self._connect = connect
        self._org_id = org_id
        self._given_release = release
        self._options = options
        self._open = open_transport
        self._sorts: bool | None = None
        self._connection = connect()
        self._transport = open_transport(self._connection)
        self._api = Api(self._transport, org_id, release=release)

    @property
    def url(self) -> str:
        """The address of the API."""
        return self._connection.api_url

    @property
    def secrets(self) -> list[str]:
        """What no event and no log may show."""
        login = self._connection.login
        return [*filter(None, [*self._transport.known_tokens, login.password if login else ""])]

    def known_release(self) -> str:
        """Return the server's release, ``""`` while nothing has asked for it."""
        return self._api.known_release or ""

    def sorts_by_update(self) -> bool:
        """Whether the server can sort by the last update; not, when it does not tell its release."""
        if self._sorts is None:
            try:
                self._sorts = has(SORTS_SINCE, self._call(lambda api: api.release))
            except UnsupportedError:
                self._sorts = False
        return self._sorts

    def list(self, by_update: bool) -> Listed:
        """Return all backups; ``by_update`` sorts by the last update, newest first."""
        # The release is asked for once; every event names it.
        self.sorts_by_update()
        options = {**self._options, "sort_option": _BY_UPDATE} if by_update else self._options
        return Listing(self._api, options)

    def inspect(self, name: str, uid: str) -> Object:
        """Return one backup."""
        return self._call(lambda api: api.inspect_backup(name, uid))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _call(self, request: Callable[[Api], _Result]) -> _Result:
        try:
            return request(self._api)
        except AuthenticationError as error:
            fresh = self._connect()
            if fresh == self._connection:
                raise self._explain(error) from None
            self._transport.close()
            self._connection, self._transport = fresh, self._open(fresh)
            self._api = Api(self._transport, self._org_id, release=self._given_release or self._api.known_release)
            return request(self._api)

    def _explain(self, error: AuthenticationError) -> AuthenticationError:
        """Return the error of a token that cannot be renewed, in words that name the options of the source."""
        if self._connection.login is None and error.http_status == 401:
            error.message = f"the token was refused ({error.message})"
            error.hint = "set a new token, or set auth_url, username and password so that the source can log in"
        return error
