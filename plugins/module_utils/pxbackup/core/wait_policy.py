# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a task waits: read from its options. Apart from the waiting itself, which most tasks never load."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..checks import check_number
from ..errors import ValidationError
from ..limits import SECONDS
from ..text import join_and
from .options import END_OPTIONS, FAIL, ON_EMPTY, WARN

DEFAULT_INTERVAL = 30


class WaitPolicy(NamedTuple):
    """How a task waits: seconds in all and between polls, and what a partial success and an empty object mean."""

    timeout: float
    interval: float
    on_partial: str = FAIL
    on_empty: str = ON_EMPTY[0]


def wait_policy(parameters: dict[str, Any], timeout: float) -> WaitPolicy | None:
    """Return how the task waits, ``None`` when it does not wait.

    Args:
        timeout: the default for this operation, in seconds.

    Raises:
        ValidationError: a time is out of its range, or is set without ``wait``.
    """
    times = {name: parameters.get(name) for name in ("wait_timeout", "wait_interval")}
    for name, value in times.items():
        if value is not None:
            check_number(name, value, 1, SECONDS, "seconds")
    if not parameters.get("wait"):
        unused = [name for name in (*times, *END_OPTIONS) if parameters.get(name) is not None]
        if unused:
            have = "has" if len(unused) == 1 else "have"
            raise ValidationError(f"{join_and(unused)} {have} no effect without wait", hint="set wait to true")
        return None
    return WaitPolicy(
        times["wait_timeout"] or timeout,
        times["wait_interval"] or DEFAULT_INTERVAL,
        parameters.get("on_partial") or FAIL,
        parameters.get("on_empty") or WARN,
    )
