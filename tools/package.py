# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection and install it offline, as a user gets it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import venvs
from processes import Command, run_logged, tail
from workspace import ANSIBLE_HOME, BUILD, INSTALLED, LOGS, StepError, clean_environment, copy_tree


def build(bin_folder: Path, log: Path) -> Path:
    """Build the tarball from the copied tree and return its path."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    command: Command = [bin_folder / "ansible-galaxy", "collection", "build", "--force", "--output-path", BUILD]
    status = run_logged(command, cwd=copy_tree(), env=clean_environment(bin_folder), log=log, seconds=120)
    tarballs = sorted(BUILD.glob("*.tar.gz"))
    if status or len(tarballs) != 1:
        raise StepError(f"ansible-galaxy collection build failed:\n{tail(log)}")
    return tarballs[0]


def install(bin_folder: Path, tarball: Path, log: Path) -> None:
    """Install the tarball into the work folder without a network."""
    shutil.rmtree(INSTALLED, ignore_errors=True)
    ANSIBLE_HOME.mkdir(parents=True, exist_ok=True)
    command: Command = [
        bin_folder / "ansible-galaxy",
        "collection",
        "install",
        "--offline",
        "--force",
        "-p",
        INSTALLED,
        tarball,
    ]
    environment = clean_environment(bin_folder) | {"ANSIBLE_COLLECTIONS_PATH": str(INSTALLED)}
    if run_logged(command, cwd=BUILD, env=environment, log=log, seconds=120):
        raise StepError(f"ansible-galaxy collection install failed:\n{tail(log)}")


def build_and_install(bin_folder: Path, log: Path) -> Path:
    """Build, install, and return the tarball."""
    tarball = build(bin_folder, log)
    install(bin_folder, tarball, log)
    return tarball


def main() -> int:
    """Build the collection and say where it is."""
    log = LOGS / "package.log"
    log.unlink(missing_ok=True)
    try:
        tarball = build_and_install(venvs.ensure("demo"), log)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"built     {tarball}\ninstalled {INSTALLED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
