# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the wire, and how."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from simulator_process import ORG, Simulator


def test_zero_values_are_left_out(sim: Simulator) -> None:
    assert sim.call("GET", f"/v1/backup/{ORG}").json() == {"complete": True}
    for number in range(3):
        sim.create(f"b{number}")
    page = sim.listing(max_objects=2)
    assert page["total_count"] == "3"
    assert "complete" not in page


def test_zero_values_can_be_rendered(sim: Simulator) -> None:
    sim.control("POST", "settings", {"zero_values": "render"})
    sim.create("b1")
    page = sim.listing(object_index=1)
    assert page == {"backups": [], "total_count": "1", "complete": True}
    info = sim.inspect("b1")["backup_info"]
    assert info["retention_period"] == "0"
    assert info["rancher_projects"] == {}
    assert info["direct_kdmp"] is False
    assert info["pre_exec_rule_ref"] is None


def test_types(sim: Simulator) -> None:
    sim.create("b1")
    backup = sim.inspect("b1")
    info = backup["backup_info"]
    assert isinstance(info["total_size"], str) and int(info["total_size"]) > 0
    assert backup["metadata"]["create_time_in_sec"].isdigit()
    assert backup["metadata"]["create_time"].endswith("Z")
    assert info["backup_type"] == {"type": "Normal"}
    assert len(info["volumes"]) == 3
    assert info["volumes"][0]["status"] == {"status": "Success", "reason": "Backup successful for volume"}
    assert info["stage"] == "Final"
    assert set(info["completion_time_info"]) == {
        "volumes_completion_time",
        "resources_completion_time",
        "total_completion_time",
    }


@pytest.mark.parametrize("given", ["Generic", 1])
def test_enum_by_name_and_number(sim: Simulator, given: Any) -> None:
    assert sim.create("b1", backup_type=given).status_code == 200
    assert sim.inspect("b1")["backup_info"]["backup_type"] == {"type": "Generic"}


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"name": 7, "org_id": ORG}},
        {"metadata": []},
        {"namespaces": "shop"},
        {"namespaces": [1]},
        {"label_selectors": [1]},
        {"label_selectors": {"a": 1}},
        {"backup_type": "normal"},
        {"backup_type": {"type": "Normal"}},
        {"backup_object_type": "All"},
        {"direct_kdmp": "true"},
    ],
)
def test_wrong_types(sim: Simulator, fields: dict[str, Any]) -> None:
    answer = sim.create("b1", **fields)
    assert answer.status_code == 400
    body = answer.json()
    assert body["code"] == 3 and body["error"] == body["message"] and body["details"] == []


@pytest.mark.parametrize("size", [5, "5"])
def test_integers_as_text_or_number(sim: Simulator, size: Any) -> None:
    assert sim.listing(max_objects=size) == {"complete": True}


@pytest.mark.parametrize("size", ["None", -1, 1.5, True, 2**64])
def test_bad_integers(sim: Simulator, size: Any) -> None:
    answer = sim.call("POST", f"/v1/backup/{ORG}/enumerate", json={"enumerate_options": {"max_objects": size}})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


def test_null_means_unset_and_camel_case_is_taken(sim: Simulator) -> None:
    answer = sim.create("b1", label_selectors=None, backupType="Generic", include_resources=[], pre_exec_rule_ref=None)
    assert answer.status_code == 200
    body = {"metadata": {"name": "b2", "orgId": ORG, "labels": None}, "clusterRef": {"name": "prod-eu"}}
    body |= {"backupLocationRef": {"name": "s3-main"}}
    assert sim.call("POST", "/v1/backup", json=body).status_code == 200


def test_body_that_is_no_json(sim: Simulator) -> None:
    assert sim.call("POST", "/v1/backup", data="{").json()["code"] == 3
    assert sim.call("POST", "/v1/backup", data="[]").json()["code"] == 3


def test_unknown_fields(sim: Simulator) -> None:
    assert sim.create("b1", parallel_backup=True, cluster_ref={"name": "prod-eu", "typo": 1}).status_code == 200
    log = sim.control("GET", "requests")
    assert sorted(log[-1]["unknown_fields"]) == ["cluster_ref.typo", "parallel_backup"]
    sim.control("POST", "settings", {"unknown_fields": "reject"})
    answer = sim.create("b2", parallel_backup=True)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "parallel_backup" in answer.json()["error"]


