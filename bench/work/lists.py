# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists: with requests alone and with the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import listing as backup_list
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core import pagination as listing
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome

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


def _library(handler: Callable[[Context, dict[str, Any]], Outcome], parameters: dict[str, Any]) -> Callable[..., int]:
    def work(page_size: int) -> int:
        usual = listing.Listing.__init__.__defaults__ or ()
        listing.Listing.__init__.__defaults__ = (page_size, *usual[1:])
        outcome = handler(context(), parameters)
        return len(outcome.result["backups"])

    return work


WORKS: dict[str, Callable[..., int]] = {
    "bare": bare,
    "library": _library(backup_list.inspect_all, {}),
    "library summary": _library(backup_list.info, {"summary": True}),
}
