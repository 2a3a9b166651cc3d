# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast path of the module ``backup_prune``."""

from __future__ import annotations

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.resource import BACKUP_PRUNE_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import entry_of
from ansible_collections.pxops.px_backup.plugins.plugin_utils.fast_path import FastPath
from ansible_collections.pxops.px_backup.plugins.plugin_utils.task_check import check_task


class ActionModule(FastPath):
    """Does the module's work in the controller's worker process where the task runs there anyway."""

    entry = entry_of(BACKUP_PRUNE_MODULE)


def main() -> None:
    """Check a task for ansible-lint."""
    check_task(ActionModule.entry)
