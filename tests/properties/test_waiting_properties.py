# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wait ends in time, whatever the server returns, with the outcome of the last poll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import status_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.waiting import (
    wait_for_end,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.deletion import wait_for_deletion
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import ON_PARTIAL
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.wait_policy import WaitPolicy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    AuthenticationError,
    PermissionDeniedError,
    PXBackupError,
    StateError,
    WaitTimeoutError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply
from ansible_collections.pxops.px_backup.tests.unit.support.waits import (
    LIST_PATH,
    NOT_FOUND,
    Time,
    begun,
    dropped,
    seen,
)
from hypothesis import example, given
from hypothesis import strategies as st

# The states of docs/server-behaviour.md, section 2.1, repeated here: not taken from the table that is tested.
GOOD, PARTIAL = "Success", "PartialSuccess"
# Invalid is not among them: it may be a status that was omitted, and ends a wait only at the second poll in a row.
BAD = ("Failed", "Aborted", "CloudBackupMissing")
RUNNING = ("Pending", "InProgress", "Captured", "Quiescing")
DELETING = ("Deleting", "DeletePending")
STATUSES = (GOOD, PARTIAL, *BAD, *RUNNING, *DELETING)

TROUBLE = {
    "busy": Reply(503, b'{"code": 14, "message": "not ready"}'),
    "limited": Reply(429, b'{"code": 8, "message": "slow down"}'),
    "fault": Reply(500, b'{"code": 2, "message": "database is away"}'),
    "gateway": Reply(502, b"Bad Gateway", (("Content-Type", "text/plain"),)),
    "page": Reply(200, b"<html>sign in</html>", (("Content-Type", "text/html"),)),
    "half": Reply(200, b'{"backup": {"metadata"'),
    "nothing": json_reply({}),
    "dropped": None,
}
FINAL = {
    "401": (Reply(401, b'{"code": 16, "message": "token is expired"}'), AuthenticationError),
    "403": (Reply(403, b'{"code": 7, "message": "Access denied for it"}'), PermissionDeniedError),
}
GONE = "gone"

# Running states and trouble are drawn more often, so that waits get long.
POLLS = st.lists(
    st.one_of(st.sampled_from(RUNNING), st.sampled_from(sorted(TROUBLE)), st.sampled_from((*STATUSES, GONE, *FINAL))),
    min_size=1,
    max_size=12,
)


class Server:
    """Returns one response for each poll; the last one repeats. Each poll takes some seconds."""

    def __init__(self, time: Time, polls: list[str], slowness: float) -> None:
        self._time, self._polls, self._slowness = time, polls, slowness
        self.given = 0

    def __call__(self, request: Request) -> Reply:
        if request.path == LIST_PATH:
            return json_reply({})
        poll = self._polls[min(self.given, len(self._polls) - 1)]
        self.given += 1
        self._time.now += self._slowness
        if poll == "dropped":
            return dropped(request)
        trouble = TROUBLE.get(poll)
        return trouble or (NOT_FOUND if poll == GONE else FINAL[poll][0] if poll in FINAL else seen(poll))


class End(NamedTuple):
    """How a wait ended: without an error, or with one; and the polls that it sent."""

    error: PXBackupError | None
    backup: dict[str, Any] | None
    told: dict[str, Any]
    had: list[str]
    time: Time


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(lambda _request: NOT_FOUND) as running:
        yield running


def wait(server: HTTPServer, polls: list[str], policy: WaitPolicy, slowness: float, deletion: bool) -> End:
    time = Time()
    script = server.responder = Server(time, polls, slowness)
    error, backup, told = None, None, {}
    with time.context(server.url) as context:
        try:
            if deletion:
                outcome = Outcome(True, "", {"backup": begun("Deleting")})
                told = wait_for_deletion(context, BACKUPS, outcome, policy).result["waited"]
            else:
                backup, told = wait_for_end(context, begun(), policy)
        except PXBackupError as caught:
            error, backup, told = caught, caught.result["backup"], caught.result["waited"]
    had = [polls[min(number, len(polls) - 1)] for number in range(script.given)]
    return End(error, backup, told, had, time)


