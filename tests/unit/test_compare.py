# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired against current, setting by setting."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.option_types import (
    canonical_access,
    canonical_ownership,
    canonical_share,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import SETTINGS, differences
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.settings import merge
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

REF = {"name": "prod", "uid": "c-1"}
RESOURCE = {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "web"}
OTHER_RESOURCE = {**RESOURCE, "name": "db", "group": ""}

# Parameter, what the backup has, what the task may say and mean the same, what it may say and mean another thing.
CASES: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("backup_location_ref", REF, [REF, {"name": "x", "uid": "c-1"}], [{"name": "prod", "uid": "c-2"}]),
    ("cluster_ref", REF, [REF, {"name": "prod"}, {"uid": "c-1"}], [{"name": "prod", "uid": "c-2"}, {"name": "dev"}]),
    ("pre_exec_rule_ref", REF, [REF], [{"name": "prod", "uid": "c-2"}]),
    ("post_exec_rule_ref", REF, [REF], [{"name": "prod", "uid": "c-2"}]),
    ("volume_resource_only_policy_ref", REF, [REF], [{"name": "prod", "uid": "c-2"}]),
    ("keep_cr_status", True, [True], [False]),
    ("advanced_resource_label_selector", "a in (b)", ["a in (b)"], ["a"]),
    ("cloud_credential_ref", REF, [REF], [{"name": "prod", "uid": "c-2"}]),
    ("backup_type", {"type": "Normal"}, ["Normal"], ["Generic"]),
    ("namespaces", ["a", "b"], [["b", "a"], ["a", "b", "a"]], [["a"], ["a", "b", "c"], []]),
    ("label_selectors", {"a": "1", "b": "2"}, [{"b": "2", "a": "1"}], [{"a": "1"}, {"a": "1", "b": "3"}]),
    ("resource_types", ["Secret", "Pod"], [["Pod", "Secret"]], [["Pod"], ["pod", "Secret"]]),
    ("exclude_resource_types", ["Secret", "Pod"], [["Pod", "Secret"]], [["Pod"]]),
    (
        "include_resources",
        [RESOURCE, {**OTHER_RESOURCE, "group": "core"}],
        [[OTHER_RESOURCE, RESOURCE], [RESOURCE, OTHER_RESOURCE, RESOURCE]],
        [[RESOURCE], *([{**RESOURCE, key: "other"}, OTHER_RESOURCE] for key in RESOURCE)],
    ),
    ("backup_object_type", {"type": "All"}, [{"type": "All"}], [{"type": "VirtualMachine"}]),
    ("ns_label_selectors", "tier=gold", ["tier=gold"], ["tier=silver", ""]),
    ("direct_kdmp", True, [True], [False]),
    ("skip_vm_auto_exec_rules", False, [False], [True]),
    ("volume_snapshot_class_mapping", {"csi": "fast"}, [{"csi": "fast"}], [{"csi": "slow"}, {}]),
    ("labels", {"a": "1"}, [{"a": "1"}], [{}, {"a": "2"}, {"a": "1", "b": "1"}]),
    (
        "ownership",
        {
            "owner": "u",
            "groups": [{"id": "g", "access": "Read"}, {"id": "h", "access": "Admin"}],
            "collaborators": [{"id": "c", "access": "Read"}],
            "public": {"type": "Write"},
        },
        [
            {"owner": "u"},
            {"owner": None, "groups": [{"id": "h", "access": "Admin"}, {"id": "g", "access": "Read"}]},
            {"collaborators": [{"id": "c", "access": "Read"}], "public": {"type": "Write"}},
        ],
        [
            {"owner": "v"},
            {"groups": []},
            {"collaborators": []},
            {"collaborators": [{"id": "c", "access": "Admin"}]},
            {"groups": [{"id": "g", "access": "Write"}, {"id": "h", "access": "Admin"}]},
            {"public": {"type": "Read"}},
        ],
    ),
]
SAME = [(name, has, wanted) for name, has, same, _other in CASES for wanted in same]
OTHER = [(name, has, wanted) for name, has, _same, other in CASES for wanted in other]


def with_setting(name: str, value: Any) -> dict[str, Any]:
    """Return a decoded backup in which one setting is as given."""
    if name in ("labels", "ownership"):
        return backup(metadata={name: value})
    return backup(**{name: value})


def test_every_setting_has_a_case() -> None:
    assert {name for name, *_rest in CASES} == set(SETTINGS)


@pytest.mark.parametrize(("name", "has", "wanted"), SAME)
def test_same(name: str, has: Any, wanted: Any) -> None:
    assert differences({name: wanted}, with_setting(name, has), SETTINGS) == []


