# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many backups with the library's own batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.resource import (
    BACKUP_BATCH_MODULE,
    BATCH,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation

from library import context
from samples import SETTINGS, names


def create_backups(count: int, **options: Any) -> int:
    """Create backups and return how many."""
    defaults = {name: option.default for name, option in BATCH.options.items() if option.default is not None}
    parameters = {**defaults, "defaults": SETTINGS, "backups": [{"name": name} for name in names(count)]}
    outcome = run_operation(context(), BACKUP_BATCH_MODULE, BATCH, {**parameters, **options})
    return sum(item["changed"] for item in outcome.result["backups"])


WORKS: dict[str, Callable[..., int]] = {"library batch": create_backups}
