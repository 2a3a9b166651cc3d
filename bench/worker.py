# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One piece of work in a process of its own; prints what it took as one line of JSON.

Usage: worker.py WORK URL PAGE_SIZE, with the token in PX_BACKUP_TOKEN.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup import backup_read, listing
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.connection import Connection, check_connection
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.references import References
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.transport import Transport

TIMEOUT = 120.0


def bare(url: str, token: str, page_size: int) -> int:
    """Fetch the same pages with requests alone and keep them."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    backups: list[Any] = []
    while True:
        query = {"enumerate_options.max_objects": page_size, "enumerate_options.object_index": len(backups)}
        page = session.get(f"{url}/v1/backup/default", params=query, timeout=TIMEOUT).json()
        backups += page["backups"]
        if len(backups) >= int(page["total_count"]):
            return len(backups)


def _context(url: str, token: str) -> Context:
    api = Api(Transport(check_connection(Connection(api_url=url, token=token, timeout=TIMEOUT))), "default")
    return Context(api, References(api), str, print, time.time, time.monotonic, time.sleep, print)


def _library(
    handler: Callable[[Context, dict[str, Any]], Outcome], parameters: dict[str, Any]
) -> Callable[[str, str, int], int]:
    def work(url: str, token: str, page_size: int) -> int:
        listing.Listing.__init__.__defaults__ = (page_size,)
        outcome = handler(_context(url, token), parameters)
        return len(outcome.result["backups"])

    return work


def _module(name: str, **parameters: Any) -> Callable[[str, str, int], int]:
    """Run one task through ansible-playbook, at the page size of the module."""

    def work(url: str, token: str, page_size: int) -> int:
        tasks = [
            {
                "name": "List",
                name: {**parameters, "api_url": url, "org_id": "default", "timeout": TIMEOUT},
                "register": "listed",
            },
            {"name": "Count", "ansible.builtin.debug": {"msg": "listed={{ listed.backups | length }}."}},
        ]
        play = [{"name": "Bench", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
        with tempfile.TemporaryDirectory() as folder:
            playbook = Path(folder) / "bench.json"
            playbook.write_text(json.dumps(play))
            command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-c", "local"]
            command += ["-e", f"ansible_python_interpreter={sys.executable}", str(playbook)]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        count = re.search(r"listed=(\d+)\.", done.stdout)
        if done.returncode or not count:
            raise SystemExit(f"ansible-playbook ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr}")
        return int(count[1])

    return work


WORKS: dict[str, Callable[[str, str, int], int]] = {
    "bare": bare,
    "library": _library(backup_read.inspect_all, {}),
    "library summary": _library(backup_read.info, {"summary": True}),
    "module": _module("pxops.px_backup.backup", operation="INSPECT_ALL"),
    "module summary": _module("pxops.px_backup.backup_info", summary=True),
}


def _memory(key: str) -> int:
    """Return a figure of this process in KiB, such as ``VmHWM``, the most that it ever had."""
    found = re.search(rf"^{key}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def main() -> None:
    """Do the work and print what it took; of a module the memory is that of its largest process."""
    work, url, page_size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    at_start, started = _memory("VmRSS"), time.perf_counter()
    count = WORKS[work](url, os.environ["PX_BACKUP_TOKEN"], page_size)
    seconds = time.perf_counter() - started
    if work.startswith("module"):
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    else:
        memory = _memory("VmHWM") - at_start
    print(json.dumps({"backups": count, "seconds": seconds, "memory": memory}), flush=True)
    # Not a part of the work: to take a hundred thousand backups apart again.
    os._exit(0)


if __name__ == "__main__":
    main()
