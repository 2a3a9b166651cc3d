# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a course of polls emits: each course as rows of what the server shows and which events follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    AuthenticationError,
    PermissionDeniedError,
    PXBackupError,
    ServerError,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.watch import Pace
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import Clock, Run, Server, in_short, stamp

GONE = "gone"
BUSY = ServerError("not ready", http_status=503)
States = dict[str, str]

# What each poll shows (changed or new statuses by uid) and the events that follow.
COURSES: dict[str, list[tuple[States, list[str]]]] = {
    "what exists at the start is the baseline": [({"A": "Success", "B": "InProgress"}, [])],
    "an end": [({"A": "Success", "B": "InProgress"}, []), ({"B": "Success"}, ["succeeded B <InProgress"])],
    "the same list again": [({"A": "Success"}, []), ({}, []), ({}, [])],
    "a new backup that fails later": [
        ({}, []),
        ({"C": "Pending"}, ["started C"]),
        ({"C": "Failed"}, ["failed C <Pending"]),
    ],
    "a new backup that has failed already": [({}, []), ({"C": "Failed"}, ["failed C"])],
    "a backup that is deleted": [({"A": "Success", "B": "Success"}, []), ({"B": GONE}, ["deleted B <Success"])],
    "a deletion": [
        ({"B": "Success"}, []),
        ({"B": "Deleting"}, ["deleting B <Success"]),
        ({"B": "DeletePending"}, []),
        ({"B": GONE}, ["deleted B <DeletePending"]),
    ],
    "data that is missing": [({"B": "Success"}, []), ({"B": "CloudBackupMissing"}, ["missing B <Success"])],
    "a status that the server corrects": [({"B": "Success"}, []), ({"B": "PartialSuccess"}, ["partial B <Success"])],
    "a status that is not known": [
        ({"A": "Success"}, []),
        ({"A": "Quiescing", "B": "Quiescing"}, []),
        ({}, []),
        ({"A": "Success", "B": "Failed"}, ["failed B <Quiescing"]),
    ],
    "from one running status to another": [({}, []), ({"C": "Pending"}, ["started C"]), ({"C": "InProgress"}, [])],
    "an aborted one": [({"C": "InProgress"}, []), ({"C": "Aborted"}, ["failed C <InProgress"])],
    "failed, and retried under another uid": [
        ({"B": "InProgress"}, []),
        ({"B": "Failed", "R": "Success"}, ["failed B <InProgress", "succeeded R"]),
    ],
}


def show(server: Server, states: States) -> None:
    for uid, status in states.items():
        if status == GONE:
            server.drop(uid)
        else:
            server.put(uid, status)


# Every course with full lists alone, and incrementally: with a server whose last update moves, and with one where
# it does not.
SERVERS: dict[str, tuple[Callable[[], Server], float]] = {
    "full lists": (Server, 0.0),
    "incremental": (lambda: Server(sorts=True), 3600.0),
    "incremental, updates do not show": (lambda: Server(sorts=True, moves=False), 3600.0),
}
# Without the time of the last update, a change between two ends is seen by the next full list only.
BETWEEN_ENDS = ("a deletion", "data that is missing", "a status that the server corrects")


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize("course", COURSES)
def test_events_follow_what_the_polls_show(course: str, kind: str) -> None:
    make, full_interval = SERVERS[kind]
    if kind == "incremental, updates do not show" and course in BETWEEN_ENDS:
        full_interval = 0.0
    server = make()
    # A backup that stays makes incremental polls possible from the start. Where updates do not show, it is so new that
    # no other is read again.
    server.put("Z", "Success", metadata={} if server.moves else {"last_update_time": stamp(86400)})
    # What the last poll saw is older than what an incremental poll reads again.
    run = Run(server, Clock(), pace=Pace(300.0, full_interval, 0.0))
    for states, expected in COURSES[course]:
        show(server, states)
        assert run.told() == expected


def test_incremental_polls_read_the_front_only() -> None:
    server = Server(sorts=True)
    for number in range(50):
        server.time = 60.0 * number
        server.put(f"U{number}", "Success")
    run = Run(server, Clock(), pace=Pace(60.0, 600.0, 0.0))
    for _poll in range(12):
        run.step()
    assert server.lists == [False, *[True] * 9, False, True]
    # The newest, those of the two minutes before it, and the one that shows that this is enough.
    assert [page.read for page in server.pages] == [50, *[4] * 9, 50, 4]


def test_after_an_outage_the_whole_list_is_read() -> None:
    server = Server(sorts=True)
    server.put("Z", "Success")
    run = Run(server, Clock(), pace=Pace(60.0, 3600.0, 0.0))
    run.step()
    server.down = BUSY
    run.step()
    server.down = None
    run.step()
    run.step()
    assert server.lists == [False, True, False, True]


