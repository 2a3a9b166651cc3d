# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backups a list holds, and in which order, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the filters that only lists know."""

    DOCUMENTATION = r"""
options:
  name_filter:
    description:
      - Return only backups with this text in their name.
    type: str
  cluster_name_filter:
    description:
      - Return only backups of clusters with this text in their name.
    type: str
  cluster_uid_filter:
    description:
      - Return only backups of the cluster with this uid. Some servers want O(cluster_name_filter) beside it.
    type: str
  include_detailed_resources:
    description:
      - Whether a list holds the resources of each backup. The server leaves them out by default.
    type: bool
  owners:
    description:
      - Return only backups of these owners, by the id that the login service gives.
    type: list
    elements: str
  status:
    description:
      - Return only backups in one of these states.
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
      - Return only backups that were made by this schedule policy. Needs PX-Backup 2.9.0 or newer.
    type: dict
    suboptions: &filter_reference
      name:
        description: Its name.
        type: str
      uid:
        description: Its uid, needed where several have the same name.
        type: str
  backup_schedule_ref:
    description:
      - Return only backups that were made by this backup schedule.
    type: dict
    suboptions: *filter_reference
  time_range:
    description:
      - Return only backups that were made in this time, both ends included.
      - Each end is RFC 3339 with a time zone, such as V(2026-11-23T20:00:00Z), or an age such as V(7d), V(12h) or
        V(30m).
    type: dict
    suboptions:
      start:
        description: The begin. Left out, from the first backup on.
        type: str
      end:
        description: The end. Left out, until now.
        type: str
  resource_info:
    description:
      - Return only backups that hold this resource. Needs PX-Backup 2.11.0 or newer.
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
      - Return only backups in which the virtual machine of O(resource_info) has this volume. Needs PX-Backup 2.11.0 or
        newer.
    type: str
  exclude_failed_resource:
    description:
      - Whether resources that failed do not count for O(resource_info). Needs PX-Backup 2.11.0 or newer.
    type: bool
  sort_option:
    description:
      - The order of the list, newest first when left out.
      - The server sorts where O(max_objects) is given and its release can; else all is read and sorted here.
    type: dict
    suboptions:
      sort_by:
        description: What to sort by. V(CreationTimestamp) when left out.
        type: str
        choices: [CreationTimestamp, Name, ClusterName, Size, LastUpdateTimestamp]
      sort_order:
        description: V(Descending) when left out.
        type: str
        choices: [Ascending, Descending]
  max_objects:
    description:
      - Return at most so many backups. RV(truncated) and RV(total_count) tell what is missing.
      - Left out, all are returned.
    type: int
"""
