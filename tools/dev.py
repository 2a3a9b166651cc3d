# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the development environment, and run tests of the checkout itself there: no build, no installation.

Usage: dev.py [FOLDER [PYTEST_OPTION...]]

Without a folder only the environment is created. FOLDER is one below tests/, such as `unit`; a file or a test
named in the options is run instead of the whole folder.
"""

from __future__ import annotations

import os
import sys

import venvs
from toolbox import WORKERS
from workspace import ROOT, WORK, StepError, clean_environment

# Test processes for all tests of a folder, for those that take minutes.
PROCESSES = {"integration": WORKERS}


def pytest_options(folder: str, options: list[str]) -> list[str]:
    """Return what pytest is called with; all tests of a folder are run by several processes where that helps."""
    if not options:
        return ["-q", f"tests/{folder}", "-m", "not slow", "-n", str(PROCESSES.get(folder, 0))]
    named = any((ROOT / option.partition("::")[0]).exists() for option in options if not option.startswith("-"))
    return ["-q", *([] if named else [f"tests/{folder}"]), *options]


def main() -> int:
    """Create the environment and, when a folder is named, replace this process by pytest."""
    try:
        bin_folder = venvs.ensure("dev")
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    if len(sys.argv) == 1:
        print(f"ready: {(bin_folder / 'pytest').relative_to(ROOT)} tests/unit -k NAME")
        return 0
    (WORK / "ansible").mkdir(parents=True, exist_ok=True)
    python = str(bin_folder / "python")
    os.chdir(ROOT)
    os.execve(
        python,
        [python, "-m", "pytest", *pytest_options(sys.argv[1], sys.argv[2:])],
        clean_environment(bin_folder, proxies=False),
    )


if __name__ == "__main__":
    sys.exit(main())
