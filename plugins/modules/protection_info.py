#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: protection_info
short_description: Report which namespaces have a good backup within their target
version_added: 1.0.0
description:
  - Returns for each cluster and namespace whether the newest good backup is within its target, how old it is, what
    the history of a window shows, and what is doubtful. It only reads.
  - A backup is good for a namespace when it has ended, holds the whole namespace, and did not fail in it. A backup of
    selected kinds or labels is not good for a namespace unless O(count_narrowed=true).
  - PX-Backup does not know the namespaces of a cluster. Without O(namespaces) the report holds those that a backup of
    the window or a schedule names, and C(summary.compliance) of RV(report) is V(null). A namespace that nothing names
    is missing from such a report.
  - Clusters, backup locations and schedules are read as well. What cannot be read is named in the report, and the task
    goes on. It fails without a report only when no backup can be read.
  - The result is small, however many backups there are. The role P(pxops.px_backup.protection_report#role) writes it
    as HTML, CSV, JUnit XML and Prometheus text.
extends_documentation_fragment:
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.network
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
  clusters:
    description:
      - Names or uids of the clusters to report. The default is all clusters that are visible to this user.
    type: list
    elements: str
  namespaces:
    description:
      - The namespaces of each cluster, by name or uid of the cluster, for example from C(kubernetes.core.k8s_info).
      - A virtual machine is written as C(namespace/name).
    type: dict
  targets:
    description:
      - The objectives of namespaces. The first target that matches a namespace holds for it.
      - A namespace that no target matches has the state V(no_target).
    type: list
    elements: dict
    suboptions:
      clusters:
        description: Globs for names of clusters. The default is all.
        type: list
        elements: str
      namespaces:
        description:
          - Globs for namespaces, or for virtual machines as C(namespace/name). A glob for a namespace matches its
            virtual machines as well. The default is all.
        type: list
        elements: str
      rpo:
        description: Maximum age of the newest good backup, such as V(24h), V(7d) or V(1d12h).
        type: str
        required: true
      rto:
        description: Maximum duration of a restore drill, such as V(15m).
        type: str
  exempt:
    description:
      - Globs for namespaces that need no backup. An empty list exempts none.
    type: list
    elements: str
    default: [kube-system, kube-public, kube-node-lease, portworx, stork]
  window:
    description:
      - The time before now that the history is about, such as V(30d); at most 366 days.
    type: str
    default: 30d
  count_narrowed:
    description:
      - Whether backups of selected kinds of resources, labels or volumes count as good.
    type: bool
    default: false
  fail_on:
    description:
      - When the task fails. The report is in the result of the failed task, too.
      - With V(unprotected), when a namespace has no good backup and none is running.
      - With V(exceeded), also when the newest good backup of a namespace is older than its target.
      - With V(any), also when a namespace has no target or its first backup is running, when there is a critical
        finding, and when something could not be read.
    type: str
    choices: [never, unprotected, exceeded, any]
    default: never
  concurrency:
    description:
      - How many pages of a list are requested at the same time, 1 to 50. The default is 4. A server that refuses
        requests because there are too many gets fewer.
    type: int
seealso:
  - module: pxops.px_backup.backup_info
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Report on all clusters
  pxops.px_backup.protection_info:
    targets:
      - namespaces: [shop, billing]
        rpo: 4h
        rto: 15m
      - rpo: 24h
  register: protection

- name: Stop an upgrade when the application has no recent good backup
  pxops.px_backup.protection_info:
    clusters: [prod-eu]
    namespaces:
      prod-eu: [shop]
    targets:
      - rpo: 2h
    fail_on: any

- name: List the namespaces of the cluster
  kubernetes.core.k8s_info:
    kind: Namespace
  register: listed

- name: Report with the true list of namespaces
  pxops.px_backup.protection_info:
    namespaces:
      prod-eu: "{{ listed.resources | map(attribute='metadata.name') | list }}"
    targets:
      - rpo: 24h
  register: protection

- name: Show what needs work
  ansible.builtin.debug:
    msg: "{{ item.namespaces | rejectattr('state', 'in', ['compliant', 'exempt']) | map(attribute='name') }}"
  loop: "{{ protection.report.clusters }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
message:
  description: The verdict, as one sentence.
  returned: success
  type: str
  sample: 2 of 14 namespaces have no good backup within the target.
report:
  description:
    - The report. Times are RFC 3339 in UTC, sizes are bytes, durations are seconds, shares are 0 to 1. What is not
      known is V(null).
  returned: success, and failure because of O(fail_on)
  type: dict
  contains:
    schema:
      description: Format of the report.
      returned: always
      type: str
      sample: pxops.px_backup/report/1
    generated_at:
      description: Time of the report.
      returned: always
      type: str
    complete:
      description: Whether everything could be read.
      returned: always
      type: bool
    unread:
      description: What could not be read, as sentences.
      returned: always
      type: list
      elements: str
    server:
      description: Host (C(url_host)) and release (C(release)) of the server.
      returned: always
      type: dict
    window:
      description:
        - The time that the history is about (C(start), C(end), C(days)), the creation time of the oldest listed
          backup (C(oldest_backup)), and the number of runs that the server counts, also of deleted backups (C(runs)).
      returned: always
      type: dict
    source_of_namespaces:
      description: Where the namespaces are from, V(given), V(seen) or V(mixed).
      returned: always
      type: str
    verdict:
      description: The result in one line, its C(level) (V(good), V(bad) or V(unknown)) and its C(text).
      returned: always
      type: dict
    summary:
      description:
        - Numbers of clusters, namespaces, namespaces in each state, namespaces with warnings, namespaces with a passed
          restore drill, backups and bytes.
        - C(compliance) is the share of compliant namespaces among those that have a target and are not exempt. It is
          V(null) unless O(namespaces) has a list for every cluster.
      returned: always
      type: dict
    clusters:
      description: The clusters, sorted by name.
      returned: always
      type: list
      elements: dict
      contains:
        name:
          description: Name of the cluster.
          returned: always
          type: str
        uid:
          description: Uid of the cluster, empty when the server does not know it.
          returned: always
          type: str
        status:
          description: Status of the cluster.
          returned: always
          type: str
        source_of_namespaces:
          description: Where its namespaces are from, V(given) or V(seen).
          returned: always
          type: str
        server_count:
          description: The server's own numbers of namespaces, C(protected) and C(total).
          returned: always
          type: dict
        compliance:
          description: As in the summary, for this cluster.
          returned: always
          type: float
        namespaces:
          description:
            - Its namespaces, sorted by name. Each has C(name), C(state) (V(compliant), V(exceeded), V(unprotected),
              V(pending), V(no_target) or V(exempt)), C(severity), C(rpo_seconds), C(rto_seconds), C(age_seconds),
              C(ratio), C(last_good), C(last_attempt), C(running), C(narrowed), C(good_in_window), C(failed_in_window),
              C(compliance_in_window), C(worst_age_seconds), C(seconds_without_any), C(days), C(sizes), C(schedules),
              C(locations), C(locked_until), C(last_drill) and C(warnings).
            - C(days) has one sign for each day of the window, C(+) for a good backup, C(~) for a partial or narrowed
              one, C(x) for failed ones only, C(.) for none.
          returned: always
          type: list
          elements: dict
    findings:
      description: Findings with C(severity) (V(critical), V(warning) or V(info)), C(kind), C(text) and C(object).
      returned: always
      type: list
      elements: dict
    fails_on:
      description: The values of O(fail_on) with which the task fails.
      returned: always
      type: list
      elements: str
    fingerprint:
      description: A hash that is equal for reports that differ in the time only.
      returned: always
      type: str
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
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.resource import (
        PROTECTION_INFO_MODULE,
    )
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(PROTECTION_INFO_MODULE)


if __name__ == "__main__":
    main()