def test_a_change_between_ends_without_an_update_waits_for_the_full_list() -> None:
    server = Server(sorts=True, moves=False)
    server.put("Z", "Success")
    run = Run(server, Clock(), pace=Pace(60.0, 600.0, 0.0))
    run.step()
    server.put("Z", "CloudBackupMissing")
    told = [event for _poll in range(10) for event in run.told()]
    assert told == ["missing Z <Success"]


def test_an_object_that_a_list_skips_is_not_deleted() -> None:
    server = Server()
    server.put("A", "Success")
    server.put("B", "Success")
    run = Run(server, Clock())
    run.step()
    server.hidden.add("B")
    assert run.told() == []
    assert server.inspected == ["B"]
    server.put("B", "CloudBackupMissing")
    assert run.told() == ["missing B <Success"]


def test_a_deletion_that_cannot_be_confirmed_is_told_later() -> None:
    server = Server()
    for uid in ("A", "B", "C", "D", "E"):
        server.put(uid, "Success")
    run = Run(server, Clock())
    run.step()
    for uid in ("A", "B", "C", "D", "E"):
        server.drop(uid)
    server.broken = dict.fromkeys(("A", "B", "C"), BUSY)
    assert run.told() == []
    assert run.told() == ["deleted D <Success", "deleted E <Success"], "what failed before is inspected last"
    server.broken = {}
    assert run.told() == ["deleted A <Success", "deleted B <Success", "deleted C <Success"]


def test_what_may_not_be_seen_any_more_is_forgotten() -> None:
    server = Server()
    server.put("A", "Success")
    run = Run(server, Clock())
    run.step()
    server.hidden.add("A")
    server.broken["A"] = PermissionDeniedError("Access denied for A", http_status=403)
    assert run.told() == run.told() == []
    assert server.inspected == ["A"]


def test_a_refused_login_during_an_inspect_ends_the_poll() -> None:
    server = Server()
    server.put("A", "Success")
    run = Run(server, Clock())
    run.step()
    server.hidden.add("A")
    server.broken["A"] = AuthenticationError("token is expired", http_status=401)
    with pytest.raises(AuthenticationError):
        run.step()


def test_a_list_that_breaks_off_emits_nothing() -> None:
    server = Server()
    server.put("A", "Success")
    server.put("B", "InProgress")
    run = Run(server, Clock())
    run.step()
    server.put("B", "Failed")
    server.put("N", "Success")
    server.drop("A")
    server.cut = 1
    assert run.told() == []
    server.cut = None
    assert run.told() == ["failed B <InProgress", "succeeded N", "deleted A <Success"]


def test_a_first_list_that_breaks_off_is_no_baseline() -> None:
    server = Server()
    server.put("A", "Success")
    server.put("B", "Success")
    server.cut = 1
    run = Run(server, Clock())
    run.step()
    server.cut = None
    assert run.told() == []


def test_an_outage_is_told_once_and_its_end_once() -> None:
    server = Server()
    server.put("A", "Success")
    run = Run(server, Clock())
    assert run.told() == []
    server.down = BUSY
    told = [run.told() for _failure in range(5)]
    assert told == [[], ["server_unreachable"], [], [], []]
    server.down = None
    server.put("N", "Success")
    assert run.told() == ["server_recovered", "succeeded N"]
    assert run.told() == []
    recovered, succeeded = (event["px_backup"] for event in run.events[-2:])
    assert recovered["missed_since"] == "2026-11-15T12:00:00Z"
    assert "missed_since" not in succeeded
    unreachable = run.events[0]["px_backup"]
    assert unreachable["error"] == {"message": "not ready", "category": "server", "http_status": 503}
    assert unreachable["key"] == "server_unreachable:2026-11-15T12:01:00Z"
    assert recovered["key"] == "server_recovered:2026-11-15T12:01:00Z"


def test_one_failed_poll_is_no_outage() -> None:
    server = Server()
    run = Run(server, Clock())
    run.step()
    for _time in range(3):
        server.down = BUSY
        assert run.told() == []
        server.down = None
        assert run.told() == []


def test_failed_polls_are_repeated_soon_and_then_less_often() -> None:
    server, clock = Server(), Clock()
    run = Run(server, clock, pace=Pace(20.0, 0.0, 0.0))
    server.down = BUSY
    pauses = []
    for _failure in range(6):
        run.step()
        pauses.append(run.watch.pause())
    assert pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


@pytest.mark.parametrize("error", [AuthenticationError("token is expired"), PermissionDeniedError("not allowed")])
def test_a_refused_login_ends_the_source(error: PXBackupError) -> None:
    server = Server()
    run = Run(server, Clock())
    run.step()
    server.down = error
    with pytest.raises(type(error)):
        run.step()


