# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server knows beside its backups, as far as a report needs it."""

from __future__ import annotations

from typing import NamedTuple


class Cluster(NamedTuple):
    """An application cluster; the counts of namespaces are the server's own, ``None`` when it gives none."""

    name: str
    uid: str
    status: str
    reason: str = ""
    protected: int | None = None
    total: int | None = None


class Location(NamedTuple):
    """A backup location."""

    name: str
    uid: str
    status: str
    reason: str = ""


class Schedule(NamedTuple):
    """A backup schedule: its cluster (uid, and name for servers that give no uid) and the namespaces that it names."""

    name: str
    uid: str
    cluster_name: str
    cluster_uid: str
    namespaces: tuple[str, ...]
    suspended: bool = False
    suspended_by: str = ""


class Inventory(NamedTuple):
    """Everything beside the backups; ``None`` for what could not be read."""

    clusters: tuple[Cluster, ...] | None = None
    locations: tuple[Location, ...] | None = None
    schedules: tuple[Schedule, ...] | None = None
