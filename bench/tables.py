# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables and verdicts of the page."""

from __future__ import annotations

from collections.abc import Iterable


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table whose columns but the first hold numbers."""
    titles = list(header)
    lines = [titles, ["---"] + ["---:"] * (len(titles) - 1), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def kept(figure: float, most: float) -> str:
    """Return a figure and whether it keeps to its limit."""
    return f"{figure:.2f}: {'kept' if figure <= most else '**not kept**'}"
