# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of a list of backups, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the filters that only lists have."""

    DOCUMENTATION = r"""
options:
  name_filter:
    description:
      - Only names with this text.
    type: str
  cluster_name_filter:
    description:
      - Only clusters with this text in the name.
    type: str
  cluster_uid_filter:
    description:
      - Only the cluster with this uid.
    type: str
  owners:
    description:
      - Only these owners, by user id.
    type: list
    elements: str
  status:
    description:
      - Only these statuses.
    type: list
    elements: str
    choices:
      - Invalid
      - Pending
      - InProgress
      - Aborted
      - Failed
      - Deleting
      - Success
      - Captured
      - PartialSuccess
      - DeletePending
      - CloudBackupMissing
  schedule_policy_ref:
    description:
      - Only backups of this schedule policy, a dictionary with C(name) or C(uid), or a list of them. Requires PX-Backup
        2.9.0 or newer.
    type: raw
  backup_schedule_ref:
    description:
      - Only backups of this backup schedule, a dictionary with C(name) or C(uid), or a list of them.
    type: raw
  time_range:
    description:
      - Only backups created between C(start) and C(end), both included. Each is RFC 3339 with a time zone, such as
        V(2026-11-23T20:00:00Z), or an age such as V(7d), V(12h) or V(30m).
    type: dict
  resource_info:
    description:
      - Only backups that contain the resource with this C(name), C(namespace), C(group), C(kind) and C(version).
        Requires PX-Backup 2.11.0 or newer.
    type: dict
  vm_volume_name:
    description:
      - Only backups in which the virtual machine of O(resource_info) has this volume. Requires PX-Backup 2.11.0 or
        newer.
    type: str
  exclude_failed_resource:
    description:
      - Whether to ignore failed resources in O(resource_info). Requires PX-Backup 2.11.0 or newer.
    type: bool
"""
