# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each PX-Backup release knows, as data: today the routes.

Source: the public API definition, release by release (contract, ``services``).
"""

from __future__ import annotations

from typing import NamedTuple

# Every release that the table tells apart, oldest first.
RELEASES = ("2.8.1", "2.8.2", "2.8.4", "2.9.0", "2.10.1", "2.11.0", "3.0.0", "3.1.0", "3.2.0")


class Route(NamedTuple):
    """How one call is sent. ``{x}`` in the path is one segment."""

    method: str
    path: str


ROUTES = {
    "Backup.Create": Route("POST", "/v1/backup"),
    "Backup.Update": Route("PUT", "/v1/backup"),
    "Backup.Enumerate": Route("GET", "/v1/backup/{org_id}"),
    "Backup.Inspect": Route("GET", "/v1/backup/{org_id}/{name}"),
    "Backup.Delete": Route("DELETE", "/v1/backup/{org_id}/{name}"),
    "Backup.UpdateBackupShare": Route("PUT", "/v1/backup/updatebackupshare"),
    "Cluster.Enumerate": Route("GET", "/v1/cluster/{org_id}"),
    "BackupLocation.Enumerate": Route("GET", "/v1/backuplocation/{org_id}"),
    "Rules.Enumerate": Route("GET", "/v1/rule/{org_id}"),
    "CloudCredential.Enumerate": Route("GET", "/v1/cloudcredential/{org_id}"),
}
