# SPDX-License-Identifier: GPL-3.0-or-later
"""The conformance probe: the built and installed collection against a server, or against the simulator.

Usage: conformance.py [OPTION...]; options are those of ansible-playbook, such as `-e conformance_write=true`.

The server is the one of the PX_BACKUP_* variables. Without PX_BACKUP_API_URL a simulator is started, and the part that
writes is run as well.
"""

from __future__ import annotations

import os
import sys

import package
import venvs
from demo import connection_to, play, say, simulator
from processes import interrupt_on_term
from workspace import FULL_NAME, LOGS, WORK, StepError

PLAYBOOK = f"{FULL_NAME}.conformance"
RECORDING = WORK / "conformance.json"

# What the default world of the simulator has.
REHEARSAL = {
    "conformance_write": "true",
    "conformance_strict": "true",
    "conformance_namespace": "shop",
    "conformance_cluster": "prod-eu",
    "conformance_backup_location": "s3-main",
    "conformance_wait_interval": "1",
}


def run_probe(options: list[str]) -> int:
    """Build and install the collection, run the probe, and return the playbook's status."""
    say("Setting up an environment (only the first time)")
    bin_folder = venvs.ensure("demo")
    say("Building the collection and installing it, offline")
    log = LOGS / "conformance-package.log"
    log.unlink(missing_ok=True)
    package.build_and_install(bin_folder, log)
    arguments = [PLAYBOOK, "-e", f"conformance_file={RECORDING}", *options]
    given = {name: value for name, value in os.environ.items() if name.startswith("PX_BACKUP_")}
    if given.get("PX_BACKUP_API_URL"):
        say(f"Comparing {given['PX_BACKUP_API_URL']}")
        return play(bin_folder, given, *arguments, proxies=True)
    venvs.install_simulator("demo")
    say("Starting the simulator, because PX_BACKUP_API_URL is not set")
    with simulator(bin_folder) as server:
        rehearsal = [part for name, value in REHEARSAL.items() for part in ("-e", f"{name}={value}")]
        return play(bin_folder, connection_to(server), *rehearsal, *arguments)


def main() -> int:
    """Run the probe and say where the recording is."""
    interrupt_on_term()
    try:
        status = run_probe(sys.argv[1:])
    except StepError as error:
        print(f"the probe failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; everything that was started is stopped", file=sys.stderr)
        return 130
    if not status:
        print(f"The recording is {RECORDING}")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
