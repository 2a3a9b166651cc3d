# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan needs to know of a backup, and no more: a hundred thousand of them are in memory at once."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple

from ..backups.lifecycle import STATUS_PARTS, status_of
from ..core.lookup import OWNER_PARTS, owner_of
from ..core.pagination import uid_of
from ..core.times import parse_server_time
from .groups import GROUP_READS, ref_of
from .policy import RetentionPolicy

# What is read of a backup; a list holds much more.
RECORD_READS = (
    *GROUP_READS,
    *OWNER_PARTS,
    *STATUS_PARTS,
    "metadata.uid",
    "metadata.create_time",
    "metadata.create_time_in_sec",
    "backup_info.backup_schedule",
    "backup_info.backup_share",
    "backup_info.retention_time",
    "backup_info.total_size",
)

# The year of a time that is not set, in Go and in `parse_server_time`.
_NO_YEAR = 1
_FOR_EVER = datetime(9999, 12, 31, tzinfo=timezone.utc)


class Record(NamedTuple):
    """One backup.

    Attributes:
        owner: the owner's id, ``""`` when it is not known.
        is_empty: whether it holds no namespace: a selector that finds nothing gives a Success that holds nothing.
        created: when the backup started, ``None`` when the server does not say.
        schedule: uid and name of the schedule that made it, empty strings for a manual backup.
        locked_until: end of the object lock, ``None`` for a backup that is not locked.
        shared: whether it is shared with a user or a group.
        pinned: the label that pins it such as ``keep=true``, ``""`` when none does.
        size: in bytes.
        cluster, location: names, for people.
        key: what is equal for all backups of its group.
        ungrouped: why it belongs to no group, ``""`` when it does.
    """

    name: str
    uid: str
    owner: str
    status: str
    is_empty: bool
    created: datetime | None
    schedule: tuple[str, str]
    locked_until: datetime | None
    shared: bool
    pinned: str
    size: int
    cluster: str
    location: str
    key: tuple[Any, ...]
    ungrouped: str


def record_reader(policy: RetentionPolicy) -> Callable[[dict[str, Any]], Record]:
    """Return what makes a record of a decoded backup; equal parts of many records are kept in memory once."""
    known: dict[Any, Any] = {}

    def once(value: Any) -> Any:
        return known.setdefault(value, value)

    def read(backup: dict[str, Any]) -> Record:
        metadata, info = backup["metadata"], backup["backup_info"]
        key, ungrouped = policy.grouping.key_of(backup)
        schedule = info["backup_schedule"] or {}
        share = info["backup_share"] or {}
        return Record(
            name=metadata["name"],
            uid=uid_of(backup),
            owner=once(owner_of(backup)),
            status=once(status_of(backup)),
            is_empty=not info["namespaces"],
            created=_created(metadata),
            schedule=once((schedule.get("uid") or "", schedule.get("name") or "")),
            locked_until=_lock_end(info["retention_time"]),
            shared=bool(share.get("groups") or share.get("collaborators")),
            pinned=once(_pin(metadata["labels"], policy.keep_labels)),
            size=info["total_size"],
            cluster=once(ref_of(info, "cluster_ref", "cluster")[0]),
            location=once(ref_of(info, "backup_location_ref", "backup_location")[0]),
            key=once(key),
            ungrouped=once(ungrouped),
        )

    return read


def _moment(text: str | None) -> datetime | None:
    """Return a time of the server in UTC, ``None`` when it is not set or not readable."""
    at = parse_server_time(text)
    return None if at.year == _NO_YEAR else at.astimezone(timezone.utc)


def _created(metadata: dict[str, Any]) -> datetime | None:
    seconds = metadata["create_time_in_sec"]
    try:
        return _moment(metadata["create_time"]) or (datetime.fromtimestamp(seconds, timezone.utc) if seconds else None)
    except (ValueError, OverflowError, OSError):
        return None


def _lock_end(text: str | None) -> datetime | None:
    """Return the end of an object lock; one that cannot be read never ends."""
    if not text:
        return None
    return _moment(text) or (None if text.startswith("0001-") else _FOR_EVER)


def _pin(labels: dict[str, str], keep_labels: dict[str, str]) -> str:
    return next((f"{name}={value}" for name, value in keep_labels.items() if labels.get(name) == value), "")
