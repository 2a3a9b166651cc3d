# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a wait polls, when it ends, and its result: real requests with a simulated clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import lifecycle as states
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.content import list_failed_parts
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.waiting import (
    BACKUP_CONTINUES,
    describe_end,
    wait_for_end,
    wait_for_outcome,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.deletion import wait_for_deletion
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import ON_PARTIAL
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import uid_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.wait_policy import WaitPolicy, wait_policy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.watching import Watched
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    PXBackupError,
    StateError,
    ValidationError,
    WaitTimeoutError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply
from ansible_collections.pxops.px_backup.tests.unit.support.waits import LIST_PATH, NOT_FOUND, Time, begun, info, seen

Serve = Callable[..., HTTPServer]

DAY = WaitPolicy(86400, 30, "fail")
GOES_ON = BACKUP_CONTINUES


def waited(
    serve: Serve, time: Time, policy: WaitPolicy, *steps: tuple[float, Reply]
) -> tuple[HTTPServer, dict[str, Any]]:
    """Wait for a backup that takes this course; return the server and what ``waited`` tells."""
    server = serve(responder=time.course(*steps))
    with time.context(server.url) as context:
        _backup, told = wait_for_end(context, begun(), policy)
    return server, told


def deletion_end(context: Context, backup: dict[str, Any], policy: WaitPolicy) -> dict[str, Any]:
    """Wait until a backup is deleted; return what ``waited`` tells."""
    outcome = Outcome(True, "", {"backup": backup})
    return dict(wait_for_deletion(context, BACKUPS, outcome, policy).result["waited"])


def failure(serve: Serve, time: Time, policy: WaitPolicy, *steps: tuple[float, Reply]) -> PXBackupError:
    """Wait for a backup that takes this course; return the error in which that ends."""
    with pytest.raises(PXBackupError) as caught:
        waited(serve, time, policy, *steps)
    return caught.value


# --- how often and how long


def test_forty_minutes_cost_at_most_a_hundred_requests(serve: Serve) -> None:
    time, policy = Time(), wait_policy({"wait": True}, 2400)
    assert policy == WaitPolicy(2400, 30, "fail")
    server = serve(responder=time.course((0, seen("InProgress"))))
    with time.context(server.url) as context, pytest.raises(WaitTimeoutError):
        wait_for_end(context, begun(), policy)
    assert 80 <= len(server.requests) <= 100
    assert {(request.method, request.path) for request in server.requests} == {("GET", "/v1/backup/default/b1")}
    assert all(request.query == [("uid", "u1")] for request in server.requests)
    assert time.passed == 2400


@pytest.mark.parametrize(
    ("interval", "end"),
    [(1, 0.5), (1, 3.2), (1, 29), (7, 1), (7, 100), (30, 3.2), (30, 29), (30, 1234.5), (30, 2399), (90, 1000)],
)
def test_the_end_is_seen_within_the_interval(serve: Serve, interval: int, end: float) -> None:
    time = Time()
    _server, told = waited(
        serve, time, WaitPolicy(2400, interval, "fail"), (0, seen("InProgress")), (end, seen("Success"))
    )
    assert 0 <= time.passed - end <= interval
    assert told["seconds"] == round(time.passed, 1) <= 2400
    assert told["polls"] == len(time.pauses)


@pytest.mark.parametrize(
    ("timeout", "interval", "pauses"),
    [
        (100, 30, [1, 2, 4, 8, 16, 30, 30, 9]),
        (30, 5, [1, 2, 4, 5, 5, 5, 5, 3]),
        (3, 1, [1, 1, 1]),
        (2, 30, [1, 1]),
        (1, 30, [1]),
    ],
)
def test_polling_intervals_grow_to_the_maximum_and_end_at_the_timeout(
    serve: Serve, timeout: int, interval: int, pauses: list[float]
) -> None:
    time = Time()
    error = failure(serve, time, WaitPolicy(timeout, interval, "fail"), (0, seen("InProgress")))
    assert time.pauses == pauses
    assert error.result["waited"]["polls"] == len(pauses)


def test_an_end_that_the_last_poll_finds_counts(serve: Serve) -> None:
    time = Time()
    _server, told = waited(serve, time, WaitPolicy(10, 30, "fail"), (0, seen("InProgress")), (10, seen("Success")))
    assert (told["status"], time.passed) == ("Success", 10)


def test_slow_polls_count_towards_the_timeout(serve: Serve) -> None:
    time = Time()

    def slow(_request: Any) -> Reply:
        time.now += 40
        return seen("InProgress")

    server = serve(responder=slow)
    with time.context(server.url) as context, pytest.raises(WaitTimeoutError):
        wait_for_end(context, begun(), WaitPolicy(100, 30, "fail"))
    assert time.passed <= 100 + 40


def test_a_backup_that_has_ended_costs_no_request(serve: Serve) -> None:
    time = Time()
    server = serve(responder=time.course((0, NOT_FOUND)))
    with time.context(server.url) as context:
        backup, told = wait_for_end(context, begun("Success"), DAY)
    assert (server.requests, time.pauses, told["polls"]) == ([], [], 0)
    assert backup == begun("Success")


# --- the states


@pytest.mark.parametrize("status", sorted(states.LIFECYCLE.good))
@pytest.mark.parametrize("policy", ON_PARTIAL)
def test_good_end(serve: Serve, status: str, policy: str) -> None:
    time = Time()
    _server, told = waited(serve, time, WaitPolicy(60, 1, policy), (0, seen("InProgress")), (5, seen(status, "Final")))
    assert (told["status"], told["stage"], time.warnings) == (status, "Final", [])
    assert told["changes"] == [
        {"seconds": 0.0, "status": "Pending", "stage": "Initial"},
        {"seconds": 1.0, "status": "InProgress", "stage": "Volumes"},
        {"seconds": 5.0, "status": status, "stage": "Final"},
    ]
    assert time.progress == [
        "backup 'b1': Pending, stage Initial",
        "backup 'b1': InProgress, stage Volumes",
        f"backup 'b1': {status}, stage Final",
    ]


@pytest.mark.parametrize("status", sorted(states.LIFECYCLE.bad))
@pytest.mark.parametrize("policy", ON_PARTIAL)
def test_bad_end(serve: Serve, status: str, policy: str) -> None:
    time = Time()
    error = failure(serve, time, WaitPolicy(60, 1, policy), (0, seen(status, "Final", "disk full")))
    assert isinstance(error, StateError) and not error.retriable
    assert error.message == f"backup 'b1' ended {status}: disk full"
    assert states.status_of(error.result["backup"]) == status
    assert error.result["waited"]["status"] == status
    assert time.warnings == []


@pytest.mark.parametrize("policy", ON_PARTIAL)
def test_partial_success_follows_the_option(serve: Serve, policy: str) -> None:
    time, sentence = Time(), "backup 'b1' ended PartialSuccess: some failed"
    steps = ((0, seen("InProgress")), (5, seen("PartialSuccess", "Final", "some failed")))
    if policy == "fail":
        assert failure(serve, time, WaitPolicy(60, 1, policy), *steps).message == sentence
    else:
        _server, told = waited(serve, time, WaitPolicy(60, 1, policy), *steps)
        assert told["status"] == "PartialSuccess"
    assert time.warnings == ([sentence] if policy == "warn" else [])


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Captured", "Quiescing"])
def test_any_other_state_continues_the_wait_and_is_named_at_the_timeout(serve: Serve, status: str) -> None:
    error = failure(
        serve, Time(), WaitPolicy(60, 30, "accept"), (0, seen("InProgress")), (5, seen(status, "Final", "why"))
    )
    assert isinstance(error, WaitTimeoutError) and error.retriable
    assert str(error) == f"after 60 seconds backup 'b1' is still {status}, stage Final (why); {GOES_ON}"
    assert states.status_of(error.result["backup"]) == status


@pytest.mark.parametrize("status", sorted(states.LIFECYCLE.bad | states.LIFECYCLE.partial))
def test_a_retry_is_advised_only_where_the_server_retries(serve: Serve, status: str) -> None:
    error = failure(serve, Time(), DAY, (0, seen(status)))
    assert ("retry" in (error.hint or "")) is (status in states.LIFECYCLE.retriable)


# --- polls that fail


def refusal(status: int, code: int, text: str) -> Reply:
    return json_reply({"code": code, "message": text}, status)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(401, 16, "token is expired"), AuthenticationError),
        (refusal(403, 7, "Access denied for [Resource: backup]"), PermissionDeniedError),
        (refusal(400, 3, "bad name"), ValidationError),
    ],
)
def test_a_permanent_error_ends_the_wait_and_says_that_the_backup_continues(
    serve: Serve, reply: Reply, kind: type[PXBackupError]
) -> None:
    time = Time()
    error = failure(serve, time, DAY, (0, seen("InProgress")), (3, reply))
    assert isinstance(error, kind)
    assert GOES_ON in str(error)
    assert states.status_of(error.result["backup"]) == "InProgress"
    assert error.result["waited"]["polls"] == 2
    assert time.passed == 3


