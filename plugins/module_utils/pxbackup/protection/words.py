# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sizes and reasons in sentences."""

from __future__ import annotations

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def size_of(count: float) -> str:
    """Return a number of bytes as people read it, such as ``1.4 GiB``."""
    power = 0
    while count >= 1024 and power < len(_UNITS) - 1:
        count /= 1024
        power += 1
    return f"{count:.1f} {_UNITS[power]}" if power else f"{int(count)} B"


def with_reason(words: str, reason: str) -> str:
    """Return the words, followed by the server's reason where it gives one."""
    return f"{words}: {reason}" if reason else words
