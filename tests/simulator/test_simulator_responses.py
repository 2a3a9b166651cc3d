# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that replace a response, or change it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import requests
from simulator_process import ORG, PACKAGE, Simulator

from px_backup_simulator.faults import KINDS
from px_backup_simulator.replies import HOSTILE_TEXT, MAKERS
from px_backup_simulator.settings import CHOICES, Settings

LIST = f"/v1/backup/{ORG}"
WRITES = ("Backup.Create", "Backup.Update", "Backup.UpdateBackupShare", "Backup.Delete", "Backup.RetryBackupResources")
OTHER_UID = "00000000-0000-4000-8000-000000000000"


def fault(sim: Simulator, kind: str, **rule: Any) -> None:
    sim.control("POST", "faults", {"kind": kind, **rule})


def write(sim: Simulator, rpc: str) -> requests.Response:
    """Send the write to the backup b1-sim-failed, or create it."""
    metadata = {"name": "b1-sim-failed", "org_id": ORG}
    if rpc == "Backup.Create":
        return sim.create("b1-sim-failed")
    if rpc == "Backup.Update":
        return sim.call("PUT", "/v1/backup", json={"metadata": {**metadata, "labels": {"a": "1"}}})
    if rpc == "Backup.UpdateBackupShare":
        share = {"collaborators": [{"id": "bob", "access": "View"}]}
        return sim.call("PUT", "/v1/backup/updatebackupshare", json={**metadata, "backupshare": share})
    if rpc == "Backup.Delete":
        return sim.call("DELETE", f"{LIST}/b1-sim-failed")
    return sim.call("PUT", "/v1/backup/retryBackupResources", json=metadata)


def kept(sim: Simulator) -> list[Any]:
    """Return what a write can change in the backups."""
    return [
        (backup["metadata"]["name"], backup["metadata"].get("labels"), backup["backup_info"].get("backup_share"))
        for backup in sim.control("GET", "state")["backups"]
    ]


@pytest.mark.parametrize("rpc", WRITES)
@pytest.mark.parametrize("kind", ["status", "grpc_error", "error_body", "contradiction", "other_message", "html"])
@pytest.mark.parametrize("process", [True, False])
def test_every_write_can_be_carried_out_before_a_wrong_response(
    sim: Simulator, rpc: str, kind: str, process: bool
) -> None:
    if rpc != "Backup.Create":
        sim.create("b1-sim-failed")
    before = kept(sim)
    fault(sim, kind, process=process, status=500, match={"rpc": rpc})
    assert write(sim, rpc).status_code == 500
    assert (kept(sim) != before) == process


@pytest.mark.parametrize("path", [LIST, f"/v1/cluster/{ORG}", f"/v1/resourceType/{ORG}", "/v1/version"])
def test_an_error_with_status_200(sim: Simulator, path: str) -> None:
    fault(sim, "error_body", times=2)
    response = sim.call("GET", path)
    assert (response.status_code, response.json()) == (200, {"error": "upstream connect error", "code": 14})
    assert response.headers["Content-Type"] == "application/json"


def test_an_error_with_status_200_at_the_login(sim: Simulator) -> None:
    fault(sim, "error_body", match={"rpc": "Auth.Token"}, text="away", code=2)
    response = sim.call("POST", "/realms/master/protocol/openid-connect/token", data={})
    assert (response.status_code, response.json()) == (200, {"error": "away", "code": 2})


def test_the_keys_of_another_message(sim: Simulator) -> None:
    fault(sim, "other_message")
    assert sim.call("GET", LIST).json() == {"organizations": [{"name": "default"}]}


def test_values_of_a_wrong_type(sim: Simulator) -> None:
    sim.create("b1")
    fault(sim, "wrong_types")
    assert sim.call("GET", LIST).json() == {
        "backups": {"wrong": "type"},
        "total_count": ["wrong type"],
        "complete": "wrong type",
    }
    fault(sim, "wrong_types", keys=["backup.metadata.uid", "backup.backup_info.volumes"])
    backup = sim.call("GET", f"{LIST}/b1").json()["backup"]
    assert backup["metadata"]["uid"] == ["wrong type"]
    assert backup["backup_info"]["volumes"] == {"wrong": "type"}


