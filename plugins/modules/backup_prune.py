#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_prune
short_description: Delete PX-Backup backups that keep rules give up
version_added: 1.0.0
description:
  - Deletes the backups that no keep rule keeps, and never the newest good backup of a group. PX-Backup expires the
    backups of its schedules; backups that tasks create stay until they are deleted.
  - Backups are grouped by what they hold and where it is stored, and the rules of O(keep) apply to each group
    separately. A backup stays when at least one rule keeps it. Every backup of the plan has a reason.
  - Backups of other owners, of schedules, with an object lock that has not ended, that are shared, that run, that are
    being deleted or restored, or that were created in the future are never deleted, unless an option includes them.
  - The plan is based on the whole list; a list that the server ends early is an error, and nothing is deleted. Each
    backup is read again before its deletion, and skipped when it has changed.
  - A refused deletion concerns its backup alone. The others go on, and the task fails at the end.
extends_documentation_fragment:
  - pxops.px_backup.filters
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.network
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: Makes the same plan and sends no deletion.
  diff_mode:
    support: full
    details: Lists what goes and what stays, with the reasons.
  idempotent:
    support: full
options:
  keep:
    description:
      - The keep rules. Each is independent of the others. V(0) is the same as omitted, V(-1) keeps one of every period.
      - Durations are numbers with the units C(y), C(m), C(w), C(d) and C(h), such as V(1y6m), V(2w) or V(36h). They are
        measured from the newest backup of the group. A backup exactly at the limit stays.
      - At least one rule, or O(keep_labels), is required.
    type: dict
    suboptions:
      last:
        description: Keep this many of the newest backups.
        type: int
      hourly:
        description: Keep the newest backup of each of this many hours that have one.
        type: int
      daily:
        description: Keep the newest backup of each of this many days that have one.
        type: int
      weekly:
        description: Keep the newest backup of each of this many ISO weeks that have one.
        type: int
      monthly:
        description: Keep the newest backup of each of this many months that have one.
        type: int
      yearly:
        description: Keep the newest backup of each of this many years that have one.
        type: int
      within:
        description: Keep every backup within this duration.
        type: str
      within_hourly:
        description: Keep the newest backup of each hour within this duration.
        type: str
      within_daily:
        description: Keep the newest backup of each day within this duration.
        type: str
      within_weekly:
        description: Keep the newest backup of each ISO week within this duration.
        type: str
      within_monthly:
        description: Keep the newest backup of each month within this duration.
        type: str
      within_yearly:
        description: Keep the newest backup of each year within this duration.
        type: str
  keep_labels:
    description:
      - Keep every backup that has at least one of these labels. Such a backup takes no place of a rule.
    type: dict
  timezone:
    description:
      - The time zone, by its IANA name, in which hours, days, weeks, months and years begin.
      - Zones other than V(UTC) need time zone data on the host that runs the task.
    type: str
    default: UTC
  group_by:
    description:
      - What makes backups copies of the same thing, so that a newer one replaces an older one. The owner, and whether a
        backup is a retry, are always compared.
      - Any of V(cluster), V(location), V(object_type), V(namespaces), V(selectors), V(narrowing), C(label:NAME) and
        C(name:REGEX). By default the first six. What is not named is not compared.
      - C(name:REGEX) compares the groups of the regular expression, or the whole match where it has none.
      - A backup without the label or whose name does not match is left alone.
      - Set it for backups of all namespaces, whose namespaces differ from run to run.
    type: list
    elements: str
  accept_partial:
    description:
      - Whether a C(PartialSuccess) counts as a good backup.
    type: bool
    default: false
  remove_failed:
    description:
      - Whether backups that are not good are deleted when they are older than every good one of their group that stays.
    type: bool
    default: false
  include_scheduled:
    description:
      - Which backups of schedules take part. By default none.
    type: str
    choices:
      orphaned: Those whose schedule no longer exists. Nothing else expires them.
  include_shared:
    description:
      - Whether backups that are shared with users or groups are deleted.
    type: bool
    default: false
  max_delete:
    description:
      - Delete nothing and fail when the plan deletes more backups than this.
    type: int
  concurrency:
    description:
      - How many backups are deleted, and how many pages of a list are requested, at the same time, 1 to 50. The
        server itself deletes five backups at a time.
    type: int
    default: 5
  wait:
    description:
      - Whether to wait until the deleted backups no longer exist. A backup on which other backups depend is deleted by
        the server after them, and is not waited for.
    type: bool
  wait_timeout:
    description:
      - Maximum time to wait for all deletions together, in seconds. By default 3600.
    type: int
  wait_interval:
    description:
      - Maximum polling interval, in seconds. By default 30.
    type: int
  name:
    description:
      - Only backups of exactly this name take part.
    type: str
  labels:
    description:
      - Only backups with all of these labels take part.
    type: dict
  cluster_ref:
    description:
      - Only backups of exactly this cluster take part.
    type: dict
    suboptions: &reference
      name:
        description: Its name.
        type: str
      uid:
        description: Its uid, required where several have the same name.
        type: str
  volume_resource_only_policy_ref:
    description:
      - Only backups created with this policy take part. Requires PX-Backup 2.11.0 or newer.
    type: dict
    suboptions: *reference
  backup_object_type:
    description:
      - Only backups of this kind of objects take part.
    type: dict
    suboptions:
      type:
        description: V(Invalid) is the API's word for not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  namespaces:
    description:
      - Only backups that hold one of these namespaces take part.
    type: list
    elements: str
