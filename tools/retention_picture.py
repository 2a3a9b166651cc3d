# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw a year of daily backups thinned by the keep rules, for the guide about retention.

Usage: python tools/retention_picture.py [--check]

The marks are what the library's own rules keep. ``--check`` writes nothing and fails when the picture is not up to
date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import library
from workspace import ROOT

TARGET = ROOT / "docs" / "guides" / "retention-year.svg"

KEEP = {"daily": 7, "weekly": 4, "monthly": 6, "yearly": 2}
NEWEST = datetime(2026, 12, 31, 2, tzinfo=UTC)
DAYS = 365

# Pixels.
WIDTH, LEFT, RIGHT, TOP, ROW, MARK = 960, 150, 90, 70, 46, 22

STYLE = """\
text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.small { font-size: 12px; fill: #59636e; }
.title { font-size: 16px; font-weight: 600; }
.gone { stroke: #c8ced5; }
.kept { stroke: #0969da; stroke-width: 3; }
.all { stroke: #1a7f37; stroke-width: 3; }
.month { stroke: #d1d9e0; stroke-dasharray: 2 3; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .gone { stroke: #3d444d; }
  .kept { stroke: #58a6ff; }
  .all { stroke: #3fb950; }
  .month { stroke: #30363d; }
}"""


def picture() -> str:
    """Return the picture as SVG."""
    times = [NEWEST - timedelta(days=age) for age in range(DAYS)]
    rules = library.load("retention.rules")
    reasons = rules.apply_rules(times, rules.parse_keep(KEEP), UTC)
    rows = [(f"{name}: {count}", "kept", _kept(reasons, name)) for name, count in KEEP.items()]
    rows.append(("kept by any rule", "all", [age for age, found in enumerate(reasons) if found]))
    height = TOP + ROW * len(rows) + 40
    keep = ", ".join(f"{name}: {count}" for name, count in KEEP.items())
    kept = len(rows[-1][2])
    body = [
        f'<text class="title" x="{LEFT}" y="24">keep: {{{keep}}}</text>',
        f'<text class="small" x="{LEFT}" y="44">{DAYS} daily backups of {NEWEST.year}: {kept} stay, '
        f"{DAYS - kept} are removed</text>",
        *_months(height),
        *(line for number, row in enumerate(rows) for line in _row(TOP + ROW * number, *row)),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-labelledby="title description">',
            '<title id="title">A year of daily backups thinned by keep rules</title>',
            f'<desc id="description">{_in_words(rows)}</desc>',
            f"<style>\n{STYLE}\n</style>",
            *body,
            "</svg>\n",
        ]
    )


def _kept(reasons: Iterable[list[str]], rule: str) -> list[int]:
    """Return the ages in days of the backups that one rule keeps, also as the oldest."""
    return [age for age, found in enumerate(reasons) if {rule, f"oldest {rule}"} & set(found)]


def _in_words(rows: list[tuple[str, str, list[int]]]) -> str:
    return ". ".join(f"{name} keeps {len(ages)} backups" for name, _style, ages in rows[:-1]) + (
        f". Together {len(rows[-1][2])} of {DAYS} backups stay."
    )


def _x(age: int) -> float:
    return round(WIDTH - RIGHT - (WIDTH - LEFT - RIGHT) * age / (DAYS - 1), 1)


def _months(height: int) -> Iterator[str]:
    """Yield a line and a name for each month."""
    for month in range(1, 13):
        first = datetime(NEWEST.year, month, 1, 2, tzinfo=UTC)
        x = _x((NEWEST - first).days)
        yield f'<line class="month" x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{height - 30}"/>'
        yield f'<text class="small" x="{x + 2}" y="{height - 14}">{first:%b}</text>'


def _row(y: int, name: str, style: str, ages: list[int]) -> Iterator[str]:
    """Yield one rule: its name, all backups in grey, and those that it keeps."""
    gone = sorted(set(range(DAYS)) - set(ages))
    yield f'<text x="{LEFT - 12}" y="{y + MARK - 5}" text-anchor="end">{name}</text>'
    yield f'<path class="gone" d="{_marks(y, gone)}"/>'
    yield f'<path class="{style}" d="{_marks(y, sorted(ages))}"/>'
    yield f'<text class="small" x="{WIDTH - RIGHT + 14}" y="{y + MARK - 5}">{len(ages)} kept</text>'


def _marks(y: int, ages: Iterable[int]) -> str:
    return "".join(f"M{_x(age)} {y}v{MARK}" for age in ages)


if __name__ == "__main__":
    sys.exit(library.write_or_check([(TARGET, picture())], "python tools/retention_picture.py"))
