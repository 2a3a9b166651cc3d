# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role restore_drill: what it proves, what it leaves, and what it refuses.

The deletion of namespaces is tested with a stand-in for ``kubernetes.core``, which deletes them in the simulator.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from support.playbooks import HERE, Run, playbook_command, run_file, run_tasks, write_play
from support.simulator import Simulator

Json = dict[str, Any]

ROLE = "pxops.px_backup.restore_drill"
NAME = re.compile(r"drill-(shop|billing|web)-[a-z0-9]{6}")

GOOD_CHECK = [{"name": "Check the data", "ansible.builtin.assert": {"that": "restore_drill_mapping | length > 0"}}]
BAD_CHECK = [{"name": "Count the rows", "ansible.builtin.fail": {"msg": "3 rows of 4"}}]


class Drills:
    """Runs the role against a simulator and remembers what existed before."""

    def __init__(self, simulator: Simulator, work: Path) -> None:
        self.simulator = simulator
        self.work = work
        self.before = simulator.contents("prod-us")

    def kubeconfig(self, *refuse: str) -> str:
        """Write the file with which the stand-in reaches the cluster."""
        path = self.work / "kubeconfig.json"
        config = {"control_url": self.simulator.control_url, "cluster": "prod-us", "refuse": refuse}
        path.write_text(json.dumps(config), encoding="utf-8")
        return str(path)

    def checks(self, tasks: list[Json]) -> str:
        """Write a task file."""
        path = self.work / "checks.yml"
        path.write_text(json.dumps(tasks), encoding="utf-8")
        return str(path)

    def tasks(self, **values: Any) -> list[Json]:
        """Return tasks that run a drill and show its evidence."""
        variables = {"cluster": "prod-us", "interval": 1, **values}
        role = {"name": "drill", "ansible.builtin.include_role": {"name": ROLE}}
        role["vars"] = {f"restore_drill_{name}": value for name, value in variables.items()}
        return [role, {"name": "show drill", "ansible.builtin.debug": {"var": "drill"}}]

    @property
    def environment(self) -> dict[str, str]:
        """The connection, and where the stand-in is found."""
        others = os.environ.get("ANSIBLE_COLLECTIONS_PATH")
        paths = os.pathsep.join(filter(None, (str(HERE / "collections"), others)))
        return {**self.simulator.environment, "ANSIBLE_COLLECTIONS_PATH": paths}

    def run(self, *options: str, **values: Any) -> Run:
        """Run a drill."""
        return run_tasks(self.tasks(**values), self.work, self.environment, *options)

    def evidence(self, *options: str, **values: Any) -> Json:
        """Run a drill that the role does not fail, and return its evidence."""
        run = self.run(*options, fail=False, **values).ok()
        return dict(run.result("show drill")["drill"])

    @property
    def clean(self) -> bool:
        """Whether nothing of a drill exists, except objects of the cluster."""
        namespaces = self.simulator.contents("prod-us")["namespaces"]
        return namespaces == self.before["namespaces"] and self.simulator.state()["restores"] == []


@pytest.fixture
def drills(simulator: Simulator, work: Path) -> Drills:
    simulator.settings(restore_seconds=0, delete_seconds=0, cancel_seconds=0)
    simulator.add_backup(name="b1", status="Success", namespaces=["shop", "billing", "web"], age=7200)
    simulator.forget_requests()
    return Drills(simulator, work)


def _results(drill: Json) -> dict[str, str]:
    return {check["name"]: check["result"] for check in drill["checks"]}


