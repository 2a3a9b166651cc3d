# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of a backup: selected fields, a summary, and statistics over many backups."""

from __future__ import annotations

from sys import intern
from typing import Any, Callable

from ..api.schema import MESSAGES, parse_field
from ..core.lookup import owner_of
from ..core.pagination import name_of, uid_of
from ..errors import ValidationError
from .filters import parse_server_time
from .lifecycle import cluster_of, status_of

# What a summary holds, one flat dictionary for each backup.
SUMMARY: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": name_of,
    "uid": uid_of,
    "status": status_of,
    "reason": lambda backup: (backup["backup_info"]["status"] or {}).get("reason") or "",
    "cluster": cluster_of,
    "namespaces": lambda backup: backup["backup_info"]["namespaces"],
    "create_time": lambda backup: backup["metadata"]["create_time"],
    "total_size": lambda backup: backup["backup_info"]["total_size"],
    "owner": owner_of,
}
_REPEATED = ("status", "reason", "cluster", "owner")


def make_projection(parameters: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """Return the function that takes a backup and returns what the task keeps: all, a summary, or the given fields.

    Raises:
        ValidationError: a backup has no such field, or both options are set.
    """
    fields, summary = parameters.get("fields"), parameters.get("summary")
    if fields and summary:
        raise ValidationError("fields and summary are mutually exclusive", hint="set one of them")
    if summary:
        return _summarize
    if not fields:
        return lambda backup: backup
    paths = [_parse_field_path(field) for field in fields]
    return lambda backup: _take_fields(backup, paths)


def _summarize(backup: dict[str, Any]) -> dict[str, Any]:
    kept = {name: take(backup) for name, take in SUMMARY.items()}
    # Many backups share few of these texts: each is kept once, however often the server sends it.
    for name in _REPEATED:
        kept[name] = intern(kept[name])
    kept["namespaces"] = [intern(name) for name in kept["namespaces"]]
    return kept


def _parse_field_path(field: str) -> tuple[str, ...]:
    """Return the keys of a dotted field such as ``backup_info.status.status``, checked against the table."""
    message: str | None = "BackupObject"
    keys = tuple(field.split("."))
    for key in keys:
        known = MESSAGES.get(message or "", {})
        if key not in known:
            raise ValidationError(
                f"fields: a backup has no field {field!r}, because {key!r} is unknown there",
                hint=f"use one of {', '.join(sorted(known))}" if known else "use a shorter path",
            )
        parsed = parse_field(known[key])
        # What is below a list is kept or omitted as a whole.
        message = None if parsed.repeated or parsed.mapped else parsed.kind
    return keys


def _take_fields(backup: dict[str, Any], paths: list[tuple[str, ...]]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for path in paths:
        source: Any = backup
        target = kept
        for key in path[:-1]:
            source = (source or {}).get(key)
            target = target.setdefault(key, {})
        target[path[-1]] = (source or {}).get(path[-1])
    return kept


class Statistics:
    """Statistics over backups, collected as they pass by."""

    def __init__(self) -> None:
        self._count = 0
        self._bytes = 0
        self._by_status: dict[str, int] = {}
        self._by_cluster: dict[str, int] = {}
        self._times: list[str] = []

    def add(self, backup: dict[str, Any]) -> None:
        """Add one backup."""
        self._count += 1
        self._bytes += backup["backup_info"]["total_size"]
        status, cluster = status_of(backup), cluster_of(backup)
        self._by_status[status] = self._by_status.get(status, 0) + 1
        self._by_cluster[cluster] = self._by_cluster.get(cluster, 0) + 1
        created = backup["metadata"]["create_time"]
        if created:
            ends = sorted([*self._times, created], key=parse_server_time)
            self._times = [ends[0], ends[-1]]

    def as_dict(self) -> dict[str, Any]:
        """Return the statistics; sizes are bytes, times RFC 3339 or ``None``."""
        return {
            "count": self._count,
            "bytes": self._bytes,
            "by_status": self._by_status,
            "by_cluster": self._by_cluster,
            "oldest": self._times[0] if self._times else None,
            "newest": self._times[-1] if self._times else None,
        }