# At most about thirty polls in one wait.
POLICIES = st.tuples(st.integers(1, 600), st.integers(1, 2000), st.sampled_from(ON_PARTIAL)).map(
    lambda drawn: WaitPolicy(min(drawn[1], 25 * drawn[0]), drawn[0], drawn[2])
)
SLOWNESS = st.sampled_from((0.0, 0.0, 0.25, 5.0, 45.0))


def check_time(end: End, policy: WaitPolicy, slowness: float) -> None:
    """A wait ends in its time (the last poll may take longer), and its intervals are within the limits."""
    assert end.time.passed <= policy.timeout + slowness
    assert all(0 < pause <= policy.interval for pause in end.time.pauses)
    assert end.told["polls"] == len(end.had) == len(end.time.pauses)
    if isinstance(end.error, WaitTimeoutError):
        assert end.time.passed >= policy.timeout


def last_status(end: End, first: str) -> str:
    """Return the state that was seen last."""
    return [first, *(poll for poll in end.had if poll in STATUSES)][-1]


@example(["busy", "busy", "busy", "Success"], WaitPolicy(2400, 30, "fail"), 0.0)
@example(["InProgress", "dropped", "Failed"], WaitPolicy(2400, 30, "accept"), 0.0)
@example(["Quiescing"], WaitPolicy(2400, 30, "fail"), 45.0)
@given(polls=POLLS, policy=POLICIES, slowness=SLOWNESS)
def test_a_wait_ends_with_the_result_of_the_last_poll(
    server: HTTPServer, polls: list[str], policy: WaitPolicy, slowness: float
) -> None:
    end = wait(server, polls, policy, slowness, deletion=False)
    check_time(end, policy, slowness)
    decides = {GOOD, PARTIAL, *BAD, *DELETING, GONE, *FINAL}
    assert not decides & set(end.had[:-1]), "it continued after a final poll"
    last, status = (end.had or [""])[-1], last_status(end, "Pending")
    assert end.backup is not None
    assert status_of(end.backup) == end.told["status"] == status
    if last == GOOD or (last == PARTIAL and policy.on_partial != "fail"):
        assert end.error is None
    elif last in FINAL:
        assert isinstance(end.error, FINAL[last][1]) and "continues on the server" in str(end.error)
    elif last == GONE:
        assert isinstance(end.error, StateError) and "was deleted" in str(end.error)
    elif last in DELETING:
        assert isinstance(end.error, StateError) and f"is being deleted ({status})" in str(end.error)
    elif last in (*BAD, PARTIAL):
        assert isinstance(end.error, StateError) and f"ended {status}" in str(end.error)
    else:
        assert isinstance(end.error, WaitTimeoutError) and f"is still {status}" in str(end.error)
        assert ("the last poll failed" in str(end.error)) is (last in TROUBLE)
    assert len(end.time.warnings) == (1 if last == PARTIAL and policy.on_partial == "warn" else 0)


@given(polls=POLLS, policy=POLICIES, slowness=SLOWNESS)
def test_a_deletion_ends_only_when_the_backup_is_deleted(
    server: HTTPServer, polls: list[str], policy: WaitPolicy, slowness: float
) -> None:
    end = wait(server, polls, policy, slowness, deletion=True)
    check_time(end, policy, slowness)
    assert not {GONE, *FINAL} & set(end.had[:-1])
    last = (end.had or [""])[-1]
    if last == GONE:
        assert (end.error, end.told["status"]) == (None, GONE)
    elif last in FINAL:
        assert isinstance(end.error, FINAL[last][1])
    else:
        assert isinstance(end.error, WaitTimeoutError)
        assert f"is still {last_status(end, 'Deleting')}" in str(end.error)
        assert "the deletion continues on the server" in str(end.error)
