# SPDX-License-Identifier: GPL-3.0-or-later
"""The client library of the checkout, for tools that read its tables: neither Ansible nor requests is needed."""

from __future__ import annotations

import importlib.util
import sys
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
