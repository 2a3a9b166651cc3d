# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one backup of a batch takes. Written by tools/generate_options.py; change what it reads, not this."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the backups of a task and of what they share."""

    DOCUMENTATION = r"""
options:
  backups:
    description:
    - The backups. With O(state=present) each takes
      what C(CREATE) of M(pxops.px_backup.backup) takes
      and needs O(backups[].name), O(backups[].backup_location_ref)
      and O(backups[].cluster_ref), unless O(defaults)
      says it.
    - With O(state=absent) each needs O(backups[].name)
      or O(backups[].uid).
    type: list
    elements: dict
    suboptions:
      name:
        description:
        - Name of the backup. It may hold any character
          but V(/).
        type: str
      backup_location_ref: &id002
        description:
        - Where the backup is stored. Needed for O(state=present).
        type: dict
        suboptions:
          name:
            description:
            - Its name.
            type: str
          uid:
            description:
            - Its uid, needed where several have the
              same name.
            type: str
      cluster_ref: &id003
        description:
        - The cluster that is backed up. Needed for
          O(state=present).
        - With O(state=absent) the cluster to delete
          through, where the one that the backup was
          made of is gone.
        type: dict
        suboptions:
          name:
            description:
            - Its name.
            type: str
          uid:
            description:
            - Its uid, needed where several have the
              same name.
            type: str
      pre_exec_rule_ref: &id004
        description:
        - Rule to run before the backup.
        type: dict
        suboptions:
          name:
            description:
            - Its name.
            type: str
          uid:
            description:
            - Its uid, needed where several have the
              same name.
            type: str
      post_exec_rule_ref: &id005
        description:
        - Rule to run after the backup.
        type: dict
        suboptions:
          name:
            description:
            - Its name.
            type: str
          uid:
            description:
            - Its uid, needed where several have the
              same name.
            type: str
      backup_type: &id006
        description:
        - V(Normal) takes snapshots, V(Generic) copies
          the data.
        - O(state=present) makes a V(Normal) backup
          when this is left out.
        type: str
        choices:
        - Generic
        - Normal
      namespaces: &id007
        description:
        - Namespaces to back up; V(*) alone means all.
          O(pxops.px_backup.backup#module:ns_label_selectors)
          replaces them.
        - Once the backup runs, the server stores the
          namespaces that V(*) or O(pxops.px_backup.backup#module:ns_label_selectors)
          found. An existing backup is therefore not
          compared with these.
        type: list
        elements: str
      label_selectors: &id008
        description:
        - Labels that a resource must have to be backed
          up, all of them.
        type: dict
      resource_types: &id009
        description:
        - Kinds of resources to back up, in the exact
          case of Kubernetes, such as V(Deployment).
          See O(pxops.px_backup.backup#module:preflight).
        type: list
        elements: str
      exclude_resource_types: &id010
        description:
        - Kinds of resources to leave out.
        type: list
        elements: str
      include_resources: &id011
        description:
        - Single resources to back up. A namespace that
          occurs here gives only the resources that
          are listed for it; other O(pxops.px_backup.backup#module:namespaces)
          are taken in full.
        - Virtual machines are listed with the group
          V(kubevirt.io) and the kind V(VirtualMachine).
        type: list
        elements: dict
        suboptions:
          name:
            description:
            - Name of the resource.
            type: str
            required: true
          namespace:
            description:
            - Namespace of the resource.
            type: str
            required: true
          group:
            description:
            - API group of the resource, V(core) or
              empty for the core group.
            type: str
            required: true
          kind:
            description:
            - Kind of the resource.
            type: str
            required: true
          version:
            description:
            - API version of the resource.
            type: str
            required: true
      backup_object_type: &id012
        description:
        - What kind of objects the backup is of. For
          V(INSPECT_ALL) only such backups are returned.
        type: dict
        suboptions:
          type:
            description:
            - V(Invalid) is the API's word for not set.
            type: str
            choices:
            - Invalid
            - All
            - VirtualMachine
      ns_label_selectors: &id013
        description:
        - Labels that a namespace must have to be backed
          up, such as V(tier=gold,env=prod). Everything
          that Kubernetes takes as a label selector
          is taken, and nothing else.
        type: str
      direct_kdmp: &id014
        description:
        - Whether the data is copied directly from the
          volumes. O(state=present) does not when this
          is left out.
        type: bool
      skip_vm_auto_exec_rules: &id015
        description:
        - Whether the rules that freeze and thaw virtual
          machines are skipped. O(state=present) does
          not when this is left out.
        type: bool
      keep_cr_status: &id016
        description:
        - Whether the status of custom resources is
          backed up too. Needs PX-Backup 2.8.2 or newer.
        type: bool
      advanced_resource_label_selector: &id017
        description:
        - Labels that a resource must have to be backed
          up, with operators, such as V(app in (web,
          api\),tier!=test).
        - Needs PX-Backup 2.8.4 or newer.
        type: str
      volume_resource_only_policy_ref: &id018
        description:
        - Policy that says which volumes, or which resources
          alone, are backed up. Needs PX-Backup 2.9.0
          or newer.
        type: dict
        suboptions:
          name:
            description:
            - Its name.
            type: str
          uid:
            description:
            - Its uid, needed where several have the
              same name.
            type: str
      volume_snapshot_class_mapping: &id019
        description:
        - Volume snapshot class by provisioner, for
          CSI snapshots.
        type: dict
      labels: &id020
        description:
        - Labels of the backup itself. For O(state=present)
          and V(UPDATE) all that it shall have, for
          V(INSPECT_ALL) those that a backup must have.
        - Numbers and booleans become text as written
          (V(1), V(true)). Fractions are refused, because
          YAML has changed them already; put them into
          quotes.
        type: dict
      ownership: &id021
        description:
        - Owner and access rights of the backup. What
          is left out stays as it is; for V(UPDATE),
          an empty list empties.
        - The server lets only an administrator set
          the owner.
        type: dict
        suboptions:
          owner:
            description:
            - Id of the user who owns the backup.
            type: str
          groups:
            description:
            - Groups with rights.
            type: list
            elements: dict
            suboptions:
              id:
                description:
                - Id of the group or user.
                type: str
                required: true
              access:
                description:
                - What it may do.
                type: str
                required: true
                choices: &id001
                - Read
                - Write
                - Admin
          collaborators:
            description:
            - Users with rights.
            type: list
            elements: dict
            suboptions:
              id:
                description:
                - Id of the group or user.
                type: str
                required: true
              access:
                description:
                - What it may do.
                type: str
                required: true
                choices: *id001
          public:
            description:
            - What everybody may do.
            type: dict
            suboptions:
              type:
                description:
                - The right.
                type: str
                choices:
                - Read
                - Write
                - Admin
      preflight: &id022
        description:
        - How O(state=present) and V(UPDATE_BACKUP_SHARE)
          check, before they send it, what the server
          takes and what then goes wrong. RV(pxops.px_backup.backup#module:preflight)
          lists all that was found, in check mode too.
          V(warn) when left out.
        - A backup that is there already with the same
          settings, or a share that is so already, is
          not checked.
        - 'Refused with every value, because it always
          fails: a malformed O(pxops.px_backup.backup#module:ns_label_selectors)
          or O(pxops.px_backup.backup#module:advanced_resource_label_selector),
          and for virtual machines O(pxops.px_backup.backup#module:resource_types),
          or rules without O(pxops.px_backup.backup#module:skip_vm_auto_exec_rules=true).'
        - 'Refused unless V(off): a cluster that PX-Backup
          says is V(Offline), and a backup location
          whose validation has failed.'
        - 'Warned of unless V(off): namespaces that
          O(pxops.px_backup.backup#module:include_resources)
          does not narrow; kinds that the server does
          not know of this cluster, with the kind that
          was probably meant; settings that choose nothing
          or have no effect; users named by something
          that is no id.'
        - The check of O(pxops.px_backup.backup#module:resource_types)
          and O(pxops.px_backup.backup#module:exclude_resource_types)
          costs one request, everything else none.
        type: str
        choices:
          warn: What is probably a mistake is a warning.
          strict: What is probably a mistake is an error,
            and nothing is sent.
          'off': Only what always fails is refused,
            without a request.
      uid:
        description:
        - Unique id of the backup, for every operation
          on a backup that is there.
        - Not needed where O(pxops.px_backup.backup#module:name)
          fits one backup only. With both, one request
          less is sent. With O(pxops.px_backup.backup#module:uid)
          alone the list of all backups is read to find
          the name.
        type: str
      force:
        description:
        - Whether V(DELETE) removes the record alone.
          The data stays in the backup location, and
          nothing lists it any more.
        - The server takes it in federated mode only.
          Needs PX-Backup 3.0.0 or newer. Never implied.
        type: bool
  defaults:
    description:
    - What all O(backups) share with O(state=present).
      What a backup says itself takes the place of what
      stands here, as a whole.
    type: dict
    suboptions:
      backup_location_ref: *id002
      cluster_ref: *id003
      pre_exec_rule_ref: *id004
      post_exec_rule_ref: *id005
      backup_type: *id006
      namespaces: *id007
      label_selectors: *id008
      resource_types: *id009
      exclude_resource_types: *id010
      include_resources: *id011
      backup_object_type: *id012
      ns_label_selectors: *id013
      direct_kdmp: *id014
      skip_vm_auto_exec_rules: *id015
      keep_cr_status: *id016
      advanced_resource_label_selector: *id017
      volume_resource_only_policy_ref: *id018
      volume_snapshot_class_mapping: *id019
      labels: *id020
      ownership: *id021
      preflight: *id022
"""
