# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured, and the medians of several rounds of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple


class Measured(NamedTuple):
    """One piece of work: how many backups it was about, its seconds and memory (KiB), and what the server counted."""

    backups: int
    seconds: float
    memory: float
    requests: int
    connections: int


# What each work took in one round.
Turn = Mapping[str, Measured]


class Figures(NamedTuple):
    """The medians of several rounds, and of the ratios within each round to what the work is compared with."""

    seconds: float
    memory: float
    time_ratio: float
    memory_ratio: float
    requests: float = 0
    connections: float = 0


Works = dict[str, Figures]
# The same as it is kept in a file.
PlainWorks = dict[str, dict[str, float]]


def plain(works: Works) -> PlainWorks:
    """Return figures as they are kept in a file."""
    return {work: {name: round(value, 4) for name, value in one._asdict().items()} for work, one in works.items()}


def from_plain(kept: PlainWorks) -> Works:
    """Return figures that were kept in a file."""
    return {work: Figures(**one) for work, one in kept.items()}


def figures_of(turns: Sequence[Turn], bases: Mapping[str, Sequence[str]]) -> Works:
    """Return the figures of each work.

    Args:
        bases: the works that each is compared with, the sum of them; a work that is not named there is compared
            with the first.
    """
    first = list(turns[0])[0]
    return {work: _figures(turns, work, bases.get(work, (first,))) for work in turns[0]}


def less_the_start(turns: Sequence[Turn], work: str, start: str, started: Sequence[str], *more: str) -> float:
    """Return how many times the sum of other works one takes when nobody counts how long ansible-playbook starts.

    Args:
        start: the work that only starts it.
        started: the other works that start it too; ``more`` are those that do not.
    """
    return median(
        (turn[work].seconds - turn[start].seconds)
        / (sum(turn[one].seconds - turn[start].seconds for one in started) + sum(turn[one].seconds for one in more))
        for turn in turns
    )


def _figures(turns: Sequence[Turn], work: str, base: Sequence[str]) -> Figures:
    mine = [turn[work] for turn in turns]
    return Figures(
        seconds=median(one.seconds for one in mine),
        memory=median(one.memory for one in mine),
        time_ratio=median(turn[work].seconds / sum(turn[other].seconds for other in base) for turn in turns),
        memory_ratio=median(turn[work].memory / max(1, sum(turn[other].memory for other in base)) for turn in turns),
        requests=max(one.requests for one in mine),
        connections=max(one.connections for one in mine),
    )
