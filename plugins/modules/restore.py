#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: restore
short_description: Manage PX-Backup restores
version_added: 1.1.0
description:
  - Performs one O(operation) on restores of Kubernetes applications through the REST API of Portworx PX-Backup 2.8.1 or
    newer.
  - O(operation=CREATE) restores a backup once. Where it writes is decided before anything is sent, by
    O(namespace_mapping) or O(in_place). It changes nothing when a restore with this name and the same settings exists;
    a finished one is not run again.
  - With O(wait=true), RV(arrival) says what arrived, compared with the backup.
  - O(operation=DELETE) deletes the record of a restore. What it has restored stays in the cluster; RV(stays) names it.
extends_documentation_fragment:
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.network
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: Predicts the same C(changed), RV(diff) and RV(preflight) as the real run.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  operation:
    description:
      - The operation to perform.
    type: str
    required: true
    choices:
      CREATE: >-
        Restore a backup. Requires O(name), O(backup_ref) or O(backup), and O(cluster_ref) or O(cluster).
      UPDATE: >-
        Change labels or ownership of a restore. Requires O(name) or O(uid).
      DELETE: >-
        Delete the record of a restore; what it has restored stays in the cluster. Requires O(name) or O(uid).
      INSPECT_ONE: >-
        Return one restore. Requires O(name) or O(uid).
      INSPECT_ALL: >-
        Return all restores that match the filters.
  name:
    description:
      - >-
        Name of the restore, any text without V(/).
      - >-
        For O(operation=INSPECT_ALL), only restores with exactly this name. Used by: all operations.
    type: str
  uid:
    description:
      - >-
        Uid of an existing restore, required when the O(name) is not unique. With O(uid) alone, the module lists all
        restores. Used by: UPDATE, DELETE, INSPECT_ONE.
    type: str
  backup_ref:
    description:
      - >-
        The backup to restore. It must be V(Success) or V(PartialSuccess).
      - >-
        For O(operation=INSPECT_ALL), only restores of this backup. Used by: CREATE, INSPECT_ALL.
    type: dict
    suboptions: &reference
      name:
        description: Name.
        type: str
      uid:
        description: Uid, required when the name is not unique.
        type: str
  backup:
    description:
      - >-
        Name of the backup, without O(backup_ref). Used by: CREATE.
    type: str
  cluster_ref:
    description:
      - >-
        Cluster to restore to.
      - >-
        For O(operation=INSPECT_ALL), only restores to exactly this cluster. Used by: CREATE, UPDATE, INSPECT_ALL.
    type: dict
    suboptions: *reference
  cluster:
    description:
      - >-
        Name of the cluster, without O(cluster_ref). Used by: CREATE.
    type: str
  namespace_mapping:
    description:
      - >-
        Target namespace of each source namespace. Namespaces of the backup that are omitted are not restored, and a
        warning names them.
      - >-
        Required for O(operation=CREATE) unless O(in_place) or O(filter) is set, because PX-Backup restores every
        namespace over itself without a mapping. Two sources with one target, and a target that is another namespace
        of the backup, are errors. Used by: CREATE, UPDATE.
    type: dict
  in_place:
    description:
      - >-
        Whether the namespaces of the backup itself are meant: without O(namespace_mapping) each namespace is restored
        over itself. Used by: CREATE.
    type: bool
  replace_policy:
    description:
      - >-
        What happens to objects that exist. V(Retain), the default, keeps them. V(Delete) deletes them first, with
        their data, and needs O(in_place=true) for namespaces of the backup itself. RV(diff) lists the namespaces
        whose objects are replaced. Used by: CREATE, UPDATE.
    type: str
    choices: [Retain, Delete]
  include_resources:
    description:
      - >-
        Resources to restore. Volumes are restored only when their claims are listed. Used by: CREATE, UPDATE.
    type: list
    elements: dict
    suboptions: &resources
      name:
        description: Name of the resource.
        type: str
      namespace:
        description: Namespace of the resource in the backup.
        type: str
      group:
        description: API group, empty for the core group.
        type: str
      kind:
        description: Kind such as V(Deployment).
        type: str
      version:
        description: API version such as V(v1).
        type: str
      gvk:
        description: Group, version and kind in one, such as V(apps/v1/Deployment) or V(v1/Pod).
        type: str
  exclude_resources:
    description:
      - >-
        Resources not to restore. The server does not return them, so INSPECT_ONE lists them as missing. Requires
        PX-Backup 2.11.0 or newer. Used by: CREATE.
    type: list
    elements: dict
    suboptions: *resources
  include_optional_resource_types:
    description:
      - >-
        Types that are restored only on request, such as V(Job). Used by: CREATE, UPDATE.
    type: list
    elements: str
  storage_class_mapping:
    description:
      - >-
        Target storage class of each source storage class. V(use-default-storage-class) means the default class of the
        target cluster. Used by: CREATE, UPDATE.
    type: dict
  rancher_project_mapping:
    description:
      - >-
        Target Rancher project of each source project, by id. The form with V(key) and V(value) is understood, with a
        warning. Used by: CREATE, UPDATE.
    type: dict
  rancher_project_name_mapping:
    description:
      - >-
        Target Rancher project of each source project, by name. Used by: CREATE, UPDATE.
    type: dict
  backup_object_type:
    description:
      - >-
        Type of objects in the backup. Used by: CREATE, UPDATE.
    type: dict
    suboptions:
      type:
        description: V(Invalid) means not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  filter:
    description:
      - >-
        Limits the restore to parts of the backup, by V(namespace_filter) or by V(virtual_machine_filter). Mutually
        exclusive with O(namespace_mapping). The parts are listed in the documentation. Requires PX-Backup 2.11.0 or
        newer. Used by: CREATE.
    type: dict
  target_namespace_prefix:
    description:
      - >-
        Prefix of the target namespaces, with O(filter). Requires PX-Backup 2.11.0 or newer. Used by: CREATE, UPDATE.
    type: str
  virtual_machine_restore_options:
    description:
      - >-
        V(skip_mac_masking) keeps MAC addresses, V(skip_vm_restart) leaves restored machines off. Requires PX-Backup
        2.11.0 or newer. Used by: CREATE.
    type: dict
  is_sfr:
    description:
      - >-
        Whether single files of a virtual machine are restored. Requires PX-Backup 2.11.0 or newer. Used by: CREATE,
        UPDATE.
    type: bool
  file_level_restore_info:
    description:
      - >-
        Files to restore, with V(virtual_machine_name), V(volume_name) and V(restore_files). Requires PX-Backup 2.11.0
        or newer. Used by: CREATE.
    type: dict
  use_source_as_target_namespace:
    description:
      - >-
        Not in the API of PX-Backup. V(true) is an error that points to O(in_place). Used by: CREATE.
    type: bool
  labels:
    description:
      - >-
        Labels of the restore. For O(operation=UPDATE), they replace all labels, and an empty dictionary removes them.
      - >-
        For O(operation=INSPECT_ALL), only restores with all of these labels. Used by: CREATE, UPDATE, INSPECT_ALL.
    type: dict
  ownership:
    description:
      - >-
        Owner and access. For O(operation=UPDATE), omitted parts stay. Used by: CREATE, UPDATE.
    type: dict
    suboptions:
      owner:
        description: User id of the owner.
        type: str
      groups:
        description: Groups with access.
        type: list
        elements: dict
        suboptions:
          id:
            description: Name of the group.
            type: str
            required: true
          access:
            description: Access level.
            type: str
            required: true
            choices: [Read, Write, Admin]
      collaborators:
        description: Users with access.
        type: list
        elements: dict
        suboptions:
          id:
            description: User id.
            type: str
            required: true
          access:
            description: Access level.
            type: str
            required: true
            choices: [Read, Write, Admin]
      public:
        description: Access for everyone.
        type: dict
        suboptions:
          type:
            description: Access level.
            type: str
            choices: [Read, Write, Admin]
  cancel:
    description:
      - >-
        Whether a running restore may be cancelled. Without it, the deletion of a running restore is an error. Used
        by: DELETE.
    type: bool
  preflight:
    description:
      - >-
        Whether probable mistakes are warnings (V(warn), the default) or errors (V(strict)) before the request is
        sent. RV(preflight) lists the findings. Used by: CREATE.
    type: str
    choices: [warn, strict, 'off']
  wait:
    description:
      - >-
        Whether to wait for the end of the restore, or of its deletion. RV(arrival) then compares the restore with its
        backup. Used by: CREATE, DELETE, INSPECT_ONE.
    type: bool
  wait_timeout:
    description:
      - >-
        Maximum time to wait, in seconds. Omitted means 2400, or 1200 for O(operation=DELETE). Used by: CREATE,
        DELETE, INSPECT_ONE.
    type: int
  wait_interval:
    description:
      - >-
        Maximum polling interval, in seconds. Omitted means 30. The first intervals are shorter. Used by: CREATE,
        DELETE, INSPECT_ONE.
    type: int
  on_partial:
    description:
      - >-
        Whether a wait fails (the default), warns, or accepts it when something failed or is missing, whatever the
        status says. Objects that existed and were kept are only worth a warning. Used by: CREATE, INSPECT_ONE.
    type: str
    choices: [fail, warn, accept]
  name_filter:
    description:
      - >-
        Only restores with this text in their name. Used by: INSPECT_ALL.
    type: str
  cluster_name_filter:
    description:
      - >-
        Only restores with this text in the name of their cluster. Used by: INSPECT_ALL.
    type: str
  cluster_uid_filter:
    description:
      - >-
        Only restores with this text in the uid of their cluster. Used by: INSPECT_ALL.
    type: str
  include_detailed_resources:
    description:
      - >-
        Whether the resources of each restore are returned. Used by: INSPECT_ALL.
    type: bool
  owners:
    description:
      - >-
        Only restores of these owners, by user id. Used by: INSPECT_ALL.
    type: list
    elements: str
  status:
    description:
      - >-
        Only restores with one of these statuses. Used by: INSPECT_ALL.
    type: list
    elements: str
    choices: [Invalid, Pending, InProgress, Aborted, Failed, Deleting, Success, Retained, PartialSuccess]
  time_range:
    description:
      - >-
        Only restores created between V(start) and V(end), each a time in RFC 3339 format or an age such as V(7d).
        Used by: INSPECT_ALL.
    type: dict
  sort_option:
    description:
      - >-
        Order by V(sort_by) (V(CreationTimestamp), V(Name), V(ClusterName), V(Size), V(LastUpdateTimestamp),
        V(RestoreBackupName)) and V(sort_order) (V(Ascending), V(Descending)). Used by: INSPECT_ALL.
    type: dict
  max_objects:
    description:
      - >-
        Maximum number of restores to return. RV(total_count) counts all that match. Used by: INSPECT_ALL.
    type: int
