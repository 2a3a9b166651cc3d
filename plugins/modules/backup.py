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
  - Creates, updates, deletes, inspects, lists and shares backups of Kubernetes applications over the REST API of
    Portworx PX-Backup, 2.8.1 or newer.
  - A task does one O(operation) and answers with what is true after it. It fails rather than leave a
    parameter unused.
  - Clusters, backup locations, rules, cloud credentials and backups can be named by their name alone. The name is
    looked up, and when it fits several objects the task fails and lists their uids.
  - "V(CREATE) makes a backup once: it changes nothing when a live backup of that name with the same settings is there.
    It fails when that backup has other settings, has failed, or is being deleted."
  - "V(UPDATE) changes O(labels), O(ownership) and O(cloud_credential_ref). A backup is fixed once it is made, so any
    other setting must be as the backup has it; a whole definition may be repeated. Changes nothing when all is so
    already."
  - "V(DELETE) starts a deletion, which the server carries out in the background. Changes nothing when the backup is
    absent or is being deleted."
  - "V(INSPECT_ONE) returns one backup, and fails when there is none."
  - "V(INSPECT_ALL) returns every backup that matches, however many pages the server makes of them."
  - "V(UPDATE_BACKUP_SHARE) says with whom a backup is shared. A list that is left out stays as it is, an empty one
    ends all sharing of its kind. Changes nothing when it is shared so already."
  - "V(GET_BACKUP_RESOURCE_DETAILS) returns the resources, volumes and virtual machines of a backup, all pages of them."
  - "V(RETRY_BACKUP_RESOURCES) makes what failed in a V(Failed) or V(PartialSuccess) backup once more and returns the
    new backup. Changes nothing when the backup is a V(Success), or when a retry of it is running or has succeeded. It
    fails when the backup is still running."
extends_documentation_fragment:
  - pxops.px_backup.filters
  - pxops.px_backup.connection
  - pxops.px_backup.login
  - pxops.px_backup.wire
  - pxops.px_backup.attributes
attributes:
  check_mode:
    support: full
    details: >-
      Every operation looks up what is there and predicts the same C(changed) and RV(diff) as the real run. What
      O(preflight) finds is told as in the real run.
  diff_mode:
    support: full
    details: For the operations that write. The difference is in the settings that the task gives.
  idempotent:
    support: full
    details: The description says for each operation when a second run changes nothing.
