# SPDX-License-Identifier: GPL-3.0-or-later
"""Run random tasks against a server with damaged responses, longer than the tests do.

Usage: fuzz.py [--cases N] [--first N] [--seed N] [--seconds S]

Without a seed a random one is used; it is printed, and the same seed and number make the same case again.
"""

from __future__ import annotations

import os
import subprocess
import sys

import venvs
from workspace import FULL_NAME, SIMULATOR, StepError, clean_environment, copy_tree, tree_root

MODULE = f"ansible_collections.{FULL_NAME}.tests.properties.support.fuzz"


def main() -> int:
    """Set up what the cases need and run them."""
    try:
        bin_folder = venvs.ensure("dev")
        copy_tree()
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    folders = os.pathsep.join((str(tree_root()), str(SIMULATOR)))
    environment = clean_environment(bin_folder, proxies=False) | {"PYTHONPATH": folders, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(bin_folder / "python"), "-m", MODULE, *sys.argv[1:]]
    return subprocess.run(command, cwd=tree_root(), env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
