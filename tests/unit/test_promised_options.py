# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that the specification promised: all exist, with these types and choices.

When an option is omitted, CREATE uses the type ``Normal``, no direct copy and no skipped rules. These are not
defaults of the options: the module could not distinguish a default from a value that the task sets, and every
other operation would compare or refuse a value that the task does not set.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.create import request_body
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import SETTINGS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import OPERATIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.settings import current_value
from ansible_collections.pxops.px_backup.tests.unit.support.modules import BACKUP, CONNECTION
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

OPTIONS = {**CONNECTION, **BACKUP}

PROMISED = """
api_url str
token str
name str
org_id str
operation str CREATE|UPDATE|DELETE|INSPECT_ONE|INSPECT_ALL|UPDATE_BACKUP_SHARE
uid str
validate_certs bool
backup_location_ref dict
backup_location_ref.name str
backup_location_ref.uid str
cluster_ref dict
cluster_ref.name str
cluster_ref.uid str
pre_exec_rule_ref dict
pre_exec_rule_ref.name str
pre_exec_rule_ref.uid str
post_exec_rule_ref dict
post_exec_rule_ref.name str
post_exec_rule_ref.uid str
backup_type str Generic|Normal
namespaces list/str
label_selectors dict
resource_types list/str
exclude_resource_types list/str
backup_object_type dict
backup_object_type.type str Invalid|All|VirtualMachine
ns_label_selectors str
direct_kdmp bool
skip_vm_auto_exec_rules bool
volume_snapshot_class_mapping dict
include_resources list/dict
include_resources.name str
include_resources.namespace str
include_resources.group str
include_resources.kind str
include_resources.version str
backup_share dict
backup_share.collaborators list/dict
backup_share.collaborators.id str
backup_share.collaborators.access str Invalid|View|Restorable|FullAccess
backup_share.groups list/dict
backup_share.groups.id str
backup_share.groups.access str Invalid|View|Restorable|FullAccess
max_objects int
name_filter str
cluster_name_filter str
cluster_uid_filter str
include_detailed_resources bool
owners list/str
status list/str
ownership dict
ownership.owner str
ownership.groups list/dict
ownership.groups.id str
ownership.groups.access str Read|Write|Admin
ownership.collaborators list/dict
ownership.collaborators.id str
ownership.collaborators.access str Read|Write|Admin
ownership.public dict
"""
REQUIRED_ENTRIES = ("backup_share.groups", "backup_share.collaborators", "ownership.groups")


def option(path: str) -> dict[str, Any]:
    """Return the specification of an option such as ``ownership.groups.id``."""
    found: dict[str, Any] = {"options": OPTIONS}
    for name in path.split("."):
        found = found["options"][name]
    return found


@pytest.mark.parametrize("line", PROMISED.split("\n")[1:-1])
def test_promised_option(line: str) -> None:
    path, kind, *choices = line.split()
    found = option(path)
    assert "/".join(filter(None, (found["type"], found.get("elements")))) == kind
    if choices:
        assert set(choices[0].split("|")) <= set(found["choices"])


@pytest.mark.parametrize("path", REQUIRED_ENTRIES)
def test_every_part_of_an_entry_is_required(path: str) -> None:
    assert all(part["required"] for part in option(path)["options"].values())


def test_always_required() -> None:
    assert {name for name, spec in OPTIONS.items() if spec.get("required")} == {"api_url", "org_id", "operation"}
    assert OPTIONS["validate_certs"]["default"] is True


@pytest.mark.parametrize("name", ["backup_type", "direct_kdmp", "skip_vm_auto_exec_rules"])
def test_default_belongs_to_create_alone(name: str) -> None:
    assert "default" not in OPTIONS[name]


def test_values_of_omitted_options_in_create() -> None:
    body = request_body("default", {"name": "b"})
    assert body == {"metadata": {"name": "b", "org_id": "default"}, "backup_type": "Normal"}
    assert current_value(SETTINGS["direct_kdmp"], backup()) is False
    assert current_value(SETTINGS["skip_vm_auto_exec_rules"], backup()) is False
    assert request_body("default", {"name": "b", "backup_type": "Generic"})["backup_type"] == "Generic"


def test_create_takes_every_setting() -> None:
    assert set(OPERATIONS["CREATE"].options) >= set(SETTINGS) - {"cloud_credential_ref"}
