# SPDX-License-Identifier: GPL-3.0-or-later
"""Write CHANGELOG.rst from changelogs/, the version in galaxy.yml and the plugins' documentation."""

from __future__ import annotations

import re
import shutil
import sys

import venvs
from processes import Command, run_logged, tail
from workspace import LOGS, ROOT, StepError, clean_environment, copy_tree

RESULTS = ("CHANGELOG.rst", "changelogs/changelog.yaml")


FORGET = """
import sys, yaml
with open("changelogs/changelog.yaml", encoding="utf-8") as file:
    changelog = yaml.safe_load(file)
changelog["releases"].pop(sys.argv[1], None)
with open("changelogs/changelog.yaml", "w", encoding="utf-8") as file:
    yaml.safe_dump(changelog, file)
"""


def version() -> str:
    """Return the collection's version."""
    found = re.search(r"^version: *(\S+)$", (ROOT / "galaxy.yml").read_text(), re.MULTILINE)
    if not found:
        raise StepError("galaxy.yml has no version")
    return found[1]


def main() -> int:
    """Write the release's entry again in a copied tree, and copy the two files back."""
    log = LOGS / "changelog-write.log"
    log.unlink(missing_ok=True)
    try:
        bin_folder, tree = venvs.ensure("dev"), copy_tree("changelog")
        environment = clean_environment(bin_folder)
        # An existing entry keeps the text that its fragments had at the time, so it is replaced.
        forget: Command = [bin_folder / "python", "-c", FORGET, version()]
        release: Command = [bin_folder / "antsibull-changelog", "release", "--reload-plugins", "--version", version()]
        for command in (forget, release):
            if run_logged(command, cwd=tree, env=environment, log=log, seconds=120):
                raise StepError(tail(log))
        for name in RESULTS:
            shutil.copyfile(tree / name, ROOT / name)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
