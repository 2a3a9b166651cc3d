# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A playbook written from the specification alone, in the usual style, runs with the module's name changed."""

from __future__ import annotations

from pathlib import Path

import yaml

from support.playbooks import MODULE, run_file
from support.simulator import Simulator

PLAYBOOK = Path(__file__).parent / "specification.yml"


def test_a_playbook_written_from_the_specification_runs(simulator: Simulator, work: Path) -> None:
    state = simulator.state()
    uids = {
        item["metadata"]["name"]: item["metadata"]["uid"]
        for kind in ("clusters", "backup_locations", "rules")
        for item in state[kind]
    }
    text = PLAYBOOK.read_text(encoding="utf-8").replace("backup:\n", f"{MODULE}:\n")
    playbook = work / "specification.yml"
    playbook.write_text(text, encoding="utf-8")
    assert yaml.safe_load(text)
    connection = {
        "px_url": simulator.url,
        "px_token": simulator.environment["PX_BACKUP_TOKEN"],
        "uids": uids,
    }
    run = run_file(playbook, work, {}, extra_vars=connection).ok()
    assert [line["result"]["changed"] for line in run.tasks if "operation" in line["result"]] == [
        True,
        False,
        False,
        True,
        True,
        True,
    ]
