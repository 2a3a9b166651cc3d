# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Joins the wait for a backup to an operation, where the task waits."""

from __future__ import annotations

from ..core.model import Context, Outcome
from ..core.policy import Policy


def joined(context: Context, outcome: Outcome, policy: Policy | None) -> Outcome:
    """Return the outcome after the end of its backup, where the task waits for it; check mode never waits."""
    if policy is None or context.api.check_mode:
        return outcome
    # Most tasks do not wait, and a module starts faster with what it needs alone.
    from .endings import after_its_end

    return after_its_end(context, outcome, policy)
