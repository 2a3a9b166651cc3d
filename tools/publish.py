# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection and publish it to Ansible Galaxy: publish.py TAG, with the key in GALAXY_API_KEY.

The tag must be `v` and the version in galaxy.yml, and the changelog must have an entry for that version.
"""

from __future__ import annotations

import os
import re
import sys

import package
import venvs
from changelog import version
from processes import Command, run_logged, tail
from workspace import BUILD, LOGS, ROOT, StepError, clean_environment

SERVER = "https://galaxy.ansible.com/"


def check(tag: str) -> None:
    """Raise `StepError` unless the tag, galaxy.yml and the changelog agree on the version."""
    if tag != f"v{version()}":
        raise StepError(f"tag {tag!r} does not match version {version()} in galaxy.yml: expected v{version()}")
    changelog = (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8")
    if not re.search(rf"^v{re.escape(version())}$", changelog, re.MULTILINE):
        raise StepError(f"CHANGELOG.rst has no entry v{version()}: run `make changelog`")


def publish(key: str) -> None:
    """Build the tarball and upload it; the key is passed in the environment, never as an argument."""
    log = LOGS / "publish.log"
    log.unlink(missing_ok=True)
    bin_folder = venvs.ensure("demo")
    tarball = package.build(bin_folder, log)
    environment = clean_environment(bin_folder) | {
        "ANSIBLE_GALAXY_SERVER_LIST": "galaxy",
        "ANSIBLE_GALAXY_SERVER_GALAXY_URL": SERVER,
        "ANSIBLE_GALAXY_SERVER_GALAXY_TOKEN": key,
    }
    command: Command = [bin_folder / "ansible-galaxy", "collection", "publish", tarball]
    if run_logged(command, cwd=BUILD, env=environment, log=log, seconds=600):
        raise StepError(f"ansible-galaxy collection publish failed:\n{tail(log)}")


def main() -> int:
    """Publish the version of the tag that is given."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        check(sys.argv[1])
        key = os.environ.get("GALAXY_API_KEY")
        if not key:
            raise StepError("GALAXY_API_KEY is not set")
        publish(key)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"published {sys.argv[1]} to {SERVER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