def test_a_drill_proves_what_arrived_and_leaves_nothing(drills: Drills) -> None:
    file = drills.work / "evidence.json"
    drill = drills.evidence(
        backup={"name": "b1"},
        kubeconfig=drills.kubeconfig(),
        tasks=drills.checks(GOOD_CHECK),
        rto=100,
        label_backup=True,
        evidence=str(file),
    )
    assert drill["verdict"] == "passed", drill
    names = ("ended", "namespaces", "volumes", "sizes", "resources", "duration", "data")
    assert _results(drill) == dict.fromkeys(names, "passed")
    assert all(NAME.fullmatch(target) for target in drill["mapping"].values())
    assert set(drill["mapping"]) == {"shop", "billing", "web"}
    assert (drill["clean"], drill["left_behind"], drill["rto_met"]) == (True, [], True)
    assert drill["backup"]["age_seconds"] >= 7200
    assert drills.clean
    assert json.loads(file.read_text()) == drill
    sent = next(line["body"] for line in drills.simulator.requests() if line["rpc"] == "Restore.Create")
    assert (sent["replace_policy"], sent["namespace_mapping"]) == ("Retain", drill["mapping"])
    labels = drills.simulator.state()["backups"][0]["metadata"]["labels"]
    assert labels["pxops/drill-verdict"] == "passed"
    assert re.fullmatch(r"\d{8}T\d{6}Z", labels["pxops/drilled"])


def test_without_checks_and_kubeconfig_the_evidence_says_what_is_open(drills: Drills) -> None:
    drill = drills.evidence(label_backup=True)
    assert drill["verdict"] == "not_proven"
    assert [name for name, result in _results(drill).items() if result != "passed"] == ["data"]
    assert drill["left_behind"] == [f"namespace {name}" for name in sorted(drill["mapping"].values())]
    assert drill["clean"] is False
    assert set(drill["mapping"].values()) <= set(drills.simulator.contents("prod-us")["namespaces"])
    assert drills.simulator.state()["restores"] == []
    labels = drills.simulator.state()["backups"][0]["metadata"]["labels"]
    assert "pxops/drilled" not in labels
    assert labels["pxops/drill-verdict"] == "not_proven"


def test_failed_checks_of_the_caller_fail_the_drill_after_the_clean_up(drills: Drills) -> None:
    run = drills.run(kubeconfig=drills.kubeconfig(), tasks=drills.checks(BAD_CHECK))
    assert run.status != 0
    assert "Count the rows: 3 rows of 4" in str(run)
    assert drills.clean


@pytest.mark.parametrize(
    ("effect", "check"),
    [("resource_failed", "resources"), ("volume_missing", "volumes"), ("volume_failed", "ended")],
)
def test_what_did_not_arrive_fails_the_drill(drills: Drills, effect: str, check: str) -> None:
    drills.simulator.control("POST", "outcomes", {"pattern": "^drill-", "effects": [effect]})
    drill = drills.evidence(kubeconfig=drills.kubeconfig())
    assert drill["verdict"] == "failed"
    assert _results(drill)[check] == "failed", drill
    assert drills.clean


def test_a_drill_that_takes_too_long_is_cancelled(drills: Drills) -> None:
    drills.simulator.control("POST", "outcomes", {"pattern": "^drill-", "status": "InProgress"})
    drill = drills.evidence(kubeconfig=drills.kubeconfig(), timeout=1)
    assert drill["verdict"] == "failed"
    assert "is still" in drill["checks"][0]["detail"]
    assert drills.clean


def test_a_namespace_that_cannot_be_deleted_is_left_behind_and_swept_later(drills: Drills) -> None:
    drill = drills.evidence(kubeconfig=drills.kubeconfig("*"))
    assert len(drill["left_behind"]) == 4, drill["left_behind"]
    assert len(drills.simulator.state()["restores"]) == 1, "the record of the namespaces stays"
    later = drills.evidence(kubeconfig=drills.kubeconfig(), sweep_hours=0)
    assert later["clean"] is True
    assert drills.clean


