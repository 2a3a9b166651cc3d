# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of the role `restore_drill` that says what a drill has proven."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.drill import Run, judge_drill

DOCUMENTATION = r"""
name: drill_verdict
short_description: Say what a restore drill has proven
version_added: 1.1.0
description:
  - For the role C(pxops.px_backup.restore_drill). Returns the checks of a drill and their verdict.
options:
  _input:
    description: The registered result of the restore.
    type: dict
    required: true
  seconds:
    description: Duration of the restore.
    type: float
    required: true
  rto:
    description: Most seconds that it may take, 0 for any.
    type: float
    default: 0
  accept_partial:
    description: Whether volumes that failed in the backup may be missing.
    type: bool
    default: false
  checks:
    description: Result of the caller's checks, empty where there are none.
    type: str
    default: ''
  checks_error:
    description: Why the caller's checks failed.
    type: str
    default: ''
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Show what a restore has proven
  ansible.builtin.debug:
    msg: "{{ restored | pxops.px_backup.drill_verdict(seconds=240, rto=600) }}"
"""

RETURN = r"""
_value:
  description: The C(checks), each with C(name), C(result) and C(detail), the C(verdict), and C(rto_met).
  type: dict
"""


def verdict(
    restored: dict[str, Any],
    seconds: float,
    rto: float = 0,
    accept_partial: bool = False,
    checks: str = "",
    checks_error: str = "",
) -> dict[str, Any]:
    """Return what a drill has proven."""
    info = (restored.get("restore") or {}).get("restore_info") or {}
    status = str((info.get("status") or {}).get("status") or "")
    error = str(restored.get("msg") or "") if "error" in restored else ""
    run = Run(status, error, restored.get("arrival"), float(seconds), float(rto), accept_partial, checks, checks_error)
    return judge_drill(run)


class FilterModule:
    """Filters of restore drills."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"drill_verdict": verdict}
