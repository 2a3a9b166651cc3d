# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module of the property tests as a program, in a copied tree, where the collection can be imported."""

from __future__ import annotations

import subprocess
import sys

import venvs
from workspace import FULL_NAME, StepError, clean_environment, copy_tree, tree_root, work_path

PACKAGE = f"ansible_collections.{FULL_NAME}.tests.properties.support"


def run(name: str, *arguments: str) -> int:
    """Set up what the module needs, run it, and return its exit status."""
    try:
        bin_folder = venvs.ensure("dev")
        copy_tree()
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    own = {"PYTHONPATH": work_path(), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = clean_environment(bin_folder, proxies=False) | own
    command = [str(bin_folder / "python"), "-m", f"{PACKAGE}.{name}", *arguments]
    return subprocess.run(command, cwd=tree_root(), env=environment, check=False).returncode
