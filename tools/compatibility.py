# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/compatibility.md, what works with which release of PX-Backup, from the tables of the client library.

Usage: compatibility.py [--check]; with it nothing is written, and a page that is not up to date is a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import library
from workspace import ROOT

PAGE = ROOT / "docs" / "compatibility.md"

INTRODUCTION = """\
# What works with which release of PX-Backup

This page is made by `make compatibility` from the tables that the modules themselves use.

The modules know the releases {oldest} to {newest}. A server of a release in between works like the release before it,
one newer than {newest} like {newest}, and one older than {oldest} is refused. A task asks the server for its release
(`GET /v1/version`, once) only when something in this page depends on it; `server_release` says it for a server that
does not tell.

What a release lacks is refused before anything is written, in check mode too: the message names the parameter or the
operation, the release that it needs, and the release that the server has.
"""

YES, NO = "✓", "–"


class Row(NamedTuple):
    """A feature, and the first and the last release that has it."""

    name: str
    since: str | None = None
    until: str | None = None


class Tables:
    """The tables of the library, as rows."""

    def __init__(self) -> None:
        self._releases = library.load("api.releases")
        self._operations = library.load("backups.resource")
        self._options = library.load("backups.options")
        self._messages = library.load("api.schema")
        self.releases: tuple[str, ...] = self._releases.RELEASES

    def operations(self) -> Iterator[Row]:
        """Yield the operations and the module that only reads."""
        for operation in self._operations.OPERATIONS.values():
            yield Row(f"`{operation.name}`", operation.since)
        yield Row("module `backup_info`")

    def parameters(self) -> Iterator[Row]:
        """Yield the parameters that not every release has, with their operations."""
        users: dict[str, list[str]] = {}
        since: dict[str, str] = {}
        for operation in self._operations.OPERATIONS.values():
            for name, option in operation.options.items():
                # The filters of a list have a table of their own.
                if option.since and self._options.FILTERS.get(name) is not option:
                    users.setdefault(name, []).append(f"`{operation.name}`")
                    since[name] = option.since
        for name, names in users.items():
            yield Row(f"`{name}` ({', '.join(names)})", since[name])

    def filters(self) -> Iterator[Row]:
        """Yield all filters of a list."""
        for name, option in self._options.FILTERS.items():
            yield Row(f"`{name}`", option.since)

    def sort_keys(self) -> Iterator[Row]:
        """Yield the sort keys with the releases that sort by them."""
        for name, since in self._options.SORT_KEYS.items():
            yield Row(f"`{name}`", since)

    def calls(self) -> Iterator[Row]:
        """Yield every form of every call."""
        for rpc, forms in self._releases.ROUTES.items():
            for form in forms:
                yield Row(f"{rpc}: `{form.method} {form.path}`", form.since, form.until)

    def fields(self) -> Iterator[Row]:
        """Yield the fields of answers that not every release gives."""
        for message, fields in self._messages.MESSAGES.items():
            for name, text in fields.items():
                since = self._messages.parse_field(text).since
                if since:
                    yield Row(f"{message}: `{name}`", since)

    def matrix(self, what: str, rows: Iterable[Row]) -> list[str]:
        """Return rows as a table with a column for each release."""
        lines = [f"| {what} | {' | '.join(self.releases)} |", f"|---|{':-:|' * len(self.releases)}"]
        return [*lines, *(f"| {row.name} | {' | '.join(self._cells(row))} |" for row in rows), ""]

    def _cells(self, row: Row) -> Iterator[str]:
        first = self.releases.index(row.since or self.releases[0])
        last = self.releases.index(row.until or self.releases[-1])
        return (YES if first <= place <= last else NO for place in range(len(self.releases)))

    def form_since(self, rpc: str) -> str:
        """Return the first release that has a call."""
        routes: dict[str, Any] = self._releases.ROUTES
        return str(routes[rpc][0].since)


def page() -> str:
    """Return the page."""
    tables = Tables()
    by_post = tables.form_since("Backup.EnumerateByPost")
    lines = [
        INTRODUCTION.format(oldest=tables.releases[0], newest=tables.releases[-1]),
        "## Operations\n",
        *tables.matrix("operation", tables.operations()),
        "## Parameters\n",
        "All parameters that are not named here work with every release.\n",
        *tables.matrix("parameter", tables.parameters()),
        "## Filters of a list\n",
        "For `INSPECT_ALL` and the module `backup_info`. `name`, `cluster_ref`, `namespaces`, `time_range` and",
        f"`backup_schedule_ref` are applied by the module itself, the last one on the server too from {by_post} on.\n",
        *tables.matrix("filter", tables.filters()),
        "## Order of a list\n",
        "Every order works with every release. Where the server does not sort by a key (–), and where all backups are",
        "wanted, the module reads the whole list and sorts it; else the server sorts and sends the first ones alone.\n",
        *tables.matrix("sort key", tables.sort_keys()),
        "## Calls\n",
        "The form of a call follows the release of the server.\n",
        *tables.matrix("call", tables.calls()),
        "## Returned fields\n",
        "A field is returned whatever the release; where the server does not give it (–), it has its zero value.",
        "Fields that are not named here come with every release that gives their object.\n",
        *tables.matrix("field", tables.fields()),
    ]
    return "\n".join(lines)


def main() -> int:
    """Write or check the page; return the exit status."""
    new = page()
    if "--check" not in sys.argv:
        PAGE.write_text(new, encoding="utf-8")
        print(PAGE.relative_to(ROOT))
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == new:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is not up to date: run make compatibility")
    return 1


if __name__ == "__main__":
    sys.exit(main())
