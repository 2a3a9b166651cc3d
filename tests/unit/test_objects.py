# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all resources share: finding an object, changing it, listing many, and polling many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.base import Page
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import LIFECYCLE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.changes import (
    Change,
    apply_change,
    done_message,
    refuse_while_deleting,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.contexts import new_context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.creation import (
    create_once,
    refuse_unusable,
    warn_of_unknown_owner,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.deletion import start_deletion
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.lookup import Resource
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import Listing
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.wait_policy import WaitPolicy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.watching import (
    Watched,
    find_by_names,
    find_by_uids,
    find_common_part,
    watch,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    NotFoundError,
    PXBackupError,
)
from ansible_collections.pxops.px_backup.tests.unit.support import samples

Object = dict[str, Any]
NOBODY = "http://127.0.0.1:1"


def backup(uid: str = "u1", name: str = "b1", owner: str = "", status: str = "Success", **info: Any) -> Object:
    ownership = {"ownership": {"owner": owner}} if owner else {}
    return samples.backup(
        name=name, uid=uid, metadata=ownership, status={"status": status, "reason": "a reason"}, **info
    )


class Store:
    """A resource whose objects are these; ``inspected`` are those that inspect knows, all of them by default."""

    def __init__(self, *listed: Object, inspected: list[Object] | None = None) -> None:
        self.listed, self.inspected = list(listed), list(listed) if inspected is None else inspected
        self.asked: list[Any] = []
        self.resource = Resource(LIFECYCLE, self._inspect, self._fetch)

    def _inspect(self, _api: Any, name: str, uid: str) -> Object:
        self.asked.append((name, uid))
        for item in self.inspected:
            metadata = item["metadata"]
            if metadata["name"] == name and uid in ("", metadata["uid"]):
                return item
        raise NotFoundError("object not found", http_status=404, grpc_code="NotFound")

    def _fetch(self, _api: Any, options: dict[str, Any], parts: Any) -> Callable[[int, int], Page]:
        self.asked.append(options)
        part = options.get("name_filter", "")
        items = [item for item in self.listed if part in item["metadata"]["name"]]
        return lambda index, size: Page(items[index : index + size], len(items), index + size >= len(items))


@pytest.fixture
def context() -> Context:
    return samples.context(samples.transport(NOBODY))


def said(call: Callable[..., Any], *args: Any) -> PXBackupError:
    with pytest.raises(PXBackupError) as caught:
        call(*args)
    return caught.value


def test_an_object_that_the_list_has_and_inspect_has_not(context: Context) -> None:
    store = Store(backup(), inspected=[])
    error = said(store.resource.find, context.api, "b1", "u1")
    assert str(error) == (
        "the server contradicts itself: its list holds backup 'b1' (u1), and inspect responds: object not found; run "
        "the task again; if the error stays, check what the message names"
    )
    assert (error.category, error.http_status, error.grpc_code, error.retriable) == ("protocol", None, "NotFound", True)


def test_an_object_is_found_by_name_by_uid_and_by_both(context: Context) -> None:
    store = Store(backup("u1", "b1"), backup("u2", "b1-more"))
    for name, uid in (("b1", ""), ("", "u1"), ("b1", "u1")):
        found = store.resource.find(context.api, name, uid)
        assert found is not None and found["metadata"]["uid"] == "u1"
    for name, uid in (("b", ""), ("", "u3"), ("b1", "u2")):
        assert store.resource.find(context.api, name, uid) is None


@pytest.mark.parametrize(
    ("name", "uid", "named"),
    [("b1", "", "'b1'"), ("", "u1", "uid 'u1'"), ("b1", "u1", "'b1' with uid 'u1'")],
)
def test_an_object_that_is_required_and_absent(context: Context, name: str, uid: str, named: str) -> None:
    error = said(Store().resource.require, context.api, {"name": name, "uid": uid})
    assert str(error) == (
        f"backup {named} not found in organisation 'default', or not visible to this user; INSPECT_ALL lists the "
        "backups"
    )
    assert error.category == "not_found"


def test_a_name_of_several(context: Context) -> None:
    several = [backup("u1", owner="ann"), backup("u2", owner="bob"), backup("u3")]
    resource = Store().resource
    error = said(resource.pick, "b1", several, "")
    assert str(error) == (
        "name 'b1' matches 3 backups: u1 (owner ann), u2 (owner bob), u3 (owner unknown); set the uid of the one that "
        "is meant"
    )
    assert error.category == "conflict"
    # One that names no owner may be the caller's own.
    assert "2 backups" in str(said(resource.pick, "b1", several, "ann"))
    assert resource.pick("b1", several[:2], "bob") is several[1]
    assert resource.pick("b1", several[:2], "eve") is None


@pytest.mark.parametrize(
    ("caller", "owner", "parameters", "sentence"),
    [
        ("me", "me", {}, None),
        ("me", "", {}, None),
        ("me", "ann", {"uid": "u1"}, None),
        ("me", "ann", {}, "backup 'b1' (u1) belongs to user ann; set its uid if it is meant"),
        (
            "",
            "ann",
            {},
            "backup 'b1' (u1) belongs to user ann, and the token does not say who the caller is; set its uid if it is "
            "meant",
        ),
    ],
)
def test_the_object_of_another_user(
    context: Context, caller: str, owner: str, parameters: dict[str, Any], sentence: str | None
) -> None:
    work = context._replace(caller=lambda: caller)
    resource = Store().resource
    if sentence is None:
        resource.refuse_foreign(work, backup(owner=owner), parameters)
    else:
        error = said(resource.refuse_foreign, work, backup(owner=owner), parameters)
        assert (str(error), error.category) == (sentence, "conflict")


def test_a_warning_of_an_unknown_owner(context: Context) -> None:
    warned: list[str] = []
    warn_of_unknown_owner(context._replace(warn=warned.append), Store().resource, "b1", backup(owner="ann"))
    assert warned == [
        "backup 'b1' (u1) belongs to user ann, and the token does not say who the caller is: it may be another user's "
        "backup"
    ]


@pytest.mark.parametrize(
    ("status", "sentence", "retriable"),
    [
        ("Deleting", "is being deleted (Deleting) (a reason); wait until it is deleted, or use another name", True),
        (
            "Invalid",
            "already exists and is Invalid (a reason); inspect it before you delete it: a response that omits the "
            "status shows the same",
            True,
        ),
        (
            "Failed",
            "already exists and is Failed (a reason); delete it first, retry it, or use another name",
            False,
        ),
        ("Aborted", "already exists and is Aborted (a reason); delete it first, or use another name", False),
    ],
)
def test_a_name_that_is_taken_by_something_unusable(status: str, sentence: str, retriable: bool) -> None:
    error = said(refuse_unusable, Store().resource, "b1", backup(status=status))
    assert (str(error), error.retriable, error.category) == (f"backup 'b1' {sentence}", retriable, "state")


def test_a_short_response_to_a_creation_is_completed_by_its_uid(context: Context) -> None:
    store = Store(backup("u1"), backup("u2"))
    short = backup("u2")
    written = create_once(context, store.resource, "b1", "", lambda: short, lambda created: created is not short)
    assert (written.found, written.done, written.trouble, written.sent) == (store.listed[1], True, None, 1)
    assert store.asked == [("b1", "u2")]


def test_a_whole_response_to_a_creation_needs_no_check(context: Context) -> None:
    store = Store()
    made = backup("u2")
    written = create_once(context, store.resource, "b1", "", lambda: made, lambda created: True)
    assert (written.found, written.done) == (made, True)
    assert store.asked == []


def test_a_creation_whose_response_is_lost_is_found_by_name_and_owner(context: Context) -> None:
    def send() -> Object:
        raise NetworkError("broken", maybe_processed=True)

    store = Store(backup("u1", owner="ann"), backup("u2", owner="bob"))
    written = create_once(context, store.resource, "b1", "bob", send, lambda created: True)
    assert written.found is store.listed[1]
    assert written.note == "; the response was lost, and the result was verified"
    error = said(create_once, context, Store().resource, "b1", "bob", send, lambda created: True)
    assert str(error) == (
        "the response to CREATE of backup 'b1' was lost (broken), and the object does not exist so far: it may still "
        "appear; run the task again: it checks first and never creates a second one"
    )


def test_a_deletion_whose_response_is_lost_is_sent_again(context: Context) -> None:
    sent: list[tuple[str, str]] = []

    def send(name: str, uid: str) -> None:
        sent.append((name, uid))
        raise NetworkError("broken", maybe_processed=True)

    store = Store(backup())
    error = said(start_deletion, context, store.resource, {"name": "b1"}, store.listed[0], send, False)
    assert sent == [("b1", "u1")] * 3
    assert error.message == "broken"


def test_a_deletion_that_cannot_be_checked(context: Context) -> None:
    def inspect(_api: Any, _name: str, _uid: str) -> Object:
        raise NetworkError("away")

    resource = Store().resource._replace(inspect=inspect)
    error = said(start_deletion, context, resource, {"name": "b1"}, backup(), lambda name, uid: None, False)
    assert error.message == "the server accepted DELETE of backup 'b1', but the check after it failed: away"
    assert error.changed is True
    outcome = start_deletion(context, resource, {"name": "b1"}, backup(), lambda name, uid: None, True)
    assert outcome.changed is True, "the wait that follows checks again"


def test_a_context_knows_what_the_task_knows() -> None:
    said_: list[str] = []
    work = new_context(samples.transport(NOBODY), "org", "2.8.1", True, warn=said_.append, progress=said_.append)
    assert (work.api.release, work.api.org_id, work.api.check_mode) == ("2.8.1", "org", True)
    assert work.now() > 1_700_000_000
    assert work.clock() <= work.clock()
    work.sleep(0)
    work.warn("a")
    work.progress("b")
    assert said_ == ["a", "b"]


def _change(goal: dict[str, Any]) -> Change:
    def view(item: Object) -> dict[str, Any]:
        return {"labels": item["metadata"]["labels"] or {}, "owner": item["metadata"]["owner"]}

    def apply(item: Object, wanted: dict[str, Any]) -> Object:
        return {**item, "metadata": {**item["metadata"], **wanted}}

    return Change("UPDATE", lambda: None, view, goal, apply)


def _labelled(**labels: str) -> Object:
    return samples.backup(metadata={"labels": labels})


def test_a_change_without_an_effect(context: Context) -> None:
    store = Store(_labelled(a="1"))
    error = said(apply_change, context, store.resource, _labelled(a="1"), _change({"labels": {"a": "2"}, "owner": ""}))
    assert str(error) == (
        "the server accepted UPDATE of backup 'b1' without an error, but labels is {'a': '1'}, not {'a': '2'}; this "
        "server, or the role of this user, does not allow the change"
    )
    assert (error.category, error.changed, error.retriable) == ("protocol", False, False)


def test_a_change_that_another_writer_overtook(context: Context) -> None:
    store = Store(_labelled(a="3"))
    error = said(apply_change, context, store.resource, _labelled(a="1"), _change({"labels": {"a": "2"}, "owner": ""}))
    assert error.hint == "another task or user changed the backup at the same time: run the task again"
    assert (error.changed, error.retriable) == (True, True)


def test_a_change_that_was_carried_out_in_part(context: Context) -> None:
    store = Store(_labelled(a="2"))
    error = said(apply_change, context, store.resource, _labelled(a="1"), _change({"labels": {"a": "2"}, "owner": "x"}))
    assert error.message.endswith("without an error, but owner is '', not 'x'")
    assert (error.changed, error.retriable) == (True, False)


def test_a_change_of_what_was_deleted_meanwhile(context: Context) -> None:
    error = said(apply_change, context, Store().resource, _labelled(a="1"), _change({"labels": {}, "owner": ""}))
    assert "backup 'b1' (u1) was deleted meanwhile" in error.message
    assert (error.category, error.changed) == ("not_found", True)


def test_a_change_in_check_mode_shows_the_goal() -> None:
    work = samples.context(samples.transport(NOBODY), check_mode=True)
    store = Store(_labelled(a="1"))
    found = apply_change(work, store.resource, _labelled(a="1"), _change({"labels": {"a": "2"}, "owner": "x"}))
    assert (found["metadata"]["labels"], found["metadata"]["owner"]) == ({"a": "2"}, "x")
    assert done_message(work, store.resource, found, "updated") == "Backup 'b1' would be updated"


def test_a_change_that_was_carried_out(context: Context) -> None:
    store = Store(_labelled(a="2"))
    found = apply_change(context, store.resource, _labelled(a="1"), _change({"labels": {"a": "2"}, "owner": ""}))
    assert found is store.listed[0]
    assert done_message(context, store.resource, found, "shared") == "Backup 'b1' was shared"


def test_what_is_being_deleted_is_not_changed() -> None:
    error = said(refuse_while_deleting, Store().resource, backup(status="Deleting"))
    assert str(error) == "backup 'b1' is being deleted (Deleting) and cannot be changed; use another backup"
    refuse_while_deleting(Store().resource, backup())


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (["a-nightly", "bc-nightly"], "-nightly"),
        (["daily-1", "daily-20"], "daily-"),
        (["ab-xy", "ab-zzz-xy"], "ab-"),
        (["abc"], "abc"),
        (["abc", "xyz"], ""),
    ],
)
def test_the_part_that_names_share(names: list[str], part: str) -> None:
    assert find_common_part(names) == part


