# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports that several files of tests read."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.playbooks import Run, run_tasks
from support.report_models import every_state, hostile, large
from support.reports import FORMS, UNREAD, except_for, task_of, write


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of every state."""
    return _shared(tmp_path_factory, "written", lambda work: write(work, every_state()))


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of folders with reports of other models and options."""
    return _shared(tmp_path_factory, "variants", _write_variants)


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of hostile names."""
    return _shared(tmp_path_factory, "attacked", lambda work: write(work, hostile()))


@pytest.fixture(scope="session")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of a thousand namespaces."""
    only_page = {form: "" for form in FORMS if form != "html"}
    return _shared(tmp_path_factory, "thousand", lambda work: write(work, large(1000), **only_page))


def _shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Run]) -> Path:
    """Return a folder that one of the test processes fills, for all of them."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            make(folder).ok()
            (folder / "done").touch()
    return folder


def _write_variants(work: Path) -> Run:
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
    return run_tasks(tasks, work, {})
