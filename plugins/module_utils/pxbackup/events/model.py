# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the source remembers of an object, and what it must know of a resource to watch it."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..core.lookup import Resource

Object = dict[str, Any]
Event = dict[str, Any]


class Known(NamedTuple):
    """What is remembered of one object; its uid is the key.

    The name is needed to inspect it, name and cluster for the event of its deletion. Nothing else is kept, so that
    memory and state file stay small with many objects.
    """

    status: str
    name: str
    cluster: str


class Change(NamedTuple):
    """What one poll found of one object.

    Attributes:
        type: the type of the event.
        uid: of the object.
        previous: the status that was remembered, ``None`` for an object that was not.
        known: what is to be remembered from now on (for a deletion: what was).
        item: the decoded object, ``None`` for a deletion.
    """

    type: str
    uid: str
    previous: str | None
    known: Known
    item: Object | None


class Subject(NamedTuple):
    """A resource that is watched.

    Attributes:
        resource: how its objects are listed and inspected; its noun is the key of the object in an event.
        type_of: returns the event type of a status, ``""`` for a status that is not known.
        remember: returns what is kept of a decoded object.
        describe: returns the parts of an event about an object; the second argument is the time of day in seconds.
    """

    resource: Resource
    type_of: Callable[[str], str]
    remember: Callable[[Object], Known]
    describe: Callable[[Object, float], dict[str, Any]]


class Standing(NamedTuple):
    """How one namespace of a cluster stands against its target.

    Attributes:
        overdue: whether it has no good backup within the target.
        good_uid, good_name: the last good backup, empty when there is none.
        age_seconds, rpo_seconds: ``None`` when not known.
    """

    cluster: str
    cluster_uid: str
    namespace: str
    state: str
    overdue: bool
    rpo_seconds: int | None
    age_seconds: int | None
    good_name: str
    good_uid: str
