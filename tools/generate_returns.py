# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the RETURN section of the modules from the table of the API's answers.

Usage: python tools/generate_returns.py [--check]

The table ``plugins/module_utils/pxbackup/api/schema.py`` says which fields there are and of what type, and
``tools/returns.yml`` what each means. ``--check`` writes nothing and fails when a module is not up to date.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import yaml

import library
from workspace import ROOT

START, END = 'RETURN = r"""\n', '"""\n'

# A message of so many fields is described wherever it stands.
FEW = 3

TYPES = {"str": "str", "int": "int", "bool": "bool", "float": "float", "time": "str", "enum": "str"}


class Describer:
    """Describes messages; one with more than a few fields is described once, and later places refer to it."""

    def __init__(self, messages: ModuleType, texts: dict[str, str]) -> None:
        self._messages = messages
        self._texts = texts
        self._places: dict[str, str] = {}

    def contains(self, message: str, place: str) -> dict[str, Any]:
        """Return the ``contains`` of a message that stands at a place of the result."""
        self._places.setdefault(message, place)
        return {
            name: self._field(message, name, self._messages.parse_field(text), f"{place}.{name}")
            for name, text in self._messages.MESSAGES[message].items()
        }

    def _field(self, message: str, name: str, field: Any, place: str) -> dict[str, Any]:
        nested = field.kind in self._messages.MESSAGES
        # What is in a backup is told in the words of the backup itself.
        names = (f"{message}.{name}", name, f"BackupInfo.{name}")
        sentences = [next(self._texts[key] for key in names if key in self._texts)]
        if field.since:
            sentences.append(f"Given by PX-Backup {field.since} and newer.")
        kind = "dict" if nested or field.mapped else TYPES[field.kind]
        entry: dict[str, Any] = {"description": sentences, "returned": "always", "type": kind}
        if field.repeated:
            entry.update(type="list", elements=kind)
        elif nested or field.kind == "time":
            sentences.append("V(null) when there is none.")
        if nested:
            known = self._places.get(field.kind)
            if known and len(self._messages.MESSAGES[field.kind]) > FEW:
                sentences.append(f"With the same fields as RV({known}).")
            else:
                entry["contains"] = self.contains(field.kind, place)
        return entry


def returns(module: str) -> str:
    """Return the RETURN section of a module as YAML; the objects of the API are filled in from the table."""
    texts = yaml.safe_load((ROOT / "tools/returns.yml").read_text(encoding="utf-8"))
    section = yaml.safe_load((ROOT / f"tools/returns_of_{module}.yml").read_text(encoding="utf-8"))
    describer = Describer(library.load("api.schema"), texts)
    for name, entry in section.items():
        message = entry.pop("message", None)
        if message:
            entry["contains"] = describer.contains(message, name)
    return yaml.safe_dump(section, sort_keys=False, width=110, allow_unicode=True)


def main() -> int:
    """Write or check each module that has a section of its own; return the exit status."""
    stale = 0
    for source in sorted((ROOT / "tools").glob("returns_of_*.yml")):
        module = source.stem.removeprefix("returns_of_")
        path = ROOT / f"plugins/modules/{module}.py"
        now = path.read_text(encoding="utf-8")
        head, _start, rest = now.partition(START)
        _old, _end, tail = rest.partition(END)
        new = head + START + returns(module) + END + tail
        if new == now:
            continue
        stale += 1
        if "--check" in sys.argv:
            print(f"{path.relative_to(ROOT)} is not up to date: run python tools/generate_returns.py")
        else:
            path.write_text(new, encoding="utf-8")
    return int("--check" in sys.argv and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
