# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists and look-ups against a server that pages, in cases that the simulator does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_INFO_MODULE, INFO
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import uid_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import CLUSTER, References
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    ConflictError,
    NotFoundError,
    ProtocolError,
    PXBackupError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.pages import Backups
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

Serve = Callable[..., HTTPServer]


def listed(url: str, page_size: int = 200) -> tuple[list[str], int]:
    """Return the uids of a listing and the total that it names."""
    listing = BACKUPS.list_all(Api(transport(url), "default"), {}, page_size)
    return [uid_of(backup) for backup in listing], listing.total_count


def items(*names: str, key: str = "clusters") -> Reply:
    """Return a list of objects, each with its name as its uid after ``u-``."""
    entries = [{"metadata": {"name": name.partition("@")[0], "uid": f"u-{name}"}} for name in names]
    return json_reply({key: entries})


@pytest.mark.parametrize(("count", "size", "cap"), [(0, 3, 9), (1, 3, 9), (3, 3, 9), (10, 3, 9), (10, 9, 2), (5, 1, 9)])
@pytest.mark.parametrize("complete", [False, True])
def test_all_pages(serve: Serve, count: int, size: int, cap: int, complete: bool) -> None:
    backups = Backups(count, cap=cap, says_complete=complete)
    assert listed(serve(responder=backups).url, size) == ([f"u{number}" for number in range(count)], count)


def test_filter_reaches_the_server(serve: Serve) -> None:
    server = serve(json_reply({}))
    options = {"name_filter": "x&y", "labels": {"a": "1"}, "owners": ["o"], "include_detailed_resources": False}
    assert list(BACKUPS.list_all(Api(transport(server.url), "my org"), options, 7)) == []
    (request,) = server.requests
    assert request.path == "/v1/backup/my%20org"
    assert sorted(request.query) == [
        ("enumerate_options.include_detailed_resources", "false"),
        ("enumerate_options.labels[a]", "1"),
        ("enumerate_options.max_objects", "7"),
        ("enumerate_options.name_filter", "x&y"),
        ("enumerate_options.object_index", "0"),
        ("enumerate_options.owners", "o"),
    ]


def test_page_of_one_with_a_deletion_between_pages(serve: Serve) -> None:
    backups = Backups(5, cap=1)
    backups.changes = {2: lambda: backups.delete("u0")}
    uids, _total = listed(serve(responder=backups).url)
    assert sorted(uids)[-4:] == ["u1", "u2", "u3", "u4"]


def test_backup_that_exists_for_one_page_only(serve: Serve) -> None:
    backups = Backups(4, cap=3)
    backups.changes = {1: lambda: backups.create("new"), 2: lambda: backups.delete("new")}
    uids, _total = listed(serve(responder=backups).url)
    assert sorted(set(uids) - {"new"}) == ["u0", "u1", "u2", "u3"]


def never_ending(reply: Callable[[Request], Any], most: int = 60) -> Callable[[Request], Reply]:
    """Return a responder that refuses to go on after so many requests, so that a test ends."""
    count = iter(range(most))
    return lambda request: json_reply(reply(request)) if next(count, None) is not None else Reply(400, b"{}")


@pytest.mark.parametrize("beyond", ["same", "nothing", "partly"])
def test_server_that_does_not_page(serve: Serve, beyond: str) -> None:
    first = [raw_backup(f"b{number}", f"u{number}") for number in range(4)]

    def page(request: Request) -> dict[str, Any]:
        start = int(dict(request.query)["enumerate_options.object_index"])
        rest = {"same": first, "nothing": [] if start else first, "partly": first[start:]}[beyond]
        return {"backups": rest, "total_count": "9"}

    with pytest.raises(ProtocolError, match="4 of 9"):
        listed(serve(responder=never_ending(page)).url)


def test_backups_without_uid_are_not_taken_for_one(serve: Serve) -> None:
    server = serve(json_reply({"backups": [raw_backup("a", ""), raw_backup("b", "")], "total_count": 2}))
    try:
        assert len(listed(server.url)[0]) == 2
    except PXBackupError as error:
        assert error.category == "protocol"


