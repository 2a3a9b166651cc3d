# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each call knows its response: an error with HTTP 200, another message, another object are protocol errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import CALLS as API
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode_response
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.urls import encode_segment
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NotFoundError,
    ProtocolError,
    PXBackupError,
    StateError,
    UnsupportedError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, json_reply

Serve = Callable[..., HTTPServer]
REF = {"name": "c", "uid": "cu"}
CREATE = {"metadata": {"name": "b1", "org_id": "default"}}
RETRY = {"org_id": "default", "name": "b1", "uid": "u1"}
LISTS = [
    rpc for rpc in API if rpc.endswith(".Enumerate") and rpc not in ("Backup.Enumerate", "ActivityTimeLine.Enumerate")
]

READS: dict[str, Callable[[Api], Any]] = {
    "Backup.Inspect": lambda api: api.inspect_backup("b1", "u1"),
    "Backup.Enumerate": lambda api: api.enumerate_backups({}, 0, 200),
    "Backup.EnumerateByPost": lambda api: api.enumerate_backups({"sort_option": {}}, 0, 200),
    "Backup.GetBackupResourceDetails": lambda api: api.backup_resource_details("b1", "u1", {}),
    "Metrics.Inspect": lambda api: api.inspect_metrics(),
    "ActivityTimeLine.Enumerate": lambda api: api.count_runs(7),
    "ResourceCollector.ResourceTypes": lambda api: api.resource_types(REF),
    **{rpc: lambda api, rpc=rpc: api.enumerate_references(rpc) for rpc in LISTS},  # type: ignore[misc]
}
WRITES: dict[str, Callable[[Api], Any]] = {
    "Backup.Create": lambda api: api.create_backup(CREATE, {}),
    "Backup.Update": lambda api: api.update_backup({}),
    "Backup.Delete": lambda api: api.delete_backup("b1", "u1"),
    "Backup.UpdateBackupShare": lambda api: api.update_backup_share("b1", "u1", {}),
    "Backup.RetryBackupResources": lambda api: api.retry_backup(RETRY, {}),
}
CALLS = {**READS, **WRITES}

NO_RESPONSES: dict[str, Any] = {
    "error": {"error": "upstream connect error", "code": 14},
    "error with message": {"error": "x", "code": 14, "message": "upstream connect error", "details": []},
    "message alone": {"message": "upstream connect error"},
    "code alone": {"code": 0},
    "another message": {"organizations": [{"metadata": {"name": "default"}}]},
    "status": {"status": "ok"},
    "null error": {"error": None},
}


def api_of(server: HTTPServer, **settings: Any) -> Api:
    return Api(transport(server.url, **settings), "default", release="2.11.0")


def refused(server: HTTPServer, call: Callable[[Api], Any]) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        call(api_of(server, retries=3))
    assert len(server.requests) == 1
    return caught.value


@pytest.mark.parametrize("body", NO_RESPONSES)
@pytest.mark.parametrize("rpc", CALLS)
def test_an_object_that_is_not_a_response_to_the_call(serve: Serve, rpc: str, body: str) -> None:
    error = refused(serve(json_reply(NO_RESPONSES[body])), CALLS[rpc])
    assert rpc in error.message
    assert (error.http_status, error.maybe_processed, error.retriable) == (200, True, False)
    assert error.method and error.path and error.attempts == 1


@pytest.mark.parametrize("rpc", [rpc for rpc in CALLS if rpc not in ("Backup.Update", "Backup.Delete")])
def test_an_error_beside_a_good_response(serve: Serve, rpc: str) -> None:
    fields = dict.fromkeys(API[rpc].response)
    refused(serve(json_reply({**fields, "error": "upstream connect error", "code": 14})), CALLS[rpc])


@pytest.mark.parametrize("value", ["x", 5, True, [5], {"a": 1}, [["x"]]], ids=str)
@pytest.mark.parametrize("rpc", [rpc for rpc in CALLS if API[rpc].response])
def test_a_value_of_another_type(serve: Serve, rpc: str, value: Any) -> None:
    (key, *_rest) = API[rpc].response
    error = refused(serve(json_reply({key: value})), CALLS[rpc])
    parts = {part.strip("[]").split(".")[-1] for part in API[rpc].response.values()}
    assert any(part in error.message for part in (rpc, "Metadata", "Object", *parts))


@pytest.mark.parametrize("rpc", READS)
def test_an_empty_object_is_an_empty_list_and_no_object(serve: Serve, rpc: str) -> None:
    server = serve(json_reply({}))
    if rpc in ("Backup.Inspect", "Backup.GetBackupResourceDetails"):
        assert "contains no object" in refused(server, READS[rpc]).message
    else:
        empty = READS[rpc](api_of(server))
        assert empty == [] or empty.items == []


@pytest.mark.parametrize("rpc", WRITES)
def test_an_empty_object_confirms_a_write_without_content(serve: Serve, rpc: str) -> None:
    server = serve(json_reply({}))
    if rpc in ("Backup.Create", "Backup.RetryBackupResources"):
        assert refused(server, WRITES[rpc]).maybe_processed
    else:
        assert WRITES[rpc](api_of(server)) is None