notes:
  - Empty text, lists and dictionaries mean the same as an omitted option, except where an option says otherwise.
  - The environment variable of an option, in parentheses, sets its default.
  - An option that the operation does not use is an error.
seealso:
  - module: pxops.px_backup.restore_info
  - module: pxops.px_backup.backup
  - name: Documentation
    description: Tables of options and returned fields.
    link: https://github.com/pxops/px_backup/blob/main/docs/README.md
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Set the connection once for the play
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/pxops.px_backup.px_backup:
      api_url: https://px-backup.example.com:10001
      token: "{{ px_backup_token }}"
      org_id: default
  tasks:
    - name: Restore a backup to new namespaces on another cluster and wait
      pxops.px_backup.restore:
        operation: CREATE
        name: shop-test-1
        backup_ref: {name: shop-2026-11-23}
        cluster_ref: {name: prod-us}
        namespace_mapping: {shop: shop-test}
        wait: true
      register: restored
      failed_when: restored.arrival.verdict != 'complete'

    - name: Inspect the restore
      pxops.px_backup.restore: {operation: INSPECT_ONE, name: shop-test-1}

    - name: Label it
      pxops.px_backup.restore: {operation: UPDATE, name: shop-test-1, labels: {purpose: test}}

    - name: List the restores of the backup
      pxops.px_backup.restore: {operation: INSPECT_ALL, backup_ref: {name: shop-2026-11-23}}

    - name: Delete its record; the namespace shop-test stays
      pxops.px_backup.restore: {operation: DELETE, name: shop-test-1, wait: true}