options:
  operation:
    description:
      - What to do.
    type: str
    required: true
    choices:
      CREATE: Make a backup. Needs O(name), O(backup_location_ref) and O(cluster_ref).
      UPDATE: Change labels, ownership or cloud credential of a backup. Needs O(name) or O(uid).
      DELETE: Delete a backup. Needs O(name) or O(uid).
      INSPECT_ONE: Return one backup. Needs O(name) or O(uid).
      INSPECT_ALL: Return all backups that match the filters.
      UPDATE_BACKUP_SHARE: Say with whom a backup is shared. Needs O(name) or O(uid), and O(backup_share).
      GET_BACKUP_RESOURCE_DETAILS: >-
        Return what is in a backup. Needs O(name) or O(uid), and PX-Backup 2.9.0 or newer.
      RETRY_BACKUP_RESOURCES: >-
        Make what failed in a backup once more, in a new backup. Needs O(name) or O(uid), and PX-Backup 2.9.0 or newer.
  name:
    description:
      - Name of the backup. It may hold any character but V(/).
      - For V(INSPECT_ALL) only backups of exactly this name are returned; there may be several of different owners.
    type: str
  uid:
    description:
      - Unique id of the backup, for every operation on a backup that is there.
      - Not needed where O(name) fits one backup only. With both, one request less is sent. With O(uid) alone the
        list of all backups is read to find the name.
    type: str
  backup_location_ref:
    description:
      - Where the backup is stored. Needed for V(CREATE).
    type: dict
    suboptions: &reference
      name:
        description: Its name.
        type: str
      uid:
        description: Its uid, needed where several have the same name.
        type: str
  cluster_ref:
    description:
      - The cluster that is backed up. Needed for V(CREATE).
      - For V(DELETE) the cluster to delete through, where the one that the backup was made of is gone.
      - For V(INSPECT_ALL) only backups of exactly this cluster are returned.
    type: dict
    suboptions: *reference
  pre_exec_rule_ref:
    description:
      - Rule to run before the backup.
    type: dict
    suboptions: *reference
  post_exec_rule_ref:
    description:
      - Rule to run after the backup.
    type: dict
    suboptions: *reference
  cloud_credential_ref:
    description:
      - Cloud credential that the backup is read with from now on, for V(UPDATE).
    type: dict
    suboptions: *reference
  backup_type:
    description:
      - V(Normal) takes snapshots, V(Generic) copies the data.
      - V(CREATE) makes a V(Normal) backup when this is left out.
    type: str
    choices: [Generic, Normal]
  namespaces:
    description:
      - Namespaces to back up; V(*) alone means all. O(ns_label_selectors) replaces them.
      - Once the backup runs, the server stores the namespaces that V(*) or O(ns_label_selectors) found. An existing
        backup is therefore not compared with these.
      - For V(INSPECT_ALL) only backups that hold one of these namespaces are returned.
    type: list
    elements: str
  label_selectors:
    description:
      - Labels that a resource must have to be backed up, all of them.
    type: dict
  resource_types:
    description:
      - Kinds of resources to back up, in the exact case of Kubernetes, such as V(Deployment). See O(preflight).
    type: list
    elements: str
  exclude_resource_types:
    description:
      - Kinds of resources to leave out.
    type: list
    elements: str
  include_resources:
    description:
      - Single resources to back up. A namespace that occurs here gives only the resources that are listed for it; other
        O(namespaces) are taken in full.
      - Virtual machines are listed with the group V(kubevirt.io) and the kind V(VirtualMachine).
      - For V(RETRY_BACKUP_RESOURCES) the failed ones to make once more; left out, all that failed.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the resource.
        type: str
        required: true
      namespace:
        description: Namespace of the resource.
        type: str
        required: true
      group:
        description: API group of the resource, V(core) or empty for the core group.
        type: str
        required: true
      kind:
        description: Kind of the resource.
        type: str
        required: true
      version:
        description: API version of the resource.
        type: str
        required: true
  backup_object_type:
    description:
      - What kind of objects the backup is of. For V(INSPECT_ALL) only such backups are returned.
    type: dict
    suboptions:
      type:
        description: V(Invalid) is the API's word for not set.
        type: str
        choices: [Invalid, All, VirtualMachine]
  ns_label_selectors:
    description:
      - Labels that a namespace must have to be backed up, such as V(tier=gold,env=prod). Everything that Kubernetes
        takes as a label selector is taken, and nothing else.
    type: str
  direct_kdmp:
    description:
      - Whether the data is copied directly from the volumes. V(CREATE) does not when this is left out.
    type: bool
  skip_vm_auto_exec_rules:
    description:
      - Whether the rules that freeze and thaw virtual machines are skipped. V(CREATE) does not when this is left out.
    type: bool
  keep_cr_status:
    description:
      - Whether the status of custom resources is backed up too. Needs PX-Backup 2.8.2 or newer.
    type: bool
  advanced_resource_label_selector:
    description:
      - Labels that a resource must have to be backed up, with operators, such as V(app in (web, api\),tier!=test).
      - Needs PX-Backup 2.8.4 or newer.
    type: str
  volume_resource_only_policy_ref:
    description:
      - Policy that says which volumes, or which resources alone, are backed up. Needs PX-Backup 2.9.0 or newer.
      - For V(INSPECT_ALL) only backups made with this policy are returned. Needs PX-Backup 2.11.0 or newer.
    type: dict
    suboptions: *reference
  force:
    description:
      - Whether V(DELETE) removes the record alone. The data stays in the backup location, and nothing lists it any
        more.
      - The server takes it in federated mode only. Needs PX-Backup 3.0.0 or newer. Never implied.
    type: bool
  volume_snapshot_class_mapping:
    description:
      - Volume snapshot class by provisioner, for CSI snapshots.
    type: dict
  labels:
    description:
      - Labels of the backup itself. For V(CREATE) and V(UPDATE) all that it shall have, for V(INSPECT_ALL) those that a
        backup must have.
      - For V(UPDATE), V({}) removes all labels; left out, they stay.
      - Numbers and booleans become text as written (V(1), V(true)). Fractions are refused, because YAML has changed
        them already; put them into quotes.
    type: dict
  ownership:
    description:
      - Owner and access rights of the backup. What is left out stays as it is; for V(UPDATE), an empty list empties.
      - The server lets only an administrator set the owner.
    type: dict
    suboptions:
      owner:
        description: Id of the user who owns the backup.
        type: str
      groups:
        description: Groups with rights.
        type: list
        elements: dict
        suboptions: &ownership_access
          id:
            description: Id of the group or user.
            type: str
            required: true
          access:
            description: What it may do.
            type: str
            required: true
            choices: [Read, Write, Admin]
      collaborators:
        description: Users with rights.
        type: list
        elements: dict
        suboptions: *ownership_access
      public:
        description: What everybody may do.
        type: dict
        suboptions:
          type:
            description: The right.
            type: str
            choices: [Read, Write, Admin]
  backup_share:
    description:
      - With whom the backup is shared, for V(UPDATE_BACKUP_SHARE).
    type: dict
    suboptions:
      collaborators:
        description:
          - Users. Left out they stay as they are, V([]) ends all sharing with users.
        type: list
        elements: dict
        suboptions: &share_access
          id:
            description:
              - For a user the id that the login service gives (a UUID), not the login name; for a group its name.
              - V(*) means everybody.
            type: str
            required: true
          access:
            description:
              - V(View) lists and inspects, V(Restorable) also restores, V(FullAccess) also updates and deletes.
              - V(Invalid) is the API's word for not set and is passed on as it is.
            type: str
            required: true
            choices: [Invalid, View, Restorable, FullAccess]
      groups:
        description:
          - Groups. Left out they stay as they are, V([]) ends all sharing with groups.
        type: list
        elements: dict
        suboptions: *share_access
  filter:
    description:
      - Which resources V(GET_BACKUP_RESOURCE_DETAILS) returns. Needs PX-Backup 2.11.0 or newer.
    type: dict
    suboptions:
      namespace_filter:
        description: Which namespaces, and what of them.
        type: dict
        suboptions:
          namespace_name_pattern:
            description: Text in the name of the namespace.
            type: str
          include_namespaces:
            description: Only these namespaces.
            type: list
            elements: str
          exclude_namespaces:
            description: All but these namespaces.
            type: list
            elements: str
          include_resources:
            description: Only these resources.
            type: list
            elements: dict
            suboptions: &resource
              name:
                description: Name of the resource.
                type: str
                required: true
              namespace:
                description: Namespace of the resource.
                type: str
                required: true
              group:
                description: API group of the resource.
                type: str
                required: true
              kind:
                description: Kind of the resource.
                type: str
                required: true
              version:
                description: API version of the resource.
                type: str
                required: true
          exclude_resources:
            description: All but these resources.
            type: list
            elements: dict
            suboptions: *resource
          gvks:
            description: Only these kinds, as C(group/version/kind).
            type: list
            elements: str
          resource_name_pattern:
            description: Text in the name of the resource.
            type: str
      virtual_machine_filter:
        description: Which virtual machines.
        type: dict
        suboptions:
          vm_name_pattern:
            description: Text in the name of the virtual machine.
            type: str
          os_name:
            description: Only these operating systems.
            type: list
            elements: str
          include_vms:
            description: Only these virtual machines.
            type: list
            elements: dict
            suboptions: &machine
              name:
                description: Name of the virtual machine.
                type: str
                required: true
              namespace:
                description: Namespace of the virtual machine.
                type: str
                required: true
          exclude_vms:
            description: All but these virtual machines.
            type: list
            elements: dict
            suboptions: *machine
      status:
        description: Only what is in one of these states.
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
        description: At most so many resources; RV(truncated) tells whether there are more. Left out, all are returned.
        type: int
      object_index:
        description: Leave out so many resources at the begin.
        type: int
  force_resync:
    description:
      - Whether the server reads the backup location again for V(GET_BACKUP_RESOURCE_DETAILS). Needs PX-Backup 2.11.0 or
        newer.
    type: bool
  sync_namespaces_only:
    description:
      - Whether V(GET_BACKUP_RESOURCE_DETAILS) returns the namespaces without their resources. Needs PX-Backup 2.11.0 or
        newer.
    type: bool
  wait:
    description:
      - Whether the task ends only when the backup has come to its end, for V(CREATE), V(INSPECT_ONE) and
        V(RETRY_BACKUP_RESOURCES), or when it is gone, for V(DELETE). Without it the task ends at once and the
        server goes on.
      - The task then ends as the backup ends. It fails when the backup is V(Failed), V(Aborted),
        V(CloudBackupMissing) or V(Invalid), with the server's reason and the parts that failed.
      - V(INSPECT_ONE) with O(wait=true) joins the wait for a backup that is running already, and so does V(CREATE) when
        the backup is there. Run such a task again after a wait whose time was up.
      - A server that cannot be reached for a while does not end the wait; a token that has expired does, unless the
        task gives a login. The backup goes on in any case.
      - Ansible shows what a module says only when it has ended. While it waits, each change of status and stage is
        written to the system log of the managed host, and RV(waited.changes) holds them all at the end. C(async) and
        C(poll) work as with every module.
      - In check mode nothing is waited for.
    type: bool
  wait_timeout:
    description:
      - For how many seconds to wait at the most. V(2400) when left out, and V(3600) for V(DELETE).
      - When the time is up, the task fails and says how far the backup is. The backup goes on by itself.
    type: int
  wait_interval:
    description:
      - The longest pause in seconds between two looks. V(30) when left out. The first pauses are shorter.
    type: int
  on_partial:
    description:
      - What a backup that ends V(PartialSuccess) means for a task that waits, which is that some volumes, virtual
        machines or namespaces are not in it. V(fail) when left out.
    type: str
    choices:
      fail: The task fails and names what failed.
      warn: The task succeeds and warns with what failed.
      accept: The task succeeds.
  on_empty:
    description:
      - What a backup that ends V(Success) and holds nothing, no resource and no volume, means for a task that waits.
        A backup ends so when a selector finds no namespace, when no listed virtual machine is there, or when
        O(resource_types) match nothing. V(warn) when left out.
      - A backup that holds something, but not every virtual machine of O(include_resources) and every namespace of
        O(namespaces), warns with the names of those that are not in it.
    type: str
    choices:
      warn: The task succeeds and warns, with what was asked for and is not in the backup.
      fail: The task fails. What is missing in a backup that holds something else is a warning.
      accept: The task succeeds. What is missing in a backup that holds something else is a warning.
  preflight:
    description:
      - How V(CREATE) and V(UPDATE_BACKUP_SHARE) check, before they send it, what the server takes and what then goes
        wrong. RV(preflight) lists all that was found, in check mode too. V(warn) when left out.
      - A backup that is there already with the same settings, or a share that is so already, is not checked.
      - "Refused with every value, because it always fails: a malformed O(ns_label_selectors) or
        O(advanced_resource_label_selector), and for virtual machines O(resource_types), or rules without
        O(skip_vm_auto_exec_rules=true)."
      - "Refused unless V(off): a cluster that PX-Backup says is V(Offline), and a backup location whose validation has
        failed."
      - "Warned of unless V(off): namespaces that O(include_resources) does not narrow; kinds that the server does not
        know of this cluster, with the kind that was probably meant; settings that choose nothing or have no effect;
        users named by something that is no id."
      - The check of O(resource_types) and O(exclude_resource_types) costs one request, everything else none.
    type: str
    choices:
      warn: What is probably a mistake is a warning.
      strict: What is probably a mistake is an error, and nothing is sent.
      'off': Only what always fails is refused, without a request.
