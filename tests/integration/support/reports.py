# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the role protection_report and reads what it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.playbooks import RECORD, Run, run_tasks

ROLE = "pxops.px_backup.protection_report"
FOLDER = Path(__file__).resolve().parents[3] / "roles" / "protection_report"
FORMS = {"html": "r.html", "json": "r.json", "csv": "r.csv", "junit": "r.xml", "prometheus": "r.prom"}
VERDICT = "5 of 8 namespaces have no good backup within the target."
UNREAD = ("the schedules could not be read: HTTP 500",)
STATES = ("compliant", "exceeded", "unprotected", "pending", "no_target", "exempt")


def task_of(work: Path, model: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a task that runs the role on a model file; ``more`` are variables of the role without their prefix."""
    work.mkdir(exist_ok=True)
    (work / "model.json").write_text(json.dumps(model), encoding="utf-8")
    paths = {form: str(work / "out" / name) for form, name in FORMS.items()}
    values = {f"protection_report_{name}": value for name, value in {**paths, **more}.items()}
    values["protection_report_model"] = f"{{{{ lookup('ansible.builtin.file', '{work}/model.json') | from_json }}}}"
    return {"name": "Report", "ansible.builtin.include_role": {"name": ROLE}, "vars": values}


def write(work: Path, model: dict[str, Any], *options: str, **more: Any) -> Run:
    """Run the role once, see :func:`task_of`."""
    return run_tasks([task_of(work, model, **more)], work, {}, *options)


def read(work: Path, form: str) -> str:
    return (work / "out" / FORMS[form]).read_bytes().decode("utf-8")


def run_of(work: Path) -> Run:
    """Return the tasks of the run that wrote the report in a folder."""
    return Run(0, "", "", [json.loads(line) for line in (work / RECORD).read_text(encoding="utf-8").splitlines()])


def changed(run: Run) -> list[bool]:
    """Return for each form whether its file was reported as changed."""
    return [line["result"]["changed"] for line in run.tasks if line["task"].endswith("Write the report")]


def except_for(values: dict[str, str], *names: str) -> dict[str, str]:
    """Return the values of the other names."""
    return {name: value for name, value in values.items() if name not in names}
