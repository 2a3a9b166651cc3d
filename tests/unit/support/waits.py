# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wait in a time of the test's own: hours pass in no time, the requests are real."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup, context, raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import Reply, Request, json_reply

NAME, UID = "b1", "u1"
LIST_PATH = "/v1/backup/default"
NOT_FOUND = json_reply({"code": 5, "message": "object not found"}, 404)


def info(status: str, stage: str = "Volumes", reason: str = "", **parts: Any) -> dict[str, Any]:
    """Return the ``backup_info`` of a backup in this state, as the API sends it."""
    return {"status": {"status": status, "reason": reason}, "stage": stage, **parts}


def seen(status: str, *texts: str, **parts: Any) -> Reply:
    """Return the response to a poll of a backup in this state; the texts are stage and reason."""
    return json_reply({"backup": raw_backup(NAME, UID, **info(status, *texts, **parts))})


def begun(status: str = "Pending", **parts: Any) -> dict[str, Any]:
    """Return the backup with which a wait begins."""
    return backup(name=NAME, uid=UID, **info(status, "Initial", **parts))


def dropped(_request: Request) -> Reply:
    """Break the connection off."""
    raise ConnectionAbortedError


class Time:
    """A clock that only a pause moves, and what was told meanwhile."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.began = self.now
        self.pauses: list[float] = []
        self.warnings: list[str] = []
        self.progress: list[str] = []

    @property
    def passed(self) -> float:
        return self.now - self.began

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def course(self, *steps: tuple[float, Reply]) -> Callable[[Request], Reply]:
        """Return a responder that gives the response of the last step whose second has come; the list agrees."""

        def respond(request: Request) -> Reply:
            reply = [reply for second, reply in steps if second <= self.passed][-1]
            if request.path != LIST_PATH:
                return reply
            return json_reply({} if reply == NOT_FOUND else {"backups": [json.loads(reply.body)["backup"]]})

        return respond

    @contextmanager
    def context(self, url: str) -> Iterator[Context]:
        """Yield the context of a handler with this clock; each poll is one request."""
        client = transport(url, retries=0)
        try:
            yield context(client)._replace(
                clock=lambda: self.now,
                sleep=self.sleep,
                warn=self.warnings.append,
                progress=self.progress.append,
            )
        finally:
            client.close()