TROUBLE = {
    "busy": refusal(503, 14, "not ready"),
    "fault": refusal(500, 13, "database is away"),
    "page": Reply(200, b"<html>sign in</html>", (("Content-Type", "text/html"),)),
    "half": Reply(200, b'{"backup": {'),
    "other": json_reply({"backup": {"metadata": {"name": "b2", "uid": "u2"}}}),
    "nothing": json_reply({}),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_temporary_error_does_not_end_a_wait(serve: Serve, trouble: str) -> None:
    steps = ((0, seen("InProgress")), (10, TROUBLE[trouble]), (90, seen("Success")))
    _server, told = waited(serve, Time(), DAY, *steps)
    assert told["status"] == "Success"
    assert [change["status"] for change in told["changes"]] == ["Pending", "InProgress", "Success"]


def test_a_timeout_names_the_error_of_the_last_poll_only(serve: Serve) -> None:
    steps = ((0, seen("InProgress")), (10, TROUBLE["busy"]), (50, seen("Captured", "Final")))
    error = failure(serve, Time(), WaitPolicy(40, 30, "fail"), *steps)
    assert "is still InProgress, stage Volumes; the last poll failed (PX-Backup refused" in error.message
    assert "not ready" in error.message
    error = failure(serve, Time(), WaitPolicy(100, 30, "fail"), *steps)
    assert error.message == "after 100 seconds backup 'b1' is still Captured, stage Final"


def test_a_backup_that_is_deleted_during_the_wait_is_an_error(serve: Serve) -> None:
    error = failure(serve, Time(), DAY, (0, seen("InProgress")), (20, NOT_FOUND))
    assert error.message == "backup 'b1' was deleted during the wait"
    assert error.result["waited"]["status"] == "InProgress"


# --- deletions


def test_a_deletion_ends_when_the_backup_is_deleted(serve: Serve) -> None:
    time = Time()
    server = serve(
        responder=time.course((0, seen("Deleting", "Final", "<nil>")), (9, TROUBLE["busy"]), (90, NOT_FOUND))
    )
    with time.context(server.url) as context:
        told = deletion_end(context, begun("Success"), WaitPolicy(3600, 30, "fail"))
    polls = [request for request in server.requests if request.path != LIST_PATH]
    assert (told["status"], told["stage"], told["polls"]) == ("gone", "", len(polls))
    assert len(server.requests) == len(polls) + 1, "the list confirms that it is deleted"
    assert 90 <= time.passed <= 120


@pytest.mark.parametrize("status", [*states.STATUSES, "Quiescing"])
def test_the_wait_for_a_deletion_continues_in_any_state_and_names_it(serve: Serve, status: str) -> None:
    time, reason = Time(), "Snapshot has dependency on snapshot 1-incr - dependent backup object: b2"
    server = serve(responder=time.course((0, seen(status, "Final", reason))))
    with time.context(server.url) as context, pytest.raises(WaitTimeoutError) as caught:
        deletion_end(context, begun("Deleting"), WaitPolicy(60, 30, "fail"))
    assert f"is still {status}, stage Final ({reason}); the deletion continues on the server" in str(caught.value)
    assert time.passed == 60


# --- the message


def part(number: int, status: str = "Failed", reason: str = "", **more: Any) -> dict[str, Any]:
    return {"name": f"n{number}", "namespace": "ns", "status": {"status": status, "reason": reason}, **more}


def test_failed_parts_are_named_with_their_reasons() -> None:
    backup = begun(
        "PartialSuccess",
        volumes=[part(1, reason="io", pvc="claim"), part(2), part(3, "Success"), part(4, "Invalid"), {"name": "n5"}],
        virtual_machines=[part(6, "Aborted", "gone"), part(7, "Success"), part(8, "InProgress")],
        namespace_resources={"namespaces": [part(9, "PartialSuccess", "half"), part(10, "Success"), {"name": "n11"}]},
        missing_namespaces=["lost"],
    )
    assert list_failed_parts(backup) == [
        "volume ns/claim: io",
        "volume ns/n2: Failed",
        "virtual machine ns/n6: gone",
        "namespace n9: half",
        "namespace lost: not found",
    ]


@pytest.mark.parametrize(("count", "more"), [(0, ""), (1, ""), (5, ""), (6, "; and 1 more"), (500, "; and 495 more")])
def test_many_failed_parts_are_counted(count: int, more: str) -> None:
    backup = begun("Failed", volumes=[part(number, reason="io") for number in range(count)])
    named = "; ".join(f"volume ns/n{number}: io" for number in range(min(count, 5)))
    listed = f" [{named}{more}]" if count else ""
    assert describe_end(backup) == f"backup 'b1' ended Failed, and the server gives no reason{listed}"


def test_a_placeholder_is_not_a_reason() -> None:
    raw = info("Failed", reason="<nil>")["status"]
    assert describe_end({**begun("Failed"), "backup_info": {**begun()["backup_info"], "status": raw}}) == (
        "backup 'b1' ended Failed, and the server gives no reason"
    )


# --- what the task says


@pytest.mark.parametrize("parameters", [{}, {"wait": False}, {"wait": None, "wait_timeout": None}])
def test_no_wait(parameters: dict[str, Any]) -> None:
    assert wait_policy(parameters, 2400) is None


def test_the_wait_follows_the_options() -> None:
    parameters = {"wait": True, "wait_timeout": 7, "wait_interval": 3, "on_partial": "warn"}
    assert wait_policy(parameters, 2400) == WaitPolicy(7, 3, "warn")
    assert wait_policy({"wait": True}, 3600) == WaitPolicy(3600, 30, "fail")


@pytest.mark.parametrize("name", ["wait_timeout", "wait_interval", "on_partial"])
@pytest.mark.parametrize("wait", [{}, {"wait": False}])
def test_options_of_a_wait_require_wait(name: str, wait: dict[str, Any]) -> None:
    value = "warn" if name == "on_partial" else 5
    with pytest.raises(ValidationError, match=f"{name} has no effect without wait; set wait to true"):
        wait_policy({**wait, name: value}, 2400)


@pytest.mark.parametrize("name", ["wait_timeout", "wait_interval"])
@pytest.mark.parametrize("value", [0, -1])
def test_times_are_positive(name: str, value: int) -> None:
    with pytest.raises(ValidationError, match=f"{name} is {value}; set it to at least 1 and at most 2678400 seconds"):
        wait_policy({"wait": True, name: value}, 2400)


def test_one_stale_not_found_does_not_end_a_wait(serve: Serve) -> None:
    """The list still holds the backup, so that it was not deleted."""
    time = Time()
    course = time.course((0, seen("InProgress")), (20, seen("Success")))
    stale: list[Request] = []

    def respond(request: Request) -> Reply:
        if request.path != LIST_PATH and time.passed >= 5 and not stale:
            stale.append(request)
            return NOT_FOUND
        return course(request)

    server = serve(responder=respond)
    with time.context(server.url) as context:
        _backup, told = wait_for_end(context, begun(), DAY)
    assert stale and told["status"] == "Success"


def test_one_response_without_a_status_does_not_end_a_wait(serve: Serve) -> None:
    _server, told = waited(serve, Time(), DAY, (0, seen("")), (2, seen("InProgress")), (60, seen("Success")))
    assert (told["status"], told["changes"][1]["status"]) == ("Success", "Invalid")


def test_two_responses_without_a_status_end_a_wait(serve: Serve) -> None:
    error = failure(serve, Time(), DAY, (0, seen("")))
    assert isinstance(error, StateError)
    assert "ended Invalid" in str(error)
    assert error.result["waited"]["polls"] == 2


def test_a_failed_poll_between_two_without_a_status_does_not_count(serve: Serve) -> None:
    time = Time()
    fault = Reply(500, b'{"code": 2, "message": "database is away"}')
    replies = iter((seen(""), fault, seen(""), seen("Success")))
    server = serve(responder=lambda _request: next(replies))
    with time.context(server.url) as context:
        _backup, told = wait_for_end(context, begun(), DAY)
    assert (told["status"], told["polls"]) == ("Success", 4)


@pytest.mark.parametrize("for_all", [False, True])
def test_a_failed_poll_of_many_between_two_without_a_status_does_not_count(for_all: bool) -> None:
    backup, silent = begun(), begun("Invalid")
    watched = Watched(
        BACKUPS, [backup], lambda now: now is None or not states.LIFECYCLE.is_running(now), lambda _seen: False
    )
    fault, uid = PXBackupError("database is away"), uid_of(backup)

    def fail() -> None:
        if for_all:
            watched.record_failure(fault, GOES_ON)
        else:
            watched.record({uid: fault}, GOES_ON)

    watched.record({uid: silent}, GOES_ON)
    fail()
    watched.record({uid: silent}, GOES_ON)
    assert not watched.is_over()
    watched.record({uid: silent}, GOES_ON)
    assert watched.is_over()


def test_the_response_to_a_write_does_not_end_a_wait(serve: Serve) -> None:
    time = Time()
    server = serve(responder=time.course((0, seen("InProgress")), (20, seen("Success"))))
    with time.context(server.url) as context:
        _backup, told = wait_for_end(context, begun(""), DAY, observed=False)
    assert told["status"] == "Success"


@pytest.mark.parametrize("observed", [False, True])
def test_an_end_in_the_response_to_a_write_is_polled(serve: Serve, observed: bool) -> None:
    time = Time()
    server = serve(responder=time.course((0, seen("InProgress")), (20, seen("Success"))))
    with time.context(server.url) as context:
        outcome = wait_for_outcome(context, Outcome(True, "", {"backup": begun("Success")}), DAY, observed)
    assert (outcome.result["waited"]["polls"] > 0) is not observed


def test_an_address_that_the_server_does_not_have_ends_a_wait(serve: Serve) -> None:
    time = Time()
    server = serve(responder=time.course((0, Reply(404, b"404 page not found", (("Content-Type", "text/plain"),)))))
    with time.context(server.url) as context, pytest.raises(ProtocolError, match=re.escape(GOES_ON)):
        wait_for_end(context, begun(), DAY)
    assert time.passed == 1
