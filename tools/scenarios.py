# SPDX-License-Identifier: GPL-3.0-or-later
"""Write tests/data/scenarios.json: what recorded tasks return and send now. Read its difference before a commit."""

from __future__ import annotations

import shutil
import subprocess
import sys

import venvs
from workspace import FULL_NAME, ROOT, SIMULATOR, StepError, clean_environment, copy_tree, tree_collection, tree_root

RECORD = "tests/data/scenarios.json"
WRITER = f"ansible_collections.{FULL_NAME}.tests.properties.support.scenarios"


def main() -> int:
    """Run the tasks in a copied tree, where the collection can be imported, and take the file from there."""
    try:
        bin_folder = venvs.ensure("dev")
        copy_tree()
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    folders = {"PYTHONPATH": f"{tree_root()}:{SIMULATOR}"}
    environment = clean_environment(bin_folder, proxies=False) | folders
    done = subprocess.run([str(bin_folder / "python"), "-m", WRITER], cwd=tree_root(), env=environment, check=False)
    if done.returncode == 0:
        shutil.copyfile(tree_collection() / RECORD, ROOT / RECORD)
        print(RECORD)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