def test_values_of_a_wrong_type_in_an_empty_response(sim: Simulator) -> None:
    fault(sim, "wrong_types", match={"rpc": "Cluster.Enumerate"}, process=False)
    assert sim.call("GET", f"/v1/cluster/{ORG}").json()["clusters"] == "wrong type"


@pytest.mark.parametrize(
    ("rule", "name", "uid", "org"),
    [
        ({}, "other-object", OTHER_UID, ORG),
        ({"name": "b2"}, "b2", None, ORG),
        ({"uid": "u2"}, "b1", "u2", ORG),
        ({"org": "o2"}, "b1", None, "o2"),
        ({"uid": ""}, "b1", "", ORG),
    ],
)
def test_another_object(sim: Simulator, rule: dict[str, str], name: str, uid: str | None, org: str) -> None:
    fault(sim, "other_object", times=3, **rule)
    responses = [sim.create("b1").json()["backup"], sim.call("GET", f"{LIST}/b1").json()["backup"]]
    responses += sim.call("GET", LIST).json()["backups"]
    assert sim.names() == ["b1"]
    true_uid = sim.inspect("b1")["metadata"]["uid"]
    for response in responses:
        metadata = response["metadata"]
        assert (metadata["name"], metadata.get("uid", ""), metadata["org_id"]) == (
            name,
            true_uid if uid is None else uid,
            org,
        )


def test_the_list_and_an_inspect_contradict_each_other(sim: Simulator) -> None:
    sim.create("b1")
    fault(sim, "contradiction", match={"rpc": "Backup.Inspect"}, times=0)
    response = sim.call("GET", f"{LIST}/b1")
    assert (response.status_code, response.json()["code"]) == (500, 2)
    assert response.json()["error"] == "failed to retrieve cloud credential [aws]: object not found"
    assert sim.names() == ["b1"]
    sim.control("DELETE", "faults")
    fault(sim, "contradiction", code=5)
    assert sim.call("GET", f"{LIST}/b1").status_code == 404


def test_one_stale_not_found(sim: Simulator) -> None:
    sim.create("b1")
    fault(sim, "stale_not_found", match={"rpc": "Backup.Inspect"})
    response = sim.call("GET", f"{LIST}/b1")
    assert (response.status_code, response.json()["code"]) == (404, 5)
    assert response.json()["error"] == "failed to retrieve backup [b1]: object not found"
    assert sim.call("GET", f"{LIST}/b1").status_code == 200
    fault(sim, "stale_not_found", match={"rpc": "BackupLocation.Inspect"})
    assert "backup location [s3-main]" in sim.call("GET", f"/v1/backuplocation/{ORG}/s3-main").json()["error"]


def test_a_stale_list(sim: Simulator) -> None:
    for name in ("b1", "b2"):
        sim.create(name)
    fault(sim, "stale_list", name="b2")
    page = sim.listing()
    assert [backup["metadata"]["name"] for backup in page["backups"]] == ["b1"]
    assert page["total_count"] == "1"
    fault(sim, "stale_list")
    assert sim.listing() == {"complete": True}
    assert sim.call("GET", f"{LIST}/b2").status_code == 200


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(None, {}), (["status"], True), (["uid"], True), (["backup_info"], True)],
)
def test_short_responses_to_writes(sim: Simulator, keys: list[str] | None, expected: Any) -> None:
    fault(sim, "short_body", **({} if keys is None else {"keys": keys}))
    response = sim.create("b1").json()
    if keys is None:
        assert response == expected
    else:
        assert response["backup"]["metadata"]["name"] == "b1"
        assert f'"{keys[0]}"' not in json.dumps(response)
    assert sim.names() == ["b1"]


def test_edited_fields(sim: Simulator) -> None:
    for name in ("b1", "b2"):
        sim.create(name)
    settings = {
        "backups.*.metadata.create_time": "2026-11-29 10:00",
        "backups.0.backup_info.total_size": "9" * 5000,
        "backups.1.new.deep": [1],
    }
    fault(sim, "edited_body", set=settings, remove=["backups.*.metadata.ownership", "complete", "none.of.these"])
    page = sim.listing()
    first, second = page["backups"]
    assert first["metadata"]["create_time"] == second["metadata"]["create_time"] == "2026-11-29 10:00"
    assert first["backup_info"]["total_size"] == "9" * 5000
    assert second["new"] == {"deep": [1]}
    assert "ownership" not in first["metadata"] and "complete" not in page