def test_unknown_keys_beside_known_ones_are_those_of_a_newer_release(serve: Serve) -> None:
    server = serve(json_reply({"backup": raw_backup(), "new_in_4_0": {"x": [1]}}))
    assert api_of(server).inspect_backup("b1", "u1")["metadata"]["name"] == "b1"


OTHERS = {
    "another name": {"name": "other", "uid": "u1"},
    "another uid": {"name": "b1", "uid": "u2"},
    "another organisation": {"name": "b1", "uid": "u1", "org_id": "other"},
    "no uid": {"name": "b1", "uid": ""},
    "no name": {"name": "", "uid": "u1"},
    "nothing": {},
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize(
    "rpc", ["Backup.Inspect", "Backup.GetBackupResourceDetails", "Backup.Create", "Backup.RetryBackupResources"]
)
def test_another_object_than_the_requested_one(serve: Serve, rpc: str, other: str) -> None:
    body = {"backup": {"metadata": OTHERS[other]}}
    if other == "another uid" and rpc in WRITES:
        # The server chooses the uid of what it creates.
        assert CALLS[rpc](api_of(serve(json_reply(body))))["metadata"]["uid"] == "u2"
        return
    error = refused(serve(json_reply(body)), CALLS[rpc])
    assert rpc in error.message
    assert error.maybe_processed


def test_a_retry_of_another_backup(serve: Serve) -> None:
    new = raw_backup("b1-retry1", "u9", retry_parent={"name": "b7", "uid": "u7"})
    assert (
        "does not retry 'b1'"
        in refused(serve(json_reply({"backup": new})), WRITES["Backup.RetryBackupResources"]).message
    )


@pytest.mark.parametrize("rpc", [*LISTS, "Backup.Enumerate", "Backup.EnumerateByPost"])
@pytest.mark.parametrize("other", ["another organisation", "no uid", "no name", "nothing"])
def test_a_list_with_an_object_of_another_kind(serve: Serve, rpc: str, other: str) -> None:
    (key, *_rest) = API[rpc].response
    refused(serve(json_reply({key: [{"metadata": OTHERS[other]}]})), READS[rpc])


@pytest.mark.parametrize(
    "total", ["many", "1e3", " 5", "1_000", "\u0665", 1.5, True, [1], "-", str(2**64), "9" * 5000], ids=range(11)
)
def test_a_total_that_is_not_a_number(serve: Serve, total: Any) -> None:
    refused(serve(json_reply({"backups": [], "total_count": total})), READS["Backup.Enumerate"])


def test_a_list_names_its_total_and_its_end(serve: Serve) -> None:
    page = api_of(serve(json_reply({"backups": [raw_backup()], "total_count": "7"}))).enumerate_backups({}, 0, 1)
    assert (len(page.items), page.total_count, page.complete) == (1, 7, False)


@pytest.mark.parametrize("rpc", LISTS)
def test_a_list_of_references_in_pages(serve: Serve, rpc: str) -> None:
    (key, *rest) = API[rpc].response
    item = {"metadata": {"name": "x", "uid": "u"}}
    server = serve(json_reply({key: [item], **({"total_count": "2"} if rest else {})}))
    api = api_of(server)
    first = api.enumerate_references(rpc, [("a", "b")])
    assert (first.total_count, first.complete) == ((2, False) if rest else (0, True))
    api.enumerate_references(rpc, [("a", "b")], 1, 200)
    assert [request.query for request in server.requests] == [
        [("a", "b")],
        [("a", "b"), ("enumerate_options.object_index", "1"), ("enumerate_options.max_objects", "200")],
    ]


def deep(levels: int) -> Any:
    value: Any = "x"
    for _level in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"backup": {**raw_backup(), "new": deep(600)}}),
        json.dumps({"backup": {**raw_backup(), "new": {"a": deep(65)}}}),
        json.dumps({"backup": raw_backup()})[:-2] + ', "new": NaN}}',
        json.dumps({"backup": raw_backup()})[:-2] + ', "new": 1e999}}',
        json.dumps({"backup": raw_backup()})[:-2] + f', "new": {"9" * 5000}}}}}',
        json.dumps({"backup": raw_backup(total_size="9" * 4000)}),
        json.dumps({"backup": raw_backup(total_size=str(2**64))}),
    ],
    ids=range(7),
)
def test_a_value_that_cannot_be_passed_on(serve: Serve, body: str) -> None:
    error = refused(serve(Reply(200, body.encode())), READS["Backup.Inspect"])
    assert len(str(error)) < 300


def test_a_value_of_a_newer_release_is_passed_on(serve: Serve) -> None:
    new = {"deep": deep(60), "number": 1.5, "none": None}
    server = serve(json_reply({"backup": {**raw_backup(), "new": new}}))
    assert api_of(server).inspect_backup("b1", "u1")["new"] == new


