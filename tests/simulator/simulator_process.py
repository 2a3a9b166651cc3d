# SPDX-License-Identifier: GPL-3.0-or-later
"""A real simulator process for the tests, spoken to over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

PACKAGE = Path(__file__).resolve().parents[2] / "simulator"
ORG = "default"
Json = dict[str, Any]


class Simulator:
    """A running simulator and the calls that the tests make."""

    def __init__(self, folder: Path, arguments: tuple[str, ...]) -> None:
        self.ready_file = folder / "ready.json"
        self.ready_file.unlink(missing_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        command = [sys.executable, "-m", "px_backup_simulator", "--ready-file", str(self.ready_file)]
        self.process = subprocess.Popen(
            [*command, *(f"--{what}-seconds=0" for what in ("backup", "delete", "restore")), *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ready = self._wait()
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {self.ready['token']}"
        if self.ready["ca_file"]:
            self.session.verify = self.ready["ca_file"]
            self.session.cert = (self.ready["client_cert"], self.ready["client_key"])

    def _wait(self) -> Json:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.ready_file.exists():
                ready: Json = json.loads(self.ready_file.read_text())
                return ready
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"the simulator did not start: {self.process.poll()}")

    def stop(self) -> int:
        """Stop the process with SIGTERM; return its status."""
        self.session.close()
        self.process.terminate()
        self.process.communicate(timeout=10)
        return self.process.returncode

    def kill(self) -> None:
        """Kill the process."""
        self.session.close()
        self.process.kill()
        self.process.communicate(timeout=10)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call of the API."""
        options.setdefault("timeout", 10)
        return self.session.request(method, self.ready["url"] + path, allow_redirects=False, **options)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """One control call."""
        response = self.call(method, f"/_simulator/{name}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def create(self, name: str, headers: Any = None, **fields: Any) -> requests.Response:
        """Create a backup; fields replace those of the request, None omits one."""
        body: Json = {
            "metadata": {"name": name, "org_id": ORG},
            "cluster_ref": {"name": "prod-eu"},
            "backup_location_ref": {"name": "s3-main"},
            "namespaces": ["shop"],
        }
        body |= fields
        sent = {key: value for key, value in body.items() if value is not None}
        return self.call("POST", "/v1/backup", json=sent, headers=headers)

    def inspect(self, name: str, **query: str) -> Json:
        """Return a backup that must exist."""
        response = self.call("GET", f"/v1/backup/{ORG}/{name}", params=query)
        assert response.status_code == 200, response.text
        backup: Json = response.json()["backup"]
        return backup

    def ending(self, name: str) -> tuple[str, str]:
        """Status and reason of a backup."""
        status = self.inspect(name)["backup_info"]["status"]
        return status["status"], status.get("reason", "")

    def listing(self, **options: Any) -> Json:
        """One page."""
        response = self.call("POST", f"/v1/backup/{ORG}/enumerate", json={"enumerate_options": options})
        assert response.status_code == 200, response.text
        page: Json = response.json()
        return page

    def names(self, **options: Any) -> list[str]:
        """The names on one page."""
        return [backup["metadata"]["name"] for backup in self.listing(**options).get("backups", [])]

    def user(self, user_id: str, **fields: Any) -> dict[str, str]:
        """The header of another user."""
        made = self.control("POST", "tokens", {"user_id": user_id, **fields})
        return {"Authorization": f"Bearer {made['token']}"}

    def uid(self, kind: str, name: str) -> str:
        """The uid of an object of the world."""
        for item in self.control("GET", "state")[kind]:
            if item["metadata"]["name"] == name:
                return str(item["metadata"]["uid"])
        raise KeyError(name)


Starter = Callable[..., Simulator]
