# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON bodies, queries and paths, as a grpc-gateway reads and writes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from simulator_process import ORG, Simulator


def test_zero_values_are_omitted(sim: Simulator) -> None:
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
    response = sim.create("b1", **fields)
    assert response.status_code == 400
    body = response.json()
    assert body["code"] == 3 and body["error"] == body["message"] and body["details"] == []


@pytest.mark.parametrize("size", [5, "5"])
def test_integers_as_text_or_number(sim: Simulator, size: Any) -> None:
    assert sim.listing(max_objects=size) == {"complete": True}


@pytest.mark.parametrize("size", ["None", -1, 1.5, True, 2**64])
def test_bad_integers(sim: Simulator, size: Any) -> None:
    response = sim.call("POST", f"/v1/backup/{ORG}/enumerate", json={"enumerate_options": {"max_objects": size}})
    assert (response.status_code, response.json()["code"]) == (400, 3)


def test_null_means_unset_and_camel_case_is_taken(sim: Simulator) -> None:
    response = sim.create(
        "b1", label_selectors=None, backupType="Generic", include_resources=[], pre_exec_rule_ref=None
    )
    assert response.status_code == 200
    body = {"metadata": {"name": "b2", "orgId": ORG, "labels": None}, "clusterRef": {"name": "prod-eu"}}
    body |= {"backupLocationRef": {"name": "s3-main"}}
    assert sim.call("POST", "/v1/backup", json=body).status_code == 200


def test_halves_of_characters_are_replaced_as_go_does(sim: Simulator) -> None:
    body = b'{"metadata": {"name": "one", "org_id": "default", "labels": {"a": "\\ud83d\\ude00", "b": "x\\udc00"}}, '
    body += b'"cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}'
    created = sim.call("POST", "/v1/backup", data=body).json()
    assert created["backup"]["metadata"]["labels"] == {"a": "\U0001f600", "b": "x\ufffd"}


def test_body_that_is_not_json(sim: Simulator) -> None:
    assert sim.call("POST", "/v1/backup", data="{").json()["code"] == 3
    assert sim.call("POST", "/v1/backup", data="[]").json()["code"] == 3


def test_unknown_fields(sim: Simulator) -> None:
    assert sim.create("b1", parallel_backup=True, cluster_ref={"name": "prod-eu", "typo": 1}).status_code == 200
    log = sim.control("GET", "requests")
    assert sorted(log[-1]["unknown_fields"]) == ["cluster_ref.typo", "parallel_backup"]
    sim.control("POST", "settings", {"unknown_fields": "reject"})
    response = sim.create("b2", parallel_backup=True)
    assert (response.status_code, response.json()["code"]) == (400, 3)
    assert "parallel_backup" in response.json()["error"]


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
    response = sim.call("DELETE", f"/v1/backup/{ORG}/{path}")
    assert response.status_code == 404


@pytest.mark.parametrize("name", ["a:b", ":x", "y:", "a:b:c", "nightly-2026-11-15T00:00"])
def test_the_text_after_the_last_colon_is_a_verb(sim: Simulator, name: str) -> None:
    sim.create(name)
    for quoted in (name, quote(name, safe="")):
        assert sim.call("GET", f"/v1/backup/{ORG}/{quoted}").status_code == 404
        assert sim.inspect(f"{quoted}:")["metadata"]["name"] == name
    assert sim.inspect(f"{quote(name, safe='')}%3A")["metadata"]["name"] == name
    assert sim.call("DELETE", f"/v1/backup/{ORG}/{quote(name, safe='')}").status_code == 404
    assert sim.call("DELETE", f"/v1/backup/{ORG}/{quote(name, safe='')}:").json() == {}
    assert sim.names() == []


def test_an_empty_verb_does_not_belong_to_the_name(sim: Simulator) -> None:
    sim.create("b1")
    assert sim.inspect("b1:")["metadata"]["name"] == "b1"
    assert sim.call("GET", f"/v1/backup/{ORG}/:").status_code == 404
    assert sim.call("GET", f"/v1/backup/{ORG}:x").status_code == 404


def test_names_with_a_colon_on_other_servers(sim: Simulator) -> None:
    sim.create("a:b")
    sim.control("POST", "settings", {"colon_names": "accept"})
    assert sim.inspect("a%3Ab")["metadata"]["name"] == "a:b"
    sim.control("POST", "settings", {"colon_names": "refuse"})
    for path in ("a%3Ab", "a:b:", "b:"):
        assert sim.call("GET", f"/v1/backup/{ORG}/{path}").status_code == 404


def test_unknown_path_and_method(sim: Simulator) -> None:
    response = sim.call("GET", "/v1/nothing")
    assert (response.status_code, response.text.strip()) == (404, "Not Found")
    assert response.headers["Content-Type"].startswith("text/plain")
    response = sim.call("PATCH", "/v1/backup")
    assert (response.status_code, response.text.strip()) == (405, "Method Not Allowed")


