# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the methods of the library return beside an ``Outcome``."""

from __future__ import annotations

from typing import Any

from ..core.model import Outcome

# An object of the API, whole and with the API's names (docs/fields.md).
Object = dict[str, Any]


class Listing(list[Object]):
    """A list of objects.

    Attributes:
        total_count: the number of objects that match.
        truncated: whether ``max_objects`` left some of them out.
        statistics: the statistics, where ``statistics`` asked for them.
    """

    total_count = 0
    truncated = False
    statistics: Object | None = None

    @classmethod
    def of(cls, outcome: Outcome, key: str) -> Listing:
        """Return the list in a result."""
        listing = cls(outcome.result[key])
        listing.total_count = outcome.result["total_count"]
        listing.truncated = outcome.result["truncated"]
        listing.statistics = outcome.result.get("statistics")
        return listing