def test_an_edited_login(sim: Simulator) -> None:
    sim.call("POST", "/_simulator/faults", data='{"kind": "edited_body", "set": {"expires_in": NaN}}')
    form = {"grant_type": "password", "client_id": "pxcentral", "username": "admin", "password": "simulator"}
    response = sim.call("POST", "/realms/master/protocol/openid-connect/token", data=form)
    assert '"expires_in":NaN' in response.text and response.json()["access_token"]


def test_wrong_totals(sim: Simulator) -> None:
    for number in range(5):
        sim.create(f"b{number}")
    fault(sim, "lying_total", total="2", complete=False)
    page = sim.listing()
    assert (len(page["backups"]), page["total_count"], page.get("complete")) == (5, "2", None)
    fault(sim, "lying_total", total=2**62, complete=True)
    page = sim.listing(max_objects=2)
    assert (len(page["backups"]), page["total_count"], page["complete"]) == (2, str(2**62), True)
    fault(sim, "lying_total", match={"rpc": "Backup.GetBackupResourceDetails"})
    details = sim.call("POST", "/v1/backup/getbackupresourcedetails", json={"org_id": ORG, "name": "b1"}).json()
    assert details["backup"]["total_resource_count"] == "200"


@pytest.mark.parametrize(("same", "total"), [(False, None), (True, str(2**62))])
def test_pages_without_end(sim: Simulator, same: bool, total: str | None) -> None:
    for number in range(3):
        sim.create(f"b{number}")
    rule: dict[str, Any] = {"same": same} | ({} if total is None else {"total": total})
    fault(sim, "endless_pages", times=0, **rule)
    pages = [sim.listing(max_objects=2, object_index=index) for index in (0, 2, 4, 1000)]
    assert [page.get("total_count") for page in pages] == [total] * 4
    assert all("complete" not in page for page in pages)
    uids = {backup["metadata"]["uid"] for page in pages for backup in page["backups"]}
    names = {backup["metadata"]["name"] for page in pages for backup in page["backups"]}
    if not same:
        assert len(uids) == len(names) == sum(len(page["backups"]) for page in pages) >= 6
    assert pages[3]["backups"]


def test_pages_of_resources_without_end(sim: Simulator) -> None:
    sim.create("b1")
    fault(sim, "endless_pages", times=0)
    body = {"org_id": ORG, "name": "b1", "filter": {"max_objects": 2}}
    pages = [sim.call("POST", "/v1/backup/getbackupresourcedetails", json=body).json()["backup"] for _ in range(3)]
    names = [entry["name"] for page in pages for entry in page["resources"]]
    assert len(set(names)) == len(names) == 6


def test_an_old_retry(sim: Simulator) -> None:
    sim.create("b1-sim-failed")
    first = write(sim, "Backup.RetryBackupResources").json()["backup"]
    fault(sim, "old_retry")
    again = write(sim, "Backup.RetryBackupResources").json()["backup"]
    assert again["metadata"]["uid"] == first["metadata"]["uid"]
    assert len(sim.names()) == 2
    fault(sim, "old_retry", match={"rpc": "Backup.RetryBackupResources"})
    sim.create("b2-sim-failed")
    body = {"name": "b2-sim-failed", "org_id": ORG}
    assert sim.call("PUT", "/v1/backup/retryBackupResources", json=body).status_code == 500


def test_hostile_texts(sim: Simulator) -> None:
    sim.create("b1-sim-failed")
    fault(sim, "hostile_text")
    assert sim.inspect("b1-sim-failed")["backup_info"]["status"] == {"status": "Failed", "reason": HOSTILE_TEXT}
    fault(sim, "hostile_text", keys=["name"], text="a\nb")
    assert sim.inspect("b1-sim-failed")["metadata"]["name"] == "a\nb"
    fault(sim, "hostile_text", status=500)
    response = sim.call("GET", LIST)
    assert response.status_code == 500 and response.json()["error"] == HOSTILE_TEXT
    assert {"\x1b", "\x07", "\x9b", "\r", "\n", "\u202e"} <= set(HOSTILE_TEXT)


