#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_info
short_description: List PX-Backup backups
version_added: 1.0.0
description:
  - Returns the backups that match a name, a uid or filters, from all pages. No match is an empty list, not an error.
  - Has the same filters and returns the same objects as M(pxops.px_backup.backup) with
    O(pxops.px_backup.backup#module:operation=INSPECT_ALL).
  - Can reduce each backup to a summary or to some fields, and return statistics.
extends_documentation_fragment:
  - pxops.px_backup.filters
  - pxops.px_backup.listing
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.network
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: The module only reads.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  name:
    description:
      - Only backups with exactly this name; several owners may use the same name.
    type: str
  uid:
    description:
      - Only the backup with this uid. Mutually exclusive with filters other than O(name).
    type: str
  labels:
    description:
      - Only backups with all of these labels.
    type: dict
  cluster_ref:
    description:
      - Only backups of exactly this cluster.
    type: dict
    suboptions: &reference
      name:
        description: Name.
        type: str
      uid:
        description: Uid, required when the name is not unique.
        type: str
  volume_resource_only_policy_ref:
    description:
      - Only backups with this policy. Requires PX-Backup 2.11.0 or newer.
    type: dict
    suboptions: *reference
  backup_object_type:
    description:
      - Only backups with this type of objects.
    type: dict
    suboptions:
      type:
        description: V(Invalid) means not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  namespaces:
    description:
      - Only backups with at least one of these namespaces.
    type: list
    elements: str
  fields:
    description:
      - Fields to return of each backup, in dot notation, such as V(backup_info.status.status). Omitted means all.
        Mutually exclusive with O(summary).
    type: list
    elements: str
  summary:
    description:
      - Whether to return a summary of each backup, a flat dictionary with C(name), C(uid), C(status), C(reason),
        C(cluster), C(namespaces), C(create_time), C(total_size) and C(owner).
    type: bool
  statistics:
    description:
      - Whether to return RV(statistics). They include all backups that match, even with O(max_objects).
    type: bool
seealso:
  - module: pxops.px_backup.backup
  - name: Returned fields
    description: All fields of a backup.
    link: https://github.com/pxops/px_backup/blob/main/docs/fields.md
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Check whether a backup exists
  pxops.px_backup.backup_info:
    name: shop-2026-11-23
  register: shop

- name: Fail without a successful backup in the last day
  pxops.px_backup.backup_info:
    namespaces:
      - shop
    status:
      - Success
    time_range:
      start: 1d
    summary: true
  register: recent
  failed_when: recent.total_count == 0

- name: Count all backups and their size
  pxops.px_backup.backup_info:
    max_objects: 1
    statistics: true
  register: all_backups

- name: List names and statuses
  pxops.px_backup.backup_info:
    fields:
      - metadata.name
      - backup_info.status.status
"""

RETURN = r"""
message:
  description: Summary of the result, one sentence.
  returned: success
  type: str
  sample: 3 backups match
backups:
  description:
  - The backups that match, newest first unless O(sort_option) is set. O(fields) and O(summary) reduce
    them.
  - A complete backup has the same fields as RV(pxops.px_backup.backup#module:backup).
  returned: success
  type: list
  elements: dict
total_count:
  description: Number of backups that match.
  returned: success
  type: int
truncated:
  description: Whether O(max_objects) limited RV(backups).
  returned: success
  type: bool
statistics:
  description: Statistics of all backups that match.
  returned: when O(statistics=true)
  type: dict
  contains:
    count:
      description: Number of backups.
      type: int
    bytes:
      description: Total size in bytes.
      type: int
    by_status:
      description: Number of backups for each status.
      type: dict
    by_cluster:
      description: Number of backups for each cluster.
      type: dict
    oldest:
      description: Creation time of the oldest backup (RFC 3339, UTC), or V(null).
      type: str
    newest:
      description: Creation time of the newest backup (RFC 3339, UTC), or V(null).
      type: str
server:
  description: The server.
  returned: when a filter depends on the release of the server
  type: dict
  contains:
    release:
      description: Release of PX-Backup.
      type: str
requests:
  description: Number of requests, retries included.
  returned: always, unless Ansible itself rejects the options
  type: int
msg:
  description: The error and its solution, one sentence.
  returned: failure
  type: str
error:
  description: The error in a structured form, with the same fields as RV(pxops.px_backup.backup#module:error).
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.payload import compile_once


def main() -> None:
    """Run the module."""
    compile_once()
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_INFO_MODULE
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(BACKUP_INFO_MODULE)


if __name__ == "__main__":
    main()
