# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cost of the bare requests: requests that were sent before, sent again with requests alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

from server import TIMEOUT, URL, session


def replayed(file: str, at_a_time: int = 1) -> int:
    """Send the requests of a file in their order, decode the responses and return how many there were.

    Args:
        at_a_time: how many of the writes are sent at a time, each over a connection of its thread.
    """
    lines: list[dict[str, Any]] = json.loads(Path(file).read_text())
    kept = local()

    def send(line: dict[str, Any]) -> Any:
        if not hasattr(kept, "session"):
            kept.session = session()
        response = kept.session.request(
            line["method"], URL + line["path"], params=line["query"], json=line["body"], timeout=TIMEOUT
        )
        response.raise_for_status()
        return response.json()

    if at_a_time == 1:
        return len([send(line) for line in lines])
    with ThreadPoolExecutor(at_a_time) as pool:
        reads = [send(line) for line in lines if not line["writes"]]
        return len(reads) + len(list(pool.map(send, (line for line in lines if line["writes"]))))


def run_script(file: str) -> int:
    """Do the same in a script that is started for it, and return how many responses there were."""
    command = [sys.executable, str(Path(__file__).parent), "bare", json.dumps({"file": file})]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(json.loads(done.stdout)["backups"])


WORKS: dict[str, Callable[..., int]] = {"bare": replayed, "script": run_script}
