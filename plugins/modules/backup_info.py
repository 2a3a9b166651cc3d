#!/usr/bin/python
# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_info
short_description: Read PX-Backup backups
version_added: 1.0.0
description:
  - Returns the backups that a name, a uid or filters mean, all pages of them. Where there is none, the list is empty
    and the task is no failure.
  - Takes the same filters and returns the same objects as M(pxops.px_backup.backup) with C(operation=INSPECT_ALL).
  - Keeps on request only a part of each backup, so that a list of many stays small, and counts what passes by.
extends_documentation_fragment:
  - pxops.px_backup.filters
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.wire
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
  name:
    description:
      - Return only backups of exactly this name; there may be several of different owners.
    type: str
  uid:
    description:
      - Return the backup of this uid. Filters make no sense beside it.
    type: str
  labels:
    description:
      - Return only backups with all of these labels.
    type: dict
  cluster_ref:
    description:
      - Return only backups of exactly this cluster.
    type: dict
    suboptions: &reference
      name:
        description: Its name.
        type: str
      uid:
        description: Its uid, needed where several have the same name.
        type: str
  volume_resource_only_policy_ref:
    description:
      - Return only backups made with this policy. Needs PX-Backup 2.11.0 or newer.
    type: dict
    suboptions: *reference
  backup_object_type:
    description:
      - Return only backups of this kind of objects.
    type: dict
    suboptions:
      type:
        description: V(Invalid) is the API's word for not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  namespaces:
    description:
      - Return only backups that hold one of these namespaces.
    type: list
    elements: str
  fields:
    description:
      - Keep only these fields of each backup, written with dots, such as V(backup_info.status.status).
    type: list
    elements: str
  summary:
    description:
      - Keep only a summary of each backup, a flat dictionary with C(name), C(uid), C(status), C(reason), C(cluster),
        C(namespaces), C(create_time), C(total_size) and C(owner).
    type: bool
  statistics:
    description:
      - Whether RV(statistics) is returned. It is of all backups that match, also of those that O(max_objects) cuts off.
    type: bool
seealso:
  - module: pxops.px_backup.backup
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Look whether a backup is there
  pxops.px_backup.backup_info:
    name: shop-2026-11-23
  register: shop

- name: Fail when there is no good backup of the last day
  pxops.px_backup.backup_info:
    namespaces:
      - shop
    status:
      - Success
    time_range:
      start: 1d
    summary: true
  register: recent
  failed_when: recent.total_count == 0

- name: Count what there is and how large it is
  pxops.px_backup.backup_info:
    max_objects: 1
    statistics: true
  register: all_backups

- name: List names and states alone
  pxops.px_backup.backup_info:
    fields:
      - metadata.name
      - backup_info.status.status
"""

RETURN = r"""
message:
  description: What was found, as one sentence.
  returned: success
  type: str
  sample: 3 backups match
