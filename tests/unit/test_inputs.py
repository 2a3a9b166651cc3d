# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Omitted, null and empty are distinguished; YAML scalars become text."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import (
    DETAIL_OPTIONS,
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
        ({"owner": " u ", "groups": None}, {"owner": "u"}, {"owner": "u"}),
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


POD = {"name": "web", "namespace": "shop", "gvk": "v1/Pod"}


@pytest.mark.parametrize(
    ("entry", "cleaned"),
    [
        (POD, {"group": "", "version": "v1", "kind": "Pod"}),
        ({**POD, "gvk": " apps/v1/Deployment "}, {"group": "apps", "version": "v1", "kind": "Deployment"}),
        ({**POD, "gvk": "apps/v1/Deployment", "kind": "Deployment"}, {"group": "apps", "version": "v1"}),
        ({**POD, "gvk": None, "group": "", "version": "v1", "kind": "Pod"}, {"group": "", "kind": "Pod"}),
    ],
)
def test_resource(entry: dict[str, Any], cleaned: dict[str, str]) -> None:
    (found,) = clean({"include_resources": [entry]}, ())["include_resources"]
    assert set(found) == {"name", "namespace", "group", "version", "kind"}
    assert {**found, **cleaned} == found
    assert (found["name"], found["namespace"]) == ("web", "shop")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"include_resources": [POD, {**POD, "gvk": "Pod"}]},
            "include_resources[1]: gvk 'Pod' is not GROUP/VERSION/KIND; write it like apps/v1/Deployment, or v1/Pod",
        ),
        (
            {"include_resources": [{**POD, "gvk": "a/b/c/d"}]},
            "include_resources[0]: gvk 'a/b/c/d' is not GROUP/VERSION/KIND; write it like apps/v1/Deployment, or "
            "v1/Pod",
        ),
        (
            {"include_resources": [{**POD, "gvk": "a//c"}]},
            "include_resources[0]: gvk 'a//c' is not GROUP/VERSION/KIND; write it like apps/v1/Deployment, or v1/Pod",
        ),
        (
            {"include_resources": [{**POD, "kind": "Secret"}]},
            "include_resources[0]: gvk is 'v1/Pod', but kind is 'Secret'; omit one of the two",
        ),
        (
            {"include_resources": [{"name": "web", "namespace": "shop", "kind": "Pod", "version": "v1"}]},
            "include_resources[0]: group is required; set name, namespace, group (empty for the core group), kind and "
            "version of each resource",
        ),
        (
            {"include_resources": [{"name": "web", "namespace": "shop", "group": "", "kind": " ", "version": "v1"}]},
            "include_resources[0]: kind is required; set name, namespace, group (empty for the core group), kind and "
            "version of each resource",
        ),
        (
            {"backup_share": {"groups": [{"id": " ", "access": "View"}]}},
            "backup_share.groups has an entry without an id; set its id, or remove it",
        ),
        (
            {"backup_share": {"collaborators": [{"id": "a", "access": "View"}, {"id": " a", "access": "FullAccess"}]}},
            "backup_share.collaborators names 'a' twice, with View and FullAccess; keep one",
        ),
        (
            {"ownership": {"groups": [{"id": "a", "access": "Read"}, {"id": "a", "access": "Write"}]}},
            "ownership.groups names 'a' twice, with Read and Write; keep one",
        ),
        (
            {"backup_schedule_ref": ["daily"]},
            "backup_schedule_ref[0] is 'daily', not a dictionary with name and uid; write it like {name: daily}",
        ),
        (
            {"backup_schedule_ref": "daily"},
            "backup_schedule_ref is 'daily', not a dictionary with name and uid; write it like {name: daily}",
        ),
        (
            {"backup_schedule_ref": [{"name": "daily"}, {"id": "x"}]},
            "backup_schedule_ref[1] is {'id': 'x'}, not a dictionary with name and uid; write it like {name: daily}",
        ),
        ({"labels": {"v": 1.5}}, "labels.v is a fraction (1.5), but it must be text; quote the value"),
        ({"labels": {"v": None}}, "labels.v is null (None), but it must be text; give text, or omit it"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean(parameters, ())
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ({"name": "daily"}, [{"name": "daily"}]),
        ([{"name": " daily ", "uid": None}, {"uid": 7}, {"name": ""}], [{"name": "daily"}, {"uid": "7"}]),
    ],
)
def test_one_reference_or_several(value: Any, cleaned: list[dict[str, str]]) -> None:
    assert clean({"backup_schedule_ref": value}, ())["backup_schedule_ref"] == cleaned


def test_the_same_access_twice_is_no_contradiction() -> None:
    entry = {"id": "a", "access": "View"}
    assert clean({"backup_share": {"groups": [entry, entry]}}, ())["backup_share"]["groups"] == [entry, entry]


def test_a_parameter_without_an_option_stays_as_it_is() -> None:
    assert clean({"odd": " x "}, ()) == {"odd": " x "}


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({"filter": {"namespace_filter": {"include_resources": [{"name": "x"}]}}}, "filter.namespace_filter"),
        ({"namespace_filter": {"include_resources": [{"name": "x"}]}}, "namespace_filter"),
    ],
)
def test_a_resource_of_a_filter_that_is_incomplete(parameters: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_parameters(parameters, DETAIL_OPTIONS, ())
    assert caught.value.message == f"{place}.include_resources[0]: namespace is required"


def test_the_resources_of_a_filter_stay_whole() -> None:
    value = {"include_resources": [POD], "gvks": [], "namespace_name_pattern": " x "}
    whole = {"name": "web", "namespace": "shop", "group": "", "kind": "Pod", "version": "v1"}
    cleaned = {"include_resources": [whole], "namespace_name_pattern": "x"}
    assert clean_parameters({"namespace_filter": value}, DETAIL_OPTIONS, ()) == {"namespace_filter": cleaned}
    nested = clean_parameters({"filter": {"namespace_filter": value, "max_objects": 3}}, DETAIL_OPTIONS, ())
    assert nested == {"filter": {"namespace_filter": cleaned, "max_objects": 3}}
    assert clean_parameters({"filter": {"namespace_filter": {"gvks": [" "]}}}, DETAIL_OPTIONS, ()) == {}


def test_what_is_not_text_at_all() -> None:
    with pytest.raises(ValidationError) as caught:
        convert_to_text("labels.k", b"x")
    assert str(caught.value) == "labels.k is not text (b'x'), but it must be text; give text, or omit it"
