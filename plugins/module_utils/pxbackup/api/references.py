# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about what a backup refers to: clusters, backup locations, rules, credentials, schedules, policies.

Source: contract ``services`` and ``messages``; behaviour note 6.2 and 8.4.
"""

from __future__ import annotations

from ..errors import ProtocolError
from .base import Calls, Page, page_of
from .schema import decode

# Seconds that a call may take whose response is only needed for advice.
_ADVICE_TAKES = 10.0


class ReferenceCalls(Calls):
    """The calls about what a backup refers to."""

    def enumerate_references(self, rpc: str, key: str, query: list[tuple[str, str]] | None = None) -> Page:
        """Return the clusters, backup locations, rules, schedules, policies or credentials that this user sees.

        Args:
            rpc: an entry of ``releases.ROUTES`` such as ``Cluster.Enumerate``.
            key: the list's key in the response such as ``clusters``.
            query: what else the response shall hold.
        """
        page = page_of(self._read(rpc, query), key)
        return page._replace(
            items=[{**item, "metadata": decode("Metadata", item.get("metadata"))} for item in page.items]
        )

    def resource_types(self, cluster_ref: dict[str, str]) -> list[str]:
        """Return the kinds of resources that the server backs up of a cluster (behaviour note 8.4).

        Requested once and for a short time: nobody needs the response so much that a backup should wait for it.
        """
        query = [(f"cluster_ref.{key}", value) for key, value in cluster_ref.items() if value]
        api = self.limited(_ADVICE_TAKES, repeats=False)
        kinds = api._read("ResourceCollector.ResourceTypes", query).get("resource_types") or []
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise ProtocolError("the server's answer has no list of names in 'resource_types'")
        return kinds
