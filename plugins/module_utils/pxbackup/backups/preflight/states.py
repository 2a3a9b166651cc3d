# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules about clusters and backup locations, by what the server has said of them.

Source: docs/server-behaviour.md, section 6.2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .findings import ERROR, NOTE, WARNING, Finding, Findings


class States(NamedTuple):
    """Where an object holds its state, and what its states mean for a new backup."""

    noun: str
    info: str
    bad: tuple[str, ...]
    risky: tuple[str, ...]
    unclear: tuple[str, ...] = ()


CLUSTER_STATES = States("cluster", "clusterInfo", ("Offline",), ("DeletePending", "Pending", "Failed"))
LOCATION_STATES = States(
    "backup location",
    "backup_location_info",
    ("ValidationFailed",),
    ("DeletePending", "ValidationInProgress"),
    # Some clusters can reach it, some cannot.
    ("LimitedAvailability",),
)


def check_state(states: States, parameter: str, item: dict[str, Any] | None, work: str = "backup") -> Findings:
    """Yield what the state of an object means; an unknown or absent state means nothing."""
    info = (item or {}).get(states.info)
    status = info.get("status") if isinstance(info, dict) else None
    said = status.get("status") if isinstance(status, dict) else None
    if item is None or status is None or said is None:
        return
    severities = {ERROR: states.bad, WARNING: states.risky, NOTE: states.unclear}
    severity = next((level for level, words in severities.items() if said in words), None)
    if severity:
        reason = f" ({status['reason']})" if status.get("reason") else ""
        yield Finding(
            severity,
            parameter,
            f"{parameter}: PX-Backup reports that {states.noun} {item['metadata']['name']!r} is {said}{reason}, so a "
            f"{work} {'fails' if severity == ERROR else 'may fail'}; fix it first",
        )
