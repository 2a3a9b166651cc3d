# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever fails at whichever request: the report never shows more protection than there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.resource import (
    PROTECTION_INFO,
    PROTECTION_INFO_MODULE,
)

from support.examples import Example
from support.fault_fleet import Fleet, running_fleet
from support.faults import FAULTS, WORKS, Work

NAME = "protection_info"

HOUR = 3600
GOOD = {"status": "Success", "duration": 60}
BEFORE = (
    {**GOOD, "name": "shop-1", "namespaces": ["shop"], "age": 2 * HOUR},
    {**GOOD, "name": "billing-1", "namespaces": ["billing"], "age": 30 * HOUR},
    {"name": "billing-2", "namespaces": ["billing"], "age": HOUR, "status": "Failed", "reason": "disk full"},
)
TASK = {
    "clusters": ["prod-eu"],
    "namespaces": {"prod-eu": ["shop", "billing", "web"]},
    "targets": [{"rpo": "24h"}],
}
# The namespaces that may be called compliant: billing's good backup is too old, and web has none.
COMPLIANT = {"shop"}


def inform(context: Context, task: dict[str, Any]) -> Outcome:
    """Run the module's operation; a report must not be better than the backups are."""
    outcome = run_operation(context, PROTECTION_INFO_MODULE, PROTECTION_INFO, task)
    report = outcome.result["report"]
    states = {item["name"]: item["state"] for cluster in report["clusters"] for item in cluster["namespaces"]}
    assert {name for name, state in states.items() if state == "compliant"} <= COMPLIANT, states
    assert report["verdict"]["level"] != "good", report["verdict"]
    assert report["summary"]["compliance"] != 1
    return outcome


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    WORKS[NAME] = Work(inform, False, Example(TASK, BEFORE, lambda _backups: True))
    try:
        with running_fleet() as simulators:
            yield simulators
    finally:
        del WORKS[NAME]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_makes_a_report_better(fleet: Fleet, fault: str) -> None:
    cells = fleet.cells(NAME, FAULTS[fault])
    assert len(cells) >= 2 * 5, "each request, once and from then on"
    bad = [str(cell) for cell in cells if cell.wrong]
    assert not bad, "\n".join(bad)
