# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the keys of a rulebook to a source that runs: everything is put together here."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Mapping
from typing import Any, Callable

from ..api.endpoints import Api
from ..client.connection import Connection, insecurities
from ..client.options import given_secrets
from ..client.pools import REQUESTS_IMPORT_ERROR
from ..client.tokens import hide_secrets, spellings
from ..client.transport import Transport
from ..errors import AuthenticationError, PXBackupError
from ..protection.records import RECORD_READS
from ..text import masked_data
from .backups import BACKUP_EVENTS
from .model import Event
from .options import Settings, read_settings
from .poll import Poller
from .protection import judge_maker
from .restores import RESTORE_EVENTS
from .server import ServerReader
from .state import StateFile
from .watch import Tools, Watch
from .writer import Writer

# What each event source watches.
SUBJECTS = {"backups": BACKUP_EVENTS, "restores": RESTORE_EVENTS}


class SourceError(Exception):
    """What ends the source, as one sentence without secrets."""


class Source:
    """Watches the objects of one resource on one server. No method may run in two threads at the same time.

    Args:
        kind: the event source, ``backups`` or ``restores``.
        args: the keys of the rulebook.
        environment: the environment variables.
        identify: returns a UUID that is always the same for the same text.
        log: takes one sentence for the log.
        clock, now, rand: injected so that tests can control time and chance.

    Raises:
        SourceError: an option is not valid, or the state file cannot be used.
    """

    def __init__(
        self,
        kind: str,
        args: Mapping[str, Any],
        environment: Mapping[str, str],
        identify: Callable[[str], str],
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        rand: Callable[[], float] = random.random,
    ) -> None:
        if REQUESTS_IMPORT_ERROR is not None:
            raise SourceError(
                f"Failed to import the required Python library (requests) for {sys.executable}. "
                "Install it in the decision environment."
            )
        try:
            settings = read_settings(kind, args, environment, now())
            self._connection = settings.connection
            self._transport = Transport(settings.connection)
            for warning in insecurities(settings.connection):
                log(self._transport.hide(warning))
            self._watch = self._assemble(
                kind, settings, identify, Tools(clock, now, rand, lambda text: log(self._transport.hide(text)))
            )
        except PXBackupError as error:
            hide_secrets(error, given_secrets(args, environment))
            raise SourceError(str(error)) from None

    def _assemble(self, kind: str, settings: Settings, identify: Callable[[str], str], tools: Tools) -> Watch:
        subject, url = SUBJECTS[kind], settings.connection.api_url
        api = Api(self._transport, settings.org_id, release=settings.release).concurrent(settings.concurrency)
        reader = ServerReader(api, subject, settings.filters.options(), RECORD_READS if settings.rpo else ())
        scope = {"source": kind, "url": url, "org_id": settings.org_id, "filters": list(settings.filters)}
        return Watch(
            subject,
            Poller(
                subject,
                reader,
                lambda item: settings.filters.takes(item, subject.traits(item)),
                judge_maker(settings.rpo, settings.exempt, tools.now),
            ),
            Writer(url, reader.known_release, tools.now, identify, self._mask),
            settings.pace,
            settings.types,
            settings.announces,
            StateFile(settings.state_file, scope) if settings.state_file else None,
            tools,
        )

    def step(self) -> list[Event]:
        """Do what is due and return the events to put.

        Raises:
            SourceError: the login was refused; nothing but a change of the options helps.
        """
        try:
            return self._watch.step()
        except PXBackupError as error:
            raise SourceError(self._transport.hide(str(_explain(error, self._connection)))) from None

    def settle(self) -> None:
        """Note that every event of the last step was put."""
        self._watch.settle()

    def pause(self) -> float:
        """Return the seconds until something is due."""
        return self._watch.pause()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _mask(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body of an event without secrets."""
        masked: dict[str, Any] = masked_data(body, spellings(self._transport.known_secrets), body)
        return masked


def _explain(error: PXBackupError, connection: Connection) -> PXBackupError:
    """Return the error of a token that cannot be renewed in words that name the options of the source."""
    if isinstance(error, AuthenticationError) and error.http_status == 401 and connection.login is None:
        error.message = f"the token was refused ({error.message})"
        error.hint = "set a new token, or set auth_url, username and password so that the source can log in"
    return error