def test_a_text_of_20_megabytes(sim: Simulator) -> None:
    fault(sim, "long_text")
    response = sim.call("GET", LIST)
    assert response.status_code == 500 and len(response.json()["error"]) == 20_000_000
    fault(sim, "long_text", length=5, text="ab", status=403)
    response = sim.call("GET", LIST)
    assert (response.status_code, response.json()["error"]) == (403, "ababa")


def test_deep_json(sim: Simulator) -> None:
    fault(sim, "deep_json")
    fault(sim, "deep_json", depth=100_000)
    assert sim.call("GET", LIST).text.startswith('{"backups":[[[')
    response = sim.call("GET", f"{LIST}/b1")
    assert response.text.startswith('{"backup":[') and response.text.count("[") == 100_000


def test_bytes_that_are_not_json(sim: Simulator) -> None:
    sim.create("b1")
    fault(sim, "bad_utf8", times=2)
    with pytest.raises(UnicodeDecodeError):
        sim.call("GET", f"{LIST}/b1").content.decode()
    with pytest.raises(UnicodeDecodeError):
        sim.call("PUT", "/v1/backup", json={"metadata": {"name": "b1", "org_id": ORG}}).content.decode()
    fault(sim, "trailing_bytes")
    assert sim.call("GET", "/v1/health").text == "{}garbage"
    fault(sim, "bad_gzip")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        sim.call("GET", LIST)


def test_headers_can_be_added_to_any_response(sim: Simulator) -> None:
    fault(sim, "edited_body", headers={"Date": "Thu, 01 Jan 2015 00:00:00 GMT", "Content-Encoding": "identity"})
    assert sim.call("GET", LIST).headers["Date"] == "Thu, 01 Jan 2015 00:00:00 GMT"


@pytest.mark.parametrize(
    ("match", "hits"),
    [
        ({"name": "b2"}, [False, True, False]),
        ({"user": "bob"}, [False, False, True]),
        ({"uid": "u2"}, [False, True, False]),
        ({"name": "b2", "user": "bob"}, [False, False, False]),
    ],
)
def test_refusals_of_one_object_or_user(sim: Simulator, match: dict[str, str], hits: list[bool]) -> None:
    bob = sim.user("bob")
    fault(sim, "grpc_error", code=7, text="Access denied", match=match, times=0)
    responses = [
        sim.call("GET", f"{LIST}/b1", params={"uid": "u1"}),
        sim.call("DELETE", f"{LIST}/b2", params={"uid": "u2"}),
        sim.call("GET", f"{LIST}/b3", headers=bob),
    ]
    assert [response.status_code == 403 for response in responses] == hits


def test_the_name_of_a_body_is_matched_too(sim: Simulator) -> None:
    fault(sim, "status", status=503, match={"name": "b1"})
    assert sim.create("b2").status_code == 200
    assert sim.create("b1").status_code == 503
    entry = sim.control("GET", "requests")[-1]
    assert (entry["name"], entry["uid"]) == ("b1", "")


def test_every_kind_is_implemented_and_documented() -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    table = text.partition("### Kinds of faults")[2]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    for name, kind in KINDS.items():
        row = next((line for line in rows if f"`{name}`" in line.split("|")[1]), "")
        common = {"process", "headers", "status"} if name in MAKERS else set()
        missing = [parameter for parameter in kind.parameters - common if f"`{parameter}`" not in row]
        assert row and not missing, (name, missing)


def test_every_setting_is_documented() -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Settings")[2].partition("## Users")[0]
    assert [name for name in Settings().to_dict() if f"`{name}`" not in section] == []
    values = [value for name, values in CHOICES.items() for value in values if f"`{value}`" not in section]
    assert values == []


def test_a_gzipped_body_is_valid_gzip(sim: Simulator) -> None:
    fault(sim, "huge_body", length=3 * 1024 * 1024, gzip=True)
    response = sim.call("GET", LIST, stream=True)
    assert response.headers["Content-Encoding"] == "gzip"
    packed = response.raw.read(decode_content=False)
    assert len(packed) < 10_000
    assert json.loads(gzip.decompress(packed)) == {"message": "a" * 3 * 1024 * 1024}
