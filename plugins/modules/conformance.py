#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: conformance
short_description: Compare a server with what this collection assumes of it
version_added: 1.0.0
description:
  - Checks each assumption about PX-Backup that a client can see, such as pages, filters, error forms and encodings,
    and returns for each whether it holds, differs, or could not be seen. A server that differs is a result and not a
    failure, unless O(strict=true).
  - The recording contains no name, label, uid or text of the server, so that it can be attached to a bug report. The
    simulator of this collection can behave like a recorded server.
  - By default it only reads, with about 60 requests. With O(write=true) it also creates two backups of O(namespace), a
    backup of a namespace that does not exist, and two restores into a new namespace, checks what updates, shares and
    deletions do, and deletes its objects, whatever happened before.
  - Restored objects stay in the cluster. RV(scratch) names the namespace to delete.
  - The playbook C(pxops.px_backup.conformance) prints the table and writes the recording to a file.
extends_documentation_fragment:
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.network
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: The part that writes is not run.
  diff_mode:
    support: none
  idempotent:
    support: none
    details: With O(write=true) every run creates and deletes objects.
options:
  baseline:
    description:
      - The recording of an earlier run. Each check then expects what that run has seen, for example before an upgrade.
    type: dict
  strict:
    description:
      - Whether the task fails when a check differs. The recording is in the result of the failed task, too.
    type: bool
    default: false
  write:
    description:
      - Whether to run the checks that create, change and delete objects.
      - Requires O(prefix), O(namespace), O(cluster_ref) and O(backup_location_ref).
    type: bool
    default: false
  prefix:
    description:
      - Beginning of the name of each backup, restore and namespace of this run, 3 to 40 lower case letters, digits and
        hyphens. The task fails before it writes when a backup or a restore with such a name exists.
      - Use another one for each run, because restored namespaces stay.
    type: str
  namespace:
    description:
      - The namespace to back up. A small one without valuable data is best.
    type: str
  cluster_ref:
    description:
      - The cluster of O(namespace), by name, uid or both.
    type: dict
    suboptions:
      name:
        description: Name.
        type: str
      uid:
        description: Uid, needed only when the name is ambiguous.
        type: str
  backup_location_ref:
    description:
      - The backup location of the backups, by name, uid or both. It must not have an object lock.
    type: dict
    suboptions:
      name:
        description: Name.
        type: str
      uid:
        description: Uid, needed only when the name is ambiguous.
        type: str
  restore_cluster_ref:
    description:
      - The cluster to restore to, by name, uid or both. The default is O(cluster_ref).
    type: dict
    suboptions:
      name:
        description: Name.
        type: str
      uid:
        description: Uid, needed only when the name is ambiguous.
        type: str
  other_token:
    description:
      - A token of another user, who is no administrator. With it, the checks of what others see and may do are run on
        the backup of the probe. It is sent to the server only.
    type: str
  wait_timeout:
    description:
      - Maximum time to wait for the end of each backup, restore and deletion, in seconds. The default is 1800.
    type: int
  wait_interval:
    description:
      - Maximum polling interval, in seconds. The default is 30.
    type: int
seealso:
  - module: pxops.px_backup.backup
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Compare the server with what the collection assumes, and fail when it differs
  pxops.px_backup.conformance:
    strict: true
  register: probe

- name: Compare the server with itself before the upgrade
  pxops.px_backup.conformance:
    baseline: "{{ lookup('ansible.builtin.file', 'before-upgrade.json') | from_json }}"
    strict: true

- name: Check also what writes do
  pxops.px_backup.conformance:
    write: true
    prefix: px-conformance-1
    namespace: scratch-app
    cluster_ref:
      name: test-eu
    backup_location_ref:
      name: s3-test
"""

RETURN = r"""
message:
  description: The numbers of checks in each state, as one sentence.
  returned: success, and failure because of O(strict) or objects that are left behind
  type: str
  sample: 68 of 90 assumptions hold, 0 differ, 22 were not seen
recording:
  description: The result of every check, and the shapes of responses, without values of the server.
  returned: success, and failure because of O(strict) or objects that are left behind
  type: dict
  contains:
    schema:
      description: Format of the recording.
      returned: always
      type: str
      sample: pxops.px_backup/conformance/1
    generated_at:
      description: Time of the run.
      returned: always
      type: str
    release:
      description: The release of PX-Backup, empty when it is not known.
      returned: always
      type: str
    summary:
      description: The numbers of checks in the states C(holds), C(differs) and C(not_seen).
      returned: always
      type: dict
    checks:
      description:
        - The checks, each with C(id), C(section) of the page Server behaviour, C(title), C(part) (V(read) or V(write)),
          C(since), C(status) (V(holds), V(differs) or V(not seen)), C(expected), C(seen) and C(why) it was not seen.
      returned: always
      type: list
      elements: dict
    shapes:
      description: For each call the names of the fields of its responses and the JSON types of their values.
      returned: always
      type: dict
table:
  description: The same for people, one line for each check.
  returned: success, and failure because of O(strict) or objects that are left behind
  type: list
  elements: str
left_behind:
  description: Backups and restores of this run that could not be deleted. The task fails when there are some.
  returned: success, and failure because of O(strict) or objects that are left behind
  type: list
  elements: str
scratch:
  description: Where restored objects stay, C(cluster) and C(namespace).
  returned: with O(write=true)
  type: dict
server:
  description: What is known about the server.
  returned: when the server tells its release
  type: dict
  contains:
    release:
      description: The release of PX-Backup.
      returned: always
      type: str
requests:
  description: Number of requests that were sent, retries included.
  returned: always
  type: int
msg:
  description: What went wrong and what to do, as one sentence.
  returned: failure
  type: str
error:
  description: Details of the failure, see RV(pxops.px_backup.backup#module:error).
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.payload import compile_once


def main() -> None:
    """Run the module."""
    compile_once()
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.resource import (
        CONFORMANCE_MODULE,
    )
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(CONFORMANCE_MODULE)


if __name__ == "__main__":
    main()
