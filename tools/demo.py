# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: build and install the collection, start the simulator, play its playbooks, stop everything."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import package
import venvs
from processes import interrupt_on_term, stop_group, tail
from workspace import ANSIBLE_HOME, FULL_NAME, INSTALLED, LOGS, WORK, StepError, clean_environment

PLAYBOOKS = (f"{FULL_NAME}.demo", f"{FULL_NAME}.report")
REPORT = WORK / "report"
START_SECONDS = 30.0

# The collection that is installed, and nothing of the caller's own Ansible.
PLACES = {"ANSIBLE_COLLECTIONS_PATH": str(INSTALLED), "ANSIBLE_REMOTE_TEMP": str(ANSIBLE_HOME / "remote")}


def say(text: str) -> None:
    """Print the heading of a step."""
    print(f"==> {text}", flush=True)


def wait_ready(child: subprocess.Popen[bytes], ready: Path, log: Path) -> dict[str, str]:
    """Wait until the simulator has written its ready file and return what it says."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if child.poll() is not None:
            raise StepError(f"the simulator ended with status {child.returncode}:\n{tail(log)}")
        if ready.is_file() and ready.stat().st_size:
            content = json.loads(ready.read_text())
            return {key: str(value) for key, value in content.items() if value}
        time.sleep(0.05)
    raise StepError(f"the simulator was not ready after {START_SECONDS:.0f} seconds:\n{tail(log)}")


@contextmanager
def simulator(bin_folder: Path) -> Iterator[dict[str, str]]:
    """Run the simulator over TLS on a free port for the length of a block."""
    LOGS.mkdir(parents=True, exist_ok=True)
    WORK.mkdir(exist_ok=True)
    log = LOGS / "demo-simulator.log"
    with tempfile.TemporaryDirectory(prefix="demo-", dir=WORK) as folder, log.open("wb") as output:
        ready = Path(folder) / "ready.json"
        options = ["--port", "0", "--ready-file", str(ready), "--tls", "valid", "--tls-dir", folder]
        child = subprocess.Popen(
            [str(bin_folder / "python"), "-m", "px_backup_simulator", *options],
            env=clean_environment(bin_folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield wait_ready(child, ready, log)
        finally:
            stop_group(child)


def connection_to(server: dict[str, str]) -> dict[str, str]:
    """Return the variables that connect playbooks to a simulator."""
    connection = {
        "PX_BACKUP_API_URL": server["url"],
        "PX_BACKUP_TOKEN": server["token"],
        "PX_BACKUP_ORG_ID": "default",
        "PX_BACKUP_SIMULATOR_URL": server["control_url"],
        "PX_BACKUP_REPORT_DIRECTORY": str(REPORT),
    }
    return {**connection, "PX_BACKUP_CA_CERT": server["ca_file"]} if "ca_file" in server else connection


def play(bin_folder: Path, connection: dict[str, str], *arguments: str, proxies: bool = False) -> int:
    """Play playbooks with the installed collection and return ansible-playbook's status.

    Args:
        connection: variables that name the server.
        arguments: names of playbooks, and options of ansible-playbook.
        proxies: whether the caller's proxies lead to the server.
    """
    environment = {**clean_environment(bin_folder, proxies=proxies), **PLACES, **connection}
    environment["ANSIBLE_PYTHON_INTERPRETER"] = str(bin_folder / "python")
    if sys.stdout.isatty():
        environment.pop("ANSIBLE_NOCOLOR")
    ANSIBLE_HOME.mkdir(parents=True, exist_ok=True)
    command = [str(bin_folder / "ansible-playbook"), "-i", "localhost,", "-c", "local", *arguments]
    child = subprocess.Popen(command, env=environment, cwd=WORK, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return child.wait()
    finally:
        stop_group(child)


def demo() -> int:
    """Run the steps one after another and return the status of the playbook."""
    say("Setting up an environment (only the first time)")
    bin_folder = venvs.ensure("demo")
    venvs.install_simulator("demo")
    say("Building the collection and installing it, offline")
    log = LOGS / "demo-package.log"
    log.unlink(missing_ok=True)
    package.build_and_install(bin_folder, log)
    say("Starting the simulator")
    with simulator(bin_folder) as server:
        print(f"    listening at {server['url']}", flush=True)
        say(f"Playing {' and '.join(PLAYBOOKS)}")
        return play(bin_folder, connection_to(server), *PLAYBOOKS)


def main() -> int:
    """Run the demo and say how it ended."""
    interrupt_on_term()
    started = time.monotonic()
    try:
        status = demo()
    except StepError as error:
        print(f"the demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; everything that was started is stopped", file=sys.stderr)
        return 130
    if not status:
        print(f"A report on the protection of every namespace is in {REPORT / 'protection.html'}")
    verdict = f"failed (status {status})" if status else "went well"
    print(f"The demo {verdict} after {time.monotonic() - started:.0f} s; everything that was started is stopped.")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
