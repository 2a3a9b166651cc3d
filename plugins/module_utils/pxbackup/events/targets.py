# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Namespaces against their targets: which became overdue, which recovered. Pure.

Whether a namespace is overdue is decided elsewhere (``protection``); here two polls are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from .model import Object, Standing


class Judge(Protocol):
    """Takes the backups of one complete list and tells how each namespace stands."""

    def add(self, backup: Object) -> None:
        """Take one backup of the list."""

    def standings(self) -> list[Standing]:
        """Return how each namespace stands; ``rpo_seconds`` is ``None`` for one without a target."""


class Watched(NamedTuple):
    """What is remembered of a namespace.

    Attributes:
        overdue: whether an event has told that it is overdue.
        good_uid: the last good backup that was seen.
    """

    cluster: str
    cluster_uid: str
    namespace: str
    overdue: bool
    good_uid: str


Watchlist = dict[str, Watched]


def compare_standings(before: Watchlist, standings: Iterable[Standing]) -> tuple[list[tuple[str, Standing]], Watchlist]:
    """Return the events (type and standing) and what is to be remembered.

    A namespace recovers only by another good backup: a clock that jumps back makes no event. A namespace that is not
    listed any more has no good backup left. One without a target is not watched.
    """
    events: list[tuple[str, Standing]] = []
    after: Watchlist = {}
    listed = {place_of(standing): standing for standing in standings}
    for place, standing in listed.items():
        if standing.rpo_seconds is None:
            continue
        known = before.get(place)
        told = known is not None and known.overdue
        overdue = standing.overdue or (told and not _has_new_backup(known, standing))
        if overdue != told:
            events.append(("overdue" if overdue else "recovered", standing))
        after[place] = Watched(standing.cluster, standing.cluster_uid, standing.namespace, overdue, standing.good_uid)
    for place, known in before.items():
        if place not in listed:
            if not known.overdue:
                events.append(("overdue", _unlisted(known)))
            after[place] = known._replace(overdue=True)
    return events, after


def place_of(standing: Standing) -> str:
    """Return what tells a namespace of a cluster from all others."""
    return f"{standing.cluster_uid or standing.cluster}/{standing.namespace}"


def _has_new_backup(known: Watched | None, standing: Standing) -> bool:
    return bool(standing.good_uid) and (known is None or known.good_uid != standing.good_uid)


def _unlisted(known: Watched) -> Standing:
    return Standing(known.cluster, known.cluster_uid, known.namespace, "unprotected", True, None, None, "", "")
