# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes of the modules, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes; requests are sent by the managed host, or by the controller where that is the same machine."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Has an action plugin of the same name.
    support: full
    details: A task on the controller runs without a module process, unless C(px_backup_fast_path=false).
  check_mode:
    description: Can run in C(check_mode) and predict the result without any request that writes.
  diff_mode:
    description: Returns the changes in RV(ignore:diff).
  idempotent:
    description: A second run of the same task changes nothing.
"""
