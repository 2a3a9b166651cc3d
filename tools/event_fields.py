# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the tables of docs/events.md, the types and the fields of events, from the tables of the library.

Usage: event_fields.py [--check]; with it nothing is written, and a page that is not up to date is a failure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import library
from workspace import ROOT

PAGE = ROOT / "docs" / "events.md"

# What a table stands between in the page.
_PLACE = r"(<!-- {name}: [^\n]* -->\n).*?(<!-- end -->)"


def types_table() -> str:
    """Return the types of events with their meaning, and which event source has them."""
    fields = library.load("events.fields")
    sources = {name: "both" if name in fields.RESTORE_TYPES else "backups" for name in fields.TYPES}
    rows = [f"| `{name}` | {sources[name]} | {text} |" for name, text in fields.TYPES.items()]
    return "\n".join(["| type | event source | meaning |", "|---|---|---|", *rows])


def fields_table(name: str) -> str:
    """Return the fields of one table of the library with the types of events that have them."""
    fields = library.load("events.fields")
    rows = [f"| `{item.name}` | {item.kind} | {_types(item.types)} | {item.text} |" for item in getattr(fields, name)]
    return "\n".join(["| field | type | events | content |", "|---|---|---|---|", *rows])


def _types(types: Sequence[str]) -> str:
    """Return types of events in as few words as possible."""
    fields = library.load("events.fields")
    groups = {
        fields.ALL: "all",
        fields.OBJECT_TYPES: "all of one object",
        fields.PRESENT: "all of one object, but `deleted`",
        fields.TARGET_TYPES: "`overdue`, `recovered`",
        (*fields.OBJECT_TYPES, *fields.TARGET_TYPES): "all of one object, `overdue`, `recovered`",
        (*fields.PRESENT, *fields.TARGET_TYPES): "all of one object, but `deleted`; `overdue`, `recovered`",
    }
    return groups.get(tuple(types)) or ", ".join(f"`{name}`" for name in types)


def fill(page: str) -> str:
    """Return the page with its tables as they must be now."""
    tables = {
        "types": types_table(),
        "common": fields_table("COMMON_FIELDS"),
        "backups": fields_table("BACKUP_FIELDS"),
        "restores": fields_table("RESTORE_FIELDS"),
    }
    for name, table in tables.items():
        place = re.search(_PLACE.format(name=name), page, re.DOTALL)
        if place is None:
            raise SystemExit(f"{PAGE.relative_to(ROOT)} has no place for the table of {name}")
        page = f"{page[: place.start()]}{place[1]}\n{table}\n\n{place[2]}{page[place.end() :]}"
    return page


def main() -> int:
    """Write or check the page; return the exit status."""
    old = PAGE.read_text(encoding="utf-8")
    new = fill(old)
    if new == old:
        return 0
    if "--check" in sys.argv:
        print(f"{PAGE.relative_to(ROOT)} is not up to date: run tools/event_fields.py")
        return 1
    PAGE.write_text(new, encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
