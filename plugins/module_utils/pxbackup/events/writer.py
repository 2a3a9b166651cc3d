# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of an event: one dictionary below ``px_backup``, flat enough for the conditions of a rule."""

from __future__ import annotations

from typing import Any, Callable

from ..client.tokens import rfc3339
from ..errors import PXBackupError
from .model import Change, Event, Standing, Subject
from .targets import place_of


class Writer:
    """Writes events for one server.

    Args:
        url: the address of the API.
        release: returns the server's release, ``""`` while it is not known.
        now: the time of day, in seconds since 1970.
        identify: returns a UUID that is always the same for the same text.
        mask: returns the body of an event without secrets; an error may quote a request.
    """

    def __init__(
        self,
        url: str,
        release: Callable[[], str],
        now: Callable[[], float],
        identify: Callable[[str], str],
        mask: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> None:
        self._url = url
        self._release = release
        self._now = now
        self._identify = identify
        self._mask = mask
        self.last_poll: str | None = None
        self.missed_since: str | None = None

    def of_change(self, subject: Subject, change: Change) -> Event:
        """Return the event of a changed object."""
        key = f"{change.uid}:{change.type}"
        if change.item is None:
            known = change.known
            gone = {"name": known.name, "uid": change.uid, "status": "gone", "previous": change.previous}
            return self._event(change.type, key, {subject.resource.noun: gone, "cluster": {"name": known.cluster}})
        parts = subject.describe(change.item, self._now())
        parts[subject.resource.noun]["previous"] = change.previous
        return self._event(change.type, key, parts)

    def of_target(self, kind: str, standing: Standing) -> Event:
        """Return the event of a namespace that is overdue, or is no longer."""
        parts = {
            "cluster": {"name": standing.cluster, "uid": standing.cluster_uid},
            "namespaces": [standing.namespace],
            "target": {
                "state": standing.state,
                "rpo_seconds": standing.rpo_seconds,
                "age_seconds": standing.age_seconds,
                "last_good": {"name": standing.good_name, "uid": standing.good_uid},
            },
        }
        # A namespace may be overdue again later: the last good backup tells the two apart.
        return self._event(kind, f"{place_of(standing)}:{kind}:{standing.good_uid or 'none'}", parts)

    def of_failure(self, error: PXBackupError, since: str) -> Event:
        """Return the event of a server that cannot be polled.

        Args:
            since: when the first poll failed.
        """
        cause = {"message": str(error), "category": error.category, "http_status": error.http_status}
        return self._event("server_unreachable", f"server_unreachable:{since}", {"error": cause})

    def of_recovery(self, since: str) -> Event:
        """Return the event of a server that can be polled again."""
        return self._event("server_recovered", f"server_recovered:{since}", {})

    def of_heartbeat(self) -> Event:
        """Return the event that tells that the source runs."""
        return self._event("heartbeat", f"heartbeat:{rfc3339(self._now())}", {})

    def _event(self, kind: str, key: str, parts: dict[str, Any]) -> Event:
        at = rfc3339(self._now())
        server = {"url": self._url, "release": self._release(), "last_poll": self.last_poll}
        body = {"type": kind, "key": key, "time": at, **parts, "server": server}
        if self.missed_since is not None:
            body["missed_since"], self.missed_since = self.missed_since, None
        return {"px_backup": self._mask(body), "meta": {"uuid": self._identify(f"{key} {at}")}}
