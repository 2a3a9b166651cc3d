# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the preflight finds, and how severe it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ...text import join_first

# How severe a finding is.
SEVERITIES = ERROR, WARNING, NOTE = ("error", "warning", "note")


class Finding(NamedTuple):
    """Something that is wrong, or may be.

    Attributes:
        severity: ``error``, ``warning`` or ``note``.
        parameter: of the task.
        message: one sentence with the parameter, its value and what to do.
    """

    severity: str
    parameter: str
    message: str


Parameters = dict[str, Any]
Findings = Iterator[Finding]


# How many names a sentence lists before it counts the rest.
_MAX_NAMES = 10


def list_names(names: list[str]) -> str:
    """Return names for a sentence."""
    return join_first(map(repr, names), _MAX_NAMES)
