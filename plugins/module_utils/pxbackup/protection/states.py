# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of one namespace now: protected as its target demands, or not."""

from __future__ import annotations

from typing import NamedTuple

from .tally import Tally
from .targets import Target

COMPLIANT, EXCEEDED, UNPROTECTED = "compliant", "exceeded", "unprotected"
PENDING, EXEMPT, NO_TARGET = "pending", "exempt", "no_target"

# In the order of a report: what needs work first.
STATES = (UNPROTECTED, EXCEEDED, PENDING, NO_TARGET, COMPLIANT, EXEMPT)

# An exceeded target is severe above twice its age, critical above four times (the steps of Acronis).
_STEPS = ((2, "warning"), (4, "severe"))


class State(NamedTuple):
    """What holds for a namespace.

    Attributes:
        name: one of :data:`STATES`.
        severity: ``warning``, ``severe`` or ``critical``; ``None`` when nothing is wrong.
        age: seconds since the start of the newest good backup, ``None`` when there is none.
        ratio: ``age`` divided by the target, ``None`` without either.
    """

    name: str
    severity: str | None
    age: int | None
    ratio: float | None


def judge(tally: Tally, target: Target | None, now: float, exempt: bool = False) -> State:
    """Return the state of a namespace.

    Args:
        target: the objectives that hold for it, ``None`` when none matches.
        now: seconds since 1970.
        exempt: whether the namespace needs no backup.
    """
    start = tally.last_good.start if tally.last_good else None
    age = None if start is None else max(0.0, now - start)
    ratio = age / target.rpo if age is not None and target else None
    name, severity = _judge(age, target, bool(tally.running), exempt)
    return State(name, severity, None if age is None else int(age), ratio)


def _judge(age: float | None, target: Target | None, running: bool, exempt: bool) -> tuple[str, str | None]:
    if exempt:
        return EXEMPT, None
    if target is None:
        return NO_TARGET, None
    if age is None:
        return (PENDING, "warning") if running else (UNPROTECTED, "critical")
    if age <= target.rpo:
        return COMPLIANT, None
    severity = next((word for step, word in _STEPS if age <= step * target.rpo), "critical")
    return EXCEEDED, severity