def test_objects_of_several_names_come_from_one_list(context: Context) -> None:
    first, second, other = backup("u1", "daily-1"), backup("u2", "daily-2"), backup("u3", "daily-3")
    store = Store(first, second, other, backup("u4", "daily-1"))
    found = find_by_names(context, store.resource, ["daily-1", "daily-2", "daily-9", "daily-1"], lambda work, all_: [])
    assert {name: [item["metadata"]["uid"] for item in items] for name, items in found.items()} == {
        "daily-1": ["u1", "u4"],
        "daily-2": ["u2"],
        "daily-9": [],
    }
    assert store.asked == [{"include_detailed_resources": False, "name_filter": "daily-"}]
    assert find_by_names(context, store.resource, [], lambda work, all_: []) == {}


def test_a_list_that_is_longer_than_all_look_ups(context: Context) -> None:
    store = Store(*(backup(f"u{number}", f"b{number}") for number in range(401)))
    found = find_by_names(context, store.resource, ["b1", "b400"], lambda work, all_: [work(name) for name in all_])
    assert {name: [item["metadata"]["uid"] for item in items] for name, items in found.items()} == {
        "b1": ["u1"],
        "b400": ["u400"],
    }
    assert [options["name_filter"] for options in store.asked] == ["b", "b1", "b400"]


