# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Less of a backup: chosen fields, a summary of it, and figures over many."""

from __future__ import annotations

from sys import intern
from typing import Any, Callable

from ..api.schema import MESSAGES, parse_field
from ..core.references import owner_of
from ..errors import ValidationError
from .filters import instant
from .lifecycle import cluster_of, status_of

# What a summary holds, one flat dictionary for each backup.
SUMMARY: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": lambda backup: backup["metadata"]["name"],
    "uid": lambda backup: backup["metadata"]["uid"],
    "status": status_of,
    "reason": lambda backup: (backup["backup_info"]["status"] or {}).get("reason") or "",
    "cluster": cluster_of,
    "namespaces": lambda backup: backup["backup_info"]["namespaces"],
    "create_time": lambda backup: backup["metadata"]["create_time"],
    "total_size": lambda backup: backup["backup_info"]["total_size"],
    "owner": owner_of,
}
_REPEATED = ("status", "reason", "cluster", "owner")


def projection(parameters: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """Return what makes of a backup that which the task keeps: all, a summary, or the given fields.

    Raises:
        ValidationError: a field is none of a backup, or both ways are given.
    """
    fields, summary = parameters.get("fields"), parameters.get("summary")
    if fields and summary:
        raise ValidationError("fields and summary are two ways to say what to keep", hint="give one of them")
    if summary:
        return _summarised
    if not fields:
        return lambda backup: backup
    paths = [_path(field) for field in fields]
    return lambda backup: _taken(backup, paths)


def _summarised(backup: dict[str, Any]) -> dict[str, Any]:
    kept = {name: take(backup) for name, take in SUMMARY.items()}
    # Many backups share few of these texts: each is kept once, however often the server sends it.
    for name in _REPEATED:
        kept[name] = intern(kept[name])
    kept["namespaces"] = [intern(name) for name in kept["namespaces"]]
    return kept


def _path(field: str) -> tuple[str, ...]:
    """Return the keys of a dotted field such as ``backup_info.status.status``, checked against the table."""
    message: str | None = "BackupObject"
    keys = tuple(field.split("."))
    for key in keys:
        known = MESSAGES.get(message or "", {})
        if key not in known:
            raise ValidationError(
                f"fields: {field!r} is no field of a backup, because {key!r} is not known there",
                hint=f"choose from {', '.join(sorted(known))}" if known else "end it earlier",
            )
        parsed = parse_field(known[key])
        # What is below a list is kept or left out as a whole.
        message = None if parsed.repeated or parsed.mapped else parsed.kind
    return keys


def _taken(backup: dict[str, Any], paths: list[tuple[str, ...]]) -> dict[str, Any]:
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
    """Figures over backups, gathered as they pass by."""

    def __init__(self) -> None:
        self._count = 0
        self._bytes = 0
        self._by_status: dict[str, int] = {}
        self._by_cluster: dict[str, int] = {}
        self._times: list[str] = []

    def add(self, backup: dict[str, Any]) -> None:
        """Count one backup in."""
        self._count += 1
        self._bytes += backup["backup_info"]["total_size"]
        status, cluster = status_of(backup), cluster_of(backup)
        self._by_status[status] = self._by_status.get(status, 0) + 1
        self._by_cluster[cluster] = self._by_cluster.get(cluster, 0) + 1
        made = backup["metadata"]["create_time"]
        if made:
            ends = sorted([*self._times, made], key=instant)
            self._times = [ends[0], ends[-1]]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures; sizes are bytes, times RFC 3339 or ``None``."""
        return {
            "count": self._count,
            "bytes": self._bytes,
            "by_status": self._by_status,
            "by_cluster": self._by_cluster,
            "oldest": self._times[0] if self._times else None,
            "newest": self._times[-1] if self._times else None,
        }