def test_decoding_names_the_call() -> None:
    with pytest.raises(ProtocolError, match=r"a str for Backup\.Enumerate response\.backups"):
        decode_response("Backup.Enumerate", {"backups": "x"})


# --- addresses and queries


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("nightly-00:00", "/v1/backup/default/nightly-00%3A00:"),
        (":x", "/v1/backup/default/%3Ax:"),
        ("y:", "/v1/backup/default/y%3A:"),
        ("a:b:c", "/v1/backup/default/a%3Ab%3Ac:"),
        ("plain", "/v1/backup/default/plain"),
    ],
)
def test_a_colon_in_the_last_segment_of_a_path(serve: Serve, name: str, path: str) -> None:
    server = serve(json_reply({"backup": raw_backup(name)}), json_reply({}))
    api = api_of(server)
    api.inspect_backup(name, "u1")
    api.delete_backup(name, "u1")
    assert [(request.method, request.path) for request in server.requests] == [("GET", path), ("DELETE", path)]


def test_a_colon_elsewhere_needs_nothing(serve: Serve) -> None:
    server = serve(json_reply({"backup": raw_backup("a:b", "u:1")}), json_reply({}))
    Api(transport(server.url), "default", release="2.9.0").backup_resource_details("a:b", "u:1", {})
    Api(transport(server.url), "o:rg").enumerate_backups({}, 0, 1)
    Api(transport(server.url), "o:rg", release="2.9.0").enumerate_backups({"sort_option": {}}, 0, 1)
    assert [request.path for request in server.requests] == [
        "/v1/backup/getbackupresourcedetails/default/a%3Ab/u%3A1:",
        "/v1/backup/o%3Arg:",
        "/v1/backup/o%3Arg/enumerate",
    ]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "\ud800"])
def test_a_name_that_cannot_be_found_again(name: str) -> None:
    with pytest.raises(ValidationError, match="^name is"):
        encode_segment("name", name)
    assert encode_segment("name", "a:b %2F") == "a%3Ab%20%252F"


SORT = {"sortBy": {"type": "Name"}, "sortOrder": {"type": "Ascending"}}


@pytest.mark.parametrize(
    ("options", "method"),
    [
        ({}, "GET"),
        ({"labels": {"team": "infra", "a.b/c": "x[1]"}}, "GET"),
        ({"status": ["Failed", "Success"], "owners": ["o"]}, "GET"),
        ({"sort_option": SORT}, "POST"),
        ({"labels": {"a[b": "x"}}, "POST"),
        ({"labels": {"a]b": "x"}}, "POST"),
        ({"schedule_policy_ref": [REF]}, "POST"),
        ({"owners": [f"owner-{number:030}" for number in range(100)]}, "POST"),
    ],
    ids=range(8),
)
def test_what_a_query_cannot_contain_goes_by_post(serve: Serve, options: dict[str, Any], method: str) -> None:
    server = serve(json_reply({}))
    Api(transport(server.url), "default", release="2.9.0").enumerate_backups(options, 0, 5)
    (request,) = server.requests
    assert request.method == method
    if method == "POST":
        sent = {"org_id": "default", "enumerate_options": {**options, "max_objects": 5, "object_index": 0}}
        assert json.loads(request.body) == sent


@pytest.mark.parametrize("options", [{"labels": {"a[b": "x"}}, {"sort_option": SORT}])
def test_what_a_query_cannot_contain_is_refused_before(serve: Serve, options: dict[str, Any]) -> None:
    server = serve(json_reply({}))
    with pytest.raises(UnsupportedError, match=r"needs PX-Backup 2\.9\.0"):
        Api(transport(server.url), "default", release="2.8.4").enumerate_backups(options, 0, 5)
    assert server.requests == []


def test_a_long_query_of_an_old_server_stays_one(serve: Serve) -> None:
    server = serve(json_reply({}))
    owners = [f"owner-{number:030}" for number in range(100)]
    Api(transport(server.url), "default", release="2.8.4").enumerate_backups({"owners": owners}, 0, 5)
    assert [request.method for request in server.requests] == ["GET"]


# --- absence


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("failed to retrieve backup [b1]: object not found", NotFoundError),
        ("object not found", NotFoundError),
        ("backup with name 'b1' not found for org 'default'", NotFoundError),
        ("failed to retrieve cloud credential [aws]: object not found", StateError),
        ("failed to retrieve cluster [prod]: object not found", StateError),
        ("failed to retrieve backup location [s3]: object not found", StateError),
    ],
)
@pytest.mark.parametrize(("status", "code"), [(500, 2), (500, 13), (404, 5)])
def test_only_the_absence_of_the_object_itself_is_an_absence(
    serve: Serve, text: str, kind: type[PXBackupError], status: int, code: int
) -> None:
    with pytest.raises(PXBackupError) as caught:
        api_of(serve(json_reply({"code": code, "message": text}, status))).inspect_backup("b1", "u1")
    assert isinstance(caught.value, kind)