def test_objects_of_uids_come_from_one_list(context: Context) -> None:
    store = Store(backup("u1", "a"), backup("u2", "b"), backup("u3", "c"))
    assert find_by_uids(context, store.resource, ["u2", "u9"]) == {"u2": store.listed[1]}
    assert store.asked == [{"include_detailed_resources": False}]
    assert find_by_uids(context, store.resource, []) == {}
    assert len(store.asked) == 1


def listing(fetch: Callable[[int, int], Page], **changes: Any) -> Listing:
    return Listing(fetch, "backups", **changes)


def page(total: int, *numbers: int, complete: bool = False) -> Page:
    return Page([backup(f"u{number}", f"b{number}") for number in numbers], total, complete)


def test_a_list_that_says_too_much() -> None:
    error = said(list, listing(lambda index, size: page(2_000_001, 1, 2)))
    assert str(error) == (
        "the server says that its list has 2000001 backups, more than 2000000; narrow the list with filters"
    )


def test_a_list_that_ends_before_its_total() -> None:
    error = said(list, listing(lambda index, size: page(5, 1, 2, complete=True)))
    assert str(error) == (
        "the server ended the list after 2 of 5 backups; run the task again; if the error stays, the server does not "
        "page its lists"
    )


def test_a_list_without_an_end_and_without_a_total() -> None:
    def fetch(index: int, size: int) -> Page:
        return page(0, *range(index, index + size))

    error = said(list, listing(fetch, page_size=2))
    assert str(error) == (
        "the server's list of backups does not end: 202 were read, and its first page said nothing of a total; narrow "
        "the list with filters; if the error stays, the server does not page its lists"
    )


