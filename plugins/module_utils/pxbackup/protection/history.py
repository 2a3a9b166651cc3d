# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a namespace was protected over a window of time, exact to the second.

The newest *finished* good backup counts: its data is as old as its start, and it is usable from its end on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Window(NamedTuple):
    """A span of time, both ends in seconds since 1970."""

    start: float
    end: float


class History(NamedTuple):
    """What a window shows.

    Attributes:
        compliance: share of the window in which the newest usable backup was at most ``rpo`` old, 0 to 1;
            ``None`` without an ``rpo``.
        worst_age: greatest age of the newest usable backup, in seconds.
        without_any: seconds in which no backup was usable.
    """

    compliance: float | None
    worst_age: float
    without_any: float


def measure_history(points: Iterable[tuple[float, float]], window: Window, rpo: float | None) -> History:
    """Return how protected a namespace was.

    Args:
        points: start and end of each good backup, in any order.
        rpo: maximum age in seconds, ``None`` when there is no target.
    """
    covered, worst, previous = 0.0, 0.0, window.start
    newest: float | None = None
    without = 0.0
    usable = sorted((finish, start) for start, finish in points if finish < window.end)
    for finish, start in [*usable, (window.end, window.end)]:
        until = max(finish, window.start)
        if newest is None:
            without += until - previous
        elif until > previous:
            worst = max(worst, until - newest)
            covered += max(0.0, min(until, newest + (rpo or 0)) - previous)
        previous = until
        newest = start if newest is None else max(newest, start)
    length = window.end - window.start
    share = (covered / length if length > 0 else 0.0) if rpo is not None else None
    return History(share, worst, without)