def test_a_status_that_is_not_known_is_logged_once() -> None:
    server = Server()
    run = Run(server, Clock())
    run.step()
    server.put("A", "Quiescing")
    run.step()
    server.put("B", "Quiescing")
    run.step()
    assert run.logged == ["status 'Quiescing' is not known to this collection; it counts as running"]


def test_start_all_tells_what_exists_oldest_first() -> None:
    server = Server()
    for second, (uid, status) in enumerate({"A": "Success", "F": "Failed", "R": "InProgress", "B": "Success"}.items()):
        server.time = second
        server.put(uid, status)
    run = Run(server, Clock(), announces=lambda _item: True)
    assert run.told() == ["succeeded A", "failed F", "started R", "succeeded B"]
    assert run.told() == []


def test_two_owners_may_use_the_same_name() -> None:
    server = Server()
    server.put("U1", "InProgress", name="nightly", metadata={"ownership": {"owner": "ann"}})
    server.put("U2", "InProgress", name="nightly", metadata={"ownership": {"owner": "bob"}})
    run = Run(server, Clock())
    run.step()
    server.put("U2", "Failed", name="nightly")
    assert run.told() == ["failed U2 <InProgress"]
    server.drop("U1")
    assert run.told() == ["deleted U1 <InProgress"]


def test_what_the_filters_no_longer_select_is_not_deleted() -> None:
    server = Server(sorts=True)
    server.put("A", "Success", metadata={"labels": {"app": "shop"}})
    server.put("B", "Success", metadata={"labels": {"app": "shop"}})
    run = Run(server, Clock(), takes=lambda item: "app" in item["metadata"]["labels"], pace=Pace(60.0, 3600.0, 0.0))
    run.step()
    server.put("A", "Failed")
    assert run.told() == []
    server.put("A", "Success", metadata={"labels": {"app": "shop"}})
    assert run.told() == ["succeeded A"]
    assert server.lists == [False, True, True]


def test_ten_minutes_in_the_queue_delay_one_poll_and_add_none() -> None:
    server, clock = Server(), Clock()
    run = Run(server, clock)
    run.step()
    server.put("A", "Success")
    run.step()
    # The put of the event takes ten minutes.
    clock.passed += 600.0
    before = len(server.lists)
    assert run.watch.pause() == 0.0
    run.step()
    assert run.watch.pause() == 60.0
    assert len(server.lists) == before + 1


def test_a_slow_poll_does_not_overlap_the_next() -> None:
    clock = Clock()

    class Slow(Server):
        def list(self, by_update: bool) -> Any:
            clock.passed += 90.0
            return super().list(by_update)

    run = Run(Slow(), clock)
    run.step()
    assert run.watch.pause() == 60.0


def test_a_clock_that_jumps_back_changes_neither_pace_nor_events() -> None:
    server, clock = Server(), Clock()
    server.put("A", "Success")
    run = Run(server, clock, pace=Pace(60.0, 0.0, 300.0))
    run.step()
    clock.offset -= 7200.0
    told = [event for _step in range(4) for event in run.told()]
    assert told == [] and run.watch.pause() == 60.0
    assert run.told() == ["heartbeat"]


def test_heartbeats_come_at_their_pace_and_never_in_a_burst() -> None:
    server, clock = Server(), Clock()
    run = Run(server, clock, pace=Pace(60.0, 0.0, 25.0))
    times = []
    while clock.passed < 200.0:
        times += [clock.passed for event in run.step() if in_short(event) == "heartbeat"]
    assert times == [25.0, 50.0, 75.0, 100.0, 125.0, 150.0, 175.0, 200.0]
    clock.passed += 600.0
    assert [in_short(event) for event in run.step()] == ["heartbeat"]
    assert run.watch.pause() == 25.0
    assert run.events[-1]["px_backup"]["server"]["last_poll"] == "2026-11-15T12:13:20Z"


def test_only_the_chosen_types_are_emitted_and_the_others_are_remembered() -> None:
    server = Server()
    run = Run(server, Clock(), types=frozenset({"failed"}), pace=Pace(60.0, 0.0, 30.0))
    run.step()
    server.put("A", "Pending")
    server.put("B", "Success")
    assert [run.told() for _step in range(2)] == [[], []]
    server.put("A", "Failed")
    server.down = BUSY
    assert [run.told() for _step in range(6)] == [[]] * 6
    server.down = None
    told = [event for _step in range(4) for event in run.told()]
    assert told == ["failed A <Pending"]


def test_memory_holds_a_status_and_two_names_for_each_backup() -> None:
    server = Server()
    for number in range(5000):
        server.put(f"U{number}", "Success", cluster_ref={"name": "prod-eu", "uid": "c1"})
    run = Run(server, Clock())
    run.step()
    run.step()
    known = run.watch._known
    assert known is not None and len(known) == 5000
    assert all(tuple(kept) == ("Success", uid.lower(), "prod-eu") for uid, kept in known.items())
    assert server.lists == [False, False] and server.inspected == []
