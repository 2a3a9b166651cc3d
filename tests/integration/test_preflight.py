# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups that the server accepts and that then fail are reported before sending, empty backups after their end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import requests
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight.rules import (
    MACHINE_RULES_ERROR,
    MACHINE_TYPES_ERROR,
)

from support.examples import REFERENCES
from support.playbooks import MODULE, Run, run_tasks
from support.simulator import Simulator

MACHINES = {"backup_object_type": {"type": "VirtualMachine"}}
DEPLOYMENT = {"name": "shop-deployment", "namespace": "shop", "group": "apps", "kind": "Deployment", "version": "v1"}
MACHINE = {"name": "ghost", "namespace": "vms", "group": "kubevirt.io", "kind": "VirtualMachine", "version": "v1"}
BOB = {"user_id": "5f0e1d2c-aaaa-4bbb-8ccc-0123456789ab", "username": "bob"}

Backup = dict[str, Any]


def _failed(*words: str) -> Callable[[Backup, bool], bool]:
    """Return a check that a backup has failed with these words."""

    def check(backup: Backup, _seen_by_bob: bool) -> bool:
        status = backup["backup_info"]["status"]
        return bool(status["status"] == "Failed" and all(word in status["reason"] for word in words))

    return check


def _holds(backup: Backup) -> tuple[str, list[str]]:
    """Return the status of a backup, and the namespaces of what it holds."""
    info = backup["backup_info"]
    items = info.get("resources", []) + info.get("volumes", [])
    return info["status"]["status"], sorted({item["namespace"] for item in items})


class Case(NamedTuple):
    """A request that the server accepts and that then fails.

    Attributes:
        task: the parameters in addition to name and references.
        severity: of the finding when ``preflight`` is omitted.
        parameter: that is named.
        says: words of the finding.
        wrong: whether a backup that was created so, and what the user bob sees of it, shows the problem.
        off: whether ``preflight: off`` lets it pass.
    """

    task: dict[str, Any]
    severity: str
    parameter: str
    says: tuple[str, ...]
    wrong: Callable[[Backup, bool], bool]
    off: bool = True


CASES = {
    "machines by kind": Case(
        {**MACHINES, "namespaces": ["vms"], "resource_types": ["Secret"]},
        "error",
        "resource_types",
        ("['Secret']", MACHINE_TYPES_ERROR, "omit resource_types"),
        _failed(MACHINE_TYPES_ERROR),
        off=False,
    ),
    "machines with rules": Case(
        {**MACHINES, "namespaces": ["vms"], "pre_exec_rule_ref": {"name": "pre-quiesce"}},
        "error",
        "pre_exec_rule_ref",
        ("'pre-quiesce'", MACHINE_RULES_ERROR, "set skip_vm_auto_exec_rules to true"),
        _failed(MACHINE_RULES_ERROR),
        off=False,
    ),
    "malformed selector": Case(
        {"ns_label_selectors": "tier in (gold"},
        "error",
        "ns_label_selectors",
        ("'tier in (gold'", "column 14: expected ',' or ')', found the end"),
        _failed("error listing namespaces with label selectors: tier in (gold"),
        off=False,
    ),
    "offline cluster": Case(
        {"namespaces": ["shop"], "cluster_ref": {"name": "edge-01"}},
        "error",
        "cluster_ref",
        ("'edge-01' is Offline (cluster is disconnected)", "set preflight to off"),
        _failed("failed to validate access to the cluster"),
    ),
    "broken location": Case(
        {"namespaces": ["shop"], "backup_location_ref": {"name": "s3-broken"}},
        "error",
        "backup_location_ref",
        ("'s3-broken' is ValidationFailed (AccessDenied",),
        _failed("failed to validate backup location"),
    ),
    "selector of nothing": Case(
        {"ns_label_selectors": "tier=gold,tier=silver"},
        "warning",
        "ns_label_selectors",
        ("can select nothing", "'tier'"),
        lambda backup, _bob: _holds(backup) == ("Success", []),
    ),
    "machine of no group": Case(
        {**MACHINES, "namespaces": ["vms"], "include_resources": [{**MACHINE, "name": "db-vm", "group": "core"}]},
        "warning",
        "include_resources",
        ("VirtualMachine vms/db-vm", "kubevirt.io"),
        lambda backup, _bob: _holds(backup) == ("Success", []),
    ),
    "namespace beside": Case(
        {"namespaces": ["shop", "billing"], "include_resources": [DEPLOYMENT]},
        "warning",
        "include_resources",
        ("namespace 'billing' will be backed up in full",),
        lambda backup, _bob: (
            len([item for item in backup["backup_info"]["resources"] if item["namespace"] == "shop"]) == 1
            and len([item for item in backup["backup_info"]["resources"] if item["namespace"] == "billing"]) > 1
        ),
    ),
    "plural kind": Case(
        {"namespaces": ["shop"], "resource_types": ["deployments"]},
        "warning",
        "resource_types",
        ("'deployments' is not a resource type of cluster 'prod-eu'", "did you mean 'Deployment'?"),
        lambda backup, _bob: _holds(backup) == ("Success", []),
    ),
    "login name": Case(
        {"namespaces": ["shop"], "ownership": {"collaborators": [{"id": "bob", "access": "Read"}]}},
        "warning",
        "ownership.collaborators",
        ("'bob' is not a user id",),
        lambda backup, bob: _holds(backup)[0] == "Success" and not bob,
    ),
}
GOOD = {"namespaces": ["shop"], "resource_types": ["Deployment"]}
SHARE = {"collaborators": [{"id": "bob", "access": "View"}], "groups": []}


