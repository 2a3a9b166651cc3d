# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let plain `pytest tests/...` test the checkout: no build, no installation, no environment variable.

A run that already finds the collection, such as that of `make test` with the installed one, is left as it is.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
WORK = CHECKOUT / ".cache"


def _collection_is_found() -> bool:
    """Tell whether this process can import the collection, from wherever the caller chose."""
    try:
        return importlib.util.find_spec("ansible_collections.pxops.px_backup.plugins") is not None
    except ModuleNotFoundError:
        return False


def _link_checkout() -> Path:
    """Return a collections folder whose collection is a link to the checkout; create the link if needed."""
    collections = WORK / "dev"
    link = collections / "ansible_collections" / "pxops" / "px_backup"
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(os.path.relpath(CHECKOUT, link.parent), target_is_directory=True)
    except FileExistsError:
        assert link.resolve() == CHECKOUT, f"{link} leads to another checkout: remove it"
    return collections


def _use_checkout() -> None:
    """Point this process, and those that it starts, to the checkout's collection and simulator."""
    collections = _link_checkout()
    folders = [str(collections), str(CHECKOUT / "simulator")]
    sys.path[:0] = folders
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([*folders, inherited] if inherited else folders)
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    os.environ.setdefault("ANSIBLE_HOME", str(WORK / "ansible"))
    # Compiled files are kept for the next run, but not in the checkout; that of this file was written already.
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(WORK / "pycache")
    shutil.rmtree(CHECKOUT / "tests" / "__pycache__", ignore_errors=True)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(WORK / "hypothesis"))
    (WORK / "tmp").mkdir(exist_ok=True)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(WORK / "tmp"))


if not _collection_is_found():
    _use_checkout()
