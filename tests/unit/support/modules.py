# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specifications of all modules."""

from __future__ import annotations

from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.arguments import (
    CONNECTION,
    TOKEN_MODULE,
    module_options,
    task_options,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.resource import BACKUP_BATCH_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import (
    BACKUP_INFO_MODULE,
    BACKUP_MODULE,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.resource import CONFORMANCE_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import ModuleSpec
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.resource import PROTECTION_INFO_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.resource import (
    RESTORE_INFO_MODULE,
    RESTORE_MODULE,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.resource import BACKUP_PRUNE_MODULE

_ALL = (
    BACKUP_MODULE,
    BACKUP_INFO_MODULE,
    BACKUP_BATCH_MODULE,
    BACKUP_PRUNE_MODULE,
    RESTORE_MODULE,
    RESTORE_INFO_MODULE,
    PROTECTION_INFO_MODULE,
    CONFORMANCE_MODULE,
)
SPECS = {spec.name: spec for spec in _ALL}
SPECIFICATIONS: dict[str, dict[str, Any]] = {
    **{name: module_options(spec) for name, spec in SPECS.items()},
    "token": TOKEN_MODULE,
}
BACKUP = task_options(BACKUP_MODULE)


def with_parts(spec: ModuleSpec) -> dict[str, dict[str, Any]]:
    """Return the options of a module, with the parts that the library checks as if Ansible did."""
    options = task_options(spec)
    for name, option in spec.options.items():
        if option.type.parts is not None:
            options[name] = {**options[name], "options": option.type.parts}
    return options


__all__ = ["BACKUP", "CONNECTION", "SPECIFICATIONS", "SPECS", "with_parts"]
