# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists: with requests alone and with the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import (
    BACKUP_INFO_MODULE,
    BACKUP_MODULE,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core import pagination
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.lookup import Resource
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import ModuleSpec
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation

from library import context
from server import TIMEOUT, URL, session


def bare(page_size: int) -> int:
    """Fetch the same pages with requests alone and keep them."""
    bare_session = session()
    backups: list[Any] = []
    while True:
        query = {"enumerate_options.max_objects": page_size, "enumerate_options.object_index": len(backups)}
        page = bare_session.get(f"{URL}/v1/backup/default", params=query, timeout=TIMEOUT).json()
        backups += page["backups"]
        if len(backups) >= int(page["total_count"]):
            return len(backups)


def _library(spec: ModuleSpec, operation: str, parameters: dict[str, Any]) -> Callable[..., int]:
    def work(page_size: int) -> int:
        # Every list takes its page size from one of these two places.
        for function in (pagination.list_pages, Resource.list_all):
            function.__defaults__ = (page_size, *(function.__defaults__ or ())[1:])
        outcome = run_operation(context(), spec, spec.operation(operation), parameters)
        return len(outcome.result["backups"])

    return work


WORKS: dict[str, Callable[..., int]] = {
    "bare": bare,
    "library": _library(BACKUP_MODULE, "INSPECT_ALL", {}),
    "library summary": _library(BACKUP_INFO_MODULE, "backup_info", {"summary": True}),
}
