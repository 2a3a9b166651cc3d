#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: restore
short_description: Manage PX-Backup restores
version_added: 1.0.0
description:
  - Performs one O(operation) on restores of PX-Backup backups.
  - Backup and target cluster can be referenced by name.
  - O(operation=CREATE) creates a restore once. It changes nothing when a restore with this name and the same settings
    exists; a finished restore is not run again. It fails when that restore has other settings, has failed, or is being
    deleted.
  - O(operation=CREATE) requires O(namespace_mapping), or O(in_place=true) to restore into the namespaces of the backup.
    Invalid mappings are rejected before any request is sent.
  - O(operation=UPDATE) changes O(labels) and O(ownership). Other settings cannot be changed; they may be repeated, and
    must equal those of the restore.
  - O(operation=DELETE) deletes the record of a restore. The restored objects stay in the cluster; RV(stays) lists them.
  - O(operation=INSPECT_ONE) fails when the restore does not exist. O(operation=INSPECT_ALL) reads all pages.
  - RV(arrival) compares the restore with its backup, because a status alone does not show what is missing.
extends_documentation_fragment:
  - pxops.px_backup.restore_inspect_all
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
    details: Lists the namespaces in which existing objects are replaced.
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
        Backup to restore. It must be V(Success) or V(PartialSuccess).
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
        Target namespace for each namespace of the backup. Namespaces that it omits are not restored, with a warning.
        Cluster-scoped objects are not mapped. Used by: CREATE, UPDATE.
    type: dict
  in_place:
    description:
      - >-
        Whether to restore into the namespaces of the backup. Required without O(namespace_mapping), and for
        O(replace_policy=Delete) with a namespace that is mapped onto itself. Used by: CREATE.
    type: bool
  replace_policy:
    description:
      - >-
        V(Retain) keeps existing objects. V(Delete) replaces them, with the data of their volumes. Omitted means
        V(Retain). Used by: CREATE, UPDATE.
    type: str
    choices: [Retain, Delete]
  include_resources:
    description:
      - >-
        Only these resources, named with their namespace in the backup. The claims of a workload must be listed too.
        Used by: CREATE, UPDATE.
    type: list
    elements: dict
    suboptions: &resource
      name:
        description: Name of the resource.
        type: str
      namespace:
        description: Namespace of the resource.
        type: str
      group:
        description: API group, V(core) or empty for the core group.
        type: str
      kind:
        description: Kind of the resource.
        type: str
      version:
        description: API version.
        type: str
      gvk:
        description: Group, version and kind, such as V(apps/v1/Deployment).
        type: str
  exclude_resources:
    description:
      - >-
        All except these resources. The server does not return them, so INSPECT_ONE lists them as missing. Requires
        PX-Backup 2.11.0 or newer. Used by: CREATE.
    type: list
    elements: dict
    suboptions: *resource
  include_optional_resource_types:
    description:
      - >-
        Kinds that are restored only on request, such as V(Job). Used by: CREATE, UPDATE.
    type: list
    elements: str
  storage_class_mapping:
    description:
      - >-
        Target storage class by storage class. V(use-default-storage-class) means the default of the cluster. Used by:
        CREATE, UPDATE.
    type: dict
  rancher_project_mapping:
    description:
      - >-
        Target Rancher project id by project id. Used by: CREATE, UPDATE.
    type: dict
  rancher_project_name_mapping:
    description:
      - >-
        Target Rancher project name by project name. Used by: CREATE, UPDATE.
    type: dict
  backup_object_type:
    description:
      - >-
        Type of the objects to restore. Used by: CREATE, UPDATE.
    type: dict
    suboptions:
      type:
        description: V(Invalid) means not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  filter:
    description:
      - >-
        Parts of the backup to restore: C(namespace_filter) or C(virtual_machine_filter). It replaces
        O(namespace_mapping) and requires O(target_namespace_prefix) or O(in_place=true). Requires PX-Backup 2.11.0 or
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
        Options for virtual machines, C(skip_mac_masking) and C(skip_vm_restart). Requires PX-Backup 2.11.0 or newer.
        Used by: CREATE.
    type: dict
  is_sfr:
    description:
      - >-
        Whether to restore single files, with O(file_level_restore_info). Requires PX-Backup 2.11.0 or newer. Used by:
        CREATE, UPDATE.
    type: bool
  file_level_restore_info:
    description:
      - >-
        Files to restore, with C(virtual_machine_name), C(volume_name) and C(restore_files). Requires PX-Backup 2.11.0
        or newer. Used by: CREATE.
    type: dict
  use_source_as_target_namespace:
    description:
      - >-
        Not supported by PX-Backup. Only V(false) is accepted; use O(in_place). Used by: CREATE.
    type: bool
  labels:
    description:
      - >-
        Labels of the restore, the complete set. Numbers and booleans are converted to text; fractions must be quoted.
      - >-
        For O(operation=UPDATE), V({}) removes all labels.
      - >-
        For O(operation=INSPECT_ALL), only restores with all of these labels. Used by: CREATE, UPDATE, INSPECT_ALL.
    type: dict
  ownership:
    description:
      - >-
        Owner and access rights. Omitted parts are kept. Only an administrator can set the owner.
      - >-
        For O(operation=UPDATE), an empty list removes all its entries. Used by: CREATE, UPDATE.
    type: dict
    suboptions:
      owner:
        description: Id of the user who owns the restore.
        type: str
      groups:
        description: Groups with access.
        type: list
        elements: dict
        suboptions: &ownership_access
          id:
            description: Id of the group or user.
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
        suboptions: *ownership_access
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
        Whether to delete a restore that is running, which cancels it. What it has created stays. Used by: DELETE.
    type: bool
  wait:
    description:
      - >-
        Whether to wait until the restore has ended or, for O(operation=DELETE), no longer exists. The task fails when
        the restore fails, with the reason from the server, and when O(wait_timeout) expires. The restore then
        continues; run the task again to resume the wait. Used by: CREATE, DELETE, INSPECT_ONE.
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
        Whether a wait fails (the default), warns, or accepts it, when a part of the restore failed or is missing.
        Existing objects that were kept are only a warning. Used by: CREATE, INSPECT_ONE.
    type: str
    choices: [fail, warn, accept]
  preflight:
    description:
      - >-
        Whether probable mistakes are warnings (V(warn), the default) or errors (V(strict)) before the request is
        sent. With V(off), only settings that always fail are errors. RV(preflight) lists the findings. Used by:
        CREATE.
    type: str
    choices: [warn, strict, 'off']
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
    - name: Restore a backup into a new namespace and wait until it has arrived
      pxops.px_backup.restore:
        operation: CREATE
        name: shop-restored
        backup_ref: {name: shop-2026-11-23}
        cluster_ref: {name: prod-us}
        namespace_mapping: {shop: shop-restored}
        wait: true
      register: restored

    - name: Fail unless it is proven that everything has arrived
      ansible.builtin.assert:
        that: restored.arrival.verdict == "complete"

    - name: Replace its labels
      pxops.px_backup.restore: {operation: UPDATE, name: shop-restored, labels: {team: shop}}

    - name: Inspect the restore
      pxops.px_backup.restore: {operation: INSPECT_ONE, name: shop-restored}

    - name: List the restores of the backup
      pxops.px_backup.restore: {operation: INSPECT_ALL, backup_ref: {name: shop-2026-11-23}}

    - name: Delete the record of the restore
      pxops.px_backup.restore: {operation: DELETE, name: shop-restored}
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
      contains:
        name:
          description: Name of the backup.
          type: str
        uid:
          description: Uid of the backup. Empty in check mode for a new backup.
          type: str
        create_time:
          description: Creation time (RFC 3339, UTC). May be V(null).
          type: str
        labels:
          description: Labels of the backup.
          type: dict
    restore_info:
      description: Settings, content and state.
      type: dict
      contains:
        status:
          description: State of the restore.
          type: dict
          contains:
            status:
              description: Status.
              type: str
            reason:
              description: Reason from the server.
              type: str
        backup_ref:
          description: The restored backup. May be V(null).
          type: dict
        cluster_ref:
          description: Target cluster. May be V(null).
          type: dict
        namespace_mapping:
          description: Target namespace of each source namespace.
          type: dict
        replace_policy:
          description: V(Retain) keeps existing objects, V(Delete) replaces them.
          type: str
        volumes:
          description: Restored volumes, with the result for each.
          type: list
          elements: dict
        resources:
          description: Restored resources, with the result for each. Empty where the server removes long
            lists.
          type: list
          elements: dict
        restored_resource_count:
          description: Number of resources restored so far.
          type: int
        total_size:
          description: Size of the restored volumes in bytes.
          type: int
