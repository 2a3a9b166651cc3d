# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running simulator, and the ways to measure work against it."""

from __future__ import annotations

import json
import ssl
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from demo import wait_ready
from figures import Measured, Turn
from processes import stop_group
from toolbox import Toolbox
from workspace import INSTALLED, LOGS, StepError

WORKER = Path(__file__).resolve().parent / "work"
# No piece of work may take longer than this many seconds.
LONGEST = 1800
# Switches the fast path off.
MODULE_ALWAYS = {"PX_BACKUP_FAST_PATH": "false"}


class Work(NamedTuple):
    """One piece of work for the worker.

    Attributes:
        name: what the worker calls it.
        options: what it takes, see the worker.
        environment: variables for it alone.
        fresh: whether it finds the server as it was at the start.
    """

    name: str
    options: Mapping[str, Any]
    environment: Mapping[str, str] = {}
    fresh: bool = False


class Server:
    """A running simulator with so many backups, and the ways to measure work against it."""

    def __init__(self, box: Toolbox, ready: dict[str, str]) -> None:
        self._python = str(box.bin / "python")
        self._control_url = ready["control_url"].rstrip("/")
        authority = ready.get("ca_file", "")
        known = {"API_URL": ready["url"], "TOKEN": ready["token"], "ORG_ID": "default", "CA_CERT": authority}
        # Where all works find the connection, as tasks may.
        self.connection = {f"PX_BACKUP_{name}": value for name, value in known.items()}
        self._environment = {**box.environment, "PYTHONPATH": str(INSTALLED), **self.connection}
        self._tls = ssl.create_default_context(cafile=authority or None)
        # What the server got during the work that was done last.
        self.log: list[dict[str, Any]] = []

    def control(self, method: str, call: str, body: Any = None) -> Any:
        """Make a control call and return its response."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._control_url}/{call}", method=method, data=data)
        handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._tls)
        with urllib.request.build_opener(*handlers).open(request, timeout=LONGEST) as response:
            return json.load(response)

    def once(self, title: str, work: Work) -> Measured:
        """Do one piece of work and return what it took."""
        self.control(*(("POST", "reset") if work.fresh else ("DELETE", "requests")))
        command = [self._python, str(WORKER), work.name, json.dumps(work.options)]
        environment = self._environment | work.environment
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)
        if done.returncode:
            raise StepError(f"{title} failed:\n{done.stderr[-3000:]}")
        self.log = self.control("GET", "requests")
        measured = Measured(
            **json.loads(done.stdout),
            requests=len(self.log),
            connections=len({entry["connection"] for entry in self.log}),
        )
        print(
            f"    {title:<36} {measured.seconds:8.2f} s {measured.memory / 1024:6.0f} MiB"
            f" {measured.requests:6} requests {measured.connections:4} connections",
            flush=True,
        )
        return measured

    def turns(
        self, works: Mapping[str, Work], rounds: int, check: Callable[[str], None] = lambda title: None
    ) -> list[Turn]:
        """Do the works in turns.

        Args:
            check: called with the name of each work after it was done, to check the log.
        """

        def turn() -> Turn:
            measured = {}
            for title, work in works.items():
                measured[title] = self.once(title, work)
                check(title)
            return measured

        return [turn() for _round in range(rounds)]


@contextmanager
def server(box: Toolbox, *options: str) -> Iterator[Server]:
    """Run a simulator with these options of its command line."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "bench-simulator.log"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, log.open("wb") as output:
        ready = Path(folder) / "ready.json"
        child = subprocess.Popen(
            [str(box.bin / "python"), "-m", "px_backup_simulator", "--ready-file", str(ready), *options],
            env=box.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            running = Server(box, wait_ready(child, ready, log))
            print(f"==> {' '.join(options)}", flush=True)
            yield running
        finally:
            stop_group(child)
