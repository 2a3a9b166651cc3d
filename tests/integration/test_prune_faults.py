# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever fails at whichever request: never more is deleted than planned, and the next run completes the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.resource import (
    BACKUP_PRUNE_MODULE,
    PRUNE,
)

from support.examples import Backups, Example
from support.fault_fleet import Fleet, running_fleet
from support.faults import FAULTS, WORKS, Work

NAME = "backup_prune"

DAY = 86_400
GOOD = {"status": "Success", "namespaces": ["shop"]}
STAYS, GOES = {"newest", "shared"}, {"old", "older"}
WRONG_LISTS = ("another object", "short body", "list without the object")
BEFORE = (
    {**GOOD, "name": "newest", "age": DAY},
    {**GOOD, "name": "old", "age": 2 * DAY},
    {**GOOD, "name": "shared", "age": 3 * DAY, "share": {"groups": [{"id": "platform", "access": "View"}]}},
    {**GOOD, "name": "older", "age": 4 * DAY},
)


def is_pruned(backups: Backups) -> bool:
    """Whether what was planned is deleted and nothing else: what was deleted once does not come back."""
    left = {item["metadata"]["name"] for item in backups if not item["simulator"]["deleting"]}
    return left == STAYS


def prune(context: Context, task: dict[str, Any]) -> Outcome:
    # One at a time, so that the same request comes first in every run.
    return run_operation(context, BACKUP_PRUNE_MODULE, PRUNE, {"keep": {"last": 1}, "concurrency": 1, **task})


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    WORKS[NAME] = Work(prune, True, Example({}, BEFORE, is_pruned))
    try:
        with running_fleet() as simulators:
            yield simulators
    finally:
        del WORKS[NAME]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_deletes_more_than_planned(fleet: Fleet, fault: str) -> None:
    cells = fleet.cells(NAME, FAULTS[fault])
    assert len(cells) >= 2 * (2 + 3 * len(GOES)), "each request, once and from then on"
    # What a list omits cannot be planned: then less is deleted, and the next run completes it.
    short = [[], ["success, but the state is not as requested"]] if fault in WRONG_LISTS else [[]]
    bad = [str(cell) for cell in cells if cell.wrong not in (short if cell.nth == 1 and not cell.altered else [[]])]
    assert not bad, "\n".join(bad)
