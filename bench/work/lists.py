# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists: with requests alone and with the library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import (
    BACKUP_INFO_MODULE,
    BACKUP_MODULE,
    INFO,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core import pagination
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.lookup import Resource
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, ModuleSpec, Operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.backups import BACKUP_EVENTS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.poll import Poller
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.server import ServerReader
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.resource import (
    PROTECTION_INFO,
    PROTECTION_INFO_MODULE,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.resource import (
    BACKUP_PRUNE_MODULE,
    PRUNE,
)

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


def _read(page_size: int, concurrency: int | None, orjson: bool) -> Context:
    """Return what a handler works with, for lists that are read in this way.

    Args:
        orjson: whether the host has orjson.
    """
    if orjson:
        import_module("orjson")
    else:
        sys.modules["orjson"] = None  # type: ignore[assignment]
    # Every list takes its page size from one of these two places.
    for function in (pagination.list_pages, Resource.list_all):
        function.__defaults__ = (page_size, *(function.__defaults__ or ())[1:])
    found = context()
    found.api.concurrency = concurrency or found.api.concurrency
    return found


def _library(
    spec: ModuleSpec, operation: Operation, parameters: dict[str, Any], count: Callable[[dict[str, Any]], int]
) -> Callable[..., int]:
    """Return the work of an operation.

    Args:
        count: takes the result and returns how many backups it is about.
    """

    def work(page_size: int, concurrency: int | None = None, orjson: bool = False) -> int:
        outcome = run_operation(_read(page_size, concurrency, orjson), spec, operation, parameters)
        return count(outcome.result)

    return work


def _listed(result: dict[str, Any]) -> int:
    return len(result["backups"])


def _poll(page_size: int) -> int:
    """Read the whole list once as an event source does."""
    reader = ServerReader(_read(page_size, None, False).api, BACKUP_EVENTS, {})
    return len(Poller(BACKUP_EVENTS, reader, lambda _item: True).poll({}, lambda _item: False, True).known)


# Nothing is given up: the plan alone is measured.
_KEEP = {
    **{name: option.default for name, option in PRUNE.options.items() if option.default is not None},
    "keep": {"last": 1_000_000},
    "include_scheduled": "orphaned",
}

WORKS: dict[str, Callable[..., int]] = {
    "bare list": bare,
    "library": _library(BACKUP_MODULE, BACKUP_MODULE.operation("INSPECT_ALL"), {}, _listed),
    "library summary": _library(BACKUP_INFO_MODULE, INFO, {"summary": True}, _listed),
    "library statistics": _library(BACKUP_INFO_MODULE, INFO, {"summary": True, "statistics": True}, _listed),
    "library prune": _library(
        BACKUP_PRUNE_MODULE, PRUNE, _KEEP, lambda result: sum(len(group["keep"]) for group in result["groups"])
    ),
    "library protection": _library(
        PROTECTION_INFO_MODULE, PROTECTION_INFO, {}, lambda result: int(result["report"]["summary"]["backups"])
    ),
    "library events": _poll,
}
