# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the documentation of a module, and compares the documented results with real ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

FIELDS = Path(__file__).resolve().parents[3] / "docs" / "fields.md"

# A row of docs/fields.md: field, "list of" or "dict of", type or link to an object, "or null".
ROW = re.compile(r"^\| `(\w+)` \| (list of |dict of )?\[?([\w.]+)(?:\]\(#\w+\))?( or null)? \|", re.MULTILINE)

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
    """Return the documentation of a module as data."""
    return dict(json.loads(_ansible_doc(module, work, "--json"))[module])


def text(module: str, work: Path) -> str:
    """Return the manual of a module."""
    return _ansible_doc(module, work)


def _ansible_doc(module: str, work: Path, *options: str) -> str:
    command = [str(Path(sys.executable).parent / "ansible-doc"), *options, "-t", "module", module]
    return subprocess.run(command, cwd=work, capture_output=True, text=True, check=True, timeout=60).stdout


def visible(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result as the module gave it."""
    return {key: value for key, value in result.items() if key not in HIDDEN}


def fields(message: str) -> dict[str, Any]:
    """Return what docs/fields.md says of an object, in the form of the documentation of a module."""
    sections = re.split(r"^## (.+)$", FIELDS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    tables = dict(zip(sections[1::2], sections[2::2], strict=True))
    return {name: _field(tables, *rest) for name, *rest in ROW.findall(tables[message])}


def _field(tables: dict[str, str], container: str, kind: str, null: str) -> dict[str, Any]:
    """Return one field of an object, with the fields of the object that it holds."""
    entry: dict[str, Any] = {"description": "V(null)" if null else "", "type": "dict" if kind in tables else kind}
    if container:
        entry["type"] = container.partition(" ")[0]
    if kind in tables:
        entry["contains"] = fields(kind)
    return entry


def check(documented: dict[str, Any], real: dict[str, Any], where: str, *, partly: bool = False) -> None:
    """Check that every documented key is there with its type, and unless ``partly``, that no other key is."""
    if not partly:
        assert set(real) <= set(documented), f"undocumented in {where}: {set(real) - set(documented)}"
    for name, entry in documented.items():
        here = f"{where}.{name}"
        if name not in real:
            assert not str(entry.get("returned", "always")).startswith("always"), f"not returned: {here}"
            continue
        value = real[name]
        if value is None:
            assert any("V(null)" in text for text in _texts(entry)), f"null is not documented: {here}"
            continue
        assert type(value) is PYTHON_TYPES[entry["type"]], f"{here} is a {type(value).__name__}"
        if "contains" in entry:
            for item in value if entry["type"] == "list" else [value]:
                check(entry["contains"], item, here, partly=partly)


def _texts(entry: dict[str, Any]) -> list[str]:
    return [entry["description"]] if isinstance(entry["description"], str) else entry["description"]
