# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the library against the facts of the API, release by release.

The facts do not belong to the project. ``PX_BACKUP_CONTRACT`` names their folder; without it the tests are skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api import releases
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api import schema as messages
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import lifecycle as status
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import options as backup_options
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import resource as operations
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.filters import BACKUP_FILTERS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import SORT_ORDERS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import UnsupportedError
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS, with_parts

# The folder that holds the facts of the API, which do not belong to this repository.
SURFACE = Path(os.environ.get("PX_BACKUP_CONTRACT", "")) / "api-surface.json"

pytestmark = pytest.mark.skipif(not SURFACE.is_file(), reason="PX_BACKUP_CONTRACT does not name the facts of the API")

Entry = dict[str, Any]
Facts = dict[str, Any]

# The table names each further form of a call separately.
FORMS = {"Backup.EnumerateByPost": ("Backup.Enumerate", "POST"), "Backup.Enumerate": ("Backup.Enumerate", "GET")}

# The requests that an operation's parameters go into.
REQUESTS = {
    "CREATE": ("BackupCreateRequest", "CreateMetadata"),
    "UPDATE": ("BackupUpdateRequest", "CreateMetadata"),
    "DELETE": ("BackupDeleteRequest",),
    "INSPECT_ONE": ("BackupInspectRequest",),
    "INSPECT_ALL": ("EnumerateOptions",),
    "UPDATE_BACKUP_SHARE": ("BackupShareUpdateRequest",),
    "GET_BACKUP_RESOURCE_DETAILS": ("BackupResourceDetailGetRequest",),
    "RETRY_BACKUP_RESOURCES": ("BackupRetryRequest",),
}

# Fields of requests that are no parameters: what the module fills in, and what references have replaced.
NOT_GIVEN = {"org_id", "metadata", "object_index", "owner"}
REPLACED = {
    "backup_location",
    "cluster",
    "pre_exec_rule",
    "post_exec_rule",
    "csi_snapshot_class_name",
    "cloud_credential",
}
OTHER_NAMES = {"backupshare": "backup_share"}

# Newer fields of a list that work with every release: what the server lacks is done here.
DONE_HERE = {"backup_schedule_ref", "sort_option"}

# A sort key of restores.
OF_RESTORES = {"RestoreBackupName"}

TYPES = {
    "string": "str",
    "bool": "bool",
    "int32": "int",
    "int64": "int",
    "uint64": "int",
    "google.protobuf.Timestamp": "time",
    "google.protobuf.Duration": "str",
}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return dict(json.loads(SURFACE.read_text(encoding="utf-8")))


def in_release(entry: Entry, release: str) -> bool:
    first, last = entry.get("since", releases.RELEASES[0]), entry.get("until", releases.RELEASES[-1])
    return releases.numbers(first) <= releases.numbers(release) <= releases.numbers(last)


def fields_of(facts: Facts, message: str) -> dict[str, Entry]:
    """Return the fields of a message; none of those compared here ever changed its type."""
    # What begins with "_" only holds a number's place.
    fields = {name: entries for name, entries in facts["messages"][message].items() if not name.startswith("_")}
    assert [name for name, entries in fields.items() if len(entries) != 1] == []
    return {name: entries[0] for name, entries in fields.items()}


def names_of(facts: Facts, enum: str) -> list[str]:
    return [entry["name"] for entry in facts["enums"][enum]]


def choices(*path: str) -> Any:
    """Return the choices of an option of the module, by the names of it and its suboptions."""
    options = with_parts(SPECS["backup"])
    for name in path[:-1]:
        options = options[name]["options"]
    return options[path[-1]]["choices"]


def test_the_releases_are_those_of_the_contract(facts: Facts) -> None:
    assert list(releases.RELEASES) == facts["versions"]


def bindings(facts: Facts, rpc: str, release: str) -> set[tuple[str, str]]:
    """Return method and path of each form of a call in a release."""
    service, method = FORMS.get(rpc, (rpc, None))
    return {
        (form["method"], form["path"])
        for entry in facts["services"][service]
        if in_release(entry, release)
        for form in entry["http"]
        if method in (None, form["method"])
    }