def test_a_drill_that_is_killed_is_swept_by_the_next(drills: Drills) -> None:
    slow = drills.checks([{"name": "Sleep", "ansible.builtin.command": "sleep 60"}])
    playbook = write_play(drills.tasks(kubeconfig=drills.kubeconfig(), tasks=slow), drills.work)
    command, environment = playbook_command(drills.work, drills.environment)
    process = subprocess.Popen(
        [*command, str(playbook)], cwd=drills.work, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        limit = time.monotonic() + 60
        while not any(item["simulator"]["status"] == "Success" for item in drills.simulator.state()["restores"]):
            assert time.monotonic() < limit
            time.sleep(0.2)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert not drills.clean
    assert drills.evidence(kubeconfig=drills.kubeconfig())["clean"] is True
    assert not drills.clean, "it is too young to be swept"
    drills.evidence(kubeconfig=drills.kubeconfig(), sweep_hours=0)
    assert drills.clean


def test_a_drill_beside_production_is_refused_or_warns_and_restores_volumes(drills: Drills) -> None:
    ingress = {"kind": "Ingress", "name": "shop", "group": "networking.k8s.io", "version": "v1"}
    content = {"resources": [ingress], "volumes": ["data"]}
    drills.simulator.add_object("namespace", cluster="prod-us", name="front", **content)
    drills.simulator.add_backup(name="b2", status="Success", namespaces=["front"], cluster="prod-us")
    drills.before = drills.simulator.contents("prod-us")
    refused = drills.run(backup={"name": "b2"})
    assert refused.status != 0
    assert "runs beside production" in str(refused)
    assert drills.simulator.writes() == []
    allowed = {"backup": {"name": "b2"}, "allow_source_cluster": True, "kubeconfig": drills.kubeconfig()}
    volumes = drills.evidence(**allowed)
    assert volumes["scope"] == "volumes"
    sent = next(line["body"] for line in drills.simulator.requests() if line["rpc"] == "Restore.Create")
    assert {item["kind"] for item in sent["include_resources"]} == {"PersistentVolumeClaim"}
    assert set(_results(volumes).values()) == {"passed", "not_proven"}, volumes
    whole = drills.evidence(**allowed, scope="all")
    assert "restores Ingress beside production" in whole["warnings"][1]
    assert drills.clean


def test_the_latest_or_a_random_good_backup_is_chosen(drills: Drills) -> None:
    labels = {"app": "shop"}
    for name, status, days in (("new", "Success", 1), ("old", "Success", 9), ("part", "PartialSuccess", 0)):
        drills.simulator.add_backup(name=name, status=status, namespaces=["shop"], labels=labels, age=days * 86400 + 60)
    selection = {"selection": {"labels": labels}, "kubeconfig": drills.kubeconfig()}
    assert drills.evidence(**selection)["backup"]["name"] == "new"
    assert drills.evidence(**selection, days=5, choice="random")["backup"]["name"] == "new"
    assert drills.evidence(**selection, partial=True)["backup"]["name"] == "part"
    none = drills.run(**{**selection, "selection": {"labels": {"app": "none"}}})
    assert none.status != 0
    assert "no Success backup of the last 30 days matches restore_drill_selection" in str(none)


def test_check_mode_shows_the_plan_and_sends_nothing(drills: Drills) -> None:
    drill = drills.evidence("--check", kubeconfig=drills.kubeconfig(), tasks=drills.checks(BAD_CHECK))
    assert (drill["verdict"], drill["clean"], len(drill["mapping"])) == ("not_proven", True, 3)
    assert drills.simulator.writes() == []
    assert drills.clean


def test_the_rotation_drills_those_of_longest_ago(drills: Drills) -> None:
    drilled = {"a": "20261101T000000Z", "b": "", "c": "20261001T000000Z"}
    for name, last in drilled.items():
        labels = {"app": name, **({"pxops/drill-time": last} if last else {})}
        drills.simulator.add_backup(name=name, status="Success", namespaces=["shop"], labels=labels, age=60)
    applications = [{"name": name, "labels": {"app": name}} for name in (*drilled, "none")]
    variables = {"drill_applications": applications, "drill_cluster": "prod-us", "drill_max": 3}
    variables["drill_kubeconfig"] = drills.kubeconfig()
    playbook = "pxops.px_backup.restore_drill_rotation"
    run = run_file(playbook, drills.work, drills.environment, extra_vars=variables)
    sent = [line["body"]["backup"] for line in drills.simulator.requests() if line["rpc"] == "Restore.Create"]
    assert sent == ["b", "c"], "the third has no backup"
    assert "none: no Success backup of the last 30 days matches" in str(run)
    assert drills.clean
    labels = {item["metadata"]["name"]: item["metadata"]["labels"] for item in drills.simulator.state()["backups"][:3]}
    assert labels["a"]["pxops/drill-time"] == drilled["a"]
    assert labels["b"]["pxops/drill-time"] > drilled["a"]
