# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of restores, each defined once: settings, filters of a list, and what some operations also take.

Facts: docs/server-behaviour.md, sections 9.3, 9.4 and 9.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..backups.option_types import (
    MACHINE_FILTER,
    NAMESPACE_FILTER,
    OBJECT_TYPE,
    OWNERSHIP,
    RESOURCES,
    clean_contents_filter,
)
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
from ..core.references import CLUSTER
from ..core.settings import Difference, find_differences
from ..core.shapes import TIME_RANGE, shaped, sort_option
from .lookup import STATUSES

RETAIN, DELETE = REPLACE_POLICIES = ("Retain", "Delete")


def _info(key: str) -> tuple[str, ...]:
    return ("restore_info", key)


def _policy(value: Any) -> str:
    # An absent policy is Retain (docs/server-behaviour.md, section 9.1).
    return RETAIN if value in (None, "", "Invalid") else str(value)


_FILTER = shaped(
    {
        "namespace_filter": {"type": "dict", "options": NAMESPACE_FILTER},
        "virtual_machine_filter": {"type": "dict", "options": MACHINE_FILTER},
    },
    clean_contents_filter,
)
_FILES = shaped(
    {
        "virtual_machine_name": {"type": "str"},
        "volume_name": {"type": "str"},
        "restore_files": {
            "type": "list",
            "elements": "dict",
            "options": {
                "source_path": {"type": "str"},
                "destination_path": {"type": "str"},
                "is_dir": {"type": "bool"},
                "partition_info": {"type": "str"},
            },
        },
    }
)
_MACHINE_OPTIONS = shaped({"skip_mac_masking": {"type": "bool"}, "skip_vm_restart": {"type": "bool"}})

# Every setting of a restore that the response shows, so that it can be compared.
SETTINGS = {
    "cluster_ref": reference(CLUSTER, _info("cluster_ref")),
    "namespace_mapping": Option(STRING_MAP, _info("namespace_mapping")),
    "replace_policy": Option(choice(*REPLACE_POLICIES)._replace(canonical=_policy), _info("replace_policy")),
    "include_resources": Option(RESOURCES, _info("include_resources")),
    "include_optional_resource_types": Option(NAMES, _info("include_optional_resource_types")),
    "storage_class_mapping": Option(STRING_MAP, _info("storage_class_mapping")),
    "rancher_project_mapping": Option(STRING_MAP, _info("rancher_project_mapping")),
    "rancher_project_name_mapping": Option(STRING_MAP, _info("rancher_project_name_mapping")),
    "backup_object_type": Option(OBJECT_TYPE, _info("backup_object_type")),
    "target_namespace_prefix": Option(TEXT, _info("target_namespace_prefix"), "2.11.0"),
    "is_sfr": Option(FLAG, _info("is_sfr"), "2.11.0"),
    "labels": Option(STRING_MAP, ("metadata", "labels")),
    "ownership": Option(OWNERSHIP, ("metadata", "ownership")),
}

# What an UPDATE can change (docs/server-behaviour.md, section 9.6).
CHANGEABLE = ("labels", "ownership")

# Settings that no response shows in the form of the request.
WRITE_ONLY = {
    "exclude_resources": Option(RESOURCES, since="2.11.0"),
    "filter": Option(_FILTER, since="2.11.0"),
    "virtual_machine_restore_options": Option(_MACHINE_OPTIONS, since="2.11.0"),
    "file_level_restore_info": Option(_FILES, since="2.11.0"),
}

IDENTITY = {"name": Option(TEXT), "uid": Option(TEXT)}
BACKUP_REFERENCE = {"backup_ref": Option(REFERENCE), "backup": Option(TEXT)}
CLUSTER_NAME = {"cluster": Option(TEXT)}
IN_PLACE = {"in_place": Option(FLAG)}
CANCEL = {"cancel": Option(FLAG)}
UNSUPPORTED = {
    "use_source_as_target_namespace": Option(
        unsupported("is in no release of the API", "set in_place to true to restore into the backup's own namespaces")
    )
}

SORT_KEYS = ("CreationTimestamp", "Name", "ClusterName", "Size", "LastUpdateTimestamp", "RestoreBackupName")

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
    "backup_ref": Option(REFERENCE),
    "time_range": Option(TIME_RANGE),
}
LIST_OPTIONS = {
    **FILTERS,
    "sort_option": Option(sort_option(*SORT_KEYS)),
    "max_objects": Option(NUMBER),
    "concurrency": CONCURRENCY,
}


def differences(parameters: dict[str, Any], restore: dict[str, Any], names: Iterable[str]) -> list[Difference]:
    """Return the settings among ``names`` in which a restore differs from the task."""
    return find_differences(SETTINGS, parameters, restore, names)