@pytest.mark.parametrize("release", releases.RELEASES)
def test_every_call_has_the_form_of_its_release(facts: Facts, release: str) -> None:
    for rpc in releases.CALLS:
        known = bindings(facts, rpc, release)
        try:
            form = releases.route(rpc, release)
        except UnsupportedError:
            assert known == set(), f"{rpc} is there in {release}"
        else:
            assert (form.method, form.path) in known, f"{rpc} in {release}"
            assert releases.has_call(rpc, release)


def test_no_call_is_missing(facts: Facts) -> None:
    assert {rpc for rpc in facts["services"] if rpc.startswith("Backup.")} <= set(releases.CALLS)
    assert {FORMS.get(rpc, (rpc, ""))[0] for rpc in releases.CALLS} <= set(facts["services"])
    for operation in operations.OPERATIONS.values():
        if operation.since:
            rpc = {"GET_BACKUP_RESOURCE_DETAILS": "Backup.GetBackupResourceDetails"}.get(
                operation.name, "Backup.RetryBackupResources"
            )
            assert operation.since == facts["services"][rpc][0]["since"]


def request_fields(facts: Facts, operation: str) -> Iterator[tuple[str, str | None]]:
    """Yield the parameters that the API knows for an operation, with the first release of those that came later."""
    for message in REQUESTS[operation]:
        for name, entry in fields_of(facts, message).items():
            if name not in NOT_GIVEN | REPLACED:
                yield OTHER_NAMES.get(name, name), entry.get("since")


@pytest.mark.parametrize("operation", list(operations.OPERATIONS))
def test_every_field_of_a_request_is_a_parameter(facts: Facts, operation: str) -> None:
    accepted = set(operations.OPERATIONS[operation].options)
    # CREATE generates the uid; the share of a backup is compared in another test.
    known = {name for name, _since in request_fields(facts, operation)} - ({"uid"} if operation == "CREATE" else set())
    assert known <= accepted, f"no parameter: {known - accepted}"


# Options that stand for parts of another one.
BESIDE_FILTER = {"namespace_filter", "virtual_machine_filter", "resource_status_filter", "max_objects", "object_index"}


@pytest.mark.parametrize("operation", list(operations.OPERATIONS))
def test_a_parameter_is_known_from_its_release_on(facts: Facts, operation: str) -> None:
    entry = operations.OPERATIONS[operation]
    # UPDATE compares every setting that CREATE sets.
    sources = ["CREATE", "UPDATE"] if operation == "UPDATE" else [operation]
    fields = [field for source in sources for field in request_fields(facts, source)]
    later = {name: since for name, since in fields if since and since != entry.since and name not in DONE_HERE}
    bound = {name: option.since for name, option in entry.options.items() if option.since}
    beside = BESIDE_FILTER if operation == "GET_BACKUP_RESOURCE_DETAILS" else set()
    assert {name: since for name, since in bound.items() if name not in beside} == later


def test_client_side_replacements_end_with_the_release_that_has_the_feature(facts: Facts) -> None:
    options = fields_of(facts, "EnumerateOptions")
    assert {name: options[name]["since"] for name in DONE_HERE} == dict.fromkeys(DONE_HERE, "2.9.0")
    assert releases.CALLS["Backup.EnumerateByPost"].forms[0].since == options["backup_schedule_ref"]["since"]


@pytest.mark.parametrize("rpc", list(releases.CALLS))
def test_the_responses_to_calls_match_the_api(facts: Facts, rpc: str) -> None:
    responses = {entry["response"] for entry in facts["services"][FORMS.get(rpc, (rpc, ""))[0]]}
    (message,) = responses
    known = fields_of(facts, message)
    assert set(releases.CALLS[rpc].response) == set(known)
    for name, text in releases.CALLS[rpc].response.items():
        field = messages.parse_field(text)
        entry = known[name]
        assert (field.kind, field.repeated) == (TYPES.get(entry["type"], entry["type"]), bool(entry.get("repeated")))


@pytest.mark.parametrize("message", list(messages.OTHER_OBJECTS))
def test_the_other_objects_match_the_api(facts: Facts, message: str) -> None:
    known = fields_of(facts, message)
    for name, text in messages.OTHER_OBJECTS[message].items():
        kind = TYPES.get(known[name]["type"], known[name]["type"])
        assert messages.parse_field(text).kind in (kind, "object")


