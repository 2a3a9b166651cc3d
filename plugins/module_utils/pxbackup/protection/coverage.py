# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All backups of a list, counted for each namespace in one pass.

Nothing is kept of a backup but what the tallies of its namespaces need, so memory does not grow with the size of the
backups.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .history import Window
from .inventory import Schedule
from .records import Ref, judge_units, reduce_backup
from .tally import Tally


class ClusterCoverage:
    """What the list tells of one cluster.

    Attributes:
        units: tallies by namespace, and by ``namespace/name`` of virtual machines.
        without_namespace: backups in the window that have ended and name no namespace.
    """

    def __init__(self, ref: Ref) -> None:
        self.ref = ref
        self.units: dict[str, Tally] = {}
        self.without_namespace = 0


class Coverage:
    """Backups by cluster and namespace.

    Args:
        window: the span that history is about; its end is not after ``now``.
        now: seconds since 1970.
        count_narrowed: whether backups of chosen kinds or labels count as good.
        clusters: names or uids of the clusters that count, empty for all.
    """

    def __init__(
        self, window: Window, now: float, count_narrowed: bool = False, clusters: frozenset[str] = frozenset()
    ) -> None:
        self._chosen = clusters
        self.window = window
        self.now = now
        self.backups = 0
        self.bytes = 0
        self.oldest: float | None = None
        self.clusters: dict[str, ClusterCoverage] = {}
        self._count_narrowed = count_narrowed

    def add(self, backup: dict[str, Any]) -> None:
        """Count one decoded backup."""
        record = reduce_backup(backup)
        if self._chosen and self._chosen.isdisjoint(record.cluster):
            return
        self.backups += 1
        self.bytes += record.size
        if record.start is not None:
            self.oldest = record.start if self.oldest is None else min(self.oldest, record.start)
        key = record.cluster.uid or record.cluster.name
        cluster = self.clusters.get(key)
        if cluster is None:
            cluster = self.clusters[key] = ClusterCoverage(record.cluster)
        units = judge_units(backup, record)
        for name, outcome in units.items():
            tally = cluster.units.get(name)
            if tally is None:
                tally = cluster.units[name] = self.new_tally()
            tally.add(record, outcome)
        ended = not (record.running or record.leaving)
        if ended and not units and self.window.start <= (record.start or 0) <= self.window.end:
            cluster.without_namespace += 1

    def new_tally(self) -> Tally:
        """Return the tally of a namespace that has no backup."""
        return Tally(self.window, self.now, self._count_narrowed)

    def tally_of(self, cluster: ClusterCoverage | None, unit: str) -> Tally:
        """Return the tally of a namespace or virtual machine; whole backups of a namespace count for its machines."""
        units = cluster.units if cluster else {}
        namespace, slash, _machine = unit.partition("/")
        if not slash:
            return units.get(unit) or self.new_tally()
        tally = deepcopy(units[unit]) if unit in units else self.new_tally()
        if namespace in units:
            tally.absorb_good(units[namespace])
        return tally


def schedules_of(schedules: tuple[Schedule, ...], ref: Ref) -> list[Schedule]:
    """Return the schedules of a cluster."""
    return [
        schedule
        for schedule in schedules
        if (schedule.cluster_uid == ref.uid if schedule.cluster_uid and ref.uid else schedule.cluster_name == ref.name)
    ]
