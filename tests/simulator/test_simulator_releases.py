# SPDX-License-Identifier: GPL-3.0-or-later
"""Each release has exactly its routes and fields."""

from __future__ import annotations

import pytest
from simulator_process import ORG, Simulator

RELEASES = ["2.8.1", "2.8.2", "2.8.4", "2.9.0", "2.10.1", "2.11.0", "3.0.0", "3.1.0", "3.2.0"]
KINDS = {
    "cluster": ("clusters", "cluster", "prod-eu", "clusters"),
    "backuplocation": ("backup_locations", "backup_location", "s3-main", "backup_locations"),
    "rule": ("rules", "rule", "pre-quiesce", "rules"),
    "cloudcredential": ("cloud_credentials", "cloud_credential", "aws-main", "cloud_credentials"),
    "schedulepolicy": ("schedule_policies", "schedule_policy", "nightly", "schedule_policies"),
    "backupschedule": ("backup_schedules", "backup_schedule", "shop-nightly", "backup_schedules"),
    "volumeresourceonlypolicy": (
        "volume_resource_only_policies",
        "volume_resource_only_policy",
        "volumes-only",
        "vro_policies",
    ),
}


@pytest.fixture(params=RELEASES)
def at(request: pytest.FixtureRequest, sim: Simulator) -> tuple[Simulator, int]:
    """The simulator at a release, and the release's place in the order."""
    sim.control("POST", "settings", {"release": request.param})
    return sim, RELEASES.index(request.param)


def served(sim: Simulator, method: str, path: str, body: object = None) -> bool:
    response = sim.call(method, path, json=body)
    return response.headers["Content-Type"].startswith("application/json")


def test_version_and_health(at: tuple[Simulator, int]) -> None:
    sim, index = at
    version = sim.call("GET", "/v1/version").json()["version"]
    assert f"{version['major']}.{version['minor']}.{version['patch']}" == RELEASES[index]
    assert sim.call("GET", "/v1/health", headers={"Authorization": ""}).json() == {}


def test_backup_routes(at: tuple[Simulator, int]) -> None:
    sim, index = at
    sim.create("b1")
    assert served(sim, "GET", f"/v1/backup/{ORG}")
    assert served(sim, "GET", f"/v1/backup/{ORG}/b1")
    assert served(sim, "PUT", "/v1/backup", {"metadata": {"name": "b1", "org_id": ORG}})
    assert served(sim, "PUT", "/v1/backup/updatebackupshare", {"name": "b1", "org_id": ORG})
    assert served(sim, "POST", f"/v1/backup/{ORG}/enumerate", {}) == (index >= 3)
    assert served(sim, "PUT", "/v1/backup/retryBackupResources", {"name": "b1"}) == (index >= 3)
    details = "/v1/backup/getbackupresourcedetails"
    assert served(sim, "GET", f"{details}/{ORG}/b1/uid") == (index == 3)
    assert served(sim, "GET", f"{details}/{ORG}/b1") == (index == 4)
    assert served(sim, "POST", details, {"name": "b1", "org_id": ORG}) == (index >= 5)
    assert served(sim, "DELETE", f"/v1/backup/{ORG}/b1")


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds(at: tuple[Simulator, int], kind: str) -> None:
    sim, index = at
    if kind == "volumeresourceonlypolicy" and index < 3:
        assert not served(sim, "GET", f"/v1/{kind}/{ORG}")
        return
    list_key, item_key, name, plural = KINDS[kind]
    items = sim.call("GET", f"/v1/{kind}/{ORG}").json()[list_key]
    assert name in [item["metadata"]["name"] for item in items]
    uid = sim.uid(plural, name)
    with_uid = index < 4 and kind != "backupschedule"
    path = f"/v1/{kind}/{ORG}/{name}/{uid}" if with_uid else f"/v1/{kind}/{ORG}/{name}?uid={uid}"
    assert sim.call("GET", path).json()[item_key]["metadata"]["uid"] == uid
    other = f"/v1/{kind}/{ORG}/{name}" if with_uid else f"/v1/{kind}/{ORG}/{name}/{uid}"
    assert not served(sim, "GET", other)


def test_fields(at: tuple[Simulator, int]) -> None:
    sim, index = at
    sim.create("b1", volume_resource_only_policy_ref={"name": "volumes-only"}, keep_cr_status=True)
    log = sim.control("GET", "requests")[-1]
    wanted = [
        field for field, since in (("volume_resource_only_policy_ref", 3), ("keep_cr_status", 1)) if index < since
    ]
    assert sorted(log["unknown_fields"]) == sorted(wanted)
    backup = sim.inspect("b1")
    info = backup["backup_info"]
    assert ("backup_mode" in info["volumes"][0]) == (index >= 3)
    assert ("namespace_resources" in info) == (index >= 5)
    assert ("last_update_time_in_sec" in backup["metadata"]) == (index >= 5)
    assert ("keep_cr_status" in info) == (index >= 1)


def test_newer_options_are_ignored_by_older_releases(sim: Simulator) -> None:
    sim.control("POST", "settings", {"release": "2.9.0"})
    sim.create("b1")
    assert sim.names(resource_info={"name": "none"}) == ["b1"]
    assert sim.control("GET", "requests")[-1]["unknown_fields"] == ["enumerate_options.resource_info"]


def test_kinds_that_page(sim: Simulator) -> None:
    body = {"enumerate_options": {"max_objects": 1, "name_filter": "prod"}}
    page = sim.call("POST", f"/v1/cluster/{ORG}/enumerate", json=body).json()
    assert len(page["clusters"]) == 1 and page["total_count"] == "2" and "complete" not in page


def test_location_state_only_when_asked_for(sim: Simulator) -> None:
    plain = sim.call("GET", f"/v1/backuplocation/{ORG}").json()["backup_locations"]
    assert all("status" not in item["backup_location_info"] for item in plain)
    response = sim.call("GET", f"/v1/backuplocation/{ORG}?include_validation_state=true").json()
    states = {item["metadata"]["name"]: item["backup_location_info"]["status"] for item in response["backup_locations"]}
    assert states["s3-broken"]["status"] == "ValidationFailed"


def test_secrets_only_when_asked_for(sim: Simulator) -> None:
    assert "secret" not in sim.call("GET", f"/v1/cloudcredential/{ORG}").text
    assert "secret" in sim.call("GET", f"/v1/cloudcredential/{ORG}?include_secrets=true").text


def test_resource_types(sim: Simulator) -> None:
    response = sim.call("GET", f"/v1/resourceType/{ORG}?cluster_ref.name=prod-eu").json()
    assert {"Deployment", "VirtualMachine"} <= set(response["resource_types"])
