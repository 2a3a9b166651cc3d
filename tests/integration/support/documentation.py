# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the documentation of a module, and compares what it says of results with real ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PYTHON_TYPES = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list, "float": float}

# What every module returns, in the form of the documentation.
CHANGED = {"changed": {"type": "bool", "description": "", "returned": "always"}}

# What Ansible itself adds to a result.
HIDDEN = {
    "invocation",
    "_ansible_no_log",
    "_ansible_verbose_always",
    "warnings",
    "failed",
    "failed_when_result",
    "exception",
}


def page(module: str, work: Path) -> dict[str, Any]:
    """Return what ``ansible-doc`` says of a module."""
    command = [str(Path(sys.executable).parent / "ansible-doc"), "--json", "-t", "module", module]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(done.stdout)[module])


def visible(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result as the module gave it."""
    return {key: value for key, value in result.items() if key not in HIDDEN}


def check(documented: dict[str, Any], real: dict[str, Any], where: str) -> None:
    """Check that every documented key is there with its type, and that nothing is undocumented."""
    assert set(real) <= set(documented), f"undocumented in {where}: {set(real) - set(documented)}"
    for name, entry in documented.items():
        here = f"{where}.{name}"
        if name not in real:
            assert not str(entry["returned"]).startswith("always"), f"documented and not returned: {here}"
            continue
        value = real[name]
        if value is None:
            assert any("V(null)" in text for text in _texts(entry)), f"null is not documented: {here}"
            continue
        assert type(value) is PYTHON_TYPES[entry["type"]], f"{here} is a {type(value).__name__}"
        if "contains" in entry:
            for item in value if entry["type"] == "list" else [value]:
                check(entry["contains"], item, here)


def _texts(entry: dict[str, Any]) -> list[str]:
    return [entry["description"]] if isinstance(entry["description"], str) else entry["description"]
