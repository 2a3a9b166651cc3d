#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: restore_info
short_description: List PX-Backup restores
version_added: 1.1.0
description:
  - Returns the restores that match a name, a uid or filters, from all pages. No match is an empty list, not an error.
  - Has the same filters and returns the same objects as M(pxops.px_backup.restore) with
    O(pxops.px_backup.restore#module:operation=INSPECT_ALL).
  - Can reduce each restore to a summary or to some fields, and return statistics.
extends_documentation_fragment:
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
      - >-
        Only restores with exactly this name; several owners may use the same name.
    type: str
  uid:
    description:
      - >-
        Only the restore with this uid. Mutually exclusive with filters other than O(name).
    type: str
  backup_ref:
    description:
      - >-
        Only restores of this backup.
    type: dict
    suboptions: &reference
      name:
        description: Name.
        type: str
      uid:
        description: Uid, required when the name is not unique.
        type: str
  cluster_ref:
    description:
      - >-
        Only restores to exactly this cluster.
    type: dict
    suboptions: *reference
  labels:
    description:
      - >-
        Only restores with all of these labels.
    type: dict
  name_filter:
    description:
      - >-
        Only restores with this text in their name.
    type: str
  cluster_name_filter:
    description:
      - >-
        Only restores with this text in the name of their cluster.
    type: str
  cluster_uid_filter:
    description:
      - >-
        Only restores with this text in the uid of their cluster.
    type: str
  include_detailed_resources:
    description:
      - >-
        Whether the resources of each restore are returned.
    type: bool
  owners:
    description:
      - >-
        Only restores of these owners, by user id.
    type: list
    elements: str
  status:
    description:
      - >-
        Only restores with one of these statuses.
    type: list
    elements: str
    choices: [Invalid, Pending, InProgress, Aborted, Failed, Deleting, Success, Retained, PartialSuccess]
  time_range:
    description:
      - >-
        Only restores created between V(start) and V(end), each a time in RFC 3339 format or an age such as V(7d).
    type: dict
  sort_option:
    description:
      - >-
        Order by V(sort_by) (V(CreationTimestamp), V(Name), V(ClusterName), V(Size), V(LastUpdateTimestamp), V(RestoreBackupName)) and V(sort_order) (V(Ascending), V(Descending)).
    type: dict
  max_objects:
    description:
      - >-
        Maximum number of restores to return. RV(total_count) counts all that match.
    type: int
  fields:
    description:
      - >-
        Fields to return of each restore, in dot notation, such as V(restore_info.status.status). Omitted means all. Mutually exclusive with O(summary).
    type: list
    elements: str
  summary:
    description:
      - >-
        Whether to return a summary of each restore.
    type: bool
  statistics:
    description:
      - >-
        Whether to return statistics over all restores that match.
    type: bool
seealso:
  - module: pxops.px_backup.restore
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: List the restores of the last week that did not succeed
  pxops.px_backup.restore_info:
    api_url: https://px-backup.example.com:10001
    token: "{{ px_backup_token }}"
    org_id: default
    status: [Failed, PartialSuccess]
    time_range: {start: 7d}
    summary: true
"""

RETURN = r"""
message:
  description: Summary of the result, one sentence.
  returned: success
  type: str
restores:
  description: The restores that match, or what is kept of each.
  returned: success
  type: list
  elements: dict
total_count:
  description: Number of restores that match.
  returned: success
  type: int
truncated:
  description: Whether RV(restores) has fewer entries than RV(total_count).
  returned: success
  type: bool
statistics:
  description: Numbers by status and cluster, size in bytes, and times of the oldest and the newest restore.
  returned: with O(statistics=true)
  type: dict
requests:
  description: Number of requests that were sent.
  returned: always
  type: int
server:
  description: The release of the server.
  returned: when something depended on it
  type: dict
msg:
  description: The error and its solution, one sentence.
  returned: failure
  type: str
error:
  description: The error in a structured form, with the same fields as RV(pxops.px_backup.backup#module:error).
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.resource import RESTORE_INFO_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(RESTORE_INFO_MODULE)


if __name__ == "__main__":
    main()
