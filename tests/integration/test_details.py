# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GET_BACKUP_RESOURCE_DETAILS: each release in its own form, each filter at the server, all pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.playbooks import MODULE, Run, run_backup, run_tasks
from support.simulator import Simulator

DETAILS = {"operation": "GET_BACKUP_RESOURCE_DETAILS", "name": "one"}
BASE = "/v1/backup/getbackupresourcedetails"
RPC = "Backup.GetBackupResourceDetails"

# How a release is asked: method, path and query.
FORMS = {
    "2.9.0": ("GET", f"{BASE}/default/one/{{uid}}", True),
    "2.10.1": ("GET", f"{BASE}/default/one", True),
    "2.11.0": ("POST", BASE, False),
    "3.2.0": ("POST", BASE, False),
}


def _shop(simulator: Simulator, **backup: Any) -> str:
    """Make a backup of two namespaces and return its uid."""
    whole = {"name": "one", "status": "Success", "namespaces": ["shop", "billing"], **backup}
    return str(simulator.add_backup(**whole)["uid"])


def _asked(simulator: Simulator) -> list[dict[str, Any]]:
    """Return the requests for details; the server knew each field of each."""
    lines = [line for line in simulator.requests() if line["rpc"] == RPC]
    assert not any(line["unknown_fields"] or line["writes"] for line in lines)
    return lines


def _run(simulator: Simulator, work: Path, tasks: dict[str, dict[str, Any]]) -> Run:
    listed = [{"name": name, MODULE: {**DETAILS, **task}, "ignore_errors": True} for name, task in tasks.items()]
    return run_tasks(listed, work, simulator.environment).ok()


@pytest.mark.parametrize("release", FORMS)
def test_each_release_gets_its_form_of_the_request(simulator: Simulator, work: Path, release: str) -> None:
    method, path, query = FORMS[release]
    simulator.settings(release=release)
    uid = _shop(simulator)
    result = run_backup(work, simulator.environment, **DETAILS).ok().only
    (line,) = _asked(simulator)
    assert (line["method"], line["path"], line["status"]) == (method, path.format(uid=uid), 200)
    if query:
        assert ["uid", uid] in line["query"]
    else:
        assert (line["query"], line["body"]) == ([], {"org_id": "default", "name": "one", "uid": uid})
    details = result["details"]
    assert result["server"] == {"release": release}
    assert (result["changed"], result["truncated"]) == (False, False)
    assert details["metadata"]["uid"] == uid
    assert {item["namespace"] for item in details["resources"] if item["namespace"]} == {"shop", "billing"}
    assert result["total_count"] == len(details["resources"]) > 5
    assert len(details["volumes"]) == 6
    assert result["message"] == f"Backup 'one' holds {result['total_count']} resources that match"


CLAIM = {
    "name": "shop-data-0",
    "namespace": "shop",
    "group": "core",
    "version": "v1",
    "kind": "PersistentVolumeClaim",
}
NAMESPACE_FILTERS = {
    "namespace_name_pattern": "sh",
    "include_namespaces": ["shop"],
    "exclude_namespaces": ["billing"],
    "include_resources": [CLAIM],
    "exclude_resources": [CLAIM],
    "gvks": ["PersistentVolumeClaim"],
    "resource_name_pattern": "data-0",
}
MACHINE_FILTERS = {
    "vm_name_pattern": "app",
    "os_name": ["ubuntu24"],
    "include_vms": [{"name": "app-vm", "namespace": "vms"}],
    "exclude_vms": [{"name": "db-vm", "namespace": "vms"}],
}


def test_each_filter_of_namespaces_reaches_the_server(simulator: Simulator, work: Path) -> None:
    uid = _shop(simulator)
    run = _run(
        simulator,
        work,
        {
            "whole": {},
            **{name: {"filter": {"namespace_filter": {name: value}}} for name, value in NAMESPACE_FILTERS.items()},
        },
    )
    whole = {(item["namespace"], item["kind"], item["name"]) for item in run.result("whole")["details"]["resources"]}
    first, *asked = _asked(simulator)
    assert "filter" not in first["body"]
    for line, (name, value) in zip(asked, NAMESPACE_FILTERS.items(), strict=True):
        assert line["body"] == {
            "org_id": "default",
            "name": "one",
            "uid": uid,
            "filter": {"namespace_filter": {name: value}},
        }
        resources = run.result(name)["details"]["resources"]
        found = {(item["namespace"], item["kind"], item["name"]) for item in resources}
        assert found and found < whole, name
        assert run.result(name)["total_count"] == len(resources)


