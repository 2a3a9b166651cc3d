# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about backups, one method for each: typed in, typed and whole out.

Source: docs/server-behaviour.md, sections 1.4 and 4.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ..client.urls import can_be_query, encode_query
from ..errors import ProtocolError
from ..limits import QUERY_CHARACTERS
from .base import Calls, Page, check_total, nothing
from .objects import requested_object, with_identity, with_info
from .releases import has_call
from .schema import Parts


class BackupCalls(Calls):
    """The calls about backups."""

    def create_backup(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``BackupCreateRequest`` and return the new backup, mostly in ``Pending``.

        Raises:
            ProtocolError: the response does not contain the backup; it may have been created.
        """

        def content(response: dict[str, Any]) -> dict[str, Any]:
            return self._backup("Backup.Create", response["backup"], request["metadata"]["name"])

        return self._write("Backup.Create", predicted, content, body=request)

    def update_backup(self, request: dict[str, Any]) -> None:
        """Send ``BackupUpdateRequest``: labels, ownership and cloud credential, nothing else can be changed."""
        self._write("Backup.Update", None, nothing, body=request)

    def update_backup_share(self, name: str, uid: str, share: dict[str, Any]) -> None:
        """Replace the whole share of a backup: whoever is not in ``share`` loses access."""
        request = {"org_id": self.org_id, "name": name, "uid": uid, "backupshare": share}
        self._write("Backup.UpdateBackupShare", None, nothing, body=request)

    def delete_backup(
        self, name: str, uid: str, cluster_ref: dict[str, str] | None = None, force: bool = False
    ) -> None:
        """Start the deletion of a backup; the server continues it in the background.

        Args:
            cluster_ref: the cluster to delete through, where the backup's own cluster was removed.
            force: remove the record alone and keep the data (3.0.0 and newer, federated mode only).
        """
        query = [("uid", uid)]
        query += [(f"cluster_ref.{key}", value) for key, value in (cluster_ref or {}).items() if value]
        if force:
            query.append(("force", "true"))
        self._write("Backup.Delete", None, nothing, query, name=name)

    def retry_backup(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``BackupRetryRequest`` and return the new backup that retries what failed.

        Raises:
            ProtocolError: the response does not contain a new backup; it may have been created.
        """
        rpc = "Backup.RetryBackupResources"

        def content(response: dict[str, Any]) -> dict[str, Any]:
            backup = self._backup(rpc, response["backup"])
            parent = backup["backup_info"]["retry_parent"]
            if backup["metadata"]["uid"] == request["uid"] or (parent and parent["uid"] not in ("", request["uid"])):
                raise ProtocolError(f"the response to {rpc} contains a backup that does not retry {request['name']!r}")
            return backup

        return self._write(rpc, predicted, content, body=request)

    def backup_resource_details(self, name: str, uid: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return the content of a backup (``BackupResourceObject``).

        Args:
            options: ``filter``, ``force_resync`` and ``sync_namespaces_only``, for releases that take them.

        Raises:
            NotFoundError: no backup has this name and uid.
            ProtocolError: the response contains another object than the one that was requested.
        """
        rpc = "Backup.GetBackupResourceDetails"

        def content(response: dict[str, Any]) -> dict[str, Any]:
            details = requested_object(rpc, response["backup"], self.org_id, name, uid)
            check_total(rpc, details["total_resource_count"])
            return details

        if self._route(rpc).method == "POST":
            body = {"org_id": self.org_id, "name": name, "uid": uid, **options}
            return self._read(rpc, content, body=body)
        return self._read(rpc, content, [("uid", uid)], name=name, uid=uid)

    def inspect_backup(self, name: str, uid: str) -> dict[str, Any]:
        """Return one backup.

        Raises:
            NotFoundError: no backup has this name and uid.
            ProtocolError: the response contains another backup than the one that was requested.
        """

        def content(response: dict[str, Any]) -> dict[str, Any]:
            return self._backup("Backup.Inspect", response["backup"], name, uid)

        return self._read("Backup.Inspect", content, [("uid", uid)] if uid else None, name=name)

    def enumerate_backups(self, options: dict[str, Any], index: int, size: int, parts: Parts = None) -> Page:
        """Return one page of backups: at most ``size`` from position ``index`` (0 is the first) on.

        Args:
            parts: what is read of each backup.

        Raises:
            UnsupportedError: the server's release has no form of the call that can contain these options.
        """
        paging = {**options, "max_objects": size, "object_index": index}
        query = encode_query("enumerate_options", paging) if can_be_query(paging) else None
        rpc = "Backup.Enumerate" if query is not None and not self._is_too_long(query) else "Backup.EnumerateByPost"

        parts = with_identity(parts)

        def content(response: dict[str, Any]) -> Page:
            items = [self._backup(rpc, item, parts=parts) for item in response["backups"]]
            return Page(items, check_total(rpc, response["total_count"]), response["complete"])

        if rpc == "Backup.Enumerate":
            return self._read(rpc, content, query, parts=parts)
        return self._read(rpc, content, body={"org_id": self.org_id, "enumerate_options": paging}, parts=parts)

    def _is_too_long(self, query: list[tuple[str, str]]) -> bool:
        """Whether gateways may refuse a query for its length, and the server has another form of the call."""
        characters = sum(len(urlencode([pair], errors="replace")) for pair in query)
        return characters > QUERY_CHARACTERS and has_call("Backup.EnumerateByPost", self.release)

    def _backup(
        self, rpc: str, raw: dict[str, Any] | None, name: str = "", uid: str = "", parts: Parts = None
    ) -> dict[str, Any]:
        """Return a backup of a response, checked to be the requested one: both of its parts are there."""
        return with_info(requested_object(rpc, raw, self.org_id, name, uid), "backup_info", "BackupInfo", parts)
