#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_info
short_description: Read PX-Backup backups
version_added: 1.0.0
description:
  - Returns the backups that a name, a uid or filters mean, all pages of them. Where there is none, the list is empty
    and the task is no failure.
  - Takes the same filters and returns the same objects as M(pxops.px_backup.backup) with C(operation=INSPECT_ALL).
  - Keeps on request only a part of each backup, so that a list of many stays small, and counts what passes by.
extends_documentation_fragment:
  - pxops.px_backup.filters
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.wire
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: It only reads.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  name:
    description:
      - Return only backups of exactly this name; there may be several of different owners.
    type: str
  uid:
    description:
      - Return the backup of this uid. Filters make no sense beside it.
    type: str
  labels:
    description:
      - Return only backups with all of these labels.
    type: dict
  cluster_ref:
    description:
      - Return only backups of exactly this cluster.
    type: dict
    suboptions: &reference
      name:
        description: Its name.
        type: str
      uid:
        description: Its uid, needed where several have the same name.
        type: str
  volume_resource_only_policy_ref:
    description:
      - Return only backups made with this policy. Needs PX-Backup 2.11.0 or newer.
    type: dict
    suboptions: *reference
  backup_object_type:
    description:
      - Return only backups of this kind of objects.
    type: dict
    suboptions:
      type:
        description: V(Invalid) is the API's word for not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  namespaces:
    description:
      - Return only backups that hold one of these namespaces.
    type: list
    elements: str
  fields:
    description:
      - Keep only these fields of each backup, written with dots, such as V(backup_info.status.status).
    type: list
    elements: str
  summary:
    description:
      - Keep only a summary of each backup, a flat dictionary with C(name), C(uid), C(status), C(reason), C(cluster),
        C(namespaces), C(create_time), C(total_size) and C(owner).
    type: bool
  statistics:
    description:
      - Whether RV(statistics) is returned. It is of all backups that match, also of those that O(max_objects) cuts off.
    type: bool
seealso:
  - module: pxops.px_backup.backup
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Look whether a backup is there
  pxops.px_backup.backup_info:
    name: shop-2026-11-23
  register: shop

- name: Fail when there is no good backup of the last day
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

- name: Count what there is and how large it is
  pxops.px_backup.backup_info:
    max_objects: 1
    statistics: true
  register: all_backups

- name: List names and states alone
  pxops.px_backup.backup_info:
    fields:
      - metadata.name
      - backup_info.status.status
"""

RETURN = r"""
message:
  description: What was found, as one sentence.
  returned: success
  type: str
  sample: 3 backups match
backups:
  description:
  - The backups, whole unless O(fields) or O(summary) says what to keep of them. Empty when there is none.
  - A whole one has the same fields as RV(pxops.px_backup.backup#module:backup).
  returned: success
  type: list
  elements: dict
total_count:
  description: How many backups match in all.
  returned: success
  type: int
truncated:
  description: Whether RV(backups) holds fewer than match, because O(max_objects) says so.
  returned: success
  type: bool
statistics:
  description: Figures over all backups that match.
  returned: when O(statistics=true)
  type: dict
  contains:
    count:
      description: How many there are.
      returned: always
      type: int
    bytes:
      description: Their size in bytes, all together.
      returned: always
      type: int
    by_status:
      description: How many there are in each status.
      returned: always
      type: dict
    by_cluster:
      description: How many there are of each cluster.
      returned: always
      type: dict
    oldest:
      description: When the oldest was made (RFC 3339, UTC). V(null) when there is none.
      returned: always
      type: str
    newest:
      description: When the newest was made (RFC 3339, UTC). V(null) when there is none.
      returned: always
      type: str
server:
  description: What was found out about the server.
  returned: when a filter depends on the server's release
  type: dict
  contains:
    release:
      description: The release of PX-Backup.
      returned: always
      type: str
attempts:
  description: How many requests were sent, repeated ones included.
  returned: at verbosity 1 (C(-v)) and higher
  type: int
msg:
  description: What went wrong and what to do, as one sentence.
  returned: failure
  type: str
error:
  description: What went wrong, with the same fields as the module M(pxops.px_backup.backup) gives.
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_INFO_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(BACKUP_INFO_MODULE)


if __name__ == "__main__":
    main()
