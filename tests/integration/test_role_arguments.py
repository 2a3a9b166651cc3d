# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles refuse wrong arguments before they send a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.playbooks import run_tasks
from support.simulator import Simulator

# Role, its variables, and what the error says.
CASES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("protect", {}, "missing required arguments: protect_applications"),
    ("protect", {"protect_applications": [{"name": "shop", "clusters": "a"}]}, "protect_applications.clusters"),
    ("protect", {"protect_applications": [{"cluster": "a"}]}, "missing required arguments: name"),
    ("protection_report", {}, "missing required arguments: protection_report_model"),
    (
        "protection_report",
        {"protection_report_model": {}, "protection_report_fail_on": "sometimes"},
        "value of protection_report_fail_on must be one of",
    ),
    ("restore_drill", {}, "missing required arguments: restore_drill_"),
)


def test_wrong_arguments_are_refused_before_a_request(simulator: Simulator, work: Path) -> None:
    tasks, said = [], {"msg": "{{ ansible_failed_result.argument_errors }}"}
    for number, (role, variables, _message) in enumerate(CASES):
        include = {"name": role, "ansible.builtin.include_role": {"name": f"pxops.px_backup.{role}"}, "vars": variables}
        tell = {"name": f"case {number}", "ansible.builtin.debug": said}
        tasks.append({"name": f"run {number}", "block": [include], "rescue": [tell]})
    run = run_tasks(tasks, work, simulator.environment)
    for number, (_role, _variables, message) in enumerate(CASES):
        assert message in str(run.result(f"case {number}")["msg"])
    assert simulator.requests() == []
