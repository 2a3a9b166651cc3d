# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server counts: namespaces of clusters, and runs of backups.

Source: contract ``services``; behaviour of restores 6.
"""

from __future__ import annotations

from typing import Any

from .base import Calls


class MetricsCalls(Calls):
    """The calls about what the server counts."""

    def inspect_metrics(self) -> list[dict[str, Any]]:
        """Return the server's own numbers of each cluster (``MetricsInspectResponse.Stats``)."""
        stats: list[dict[str, Any]] = self._read("Metrics.Inspect", lambda response: response["stats"])
        return stats

    def count_runs(self, days: int) -> list[dict[str, Any]]:
        """Return how many backups ran on each of the last days, also those that have been deleted since."""
        data: list[dict[str, Any]] = self._read(
            "ActivityTimeLine.Enumerate",
            lambda response: response["activity_data"],
            [("kind", "backup"), ("time_zone", "UTC")],
            days=str(days),
            interval="Daily",
        )
        return data