restores:
  description: The restores that match, with the same fields as RV(restore).
  returned: for O(operation=INSPECT_ALL)
  type: list
  elements: dict
arrival:
  description: Comparison with the backup, with its C(verdict) (V(complete), V(incomplete) or V(not_proven)),
    C(namespaces), C(volumes), C(resources), C(sizes) and C(not_proven). V(null) while the restore is
    running.
  returned: for O(operation=INSPECT_ONE), and when the task waited for the end
  type: dict
stays:
  description: What the deletion leaves in the cluster, with C(cluster) and C(namespaces).
  returned: for O(operation=DELETE) of an existing restore
  type: dict
total_count:
  description: Number of restores that match.
  returned: for O(operation=INSPECT_ALL)
  type: int
truncated:
  description: Whether O(max_objects) limited the result.
  returned: for O(operation=INSPECT_ALL)
  type: bool
server:
  description: The server, with its C(release).
  returned: when the task depends on the release
  type: dict
waited:
  description: The wait, with C(seconds), C(polls), the last C(status) and C(stage), and all C(changes)
    of them.
  returned: when the task waited
  type: dict
preflight:
  description: Findings of the check before the request, each with C(severity), C(parameter) and C(message).
  returned: for O(operation=CREATE)
  type: list
  elements: dict
requests:
  description: Number of requests, retries included.
  returned: always, unless Ansible itself rejects the options
  type: int
diff:
  description: The settings C(before) and C(after) the task.
  returned: for operations that write
  type: dict
error:
  description: The error in a structured form, with the same fields as RV(pxops.px_backup.backup#module:error).
  returned: failure, unless Ansible itself rejects the options
  type: dict
msg:
  description: The error and its solution, one sentence.
  returned: failure
  type: str
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.payload import compile_once


def main() -> None:
    """Run the module."""
    compile_once()
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.resource import RESTORE_MODULE
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(RESTORE_MODULE)


if __name__ == "__main__":
    main()
