# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the property tests: the same examples in every run, few enough for daily work."""

from __future__ import annotations

from ansible_collections.pxops.px_backup.tests.unit.support.environment import clean_environment
from hypothesis import HealthCheck, settings

__all__ = ["clean_environment"]

settings.register_profile(
    "pxops",
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("pxops")
