# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault, and the requests that it applies to."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from simulator_process import ORG, Simulator, Starter

LIST = f"/v1/backup/{ORG}"


def fault(sim: Simulator, kind: str, **rule: Any) -> None:
    sim.control("POST", "faults", {"kind": kind, **rule})


def last(sim: Simulator) -> dict[str, Any]:
    entry: dict[str, Any] = sim.control("GET", "requests")[-1]
    return entry


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize(("kind", "made"), [("drop_before", []), ("drop_after", ["b1"])])
def test_drop(sim: Simulator, kind: str, made: list[str], reset: bool) -> None:
    fault(sim, kind, match={"rpc": "Backup.Create"}, reset=reset)
    with pytest.raises(requests.ConnectionError):
        sim.create("b1")
    entry = last(sim)
    assert (entry["fault"], entry["status"], entry["rpc"]) == (kind, None, "Backup.Create")
    assert sim.names() == made


def test_status_with_headers(sim: Simulator) -> None:
    fault(sim, "status", status=503, headers={"Retry-After": 2}, times=2)
    for _ in range(2):
        response = sim.call("GET", LIST)
        assert (response.status_code, response.headers["Retry-After"], response.json()["code"]) == (503, "2", 14)
    assert sim.call("GET", LIST).status_code == 200


@pytest.mark.parametrize("process", [True, False])
def test_status_with_and_without_processing(sim: Simulator, process: bool) -> None:
    fault(sim, "status", status=504, process=process, code=4, text="late")
    response = sim.create("b1")
    assert (response.status_code, response.json()["message"]) == (504, "late")
    assert bool(sim.names()) == process


def test_status_with_own_body(sim: Simulator) -> None:
    fault(sim, "status", status=502, body="Bad Gateway", content_type="text/html")
    response = sim.call("GET", LIST)
    assert (response.status_code, response.text, response.headers["Content-Type"]) == (502, "Bad Gateway", "text/html")


def test_grpc_error(sim: Simulator) -> None:
    fault(sim, "grpc_error", code=2, text="object not found", match={"method": "delete"})
    assert sim.call("GET", LIST).status_code == 200
    response = sim.call("DELETE", f"{LIST}/b1")
    assert (response.status_code, response.json()["code"]) == (500, 2)


def test_slow_first_byte_and_slow_body(sim: Simulator) -> None:
    for kind in ("slow_first_byte", "slow_body"):
        fault(sim, kind, seconds=0.3)
        began = time.monotonic()
        assert sim.call("GET", LIST).json() == {"complete": True}
        assert time.monotonic() - began >= 0.25


def test_silence(sim: Simulator) -> None:
    fault(sim, "silence")
    with pytest.raises(requests.ReadTimeout):
        sim.call("GET", LIST, timeout=0.2)
    assert last(sim)["status"] is None
    assert sim.call("GET", LIST).status_code == 200


def test_truncated_body(sim: Simulator) -> None:
    fault(sim, "truncated_body")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        sim.call("GET", LIST)


@pytest.mark.parametrize(
    ("rule", "status", "content_type", "text"),
    [
        ({"kind": "html"}, 200, "text/html", "<!DOCTYPE"),
        ({"kind": "html", "status": 502}, 502, "text/html", "<!DOCTYPE"),
        ({"kind": "empty_body"}, 200, "application/json", ""),
        ({"kind": "wrong_content_type", "process": True}, 200, "text/plain", "{"),
        ({"kind": "not_object"}, 200, "application/json", "["),
        ({"kind": "redirect", "location": "https://x.example/"}, 302, "text/plain", ""),
    ],
)
def test_other_responses(sim: Simulator, rule: dict[str, Any], status: int, content_type: str, text: str) -> None:
    sim.control("POST", "faults", rule)
    response = sim.call("GET", LIST)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith(content_type)
    assert response.text.startswith(text)
    assert response.headers.get("Location") == rule.get("location")


def test_redirected_write_does_nothing(sim: Simulator) -> None:
    sim.create("b1")
    fault(sim, "redirect", match={"writes": True})
    assert sim.call("DELETE", f"{LIST}/b1").status_code == 302
    assert sim.names() == ["b1"]


def test_expire_token(sim: Simulator) -> None:
    fault(sim, "expire_token", match={"nth": 2})
    header = sim.user("bob")
    codes = [sim.call("GET", LIST, headers=header).status_code for _ in range(3)]
    assert codes == [200, 401, 401]
    form = {"grant_type": "password", "client_id": "pxcentral", "username": "admin", "password": "simulator"}
    token = sim.call("POST", "/realms/master/protocol/openid-connect/token", data=form).json()["access_token"]
    assert sim.call("GET", LIST, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_nth_path_and_always(sim: Simulator) -> None:
    fault(sim, "status", status=500, match={"nth": 2, "path": "/b[12]$"}, times=0)
    codes = [sim.call("GET", f"{LIST}/{name}").status_code for name in ("b1", "b3", "b2", "b1")]
    assert codes == [404, 404, 500, 500]
    assert sim.control("GET", "faults")[0]["applied"] == 2
    assert sim.control("DELETE", "faults") == []
    assert sim.call("GET", f"{LIST}/b1").status_code == 404


def test_faults_from_a_file(start: Starter, tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps({"faults": [{"kind": "status", "status": 429, "match": {"rpc": "Version.Get"}}]}))
    sim = start("--faults", str(path))
    assert sim.call("GET", LIST).status_code == 200
    assert sim.call("GET", "/v1/version").status_code == 429


@pytest.mark.parametrize(
    "rule",
    [{}, {"kind": "no"}, {"kind": "status"}, {"kind": "html", "typo": 1}, {"kind": "html", "match": {"typo": 1}}],
)
def test_rules_that_are_not_valid(sim: Simulator, rule: dict[str, Any]) -> None:
    assert sim.call("POST", "/_simulator/faults", json=rule).status_code == 400


def test_latency(sim: Simulator) -> None:
    sim.control("POST", "settings", {"latency_ms": 150})
    began = time.monotonic()
    sim.call("GET", LIST)
    assert time.monotonic() - began >= 0.15
