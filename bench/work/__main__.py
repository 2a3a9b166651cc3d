# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One piece of work in a separate process; prints what it took as one line of JSON.

Usage: python bench/work WORK OPTIONS, with the options as JSON and the connection in the environment, as of a task.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from pathlib import Path

import bare
import batches
import lists
import tasks

WORKS = {**lists.WORKS, **batches.WORKS, **bare.WORKS, **tasks.WORKS}


def _memory(key: str) -> int:
    """Return a figure of this process in KiB, such as ``VmHWM``, the most that it ever had."""
    found = re.search(rf"^{key}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def main() -> None:
    """Do the work and print what it took; of a task the memory is that of its largest process."""
    work, options = sys.argv[1], json.loads(sys.argv[2])
    at_start, started = _memory("VmRSS"), time.perf_counter()
    count = WORKS[work](**options)
    seconds = time.perf_counter() - started
    if work in tasks.WORKS:
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    else:
        memory = _memory("VmHWM") - at_start
    print(json.dumps({"backups": count, "seconds": seconds, "memory": memory}), flush=True)
    # Not a part of the work: to take a hundred thousand backups apart again.
    os._exit(0)


if __name__ == "__main__":
    main()
