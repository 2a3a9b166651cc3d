# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about restores, one method for each: typed in, typed and whole out.

Facts: docs/server-behaviour.md, sections 1.4 and 9.
"""

from __future__ import annotations

from typing import Any

from ..client.urls import can_be_query, encode_query
from ..errors import UnsupportedError
from .base import Calls, Page, check_total, nothing
from .objects import requested_object, with_identity, with_info
from .schema import Parts


class RestoreCalls(Calls):
    """The calls about restores."""

    def create_restore(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``RestoreCreateRequest`` and return the new restore, mostly in ``Pending``.

        Raises:
            ProtocolError: the response does not contain the restore; it may have been created.
        """

        def content(response: dict[str, Any]) -> dict[str, Any]:
            return self._restore("Restore.Create", response["restore"], request["metadata"]["name"])

        return self._write("Restore.Create", predicted, content, body=request)

    def update_restore(self, request: dict[str, Any]) -> None:
        """Send ``RestoreUpdateRequest``: labels and ownership, nothing else can be changed."""
        self._write("Restore.Update", None, nothing, body=request)

    def delete_restore(self, name: str, uid: str) -> None:
        """Delete the record of a restore, and cancel one that runs; what it has restored stays in the cluster."""
        self._write("Restore.Delete", None, nothing, [("uid", uid)], name=name)

    def inspect_restore(self, name: str, uid: str) -> dict[str, Any]:
        """Return one restore.

        Raises:
            NotFoundError: no restore has this name and uid.
            ProtocolError: the response contains another restore than the one that was requested.
        """

        def content(response: dict[str, Any]) -> dict[str, Any]:
            return self._restore("Restore.Inspect", response["restore"], name, uid)

        return self._read("Restore.Inspect", content, [("uid", uid)], name=name)

    def enumerate_restores(self, options: dict[str, Any], index: int, size: int, parts: Parts = None) -> Page:
        """Return one page of restores: at most ``size`` from position ``index`` (0 is the first) on.

        Args:
            parts: what is read of each restore.

        Raises:
            UnsupportedError: a query cannot contain these options, and the call has no other form.
        """
        paging = {**options, "max_objects": size, "object_index": index}
        if not can_be_query(paging):
            raise UnsupportedError(
                "no release of PX-Backup can list restores by these filters", hint="omit labels with a '[' in their key"
            )

        parts = with_identity(parts)

        def content(response: dict[str, Any]) -> Page:
            items = [self._restore("Restore.Enumerate", item, parts=parts) for item in response["restores"]]
            return Page(items, check_total("Restore.Enumerate", response["total_count"]), response["complete"])

        return self._read("Restore.Enumerate", content, encode_query("enumerate_options", paging), parts=parts)

    def _restore(
        self, rpc: str, raw: dict[str, Any] | None, name: str = "", uid: str = "", parts: Parts = None
    ) -> dict[str, Any]:
        """Return a restore of a response, checked to be the requested one: both of its parts are there."""
        return with_info(requested_object(rpc, raw, self.org_id, name, uid), "restore_info", "RestoreInfo", parts)
