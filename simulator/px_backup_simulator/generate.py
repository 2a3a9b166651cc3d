# SPDX-License-Identifier: GPL-3.0-or-later
"""Realistic backups in any number; their content is generated when it is first needed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from px_backup_simulator import outcomes
from px_backup_simulator.backup import Backup
from px_backup_simulator.inventory import GIB, read_namespace

Json = dict[str, Any]

_APPS = ("shop", "billing", "web", "crm", "search", "mail", "stock", "wiki")
_PLANS = ("nightly", "hourly", "weekly")
_STEP = 600.0


def make_generated_backup(
    number: int, uid: str, whose: tuple[str, str], now: float, refs: dict[str, list[Json]]
) -> Backup:
    """Make the backup with this number, of an organisation and owner; higher numbers are older."""
    app = _APPS[number % len(_APPS)]
    cluster = refs["cluster"][number % len(refs["cluster"])]
    location = refs["backup_location"][number % len(refs["backup_location"])]
    status = "Failed" if number % 50 == 49 else "PartialSuccess" if number % 50 == 24 else "Success"
    created = now - _STEP * (number + 1)
    return Backup(
        name=f"{app}-{_PLANS[number % len(_PLANS)]}-{number:06d}",
        uid=uid,
        org=whose[0],
        owner=whose[1],
        created=created,
        updated=created,
        duration=60.0 + number % 240,
        labels={"app": app, "tier": "gold" if number % 3 == 0 else "silver"},
        given={
            "cluster": cluster["name"],
            "cluster_ref": cluster,
            "backup_location": location["name"],
            "backup_location_ref": location,
            "namespaces": [app],
            "backup_type": {"type": "Normal"},
            "backup_object_type": {"type": "All"},
        },
        final={},
        status=status,
        reason=outcomes.TEXTS[status],
        generated=number,
    )


def read_final_fields(backup: Backup) -> Json:
    """Return the fields that the end of the run brings; those of a generated backup are generated now."""
    if backup.generated is None or backup.final:
        return backup.final
    failed = {"Failed": 3, "PartialSuccess": 1}.get(backup.status, 0)
    app = str(backup.given["namespaces"][0])
    volumes = [_make_volume(backup, app, index, index < failed) for index in range(3)]
    resources = [] if backup.status == "Failed" else _make_resources(app)
    return {
        "namespaces": [app],
        "volumes": volumes,
        "resources": resources,
        "resource_count": len(resources),
        "total_size": 0 if backup.status == "Failed" else sum(volume["total_size"] for volume in volumes),
        "failed_vol_count": failed,
    }


@lru_cache(maxsize=len(_APPS))
def _make_resources(app: str) -> list[Json]:
    return [thing.to_message() for thing in read_namespace(app, None).objects]


def _make_volume(backup: Backup, app: str, index: int, bad: bool) -> Json:
    identity = f"{backup.uid[:-2]}{index:02d}"
    size = 0 if bad else (1 + ((backup.generated or 0) * 7 + index) % 40) * GIB
    status = {"status": "Failed", "reason": "Backup failed for volume: simulated failure"}
    return {
        "name": f"pvc-{identity}",
        "namespace": app,
        "pvc": f"{app}-data-{index}",
        "backup_id": "" if bad else f"{identity}-incr",
        "status": status if bad else {"status": "Success", "reason": "Backup successful for volume"},
        "driver_name": "pxd",
        "total_size": size,
        "actual_size": size // 2,
        "storage_class": "px-csi-db",
        "pvc_id": identity,
        "provisioner": "pxd.portworx.com",
        "backup_mode": {"type": "Incremental"},
    }
