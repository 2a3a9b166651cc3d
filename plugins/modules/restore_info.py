#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: restore_info
short_description: List PX-Backup restores
version_added: 1.0.0
description:
  - Returns the restores that match a name, a uid or filters, from all pages. No match is an empty list, not an error.
  - Has the same filters and returns the same objects as M(pxops.px_backup.restore) with
    O(pxops.px_backup.restore#module:operation=INSPECT_ALL).
  - Can reduce each restore to a summary or to some fields, and return statistics.
extends_documentation_fragment:
  - pxops.px_backup.restore_filters
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
      - Only restores with exactly this name; several owners may use the same name.
    type: str
  uid:
    description:
      - Only the restore with this uid. Mutually exclusive with filters other than O(name).
    type: str
  labels:
    description:
      - Only restores with all of these labels.
    type: dict
  cluster_ref:
    description:
      - Only restores to exactly this cluster.
    type: dict
    suboptions: &reference
      name:
        description: Name.
        type: str
      uid:
        description: Uid, required when the name is not unique.
        type: str
  backup_ref:
    description:
      - Only restores of this backup.
    type: dict
    suboptions: *reference
  fields:
    description:
      - Fields to return of each restore, in dot notation, such as V(restore_info.status.status). Omitted means all.
        Mutually exclusive with O(summary).
    type: list
    elements: str
  summary:
    description:
      - Whether to return a summary of each restore, a flat dictionary with C(name), C(uid), C(status), C(reason),
        C(cluster), C(backup), C(namespace_mapping), C(total_size), C(create_time) and C(owner).
    type: bool
  statistics:
    description:
      - Whether to return RV(statistics). They include all restores that match, even with O(max_objects).
    type: bool
seealso:
  - module: pxops.px_backup.restore
  - name: Returned fields
    description: All fields of a restore.
    link: https://github.com/pxops/px_backup/blob/main/docs/fields.md
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: List the restores of a backup
  pxops.px_backup.restore_info:
    backup_ref:
      name: shop-2026-11-23
  register: restores

- name: Count the restores of the last week that did not succeed
  pxops.px_backup.restore_info:
    status:
      - Failed
      - PartialSuccess
    time_range:
      start: 7d
    summary: true
    statistics: true
  register: failed
"""

RETURN = r"""
message:
  description: Summary of the result, one sentence.
  returned: success
  type: str
  sample: 3 restores match
restores:
  description:
  - The restores that match, newest first unless O(sort_option) is set. O(fields) and O(summary) reduce
    them.
  - A complete restore has the same fields as RV(pxops.px_backup.restore#module:restore).
  returned: success
  type: list
  elements: dict
total_count:
  description: Number of restores that match.
  returned: success
  type: int
truncated:
  description: Whether O(max_objects) limited RV(restores).
  returned: success
  type: bool
statistics:
  description: Statistics of all restores that match.
  returned: when O(statistics=true)
  type: dict
  contains:
    count:
      description: Number of restores.
      type: int
    bytes:
      description: Total size in bytes.
      type: int
    by_status:
      description: Number of restores for each status.
      type: dict
    by_cluster:
      description: Number of restores for each cluster.
      type: dict
    oldest:
      description: Creation time of the oldest restore (RFC 3339, UTC), or V(null).
      type: str
    newest:
      description: Creation time of the newest restore (RFC 3339, UTC), or V(null).
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
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.resource import RESTORE_INFO_MODULE
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(RESTORE_INFO_MODULE)


if __name__ == "__main__":
    main()
