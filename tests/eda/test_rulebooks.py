# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rulebooks of the collection in a real ansible-rulebook, from the event to what it changes on the server."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from support.simulator import Simulator

# Requests of the first poll: from then on backups are events.
LISTED = ("Backup.Enumerate", "Backup.EnumerateByPost")

DRILL = """\
- name: Write down which backup a drill would restore
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write the event
      ansible.builtin.copy:
        content: "{{ ansible_eda.event.px_backup | to_json }}"
        dest: "FOLDER/{{ ansible_eda.event.px_backup.backup.name }}.json"
        mode: "0600"
"""

SHUTDOWN = """\
- name: End at the first failure
  hosts: localhost
  sources:
    - name: backups
      pxops.px_backup.backups:
        interval: 5
        heartbeat: 1
  rules:
    - name: Failed
      condition: event.px_backup.type == "failed" and event.px_backup.cluster.name == "prod-eu"
      action:
        shutdown:
          message: seen
"""


def is_polling(simulator: Simulator, *rpcs: str) -> Callable[[], bool]:
    return lambda: any(line["rpc"] in (rpcs or LISTED) for line in simulator.requests())


def backups_of(simulator: Simulator) -> dict[str, str]:
    """Return name and status of each backup."""
    return {item["metadata"]["name"]: item["simulator"]["status"] for item in simulator.state()["backups"]}


def test_what_failed_is_retried_once(simulator: Simulator, start_rulebook: Any) -> None:
    rulebook = start_rulebook("pxops.px_backup.retry_failed", px_backup_interval=5)
    rulebook.wait_for(is_polling(simulator), "the first poll")
    simulator.control("POST", "outcomes", {"pattern": "^nightly", "status": "Failed", "duration": 1})
    simulator.add_backup(name="nightly", status="Failed", namespaces=["shop"])
    rulebook.wait_for(lambda: len(backups_of(simulator)) == 2, "the retry", 60)
    retry = next(name for name in backups_of(simulator) if name != "nightly")
    # The retry fails as well, and that is the end of it.
    rulebook.wait_for(lambda: "'retry_of': 'nightly'" in rulebook.text(), "the event of the failed retry", 60)
    assert backups_of(simulator) == {"nightly": "Failed", retry: "Failed"}
    assert [line["rpc"] for line in simulator.writes()] == ["Backup.RetryBackupResources"]
    assert simulator.token not in rulebook.text()


def test_each_success_of_an_application_runs_a_drill(simulator: Simulator, start_rulebook: Any, tmp_path: Path) -> None:
    drills = tmp_path / "drills"
    drills.mkdir()
    (tmp_path / "drill.yml").write_text(DRILL.replace("FOLDER", str(drills)))
    rulebook = start_rulebook(
        "pxops.px_backup.drill_after_success",
        px_backup_application="shop",
        px_backup_drill_playbook="drill.yml",
        px_backup_interval=5,
    )
    rulebook.wait_for(is_polling(simulator), "the first poll")
    simulator.add_backup(name="other", status="Success", labels={"pxops/application": "billing"})
    simulator.add_backup(name="failed", status="Failed", labels={"pxops/application": "shop"})
    made = simulator.add_backup(name="shop-1", status="Success", labels={"pxops/application": "shop"})
    rulebook.wait_for((drills / "shop-1.json").exists, "the drill", 60)
    event = json.loads((drills / "shop-1.json").read_text())
    assert event["key"] == f"{made['uid']}:succeeded"
    assert [item.name for item in drills.iterdir()] == ["shop-1.json"]


def test_a_shutdown_ends_the_source(simulator: Simulator, start_rulebook: Any, tmp_path: Path) -> None:
    (tmp_path / "shutdown.yml").write_text(SHUTDOWN)
    rulebook = start_rulebook("shutdown.yml")
    rulebook.wait_for(is_polling(simulator), "the first poll")
    simulator.add_backup(name="bad", status="Failed")
    assert rulebook.end() == 0
    assert "'type': 'heartbeat'" in rulebook.text() and "'type': 'failed'" in rulebook.text()


def test_a_restore_is_an_event_too(simulator: Simulator, start_rulebook: Any, tmp_path: Path) -> None:
    text = SHUTDOWN.replace("px_backup.backups", "px_backup.restores").replace('== "failed"', '== "started"')
    (tmp_path / "restores.yml").write_text(text)
    rulebook = start_rulebook("restores.yml")
    rulebook.wait_for(
        lambda: any(line["rpc"] == "Restore.Enumerate" for line in simulator.requests()), "the first poll"
    )
    simulator.add_backup(name="nightly", status="Success", namespaces=["shop"])
    response = requests.post(
        f"{simulator.url}/v1/restore",
        json={
            "metadata": {"name": "drill", "org_id": "default"},
            "backup_ref": {"name": "nightly"},
            "cluster_ref": {"name": "prod-eu"},
            "namespace_mapping": {"shop": "drill"},
        },
        headers={"Authorization": f"Bearer {simulator.token}"},
        timeout=10,
    )
    assert response.status_code == 200, response.text
    assert rulebook.end() == 0
    assert "'backup': 'nightly'" in rulebook.text()


def test_an_interrupt_ends_the_rulebook_while_a_request_hangs(
    simulator: Simulator, start_rulebook: Any, tmp_path: Path
) -> None:
    (tmp_path / "shutdown.yml").write_text(SHUTDOWN)
    rulebook = start_rulebook("shutdown.yml")
    rulebook.wait_for(is_polling(simulator), "the first poll")
    simulator.faults({"kind": "silence", "times": 0})
    simulator.forget_requests()
    rulebook.wait_for(simulator.requests, "the request that hangs", 30)
    rulebook.process.send_signal(signal.SIGINT)
    rulebook.end(20)


def test_a_refused_token_ends_the_rulebook_with_a_sentence(
    simulator: Simulator, start_rulebook: Any, tmp_path: Path
) -> None:
    (tmp_path / "shutdown.yml").write_text(SHUTDOWN)
    simulator.control("POST", "tokens", {"expire": "all"})
    rulebook = start_rulebook("shutdown.yml")
    assert rulebook.end(90) == 1
    assert "the token was refused" in rulebook.text() and "Traceback" not in rulebook.text()


def test_an_unknown_option_ends_the_rulebook_with_a_sentence(start_rulebook: Any, tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text(SHUTDOWN.replace("heartbeat: 1", "heartbeats: 1"))
    rulebook = start_rulebook("wrong.yml")
    assert rulebook.end(90) == 1
    assert "'heartbeats' is not an option of this event source" in rulebook.text()
