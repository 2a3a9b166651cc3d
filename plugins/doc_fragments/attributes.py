# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules support of Ansible's ways to run a task, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes; the collection's modules run their requests on the managed host."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict what the task would change, without sending a request that writes.
  diff_mode:
    description: Returns in RV(ignore:diff) what the task changes, in check mode what it would change.
  idempotent:
    description: A second run of the same task changes nothing and reports no change.
  platform:
    description: The operating systems that the module works on.
    platforms: posix
    support: full
"""
