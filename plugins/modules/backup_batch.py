#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_batch
short_description: Create or delete many PX-Backup backups in one task
version_added: 1.0.0
description:
  - Creates or deletes many backups concurrently, and optionally waits for all of them. The result lists every backup;
    the task fails at the end when any of them failed.
  - Each backup is created or deleted like M(pxops.px_backup.backup) does with
    O(pxops.px_backup.backup#module:operation=CREATE) and O(pxops.px_backup.backup#module:operation=DELETE). Backups
    that are up to date are not changed, so an interrupted task can be run again.
  - Names and references are looked up once for all backups, and one list serves the wait for all of them. This is much
    faster than a loop.
  - Invalid entries are rejected before any request is sent. Each warning of the preflight is shown once.
  - The task stops when the server refuses the token or does not respond five times in a row; the remaining backups are
    skipped.
extends_documentation_fragment:
  - pxops.px_backup.batch
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.network
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: Predicts the result for each backup. Does not wait.
  diff_mode:
    support: full
    details: Contains the names of the backups that change; with O(details), also their settings.
  idempotent:
    support: full
options:
  names:
    description:
      - Names of the backups to delete, with O(state=absent). Mutually exclusive with O(backups).
    type: list
    elements: str
  state:
    description:
      - State of the backups.
    type: str
    choices:
      present: Create the backups.
      absent: Delete the backups.
    default: present
  concurrency:
    description:
      - Number of concurrent operations, 1 to 50. The server itself deletes five backups at a time.
    type: int
    default: 5
  fail_fast:
    description:
      - Whether to stop at the first failure. Operations that have started continue; the remaining backups are skipped.
    type: bool
    default: false
  details:
    description:
      - Whether the result contains each backup as a whole and the diff contains settings. Omit it for hundreds of
        backups, because Ansible takes longer for a large result.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until all backups have ended or, with O(state=absent), no longer exist.
    type: bool
  wait_timeout:
    description:
      - Maximum time to wait for all backups together, in seconds. Omitted means 2400, or 3600 with O(state=absent).
    type: int
  wait_interval:
    description:
      - Maximum polling interval, in seconds. Omitted means 30. The first intervals are shorter.
    type: int
  on_partial:
    description:
      - Result of a wait for a backup that ends V(PartialSuccess), with O(state=present). Omitted means V(fail).
    type: str
    choices:
      fail: The backup counts as failed.
      warn: The backup counts as successful, with a warning.
      accept: The backup counts as successful.
  on_empty:
    description:
      - Result of a wait for a backup that ends V(Success) without any resource or volume, with O(state=present).
        Omitted means V(warn).
    type: str
    choices:
      warn: The backup counts as successful, with a warning.
      fail: The backup counts as failed.
      accept: The backup counts as successful.
seealso:
  - module: pxops.px_backup.backup
  - module: pxops.px_backup.backup_info
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Back up several namespaces and wait for all backups
  pxops.px_backup.backup_batch:
    defaults:
      cluster_ref:
        name: prod-eu
      backup_location_ref:
        name: s3-main
      labels:
        made-by: nightly
    backups:
      - name: shop-2026-11-23
        namespaces:
          - shop
      - name: billing-2026-11-23
        namespaces:
          - billing
    wait: true
    on_partial: warn
  register: nightly

- name: List the backups that are older than 90 days
  pxops.px_backup.backup_info:
    labels:
      made-by: nightly
    time_range:
      end: 90d
    summary: true
  register: old

- name: Delete them
  pxops.px_backup.backup_batch:
    state: absent
    backups: "{{ dict(old.backups | map(attribute='uid') | zip(old.backups | map(attribute='name')))
      | dict2items(key_name='uid', value_name='name') }}"

- name: Delete two backups and wait until they no longer exist
  pxops.px_backup.backup_batch:
    state: absent
    names:
      - shop-2026-11-23
      - billing-2026-11-23
    wait: true
"""

RETURN = r"""
message:
  description: Summary of the result, one sentence.
  returned: success
  type: str
backups:
  description: The result for each backup, in the order of the task.
  returned: unless the task fails before the first backup
  type: list
  elements: dict
  contains:
    name:
      description: Name of the backup.
      type: str
    uid:
      description: Uid of the backup, also after its deletion. Empty when it did not exist.
      type: str
    changed:
      description: Whether the task created or deleted the backup.
      type: bool
    failed:
      description: Whether the backup failed.
      type: bool
    status:
      description: Last known status. Empty when the backup does not exist.
      type: str
      sample: Success
    reason:
      description: Reason for the status, from the server. May be empty.
      type: str
    message:
      description: Result or error, one sentence.
      type: str
    error:
      description: >-
        The error, with the same fields as RV(pxops.px_backup.backup#module:error), or V(null).
      type: dict
    preflight:
      description: Findings of the check before the request, as in RV(pxops.px_backup.backup#module:preflight).
      type: list
      elements: dict
    backup:
      description: >-
        The backup as it was last seen, with the fields of RV(pxops.px_backup.backup#module:backup), or V(null) when it
        does not exist.
      returned: with O(details)
      type: dict
waited:
  description: The wait.
  returned: when the task waited
  type: dict
  contains:
    seconds:
      description: Duration in seconds.
      type: float
    polls:
      description: Number of polls.
      type: int
diff:
  description: The backups that change. With O(details), C(backups) holds their settings by name instead of their names.
  returned: unless the task fails before the first backup
  type: dict
  contains:
    before:
      description: C(backups), the names of those that exist before the task.
      type: dict
    after:
      description: C(backups), the names of those that exist after the task.
      type: dict
server:
  description: The server.
  returned: when an option depends on the release of the server
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
  description: The failed backups and their errors, one sentence.
  returned: failure
  type: str
error:
  description: The first error, with the same fields as RV(pxops.px_backup.backup#module:error).
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.payload import compile_once


def main() -> None:
    """Run the module."""
    compile_once()
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.resource import (
        BACKUP_BATCH_MODULE,
    )
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(BACKUP_BATCH_MODULE)


if __name__ == "__main__":
    main()
