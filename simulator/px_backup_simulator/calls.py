# SPDX-License-Identifier: GPL-3.0-or-later
"""The function of each call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from px_backup_simulator import (
    backup_retry,
    backup_service,
    catalogue_service,
    details,
    listing,
    report_service,
    restore_service,
)
from px_backup_simulator.call import Call
from px_backup_simulator.catalogue import KINDS

Response = dict[str, Any] | bytes
Handler = Callable[[Call], Response]

OPEN = frozenset({"Health.Status"})

HANDLERS: dict[str, Handler] = {
    "Backup.Create": backup_service.create,
    "Backup.Inspect": backup_service.inspect,
    "Backup.Update": backup_service.update,
    "Backup.UpdateBackupShare": backup_service.share,
    "Backup.Delete": backup_service.delete,
    "Backup.RetryBackupResources": backup_retry.retry,
    "Backup.Enumerate": listing.enumerate_backups,
    "Backup.GetBackupResourceDetails": details.get_resource_details,
    "Restore.Create": restore_service.create,
    "Restore.Inspect": restore_service.inspect,
    "Restore.Update": restore_service.update,
    "Restore.Delete": restore_service.delete,
    "Restore.Enumerate": restore_service.enumerate_restores,
    "BackupSchedule.Delete": catalogue_service.delete_schedule,
    "Metrics.Inspect": report_service.inspect_metrics,
    "ActivityTimeLine.Enumerate": report_service.enumerate_activity,
    "ResourceCollector.ResourceTypes": catalogue_service.list_resource_types,
    "Version.Get": catalogue_service.get_version,
    "Health.Status": catalogue_service.get_health,
}
for _kind in KINDS.values():
    HANDLERS[f"{_kind.service}.Enumerate"] = partial(catalogue_service.enumerate_items, kind=_kind)
    HANDLERS[f"{_kind.service}.Inspect"] = partial(catalogue_service.inspect_item, kind=_kind)
