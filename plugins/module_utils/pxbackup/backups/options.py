# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of backups, each defined once: settings, filters of a list, and what some operations also take.

Source: docs/server-behaviour.md, sections 1.1 (where a setting stands in the response), 8.1 (what the server rewrites).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..core.options import (
    CONCURRENCY,
    FLAG,
    NAMES,
    NUMBER,
    REFERENCE,
    STRING_MAP,
    TEXT,
    Option,
    choice,
    choices,
    reference,
    unsupported,
)
from ..core.references import (
    BACKUP_LOCATION,
    BACKUP_SCHEDULE,
    CLOUD_CREDENTIAL,
    CLUSTER,
    RULE,
    SCHEDULE_POLICY,
    VOLUME_POLICY,
    ReferenceKind,
)
from ..core.settings import Difference, find_differences
from ..core.shapes import TIME_RANGE, Parts, shaped, sort_option
from .lifecycle import STATUSES
from .option_types import (
    BACKUP_TYPE,
    MACHINE_FILTER,
    NAMESPACE_FILTER,
    OBJECT_TYPE,
    OWNERSHIP,
    REFERENCES,
    RESOURCES,
    SHARE,
    clean_contents_filter,
    clean_namespace_filter,
)


def _info(key: str) -> tuple[str, ...]:
    return ("backup_info", key)


# Every setting of a backup. What a task can set on CREATE and compare on UPDATE.
SETTINGS = {
    "backup_location_ref": reference(BACKUP_LOCATION, _info("backup_location_ref")),
    "cluster_ref": reference(CLUSTER, _info("cluster_ref")),
    "pre_exec_rule_ref": reference(RULE, _info("pre_exec_rule_ref")),
    "post_exec_rule_ref": reference(RULE, _info("post_exec_rule_ref")),
    "backup_type": Option(BACKUP_TYPE, _info("backup_type")),
    "namespaces": Option(NAMES, _info("namespaces")),
    "label_selectors": Option(STRING_MAP, _info("label_selectors")),
    "resource_types": Option(NAMES, _info("resource_types")),
    "exclude_resource_types": Option(NAMES, _info("exclude_resource_types")),
    "include_resources": Option(RESOURCES, _info("include_resources")),
    "backup_object_type": Option(OBJECT_TYPE, _info("backup_object_type")),
    "ns_label_selectors": Option(TEXT, _info("ns_label_selectors")),
    "direct_kdmp": Option(FLAG, _info("direct_kdmp")),
    "skip_vm_auto_exec_rules": Option(FLAG, _info("skip_vm_auto_exec_rules")),
    "keep_cr_status": Option(FLAG, _info("keep_cr_status"), "2.8.2"),
    "advanced_resource_label_selector": Option(TEXT, _info("advanced_resource_label_selector"), "2.8.4"),
    "volume_resource_only_policy_ref": reference(VOLUME_POLICY, _info("volume_resource_only_policy_ref"), "2.9.0"),
    "volume_snapshot_class_mapping": Option(STRING_MAP, _info("volume_snapshot_class_mapping")),
    "labels": Option(STRING_MAP, ("metadata", "labels")),
    "ownership": Option(OWNERSHIP, ("metadata", "ownership")),
    "cloud_credential_ref": reference(CLOUD_CREDENTIAL, _info("cloud_credential_ref")),
}

# What an UPDATE can change. Everything else is fixed when the backup is created (docs/server-behaviour.md, section
# 5.3).
CHANGEABLE = ("labels", "ownership", "cloud_credential_ref")

IDENTITY = {"name": Option(TEXT), "uid": Option(TEXT)}

# The orders of a list.
SORT_KEYS = ("CreationTimestamp", "Name", "ClusterName", "Size", "LastUpdateTimestamp")
# The API has it for lists of restores; other tools offer it for backups.
RESTORE_SORT_KEY = "RestoreBackupName"

