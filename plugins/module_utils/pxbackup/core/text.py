# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of sentences that several places write in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def join_first(texts: Iterable[str], most: int, separator: str = ", ") -> str:
    """Return the first ``most`` texts joined, and how many more there are."""
    listed = list(texts)
    shown, more = separator.join(listed[:most]), len(listed) - most
    if more <= 0:
        return shown
    return f"{shown} and {more} more" if separator == ", " else f"{shown}{separator}and {more} more"


def join_and(texts: Sequence[str]) -> str:
    """Return texts joined as in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def count_of(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 backup``, ``2 backups``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