def _raw(simulator: Simulator, method: str, path: str, body: Any = None, token: str = "") -> Any:
    """Make a call of the API without the module; return the response, ``None`` where this user sees nothing."""
    headers = {"Authorization": f"Bearer {token or simulator.token}"}
    response = requests.request(method, simulator.url + path, json=body, headers=headers, timeout=10)
    assert response.status_code in (200, 404), response.text
    return response.json() if response.status_code == 200 else None


def _bob(simulator: Simulator, name: str) -> bool:
    """Whether the user bob, who is no administrator, sees a backup."""
    token = simulator.control("POST", "tokens", BOB)["token"]
    return _raw(simulator, "GET", f"/v1/backup/default/{name}", token=token) is not None


def _warnings(result: dict[str, Any]) -> str:
    """Return what a result warns of, apart from the connection without TLS."""
    return " ".join(text for text in result.get("warnings", []) if "http://" not in text)


def _task(name: str, case: Case, **more: Any) -> dict[str, Any]:
    parameters = {"operation": "CREATE", "name": name.replace(" ", "-"), **REFERENCES, **case.task, **more}
    return {"name": name, MODULE: parameters, "ignore_errors": True}


def _check_findings(name: str, result: dict[str, Any], severity: str) -> None:
    """Check what a result says of a case."""
    case = CASES[name]
    (finding,) = [item for item in result["preflight"] if item["parameter"] == case.parameter]
    assert finding["severity"] == severity, finding
    told = result["msg"] if severity == "error" else _warnings(result)
    assert finding["message"] in told
    assert all(words in told for words in case.says), f"{case.says} in {told}"
    assert f"CREATE of '{name.replace(' ', '-')}'" in told
    assert result["failed"] is (severity == "error")
    if severity == "error":
        states = ("cluster_ref", "backup_location_ref")
        assert result["error"]["category"] == ("state" if case.parameter in states else "validation")
        assert not result["changed"]


def test_every_case_fails_on_the_server_that_accepts_it(simulator: Simulator) -> None:
    simulator.settings(backup_seconds=0)
    for name, case in CASES.items():
        body = {"metadata": {"name": "raw", "org_id": "default"}, **REFERENCES, **case.task}
        if "ownership" in body:
            body["metadata"]["ownership"] = body.pop("ownership")
        _raw(simulator, "POST", "/v1/backup", body)
        backup = _raw(simulator, "GET", "/v1/backup/default/raw")["backup"]
        assert case.wrong(backup, _bob(simulator, "raw")), f"{name}: {backup['backup_info']}"
        simulator.control("DELETE", "objects", {"kind": "backup", "name": "raw"})


def test_strict_refuses_every_case_before_any_write(simulator: Simulator, work: Path) -> None:
    tasks = [_task(name, case, preflight="strict") for name, case in CASES.items()]
    everything = {**CASES["malformed selector"].task, **CASES["machines by kind"].task, "wait": True}
    tasks.append(_task("all at once", CASES["offline cluster"]._replace(task=everything), preflight="strict"))
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert simulator.writes() == [] and simulator.state()["backups"] == []
    for name in CASES:
        _check_findings(name, run.result(name), "error")
    together = run.result("all at once")
    assert [item["parameter"] for item in together["preflight"] if item["message"] in together["msg"]] == [
        "ns_label_selectors",
        "resource_types",
        "namespaces",
    ]