@pytest.mark.parametrize("message", list(messages.MESSAGES))
def test_the_fields_of_responses_match_the_api(facts: Facts, message: str) -> None:
    known = fields_of(facts, message)
    first = min((releases.numbers(entry.get("since", releases.RELEASES[0])) for entry in known.values()), default=())
    expected = {}
    for name, entry in known.items():
        kind = TYPES.get(entry["type"]) or ("enum" if entry["type"] in facts["enums"] else entry["type"])
        later = "since" in entry and releases.numbers(entry["since"]) > first
        expected[name] = messages.Field(
            kind, bool(entry.get("repeated")), "map_key" in entry, entry["since"] if later else None
        )
    assert {name: messages.parse_field(text) for name, text in messages.MESSAGES[message].items()} == expected


def test_no_message_of_a_response_is_missing(facts: Facts) -> None:
    wanted, found = ["BackupObject", "BackupResourceObject", "RestoreObject"], set()
    while wanted:
        message = wanted.pop()
        if message in facts["messages"] and message not in found:
            found.add(message)
            wanted += [entry["type"] for entry in fields_of(facts, message).values()]
    assert set(messages.MESSAGES) == found


def test_an_omitted_enum_is_its_zero(facts: Facts) -> None:
    for message in messages.MESSAGES:
        for entry in fields_of(facts, message).values():
            values = facts["enums"].get(entry["type"], [])
            if entry["type"] == "RestoreInfo.RestoreResourceState.ResourceStatus":
                continue  # Its zero is Preparing, which restores/lookup.py reads.
            assert [value["name"] for value in values if value["number"] == 0] in ([], ["Invalid"])


def test_the_choices_match_the_api(facts: Facts) -> None:
    assert list(status.STATUSES) == names_of(facts, "BackupInfo.StatusInfo.Status")
    assert choices("status") == choices("filter", "status") == list(status.STATUSES)
    share, ownership = (names_of(facts, f"{owner}.AccessType") for owner in ("BackupShare", "Ownership"))
    for kind in ("groups", "collaborators"):
        assert choices("backup_share", kind, "access") == share
        assert choices("ownership", kind, "access") == ownership[1:]
    assert choices("ownership", "public", "type") == ownership[1:]
    assert choices("backup_type") == names_of(facts, "BackupCreateRequest.BackupType")[1:]
    assert choices("backup_object_type", "type") == names_of(facts, "BackupCreateRequest.BackupObjectType.Type")


def test_the_sort_orders_match_the_api(facts: Facts) -> None:
    known = {entry["name"]: entry["since"] for entry in facts["enums"]["SortOption.SortByType.Type"][1:]}
    assert {name: order.since for name, order in BACKUP_FILTERS.orders.items()} == {
        name: since for name, since in known.items() if name not in OF_RESTORES
    }
    assert set(backup_options.SORT_KEYS) == set(BACKUP_FILTERS.orders)
    assert choices("sort_option", "sort_by") == [*backup_options.SORT_KEYS, *OF_RESTORES]
    assert list(SORT_ORDERS) == names_of(facts, "SortOption.SortOrderType.Type")[1:]


@pytest.mark.parametrize(
    ("path", "message", "omitted"),
    [
        (("filter",), "BackupResourceDetailGetRequest.Filter", set()),
        (("filter", "namespace_filter"), "NamespaceFilter", set()),
        (("filter", "virtual_machine_filter"), "VirtualMachineFilter", set()),
        (("filter", "virtual_machine_filter", "include_vms"), "BackupInfo.VirtualMachineInfo", {"os_name", "status"}),
        (("filter", "namespace_filter", "include_resources"), "ResourceInfo", set()),
        (("include_resources",), "ResourceInfo", set()),
        (("resource_info",), "ResourceInfo", set()),
        (("cluster_ref",), "ObjectRef", set()),
        (("ownership",), "Ownership", set()),
        (("ownership", "groups"), "Ownership.AccessConfig", set()),
        (("ownership", "public"), "Ownership.PublicAccessControl", set()),
        (("backup_share",), "BackupShare", set()),
        (("backup_share", "groups"), "BackupShare.AccessConfig", set()),
    ],
)
def test_the_suboptions_are_the_fields_of_their_message(
    facts: Facts, path: tuple[str, ...], message: str, omitted: set[str]
) -> None:
    options: dict[str, Any] = with_parts(SPECS["backup"])
    for name in path:
        options = options[name]["options"]
    # `gvk` stands for three fields of a resource.
    assert set(options) - {"gvk"} == set(fields_of(facts, message)) - omitted
