# SPDX-License-Identifier: GPL-3.0-or-later
"""Write CHANGELOG.rst anew from changelogs/, the version in galaxy.yml and the plugins' documentation."""

from __future__ import annotations

import re
import shutil
import sys

import venvs
from processes import Command, run_logged, tail
from workspace import LOGS, ROOT, StepError, clean_environment, copy_tree

RESULTS = ("CHANGELOG.rst", "changelogs/changelog.yaml")


def version() -> str:
    """Return the collection's version."""
    found = re.search(r"^version: *(\S+)$", (ROOT / "galaxy.yml").read_text(), re.MULTILINE)
    if not found:
        raise StepError("galaxy.yml has no version")
    return found[1]


def main() -> int:
    """Make the release's entry, or bring it up to date, in a copied tree, and bring the two files back."""
    log = LOGS / "changelog-write.log"
    log.unlink(missing_ok=True)
    try:
        bin_folder, tree = venvs.ensure("dev"), copy_tree("changelog")
        known = f"\n  {version()}:" in (ROOT / "changelogs" / "changelog.yaml").read_text()
        options = ["--update-existing"] if known else ["--version", version()]
        command: Command = [bin_folder / "antsibull-changelog", "release", "--reload-plugins", *options]
        if run_logged(command, cwd=tree, env=clean_environment(bin_folder), log=log, seconds=120):
            raise StepError(tail(log))
        for name in RESULTS:
            shutil.copyfile(tree / name, ROOT / name)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
