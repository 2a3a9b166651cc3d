# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a task wants to wait.

Facts: behaviour note 2.4 (how long things take).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import ValidationError
from .parameters import END_PARAMETERS

# Seconds that the vendor's own tests give a backup and a deletion.
BACKUP_TIMEOUT = 2400
DELETION_TIMEOUT = 3600
DEFAULT_INTERVAL = 30


class Policy(NamedTuple):
    """How long and how often to look, in seconds, and what a partial success and an empty one mean."""

    timeout: float
    interval: float
    on_partial: str
    on_empty: str = "warn"


def policy_of(parameters: dict[str, Any], timeout: float) -> Policy | None:
    """Return how the task wants to wait, ``None`` when it does not.

    Args:
        timeout: the default for this operation, in seconds.

    Raises:
        ValidationError: a time is not more than 0, or is given without ``wait``.
    """
    times = {name: parameters.get(name) for name in ("wait_timeout", "wait_interval")}
    for name, value in times.items():
        if value is not None and value <= 0:
            raise ValidationError(f"{name} is {value}", hint="give more than 0 seconds")
    if not parameters.get("wait"):
        useless = [name for name in (*times, *END_PARAMETERS) if parameters.get(name) is not None]
        if useless:
            have = "has" if len(useless) == 1 else "have"
            raise ValidationError(f"{' and '.join(useless)} {have} no effect without wait", hint="set wait to true")
        return None
    return Policy(
        times["wait_timeout"] or timeout,
        times["wait_interval"] or DEFAULT_INTERVAL,
        parameters.get("on_partial") or "fail",
        parameters.get("on_empty") or "warn",
    )