def test_a_server_that_counts_up_to_the_end_of_the_page() -> None:
    def fetch(index: int, size: int) -> Page:
        end = min(index + 2, 7)
        return page(7 if index == 0 else end, *range(index, end))

    assert [item["metadata"]["uid"] for item in listing(fetch)] == [f"u{number}" for number in range(7)]


def test_what_is_absent_after_its_deletion(context: Context) -> None:
    outcome = start_deletion(context, Store().resource, {"name": "b1"}, backup(), lambda name, uid: None, False)
    assert outcome == (True, "Backup 'b1' is deleted", {"backup": None}, {"name": "b1", "uid": "u1"}, {})


def test_what_was_absent_before_its_deletion(context: Context) -> None:
    def send(_name: str, _uid: str) -> None:
        raise NotFoundError("object not found", http_status=404)

    outcome = start_deletion(context, Store().resource, {"name": "b1"}, backup(), send, False)
    assert outcome.changed is False
    assert (outcome.before, outcome.after, outcome.result) == ({}, {}, {"backup": None})
    assert outcome.message == (
        "Backup 'b1' is deleted; the response was an error (object not found), and the result was verified"
    )


def test_what_another_owner_has_is_not_deleted(context: Context) -> None:
    sent: list[str] = []
    error = said(
        start_deletion,
        context,
        Store().resource,
        {"name": "b1"},
        backup(owner="ann"),
        lambda *_: sent.append(""),
        False,
    )
    assert error.category == "conflict"
    assert sent == []


