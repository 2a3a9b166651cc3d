# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/faults.md: the result of every operation under every fault, from real runs against simulators."""

from __future__ import annotations

import subprocess
import sys

import venvs
from workspace import ROOT, StepError, clean_environment, copy_tree, tree_root

PAGE = ROOT / "docs" / "faults.md"


def main() -> int:
    """Set up what the matrix needs and write the page."""
    try:
        bin_folder = venvs.ensure("dev")
        venvs.install_simulator("dev")
        copy_tree()
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    environment = clean_environment(bin_folder, proxies=False) | {"PYTHONPATH": str(tree_root())}
    command = [str(bin_folder / "python"), "-m", "support.fault_page", str(PAGE)]
    done = subprocess.run(command, cwd=ROOT / "tests" / "integration", env=environment, check=False)
    if done.returncode == 0:
        print(PAGE.relative_to(ROOT))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