def test_check_mode_reports_the_same_as_the_run(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="shared", status="Success")
    share = {"operation": "UPDATE_BACKUP_SHARE", "name": "shared", "backup_share": SHARE}
    tasks = [_task(name, case) for name, case in CASES.items()]
    tasks += [{"name": "share", MODULE: share}, _task("good", CASES["plural kind"]._replace(task=GOOD))]
    run = run_tasks(tasks, work, simulator.environment, "--check").ok()
    assert simulator.writes() == []
    for name, case in CASES.items():
        _check_findings(name, run.result(name), case.severity)
        assert run.result(name)["changed"] is (case.severity == "warning")
    assert run.result("good")["preflight"] == [] and not _warnings(run.result("good"))
    assert "'bob' is not a user id" in run.result("share")["preflight"][0]["message"]


def test_a_warning_does_not_prevent_a_backup(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    warned = {name: case for name, case in CASES.items() if case.severity == "warning"}
    tasks = [_task(name, case) for name, case in warned.items()]
    # `off` without quotes is a boolean in YAML.
    off = [_task(f"{name} off", case, preflight=False) for name, case in CASES.items()]
    run = run_tasks([*tasks, *off], work, simulator.environment).ok()
    made = {item["metadata"]["name"]: item for item in simulator.state()["backups"]}
    for name, case in warned.items():
        _check_findings(name, run.result(name), "warning")
        backup = made[name.replace(" ", "-")]
        assert case.wrong(backup, _bob(simulator, backup["metadata"]["name"])), name
    for name, case in CASES.items():
        result = run.result(f"{name} off")
        assert result["failed"] is not case.off, result
        assert not _warnings(result)
        if case.off:
            assert result["preflight"] == []
            backup = made[f"{name.replace(' ', '-')}-off"]
            assert case.wrong(backup, _bob(simulator, backup["metadata"]["name"])), name
        else:
            assert [item["parameter"] for item in result["preflight"]] == [case.parameter]


USUAL = ["BackupLocation.Enumerate", "Cluster.Enumerate", "Backup.Enumerate"]
KINDS = "ResourceCollector.ResourceTypes"


def test_the_number_of_requests_of_the_check(simulator: Simulator, work: Path) -> None:
    place = {"cluster": "edge-01", "backup_location": "s3-broken"}
    simulator.add_backup(name="there", status="Success", **place, namespaces=["shop"], info=GOOD)
    simulator.forget_requests()
    no_role = {"kind": "grpc_error", "code": 7, "text": "no role for this"}
    simulator.faults({"match": {"rpc": KINDS, "nth": 2}, "times": 1, **no_role})
    create = {"operation": "CREATE", **REFERENCES, **GOOD}
    away = {"cluster_ref": {"name": "edge-01"}, "backup_location_ref": {"name": "s3-broken"}}
    steps: dict[str, tuple[dict[str, Any], list[str]]] = {
        "warn": ({}, [*USUAL, KINDS, "Backup.Create"]),
        "off": ({"preflight": "off"}, [*USUAL, "Backup.Create"]),
        "no kinds": ({"resource_types": None}, [*USUAL, "Backup.Create"]),
        "refused": ({"preflight": "strict"}, [*USUAL, KINDS, "Backup.Create"]),
        # An existing backup is not checked.
        "there": ({**away, "preflight": "strict"}, [*USUAL, "Backup.Inspect"]),
    }
    tasks = [{"name": name, MODULE: {**create, "name": name, **more}} for name, (more, _sent) in steps.items()]
    malformed = {**create, "name": "malformed", **CASES["malformed selector"].task}
    tasks.append({"name": "malformed", MODULE: malformed, "ignore_errors": True})
    run = run_tasks(tasks, work, simulator.environment).ok()
    # Each task has its own connection; the malformed one had nothing to send.
    sent: dict[int, list[str]] = {}
    for line in simulator.requests():
        sent.setdefault(line["connection"], []).append(line["rpc"])
    assert list(sent.values()) == [expected for _more, expected in steps.values()]
    assert run.result("malformed")["error"]["attempts"] == 0
    (note,) = run.result("refused")["preflight"]
    assert (note["severity"], note["parameter"]) == ("note", "resource_types")
    assert "no role for this" in note["message"]
    assert run.result("there")["preflight"] == [] and run.result("there")["changed"] is False


def test_a_login_name_in_a_share(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="raw", status="Success")
    simulator.add_backup(name="one", status="Success")
    backup = next(item for item in simulator.state()["backups"] if item["metadata"]["name"] == "raw")
    body = {"org_id": "default", "name": "raw", "uid": backup["metadata"]["uid"], "backupshare": SHARE}
    _raw(simulator, "PUT", "/v1/backup/updatebackupshare", body)
    assert not _bob(simulator, "raw"), "a login name shares with nobody"
    simulator.forget_requests()

    share = {"operation": "UPDATE_BACKUP_SHARE", "name": "one", "backup_share": SHARE}
    strict = {**share, "preflight": "strict"}
    group = {"groups": [{"id": BOB["user_id"], "access": "View"}]}
    tasks = [
        {"name": "strict", MODULE: strict, "ignore_errors": True},
        {"name": "warn", MODULE: share},
        {"name": "strict again", MODULE: strict},
        {"name": "group", MODULE: {**strict, "backup_share": group}, "ignore_errors": True},
        {
            "name": "good",
            MODULE: {**strict, "backup_share": {"collaborators": [{"id": BOB["user_id"], "access": "View"}]}},
        },
    ]
    run: Run = run_tasks(tasks, work, simulator.environment).ok()
    for name, severity in (("strict", "error"), ("warn", "warning")):
        (finding,) = run.result(name)["preflight"]
        assert (finding["severity"], finding["parameter"]) == (severity, "backup_share.collaborators")
    assert "was not sent: backup_share.collaborators 'bob' is not a user id" in run.result("strict")["msg"]
    assert "'bob' is not a user id" in _warnings(run.result("warn"))
    assert run.result("strict again")["changed"] is False and run.result("strict again")["preflight"] == []
    assert "looks like an id" in run.result("group")["msg"]
    assert len(simulator.writes()) == 2, "warn and good"
    assert run.result("good")["preflight"] == [] and _bob(simulator, "one")


def test_a_backup_of_nothing(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    nothing = {"ns_label_selectors": "tier=platinum", "wait": True}
    ghost = {**MACHINES, "namespaces": ["vms"], "include_resources": [MACHINE], "wait": True}
    half = {**ghost, "include_resources": [MACHINE, {**MACHINE, "name": "db-vm"}]}
    spaces = {"namespaces": ["shop", "empty"], "wait": True}
    create = {"operation": "CREATE", **REFERENCES}
    given: dict[str, dict[str, Any]] = {
        "warn": {**create, **nothing, "name": "nothing"},
        "fail": {**create, **nothing, "name": "other", "on_empty": "fail"},
        "join": {**create, **nothing, "name": "nothing", "on_empty": "fail"},
        "inspect": {"operation": "INSPECT_ONE", "name": "nothing", "wait": True, "on_empty": "fail"},
        "accept": {**create, **nothing, "name": "third", "on_empty": "accept"},
        "tolerated": {**create, **half, "name": "tolerated", "on_empty": "accept"},
        "ghost": {**create, **ghost, "name": "ghost", "on_empty": "fail"},
        "half": {**create, **half, "name": "half", "on_empty": "fail"},
        "spaces": {**create, **spaces, "name": "spaces"},
        "useless": {**create, "namespaces": ["shop"], "name": "useless", "on_empty": "fail"},
    }
    tasks = [{"name": name, MODULE: task, "ignore_errors": True} for name, task in given.items()]
    run = run_tasks(tasks, work, simulator.environment).ok()
    failed = [name for name in given if run.result(name)["failed"]]
    assert failed == ["fail", "join", "inspect", "ghost", "useless"]
    words = "ended Success and is empty: no resource, no volume"
    reason = "(Namespace label selector [tier=platinum] did not find any namespaces"
    assert f"'nothing' {words} {reason}" in _warnings(run.result("warn"))
    for name in ("fail", "join", "inspect", "ghost"):
        result = run.result(name)
        assert words in result["msg"] and result["error"]["category"] == "state"
        assert result["changed"] is (name in ("fail", "ghost"))
        assert result["waited"]["status"] == result["backup"]["backup_info"]["status"]["status"] == "Success"
        assert ("preflight" in result) is (name != "inspect")
    assert not _warnings(run.result("accept"))
    assert "it does not contain what was requested: virtual machine vms/ghost" in run.result("ghost")["msg"]
    for name in ("half", "tolerated"):
        assert "does not contain what was requested: virtual machine vms/ghost" in _warnings(run.result(name)), (
            "not empty, but not whole"
        )
    assert "it does not contain what was requested: namespace empty" in _warnings(run.result("spaces"))
    assert "on_empty has no effect without wait" in run.result("useless")["msg"]
