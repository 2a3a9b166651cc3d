# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of every module return, send and leave behind what is recorded, with and without faults."""

from __future__ import annotations

import json

import pytest
from ansible_collections.pxops.px_backup.tests.properties.support.scenario_tasks import TASKS
from ansible_collections.pxops.px_backup.tests.properties.support.scenarios import RECORDED, Record, Scenes

AGAIN = "after a change on purpose, run make scenarios and read the difference"


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    return Scenes()


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, Record]]:
    found: dict[str, dict[str, Record]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", TASKS)
def test_a_task_does_what_is_recorded(scenes: Scenes, recorded: dict[str, dict[str, Record]], name: str) -> None:
    runs = json.loads(json.dumps(scenes.records(TASKS[name])))
    assert runs.keys() == recorded[name].keys()
    for run, record in runs.items():
        assert record == recorded[name][run], f"{name}, {run}: {AGAIN}"


def test_no_record_is_left_over(recorded: dict[str, dict[str, Record]]) -> None:
    assert recorded.keys() == TASKS.keys()
