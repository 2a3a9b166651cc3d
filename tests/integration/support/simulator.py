# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the simulator and steers it through its control API."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

START_SECONDS = 60.0


class Simulator:
    """A running simulator, as its ready file describes it."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.url: str = ready["url"]
        self.control_url: str = ready["control_url"].rstrip("/")
        self.auth_url: str = ready["auth_url"]
        self.token: str = ready["token"]
        self.client_cert: str = ready.get("client_cert") or ""
        self.client_key: str = ready.get("client_key") or ""
        self.ca_file: str = ready.get("ca_file") or ""
        self._session = requests.Session()
        self._session.trust_env = False
        # The control API is the tests' own way in: what certificate the server shows is what they test.
        self._session.verify = False
        if self.client_cert:
            self._session.cert = (self.client_cert, self.client_key)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that connect the modules to this simulator."""
        environment = {
            "PX_BACKUP_API_URL": self.url,
            "PX_BACKUP_TOKEN": self.token,
            "PX_BACKUP_ORG_ID": "default",
        }
        return {**environment, "PX_BACKUP_CA_CERT": self.ca_file} if self.ca_file else environment

    def control(self, method: str, call: str, body: Any = None) -> Any:
        """Make a control call and return its response."""
        response = self._session.request(method, f"{self.control_url}/{call}", json=body, timeout=30)
        assert response.status_code == 200, response.text
        return response.json()

    def reset(self) -> None:
        """Go back to the world at the start, with no backup, no fault and an empty log."""
        self.control("POST", "reset")

    def requests(self) -> list[dict[str, Any]]:
        """Return what the API received, oldest first."""
        return list(self.control("GET", "requests"))

    def writes(self) -> list[dict[str, Any]]:
        """Return the requests that change state."""
        return [line for line in self.requests() if line["writes"]]

    def forget_requests(self) -> None:
        """Empty the request log."""
        self.control("DELETE", "requests")

    def state(self) -> dict[str, Any]:
        """Return everything that is kept."""
        return dict(self.control("GET", "state"))

    def settled_state(self) -> list[Any]:
        """Return the backups and restores without what time alone changes."""
        return settled(self.state())

    def contents(self, cluster: str) -> dict[str, Any]:
        """Return what exists in a cluster: its namespaces with their objects, and objects of none."""
        return dict(self.state()["contents"][cluster])

    def add_backup(self, **backup: Any) -> dict[str, Any]:
        """Put a backup there, in the control API's short form."""
        return dict(self.control("POST", "objects", {"kind": "backup", "new": True, **backup}))

    def add_object(self, kind: str, **item: Any) -> dict[str, Any]:
        """Put a cluster, a backup location, a rule ... there."""
        return dict(self.control("POST", "objects", {"kind": kind, **item}))

    def faults(self, *rules: dict[str, Any]) -> None:
        """Set fault rules beside those that are set already."""
        self.control("POST", "faults", list(rules))

    def settings(self, **values: Any) -> None:
        """Change how the simulator behaves."""
        self.control("POST", "settings", values)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.control("POST", "clock", {"advance": seconds})


@contextmanager
def started(work: Path, *options: str) -> Iterator[Simulator]:
    """Run a simulator on a free port for the length of a block."""
    work.mkdir(exist_ok=True)
    ready, log = work / "ready.json", work / "simulator.log"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "px_backup_simulator", "--port", "0", "--ready-file", str(ready), *options]
    if "--tls" in options:
        command += ["--tls-dir", str(work / "tls")]
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Simulator(_when_ready(child, ready, log))
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _when_ready(child: subprocess.Popen[bytes], ready: Path, log: Path) -> dict[str, Any]:
    limit = time.monotonic() + START_SECONDS
    while not ready.exists():
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < limit, "the simulator was not ready in time"
        time.sleep(0.02)
    return dict(json.loads(ready.read_text()))


def settled(state: dict[str, Any]) -> list[Any]:
    """Return the backups and restores of a state without what time alone changes."""
    backups = [
        (item["metadata"], item["simulator"]["deleting"], item["backup_info"].get("backup_share"))
        for item in state["backups"]
    ]
    return backups + [(item["metadata"], item["simulator"]["deleting"]) for item in state["restores"]]