# The filters of a list. Those with a release cannot be applied here to what a list holds, and are refused before.
FILTERS = {
    "name_filter": Option(TEXT),
    "cluster_name_filter": Option(TEXT),
    "cluster_uid_filter": Option(TEXT),
    "include_detailed_resources": Option(FLAG),
    "owners": Option(NAMES),
    "status": Option(choices(*STATUSES)),
    "labels": Option(STRING_MAP),
    "name": Option(TEXT),
    "cluster_ref": Option(REFERENCE, refers_to=CLUSTER),
    "backup_object_type": Option(OBJECT_TYPE),
    "schedule_policy_ref": Option(REFERENCES, since="2.9.0", refers_to=SCHEDULE_POLICY),
    "backup_schedule_ref": Option(REFERENCES, refers_to=BACKUP_SCHEDULE),
    "volume_resource_only_policy_ref": Option(REFERENCE, since="2.11.0", refers_to=VOLUME_POLICY),
    "namespaces": Option(NAMES),
    "time_range": Option(TIME_RANGE),
    "resource_info": Option(
        shaped({key: {"type": "str"} for key in ("name", "namespace", "group", "kind", "version")}), since="2.11.0"
    ),
    "vm_volume_name": Option(TEXT, since="2.11.0"),
    "exclude_failed_resource": Option(FLAG, since="2.11.0"),
}
LIST_OPTIONS = {
    **FILTERS,
    "sort_option": Option(sort_option(*SORT_KEYS, RESTORE_SORT_KEY)),
    "max_objects": Option(NUMBER),
    "concurrency": CONCURRENCY,
}

# Filters of a backup's contents: in `filter`, and for playbooks written for other tools beside it.
_CONTENTS_FILTERS: Parts = {
    "namespace_filter": {"type": "dict", "options": NAMESPACE_FILTER},
    "virtual_machine_filter": {"type": "dict", "options": MACHINE_FILTER},
    "status": {"type": "list", "elements": "str", "choices": list(STATUSES)},
    "max_objects": {"type": "int"},
    "object_index": {"type": "int"},
}
DETAIL_OPTIONS = {
    "filter": Option(shaped(_CONTENTS_FILTERS, clean_contents_filter), since="2.11.0"),
    "namespace_filter": Option(shaped(NAMESPACE_FILTER, clean_namespace_filter), since="2.11.0"),
    "virtual_machine_filter": Option(shaped(MACHINE_FILTER), since="2.11.0"),
    "resource_status_filter": Option(choices(*STATUSES), since="2.11.0"),
    "max_objects": Option(NUMBER, since="2.11.0"),
    "object_index": Option(NUMBER, since="2.11.0"),
    "force_resync": Option(FLAG, since="2.11.0"),
    "sync_namespaces_only": Option(FLAG, since="2.11.0"),
}

RETRY_OPTIONS = {name: SETTINGS[name] for name in ("include_resources", "skip_vm_auto_exec_rules")}

# How findings before a CREATE are treated.
PREFLIGHT_MODES = PREFLIGHT_WARN, PREFLIGHT_STRICT, PREFLIGHT_OFF = ("warn", "strict", "off")
PREFLIGHT_OPTION = {"preflight": Option(choice(*PREFLIGHT_MODES))}

SHARE_OPTION = {"backup_share": Option(SHARE, _info("backup_share"))}

# What playbooks written for other tools set.
CLUSTER_NAME = {"cluster": Option(TEXT)}
UNSUPPORTED = {
    "parallel_backup": Option(
        unsupported(
            "cannot be set: the API has it in responses only, where the server says what it did", "omit parallel_backup"
        )
    )
}


# The kind of each setting that is a reference.
REFERENCE_KINDS: dict[str, ReferenceKind] = {
    name: option.refers_to for name, option in SETTINGS.items() if option.refers_to is not None
}


def differences(parameters: dict[str, Any], backup: dict[str, Any], names: Iterable[str]) -> list[Difference]:
    """Return the settings among ``names`` in which a backup differs from the task.

    ``namespaces`` are not compared where the server overwrites them with what it found: with
    ``ns_label_selectors``, and where they hold ``*`` (docs/server-behaviour.md, section 8.1).
    """
    rewritten = "*" in (parameters.get("namespaces") or []) or bool(parameters.get("ns_label_selectors"))
    compared = [name for name in names if not (rewritten and name == "namespaces")]
    return find_differences(SETTINGS, parameters, backup, compared)