def test_filters_of_machines_and_the_other_options_reach_the_server(simulator: Simulator, work: Path) -> None:
    uid = _shop(simulator, namespaces=["vms"], backup_object_type="VirtualMachine", status="PartialSuccess")
    everything = {"virtual_machine_filter": MACHINE_FILTERS, "status": ["Failed", "PartialSuccess"]}
    run = _run(
        simulator,
        work,
        {
            "machines": {"filter": everything},
            "by uid": {"name": None, "uid": uid, "force_resync": True},
            "spaces": {"sync_namespaces_only": True},
        },
    )
    bodies = [line["body"] for line in _asked(simulator)]
    base = {"org_id": "default", "name": "one", "uid": uid}
    assert bodies == [
        {**base, "filter": everything},
        {**base, "force_resync": True},
        {**base, "sync_namespaces_only": True},
    ]
    names = {}
    for task in ("machines", "by uid"):
        machines = run.result(task)["details"]["resource_details"]["virtual_machine_list"]["virtual_machines"]
        names[task] = [machine["vm_info"]["name"] for machine in machines]
    assert names == {"machines": ["app-vm"], "by uid": ["db-vm", "app-vm"]}
    spaces = run.result("spaces")
    assert spaces["details"]["resources"] == []
    assert [item["namespace"] for item in spaces["details"]["filtered_namespaces"]] == ["vms"]


def test_all_pages_are_read_unless_the_task_pages(simulator: Simulator, work: Path) -> None:
    simulator.settings(page_cap=3)
    _shop(simulator)
    shop = {"namespace_filter": {"include_namespaces": ["shop", "billing"]}}
    run = _run(
        simulator,
        work,
        {
            "whole": {},
            "all": {"filter": shop},
            "page": {"filter": {**shop, "max_objects": 2}},
            "next": {"filter": {**shop, "max_objects": 2, "object_index": 2}},
            "rest": {"filter": {**shop, "object_index": 4}},
        },
    )
    found = {
        task: [(item["kind"], item["namespace"], item["name"]) for item in run.result(task)["details"]["resources"]]
        for task in ("whole", "all", "page", "next", "rest")
    }
    counts = {task: run.result(task)["total_count"] for task in found}
    whole = [item for item in found["whole"] if item[1]]
    assert found["all"] == whole
    assert len(whole) > 6, "more than two pages"
    assert (found["page"], found["next"], found["rest"]) == (whole[:2], whole[2:4], whole[4:])
    assert counts == {**dict.fromkeys(counts, len(whole)), "whole": len(found["whole"])}
    assert [run.result(task)["truncated"] for task in ("whole", "all", "page", "next")] == [False, False, True, True]
    for task in found:
        assert run.result(task)["details"]["total_resource_count"] == counts[task]


def test_options_that_the_release_lacks_are_refused_before_any_request(simulator: Simulator, work: Path) -> None:
    simulator.settings(release="2.10.1")
    _shop(simulator)
    options = {
        "filter": {"status": ["Failed"]},
        "force_resync": True,
        "sync_namespaces_only": True,
    }
    run = _run(simulator, work, {name: {name: value} for name, value in options.items()})
    for name in options:
        result = run.result(name)
        assert result["error"]["category"] == "unsupported"
        assert f"{name} needs PX-Backup 2.11.0 or newer, and the server is 2.10.1" in result["msg"]
    assert [line["rpc"] for line in simulator.requests()] == ["Version.Get"] * len(options)

    simulator.settings(release="2.8.1")
    result = run_backup(work, simulator.environment, **DETAILS).only
    assert "GET_BACKUP_RESOURCE_DETAILS needs PX-Backup 2.9.0 or newer, and the server is 2.8.1" in result["msg"]
    assert {line["rpc"] for line in simulator.requests()} == {"Version.Get"}


def test_the_task_sets_the_release_of_a_server_that_hides_it(simulator: Simulator, work: Path) -> None:
    simulator.settings(release="2.10.1")
    uid = _shop(simulator)
    simulator.faults({"kind": "status", "status": 404, "times": 0, "match": {"rpc": "Version.Get"}})
    run = _run(
        simulator,
        work,
        {
            "hidden": {},
            "said": {"server_release": "2.10.1"},
            "too old": {"server_release": "2.8.4"},
            "nonsense": {"server_release": "new"},
            "absent": {"server_release": "2.10.1", "name": "nope"},
        },
    )
    said = run.result("said")
    assert (said["failed"], said["details"]["metadata"]["uid"]) == (False, uid)
    says = {
        "hidden": ("unsupported", "set server_release"),
        "too old": ("unsupported", "GET_BACKUP_RESOURCE_DETAILS needs PX-Backup 2.9.0 or newer"),
        "nonsense": ("validation", "server_release 'new' is not a release"),
        "absent": ("not_found", "backup 'nope' not found"),
    }
    for task, (category, words) in says.items():
        result = run.result(task)
        assert result["error"]["category"] == category
        assert words in result["msg"]
    assert [line["rpc"] for line in simulator.requests()].count("Version.Get") == 1


@pytest.mark.both_paths
@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"namespace_filter": {"gvk": "v1/Pod"}}, "filter.namespace_filter has no option 'gvk'; valid options: "),
        ({"virtual_machine_filter": {"include_vms": [{"name": "db"}]}}, "include_vms[0]: namespace is required"),
        ({"max_objects": "many"}, "filter.max_objects is 'many', not a whole number"),
        ({"status": ["Good"]}, "filter.status[0] is 'Good'; valid values: Invalid, Pending"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_invalid_part_of_a_filter_is_refused_before_any_request(
    simulator: Simulator, work: Path, filters: dict[str, Any], message: str
) -> None:
    run = run_backup(work, simulator.environment, **DETAILS, filter=filters)
    assert message in run.only["msg"]
    assert run.only["error"]["category"] == "validation"
    assert simulator.requests() == []
