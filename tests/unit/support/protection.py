# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups, inventories and reports that the tests of protection begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.times import parse_server_time
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.coverage import Coverage
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.history import Window
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.inventory import (
    Cluster,
    Inventory,
    Location,
    Schedule,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.report import (
    Settings,
    Source,
    build_report,
    format_time,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.targets import Target
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

HOUR = 3600
DAY = 24 * HOUR
NOW = parse_server_time("2026-11-15T12:00:00Z").timestamp()
WINDOW = Window(NOW - 30 * DAY, NOW)
RPO = Target(("*",), ("*",), DAY)
CLUSTER = Cluster("prod", "c1", "Online")
LOCATION = Location("s3-main", "l1", "Valid")
INVENTORY = Inventory((CLUSTER,), (LOCATION,), ())


def taken(
    hours: float,
    status: str = "Success",
    namespaces: Sequence[str] = ("shop",),
    lasts: float = 0,
    reason: str = "",
    metadata: Mapping[str, Any] | None = None,
    **info: Any,
) -> dict[str, Any]:
    """Return a backup that began so many hours ago; ``lasts`` is its duration in hours."""
    start = NOW - hours * HOUR
    uid = info.pop("uid", f"u{hours:g}")
    whole = {
        "status": {"status": status, "reason": reason},
        "namespaces": list(namespaces),
        "cluster_ref": {"name": "prod", "uid": "c1"},
        "backup_location_ref": {"name": "s3-main", "uid": "l1"},
        "resource_count": "10",
        "total_size": "1000",
        "completion_time_info": {"total_completion_time": format_time(start + lasts * HOUR)},
        **info,
    }
    return backup(name=f"b-{uid}", uid=uid, metadata={"create_time": format_time(start), **(metadata or {})}, **whole)


def report_on(
    backups: Iterable[dict[str, Any]],
    namespaces: Mapping[str, Sequence[str]] | None = None,
    targets: Sequence[Target] = (RPO,),
    inventory: Inventory = INVENTORY,
    window: Window | None = None,
    now: float = NOW,
    count_narrowed: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Return the report on backups; by default the cluster ``prod`` has the one namespace ``shop``."""
    coverage = Coverage(window or Window(now - 30 * DAY, now), now, count_narrowed, more.get("clusters", frozenset()))
    for item in backups:
        coverage.add(item)
    listed = {"prod": ["shop"]} if namespaces is None else namespaces
    source = Source("px.example.com", "2.11.0", more.pop("unread", ()), more.pop("runs", None))
    return build_report(coverage, inventory, Settings(targets=targets, namespaces=listed, **more), source)


def shop_of(report: dict[str, Any]) -> dict[str, Any]:
    """Return the only namespace of a report."""
    ((entry,),) = [cluster["namespaces"] for cluster in report["clusters"]]
    return dict(entry)


def schedule(name: str, *namespaces: str, **more: Any) -> Schedule:
    """Return a schedule of the cluster ``prod``."""
    return Schedule(name, f"s-{name}", "prod", "c1", namespaces, **more)
