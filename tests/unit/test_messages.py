# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses become typed and complete objects."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import MESSAGES, decode, parse_field
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ProtocolError

SCALARS = {"str", "int", "bool", "time", "enum"}


@pytest.mark.parametrize("message", MESSAGES)
def test_table_names_only_what_it_holds(message: str) -> None:
    for text in MESSAGES[message].values():
        field = parse_field(text)
        assert field.kind in SCALARS or field.kind in MESSAGES
        assert field.since is None or field.since in RELEASES
        assert not (field.repeated and field.mapped)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("nulls", [False, True])
def test_empty_object_is_complete(message: str, nulls: bool) -> None:
    raw = dict.fromkeys(MESSAGES[message]) if nulls else {}
    whole = decode(message, raw)
    assert list(whole) == list(MESSAGES[message])
    for name, text in MESSAGES[message].items():
        field = parse_field(text)
        zero: Any = {"str": "", "int": 0, "bool": False, "enum": "Invalid"}.get(field.kind)
        assert whole[name] == ([] if field.repeated else {} if field.mapped else zero)


def test_values_are_typed() -> None:
    raw = {
        "total_size": "9007199254740993",
        "resource_count": 7,
        "status": {"status": "Success"},
        "volumes": [{"name": "v", "actual_size": "12", "job_security_context": {"runAsUser": "1000"}}],
        "direct_kdmp": True,
        "completion_time_info": {"total_completion_time": "2026-01-01T00:00:00Z"},
    }
    info = decode("BackupInfo", raw)
    assert info["total_size"] == 9007199254740993
    assert info["resource_count"] == 7
    assert info["status"] == {"status": "Success", "reason": ""}
    assert info["volumes"][0]["actual_size"] == 12
    assert info["volumes"][0]["options"] == {}
    assert info["volumes"][0]["job_security_context"] == {"runAsUser": 1000, "runAsGroup": 0}
    assert info["direct_kdmp"] is True
    assert info["completion_time_info"]["volumes_completion_time"] is None
    assert info["cluster_ref"] is None


def test_raw_response_is_not_changed_and_zeros_are_not_shared() -> None:
    raw = {"metadata": {"labels": None}, "backup_info": {"volumes": [{}]}}
    before = copy.deepcopy(raw)
    first, second = decode("BackupObject", raw), decode("BackupObject", raw)
    first["metadata"]["labels"]["x"] = "y"
    first["backup_info"]["namespaces"].append("n")
    assert raw == before
    assert second["metadata"]["labels"] == {}
    assert second["backup_info"]["namespaces"] == []


def test_unknown_keys_stay() -> None:
    whole = decode("Metadata", {"name": "b", "new_in_4_0": {"x": [1]}, "nothing": None})
    assert whole["new_in_4_0"] == {"x": [1]}
    assert whole["nothing"] is None


@pytest.mark.parametrize("raw", [None, [], "x", 1, True])
def test_no_object_at_all(raw: Any) -> None:
    with pytest.raises(ProtocolError, match="BackupObject"):
        decode("BackupObject", raw)


@pytest.mark.parametrize(
    ("message", "raw", "where"),
    [
        ("BackupInfo", '{"total_size": "many"}', "BackupInfo.total_size"),
        ("BackupInfo", '{"total_size": {}}', "BackupInfo.total_size"),
        ("BackupInfo", '{"total_size": [1]}', "BackupInfo.total_size"),
        ("BackupInfo", '{"total_size": 1e999}', "BackupInfo.total_size"),
        ("BackupInfo", '{"total_size": NaN}', "BackupInfo.total_size"),
        ("BackupInfo", '{"namespaces": "shop"}', "BackupInfo.namespaces"),
        ("BackupInfo", '{"namespaces": {"shop": 1}}', "BackupInfo.namespaces"),
        ("BackupInfo", '{"volumes": {"name": "v"}}', "BackupInfo.volumes"),
        ("BackupInfo", '{"volumes": ["v"]}', "BackupInfo.Volume"),
        ("BackupInfo", '{"volumes": [null]}', "BackupInfo.Volume"),
        ("BackupInfo", '{"status": "Success"}', "BackupInfo.StatusInfo"),
        ("BackupInfo", '{"cluster_ref": []}', "ObjectRef"),
        ("Metadata", '{"labels": ["a"]}', "Metadata.labels"),
        ("Metadata", '{"labels": "a"}', "Metadata.labels"),
        ("BackupObject", '{"metadata": "x"}', "Metadata"),
    ],
)
def test_type_that_the_api_never_sends(message: str, raw: str, where: str) -> None:
    with pytest.raises(ProtocolError, match=where):
        decode(message, json.loads(raw))


@pytest.mark.parametrize(
    ("message", "raw", "where"),
    [
        ("Metadata", {"name": 5}, "Metadata.name"),
        ("Metadata", {"name": ["b"]}, "Metadata.name"),
        ("Metadata", {"uid": {"x": 1}}, "Metadata.uid"),
        ("BackupInfo.StatusInfo", {"status": ["Success"]}, "BackupInfo.StatusInfo.status"),
        ("BackupInfo", {"direct_kdmp": "false"}, "BackupInfo.direct_kdmp"),
        ("BackupInfo", {"namespaces": [{"name": "n"}]}, "BackupInfo.namespaces"),
        ("Metadata", {"labels": {"k": ["v"]}}, "Metadata.labels"),
    ],
)
def test_text_and_truth_are_typed_too(message: str, raw: dict[str, Any], where: str) -> None:
    with pytest.raises(ProtocolError, match=where):
        decode(message, raw)
