#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup
short_description: Manage PX-Backup backups
version_added: 1.0.0
description:
  - Performs one O(operation) on backups of Kubernetes applications through the REST API of Portworx PX-Backup 2.8.1 or
    newer.
  - Clusters, backup locations, rules, cloud credentials and backups can be referenced by name. A name that matches
    several objects is an error that lists their uids.
  - O(operation=CREATE) creates a backup once. It changes nothing when a backup with this name and the same settings
    exists. It fails when that backup has other settings, has failed, or is being deleted.
  - O(operation=UPDATE) changes O(labels), O(ownership) and O(cloud_credential_ref). Other settings cannot be changed;
    they may be repeated, and must equal those of the backup.
  - O(operation=DELETE) starts a deletion, which runs on the server. It changes nothing when the backup does not exist
    or is already being deleted.
  - O(operation=INSPECT_ONE) fails when the backup does not exist. O(operation=INSPECT_ALL) and
    O(operation=GET_BACKUP_RESOURCE_DETAILS) read all pages.
  - O(operation=UPDATE_BACKUP_SHARE) keeps an omitted list; an empty list removes all its entries.
  - O(operation=RETRY_BACKUP_RESOURCES) changes nothing when the backup is a V(Success), or when a retry is running or
    has succeeded.
extends_documentation_fragment:
  - pxops.px_backup.inspect_all
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
        Create a backup. Requires O(name), O(backup_location_ref) and O(cluster_ref).
      UPDATE: >-
        Change labels, ownership or cloud credential of a backup. Requires O(name) or O(uid).
      DELETE: >-
        Delete a backup. Requires O(name) or O(uid).
      INSPECT_ONE: >-
        Return one backup. Requires O(name) or O(uid).
      INSPECT_ALL: >-
        Return all backups that match the filters.
      UPDATE_BACKUP_SHARE: >-
        Set with whom a backup is shared. Requires O(name) or O(uid), and O(backup_share).
      GET_BACKUP_RESOURCE_DETAILS: >-
        Return the contents of a backup. Requires O(name) or O(uid), and PX-Backup 2.9.0 or newer.
      RETRY_BACKUP_RESOURCES: >-
        Retry what failed in a backup, in a new backup. Requires O(name) or O(uid), and PX-Backup 2.9.0 or newer.
  name:
    description:
      - >-
        Name of the backup, any text without V(/).
      - >-
        For O(operation=INSPECT_ALL), only backups with exactly this name. Used by: all operations.
    type: str
  uid:
    description:
      - >-
        Uid of an existing backup, required when the O(name) is not unique. With O(uid) alone, the module lists all
        backups. Used by: UPDATE, DELETE, INSPECT_ONE, UPDATE_BACKUP_SHARE, GET_BACKUP_RESOURCE_DETAILS,
        RETRY_BACKUP_RESOURCES.
    type: str
  backup_location_ref:
    description:
      - >-
        Backup location of the backup. Used by: CREATE, UPDATE.
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
        Cluster to back up.
      - >-
        For O(operation=DELETE), the cluster that performs the deletion when the original cluster no longer exists.
      - >-
        For O(operation=INSPECT_ALL), only backups of exactly this cluster. Used by: CREATE, UPDATE, DELETE,
        INSPECT_ALL.
    type: dict
    suboptions: *reference
  cluster:
    description:
      - >-
        Name of the cluster, without O(cluster_ref). Used by: CREATE, DELETE.
    type: str
  pre_exec_rule_ref:
    description:
      - >-
        Rule to run before. Used by: CREATE, UPDATE.
    type: dict
    suboptions: *reference
  post_exec_rule_ref:
    description:
      - >-
        Rule to run after. Used by: CREATE, UPDATE.
    type: dict
    suboptions: *reference
  cloud_credential_ref:
    description:
      - >-
        Cloud credential for access to the backup. Used by: UPDATE.
    type: dict
    suboptions: *reference
  backup_type:
    description:
      - >-
        V(Normal) takes snapshots, V(Generic) copies the data. For O(operation=CREATE), omitted means V(Normal). Used
        by: CREATE, UPDATE.
    type: str
    choices: [Generic, Normal]
  parallel_backup:
    description:
      - >-
        Not supported by PX-Backup in a request. Only V(false) is accepted. Used by: CREATE.
    type: bool
  namespaces:
    description:
      - >-
        Namespaces to back up; V(*) means all. O(ns_label_selectors) replaces this list.
      - >-
        The server stores the namespaces that V(*) or O(ns_label_selectors) selected; an existing backup is not
        compared with these two.
      - >-
        For O(operation=INSPECT_ALL), only backups with at least one of these namespaces. Used by: CREATE, UPDATE,
        INSPECT_ALL.
    type: list
    elements: str
  label_selectors:
    description:
      - >-
        Labels that a resource must have, all of them. Used by: CREATE, UPDATE.
    type: dict
  resource_types:
    description:
      - >-
        Kinds to back up, in exact case, such as V(Deployment). Used by: CREATE, UPDATE.
    type: list
    elements: str
  exclude_resource_types:
    description:
      - >-
        Kinds to exclude. Used by: CREATE, UPDATE.
    type: list
    elements: str
  include_resources:
    description:
      - >-
        Single resources to back up. They narrow only the namespaces that they name; other O(namespaces) are backed up
        in full. Virtual machines have the group V(kubevirt.io) and the kind V(VirtualMachine).
      - >-
        For O(operation=RETRY_BACKUP_RESOURCES), the failed resources to retry. Omitted means all. Used by: CREATE,
        UPDATE, RETRY_BACKUP_RESOURCES.
    type: list
    elements: dict
    suboptions:
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
  backup_object_type:
    description:
      - >-
        Type of the objects.
      - >-
        For O(operation=INSPECT_ALL), only backups of this type. Used by: CREATE, UPDATE, INSPECT_ALL.
    type: dict
    suboptions:
      type:
        description: V(Invalid) means not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  ns_label_selectors:
    description:
      - >-
        Kubernetes label selector for namespaces, such as V(tier=gold,env in (prod,test\)). Used by: CREATE, UPDATE.
    type: str
  direct_kdmp:
    description:
      - >-
        Whether to copy data directly from the volumes. Used by: CREATE, UPDATE.
    type: bool
  skip_vm_auto_exec_rules:
    description:
      - >-
        Whether to skip the freeze and thaw rules of virtual machines. Used by: CREATE, UPDATE,
        RETRY_BACKUP_RESOURCES.
    type: bool
  keep_cr_status:
    description:
      - >-
        Whether to keep the status of custom resources. Requires PX-Backup 2.8.2 or newer. Used by: CREATE, UPDATE.
    type: bool
  advanced_resource_label_selector:
    description:
      - >-
        Kubernetes label selector for resources. Requires PX-Backup 2.8.4 or newer. Used by: CREATE, UPDATE.
    type: str
  volume_resource_only_policy_ref:
    description:
      - >-
        Policy for volumes only or resources only. Requires PX-Backup 2.9.0 or newer.
      - >-
        For O(operation=INSPECT_ALL), only backups with this policy. Requires PX-Backup 2.11.0 or newer. Used by:
        CREATE, UPDATE, INSPECT_ALL.
    type: dict
    suboptions: *reference
  force:
    description:
      - >-
        Whether to delete only the record. The data stays in the backup location and is no longer listed. Requires
        federated mode and PX-Backup 3.0.0 or newer. Used by: DELETE.
    type: bool
  volume_snapshot_class_mapping:
    description:
      - >-
        Snapshot class by provisioner. Used by: CREATE, UPDATE.
    type: dict
  labels:
    description:
      - >-
        Labels of the backup, the complete set. Numbers and booleans are converted to text; fractions must be quoted.
      - >-
        For O(operation=UPDATE), V({}) removes all labels.
      - >-
        For O(operation=INSPECT_ALL), only backups with all of these labels. Used by: CREATE, UPDATE, INSPECT_ALL.
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
        description: Id of the user who owns the backup.
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
  backup_share:
    description:
      - >-
        Users and groups with access to the backup. V(View) allows to inspect, V(Restorable) also to restore,
        V(FullAccess) also to update and delete; V(Invalid) means not set. Used by: UPDATE_BACKUP_SHARE.
    type: dict
    suboptions:
      collaborators:
        description: Users, by user id (a UUID, not the login name). V(*) means everyone.
        type: list
        elements: dict
        suboptions: &share_access
          id:
            description: Id of a user, name of a group.
            type: str
            required: true
          access:
            description: Access level.
            type: str
            required: true
            choices: [Invalid, View, Restorable, FullAccess]
      groups:
        description: Groups, by name.
        type: list
        elements: dict
        suboptions: *share_access
  filter:
    description:
      - >-
        Resources to return: C(namespace_filter) or C(virtual_machine_filter), C(status), C(max_objects),
        C(object_index). The tables of options list their parts. Requires PX-Backup 2.11.0 or newer. Used by:
        GET_BACKUP_RESOURCE_DETAILS.
    type: dict
  namespace_filter:
    description:
      - >-
        See O(filter). Requires PX-Backup 2.11.0 or newer. Used by: GET_BACKUP_RESOURCE_DETAILS.
    type: dict
  virtual_machine_filter:
    description:
      - >-
        See O(filter). Requires PX-Backup 2.11.0 or newer. Used by: GET_BACKUP_RESOURCE_DETAILS.
    type: dict
  resource_status_filter:
    description:
      - >-
        See O(filter). Requires PX-Backup 2.11.0 or newer. Used by: GET_BACKUP_RESOURCE_DETAILS.
    type: list
    elements: str
    choices:
      - Invalid
      - Pending
      - InProgress
      - Aborted
      - Failed
      - Deleting
      - Success
      - Captured
      - PartialSuccess
      - DeletePending
      - CloudBackupMissing
  max_objects:
    description:
      - >-
        Maximum number of backups, or of resources (requires PX-Backup 2.11.0 or newer). Omitted means all.
        RV(truncated) and RV(total_count) report the rest. Used by: INSPECT_ALL, GET_BACKUP_RESOURCE_DETAILS.
    type: int
  object_index:
    description:
      - >-
        See O(filter). Requires PX-Backup 2.11.0 or newer. Used by: GET_BACKUP_RESOURCE_DETAILS.
    type: int
  force_resync:
    description:
      - >-
        Whether the server reads the backup location again. Requires PX-Backup 2.11.0 or newer. Used by:
        GET_BACKUP_RESOURCE_DETAILS.
    type: bool
  sync_namespaces_only:
    description:
      - >-
        Whether to return namespaces without their resources. Requires PX-Backup 2.11.0 or newer. Used by:
        GET_BACKUP_RESOURCE_DETAILS.
    type: bool
  wait:
    description:
      - >-
        Whether to wait until the backup has ended or, for O(operation=DELETE), no longer exists. The task fails when
        the backup fails, with the reason from the server, and when O(wait_timeout) expires. The backup then
        continues; run the task again to resume the wait. Used by: CREATE, DELETE, INSPECT_ONE,
        RETRY_BACKUP_RESOURCES.
    type: bool
  wait_timeout:
    description:
      - >-
        Maximum time to wait, in seconds. Omitted means 2400, or 3600 for O(operation=DELETE). Used by: CREATE,
        DELETE, INSPECT_ONE, RETRY_BACKUP_RESOURCES.
    type: int
  wait_interval:
    description:
      - >-
        Maximum polling interval, in seconds. Omitted means 30. The first intervals are shorter. Used by: CREATE,
        DELETE, INSPECT_ONE, RETRY_BACKUP_RESOURCES.
    type: int
  on_partial:
    description:
      - >-
        Whether a wait for a backup that ends V(PartialSuccess) fails (the default), warns, or accepts it. Used by:
        CREATE, INSPECT_ONE, RETRY_BACKUP_RESOURCES.
    type: str
    choices: [fail, warn, accept]
  on_empty:
    description:
      - >-
        Whether a wait for a backup that ends V(Success) without any resource or volume warns (the default), fails, or
        accepts it. Used by: CREATE, INSPECT_ONE, RETRY_BACKUP_RESOURCES.
    type: str
    choices: [warn, fail, accept]
  preflight:
    description:
      - >-
        Whether probable mistakes are warnings (V(warn), the default) or errors (V(strict)) before the request is
        sent. With V(off), only settings that always fail are errors. RV(preflight) lists the findings. Used by:
        CREATE, UPDATE_BACKUP_SHARE.
    type: str
    choices: [warn, strict, 'off']
