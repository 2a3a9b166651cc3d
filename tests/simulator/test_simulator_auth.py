# SPDX-License-Identifier: GPL-3.0-or-later
"""Login, tokens, users and their rights."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from simulator_process import ORG, Simulator, Starter

FORM = {"grant_type": "password", "client_id": "pxcentral", "username": "admin", "password": "simulator"}
TOKEN_PATH = "/auth/realms/master/protocol/openid-connect/token"


def login(sim: Simulator, path: str = TOKEN_PATH, **changes: str) -> requests.Response:
    return sim.call("POST", path, data=FORM | changes, headers={"Authorization": ""})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def share(sim: Simulator, headers: dict[str, str] | None = None, **lists: Any) -> requests.Response:
    body = {"org_id": ORG, "name": "b1", "backupshare": lists}
    return sim.call("PUT", "/v1/backup/updatebackupshare", json=body, headers=headers)


def access(sim: Simulator, headers: dict[str, str]) -> str:
    response = sim.call("GET", f"/v1/backup/{ORG}/b1", headers=headers)
    if response.status_code == 404:
        return "none"
    right: str = response.json()["backup"]["backup_info"]["user_backupshare_access"]
    return right


@pytest.mark.parametrize("path", [TOKEN_PATH, TOKEN_PATH.removeprefix("/auth")])
def test_login(sim: Simulator, path: str) -> None:
    response = login(sim, path).json()
    assert response["token_type"] == "Bearer" and response["expires_in"] == 3600
    said = claims(response["access_token"])
    assert said["sub"] == sim.ready["user_id"] and said["exp"] - said["iat"] == 3600
    assert sim.call("GET", "/v1/version", headers=bearer(response["access_token"])).status_code == 200
    sim.control("POST", "clock", {"advance": 3601})
    refused = sim.call("GET", "/v1/version", headers=bearer(response["access_token"]))
    assert (refused.status_code, refused.json()["code"]) == (401, 16)


def test_login_duration_and_refusals(sim: Simulator) -> None:
    assert login(sim, **{"token-duration": "365d"}).json()["expires_in"] == 365 * 86400
    refused = login(sim, password="wrong")
    assert refused.status_code == 401 and refused.json()["error"] == "invalid_grant"
    assert login(sim, username="nobody").status_code == 401
    assert login(sim, grant_type="magic").json()["error"] == "unsupported_grant_type"
    text = json.dumps(sim.control("GET", "requests"))
    assert "simulator" not in text.replace("px_backup_simulator", "") and "wrong" not in text


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc"])
def test_bad_tokens(sim: Simulator, header: str) -> None:
    response = sim.call("GET", f"/v1/backup/{ORG}", headers={"Authorization": header})
    assert (response.status_code, response.json()["code"]) == (401, 16)
    assert sim.control("GET", "requests")[-1]["authorized"] is False


def test_no_token_in_the_log(sim: Simulator) -> None:
    sim.create("b1")
    assert sim.ready["token"] not in json.dumps(sim.control("GET", "requests"))


def test_tokens_of_the_command_line(start: Starter) -> None:
    sim = start("--user", "boss:pw-1:boss-id:/px-admin-group", "--user", "bob:pw-2:bob-id", "--token", "plain-token")
    assert sim.ready["token"] == "plain-token" and sim.ready["user_id"] == "boss-id"
    sim.create("b1")
    assert login(sim, username="bob", password="pw-2").status_code == 200
    assert sim.inspect("b1")["metadata"]["ownership"]["owner"] == "boss-id"


def test_token_of_another_user(start: Starter) -> None:
    sim = start("--token", "first-token", "--token", "second-token=bob-id")
    sim.create("b1", headers=bearer("second-token"))
    assert sim.inspect("b1")["metadata"]["owner"] == "bob-id"


def test_control_of_tokens(sim: Simulator) -> None:
    header = sim.user("bob", expires_in=100)
    assert sim.call("GET", f"/v1/backup/{ORG}", headers=header).status_code == 200
    assert sim.control("POST", "tokens", {"expire": header["Authorization"].split()[1]}) == {"expired": 1}
    assert sim.call("GET", f"/v1/backup/{ORG}", headers=header).status_code == 401


def test_reset_brings_tokens_back(sim: Simulator) -> None:
    sim.control("POST", "tokens", {"expire": "all"})
    assert sim.call("GET", "/v1/version").status_code == 401
    sim.control("POST", "reset")
    assert sim.call("GET", "/v1/version").status_code == 200


def test_who_sees_what(sim: Simulator) -> None:
    bob, eve = sim.user("bob"), sim.user("eve", groups=["team"])
    sim.create("b1", headers=bob)
    assert sim.names() == ["b1"]
    assert access(sim, eve) == "none"
    assert share(sim, bob, collaborators=[{"id": "eve", "access": "View"}]).json() == {}
    assert access(sim, eve) == "View"
    assert share(sim, bob, groups=[{"id": "team", "access": "Restorable"}]).json() == {}
    assert access(sim, eve) == "Restorable"
    assert share(sim, bob, collaborators=[{"id": "*", "access": 3}]).json() == {}
    assert access(sim, eve) == "FullAccess"
    assert share(sim, bob).json() == {}
    assert access(sim, eve) == "none"


def test_rights(sim: Simulator) -> None:
    bob, eve = sim.user("bob"), sim.user("eve")
    sim.create("b1", headers=bob)
    share(sim, bob, collaborators=[{"id": "eve", "access": "Restorable"}])
    refused = sim.call("DELETE", f"/v1/backup/{ORG}/b1", headers=eve)
    assert (refused.status_code, refused.json()["code"]) == (403, 7)
    assert "doesn't have permission to delete backup" in refused.json()["message"]
    update = {"metadata": {"name": "b1", "org_id": ORG}}
    assert sim.call("PUT", "/v1/backup", json=update, headers=eve).status_code == 403
    assert share(sim, eve).status_code == 403
    sim.control("POST", "settings", {"permission_errors": "unknown"})
    assert share(sim, eve).status_code == 500
    share(sim, bob, collaborators=[{"id": "eve", "access": "FullAccess"}])
    assert sim.call("DELETE", f"/v1/backup/{ORG}/b1", headers=eve).json() == {}
    assert sim.names() == []


def test_location_that_a_user_cannot_see(sim: Simulator) -> None:
    sim.control("POST", "objects", {"kind": "backup_location", "name": "private", "public": False})
    response = sim.create("b1", headers=sim.user("bob"), backup_location_ref={"name": "private"})
    assert "failed to retrieve backup location" in response.json()["message"]
    assert sim.create("b1", backup_location_ref={"name": "private"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "error", "description"),
    [
        ("account_disabled", 400, "invalid_grant", "Account disabled"),
        ("account_not_set_up", 400, "invalid_grant", "Account is not fully set up"),
        ("unauthorized_client", 401, "unauthorized_client", "Invalid client or Invalid client credentials"),
        ("direct_access_off", 400, "unauthorized_client", "Client not allowed for direct access grants"),
        ("https_required", 403, "invalid_request", "HTTPS required"),
        ("realm_unknown", 404, "Realm does not exist", None),
    ],
)
def test_refusals_of_keycloak(sim: Simulator, name: str, status: int, error: str, description: str | None) -> None:
    sim.control("POST", "settings", {"login_error": name})
    response = login(sim)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.json().get("error_description") == description
    sim.control("POST", "settings", {"login_error": "none"})
    assert login(sim).status_code == 200


@pytest.mark.parametrize(("form", "missing"), [("no_sub", "sub"), ("no_exp", "exp")])
def test_tokens_that_lack_a_claim(sim: Simulator, form: str, missing: str) -> None:
    sim.control("POST", "settings", {"token_claims": form})
    tokens = [login(sim).json()["access_token"], sim.control("POST", "tokens", {"user_id": "u1"})["token"]]
    for token in tokens:
        assert missing not in claims(token) and "preferred_username" in claims(token)
        assert sim.call("GET", "/v1/version", headers=bearer(token)).status_code == 200
    whole = sim.control("POST", "tokens", {"user_id": "u1", "claims": "all"})["token"]
    assert claims(whole)["sub"] == "u1"


def test_tokens_that_are_not_jwts(sim: Simulator) -> None:
    sim.control("POST", "settings", {"token_claims": "opaque"})
    tokens = {login(sim).json()["access_token"] for _ in range(2)}
    assert len(tokens) == 2 and all("." not in token for token in tokens)
    for token in tokens:
        assert sim.call("GET", "/v1/version", headers=bearer(token)).status_code == 200
