# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls about what a backup refers to: clusters, backup locations, rules, credentials, schedules, policies.

Source: docs/server-behaviour.md, sections 6.2 and 8.4.
"""

from __future__ import annotations

from typing import Any

from .base import Calls, Page, check_total
from .objects import requested_object
from .releases import CALLS

# Seconds that a call may take whose response is only needed for advice.
_ADVICE_TAKES = 10.0


class ReferenceCalls(Calls):
    """The calls about what a backup refers to."""

    def enumerate_references(
        self, rpc: str, query: list[tuple[str, str]] | None = None, index: int = 0, size: int = 0
    ) -> Page:
        """Return one page of clusters, backup locations, rules, schedules, policies or credentials.

        The first page is requested without options: most releases send the whole list. A list with more objects than
        that names their number, and only lists of such a release do (docs/server-behaviour.md, section 6.2).

        Args:
            rpc: an entry of ``releases.CALLS`` such as ``Cluster.Enumerate``.
            query: what else the response shall contain.
            index: position of the first object; 0 is the first.
            size: number of objects of a further page.
        """
        (key, *_rest) = CALLS[rpc].response
        paging = [("enumerate_options.object_index", str(index)), ("enumerate_options.max_objects", str(size))]

        def content(response: dict[str, Any]) -> Page:
            items = [requested_object(rpc, item, self.org_id) for item in response[key]]
            total = response.get("total_count", 0)
            return Page(items, check_total(rpc, total), not total or response.get("complete", False))

        return self._read(rpc, content, [*(query or []), *(paging if index else [])])

    def resource_types(self, cluster_ref: dict[str, str]) -> list[str]:
        """Return the kinds of resources that the server backs up of a cluster (docs/server-behaviour.md, section 8.4).

        Requested once and for a short time: the response is not worth delaying a backup.
        """
        query = [(f"cluster_ref.{key}", value) for key, value in cluster_ref.items() if value]
        api = self.limited(_ADVICE_TAKES, repeats=False)
        return api._read("ResourceCollector.ResourceTypes", lambda response: list(response["resource_types"]), query)