notes:
  - Empty text, lists and dictionaries mean the same as leaving the option out, except where an option says that they
    clear something.
  - An option that the operation cannot apply is an error, so that nothing is silently ignored. Options of the
    connection are always accepted.
  - Set the options of the connection once for a play with C(module_defaults) and the group
    C(pxops.px_backup.px_backup).
seealso:
  - module: pxops.px_backup.backup_info
  - module: pxops.px_backup.token
  - name: Architecture of the collection
    description: How the collection is built and how an operation is added.
    link: https://github.com/pxops/px_backup/blob/main/docs/architecture.md
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Say once for the play where PX-Backup is
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/pxops.px_backup.px_backup:
      api_url: https://px-backup.example.com:10001
      token: "{{ px_backup_token }}"
      org_id: default
  tasks:
    - name: Back up the shop
      pxops.px_backup.backup:
        operation: CREATE
        name: shop-2026-11-23
        cluster_ref:
          name: prod-eu
        backup_location_ref:
          name: s3-main
        namespaces:
          - shop
        labels:
          team: shop
          tier: gold
      register: created

    - name: See how it is
      pxops.px_backup.backup:
        operation: INSPECT_ONE
        name: shop-2026-11-23
      register: shop

    - name: Show its status and size
      ansible.builtin.debug:
        msg: "{{ shop.backup.backup_info.status.status }}, {{ shop.backup.backup_info.total_size }} bytes"

    - name: Give it another label
      pxops.px_backup.backup:
        operation: UPDATE
        name: shop-2026-11-23
        labels:
          team: shop
          tier: silver

    - name: Let the auditors see it and everybody in platform restore it
      pxops.px_backup.backup:
        operation: UPDATE_BACKUP_SHARE
        name: shop-2026-11-23
        backup_share:
          collaborators:
            - id: 3f0f9a52-7c0a-4b54-9d0e-7f3f0f0a1c11
              access: View
          groups:
            - id: platform
              access: Restorable

    - name: List what failed on one cluster
      pxops.px_backup.backup:
        operation: INSPECT_ALL
        cluster_name_filter: prod-eu
        status:
          - Failed
          - PartialSuccess
      register: failed

    - name: Make a backup and end as it ends
      pxops.px_backup.backup:
        operation: CREATE
        name: billing-2026-11-23
        cluster_ref:
          name: prod-eu
        backup_location_ref:
          name: s3-main
        namespaces:
          - billing
        wait: true
        wait_timeout: 3600
        on_partial: warn

    - name: Back up what has a label, and do not be content with less than something
      pxops.px_backup.backup:
        operation: CREATE
        name: gold-2026-11-23
        cluster_ref:
          name: prod-eu
        backup_location_ref:
          name: s3-main
        ns_label_selectors: tier in (gold, platinum)
        resource_types:
          - Deployment
          - PersistentVolumeClaim
        preflight: strict
        wait: true
        on_empty: fail

    - name: See what is in it
      pxops.px_backup.backup:
        operation: GET_BACKUP_RESOURCE_DETAILS
        name: billing-2026-11-23
        filter:
          namespace_filter:
            include_namespaces:
              - billing

    - name: Retry what failed in it, if anything did
      pxops.px_backup.backup:
        operation: RETRY_BACKUP_RESOURCES
        name: billing-2026-11-23
        wait: true

    - name: Delete it
      pxops.px_backup.backup:
        operation: DELETE
        name: shop-2026-11-23
