# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages that are read at the same time, over real connections: one login, one count, and an end when it is over."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.base import Page
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import ModuleSpec, Operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import Listing, uid_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.readahead import (
    THREAD_NAME,
    PagesAhead,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import CLUSTER, References
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.watching import find_by_names, find_by_uids
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    ProtocolError,
    ServerError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS
from ansible_collections.pxops.px_backup.tests.unit.support.pages import Backups
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

Serve = Callable[..., HTTPServer]
BUSY = json_reply({"code": 8, "message": "too many requests"}, 429)
SLOW = json_reply({"code": 4, "message": "context deadline exceeded"}, 504)
SLOW_GATEWAY = Reply(504, b"<html>gateway timeout</html>", (("Content-Type", "text/html"),))
# Seconds after which a test that hangs fails.
LONG = 20.0


def uids(api: Api) -> list[str]:
    return [uid_of(item) for item in BACKUPS.list_all(api, {}, 5)]


class Limited:
    """Refuses where more than so many requests are under way, and counts the most at a time."""

    def __init__(self, backups: Backups, most: int, refusal: Reply = BUSY) -> None:
        self._backups = backups
        self._refusal = refusal
        self._most = most
        self._lock = threading.Lock()
        self._running = self.refused = self.most = 0

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
            busy = self._running > self._most
            self.refused += busy
        # Long enough for the others to arrive.
        time.sleep(0.01)
        with self._lock:
            self._running -= 1
            return self._refusal if busy else self._backups(request)


@pytest.mark.parametrize("retries", [0, 3])
@pytest.mark.parametrize("refusal", [BUSY, SLOW, SLOW_GATEWAY], ids=["busy", "slow", "slow gateway"])
def test_a_server_that_takes_two_requests_at_a_time(serve: Serve, retries: int, refusal: Reply) -> None:
    limited = Limited(Backups(200, cap=5), 2, refusal)
    client = transport(serve(responder=limited).url, retries=retries)
    assert uids(Api(client, "default")) == [f"u{number}" for number in range(200)]
    assert limited.most > 2
    # Requests that are under way already are repeated without a pause here.
    assert 0 < limited.refused < 8 * (retries + 1)
    assert client.attempts == limited._backups.pages + limited.refused


def test_at_most_as_many_requests_at_a_time_as_the_task_allows(serve: Serve) -> None:
    limited = Limited(Backups(100, cap=5), most=100)
    api = Api(transport(serve(responder=limited).url), "default")
    for concurrency in (3, 1):
        limited.most = 0
        uids(api.concurrent(concurrency))
        assert limited.most == concurrency


def test_a_token_that_expires_is_renewed_once_for_all(serve: Serve) -> None:
    backups, lock = Backups(100, cap=5), threading.Lock()
    logins: list[str] = []

    def respond(request: Request) -> Reply:
        with lock:
            if request.path.endswith("/token"):
                logins.append(f"token-number-{len(logins)}")
                return json_reply({"access_token": logins[-1], "expires_in": 60})
            # The first token ends in the middle of the list.
            valid = logins[-1] if len(logins) > 1 or backups.pages < 5 else ""
            if request.headers["Authorization"] != f"Bearer {valid}":
                return json_reply({"code": 16, "message": "token is expired"}, 401)
            return backups(request)

    server = serve(responder=respond)
    login = Login(f"{server.url}/auth", "eve", "a long password")
    client = Transport(check_connection(Connection(server.url, login=login, retries=0)))
    assert len(uids(Api(client, "default"))) == 100
    assert len(logins) == 2


@pytest.mark.parametrize("retries", [0, 2])
def test_an_error_ends_the_list_as_it_does_one_after_the_other(serve: Serve, retries: int) -> None:
    backups = Backups(100, cap=5)

    def respond(request: Request) -> Reply:
        late = int(dict(request.query)["enumerate_options.object_index"]) > 30
        return json_reply({"code": 14, "message": "no leader"}, 503) if late else backups(request)

    errors = []
    for concurrency in (1, 4):
        client = transport(serve(responder=respond).url, retries=retries)
        found: list[str] = []
        with pytest.raises(ServerError) as caught:
            found.extend(
                uid_of(item) for item in BACKUPS.list_all(Api(client, "default").concurrent(concurrency), {}, 5)
            )
        host = client.host
        errors.append((str(caught.value).replace(host, "host"), caught.value.as_dict(), found))
    assert errors[0] == errors[1]


def test_nothing_is_sent_after_the_end(serve: Serve) -> None:
    backups = Backups(100, cap=5)
    arrived, released = threading.Event(), threading.Event()

    def respond(request: Request) -> Reply:
        if int(dict(request.query)["enumerate_options.object_index"]) in (0, 4):
            return backups(request)
        arrived.set()
        released.wait(LONG)
        return json_reply({"code": 14, "message": "no leader"}, 503)

    client = transport(serve(responder=respond).url, retries=50)
    listing = iter(BACKUPS.list_all(Api(client, "default"), {}, 5))
    assert [uid_of(next(listing)) for _number in range(5)] == [f"u{number}" for number in range(5)]
    # No page is read ahead before the first one is used up.
    time.sleep(0.05)
    assert client.attempts == 1
    assert uid_of(next(listing)) == "u5"
    workers = [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]
    assert workers
    assert arrived.wait(LONG)
    listing.close()  # type: ignore[attr-defined]
    released.set()
    for worker in workers:
        worker.join(LONG)
    assert not any(worker.is_alive() for worker in workers)
    # What was under way is not repeated, and what was planned is not begun.
    assert 2 <= client.attempts <= 6


def test_a_search_that_ends_in_the_first_page_requests_no_other(serve: Serve) -> None:
    backups = Backups(5000, cap=200)
    own = context(transport(serve(responder=backups).url))
    assert own.api.concurrency > 1
    assert set(find_by_uids(own, BACKUPS, ["u3", "u199"])) == {"u3", "u199"}
    time.sleep(0.05)
    assert backups.pages == 1
    # Found in another page: as many pages as are read at the same time may be in vain.
    assert set(find_by_uids(own, BACKUPS, ["u900"])) == {"u900"}
    assert 1 + 5 <= backups.pages <= 1 + 5 + own.api.concurrency


def test_names_in_a_list_that_is_too_long_are_found_one_by_one(serve: Serve) -> None:
    backups = Backups(5000, cap=200)
    asked: list[str] = []

    def respond(request: Request) -> Reply:
        name = dict(request.query).get("enumerate_options.name_filter", "")
        asked.append(name)
        return (
            backups(request)
            if name == "b-u"
            else json_reply({"backups": [raw_backup(name, name[2:])], "complete": True})
        )

    own = context(transport(serve(responder=respond).url))
    found = find_by_names(own, BACKUPS, ["b-u1", "b-u2"], lambda work, items: [work(item) for item in items])
    assert {name: [uid_of(item) for item in items] for name, items in found.items()} == {"b-u1": ["u1"], "b-u2": ["u2"]}
    time.sleep(0.05)
    assert asked == ["b-u", "b-u1", "b-u2"]


@pytest.mark.parametrize("before", [True, False])
def test_the_collector_of_python_is_as_it_was_after_a_list(serve: Serve, before: bool) -> None:
    listing = iter(BACKUPS.list_all(Api(transport(serve(responder=Backups(9, cap=5)).url), "default"), {}, 5))
    enabled = gc.isenabled()
    try:
        (gc.enable if before else gc.disable)()
        next(listing)
        assert not gc.isenabled()
        listing.close()  # type: ignore[attr-defined]
        assert gc.isenabled() is before
    finally:
        (gc.enable if enabled else gc.disable)()


def test_pages_that_are_not_taken_are_limited() -> None:
    lock, sent = threading.Lock(), []

    def fetch(index: int, size: int) -> Page:
        with lock:
            sent.append(index)
        items: list[dict[str, Any]] = [
            {"metadata": {"name": f"b{place}", "uid": f"u{place}"}} for place in range(index, min(index + size, 1000))
        ]
        return Page(items, 1000, False)

    ahead = PagesAhead(fetch, 10, 3, lambda: 0, threading.Event())
    listing = iter(Listing(fetch, "backups", 10, ahead))
    for place, item in enumerate(listing):
        assert uid_of(item) == f"u{place}"
        # Whoever takes the objects slowly finds no more pages than these in memory.
        assert len(sent) <= place // 9 + 1 + 3
        time.sleep(0.0005)


def test_a_list_that_is_read_again_takes_no_page_that_was_read_before() -> None:
    uids, sent, changed = [f"u{place}" for place in range(20)], [], threading.Condition()

    def fetch(index: int, size: int) -> Page:
        with changed:
            sent.append(index)
            items: list[dict[str, Any]] = [
                {"metadata": {"name": f"b-{uid}", "uid": uid}} for uid in uids[index : index + size]
            ]
            changed.notify_all()
            # The first time, the second page ends the list too early, after those behind it were read.
            early = index == 2 and sent.count(2) == 1
            if early:
                assert changed.wait_for(lambda: {4, 6} <= set(sent), LONG)
                uids[:0] = [f"n{place}" for place in range(6)]
            return Page(items, len(uids), early)

    found: list[str] = []
    with pytest.raises(ProtocolError, match="of 26 backups"):
        for item in Listing(fetch, "backups", 3, PagesAhead(fetch, 3, 4, lambda: 0, threading.Event())):
            found.append(uid_of(item))
    assert found == [*uids[6:11], *uids[:6]]
    assert sent.count(4) == 2


def test_a_fault_of_ours_in_a_thread_is_raised_where_the_list_is_read() -> None:
    def fetch(index: int, size: int) -> Page:
        if index:
            raise KeyError("a fault")
        return Page([{"metadata": {"name": f"b{place}", "uid": f"u{place}"}} for place in range(size)], 1000, False)

    ahead = PagesAhead(fetch, 10, 3, lambda: 0, threading.Event())
    with pytest.raises(KeyError, match="a fault"):
        list(Listing(fetch, "backups", 10, ahead))


@pytest.mark.parametrize("allowed", [0, 1])
def test_a_system_that_allows_no_more_threads(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    left = iter(range(allowed))
    start = threading.Thread.start

    def start_if_allowed(thread: threading.Thread) -> None:
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        start(thread)

    def fetch(index: int, size: int) -> Page:
        items = [{"metadata": {"name": "b", "uid": f"u{place}"}} for place in range(index, min(index + size, 100))]
        return Page(items, 100, False)

    monkeypatch.setattr(threading.Thread, "start", start_if_allowed)
    listing = Listing(fetch, "backups", 10, PagesAhead(fetch, 10, 3, lambda: 0, threading.Event()))
    assert [uid_of(item) for item in listing] == [f"u{place}" for place in range(100)]


def test_references_are_read_at_the_same_time(serve: Serve) -> None:
    names = [f"c{number}" for number in range(100)]
    lock = threading.Lock()
    most = running = 0

    def respond(request: Request) -> Reply:
        nonlocal most, running
        query = dict(request.query)
        start = int(query.get("enumerate_options.object_index", 0))
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        page = [{"metadata": {"name": name, "uid": f"u-{name}"}} for name in names[start : start + 10]]
        return json_reply({"clusters": page, "total_count": 100, "complete": start + 10 >= 100})

    references = References(Api(transport(serve(responder=respond).url), "default"))
    assert references.resolve("cluster_ref", CLUSTER, {"name": "c99"})["uid"] == "u-c99"
    assert most == 4


def test_a_list_that_ends_early_is_an_error_with_pages_ahead(serve: Serve) -> None:
    backups = Backups(40, cap=5)

    def respond(request: Request) -> Reply:
        start = int(dict(request.query)["enumerate_options.object_index"])
        return backups(request) if start < 20 else json_reply({"total_count": "40"})

    with pytest.raises(ProtocolError, match="of 40 backups"):
        uids(Api(transport(serve(responder=respond).url), "default"))


READS = [
    (spec, operation)
    for spec in SPECS.values()
    for operation in spec.operations
    if "concurrency" in operation.options and operation.name != "backup_batch"
]


@pytest.mark.parametrize(("spec", "operation"), READS, ids=lambda value: value.name)
def test_the_option_concurrency(serve: Serve, spec: ModuleSpec, operation: Operation) -> None:
    server = serve(json_reply({}))
    defaults = {name: option.default for name, option in operation.options.items() if option.default is not None}
    required = {"keep": {"last": 1}} if operation.name == "backup_prune" else {}
    for concurrency in (0, 51):
        with pytest.raises(ValidationError) as caught:
            given = {**defaults, **required, "concurrency": concurrency}
            run_operation(context(transport(server.url)), spec, operation, given)
        assert str(caught.value) == f"concurrency is {concurrency}; set it to at least 1 and at most 50"
    assert server.requests == []
    own = context(transport(server.url))
    run_operation(own, spec, operation, {**defaults, **required, "concurrency": 7})
    assert own.api.concurrency == 7
    assert context(transport(server.url)).api.concurrency == 4


def test_every_operation_that_lists_has_the_option() -> None:
    assert {operation.name for _spec, operation in READS} == {
        "INSPECT_ALL",
        "backup_info",
        "restore_info",
        "protection_info",
        "backup_prune",
    }
