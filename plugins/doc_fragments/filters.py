# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and order of a list of backups, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the filters that only lists have."""

    DOCUMENTATION = r"""
options:
  name_filter:
    description:
      - Only backups with this text in the name.
    type: str
  cluster_name_filter:
    description:
      - Only backups of clusters with this text in the name.
    type: str
  cluster_uid_filter:
    description:
      - Only backups of the cluster with this uid.
    type: str
  include_detailed_resources:
    description:
      - Whether to return the resources of each backup.
    type: bool
  owners:
    description:
      - Only backups of these owners, by user id.
    type: list
    elements: str
  status:
    description:
      - Only backups with one of these statuses.
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
      - Only backups of this schedule policy. Requires PX-Backup 2.9.0 or newer.
    type: dict
    suboptions: &filter_reference
      name:
        description: Name.
        type: str
      uid:
        description: Uid, required when the name is not unique.
        type: str
  backup_schedule_ref:
    description:
      - Only backups of this backup schedule.
    type: dict
    suboptions: *filter_reference
  time_range:
    description:
      - Only backups created in this range, both ends included. Each end is RFC 3339 with a time zone, such as
        V(2026-11-23T20:00:00Z), or an age such as V(7d), V(12h) or V(30m).
    type: dict
    suboptions:
      start:
        description: Start. Omitted means the first backup.
        type: str
      end:
        description: End. Omitted means now.
        type: str
  resource_info:
    description:
      - Only backups that contain this resource. Requires PX-Backup 2.11.0 or newer.
    type: dict
    suboptions:
      name:
        description: Name of the resource.
        type: str
      namespace:
        description: Namespace of the resource.
        type: str
      group:
        description: API group of the resource.
        type: str
      kind:
        description: Kind of the resource.
        type: str
      version:
        description: API version of the resource.
        type: str
  vm_volume_name:
    description:
      - Only backups in which the virtual machine of O(resource_info) has this volume. Requires PX-Backup 2.11.0 or
        newer.
    type: str
  exclude_failed_resource:
    description:
      - Whether to ignore failed resources in O(resource_info). Requires PX-Backup 2.11.0 or newer.
    type: bool
  sort_option:
    description:
      - Order of the list.
    type: dict
    suboptions:
      sort_by:
        description: Sort key. Omitted means V(CreationTimestamp).
        type: str
        choices: [CreationTimestamp, Name, ClusterName, Size, LastUpdateTimestamp]
      sort_order:
        description: Sort order. Omitted means V(Descending).
        type: str
        choices: [Ascending, Descending]
  max_objects:
    description:
      - Maximum number of backups to return. Omitted means all. RV(truncated) and RV(total_count) report the rest.
    type: int
"""