"""

RETURN = r"""
message:
  description: What was done or found, as one sentence.
  returned: success
  type: str
  sample: Backup 'shop-2026-11-23' was created and is Pending
operation:
  description: The operation that was asked for.
  returned: when the options are valid
  type: str
  sample: CREATE
backup:
  description:
  - The backup after the operation; in check mode as it would be.
  - V(null) when a deleted backup is gone or was never there.
  returned: for every operation on one backup
  type: dict
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
          - With the same fields as RV(backup.backup_info.resources).
          returned: always
          type: list
          elements: dict
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
              - With the same fields as RV(backup.backup_info.resources).
              returned: always
              type: dict
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
                  - With the same fields as RV(backup.backup_info.resources).
                  returned: always
                  type: dict
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
backups:
  description: The backups that match, each with the same fields as RV(backup).
  returned: for O(operation=INSPECT_ALL)
  type: list
  elements: dict
details:
  description: What is in the backup.
  returned: for O(operation=GET_BACKUP_RESOURCE_DETAILS)
  type: dict
  contains:
    metadata:
      description:
      - What the backup is called and whose it is.
      - V(null) when there is none.
      - With the same fields as RV(backup.metadata).
      returned: always
      type: dict
    cluster:
      description:
      - Name of the cluster.
      returned: always
      type: str
    label_selectors:
      description:
      - Labels that chose the resources.
      returned: always
      type: dict
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
    stage:
      description:
      - How far it is, such as V(Initial), V(Volumes), V(Applications) or V(Final).
      returned: always
      type: str
    total_size:
      description:
      - Size in bytes, known at the end.
      returned: always
      type: int
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
    direct_kdmp:
      description:
      - Whether the data was copied directly from the volumes.
      returned: always
      type: bool
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
    advanced_resource_label_selector:
      description:
      - Selector with operators that chose the resources.
      returned: always
      type: str
    virtual_machines_total_count:
      description:
      - Number of virtual machines.
      returned: always
      type: int
    virtual_machines_failed_count:
      description:
      - Number of virtual machines that failed.
      returned: always
      type: int
    namespaces:
      description:
      - The namespaces, as the server resolved them when the backup began.
      returned: always
      type: list
      elements: str
    volumes:
      description:
      - The volumes that match.
      - With the same fields as RV(backup.backup_info.volumes).
      returned: always
      type: list
      elements: dict
    resources:
      description:
      - The resources that match.
      - With the same fields as RV(backup.backup_info.resources).
      returned: always
      type: list
      elements: dict
    resource_details:
      description:
      - The virtual machines that match, with what belongs to them.
      - V(null) when there is none.
      returned: always
      type: dict
      contains:
        virtual_machine_list:
          description:
          - The virtual machines.
          - V(null) when there is none.
          returned: always
          type: dict
          contains:
            virtual_machines:
              description:
              - One by one.
              returned: always
              type: list
              elements: dict
              contains:
                vm_info:
                  description:
                  - The virtual machine.
                  - V(null) when there is none.
                  - With the same fields as RV(backup.backup_info.virtual_machines).
                  returned: always
                  type: dict
                volumes:
                  description:
                  - Its volumes.
                  returned: always
                  type: list
                  elements: dict
                  contains:
                    name:
                      description:
                      - Name.
                      returned: always
                      type: str
                    size:
                      description:
                      - Size in bytes.
                      returned: always
                      type: int
                    backup_mode:
                      description:
                      - Whether the copy is full or incremental.
                      - V(null) when there is none.
                      returned: always
                      type: dict
                      contains:
                        type:
                          description:
                          - The type.
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
                          - The server's word, such as V(Pending), V(InProgress), V(Success), V(PartialSuccess)
                            or V(Failed).
                          returned: always
                          type: str
                        reason:
                          description:
                          - Why it is so, as the server says it.
                          returned: always
                          type: str
                resources:
                  description:
                  - Its resources.
                  returned: always
                  type: list
                  elements: dict
                  contains:
                    name:
                      description:
                      - Name.
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
                    status:
                      description:
                      - The status.
                      - V(null) when there is none.
                      returned: always
                      type: dict
                      contains:
                        status:
                          description:
                          - The server's word, such as V(Pending), V(InProgress), V(Success), V(PartialSuccess)
                            or V(Failed).
                          returned: always
                          type: str
                        reason:
                          description:
                          - Why it is so, as the server says it.
                          returned: always
                          type: str
            vm_guest_os_names_in_backup:
              description:
              - Operating systems in the backup.
              - Given by PX-Backup 2.11.0 and newer.
              returned: always
              type: list
              elements: str
    total_resource_count:
      description:
      - Number of resources that match.
      - Given by PX-Backup 2.11.0 and newer.
      returned: always
      type: int
    filtered_namespaces:
      description:
      - The namespaces that match, with the kinds of their resources.
      - Given by PX-Backup 2.11.0 and newer.
      returned: always
      type: list
      elements: dict
      contains:
        namespace:
          description:
          - Namespace.
          returned: always
          type: str
        resource_types:
          description:
          - Kinds of its resources.
          returned: always
          type: list
          elements: str
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
total_count:
  description: How many backups match in all, or how many resources.
  returned: for O(operation=INSPECT_ALL) and O(operation=GET_BACKUP_RESOURCE_DETAILS)
  type: int
