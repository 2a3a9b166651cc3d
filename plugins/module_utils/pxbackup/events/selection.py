# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects the source watches: what the server filters, and the exact test here.

Every filter is tested here as well, because a single object that is inspected has not passed the server's filters.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ..core.lookup import WITHOUT_RESOURCES, owner_of
from ..core.pagination import name_of
from .model import Object, Traits

_WILDCARDS = frozenset("*?[")


class Filters(NamedTuple):
    """What a rulebook selects; an empty filter selects everything. Names may hold ``*``, ``?`` and ``[...]``.

    Attributes:
        owners: ids of users.
        schedules, manual_only: of backups; whether those that a schedule created are omitted.
        backups: of restores, the names of their backups.
    """

    clusters: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    owners: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    manual_only: bool = False
    backups: tuple[str, ...] = ()

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

    def takes(self, item: Object, traits: Traits) -> bool:
        """Whether an object is selected."""
        labels = item["metadata"]["labels"]
        return (
            _matches(self.clusters, (traits.cluster,))
            # Until a backup of `*` runs, it says so instead of its namespaces.
            and ("*" in traits.namespaces or _matches(self.namespaces, traits.namespaces))
            and _matches(self.names, (name_of(item),))
            and all(labels.get(key) == value for key, value in self.labels)
            and (not self.owners or owner_of(item) in self.owners)
            and _matches(self.schedules, (traits.schedule,))
            and not (self.manual_only and traits.is_scheduled)
            and _matches(self.backups, (traits.backup,))
        )


def _matches(patterns: tuple[str, ...], names: Iterable[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
