# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Required and accepted options of an operation; invalid input is refused before any handler or request."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE, OPERATIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import NetworkError, ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support.modules import BACKUP
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, transport

REF = {"name": "x", "uid": "u"}
ACCESS = [{"id": "x", "access": "View"}]
VALUES: dict[str, Any] = {
    **{name: REF for name in BACKUP if name.endswith("_ref")},
    **{name: ["x"] for name, option in BACKUP.items() if option["type"] == "list"},
    **{name: "x" for name, option in BACKUP.items() if option["type"] == "str" and name != "operation"},
    **{name: 5 for name, option in BACKUP.items() if option["type"] == "int"},
    **{name: True for name, option in BACKUP.items() if option["type"] == "bool"},
    "labels": {"k": "v"},
    "label_selectors": {"k": "v"},
    "volume_snapshot_class_mapping": {"k": "v"},
    "backup_object_type": {"type": "All"},
    "filter": {"status": ["Failed"]},
    "time_range": {"start": "7d"},
    "resource_info": {"name": "n"},
    "sort_option": {"sort_by": "Name"},
    "ownership": {"owner": "x"},
    "backup_share": {"groups": ACCESS},
    "parallel_backup": False,
    "namespace_filter": {"gvks": ["v1/Pod"]},
    "virtual_machine_filter": {"os_name": ["linux"]},
    "include_resources": [{"name": "n", "namespace": "ns", "group": "", "kind": "Pod", "version": "v1"}],
}
EVERY = list(OPERATIONS.values())


def enough(operation: Operation) -> dict[str, Any]:
    """Return the least that the operation needs."""
    return {group[0]: VALUES[group[0]] for group in operation.requires}


def attempt(url: str, operation: Operation, parameters: dict[str, Any], org_id: str = "default") -> tuple[Any, int]:
    """Run against a port on which nobody listens; return the error and how often something was tried to be sent."""
    client = transport(url)
    with pytest.raises((ValidationError, NetworkError)) as caught:
        run_operation(context(client, org_id), BACKUP_MODULE, operation, parameters)
    return caught.value, client.attempts


def test_every_parameter_has_a_value() -> None:
    assert set(VALUES) | {"operation"} == set(BACKUP)


def test_registry_names_only_existing_options() -> None:
    for operation in EVERY:
        required = [name for group in operation.requires for name in group]
        assert set(required) <= set(operation.options) <= set(BACKUP)
        assert set(operation.clearing) <= set(operation.options)
        assert operation.summary.endswith(".")
        assert operation.second_run


def test_every_option_is_used_by_an_operation() -> None:
    assert {name for operation in EVERY for name in operation.options} == set(BACKUP) - {"operation"}


@pytest.mark.parametrize("operation", EVERY, ids=lambda item: item.name)
def test_enough_input_is_sent(nobody: str, operation: Operation) -> None:
    error, sent = attempt(nobody, operation, enough(operation))
    assert isinstance(error, NetworkError)
    assert sent == 1


@pytest.mark.parametrize(
    ("operation", "group"),
    [(operation, group) for operation in EVERY for group in operation.requires],
    ids=lambda item: item.name if isinstance(item, Operation) else "-".join(item),
)
@pytest.mark.parametrize("empty", [False, True])
def test_missing_parameter(nobody: str, operation: Operation, group: tuple[str, ...], empty: bool) -> None:
    parameters = {name: value for name, value in enough(operation).items() if name not in group}
    if empty:
        parameters.update({name: type(VALUES[name])() for name in group})
    if empty and group == ("backup_share",):
        parameters["backup_share"] = {"groups": None, "collaborators": None}
    error, sent = attempt(nobody, operation, parameters)
    assert str(error).startswith(f"{operation.name} requires {' or '.join(group)}")
    assert (error.category, error.attempts, sent) == ("validation", 0, 0)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (operation, name)
        for operation in EVERY
        for name in sorted(set(VALUES) - {"parallel_backup"} - set(operation.options))
    ],
    ids=lambda item: item if isinstance(item, str) else item.name,
)
def test_parameter_that_the_operation_does_not_use(nobody: str, operation: Operation, name: str) -> None:
    error, sent = attempt(nobody, operation, {**enough(operation), name: VALUES[name]})
    assert f"{operation.name} does not use {name};" in str(error)
    for other in EVERY:
        if name in other.options:
            assert other.name in error.hint
    assert (error.category, sent) == ("validation", 0)


@pytest.mark.parametrize("operation", EVERY, ids=lambda item: item.name)
def test_parameters_that_the_operation_does_not_use_may_be_null(nobody: str, operation: Operation) -> None:
    everything = dict.fromkeys(VALUES)
    _error, sent = attempt(nobody, operation, {**everything, **enough(operation)})
    assert sent == 1


@pytest.mark.parametrize("name", ["a/b", ".", "..", "/"])
@pytest.mark.parametrize("operation", EVERY, ids=lambda item: item.name)
def test_name_that_no_server_can_route(nobody: str, operation: Operation, name: str) -> None:
    error, sent = attempt(nobody, operation, {**enough(operation), "name": name})
    assert str(error).startswith("name is ")
    assert sent == 0


@pytest.mark.parametrize("operation", EVERY, ids=lambda item: item.name)
@pytest.mark.parametrize("org_id", ["", "a/b", ".."])
def test_organisation_that_no_server_can_route(nobody: str, operation: Operation, org_id: str) -> None:
    error, sent = attempt(nobody, operation, enough(operation), org_id)
    assert str(error).startswith("org_id is ")
    assert sent == 0


@pytest.mark.parametrize("value", [0, -1])
def test_max_objects_below_one(nobody: str, value: int) -> None:
    error, sent = attempt(nobody, OPERATIONS["INSPECT_ALL"], {"max_objects": value})
    assert str(error).startswith(f"max_objects is {value}")
    assert sent == 0


def test_label_that_is_not_text(nobody: str) -> None:
    error, sent = attempt(nobody, OPERATIONS["UPDATE"], {"name": "x", "labels": {"tier": 1.5}})
    assert str(error).startswith("labels.tier is a fraction")
    assert sent == 0


def test_check_mode_sends_no_write(nobody: str) -> None:
    client = transport(nobody)
    api = context(client, check_mode=True).api
    assert api.create_backup({"metadata": {"name": "x"}}, {"metadata": {"name": "x"}})["metadata"]["name"] == "x"
    api.update_backup({})
    api.update_backup_share("x", "u", {})
    api.delete_backup("x", "u", REF)
    assert client.attempts == 0
    with pytest.raises(NetworkError):
        api.inspect_backup("x", "u")
    with pytest.raises(ValidationError):
        api.delete_backup("a/b", "u")


@pytest.mark.parametrize("operation", EVERY, ids=lambda item: item.name)
def test_option_that_the_api_does_not_have(nobody: str, operation: Operation) -> None:
    error, sent = attempt(nobody, operation, {**enough(operation), "parallel_backup": True})
    assert str(error).startswith("parallel_backup cannot be set: ")
    assert (error.category, sent) == ("validation", 0)
