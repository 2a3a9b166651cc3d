# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a restore may write: the rules about the namespace mapping, as tables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.mapping import (
    find_omitted,
    find_overwritten,
    plan_mapping,
)

BACKUP = ["shop", "billing"]
FILTER = {"namespace_filter": {"include_namespaces": ["shop"]}}

GOOD: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "one namespace": ({"namespace_mapping": {"shop": "copy"}}, {"shop": "copy"}),
    "all namespaces": ({"namespace_mapping": {"shop": "a", "billing": "b"}}, {"shop": "a", "billing": "b"}),
    "in place": ({"in_place": True}, {"shop": "shop", "billing": "billing"}),
    "one in place, without Delete": ({"namespace_mapping": {"shop": "shop"}}, {"shop": "shop"}),
    "one in place, with Delete": (
        {"namespace_mapping": {"shop": "shop"}, "replace_policy": "Delete", "in_place": True},
        {"shop": "shop"},
    ),
    "Delete in another namespace": (
        {"namespace_mapping": {"shop": "copy"}, "replace_policy": "Delete"},
        {"shop": "copy"},
    ),
    "the longest name": ({"namespace_mapping": {"shop": "a" * 63}}, {"shop": "a" * 63}),
    "a filter with a prefix": ({"filter": FILTER, "target_namespace_prefix": "copy-"}, {}),
    "a filter in place": ({"filter": FILTER, "in_place": True}, {}),
}

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "namespace_mapping is required: without it PX-Backup restores every namespace"),
    "in_place false": ({"in_place": False}, "namespace_mapping is required"),
    "an empty mapping": ({"namespace_mapping": {}}, "namespace_mapping is required"),
    "two sources to one target": (
        {"namespace_mapping": {"shop": "x", "billing": "x"}},
        "maps 'billing', 'shop' to one namespace 'x'",
    ),
    "a swap": (
        {"namespace_mapping": {"shop": "billing", "billing": "shop"}},
        "maps 'billing' to 'shop', which is another namespace of the backup",
    ),
    "onto an omitted namespace": ({"namespace_mapping": {"shop": "billing"}}, "maps 'shop' to 'billing'"),
    "an unknown source": ({"namespace_mapping": {"nope": "x"}}, "the backup has no namespace 'nope'"),
    "capitals": ({"namespace_mapping": {"shop": "Copy"}}, "namespace_mapping.shop is 'Copy'"),
    "too long": ({"namespace_mapping": {"shop": "a" * 64}}, "not a valid namespace name"),
    "a hyphen at the end": ({"namespace_mapping": {"shop": "copy-"}}, "not a valid namespace name"),
    "a line end": ({"namespace_mapping": {"shop": "copy\n"}}, "not a valid namespace name"),
    "an empty target": ({"namespace_mapping": {"shop": ""}}, "not a valid namespace name"),
    "Delete over its own namespace": (
        {"namespace_mapping": {"shop": "shop"}, "replace_policy": "Delete"},
        "replace_policy Delete would replace what exists in 'shop'",
    ),
    "in_place beside a mapping elsewhere": (
        {"namespace_mapping": {"shop": "copy"}, "in_place": True},
        "in_place is true, but namespace_mapping maps no namespace onto itself",
    ),
    "a filter without a prefix": ({"filter": FILTER}, "target_namespace_prefix is required with filter"),
    "a filter and a mapping": (
        {"filter": FILTER, "namespace_mapping": {"shop": "copy"}, "target_namespace_prefix": "copy-"},
        "namespace_mapping has no effect together with filter",
    ),
    "two filters": (
        {"filter": {**FILTER, "virtual_machine_filter": {"vm_name_pattern": "a"}}, "target_namespace_prefix": "copy-"},
        "are mutually exclusive",
    ),
    "a prefix without a filter": (
        {"target_namespace_prefix": "copy-", "in_place": True},
        "target_namespace_prefix has no effect without filter",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_mapping_is_sent_as_the_task_means_it(case: str) -> None:
    parameters, sent = GOOD[case]
    assert plan_mapping(parameters, BACKUP) == sent


@pytest.mark.parametrize("case", BAD)
def test_a_dangerous_mapping_is_an_error(case: str) -> None:
    parameters, says = BAD[case]
    with pytest.raises(ValidationError) as caught:
        plan_mapping(parameters, BACKUP)
    assert says in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("mapping", "omitted"),
    [({}, []), ({"shop": "a"}, ["billing"]), ({"shop": "a", "billing": "b"}, [])],
)
def test_omitted_namespaces_are_found(mapping: dict[str, str], omitted: list[str]) -> None:
    assert find_omitted(mapping, BACKUP) == omitted


@pytest.mark.parametrize(
    ("parameters", "mapping", "overwritten"),
    [
        ({}, {"shop": "shop"}, []),
        ({"replace_policy": "Retain"}, {"shop": "shop"}, []),
        ({"replace_policy": "Delete"}, {"shop": "z", "billing": "a"}, ["a", "z"]),
        ({"replace_policy": "Delete", "target_namespace_prefix": "copy-"}, {}, ["copy-billing", "copy-shop"]),
    ],
)
def test_overwritten_namespaces_are_found(
    parameters: dict[str, Any], mapping: dict[str, str], overwritten: list[str]
) -> None:
    assert find_overwritten(parameters, mapping, BACKUP) == overwritten