@pytest.mark.parametrize("name", ["p1#old", "a b", "50%", "päck", "q?uid=x", "a&b=c", "plus+plus", "semi;colon"])
def test_names_in_paths(sim: Simulator, name: str) -> None:
    sim.create("p1")
    sim.create(name)
    quoted = quote(name, safe="")
    assert sim.inspect(quoted)["metadata"]["name"] == name
    assert sim.call("DELETE", f"/v1/backup/{ORG}/{quoted}").json() == {}
    assert sim.names() == ["p1"]


@pytest.mark.parametrize("path", ["a%2Fb", "a/b", "..%2F", ""])
def test_names_that_no_route_takes(sim: Simulator, path: str) -> None:
    answer = sim.call("DELETE", f"/v1/backup/{ORG}/{path}")
    assert answer.status_code == 404


def test_names_with_a_colon(sim: Simulator) -> None:
    sim.create("a:b")
    assert sim.inspect("a%3Ab")["metadata"]["name"] == "a:b"
    sim.control("POST", "settings", {"colon_names": "refuse"})
    assert sim.call("GET", f"/v1/backup/{ORG}/a%3Ab").status_code == 404


def test_unknown_path_and_method(sim: Simulator) -> None:
    answer = sim.call("GET", "/v1/nothing")
    assert (answer.status_code, answer.text.strip()) == (404, "Not Found")
    assert answer.headers["Content-Type"].startswith("text/plain")
    answer = sim.call("PATCH", "/v1/backup")
    assert (answer.status_code, answer.text.strip()) == (405, "Method Not Allowed")


def _names(sim: Simulator, query: str) -> list[str]:
    answer = sim.call("GET", f"/v1/backup/{ORG}?{query}")
    assert answer.status_code == 200, answer.text
    return sorted(backup["metadata"]["name"] for backup in answer.json().get("backups", []))


def test_query(sim: Simulator) -> None:
    for name, labels, status in (
        ("b1", {"team": "infra"}, "Success"),
        ("b2", {"team": "infra", "x": "y"}, "Failed"),
        ("b3", {}, "Aborted"),
    ):
        sim.control("POST", "objects", {"kind": "backup", "name": name, "labels": labels, "status": status})
    assert _names(sim, "enumerate_options.labels%5Bteam%5D=infra") == ["b1", "b2"]
    assert _names(sim, "enumerate_options.labels[team]=infra&enumerate_options.labels[x]=y") == ["b2"]
    assert _names(sim, "enumerate_options.status=Failed&enumerate_options.status=Aborted") == ["b2", "b3"]
    assert _names(sim, "enumerate_options.max_objects=1&nonsense=1&enumerate_options.nonsense=2") == ["b3"]
    assert sim.control("GET", "requests")[-1]["unknown_fields"] == ["nonsense", "enumerate_options.nonsense"]
    assert _names(sim, "enumerate_options.labels=team&enumerate_options.labels=infra") == ["b1", "b2"]


@pytest.mark.parametrize(
    "query",
    [
        "enumerate_options.labels=team",
        "enumerate_options.max_objects=None",
        "enumerate_options.include_detailed_resources=maybe",
        "enumerate_options.schedule_policy_ref=x",
        "enumerate_options.name_filter.x=1",
        "enumerate_options.time_range.start_time=yesterday",
        "enumerate_options.sort_option.sortBy.type=name",
        "enumerate_options=x",
    ],
)
def test_bad_query(sim: Simulator, query: str) -> None:
    answer = sim.call("GET", f"/v1/backup/{ORG}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


def test_query_with_enum_number(sim: Simulator) -> None:
    query = "enumerate_options.sort_option.sortBy.type=Name&enumerate_options.sort_option.sortOrder.type=-1"
    sim.create("a")
    sim.create("b")
    answer = sim.call("GET", f"/v1/backup/{ORG}?{query}").json()
    assert [backup["metadata"]["name"] for backup in answer["backups"]] == ["b", "a"]
