# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups: what counts as a copy of the same thing, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.groups import (
    DEFAULT_PARTS,
    parse_grouping,
)
from ansible_collections.pxops.px_backup.tests.unit.support.retention import plan_of, removed, stored, told

RESOURCE = {"name": "web", "namespace": "shop", "group": "apps", "kind": "Deployment", "version": "v1"}
OTHER = {**RESOURCE, "name": "api"}
OLD, NEW = "2026-11-01T12:00:00Z", "2026-11-02T12:00:00Z"


def are_copies(old: dict[str, Any], new: dict[str, Any], **parameters: Any) -> bool:
    """Whether the newer of two backups replaces the older one."""
    plan = plan_of([stored("old", OLD, **old), stored("new", NEW, **new)], keep={"last": 1}, **parameters)
    return removed(plan) == ["old"]


@pytest.mark.parametrize(
    "change",
    [
        {"cluster_ref": {"name": "cluster c1", "uid": "c2"}},
        {"cluster_ref": None, "cluster": "c9"},
        {"backup_location_ref": {"name": "location l1", "uid": "l2"}},
        {"backup_location_ref": None, "backup_location": "l9"},
        {"backup_object_type": {"type": "VirtualMachine"}},
        {"namespaces": ["shop", "db"]},
        {"label_selectors": {"app": "web"}},
        {"ns_label_selectors": "team=shop"},
        {"advanced_resource_label_selector": "app in (web)"},
        {"resource_types": ["ConfigMap"]},
        {"exclude_resource_types": ["Secret"]},
        {"include_resources": [RESOURCE]},
        {"volume_resource_only_policy_ref": {"name": "volumes", "uid": "p1"}},
        {"volume_resource_only_policy_ref": {"name": "volumes"}},
        {"retry_parent": {"name": "parent", "uid": "u0"}},
    ],
    ids="-".join,
)
def test_another_setting_is_another_group(change: dict[str, Any]) -> None:
    assert are_copies({}, {})
    assert are_copies(change, change)
    assert not are_copies({}, change)
    assert not are_copies(change, {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"namespaces": ["a", "b"]}, {"namespaces": ["b", "a", "b"]}),
        ({"resource_types": ["a", "b"]}, {"resource_types": ["b", "a"]}),
        ({"exclude_resource_types": ["a", "b"]}, {"exclude_resource_types": ["b", "a"]}),
        ({"label_selectors": {"a": "1", "b": "2"}}, {"label_selectors": {"b": "2", "a": "1"}}),
        (
            {"include_resources": [RESOURCE, {**RESOURCE, "name": "x"}]},
            {"include_resources": [{**RESOURCE, "name": "x"}, RESOURCE]},
        ),
        # The selector is the same, what it found is not.
        ({"ns_label_selectors": "t=1", "namespaces": ["a"]}, {"ns_label_selectors": "t=1", "namespaces": ["a", "b"]}),
        # A cluster or a location that was renamed.
        ({"cluster_ref": {"name": "before", "uid": "c1"}}, {"cluster_ref": {"name": "after", "uid": "c1"}}),
        ({"backup_location_ref": {"name": "x", "uid": "l1"}}, {"backup_location_ref": {"name": "y", "uid": "l1"}}),
        ({"labels": {"a": "1"}}, {"labels": {"a": "2"}}),
    ],
)
def test_what_makes_no_difference(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert are_copies(old, new)


def test_group_by_replaces_the_default() -> None:
    by = ["cluster", "location", "label:app"]
    app = {"labels": {"app": "all"}}
    assert are_copies({"namespaces": ["a"], **app}, {"namespaces": ["b"], **app}, group_by=by)
    assert not are_copies({"labels": {"app": "x"}}, app, group_by=by)
    assert not are_copies({"backup_location_ref": {"name": "l2", "uid": "l2"}, **app}, app, group_by=by)


def test_a_retry_never_replaces_a_whole_backup() -> None:
    """It holds only what failed in its parent, also where the task says itself what makes a group."""
    retry, label = {"retry_parent": {"name": "parent", "uid": "u0"}}, {"labels": {"app": "all"}}
    assert not are_copies(label, {**retry, **label}, group_by=["label:app"])
    assert are_copies({**retry, **label}, {**retry, **label}, group_by=["label:app"])


def test_without_the_label_a_backup_is_in_no_group() -> None:
    """Otherwise all backups that lack it would be copies of each other."""
    backups = [stored("a"), stored("b", NEW, namespaces=["other"]), stored("c", NEW, labels={"app": ""})]
    plan = plan_of(backups, keep={"last": 1}, group_by=["label:app"])
    missing = "out: group_by 'label:app' does not match it"
    assert told(plan) == {"a": missing, "b": missing, "c": "keep: last"}


def test_group_by_a_part_of_the_name() -> None:
    backups = [stored(name, NEW if "2" in name else OLD) for name in ("shop-1", "shop-2", "db-1", "other")]
    plan = plan_of(backups, keep={"last": 1}, group_by=[r"name:^(\w+)-\d+$"])
    assert removed(plan) == ["shop-1"]
    assert told(plan)["other"] == r"out: group_by 'name:^(\\w+)-\\d+$' does not match it"
    assert removed(plan_of(backups, keep={"last": 1}, group_by=["name:^[a-z]+"])) == ["shop-1"]


def test_owners_are_never_mixed() -> None:
    backups = [stored("mine", OLD), stored("theirs", NEW, owner="other")]
    assert told(plan_of(backups, keep={"last": 1}, group_by=["cluster"])) == {
        "mine": "keep: last",
        "theirs": "out: owned by other",
    }


@pytest.mark.parametrize(
    ("group_by", "sentence"),
    [
        ([], "group_by is empty; omit it, or use parts such as cluster, "),
        (["clusters"], "group_by 'clusters' is not a valid part of a group; use cluster, location, "),
        (["label:"], "group_by 'label:' is not a valid part of a group; "),
        (["name:"], "group_by 'name:' is not a valid part of a group; "),
        (["name:("], "group_by 'name:(' is not a valid regular expression: "),
    ],
)
def test_groupings_that_are_refused(group_by: list[str], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_grouping(group_by)
    assert str(caught.value).startswith(sentence)


def test_key_for_a_user() -> None:
    changes = {"include_resources": [RESOURCE], "label_selectors": {"a": "1"}, "resource_types": ["Secret"]}
    backup = stored("b", **changes, labels={"app": "web"})
    grouping = parse_grouping([*DEFAULT_PARTS, "label:app", "name:(.)"])
    key, why = grouping.key_of(backup)
    assert not why
    assert grouping.describe(key, {"cluster": "prod"}) == {
        "cluster": "prod",
        "location": "l1",
        "object_type": "All",
        "namespaces": ["shop"],
        "selectors": {"label_selectors": {"a": "1"}, "ns_label_selectors": "", "advanced_resource_label_selector": ""},
        "narrowing": {
            "resource_types": ["Secret"],
            "exclude_resource_types": [],
            "include_resources": [RESOURCE],
            "volume_resource_only_policy_ref": "",
        },
        "label:app": "web",
        "name:(.)": ["b"],
        "retry": False,
    }
    by_selector, _why = parse_grouping(None).key_of(stored("b", ns_label_selectors="a=1"))
    assert parse_grouping(None).describe(by_selector, {})["namespaces"] is None
