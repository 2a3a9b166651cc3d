# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arbitrary responses and arbitrary tasks: decoding, cleaning and comparing."""

from __future__ import annotations

import copy
import random
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import MESSAGES, decode, parse_field
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.option_types import canonical_access
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import (
    LIST_OPTIONS,
    SETTINGS,
    SHARE_OPTION,
    differences,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import STRING_MAP, clean_parameters
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.settings import current_value
from ansible_collections.pxops.px_backup.tests.properties.support.raw_objects import WORD, raw
from hypothesis import given, settings
from hypothesis import strategies as st

OPTIONS = {**LIST_OPTIONS, **SETTINGS, **SHARE_OPTION}
STRING_MAPS = [name for name, option in OPTIONS.items() if option.type is STRING_MAP]

PYTHON = {"str": str, "int": int, "bool": bool, "time": str, "enum": str}


def check(message: str, sent: dict[str, Any], whole: dict[str, Any]) -> None:
    """Check that an object is whole and typed and holds what was sent."""
    assert set(whole) == set(MESSAGES[message]) | set(sent)
    for name, text in MESSAGES[message].items():
        field, value, given_value = parse_field(text), whole[name], sent.get(name)
        if field.repeated or field.mapped:
            assert isinstance(value, list if field.repeated else dict)
            assert len(value) == len(given_value or ())
            if field.repeated and field.kind in MESSAGES:
                for before, after in zip(given_value or [], value, strict=True):
                    check(field.kind, before, after)
        elif value is None:
            assert given_value is None
            assert field.kind in MESSAGES or field.kind == "time"
        elif field.kind in MESSAGES:
            check(field.kind, given_value, value)
        else:
            assert type(value) is PYTHON[field.kind]
            assert given_value is None or str(value) == str(given_value)


@given(raw("BackupObject"))
def test_decoded_object_is_complete_and_typed(sent: dict[str, Any]) -> None:
    before = copy.deepcopy(sent)
    whole = decode("BackupObject", sent)
    check("BackupObject", sent, whole)
    assert sent == before
    assert decode("BackupObject", whole) == whole


ACCESS = st.lists(
    st.fixed_dictionaries({"id": WORD, "access": st.sampled_from(["Read", "Write", "Admin"])}),
    max_size=3,
    unique_by=lambda entry: entry["id"],
)
REFERENCE = st.fixed_dictionaries({"name": WORD, "uid": WORD})
NAMES = st.lists(WORD, max_size=4)
MAP = st.dictionaries(WORD, WORD, max_size=3)
RESOURCES = st.lists(
    st.fixed_dictionaries(dict.fromkeys(("name", "namespace", "group", "kind", "version"), WORD)), max_size=3
)
TASK = st.fixed_dictionaries(
    {},
    optional={
        **{name: REFERENCE for name in SETTINGS if name.endswith("_ref")},
        "backup_type": st.sampled_from(["Normal", "Generic"]),
        "namespaces": st.lists(WORD | st.just("*"), max_size=3),
        "label_selectors": MAP,
        "resource_types": NAMES,
        "exclude_resource_types": NAMES,
        "include_resources": RESOURCES,
        "backup_object_type": st.fixed_dictionaries({"type": st.sampled_from(["All", "VirtualMachine", "Invalid"])}),
        "ns_label_selectors": WORD,
        "direct_kdmp": st.booleans(),
        "skip_vm_auto_exec_rules": st.booleans(),
        "volume_snapshot_class_mapping": MAP,
        "labels": MAP,
        "ownership": st.fixed_dictionaries({}, optional={"owner": WORD, "groups": ACCESS, "collaborators": ACCESS}),
    },
)


def made_from(task: dict[str, Any]) -> dict[str, Any]:
    """Return the backup that a server makes from a task."""
    metadata = {name: task[name] for name in ("labels", "ownership") if name in task}
    info = {name: value for name, value in task.items() if name not in metadata}
    if "backup_type" in info:
        info["backup_type"] = {"type": info["backup_type"]}
    return decode("BackupObject", {"metadata": metadata, "backup_info": info})


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return the value with every list and dictionary in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], chance) for key in chance.sample(sorted(value), len(value))}
    if isinstance(value, list):
        return [shuffled(item, chance) for item in chance.sample(value, len(value))]
    return value


@given(TASK, st.randoms(use_true_random=False))
def test_backup_equals_the_task_that_created_it_in_any_order(task: dict[str, Any], chance: random.Random) -> None:
    assert differences(shuffled(task, chance), made_from(task), SETTINGS) == []


@settings(max_examples=80)
@given(TASK)
def test_backup_equals_its_own_settings(task: dict[str, Any]) -> None:
    backup = made_from(task)
    view = {name: current_value(SETTINGS[name], backup) for name in SETTINGS}
    for name in ("backup_type", "backup_object_type"):
        assert differences({name: view[name]}, backup, SETTINGS) == []
    assert differences(view, backup, SETTINGS) == []


@given(TASK, TASK)
def test_only_differing_settings_are_named(task: dict[str, Any], other: dict[str, Any]) -> None:
    for found in differences(other, made_from(task), SETTINGS):
        assert found.parameter in other
        assert found.has != found.wanted


@given(ACCESS, st.randoms(use_true_random=False))
def test_access_list_has_no_order(entries: list[dict[str, str]], chance: random.Random) -> None:
    assert (
        canonical_access(shuffled(entries, chance))
        == canonical_access(entries)
        == canonical_access(canonical_access(entries))
    )


WILD = st.none() | st.just("") | WORD
WILD_MAP = st.dictionaries(WORD | st.integers(), WORD | st.booleans() | st.integers(), max_size=3)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.none() | WILD_MAP for name in STRING_MAPS},
        "cluster_ref": st.none() | st.dictionaries(st.sampled_from(["name", "uid"]), WILD | st.just(" a ")),
        "name": WILD,
        "namespaces": st.none() | NAMES,
        "direct_kdmp": st.none() | st.booleans(),
        "max_objects": st.none() | st.integers(),
        "backup_object_type": st.none()
        | st.dictionaries(st.just("type"), st.sampled_from([None, "", "Invalid", "All"])),
        "ownership": st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "owner": WILD,
                "groups": st.none() | ACCESS,
                "public": st.none() | st.just({"type": None}) | st.just({"type": "Read"}),
            },
        ),
        "backup_share": st.none()
        | st.fixed_dictionaries({"groups": st.none() | ACCESS, "collaborators": st.none() | ACCESS}),
    },
)


@given(PARAMETERS, st.sets(st.sampled_from(["labels", "ownership", "backup_share"])))
def test_cleaning_twice_is_cleaning_once(parameters: dict[str, Any], clearing: set[str]) -> None:
    before = copy.deepcopy(parameters)
    once = clean_parameters(parameters, OPTIONS, clearing)
    assert clean_parameters(once, OPTIONS, clearing) == once
    assert parameters == before
    assert set(once) <= set(parameters)
    assert None not in once.values()
    assert not [name for name, value in once.items() if value in ("", [], {}) and name not in clearing]
