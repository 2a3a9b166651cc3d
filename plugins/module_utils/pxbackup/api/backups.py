# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about backups, one method for each: typed in, typed and whole out.

Source: contract ``services`` and ``messages``; behaviour note 1.4 and 4.
"""

from __future__ import annotations

from typing import Any

from ..client.urls import encode_query, fits_query
from ..errors import ProtocolError
from .base import Calls, Page, page_of, part_of
from .schema import decode


class BackupCalls(Calls):
    """The calls about backups."""

    def create_backup(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``BackupCreateRequest`` and return the backup as the server made it, mostly in ``Pending``."""
        answer = self._write("Backup.Create", {"backup": predicted}, body=request)
        return _made(answer)

    def update_backup(self, request: dict[str, Any]) -> None:
        """Send ``BackupUpdateRequest``: labels, ownership and cloud credential, nothing else can be changed."""
        self._write("Backup.Update", {}, body=request)

    def update_backup_share(self, name: str, uid: str, share: dict[str, Any]) -> None:
        """Replace the whole share of a backup: who is not in ``share`` no longer has it."""
        request = {"org_id": self.org_id, "name": name, "uid": uid, "backupshare": share}
        self._write("Backup.UpdateBackupShare", {}, body=request)

    def delete_backup(
        self, name: str, uid: str, cluster_ref: dict[str, str] | None = None, force: bool = False
    ) -> None:
        """Start the deletion of a backup; the server carries it out in the background.

        Args:
            cluster_ref: the cluster to delete through, where the backup's own is gone.
            force: remove the record alone and leave the data (3.0.0 and newer, federated mode only).
        """
        query = [("uid", uid)]
        query += [(f"cluster_ref.{key}", value) for key, value in (cluster_ref or {}).items() if value]
        if force:
            query.append(("force", "true"))
        self._write("Backup.Delete", {}, query, name=name)

    def retry_backup(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``BackupRetryRequest`` and return the new backup that retries what failed."""
        answer = self._write("Backup.RetryBackupResources", {"backup": predicted}, body=request)
        return _made(answer)

    def backup_resource_details(self, name: str, uid: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return what is in a backup (``BackupResourceObject``).

        Args:
            options: ``filter``, ``force_resync`` and ``sync_namespaces_only``, for releases that take them.
        """
        rpc = "Backup.GetBackupResourceDetails"
        if self._route(rpc).method == "POST":
            body = {"org_id": self.org_id, "name": name, "uid": uid, **options}
            answer = self._read(rpc, body=body)
        else:
            answer = self._read(rpc, [("uid", uid)], name=name, uid=uid)
        return decode("BackupResourceObject", part_of(answer, "backup"))

    def inspect_backup(self, name: str, uid: str) -> dict[str, Any]:
        """Return one backup.

        Raises:
            NotFoundError: when there is none of this name and uid.
            ProtocolError: when the server answers with another backup than the one asked for.
        """
        answer = self._read("Backup.Inspect", [("uid", uid)] if uid else None, name=name)
        backup = _backup(part_of(answer, "backup"))
        metadata = backup["metadata"]
        if metadata["name"] != name or (uid and metadata["uid"] != uid):
            raise ProtocolError(
                f"the server answered with backup {metadata['name']!r} ({metadata['uid']}) "
                f"when asked for {name!r} ({uid or 'any uid'})",
                hint="look for a proxy that rewrites addresses",
            )
        return backup

    def enumerate_backups(self, options: dict[str, Any], index: int, size: int) -> Page:
        """Return one page of backups: at most ``size`` from position ``index`` (0 is the first) on."""
        paging = {**options, "max_objects": size, "object_index": index}
        if fits_query(paging):
            answer = self._read("Backup.Enumerate", encode_query("enumerate_options", paging))
        else:
            body = {"org_id": self.org_id, "enumerate_options": paging}
            answer = self._read("Backup.EnumerateByPost", body=body)
        page = page_of(answer, "backups")
        return page._replace(items=[_backup(item) for item in page.items])


def _backup(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a backup, whole: both of its parts are always there."""
    return decode(
        "BackupObject", {**raw, "backup_info": raw.get("backup_info") or {}, "metadata": part_of(raw, "metadata")}
    )


def _made(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the backup that a write answered with; an answer without one does not mean that nothing was made."""
    try:
        return _backup(part_of(answer, "backup"))
    except ProtocolError as error:
        error.maybe_processed = True
        raise
