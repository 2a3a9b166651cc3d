# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports that several files of tests read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.playbooks import run_tasks
from support.report_models import every_state, hostile
from support.reports import FORMS, QUICK, UNREAD, except_for, task_of, write


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of every state."""
    work = tmp_path_factory.mktemp("written")
    write(work, every_state()).ok()
    return work


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of folders with reports of other models and options."""
    work = tmp_path_factory.mktemp("variants")
    twins, seen = every_state(), every_state()
    for cluster in twins["clusters"]:
        cluster["name"] = "prod"
    seen["summary"]["compliance"] = None
    seen["source_of_namespaces"] = "seen"
    seen["verdict"] = {"level": "unknown", "text": "Coverage is unknown."}
    only = dict.fromkeys(FORMS, "")
    unread = every_state(unread=UNREAD)
    again = json.loads(json.dumps(every_state(), sort_keys=True))
    tasks = [
        task_of(work / "again", again, **{form: str(work / "again" / "out" / name) for form, name in FORMS.items()}),
        task_of(work / "bom", every_state(), csv_bom=True, **except_for(only, "csv")),
        task_of(
            work / "pending",
            unread,
            junit_pending="skip",
            **except_for(only, "junit", "prometheus"),
        ),
        task_of(work / "twins", twins, **except_for(only, "prometheus")),
        task_of(work / "seen", seen, **except_for(only, "html")),
    ]
    run_tasks(tasks, work, QUICK).ok()
    return work


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of hostile names."""
    work = tmp_path_factory.mktemp("attacked")
    write(work, hostile()).ok()
    return work