"""

RETURN = r"""
message:
  description: Summary of the result, one sentence.
  returned: success
  type: str
operation:
  description: The requested operation.
  returned: when the options are valid
  type: str
restore:
  description: The restore after the operation, predicted in check mode. V(null) when it does not exist.
  returned: for every operation on one restore
  type: dict
  contains:
    metadata:
      description: Name, owner and labels.
      type: dict
    restore_info:
      description: Settings, content and state. The fields are listed in the documentation.
      type: dict
restores:
  description: The restores that match.
  returned: for O(operation=INSPECT_ALL)
  type: list
  elements: dict
total_count:
  description: Number of restores that match.
  returned: for O(operation=INSPECT_ALL)
  type: int
truncated:
  description: Whether RV(restores) has fewer entries than RV(total_count).
  returned: for O(operation=INSPECT_ALL)
  type: bool
arrival:
  description: What arrived, compared with the backup. V(null) while the restore runs.
  returned: after a wait, and for O(operation=INSPECT_ONE)
  type: dict
  contains:
    verdict:
      description: V(complete), V(incomplete), or V(not_proven) where the server does not say enough.
      type: str
    namespaces:
      description: The mapping, and the namespaces of the backup that it omits.
      type: dict
    volumes:
      description: Number of restored volumes, and lists of those that failed, were retained, or are missing.
      type: dict
    resources:
      description: The same for resources.
      type: dict
    sizes:
      description: Bytes of the volumes in the backup and in the restore, and whether they are equal.
      type: dict
    not_proven:
      description: What the server does not say, one sentence each.
      type: list
      elements: str
stays:
  description: What the deletion leaves behind, with C(cluster) and C(namespaces).
  returned: for O(operation=DELETE) of an existing restore
  type: dict
preflight:
  description: Findings before the request, with C(severity), C(parameter) and C(message).
  returned: for O(operation=CREATE)
  type: list
  elements: dict
waited:
  description: Duration and number of polls, and the statuses that were seen.
  returned: after a wait
  type: dict
diff:
  description: The settings before and after, with the namespaces whose objects are replaced.
  returned: for operations that write
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

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.resource import RESTORE_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(RESTORE_MODULE)


if __name__ == "__main__":
    main()
