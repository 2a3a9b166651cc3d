# SPDX-License-Identifier: GPL-3.0-or-later
"""For the tools that generate documentation: the tables of the client library, without Ansible or requests, and the
writing of files."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from workspace import ROOT

PACKAGE = "pxbackup"
FOLDER = ROOT / "plugins" / "module_utils" / PACKAGE


def load(name: str) -> ModuleType:
    """Import one module of the library, such as `api.releases`."""
    if PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PACKAGE, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
        )
        assert spec
        sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{PACKAGE}.{name}")


def write_or_check(files: Iterable[tuple[Path, str]], command: str) -> int:
    """Write the files that have changed, or with ``--check`` report them; return the exit status.

    Args:
        files: each file with the content that it should have.
        command: the command that writes them, for the report.
    """
    stale = 0
    for path, text in files:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv:
            stale += 1
            print(f"{path.relative_to(ROOT)} is not up to date: run {command}")
        else:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return int(stale > 0)
