# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How backups are looked up, and what every handler needs to know about one."""

from __future__ import annotations

from typing import Any

from ..api.endpoints import Api
from ..api.schema import Parts
from ..core.lookup import Resource
from ..core.readahead import FetchPage
from .lifecycle import LIFECYCLE

# Seconds that the vendor's own tests give a backup and a deletion (docs/server-behaviour.md, section 2.4).
BACKUP_TIMEOUT = 2400
DELETION_TIMEOUT = 3600


def _inspect(api: Api, name: str, uid: str) -> dict[str, Any]:
    return api.inspect_backup(name, uid)


def _fetch(api: Api, options: dict[str, Any], parts: Parts = None) -> FetchPage:
    return lambda index, size: api.enumerate_backups(options, index, size, parts)


BACKUPS = Resource(LIFECYCLE, _inspect, _fetch)
