# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backups that every work creates."""

from __future__ import annotations

from typing import Any

SETTINGS: dict[str, Any] = {
    "cluster_ref": {"name": "prod-eu"},
    "backup_location_ref": {"name": "s3-main"},
    "namespaces": ["shop"],
    "labels": {"made-by": "bench"},
}


def names(count: int) -> list[str]:
    """Return so many names."""
    return [f"bench-{number:05d}" for number in range(count)]
