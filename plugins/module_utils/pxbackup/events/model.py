# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the source remembers of an object, and what it must know of a resource to watch it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, NamedTuple

from ..api.schema import Parts
from ..core.lifecycle import Lifecycle
from ..core.lookup import OWNER_PARTS, Resource
from ..core.times import parse_server_time

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


# What is read of the metadata of every object.
METADATA_READS = (
    *OWNER_PARTS,
    *(f"metadata.{name}" for name in ("name", "uid", "create_time", "last_update_time", "labels")),
)


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


class Traits(NamedTuple):
    """What the filters test of an object.

    Attributes:
        namespaces: ``*`` while they are not known yet.
        schedule: the name of the schedule that created a backup.
        is_scheduled: whether a schedule created it.
        backup: the name of the backup that a restore restores.
    """

    cluster: str
    namespaces: list[str]
    schedule: str = ""
    is_scheduled: bool = False
    backup: str = ""


class Subject(NamedTuple):
    """A resource that is watched.

    Attributes:
        types: the types of events that it can have.
        sorts_since: the first release that sorts its list by the last update, ``None`` for none.
        resource: how its objects are listed and inspected; its noun is the key of the object in an event.
        type_of: returns the event type of a status, ``""`` for a status that is not known.
        remember: returns what is kept of a decoded object.
        traits: returns what the filters test.
        describe: returns the parts of an event about an object; the second argument is the time of day in seconds.
        reads: what is read of each object in a list, ``None`` for all of it.
    """

    types: tuple[str, ...]
    sorts_since: str | None
    resource: Resource
    type_of: Callable[[str], str]
    remember: Callable[[Object], Known]
    traits: Callable[[Object], Traits]
    describe: Callable[[Object, float], dict[str, Any]]
    reads: Parts


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


# How many failed parts of one kind an event lists before it counts the rest.
MAX_PARTS = 20


def type_by_lifecycle(lifecycle: Lifecycle, statuses: Iterable[str], status: str) -> str:
    """Return the event type of a status, ``""`` for a status that this collection does not know.

    Args:
        statuses: every status that is known.
    """
    types = (
        (lifecycle.good, "succeeded"),
        (lifecycle.partial, "partial"),
        (lifecycle.bad, "failed"),
        (lifecycle.deleting, "deleting"),
        # What is in no set of the lifecycle counts as running.
        (statuses, "started"),
    )
    return next((name for members, name in types if status in members), "")


def describe_object(item: Object, lifecycle: Lifecycle, now: float) -> dict[str, Any]:
    """Return what an event says of an object of any resource.

    Args:
        now: the time of the event, in seconds since 1970.
    """
    metadata = item["metadata"]
    created = metadata["create_time"]
    return {
        "name": metadata["name"],
        "uid": metadata["uid"],
        "status": lifecycle.status(item),
        "reason": lifecycle.reason(item),
        "stage": lifecycle.stage(item),
        "created": created,
        "age_seconds": int(now - parse_server_time(created).timestamp()) if created else None,
        "labels": dict(metadata["labels"]),
    }


def reference_of(ref: Mapping[str, Any] | None, name: str) -> dict[str, str]:
    """Return name and uid of a reference; older servers give only the name, in another field."""
    return {"name": str((ref or {}).get("name") or name), "uid": str((ref or {}).get("uid") or "")}


def shorten_parts(lines: list[str]) -> list[str]:
    """Return the first parts, and ``+N`` for the rest."""
    left = len(lines) - MAX_PARTS
    return [*lines[:MAX_PARTS], f"+{left}"] if left > 0 else lines
