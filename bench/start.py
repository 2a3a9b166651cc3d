# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a module takes to start, and what of that its imports are."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from servers import MODULE_ALWAYS, Server, server
from tables import table
from toolbox import Toolbox
from workspace import INSTALLED, StepError

ROUNDS, FEW_ROUNDS = 30, 3

BASIC = "import ansible.module_utils.basic"
URLLIB3, REQUESTS = "import urllib3", "import requests"
UTILS = "ansible_collections.pxops.px_backup.plugins.module_utils"
# As the module's `main` does.
OURS = (
    f"from {UTILS}.payload import compile_once; compile_once();"
    f" import {UTILS}.pxbackup.backups.resource, {UTILS}.runner"
)
# Each with what it does beyond the one before.
STEPS = {
    "the interpreter": "pass",
    "`ansible.module_utils.basic`": BASIC,
    "`urllib3`, with which `requests` sends": f"{BASIC}; {URLLIB3}",
    "the module `backup`": f"{BASIC}; {URLLIB3}; {OURS}",
}
ALONE = {
    "`requests` alone": REQUESTS,
    "the module `backup` with all that it imports": OURS,
}
WHOLE = {
    "ansible.builtin.ping": ("`ping`", "data=pong"),
    "pxops.px_backup.backup": ("`backup`, INSPECT_ONE", "operation=INSPECT_ONE"),
}


def measure(box: Toolbox, small: bool) -> dict[str, Any]:
    """Start Python with the module's file as Ansible sends it, as far as each step goes, and as a whole."""
    with tempfile.TemporaryDirectory() as name, server(box, "--backups", "1") as running:
        folder = Path(name)
        backup = running.control("GET", "state")["backups"][0]["metadata"]["name"]
        commands: dict[str, list[str]] = {}
        for module, (title, arguments) in WHOLE.items():
            more = f" name={backup}" if "backup" in module else ""
            commands[title] = [str(_sent(box, running, folder / module, module, arguments + more))]
        payload = _packed(box, Path(commands["`backup`, INSPECT_ONE"][0]), folder)
        for title, code in (STEPS | ALONE).items():
            commands[title] = ["-c", f"import sys; sys.path.insert(0, {str(payload)!r}); {code}"]
        taken: dict[str, list[float]] = {title: [] for title in commands}
        for _round in range(FEW_ROUNDS if small else ROUNDS):
            for title, command in commands.items():
                taken[title].append(_once(box, running, command))
    figures = {title: round(median(one) * 1000, 1) for title, one in taken.items()}
    return {"rounds": FEW_ROUNDS if small else ROUNDS, "milliseconds": figures}


def _environment(box: Toolbox, running: Server) -> dict[str, str]:
    return {**box.environment, **running.connection, **MODULE_ALWAYS}


def _once(box: Toolbox, running: Server, command: list[str]) -> float:
    """Return the seconds that a Python with these arguments takes."""
    environment = _environment(box, running)
    started = time.perf_counter()
    done = subprocess.run([str(box.bin / "python"), *command], env=environment, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise StepError(f"{command} failed:\n{done.stdout[-1000:]!r}\n{done.stderr[-1000:]!r}")
    return seconds


def _sent(box: Toolbox, running: Server, folder: Path, module: str, arguments: str) -> Path:
    """Run a module once and return the file that Ansible sent for it."""
    environment = _environment(box, running) | {
        "ANSIBLE_KEEP_REMOTE_FILES": "true",
        "ANSIBLE_PIPELINING": "false",
        "ANSIBLE_REMOTE_TMP": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(INSTALLED),
    }
    command = [str(box.bin / "ansible"), "localhost", "-i", "localhost,", "-c", "local", "-m", module, "-a", arguments]
    command += ["-e", f"ansible_python_interpreter={box.bin / 'python'}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    files = list(folder.rglob("AnsiballZ_*.py"))
    if done.returncode or len(files) != 1:
        raise StepError(f"{module} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return files[0]


def _packed(box: Toolbox, file: Path, folder: Path) -> Path:
    """Return a zip file with what a module's file carries: sources, which Python compiles at every start.

    Ansible's own way to read such a file unpacks it.
    """
    own = folder / "unpacked"
    own.mkdir()
    copy = shutil.copy(file, own)
    subprocess.run([str(box.bin / "python"), copy, "explode"], cwd=own, capture_output=True, check=True)
    content = own / "debug_dir"
    (content / "args").unlink(missing_ok=True)
    return Path(shutil.make_archive(str(folder / "payload"), "zip", content))


# --- the page

INTRODUCTION = """\
The cost of each item of a loop without the fast path. Ansible sends a module as one file that contains a zip file, and
Python imports `ansible.module_utils.basic` and the files of the module from there without compiled files. It compiles
each file of a zip file twice; the module has its own files compiled once (`payload.py`). `urllib3` is installed with
`requests`; the regular expressions of URLs are a third of its import. `requests` is imported only for a proxy.
"""


def section(result: dict[str, Any]) -> str:
    """Return what was measured as a section of the page."""
    taken = result["milliseconds"]
    rows, before = [], 0.0
    for title in STEPS:
        rows.append((title, f"{taken[title] - before:.0f} ms", f"{taken[title]:.0f} ms"))
        before = taken[title]
    alone = ((title, f"{taken[title] - taken['the interpreter']:.0f} ms", f"{taken[title]:.0f} ms") for title in ALONE)
    whole = ((title, "", f"{taken[title]:.0f} ms") for title, _arguments in WHOLE.values())
    sends, basic = (taken[title] for title in list(STEPS)[2:0:-1])
    ping = taken["`ping`"]
    return (
        f"{INTRODUCTION}\nMedians of {result['rounds']} rounds.\n\n"
        + table(("in this order", "step", "since the start"), rows)
        + "\n"
        + table(("each in a new interpreter", "step", "with the interpreter"), alone)
        + "\n"
        + table(("the complete file that Ansible sends", "", "total"), whole)
        + f"\nA module that only does the work of `ping` and imports `urllib3` would take"
        f" {1 + (sends - basic) / ping:.2f} times a `ping`.\nThis is the minimum for a module that uses HTTP, in a loop"
        " with a server this near.\n"
    )