@pytest.mark.parametrize(
    "page",
    [
        {"backups": {}, "total_count": 1},
        {"backups": "x"},
        {"backups": {"a": 1}},
        {"backups": ["x"]},
        {"backups": [None]},
        {"backups": [], "total_count": "many"},
        {"backups": [], "total_count": [1]},
    ],
)
def test_page_that_the_api_never_sends(serve: Serve, page: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        listed(serve(json_reply(page)).url)


@pytest.mark.parametrize("total", [-1, "-1", "-200", str(-(2**63))])
@pytest.mark.parametrize("count", [0, 2])
def test_a_total_below_zero_is_not_believed(serve: Serve, total: Any, count: int) -> None:
    page = {"backups": [raw_backup(f"b{number}", f"u{number}") for number in range(count)], "total_count": total}
    with pytest.raises(ProtocolError, match=rf"response to Backup\.Enumerate says that the list has {total} objects"):
        listed(serve(json_reply(page)).url)


def test_a_total_below_zero_of_other_lists_is_not_believed(serve: Serve) -> None:
    details = {"metadata": {"name": "b1", "uid": "u1"}, "total_resource_count": "-1"}
    replies = [{"total_count": "-1"}, {"total_count": "-1"}, {"backup": details}]
    server = serve(*map(json_reply, replies))
    api = Api(transport(server.url), "default", release="2.11.0")
    calls: dict[str, Callable[[], Any]] = {
        "Restore.Enumerate": lambda: api.enumerate_restores({}, 0, 9),
        "Cluster.Enumerate": lambda: api.enumerate_references("Cluster.Enumerate"),
        "Backup.GetBackupResourceDetails": lambda: api.backup_resource_details("b1", "u1", {}),
    }
    for rpc, call in calls.items():
        with pytest.raises(ProtocolError, match=f"response to {rpc} says") as caught:
            call()
        assert (caught.value.http_status, caught.value.maybe_processed) == (200, True)


@pytest.mark.parametrize("name", ["b1", "other"])
def test_backup_without_metadata_in_a_list(serve: Serve, name: str) -> None:
    server = serve(json_reply({"backups": [{"backup_info": {}}], "total_count": 1}))
    try:
        assert BACKUPS.find(Api(transport(server.url), "default"), name, "") is None
    except PXBackupError as error:
        assert error.category == "protocol"


def test_reference_by_name_is_listed_once(serve: Serve) -> None:
    server = serve(items("prod", "dev"))
    references = References(Api(transport(server.url), "default"))
    for _time in range(2):
        assert references.resolve("cluster_ref", CLUSTER, {"name": "prod"}) == {"name": "prod", "uid": "u-prod"}
    assert references.resolve("cluster_ref", CLUSTER, {"uid": "u-dev"}) == {"name": "dev", "uid": "u-dev"}
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("ref", "kind", "words"),
    [
        ({"name": "twin"}, ConflictError, "u-twin@1, u-twin@2"),
        ({"name": "none"}, NotFoundError, "prod, twin"),
        ({"name": "Prod"}, NotFoundError, "prod, twin"),
        ({"uid": "none"}, NotFoundError, "prod, twin"),
        ({"name": "twin", "uid": "u-prod"}, ValidationError, "'prod'"),
    ],
)
def test_reference_that_is_not_clear(serve: Serve, ref: dict[str, str], kind: type[PXBackupError], words: str) -> None:
    server = serve(items("prod", "twin@1", "twin@2"))
    with pytest.raises(kind, match=words):
        References(Api(transport(server.url), "default")).resolve("cluster_ref", CLUSTER, ref)


def test_reference_of_a_user_who_may_not_list(serve: Serve) -> None:
    server = serve(json_reply({"code": 7, "message": "no"}, 403))
    references = References(Api(transport(server.url), "default"))
    both = {"name": "prod", "uid": "u"}
    assert references.resolve("cluster_ref", CLUSTER, both) == both
    with pytest.raises(PXBackupError, match="403"):
        references.resolve("cluster_ref", CLUSTER, {"name": "prod"})


def test_another_backup_than_the_one_asked_for(serve: Serve) -> None:
    server = serve(json_reply({"backup": raw_backup("other", "u1")}))
    with pytest.raises(ProtocolError, match="'other'"):
        Api(transport(server.url), "default").inspect_backup("b1", "u1")


@pytest.mark.parametrize("limit", [1, 5, 7])
def test_what_is_only_counted_is_not_decoded(serve: Serve, limit: int) -> None:
    class Odd(Backups):
        """From the third page on no response holds a whole backup."""

        def __call__(self, request: Request) -> Reply:
            reply = super().__call__(request)
            start = int(dict(request.query)["enumerate_options.object_index"])
            body = reply.body.replace(b'"status": {"status": "Success"}', b'"volumes": "not a list"')
            return reply._replace(body=body) if start > 8 else reply

    asked = {"statistics": True, "concurrency": 1}
    own = context(transport(serve(responder=Odd(40, cap=5)).url))
    result = run_operation(own, BACKUP_INFO_MODULE, INFO, {**asked, "max_objects": limit}).result
    assert [uid_of(backup) for backup in result["backups"]] == [f"u{number}" for number in range(limit)]
    assert all(backup["backup_info"]["volumes"] == [] for backup in result["backups"])
    assert (result["statistics"]["count"], result["total_count"], result["truncated"]) == (40, 40, True)
    with pytest.raises(ProtocolError, match="volumes"):
        run_operation(own, BACKUP_INFO_MODULE, INFO, {**asked, "max_objects": 20})