seealso:
  - module: pxops.px_backup.backup_batch
  - module: pxops.px_backup.backup_info
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Keep a week of days, a month of weeks, half a year of months and two years
  pxops.px_backup.backup_prune:
    labels:
      made-by: nightly
    keep:
      daily: 7
      weekly: 4
      monthly: 6
      yearly: 2

- name: Keep two weeks of backups of all namespaces, whose namespaces differ from run to run
  pxops.px_backup.backup_prune:
    labels:
      series: all-nightly
    group_by:
      - cluster
      - location
      - label:series
    keep:
      within: 2w
    max_delete: 20

- name: Remove failed backups and what deleted schedules left behind, and wait
  pxops.px_backup.backup_prune:
    keep:
      daily: 30
      monthly: -1
    keep_labels:
      keep: "true"
    timezone: Europe/Berlin
    accept_partial: true
    remove_failed: true
    include_scheduled: orphaned
    wait: true
  register: pruned
"""

RETURN = r"""
message:
  description: What was done, as one sentence.
  returned: success
  type: str
  sample: "3 groups: 15 backups kept, 350 deleted"
groups:
  description: The plan, group by group, and the result for each backup that it deletes.
  returned: unless the task fails before there is a plan
  type: list
  elements: dict
  contains:
    key:
      description: What is equal for all backups of the group, by the parts of O(group_by).
      returned: always
      type: dict
    refused:
      description: Whether nothing of the group is deleted because no good backup would be left.
      returned: always
      type: bool
    keep:
      description: The backups that stay, newest first.
      returned: always
      type: list
      elements: dict
      contains: &kept
        name:
          description: Name of the backup.
          returned: always
          type: str
        uid:
          description: Its uid.
          returned: always
          type: str
        create_time:
          description: When it was created (RFC 3339, UTC). V(null) when the server does not say.
          returned: always
          type: str
        reasons:
          description: Why it stays or goes.
          returned: always
          type: list
          elements: str
    remove:
      description: The backups that the plan deletes, newest first.
      returned: always
      type: list
      elements: dict
      contains:
        <<: *kept
        size:
          description: Its size in bytes. With incremental backups the server frees less.
          returned: always
          type: int
        outcome:
          description:
            - V(planned) in check mode and when O(max_delete) stops the plan.
            - V(deleting) for a deletion that the server accepted, V(pending) when the server waits for backups that
              depend on it, V(gone) when it no longer exists, V(gone_already) when something else deleted it.
            - V(skipped) for a backup that has changed since the plan, V(failed) and V(not_tried) for one that remains.
          returned: always
          type: str
        message:
          description: The same as a sentence, with the cause; empty for V(planned).
          returned: always
          type: str
out:
  description: The backups of the list that take no part, each with the fields of RV(groups[].keep).
  returned: unless the task fails before there is a plan
  type: list
  elements: dict
kept:
  description: Number of backups of the groups that stay.
  returned: unless the task fails before there is a plan
  type: int
removed:
  description: Number of backups whose deletion was accepted, in check mode of those that would be deleted.
  returned: unless the task fails before there is a plan
  type: int
bytes_planned:
  description: Size in bytes of all backups that the plan deletes. The server frees at most this.
  returned: unless the task fails before there is a plan
  type: int
waited:
  description: The wait.
  returned: when the task waited
  type: dict
  contains:
    seconds:
      description: Duration in seconds.
      returned: always
      type: float
    polls:
      description: Number of polls.
      returned: always
      type: int
diff:
  description: The reasons for each backup, by group and name.
  returned: unless the task fails before there is a plan
  type: dict
  contains:
    before:
      description: All backups of the groups.
      returned: always
      type: dict
    after:
      description: The backups that stay.
      returned: always
      type: dict
server:
  description: The server.
  returned: when an option depends on the release of the server
  type: dict
  contains:
    release:
      description: Release of PX-Backup.
      returned: always
      type: str
requests:
  description: Number of requests, retries included.
  returned: always, unless Ansible itself rejects the options
  type: int
msg:
  description: The backups that were not deleted and their errors, one sentence.
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
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.resource import BACKUP_PRUNE_MODULE
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(BACKUP_PRUNE_MODULE)


if __name__ == "__main__":
    main()
