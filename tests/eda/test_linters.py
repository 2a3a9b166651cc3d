# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The linters that the certification of event sources runs, with its settings and none of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "extensions" / "eda" / "plugins"
FILES = sorted(map(str, PLUGINS.rglob("*.py")))

LINTERS = {
    "ruff": ["check", "--isolated", "--no-cache", "--select", "ALL", "--ignore", "INP001", str(PLUGINS)],
    "darglint": ["-s", "numpy", "-z", "full", *FILES],
    "pylint": ["--rcfile=/dev/null", "-sn", "--disable", "R0801", *FILES],
}


@pytest.mark.parametrize("linter", LINTERS)
def test_the_event_sources_pass(linter: str) -> None:
    assert FILES
    command = [str(Path(sys.executable).parent / linter), *LINTERS[linter]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.replace("All checks passed!\n", "")) == (0, ""), done.stderr