@pytest.mark.parametrize(("name", "has", "wanted"), OTHER)
def test_other(name: str, has: Any, wanted: Any) -> None:
    found = differences({name: wanted}, with_setting(name, has), SETTINGS)
    assert [item.parameter for item in found] == [name]
    assert str(found[0]).startswith(f"{name} is ")


@pytest.mark.parametrize(
    ("name", "has", "wanted", "shown_has", "shown_wanted"),
    [
        ("labels", None, {"a": "1"}, {}, {"a": "1"}),
        ("namespaces", ["b", "a"], ["c"], ["a", "b"], ["c"]),
        ("ns_label_selectors", None, "tier=gold", "", "tier=gold"),
        ("backup_type", {"type": "Normal"}, "Generic", "Normal", "Generic"),
        ("cluster_ref", None, {"name": "dev"}, {"name": "", "uid": ""}, {"name": "dev", "uid": ""}),
        ("include_resources", [RESOURCE], [OTHER_RESOURCE], [RESOURCE], [{**OTHER_RESOURCE, "group": "core"}]),
        (
            "include_resources",
            [],
            [{"kind": "Pod", "name": "web"}],
            [],
            [{"group": "core", "version": "", "kind": "Pod", "namespace": "", "name": "web"}],
        ),
        (
            "ownership",
            {"owner": "u", "collaborators": [{"id": "b", "access": "Read"}, {"id": "a"}]},
            {"collaborators": []},
            {"collaborators": [{"id": "a", "access": "Invalid"}, {"id": "b", "access": "Read"}]},
            {"collaborators": []},
        ),
    ],
)
def test_difference_shows_both_sides_in_one_form(
    name: str, has: Any, wanted: Any, shown_has: Any, shown_wanted: Any
) -> None:
    (found,) = differences({name: wanted}, with_setting(name, has), SETTINGS)
    assert found == (name, shown_has, shown_wanted)
    assert str(found) == f"{name} is {shown_has!r}, not {shown_wanted!r}"


@pytest.mark.parametrize(("name", "has", "wanted"), OTHER)
def test_only_the_named_settings_are_compared(name: str, has: Any, wanted: Any) -> None:
    assert differences({name: wanted}, with_setting(name, has), [key for key in SETTINGS if key != name]) == []


@pytest.mark.parametrize("name", SETTINGS)
def test_omitted_and_null_are_not_compared(name: str) -> None:
    for parameters in ({}, {name: None}):
        assert differences(parameters, backup(), SETTINGS) == []


@pytest.mark.parametrize("name", [name for name in SETTINGS if name.endswith("_ref")])
def test_absent_reference_differs(name: str) -> None:
    assert differences({name: REF}, backup(), SETTINGS)


@pytest.mark.parametrize(
    "wanted",
    [
        {"namespaces": ["*"]},
        {"namespaces": ["x"], "ns_label_selectors": "tier=gold"},
    ],
)
def test_namespaces_that_the_server_rewrites_are_not_compared(wanted: dict[str, Any]) -> None:
    has = backup(namespaces=["a", "b"], ns_label_selectors="tier=gold")
    assert differences(wanted, has, SETTINGS) == []


@pytest.mark.parametrize("value", [None, "Invalid", {"type": "Invalid"}, {"type": None}, {}])
def test_type_that_is_not_set(value: Any) -> None:
    assert SETTINGS["backup_type"].type.canonical(value) == ""


def test_access_list_is_a_set_in_which_the_last_counts() -> None:
    given = [{"id": "b", "access": "View"}, {"id": "a"}, {"id": "b", "access": "FullAccess"}]
    assert canonical_access(given) == [{"id": "a", "access": "Invalid"}, {"id": "b", "access": "FullAccess"}]


def test_absent_share_and_ownership_have_all_fields() -> None:
    assert canonical_share(None) == canonical_share({}) == {"collaborators": [], "groups": []}
    nobody = {"owner": "", "groups": [], "collaborators": [], "public": {"type": "Invalid"}}
    assert canonical_ownership(None) == canonical_ownership({"public": None}) == nobody


@pytest.mark.parametrize("part", ["groups", "collaborators"])
def test_lists_of_share_and_ownership_are_sets(part: str) -> None:
    given = {part: [{"id": "b", "access": "View"}, {"id": "a", "access": "FullAccess"}]}
    wanted = [{"id": "a", "access": "FullAccess"}, {"id": "b", "access": "View"}]
    assert canonical_share(given) == {**canonical_share({}), part: wanted}
    assert canonical_ownership(given) == {**canonical_ownership({}), part: wanted}


def test_merge_keeps_omitted_lists_and_clears_empty_ones() -> None:
    now = {"groups": ["g"], "collaborators": ["c"]}
    assert merge(now, {"groups": [], "collaborators": None}) == {"groups": [], "collaborators": ["c"]}
    assert merge(now, {}) == now