truncated:
  description: Whether fewer are returned than match, because O(max_objects) or O(filter.max_objects) says so.
  returned: for O(operation=INSPECT_ALL) and O(operation=GET_BACKUP_RESOURCE_DETAILS)
  type: bool
server:
  description: What was found out about the server.
  returned: when the operation or a parameter depends on the server's release
  type: dict
  contains:
    release:
      description: The release of PX-Backup.
      returned: always
      type: str
      sample: 2.10.1
waited:
  description: What a wait saw.
  returned: when the task waited
  type: dict
  contains:
    seconds:
      description: How long it took.
      returned: always
      type: float
    polls:
      description: How often was looked.
      returned: always
      type: int
    status:
      description: The last status; C(gone) after a deletion.
      returned: always
      type: str
    stage:
      description: The last stage.
      returned: always
      type: str
    changes:
      description: Every change that was seen.
      returned: always
      type: list
      elements: dict
      contains:
        seconds:
          description: When it was seen, from the begin of the wait on.
          returned: always
          type: float
        status:
          description: The status then.
          returned: always
          type: str
        stage:
          description: The stage then.
          returned: always
          type: str
preflight:
  description:
  - What the check before sending found, the most severe first; empty where nothing had to be sent.
  - In a failed result too, where it got so far.
  returned: for O(operation=CREATE) and O(operation=UPDATE_BACKUP_SHARE)
  type: list
  elements: dict
  contains:
    severity:
      description: V(error), V(warning), or V(note) for what nobody can judge before.
      returned: always
      type: str
      sample: warning
    parameter:
      description: The parameter.
      returned: always
      type: str
      sample: resource_types
    message:
      description: What is or may be wrong with its value, and what to do.
      returned: always
      type: str