backups:
  description:
  - The backups, whole unless O(fields) or O(summary) says what to keep of them. Empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    metadata:
      description:
      - What the backup is called and whose it is.
      - V(null) when there is none.
      returned: always
      type: dict
      contains:
        name:
          description:
          - Name of the backup.
          returned: always
          type: str
        uid:
          description:
          - Unique id of the backup, empty in check mode for a backup that is not there yet.
          returned: always
          type: str
        owner:
          description:
          - Owner as old servers give it. Use C(ownership.owner).
          returned: always
          type: str
        org_id:
          description:
          - Id of the organisation.
          returned: always
          type: str
        create_time:
          description:
          - When the backup was made (RFC 3339, UTC).
          - V(null) when there is none.
          returned: always
          type: str
        last_update_time:
          description:
          - When the backup was last changed (RFC 3339, UTC).
          - V(null) when there is none.
          returned: always
          type: str
        labels:
          description:
          - Labels of the backup.
          returned: always
          type: dict
        create_time_in_sec:
          description:
          - When the backup was made, in seconds since 1970.
          returned: always
          type: int
        ownership:
          description:
          - Owner and access rights.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            owner:
              description:
              - Id of the owner.
              returned: always
              type: str
            groups:
              description:
              - Groups with access.
              returned: always
              type: list
              elements: dict
              contains:
                id:
                  description:
                  - Id of the user or group.
                  returned: always
                  type: str
                access:
                  description:
                  - What it may do.
                  returned: always
                  type: str
            collaborators:
              description:
              - Users with access.
              returned: always
              type: list
              elements: dict
              contains:
                id:
                  description:
                  - Id of the user or group.
                  returned: always
                  type: str
                access:
                  description:
                  - What it may do.
                  returned: always
                  type: str
            public:
              description:
              - What everybody may do.
              - V(null) when there is none.
              returned: always
              type: dict
              contains:
                type:
                  description:
                  - The type.
                  returned: always
                  type: str
        last_update_time_in_sec:
          description:
          - When the backup was last changed, in seconds since 1970.
          - Given by PX-Backup 2.11.0 and newer.
          returned: always
          type: int
    backup_info:
      description:
      - What is backed up, and how it goes.
      - V(null) when there is none.
      returned: always
      type: dict
      contains:
        backup_location:
          description:
          - Name of the backup location as old servers give it. Use C(backup_location_ref).
          returned: always
          type: str
        cluster:
          description:
          - Name of the cluster.
          returned: always
          type: str
        namespaces:
          description:
          - The namespaces, as the server resolved them when the backup began.
          returned: always
          type: list
          elements: str
        label_selectors:
          description:
          - Labels that chose the resources.
          returned: always
          type: dict
        status:
          description:
          - How the backup is.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            status:
              description:
              - The server's word, such as V(Pending), V(InProgress), V(Success), V(PartialSuccess) or V(Failed).
              returned: always
              type: str
            reason:
              description:
              - Why it is so, as the server says it.
              returned: always
              type: str
        resources:
          description:
          - The resources in the backup. Empty in lists unless O(include_detailed_resources=true).
          returned: always
          type: list
          elements: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            namespace:
              description:
              - Namespace.
              returned: always
              type: str
            group:
              description:
              - API group.
              returned: always
              type: str
            kind:
              description:
              - Kind of the resource.
              returned: always
              type: str
            version:
              description:
              - API version.
              returned: always
              type: str
        volumes:
          description:
          - The volumes in the backup.
          returned: always
          type: list
          elements: dict
          contains:
            name:
              description:
              - Name of the volume.
              returned: always
              type: str
            namespace:
              description:
              - Namespace.
              returned: always
              type: str
            pvc:
              description:
              - Name of its claim.
              returned: always
              type: str
            backup_id:
              description:
              - Id of its copy. One that ends in C(-incr) depends on an earlier backup.
              returned: always
              type: str
            status:
              description:
              - How its copy is.
              - V(null) when there is none.
              returned: always
              type: dict
              contains:
                status:
                  description:
                  - The server's word, such as V(Pending), V(InProgress), V(Success), V(PartialSuccess) or V(Failed).
                  returned: always
                  type: str
                reason:
                  description:
                  - Why it is so, as the server says it.
                  returned: always
                  type: str
            driver_name:
              description:
              - The driver that took it.
              returned: always
              type: str
            zones:
              description:
              - Zones of the volume.
              returned: always
              type: list
              elements: str
            options:
              description:
              - Options of the driver.
              returned: always
              type: dict
            total_size:
              description:
              - Size in bytes.
              returned: always
              type: int
            actual_size:
              description:
              - Size in bytes of what was copied.
              returned: always
              type: int
            storage_class:
              description:
              - Storage class of its claim.
              returned: always
              type: str
            pvc_id:
              description:
              - Unique id of its claim.
              returned: always
              type: str
            provisioner:
              description:
              - Provisioner of its storage class.
              returned: always
              type: str
            volumesnapshot:
              description:
              - Its volume snapshot.
              returned: always
              type: str
            job_security_context:
              description:
              - The user that the copying job ran as.
              - V(null) when there is none.
              returned: always
              type: dict
              contains:
                runAsUser:
                  description:
                  - Id of the user.
                  returned: always
                  type: int
                runAsGroup:
                  description:
                  - Id of the group.
                  returned: always
                  type: int
            virtual_machine_name:
              description:
              - The virtual machine that it belongs to.
              - Given by PX-Backup 2.8.4 and newer.
              returned: always
              type: str
            backup_mode:
              description:
              - Whether the copy is full or incremental.
              - Given by PX-Backup 2.9.0 and newer.
              - V(null) when there is none.
              returned: always
              type: dict
              contains:
                type:
                  description:
                  - The type.
                  returned: always
                  type: str
        backup_path:
          description:
          - Where in the backup location it lies.
          returned: always
          type: str
        stage:
          description:
          - How far it is, such as V(Initial), V(Volumes), V(Applications) or V(Final).
          returned: always
          type: str
        pre_exec_rule:
          description:
          - Name of the rule before the backup as old servers give it. Use C(pre_exec_rule_ref).
          returned: always
          type: str
        post_exec_rule:
          description:
          - Name of the rule after the backup as old servers give it. Use C(post_exec_rule_ref).
          returned: always
          type: str
        backup_schedule:
          description:
          - The schedule that made the backup. Empty for a backup made by hand.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            uid:
              description:
              - Unique id.
              returned: always
              type: str
            name:
              description:
              - Name.
              returned: always
              type: str
        cr_name:
          description:
          - Name of the custom resource on the cluster.
          returned: always
          type: str
        total_size:
          description:
          - Size in bytes, known at the end.
          returned: always
          type: int
        cloud_credential:
          description:
          - Name of the cloud credential as old servers give it. Use C(cloud_credential_ref).
          returned: always
          type: str
        include_resources:
          description:
          - Single resources that were asked for.
          returned: always
          type: list
          elements: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            namespace:
              description:
              - Namespace.
              returned: always
              type: str
            group:
              description:
              - API group.
              returned: always
              type: str
            kind:
              description:
              - Kind of the resource.
              returned: always
              type: str
            version:
              description:
              - API version.
              returned: always
              type: str
        resource_count:
          description:
          - Number of resources.
          returned: always
          type: int
        stork_version:
          description:
          - Version of Stork on the cluster.
          returned: always
          type: str
        csi_snapshot_class_name:
          description:
          - Snapshot class as old servers give it. Use C(volume_snapshot_class_mapping).
          returned: always
          type: str
        resource_types:
          description:
          - Kinds of resources that were asked for.
          returned: always
          type: list
          elements: str
        backup_location_ref:
          description:
          - The backup location.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        pre_exec_rule_ref:
          description:
          - The rule before the backup.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        post_exec_rule_ref:
          description:
          - The rule after the backup.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        cloud_credential_ref:
          description:
          - The cloud credential.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        backup_type:
          description:
          - How the data is taken.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            type:
              description:
              - V(Normal) or V(Generic).
              returned: always
              type: str
        cr_uid:
          description:
          - Unique id of the custom resource on the cluster.
          returned: always
          type: str
        retention_period:
          description:
          - Retention as the server gives it.
          returned: always
          type: int
        backup_share:
          description:
          - With whom the backup is shared.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            groups:
              description:
              - Groups with access.
              returned: always
              type: list
              elements: dict
              contains:
                id:
                  description:
                  - Id of the user or group.
                  returned: always
                  type: str
                access:
                  description:
                  - What it may do.
                  returned: always
                  type: str
            collaborators:
              description:
              - Users with access.
              returned: always
              type: list
              elements: dict
              contains:
                id:
                  description:
                  - Id of the user or group.
                  returned: always
                  type: str
                access:
                  description:
                  - What it may do.
                  returned: always
                  type: str
        user_backupshare_access:
          description:
          - What the caller may do with a backup that is shared.
          returned: always
          type: str
        cluster_ref:
          description:
          - The cluster.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        ns_label_selectors:
          description:
          - Labels that chose the namespaces.
          returned: always
          type: str
        rancher_projects:
          description:
          - Rancher projects of the namespaces.
          returned: always
          type: dict
        target_namespace:
          description:
          - Namespace of the custom resource on the cluster.
          returned: always
          type: str
        large_resource_enabled:
          description:
          - Whether the backup has more resources than one custom resource holds.
          returned: always
          type: bool
        backup_object_type:
          description:
          - What kind of objects the backup is of.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            type:
              description:
              - V(All) or V(VirtualMachine).
              returned: always
              type: str
        skip_vm_auto_exec_rules:
          description:
          - Whether the rules that freeze and thaw virtual machines were skipped.
          returned: always
          type: bool
        volume_snapshot_class_mapping:
          description:
          - Volume snapshot class by provisioner.
          returned: always
          type: dict
        direct_kdmp:
          description:
          - Whether the data was copied directly from the volumes.
          returned: always
          type: bool
        retention_time:
          description:
          - Until when the backup is kept (RFC 3339, UTC).
          - V(null) when there is none.
          returned: always
          type: str
        completion_time_info:
          description:
          - When its parts were done.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            volumes_completion_time:
              description:
              - When the volumes were done (RFC 3339, UTC).
              - V(null) when there is none.
              returned: always
              type: str
            resources_completion_time:
              description:
              - When the resources were done (RFC 3339, UTC).
              - V(null) when there is none.
              returned: always
              type: str
            total_completion_time:
              description:
              - When all was done (RFC 3339, UTC).
              - V(null) when there is none.
              returned: always
              type: str
        exclude_resource_types:
          description:
          - Kinds of resources that were left out.
          returned: always
          type: list
          elements: str
        parallel_backup:
          description:
          - Whether it was made while another one of its schedule ran.
          - Given by PX-Backup 2.8.2 and newer.
          returned: always
          type: bool
        keep_cr_status:
          description:
          - Whether the status of custom resources is in the backup.
          - Given by PX-Backup 2.8.2 and newer.
          returned: always
          type: bool
        isBackupReady_for_PXDLocalSnapshotRestore:
          description:
          - Whether it can be restored from local snapshots.
          - Given by PX-Backup 2.8.4 and newer.
          returned: always
          type: bool
        advanced_resource_label_selector:
          description:
          - Selector with operators that chose the resources.
          - Given by PX-Backup 2.8.4 and newer.
          returned: always
          type: str
        schedule_policy_ref:
          description:
          - The schedule policy.
          - Given by PX-Backup 2.9.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        virtual_machines:
          description:
          - The virtual machines in the backup.
          - Given by PX-Backup 2.9.0 and newer.
          returned: always
          type: list
          elements: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            namespace:
              description:
              - Namespace.
              returned: always
              type: str
            os_name:
              description:
              - Its operating system.
              returned: always
              type: str
            status:
              description:
              - The status.
              - V(null) when there is none.
              returned: always
              type: dict
              contains:
                status:
                  description:
                  - The server's word, such as V(Pending), V(InProgress), V(Success), V(PartialSuccess) or V(Failed).
                  returned: always
                  type: str
                reason:
                  description:
                  - Why it is so, as the server says it.
                  returned: always
                  type: str
        virtual_machines_total_count:
          description:
          - Number of virtual machines.
          - Given by PX-Backup 2.9.0 and newer.
          returned: always
          type: int
        virtual_machines_failed_count:
          description:
          - Number of virtual machines that failed.
          - Given by PX-Backup 2.9.0 and newer.
          returned: always
          type: int
        retry_parent:
          description:
          - The backup that this one is a retry of.
          - Given by PX-Backup 2.9.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        volume_resource_only_policy_ref:
          description:
          - The volume resource only policy.
          - Given by PX-Backup 2.9.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            name:
              description:
              - Name.
              returned: always
              type: str
            uid:
              description:
              - Unique id.
              returned: always
              type: str
        virtual_machine_resources:
          description:
          - Resources by virtual machine, as older servers give them. Use C(vm_resources).
          - Given by PX-Backup 2.9.0 and newer.
          returned: always
          type: list
          elements: dict
          contains:
            resource_info:
              description:
              - The resource.
              - V(null) when there is none.
              returned: always
              type: dict
              contains:
                name:
                  description:
                  - Name.
                  returned: always
                  type: str
                namespace:
                  description:
                  - Namespace.
                  returned: always
                  type: str
                group:
                  description:
                  - API group.
                  returned: always
                  type: str
                kind:
                  description:
                  - Kind of the resource.
                  returned: always
                  type: str
                version:
                  description:
                  - API version.
                  returned: always
                  type: str
            virtual_machine_names:
              description:
              - The virtual machines that use it.
              returned: always
              type: list
              elements: str
        missing_namespaces:
          description:
          - Namespaces that were asked for and not there.
          - Given by PX-Backup 2.10.1 and newer.
          returned: always
          type: list
          elements: str
        vm_resources:
          description:
          - Resources by virtual machine.
          - Given by PX-Backup 2.11.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            vms:
              description:
              - The resources, with the virtual machines that use them.
              returned: always
              type: list
              elements: dict
              contains:
                resource_info:
                  description:
                  - The resource.
                  - V(null) when there is none.
                  returned: always
                  type: dict
                  contains:
                    name:
                      description:
                      - Name.
                      returned: always
                      type: str
                    namespace:
                      description:
                      - Namespace.
                      returned: always
                      type: str
                    group:
                      description:
                      - API group.
                      returned: always
                      type: str
                    kind:
                      description:
                      - Kind of the resource.
                      returned: always
                      type: str
                    version:
                      description:
                      - API version.
                      returned: always
                      type: str
                virtual_machine_names:
                  description:
                  - The virtual machines that use it.
                  returned: always
                  type: list
                  elements: str
        namespace_resources:
          description:
          - Resources by namespace.
          - Given by PX-Backup 2.11.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            namespaces:
              description:
              - The namespaces.
              returned: always
              type: list
              elements: dict
              contains:
                name:
                  description:
                  - Name.
                  returned: always
                  type: str
                status:
                  description:
                  - The status.
                  - V(null) when there is none.
                  returned: always
                  type: dict
                  contains:
                    status:
                      description:
                      - The status.
                      returned: always
                      type: str
                    reason:
                      description:
                      - Why it is so, as the server says it.
                      returned: always
                      type: str
                resource_types:
                  description:
                  - What it holds, by kind.
                  returned: always
                  type: list
                  elements: dict
                  contains:
                    name:
                      description:
                      - Name.
                      returned: always
                      type: str
                    chunks:
                      description:
                      - The resources, in portions.
                      returned: always
                      type: list
                      elements: dict
                      contains:
                        id:
                          description:
                          - Number of the portion.
                          returned: always
                          type: int
                        status:
                          description:
                          - The status.
                          - V(null) when there is none.
                          returned: always
                          type: dict
                          contains:
                            status:
                              description:
                              - The status.
                              returned: always
                              type: str
                            reason:
                              description:
                              - Why it is so, as the server says it.
                              returned: always
                              type: str
                        resource_names:
                          description:
                          - Names of the resources.
                          returned: always
                          type: list
                          elements: str
                        total_resources:
                          description:
                          - Number of resources.
                          returned: always
                          type: int
                    metrics:
                      description:
                      - Counts of the kind.
                      - V(null) when there is none.
                      returned: always
                      type: dict
                      contains:
                        total_resources:
                          description:
                          - Number of resources.
                          returned: always
                          type: int
                        total_failed_resources:
                          description:
                          - Number of resources that failed.
                          returned: always
                          type: int
                metrics:
                  description:
                  - Counts of the namespace.
                  - V(null) when there is none.
                  returned: always
                  type: dict
                  contains:
                    total_resources:
                      description:
                      - Number of resources.
                      returned: always
                      type: int
                    total_volumes:
                      description:
                      - Number of volumes.
                      returned: always
                      type: int
                    total_failed_resources:
                      description:
                      - Number of resources that failed.
                      returned: always
                      type: int
                    total_failed_volumes:
                      description:
                      - Number of volumes that failed.
                      returned: always
                      type: int
        resources_sync_status_info:
          description:
          - How far the server is with collecting the resources.
          - Given by PX-Backup 2.11.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            status:
              description:
              - The status.
              returned: always
              type: str
            reason:
              description:
              - Why it is so, as the server says it.
              returned: always
              type: str
            updated_at:
              description:
              - When it was last looked at (RFC 3339, UTC).
              - V(null) when there is none.
              returned: always
              type: str
        namespace_sync_status_info:
          description:
          - How far the server is with collecting the namespaces.
          - Given by PX-Backup 2.11.0 and newer.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            status:
              description:
              - The status.
              returned: always
              type: str
            reason:
              description:
              - Why it is so, as the server says it.
              returned: always
              type: str
            updated_at:
              description:
              - When it was last looked at (RFC 3339, UTC).
              - V(null) when there is none.
              returned: always
              type: str
        failed_resource_count:
          description:
          - Number of resources that failed.
          - Given by PX-Backup 2.11.0 and newer.
          returned: always
          type: int
        failed_vol_count:
          description:
          - Number of volumes that failed.
          - Given by PX-Backup 2.11.0 and newer.
          returned: always
          type: int
total_count:
  description: How many backups match in all.
  returned: success
  type: int
truncated:
  description: Whether RV(backups) holds fewer than match, because O(max_objects) says so.
  returned: success
  type: bool
statistics:
  description: Figures over all backups that match.
  returned: when O(statistics=true)
  type: dict
  contains:
    count:
      description: How many there are.
      returned: always
      type: int
    bytes:
      description: Their size in bytes, all together.
      returned: always
      type: int
    by_status:
      description: How many there are in each status.
      returned: always
      type: dict
    by_cluster:
      description: How many there are of each cluster.
      returned: always
      type: dict
    oldest:
      description: When the oldest was made (RFC 3339, UTC). V(null) when there is none.
      returned: always
      type: str
    newest:
      description: When the newest was made (RFC 3339, UTC). V(null) when there is none.
      returned: always
      type: str
server:
  description: What was found out about the server.
  returned: when a filter depends on the server's release
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
error:
  description: What went wrong, with the same fields as the module M(pxops.px_backup.backup) gives.
  returned: failure
  type: dict
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_backup_info


def main() -> None:
    """Run the module."""
    run_backup_info()


if __name__ == "__main__":
    main()
