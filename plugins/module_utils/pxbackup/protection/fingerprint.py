# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether two reports differ in more than their time."""

from __future__ import annotations

import hashlib
import json
from typing import Any

# What changes while time passes and nothing happens.
_PASSING = frozenset(
    {
        "generated_at",
        "window",
        "age_seconds",
        "ratio",
        "compliance_in_window",
        "worst_age_seconds",
        "seconds_without_any",
        "good_in_window",
        "failed_in_window",
        "days",
        "sizes",
    }
)


def fingerprint_of(report: dict[str, Any]) -> str:
    """Return a hash (64 hexadecimal digits) that is equal for reports that tell the same at another time."""
    return hashlib.sha256(json.dumps(_without_time(report), sort_keys=True).encode()).hexdigest()


def _without_time(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_time(item) for key, item in value.items() if key not in _PASSING}
    if isinstance(value, list):
        return [_without_time(item) for item in value]
    return value
