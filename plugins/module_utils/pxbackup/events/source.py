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

from ..client.connection import insecurities, open_to_all
from ..client.pools import REQUESTS_IMPORT_ERROR
from ..client.tokens import spellings
from ..errors import PXBackupError
from .backups import BACKUPS
from .model import Event
from .options import read_settings
from .poll import Poller
from .server import BackupReader
from .state import StateFile
from .watch import Tools, Watch
from .writer import Writer


class SourceError(Exception):
    """What ends the source, as one sentence without secrets."""


class Source:
    """Watches the backups of one server. No method may run in two threads at the same time.

    Args:
        args: the keys of the rulebook.
        environment: the environment variables.
        identify: returns a UUID that is always the same for the same text.
        log: takes one sentence for the log.
        clock, now, rand: injected so that tests can steer time and chance.

    Raises:
        SourceError: an option is not valid, or the state file cannot be used.
    """

    def __init__(
        self,
        args: Mapping[str, Any],
        environment: Mapping[str, str],
        identify: Callable[[str], str],
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        rand: Callable[[], float] = random.random,
    ) -> None:
        self._log = log
        if REQUESTS_IMPORT_ERROR is not None:
            raise SourceError(
                f"Failed to import the required Python library (requests) for {sys.executable}. "
                "Install it in the decision environment."
            )
        try:
            settings = read_settings(args, environment, now())
            for warning in [*insecurities(settings.connect()), *open_to_all("token_file", settings.token_file)]:
                log(warning)
            self._reader = BackupReader(settings.connect, settings.org_id, settings.release, settings.filters.options())
            scope = {"url": self._reader.url, "org_id": settings.org_id, "filters": list(settings.filters)}
            self._watch = Watch(
                BACKUPS,
                Poller(BACKUPS, self._reader, settings.filters.takes),
                Writer(self._reader.url, self._reader.known_release, now, identify, self._hide),
                settings.pace,
                settings.types,
                settings.announces,
                StateFile(settings.state_file, scope) if settings.state_file else None,
                Tools(clock, now, rand, self._say),
            )
        except PXBackupError as error:
            raise SourceError(str(error)) from None

    def step(self) -> list[Event]:
        """Do what is due and return the events to put.

        Raises:
            SourceError: the login was refused; nothing but a change of the options helps.
        """
        try:
            return self._watch.step()
        except PXBackupError as error:
            raise SourceError(self._hide(str(error))) from None

    def settle(self) -> None:
        """Note that every event of the last step was put."""
        self._watch.settle()

    def pause(self) -> float:
        """Return the seconds until something is due."""
        return self._watch.pause()

    def close(self) -> None:
        """Close the connections."""
        self._reader.close()

    def _say(self, sentence: str) -> None:
        self._log(self._hide(sentence))

    def _hide(self, text: str) -> str:
        """Return a text without secrets: an error may quote what a server or a proxy says of a request."""
        for secret in self._reader.secrets:
            for form in spellings(secret):
                text = text.replace(form, "********")
        return text
