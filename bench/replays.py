# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests that a piece of work sent, to be sent again without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from servers import Server, Work
from workspace import StepError

_KEPT = ("method", "path", "query", "body", "writes")


class Replay:
    """What a work sent, kept in a file: the same requests with requests alone are the minimum."""

    def __init__(self, server: Server, work: Work, file: Path) -> None:
        """Do the work once and keep what the server got."""
        server.once(f"{work.name} (kept)", work)
        self._server, self._file = server, file
        self._expected = _sorted(server.log)
        file.write_text(json.dumps([{key: entry[key] for key in _KEPT} for entry in server.log]))

    def work(self, **options: Any) -> Work:
        """Return the work that sends the same requests."""
        return Work("bare", {"file": str(self._file), **options}, fresh=True)

    def check(self, title: str) -> None:
        """Raise where the work that was just done sent anything else, or got an error."""
        if _sorted(self._server.log) != self._expected:
            raise StepError(f"{title} sent other requests than the work that it is compared with")
        errors = [entry["status"] for entry in self._server.log if entry["status"] != 200]
        if errors:
            raise StepError(f"{title}: the server returned {errors[0]}")


def checks(replays: dict[str, Replay]) -> Callable[[str], None]:
    """Return a check of the works whose title holds the name of a replay."""

    def check(title: str) -> None:
        for name, replay in replays.items():
            if name in title:
                replay.check(title)

    return check


def _sorted(log: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps([entry[key] for key in _KEPT], sort_keys=True) for entry in log)
