# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: filters, order, pages, changes between pages."""

from __future__ import annotations

from typing import Any

import pytest
from simulator_process import Simulator


def put(sim: Simulator, name: str, **fields: Any) -> None:
    sim.control("POST", "objects", {"kind": "backup", "name": name, **fields})


@pytest.fixture
def many(sim: Simulator) -> Simulator:
    put(sim, "old", age=9000, labels={"a": "1", "b": "2"}, schedule_policy="nightly")
    put(sim, "middle", age=6000, labels={"a": "1"}, cluster="prod-us", status="Failed", vro_policy="volumes-only")
    put(sim, "new", age=3000, backup_object_type="VirtualMachine", namespaces=["vms"], backup_schedule="shop-nightly")
    return sim


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["new", "middle", "old"]),
        ({"name_filter": "d"}, ["middle", "old"]),
        ({"labels": {"a": "1"}}, ["middle", "old"]),
        ({"labels": {"a": "1", "b": "2"}}, ["old"]),
        ({"cluster_name_filter": "us"}, ["middle"]),
        ({"status": ["Failed"]}, ["middle"]),
        ({"status": ["failed"]}, []),
        ({"owners": ["nobody"]}, []),
        ({"backup_object_type": "VirtualMachine"}, ["new"]),
        ({"schedule_policy_ref": [{"name": "nightly"}]}, ["old"]),
        ({"backup_schedule_ref": [{"name": "shop-nightly"}]}, ["new"]),
        ({"volume_resource_only_policy_ref": [{"name": "volumes-only"}]}, ["middle"]),
        ({"resource_info": {"name": "db-vm", "namespace": "vms"}}, ["new"]),
        ({"resource_info": {"name": "db-vm"}, "vm_volume_name": "db-vm-disk-0"}, ["new"]),
        ({"resource_info": {"name": "db-vm"}, "vm_volume_name": "other"}, []),
        ({"sort_option": {"sortOrder": {"type": "Ascending"}}}, ["old", "middle", "new"]),
        ({"sort_option": {"sortBy": {"type": "Name"}}}, ["old", "new", "middle"]),
        ({"sort_option": {"sortBy": {"type": "Name"}, "sortOrder": {"type": 1}}}, ["middle", "new", "old"]),
        ({"max_objects": 1, "object_index": 1}, ["middle"]),
        ({"object_index": 9}, []),
    ],
)
def test_options(many: Simulator, options: dict[str, Any], names: list[str]) -> None:
    assert many.names(**options) == names


def test_time_range(many: Simulator) -> None:
    moment = many.inspect("middle")["metadata"]["create_time"]
    assert many.names(time_range={"start_time": moment}) == ["new", "middle"]
    assert many.names(time_range={"end_time": moment}) == ["middle", "old"]


def test_resources_only_when_asked_for(many: Simulator) -> None:
    plain = many.listing(name_filter="old")["backups"][0]["backup_info"]
    whole = many.listing(name_filter="old", include_detailed_resources=True)["backups"][0]["backup_info"]
    assert "resources" not in plain and "namespace_resources" not in plain
    assert plain["resource_count"] == str(len(whole["resources"]))


def test_page_cap(many: Simulator) -> None:
    many.control("POST", "settings", {"page_cap": 2})
    page = many.listing(max_objects=3)
    assert len(page["backups"]) == 2 and page["total_count"] == "3" and "complete" not in page


def test_list_that_changes(many: Simulator) -> None:
    many.control("POST", "settings", {"churn": {"create": 2, "delete": 1}})
    assert many.names(max_objects=1) == ["new"]
    page = many.listing()
    names = [backup["metadata"]["name"] for backup in page["backups"]]
    assert names[2:] == ["middle", "old"] and all(name.startswith("churn-") for name in names[:2])


def test_other_organisation_is_empty(many: Simulator) -> None:
    assert many.call("GET", "/v1/backup/other").json() == {"complete": True}


def test_page_is_fast_and_generated_backups_are_realistic(sim: Simulator, start: Any) -> None:
    own = start("--backups", "2500")
    page = own.listing(max_objects=1000)
    assert page["total_count"] == "2500" and len(page["backups"]) == 1000
    info = page["backups"][0]["backup_info"]
    assert len(info["volumes"]) == 3 and int(info["total_size"]) > 0
    assert len({backup["metadata"]["uid"] for backup in page["backups"]}) == 1000
    assert {backup["backup_info"]["status"]["status"] for backup in page["backups"]} == {
        "Success",
        "PartialSuccess",
        "Failed",
    }
