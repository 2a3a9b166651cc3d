# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports that the tests of the role write: one with every state, one of hostile names, a large one."""

from __future__ import annotations

from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.inventory import (
    Cluster,
    Inventory,
    Location,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.targets import Target
from ansible_collections.pxops.px_backup.tests.unit.support.protection import (
    DAY,
    HOUR,
    NOW,
    report_on,
    schedule,
    taken,
)

INVENTORY = Inventory(
    (Cluster("prod", "c1", "Online", "", 5, 12), Cluster("dr", "c2", "Offline", "no route to host")),
    (Location("s3-main", "l1", "Valid"),),
    (schedule("nightly", "shop"), schedule("weekly", "legacy", suspended=True, suspended_by="User")),
)
TARGETS = (
    Target(("*",), ("shop",), 12 * HOUR, 900),
    Target(("*",), ("no-target",), DAY),
    Target(("*",), ("[!n]*", "new"), DAY),
)
NAMESPACES = {
    "prod": ["shop", "web", "late", "gone", "new", "nothing", "kube-system", "vms/db"],
    "dr": ["shop"],
}
# A script, a formula, a template, quotes, a line end, a control character, markup of XML.
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}{% raw %}\n\x0b]]>"


def every_state(now: float = NOW, **more: Any) -> dict[str, Any]:
    """Return a report with a namespace in every state, a drill, doubts and findings."""
    drill = {"labels": {"pxops/drilled": "2026-11-14T02:00:00Z", "pxops/drill-seconds": "412"}}
    volumes = [{"namespace": "web", "status": {"status": "Success"}}]
    backups = [
        *(taken(24 * number + 5, namespaces=["shop"], lasts=1, total_size=str(10**9)) for number in range(1, 20)),
        taken(5, namespaces=["shop"], total_size=str(10**8), metadata=drill),
        taken(6, "PartialSuccess", ["web"], uid="web", volumes=volumes),
        taken(90, namespaces=["late"]),
        taken(3, "Failed", ["late"], reason="no space left", uid="late-failed"),
        taken(4, "Failed", ["gone"], reason="no space left", uid="gone"),
        taken(0.1, "InProgress", ["new"]),
        taken(30, namespaces=["nothing"]),
    ]
    return report_on(backups, NAMESPACES, TARGETS, INVENTORY, now=now, **more)


def hostile() -> dict[str, Any]:
    """Return a report in which every text that others write is hostile."""
    name = HOSTILE
    cluster = {"name": name, "uid": "c1"}
    backups = [
        taken(5, namespaces=[name], uid="=1+1", cluster_ref=cluster, resource_count="0"),
        taken(3, "Failed", [name], reason="@SUM(1)" + name, uid="-1", cluster_ref=cluster),
        taken(3, "Failed", ["+2"], reason=name, uid="\tx", cluster_ref=cluster),
    ]
    inventory = Inventory((Cluster(name, "c1", name, name),), (Location(name, "l1", name, name),), ())
    report = report_on(backups, {name: [name, "+2"]}, TARGETS, inventory, unread=(name,))
    report["server"] = {"url_host": name, "release": name}
    return report


def large(namespaces: int) -> dict[str, Any]:
    """Return a report of many namespaces, each with thirty days of backups that differ."""
    backups = (
        taken(
            24 * day + 1,
            "Failed" if (day * 7 + number) % 11 == 0 else "Success",
            [f"namespace-{number:04}"],
            total_size=str(10**9 + number * day),
            reason="" if number % 11 else "the snapshot did not succeed: no space left in the backup location",
        )
        for number in range(namespaces)
        for day in range(30)
    )
    listed = {"prod": [f"namespace-{number:04}" for number in range(namespaces)]}
    return report_on(backups, listed, [Target(("*",), ("*",), DAY)])
