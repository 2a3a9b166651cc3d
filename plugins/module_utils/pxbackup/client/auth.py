# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token of a task: given, read from a file, or obtained by a login; renewed once when it has expired."""

from __future__ import annotations

import copy
import threading
from typing import Callable

from ..errors import AuthenticationError, PXBackupError
from .connection import Connection, read_token_file


class TokenSource:
    """Gives the token to requests of several threads; of those that need a new one, one gets it for all.

    Args:
        connection: where the first token and the next one come from.
        log_in: returns the token of a new login; takes when it must be over, on the transport's clock.
    """

    def __init__(self, connection: Connection, log_in: Callable[[float | None], str]) -> None:
        self._connection = connection
        self._log_in = log_in
        self._token = connection.token
        self._former: list[str] = []
        # The token that the last login was to replace, and why there is no newer one.
        self._refused: tuple[str, PXBackupError] | None = None
        # A login under way holds the others up.
        self._lock = threading.RLock()

    @property
    def can_renew(self) -> bool:
        """Whether there may be a newer token."""
        return self._connection.login is not None or self._connection.token_file is not None

    @property
    def known(self) -> list[str]:
        """Every token that was used so far."""
        return [*self._former, self._token]

    def forget_refusal(self) -> None:
        """Log in again although the last login was refused: the task runs again."""
        with self._lock:
            self._refused = None

    def current(self, deadline: float | None = None) -> str:
        """Return the token in use; with a login it is requested when it is first needed.

        Args:
            deadline: when a login must be over, ``None`` for what the connection allows.

        Raises:
            PXBackupError: there is none; a refused login is not repeated.
        """
        with self._lock:
            if not self._token:
                if self._refused is not None and isinstance(self._refused[1], AuthenticationError):
                    # Many wrong logins lock a user out. Each request adds to its own copy of the error.
                    raise copy.copy(self._refused[1])
                try:
                    self._token = self._log_in(deadline)
                except PXBackupError as error:
                    self._refused = (self._former[-1] if self._former else "", error)
                    raise
            return self._token

    def renew(self, expired: str, deadline: float | None = None) -> str | None:
        """Return a token that is newer than this one, ``None`` when there is none.

        Of several threads the first gets it, or fails to, for all.
        """
        with self._lock:
            if self._connection.token_file is not None:
                return self._read_again(expired)
            if self._token == expired:
                self._former.append(expired)
                self._token = ""
            elif not self._token and self._refused is not None and self._refused[0] == expired:
                raise copy.copy(self._refused[1])
            return self.current(deadline)

    def _read_again(self, expired: str) -> str | None:
        """Return the token that the file contains now, ``None`` when it is the same."""
        if self._token == expired:
            token = read_token_file(str(self._connection.token_file))
            if token == expired:
                return None
            self._former.append(expired)
            self._token = token
        return self._token