notes:
  - Empty text, lists and dictionaries mean the same as an omitted option, except where an option says otherwise.
  - The environment variable of an option, in parentheses, sets its default.
  - An option that the operation does not use is an error.
seealso:
  - module: pxops.px_backup.backup_info
  - name: Documentation
    description: Tables of options and returned fields, and details of O(wait) and O(preflight).
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
    - name: Create a backup and wait until it has ended
      pxops.px_backup.backup:
        operation: CREATE
        name: shop-2026-11-23
        cluster_ref: {name: prod-eu}
        backup_location_ref: {name: s3-main}
        namespaces: [shop]
        wait: true

    - name: Inspect the backup
      pxops.px_backup.backup: {operation: INSPECT_ONE, name: shop-2026-11-23}
      register: shop
      failed_when: shop.backup.backup_info.status.status != 'Success'

    - name: Replace its labels
      pxops.px_backup.backup: {operation: UPDATE, name: shop-2026-11-23, labels: {team: shop}}

    - name: Share it with a group
      pxops.px_backup.backup:
        operation: UPDATE_BACKUP_SHARE
        name: shop-2026-11-23
        backup_share:
          groups: [{id: platform, access: Restorable}]

    - name: List the failed backups of a cluster
      pxops.px_backup.backup: {operation: INSPECT_ALL, cluster_ref: {name: prod-eu}, status: [Failed]}

    - name: Return its resources in one namespace
      pxops.px_backup.backup:
        operation: GET_BACKUP_RESOURCE_DETAILS
        name: shop-2026-11-23
        filter:
          namespace_filter: {include_namespaces: [shop]}

    - name: Retry its failed resources, if any
      pxops.px_backup.backup: {operation: RETRY_BACKUP_RESOURCES, name: shop-2026-11-23, wait: true}

    - name: Delete it
      pxops.px_backup.backup: {operation: DELETE, name: shop-2026-11-23}
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
backup:
  description: The backup after the operation, predicted in check mode. V(null) when it does not exist.
  returned: for every operation on one backup
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
        ownership:
          description: Owner and access rights. May be V(null).
          type: dict
    backup_info:
      description: Content and state.
      type: dict
      contains:
        status:
          description: Status and its reason.
          type: dict
          contains:
            status:
              description: Status, such as V(Pending), V(InProgress), V(Success), V(PartialSuccess) or
                V(Failed).
              type: str
            reason:
              description: Reason from the server.
              type: str
        cluster_ref:
          description: Cluster. May be V(null).
          type: dict
        namespaces:
          description: Namespaces, resolved by the server at the start of the backup.
          type: list
          elements: str
        resources:
          description: Resources. Empty in lists unless O(include_detailed_resources=true).
          type: list
          elements: dict
        volumes:
          description: Volumes.
          type: list
          elements: dict
        total_size:
          description: Size in bytes, known at the end.
          type: int
        backup_share:
          description: Users and groups with access to the backup. May be V(null).
          type: dict
backups:
  description: The backups that match, with the same fields as RV(backup).
  returned: for O(operation=INSPECT_ALL)
  type: list
  elements: dict
details:
  description: Resources, volumes and virtual machines in the backup.
  returned: for O(operation=GET_BACKUP_RESOURCE_DETAILS)
  type: dict
total_count:
  description: Number of backups, or of resources, that match.
  returned: for O(operation=INSPECT_ALL) and O(operation=GET_BACKUP_RESOURCE_DETAILS)
  type: int
truncated:
  description: Whether O(max_objects) or O(filter) limited the result.
  returned: for O(operation=INSPECT_ALL) and O(operation=GET_BACKUP_RESOURCE_DETAILS)
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
  returned: for O(operation=CREATE) and O(operation=UPDATE_BACKUP_SHARE)
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
  description: The error, with its C(category) (V(validation), V(authentication), V(permission), V(not_found),
    V(conflict), V(state), V(unsupported), V(network), V(tls), V(timeout), V(server) or V(protocol)),
    C(http_status), C(grpc_code), C(method), C(path), C(attempts), C(retriable) and C(hint).
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
    from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE
    from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module

    run_module(BACKUP_MODULE)


if __name__ == "__main__":
    main()
