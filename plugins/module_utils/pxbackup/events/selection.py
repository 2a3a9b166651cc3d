# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backups the source watches: what the server filters, and the exact test here.

Every filter is tested here as well, because a single backup that is inspected has not passed the server's filters.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ..backups.lifecycle import cluster_of
from ..core.lookup import WITHOUT_RESOURCES, owner_of
from .model import Object

_WILDCARDS = frozenset("*?[")


class Filters(NamedTuple):
    """What a rulebook selects; an empty filter selects everything. Names may hold ``*``, ``?`` and ``[...]``.

    Attributes:
        owners: ids of users.
        manual_only: whether backups that a schedule created are omitted.
    """

    clusters: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    owners: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    manual_only: bool = False

    def options(self) -> dict[str, Any]:
        """Return the part of the filters that the server applies (``EnumerateOptions``)."""
        options: dict[str, Any] = {**WITHOUT_RESOURCES}
        if self.labels:
            options["labels"] = dict(self.labels)
        if self.owners:
            options["owners"] = list(self.owners)
        # The server finds parts of names, so one exact name narrows its list; globs do not.
        for option, patterns in (("name_filter", self.names), ("cluster_name_filter", self.clusters)):
            if len(patterns) == 1 and not _WILDCARDS & set(patterns[0]):
                options[option] = patterns[0]
        return options

    def takes(self, backup: Object) -> bool:
        """Whether a backup is selected."""
        metadata, info = backup["metadata"], backup["backup_info"]
        schedule = info["backup_schedule"] or {}
        scheduled = bool(schedule.get("uid") or schedule.get("name"))
        # Until a backup of `*` runs, it says so instead of its namespaces.
        covers_all = "*" in info["namespaces"]
        return (
            _matches(self.clusters, (cluster_of(backup),))
            and (covers_all or _matches(self.namespaces, info["namespaces"]))
            and _matches(self.names, (metadata["name"],))
            and all(metadata["labels"].get(key) == value for key, value in self.labels)
            and (not self.owners or owner_of(backup) in self.owners)
            and _matches(self.schedules, (schedule.get("name") or "",))
            and not (self.manual_only and scheduled)
        )


def _matches(patterns: tuple[str, ...], names: Iterable[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
