# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the connection: slow parts, endless bodies, bytes that are not HTTP."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from simulator_process import ORG, Simulator

LIST = f"/v1/backup/{ORG}"


def fault(sim: Simulator, kind: str, **rule: Any) -> None:
    sim.control("POST", "faults", {"kind": kind, **rule})


def receive(sim: Simulator, seconds: float) -> bytes:
    """Send a request and return the bytes that come within a time, or until the server closes."""
    address = urlsplit(sim.ready["url"])
    start = f"GET {LIST} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {sim.ready['token']}\r\n\r\n"
    received = b""
    end = time.monotonic() + seconds
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as connection:
        connection.sendall(start.encode())
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            try:
                part = connection.recv(65536)
            except TimeoutError:
                break
            if not part:
                break
            received += part
    return received


@pytest.mark.parametrize(
    ("part", "at_once"),
    [("headers", b""), ("body", b"\r\n\r\n"), ("chunk_size", b"\r\n\r\n"), ("trailer", b"\r\n0\r\n")],
)
def test_a_part_that_drips(sim: Simulator, part: str, at_once: bytes) -> None:
    fault(sim, "drip", part=part, seconds=0.05)
    received = receive(sim, 0.6)
    before, _, drops = received.partition(at_once) if at_once else (b"", b"", received)
    assert before.startswith(b"HTTP/1.1 200") or not at_once
    assert 3 <= len(drops) <= 14, received


@pytest.mark.parametrize("part", ["headers", "body", "chunk_size", "trailer"])
def test_a_dripping_response_arrives_complete(sim: Simulator, part: str) -> None:
    sim.create("b1")
    fault(sim, "drip", part=part, seconds=0)
    response = sim.call("GET", LIST)
    assert response.json()["total_count"] == "1"


def test_a_dripping_write_is_carried_out(sim: Simulator) -> None:
    fault(sim, "drip", seconds=0.05)
    body = {"metadata": {"name": "b1", "org_id": ORG}, "cluster_ref": {"name": "prod-eu"}}
    body["backup_location_ref"] = {"name": "s3-main"}
    with pytest.raises(requests.ReadTimeout):
        sim.call("POST", "/v1/backup", json=body, timeout=0.03)
    assert sim.names() == ["b1"]


def test_continue_without_end(sim: Simulator) -> None:
    fault(sim, "endless_continue", seconds=0.01)
    received = receive(sim, 0.3)
    count = received.count(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert count >= 5 and received == b"HTTP/1.1 100 Continue\r\n\r\n" * count
    fault(sim, "endless_continue", status=103, seconds=0.01)
    assert receive(sim, 0.1).startswith(b"HTTP/1.1 103 ")


@pytest.mark.parametrize("rule", [{}, {"length": 0}, {"status": 500, "length": 0}, {"gzip": True, "length": 0}])
def test_huge_bodies(sim: Simulator, rule: dict[str, Any]) -> None:
    before = sim.control("GET", "stats")["peak_memory_kib"]
    fault(sim, "huge_body", **rule)
    response = sim.call("GET", LIST, stream=True)
    assert response.status_code == rule.get("status", 200)
    received = 0
    for part in response.iter_content(1024 * 1024):
        received += len(part)
        if received > 200 * 1024 * 1024:
            break
    response.close()
    assert received > 200 * 1024 * 1024
    assert sim.call("GET", LIST).status_code == 200
    assert sim.control("GET", "stats")["peak_memory_kib"] - before < 50_000


def test_raw_bytes(sim: Simulator) -> None:
    fault(sim, "raw")
    assert receive(sim, 2) == b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}"
    text = "HTTP/1.1 403 Forbidden\r\nX-Reason: \x1b[31mred\x07\r\nContent-Length: 0\r\n\r\n"
    fault(sim, "raw", text=text, process=True)
    assert receive(sim, 2) == text.encode("latin-1")
    assert sim.call("GET", LIST).status_code == 200