@pytest.mark.parametrize(("places", "pages"), [((0, 5), 1), ((0, 250), 2), ((0, 900), 3)])
def test_a_poll_of_many_reads_as_few_pages_as_possible(context: Context, places: tuple[int, ...], pages: int) -> None:
    items = [backup(f"u{number}", f"b{number}", status="InProgress") for number in range(1000)]
    store = Store(*items)
    read: list[int] = []

    def fetch(_api: Any, _options: Any, _parts: Any) -> Callable[[int, int], Page]:
        def one(index: int, size: int) -> Page:
            read.append(index)
            return Page(items[index : index + size], len(items), False)

        return one

    resource = store.resource._replace(fetch=fetch)
    watched = Watched(resource, [items[place] for place in places], lambda _seen: False, lambda _seen: False)
    times = iter([0.0, 0.0, 0.0, *[0.5] * 20, *[9.0] * 20])
    work = context._replace(clock=lambda: next(times))
    watch(work, watched, WaitPolicy(1, 1), lambda call, them: [call(item) for item in them], "it goes on")
    assert len(read) == pages * watched.polls
    assert len(store.asked) == watched.polls * sum(place > 450 for place in places)
    assert watched.describe() == "2 backups: 2 InProgress"


def test_a_change_that_cannot_be_checked(context: Context) -> None:
    def inspect(_api: Any, _name: str, _uid: str) -> Object:
        raise NetworkError("away")

    resource = Store().resource._replace(inspect=inspect)
    error = said(apply_change, context, resource, _labelled(a="1"), _change({"labels": {}, "owner": ""}))
    assert error.message == "the server accepted UPDATE of backup 'b1', but the check after it failed: away"


def test_a_list_steps_back_as_far_as_objects_were_deleted() -> None:
    numbers = list(range(40))
    asked: list[int] = []

    def fetch(index: int, size: int) -> Page:
        asked.append(index)
        if len(asked) == 2:
            del numbers[:2]
        return page(len(numbers), *numbers[index : index + 10], complete=index + 10 >= len(numbers))

    found = [item["metadata"]["uid"] for item in listing(fetch, page_size=10)]
    assert found == [f"u{number}" for number in range(40)]
    # Two were deleted: the page begins two further, and as many may go meanwhile.
    assert asked[:4] == [0, 9, 4, 13]


def test_a_poll_of_many_whose_list_ends_early_names_what_it_lists(context: Context) -> None:
    resource = Store().resource._replace(fetch=lambda *_args: lambda index, size: page(5, 1, complete=True))
    watched = Watched(resource, [backup("u9", status="InProgress")], lambda _seen: False, lambda _seen: False)
    times = iter([0.0, 0.0, 0.0, *[0.5] * 20, *[9.0] * 20])
    work = context._replace(clock=lambda: next(times))
    watch(work, watched, WaitPolicy(1, 1), lambda call, them: [call(item) for item in them], "it goes on")
    assert watched.error is not None
    assert watched.error.message.startswith("the server ended the list after 1 of 5 backups")
