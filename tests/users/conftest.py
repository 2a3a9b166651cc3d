# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users' own tools make of the collection: ansible-builder, ansible-lint, mypy, tar.

``PX_BACKUP_TEST_BUILDER`` names the command of ansible-builder; the installed collection is found as Ansible finds it.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest
from commands import Run


@pytest.fixture(scope="session")
def collections() -> Path:
    """The folder above ``ansible_collections`` with the collection."""
    found = importlib.util.find_spec("ansible_collections.pxops.px_backup")
    assert found and found.submodule_search_locations
    return Path(next(iter(found.submodule_search_locations))).parents[2]


@pytest.fixture
def run(tmp_path: Path, collections: Path) -> Run:
    """Return a function that runs a command in the test's folder with the collection."""

    def start(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("PX_BACKUP_")}
        own |= {"ANSIBLE_HOME": str(tmp_path / "home"), "ANSIBLE_COLLECTIONS_PATH": str(collections)}
        arguments = [str(word) for word in command]
        return subprocess.run(
            arguments, cwd=tmp_path, env={**own, **environment}, capture_output=True, text=True, check=False
        )

    return start
