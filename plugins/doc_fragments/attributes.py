# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules support of Ansible's ways to run a task, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes; requests are sent by the managed host, or by the controller where that is the same machine."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Has an action plugin of the same name.
    support: full
    details:
      - Where the task runs on the controller itself, the action plugin does the module's work in the controller's own
        process. That makes loops fast and changes nothing else, except that before ansible-core 2.21 results hold
        RV(ignore:invocation) at verbosity 3 and above only.
      - The variable C(px_backup_fast_path=false) or the environment variable E(PX_BACKUP_FAST_PATH) with V(false) makes
        the module run as usual.
  async:
    description: Can be run with the task keyword C(async).
    support: full
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