attempts:
  description: How many requests were sent, repeated ones included.
  returned: at verbosity 1 (C(-v)) and higher
  type: int
diff:
  description: The settings before and after.
  returned: for operations that write
  type: dict
  contains:
    before:
      description: The settings before; empty for a backup that was not there.
      returned: always
      type: dict
    after:
      description: The settings after; empty for a backup that is deleted.
      returned: always
      type: dict
error:
  description: What went wrong, for a program. For a person RV(msg) says it in one sentence.
  returned: when PX-Backup or its connection is the cause of a failure, or the task makes no sense
  type: dict
  contains:
    category:
      description:
      - One of V(validation), V(authentication), V(permission), V(not_found), V(conflict), V(state), V(unsupported),
        V(network), V(tls), V(timeout), V(server), V(protocol).
      returned: always
      type: str
      sample: not_found
    http_status:
      description: Status of the answer, V(null) when there was none.
      returned: always
      type: int
    grpc_code:
      description: Name of the gRPC code in the answer, V(null) when there was none.
      returned: always
      type: str
      sample: AlreadyExists
    method:
      description: Method of the request, V(null) when nothing was sent.
      returned: always
      type: str
    path:
      description: Path of the request, V(null) when nothing was sent.
      returned: always
      type: str
    attempts:
      description: How often the request was sent or tried.
      returned: always
      type: int
    retriable:
      description: Whether the same task may succeed later without a change.
      returned: always
      type: bool
    hint:
      description: What to do, V(null) when nobody can say in general.
      returned: always
      type: str
msg:
  description: What went wrong and what to do, as one sentence.
  returned: failure
  type: str
"""

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(BACKUP_MODULE)


if __name__ == "__main__":
    main()
