# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and choices of parameters that the registry, the option specifications and the handlers share."""

from __future__ import annotations

ON_PARTIAL = ("fail", "warn", "accept")
ON_EMPTY = ("warn", "fail", "accept")

# The parameters of a wait, and what the end of a backup means besides, which a deletion has no use for.
WAIT_PARAMETERS = ("wait", "wait_timeout", "wait_interval")
END_PARAMETERS = ("on_partial", "on_empty")

# What a finding before a CREATE means.
PREFLIGHT = WARN, STRICT, OFF = ("warn", "strict", "off")

# How much a finding counts.
ERROR, WARNING, NOTE = "error", "warning", "note"

# What the module `backup_info` keeps of the backups, and what GET_BACKUP_RESOURCE_DETAILS and RETRY_BACKUP_RESOURCES
# send besides the backup.
INFO_OPTIONS = ("fields", "summary", "statistics")
DETAIL_OPTIONS = ("filter", "force_resync", "sync_namespaces_only")
RETRY_SETTINGS = ("include_resources", "skip_vm_auto_exec_rules")
