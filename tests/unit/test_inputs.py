# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Omitted, null and empty are distinguished; YAML scalars become text."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import (
    LIST_OPTIONS,
    SETTINGS,
    SHARE_OPTION,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import (
    STRING_MAP,
    clean_parameters,
    convert_to_text,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError

OPTIONS = {**LIST_OPTIONS, **SETTINGS, **SHARE_OPTION}
STRING_MAPS = [name for name, option in OPTIONS.items() if option.type is STRING_MAP]


def clean(parameters: dict[str, Any], clearing: tuple[str, ...]) -> dict[str, Any]:
    return clean_parameters(parameters, OPTIONS, clearing)


@pytest.mark.parametrize(
    ("name", "empty"),
    [("name", ""), ("namespaces", []), ("labels", {}), ("cluster_ref", {}), ("backup_share", {}), ("ownership", {})],
)
def test_null_and_empty_are_omitted(name: str, empty: Any) -> None:
    assert clean({name: None}, ()) == clean({name: empty}, ()) == {}


@pytest.mark.parametrize(("name", "value"), [("direct_kdmp", False), ("max_objects", 0), ("name", "0")])
def test_false_and_zero_are_values(name: str, value: Any) -> None:
    assert clean({name: value}, ()) == {name: value}


def test_empty_clears_where_the_operation_allows_it() -> None:
    assert clean({"labels": {}}, ("labels",)) == {"labels": {}}
    assert clean({"labels": None}, ("labels",)) == {}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"name": " prod ", "uid": None}, {"name": "prod"}),
        ({"name": "prod", "uid": ""}, {"name": "prod"}),
        ({"name": None, "uid": "u"}, {"uid": "u"}),
        ({"name": " ", "uid": None}, None),
        ({"name": None, "uid": None}, None),
    ],
)
def test_reference(value: dict[str, Any], kept: dict[str, Any] | None) -> None:
    assert clean({"cluster_ref": value}, ()).get("cluster_ref") == kept


@pytest.mark.parametrize("value", [{"type": None}, {"type": "Invalid"}, {"type": ""}, {}, None])
def test_object_type_that_is_not_set(value: Any) -> None:
    assert clean({"backup_object_type": value}, ()) == {}
    assert clean({"backup_object_type": {"type": "All"}}, ()) == {"backup_object_type": {"type": "All"}}


@pytest.mark.parametrize(
    ("value", "created", "updated"),
    [
        ({"owner": "u", "groups": None, "collaborators": None, "public": None}, {"owner": "u"}, {"owner": "u"}),
        ({"owner": "u", "groups": []}, {"owner": "u"}, {"owner": "u", "groups": []}),
        ({"owner": "", "groups": [], "public": {"type": None}}, None, {"groups": []}),
        ({"public": {"type": "Read"}}, {"public": {"type": "Read"}}, {"public": {"type": "Read"}}),
    ],
)
def test_ownership(value: dict[str, Any], created: Any, updated: Any) -> None:
    assert clean({"ownership": value}, ()).get("ownership") == created
    assert clean({"ownership": value}, ("ownership",)).get("ownership") == updated


def test_omitted_and_empty_share_lists_are_distinguished() -> None:
    clearing = ("backup_share",)
    assert clean({"backup_share": {"groups": [], "collaborators": None}}, clearing) == {
        "backup_share": {"groups": [], "collaborators": None}
    }
    assert clean({"backup_share": {"groups": None, "collaborators": None}}, clearing) == {}


@pytest.mark.parametrize("name", STRING_MAPS)
def test_maps_hold_text(name: str) -> None:
    value = {"tier": 1, "live": True, "off": False, 7: "seven", "big": 10**20}
    assert clean({name: value}, ())[name] == {
        "tier": "1",
        "live": "true",
        "off": "false",
        "7": "seven",
        "big": "100000000000000000000",
    }
    assert value["tier"] == 1


@pytest.mark.parametrize(
    ("value", "word"), [(1.1, "fraction"), (None, "null"), ([], "list"), ({}, "dictionary"), (b"x", "not text")]
)
@pytest.mark.parametrize("name", STRING_MAPS)
def test_value_that_is_not_plain_text(name: str, value: Any, word: str) -> None:
    with pytest.raises(ValidationError, match=word) as caught:
        clean({name: {"k": value}}, ())
    assert f"{name}.k" in str(caught.value)


@pytest.mark.parametrize("text", ["", "1", "yes", "x y"])
def test_text_stays(text: str) -> None:
    assert convert_to_text("labels.k", text) == text
