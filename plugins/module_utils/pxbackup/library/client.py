# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client of one server: opened from options of the connection, closed at the end of a block."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from ..api.releases import check_release
from ..client.connection import Connection, check_connection, insecurities
from ..client.options import CONNECTION_OPTIONS, check_required, connection_from, given_secrets
from ..client.pools import REQUESTS_IMPORT_ERROR
from ..client.tokens import hide_secrets, spellings
from ..client.transport import Transport
from ..core.contexts import new_context
from ..core.model import Outcome
from ..core.registry import run_operation
from ..errors import PXBackupError, ValidationError
from ..text import sentence
from ..values import read_values
from .methods import Method, read_parameters
from .resources import Backups, Protection, Restores, Retention

Tell = Callable[[str], None]


class Scope(NamedTuple):
    """What every method works with: organisation, release as the user sets it, and whether nothing may be changed."""

    org_id: str
    release: str | None
    check_mode: bool


class PXBackup:
    """A client of one server; a context manager. Several threads may use it.

    Args:
        connection: a connection that ``check_connection`` returned.
        warn, progress: take one sentence each.

    Attributes:
        backups, restores, retention, protection: the methods.
    """

    def __init__(self, connection: Connection, scope: Scope, warn: Tell, progress: Tell) -> None:
        self._scope = scope
        self._warn, self._progress = warn, progress
        self._transport = Transport(connection)
        self._closed = False
        self.backups = Backups(self._run)
        self.restores = Restores(self._run)
        self.retention = Retention(self._run)
        self.protection = Protection(self._run)

    def __enter__(self) -> PXBackup:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<PXBackup {self._transport.host}, organisation {self._scope.org_id}>"

    def close(self) -> None:
        """Close the connections to the server; a second time changes nothing."""
        self._closed = True
        self._transport.close()

    def _run(self, method: Method, given: Mapping[str, Any]) -> Outcome:
        """Run a method and return its outcome; errors and sentences leave without secrets."""
        if self._closed:
            raise ValidationError("this client is closed", hint="call connect again")
        hide = self._transport.hide
        context = new_context(
            self._transport,
            self._scope.org_id,
            self._scope.release,
            self._scope.check_mode or method.plans,
            warn=lambda text: self._warn(hide(text)),
            progress=lambda text: self._progress(hide(text)),
        )
        try:
            outcome = run_operation(context, method.spec, method.operation, read_parameters(method, given))
        except PXBackupError as error:
            hide_secrets(error, self._transport.known_secrets)
            raise
        return outcome._replace(message=hide(outcome.message))


def open_client(
    given: Mapping[str, Any], environment: Mapping[str, str], check_mode: bool, warn: Tell | None, progress: Tell | None
) -> PXBackup:
    """Return a client.

    Args:
        given: the options of the connection that the caller sets.
        environment: the environment variables, for those that the caller omits.
        check_mode: whether nothing may be changed.
        warn, progress: take one sentence each; without them a logger gets it.

    Raises:
        ValidationError: an option is missing or not valid.
        ImportError: a package is missing that sends requests.
    """
    if REQUESTS_IMPORT_ERROR is not None:
        raise ImportError("the Python package requests is required: pip install requests") from REQUESTS_IMPORT_ERROR
    secrets = given_secrets(given, environment)
    logger = logging.getLogger("pxops.px_backup")
    tell = warn or logger.warning
    try:
        values = _read_options(given, environment)
        connection = check_connection(connection_from(values))
        scope = Scope(values["org_id"], check_release(values["server_release"]), check_mode)
    except PXBackupError as error:
        hide_secrets(error, secrets)
        raise
    for warning in insecurities(connection):
        tell(sentence(warning, spellings(secrets)))
    return PXBackup(connection, scope, tell, progress or logger.info)


def _read_options(given: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    for name in given:
        if name not in CONNECTION_OPTIONS:
            raise ValidationError(
                f"connect has no parameter {name!r}", hint=f"valid parameters: {', '.join(CONNECTION_OPTIONS)}"
            )
    values = read_values(CONNECTION_OPTIONS, given, environment)
    check_required(values)
    return values
