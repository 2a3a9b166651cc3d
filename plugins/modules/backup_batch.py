#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_batch
short_description: Make or delete many PX-Backup backups in one task
version_added: 1.0.0
description:
  - Brings many backups to one O(state), several at a time. What each comes to is in the result, and the task fails at
    the end when one of them failed, naming it.
  - A backup is made and deleted just as M(pxops.px_backup.backup) does it with C(CREATE) and C(DELETE). What is so
    already stays as it is, so a task that was interrupted goes on where it stopped when it is run again.
  - Names and references are looked up once for all backups, and a wait asks for all of them with one list. That
    makes it many times faster than a loop.
  - What makes no sense in one of the backups is an error before anything is sent. What the preflight finds besides
    belongs to its backup alone; of each finding is warned once.
  - When the server refuses the token or gives no answer five times in a row, what has not begun is not tried.
extends_documentation_fragment:
  - pxops.px_backup.batch
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.wire
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: Looks up what is there and predicts for each backup what the real run does. It does not wait.
  diff_mode:
    support: full
    details: For the backups that change, by their names.
  idempotent:
    support: full
options:
  names:
    description:
      - Names of backups, a shorter way to say O(backups) with O(state=absent).
    type: list
    elements: str
  state:
    description:
      - What the backups shall be.
    type: str
    choices:
      present: Made, as C(CREATE) does it.
      absent: Deleted, as C(DELETE) does it.
    default: present
  concurrency:
    description:
      - How many are made or deleted at a time, 1 to 50. The server itself deletes five at a time.
    type: int
    default: 5
  fail_fast:
    description:
      - Whether the first backup that fails ends the task. What has not begun by then is not tried, and what runs goes
        on by itself. Without it all are tried, and the failures are told at the end.
    type: bool
    default: false
  wait:
    description:
      - Whether the task ends when all backups have come to their end, or are gone.
    type: bool
  wait_timeout:
    description:
      - How many seconds to wait for all of them together. By default 2400 for backups and 3600 for deletions.
    type: int
  wait_interval:
    description:
      - How many seconds to pause between two looks at the longest; the first pauses are shorter. By default 30.
    type: int
  on_partial:
    description:
      - What a backup that ended V(PartialSuccess) means with O(wait=true). V(fail) by default; V(warn) and V(accept)
        take it as done.
    type: str
    choices:
      - fail
      - warn
      - accept
  on_empty:
    description:
      - What a backup that ended well and holds nothing means with O(wait=true). V(warn) by default; V(fail) takes it as
        failed, V(accept) as done.
    type: str
    choices:
      - warn
      - fail
      - accept
seealso:
  - module: pxops.px_backup.backup
  - module: pxops.px_backup.backup_info
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Back up every namespace of a list and wait for all
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

- name: Delete two backups and wait until they are gone
  pxops.px_backup.backup_batch:
    state: absent
    names:
      - shop-2026-11-23
      - billing-2026-11-23
    wait: true
"""

RETURN = r"""
message:
  description: What was done, as one sentence.
  returned: success
  type: str
  sample: "2 backups: 1 created, 1 so already"
backups:
  description: What became of each backup, in the order of the task.
  returned: unless the task fails before it looks at the backups
  type: list
  elements: dict
  contains:
    name:
      description: Name of the backup.
      returned: always
      type: str
    uid:
      description: Its uid, also of one that was deleted; empty where there was none.
      returned: always
      type: str
    changed:
      description: Whether it was made or deleted by this task.
      returned: always
      type: bool
    failed:
      description: Whether it is not as it should be.
      returned: always
      type: bool
    status:
      description: Status as it was seen last; empty for one that is not there.
      returned: always
      type: str
      sample: Success
    reason:
      description: The server's reason for the status; empty when it gives none.
      returned: always
      type: str
    message:
      description: What was done with it, or why it failed, as one sentence.
      returned: always
      type: str
    error:
      description:
        - Why it failed, with the same fields as the module M(pxops.px_backup.backup) gives. V(null) when it did not.
      returned: always
      type: dict
    preflight:
      description:
        - What was found before the backup was made.
        - With the same fields as RV(pxops.px_backup.backup#module:preflight).
      returned: always
      type: list
      elements: dict
waited:
  description: How long and how often was looked.
  returned: when the task waited
  type: dict
  contains:
    seconds:
      description: How many seconds it took.
      returned: always
      type: float
    polls:
      description: How often was looked at the backups that were not done.
      returned: always
      type: int
diff:
  description: The settings of the backups that change, by their names.
  returned: unless the task fails before it looks at the backups
  type: dict
  contains:
    before:
      description: The settings before; empty for a backup that is made.
      returned: always
      type: dict
    after:
      description: The settings after; empty for a backup that is deleted.
      returned: always
      type: dict
server:
  description: What was found out about the server.
  returned: when an option depends on the server's release
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
  description: Which backups failed and why, as one sentence.
  returned: failure
  type: str
error:
  description: The first failure, with the same fields as the module M(pxops.px_backup.backup) gives.
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.resource import BACKUP_BATCH_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(BACKUP_BATCH_MODULE)


if __name__ == "__main__":
    main()