def _names(sim: Simulator, query: str) -> list[str]:
    response = sim.call("GET", f"/v1/backup/{ORG}?{query}")
    assert response.status_code == 200, response.text
    return sorted(backup["metadata"]["name"] for backup in response.json().get("backups", []))


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
    response = sim.call("GET", f"/v1/backup/{ORG}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, 3)


SORTED = "enumerate_options.sort_option.sortBy.type={}&enumerate_options.sort_option.sortOrder.type={}"


@pytest.mark.parametrize(("by", "order"), [("Name", "Ascending"), ("2", "Ascending"), ("Name", "1")])
def test_a_sort_in_a_query_takes_numbers_only(sim: Simulator, by: str, order: str) -> None:
    response = sim.call("GET", f"/v1/backup/{ORG}?{SORTED.format(by, order)}")
    word = by if by == "Name" else order
    assert (response.status_code, response.json()["code"]) == (400, 3)
    assert response.json()["error"] == f'strconv.ParseInt: parsing "{word}": invalid syntax'
    sim.control("POST", "settings", {"query_enums": "by_name"})
    assert sim.call("GET", f"/v1/backup/{ORG}?{SORTED.format(by, order)}").status_code == 200


@pytest.mark.parametrize(("order", "names"), [("1", ["a", "b"]), ("-1", ["b", "a"])])
def test_a_sort_in_a_query_by_number(sim: Simulator, order: str, names: list[str]) -> None:
    sim.create("a")
    sim.create("b")
    response = sim.call("GET", f"/v1/backup/{ORG}?{SORTED.format(2, order)}").json()
    assert [backup["metadata"]["name"] for backup in response["backups"]] == names


def test_a_sort_in_a_body_takes_names(sim: Simulator) -> None:
    sim.create("a")
    sim.create("b")
    sort = {"sortBy": {"type": "Name"}, "sortOrder": {"type": "Ascending"}}
    assert sim.names(sort_option=sort) == ["a", "b"]


def test_other_enums_in_a_query(sim: Simulator) -> None:
    path = f"/v1/cluster/{ORG}?cluster_enumerate_options.cluster_status="
    assert sim.call("GET", path + "Online").status_code == 200
    sim.control("POST", "settings", {"query_enums": "by_number"})
    assert sim.call("GET", path + "Online").status_code == 400
    assert sim.call("GET", path + "1").status_code == 200


def test_a_query_key_with_two_brackets_is_ignored(sim: Simulator) -> None:
    sim.control("POST", "objects", {"kind": "backup", "name": "b1", "labels": {"a[b": "x"}})
    sim.create("b2")
    query = "enumerate_options.labels[a[b]=x"
    assert _names(sim, query) == ["b1", "b2"]
    assert sim.control("GET", "requests")[-1]["unknown_fields"] == ["enumerate_options.labels[a"]
    sim.control("POST", "settings", {"query_map_keys": "first_bracket"})
    assert _names(sim, query) == ["b1"]
    assert sim.names(labels={"a[b": "x"}) == ["b1"]


def test_repeated_keys_of_a_query(sim: Simulator) -> None:
    sim.create("b1")
    assert _names(sim, "enumerate_options.name_filter=b1&enumerate_options.name_filter=none") == ["b1"]
    twice = "enumerate_options.labels[a]=1&enumerate_options.labels[a]=2"
    assert sim.call("GET", f"/v1/backup/{ORG}?{twice}").status_code == 400


def test_the_last_field_of_a_oneof_wins(sim: Simulator) -> None:
    sim.create("b1", namespaces=["shop", "web"])
    names = {"namespace_filter": {"include_namespaces": ["shop"]}, "virtual_machine_filter": {"vm_name_pattern": "x"}}
    body = {"org_id": ORG, "name": "b1", "filter": names}
    details = sim.call("POST", "/v1/backup/getbackupresourcedetails", json=body).json()["backup"]
    assert {entry["namespace"] for entry in details["resources"]} == {"shop", "web"}


def test_lists_that_are_paged_without_a_page_size_in_the_request(sim: Simulator) -> None:
    sim.control("POST", "settings", {"reference_page_cap": 2})
    page = sim.call("GET", f"/v1/cluster/{ORG}").json()
    assert (len(page["clusters"]), page["total_count"], page.get("complete")) == (2, "3", None)
    rest = sim.call("GET", f"/v1/cluster/{ORG}?enumerate_options.object_index=2").json()
    assert (len(rest["clusters"]), rest["complete"]) == (1, True)
    assert len(sim.call("GET", f"/v1/rule/{ORG}").json()["rules"]) == 2


def test_bodies_that_are_nested_too_deeply(sim: Simulator) -> None:
    for depth in (300, 100_000):
        response = sim.call("POST", "/v1/backup", data='{"metadata":' * depth + "1" + "}" * depth)
        assert (response.status_code, response.json()["code"]) == (400, 3)
    assert len(sim.control("GET", "requests")) == 2
    assert sim.create("b1", label_selectors={"x": '[[{"' * 500}).status_code == 200
