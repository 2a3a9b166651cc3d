# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verified write: what is sent, how often it is checked, and what is known afterwards."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.lifecycle import UNSET
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.writes import Write, Written, carry_out
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    PermissionDeniedError,
    PXBackupError,
    ServerError,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.lookup import LIFECYCLE

LOST = NetworkError("the connection broke", maybe_processed=True)
NOT_SENT = NetworkError("no connection")
FAULT = ServerError("database is away", http_status=500, maybe_processed=True)
REFUSED = PermissionDeniedError("access denied", http_status=403)


class Script:
    """A server that gives these responses to writes and to checks; the last one repeats."""

    def __init__(self, writes: list[Any], checks: list[Any]) -> None:
        self._writes, self._checks = writes, checks
        self.sent, self.checked = 0, 0
        self.pauses: list[float] = []

    def run(self, check_mode: bool = False, **parts: Any) -> Written:
        """Carry the write out."""
        context = SimpleNamespace(api=SimpleNamespace(check_mode=check_mode), sleep=self.pauses.append)
        write = Write("UPDATE of backup 'b1'", self._send, self._check, lambda found: found == "done", **parts)
        return carry_out(cast(Context, context), write)

    def _send(self) -> Any:
        self.sent += 1
        return self._next(self._writes, self.sent)

    def _check(self) -> Any:
        self.checked += 1
        return self._next(self._checks, self.checked)

    @staticmethod
    def _next(script: list[Any], number: int) -> Any:
        item = script[min(number, len(script)) - 1]
        if isinstance(item, PXBackupError):
            raise item
        return item


def test_a_good_response_is_checked_once() -> None:
    script = Script(["ok"], ["done"])
    assert script.run() == Written("done", True, None, 1)
    assert (script.sent, script.checked, script.pauses) == (1, 1, [0])


def test_a_response_that_confirms_needs_no_check() -> None:
    script = Script(["ok"], ["done"])
    assert script.run(confirms=lambda response: response == "ok") == Written("ok", True, None, 1)
    assert script.checked == 0


def test_check_mode_takes_the_prediction() -> None:
    script = Script(["predicted"], ["done"])
    assert script.run(check_mode=True) == Written("predicted", True, None, 1)
    assert script.checked == 0


def test_what_the_server_accepted_without_an_effect_is_not_done() -> None:
    assert Script(["ok"], ["as before"]).run() == Written("as before", False, None, 1)


@pytest.mark.parametrize(
    ("trouble", "note"),
    [
        (LOST, "; the response was lost, and the result was verified"),
        (FAULT, "; the response was an error (database is away), and the result was verified"),
    ],
)
@pytest.mark.parametrize("repeatable", [False, True])
def test_a_write_whose_response_is_bad_and_that_was_carried_out(
    trouble: PXBackupError, note: str, repeatable: bool
) -> None:
    script = Script([trouble], ["done"])
    written = script.run(repeatable=repeatable)
    assert (written.done, written.trouble, written.note) == (True, trouble, note)
    assert (script.sent, script.checked) == (1, 1)


def test_a_lost_creation_is_checked_again_and_never_sent_twice() -> None:
    script = Script([LOST], [None, None, "done"])
    assert script.run().done
    assert (script.sent, script.checked, script.pauses) == (1, 3, [0, 1, 2])


@pytest.mark.parametrize("trouble", [LOST, FAULT])
def test_a_creation_that_cannot_be_found_may_still_appear(trouble: PXBackupError) -> None:
    script = Script([trouble], [None])
    with pytest.raises(type(trouble), match="does not exist so far: it may still appear") as caught:
        script.run()
    assert caught.value.maybe_processed and caught.value.retriable and not caught.value.changed
    assert caught.value.http_status == trouble.http_status
    assert (script.sent, script.checked, script.pauses) == (1, 4, [0, 1, 2, 4])


def test_a_lost_write_that_may_be_repeated_is_sent_again() -> None:
    script = Script([LOST, "ok"], ["as before", "done"])
    assert script.run(repeatable=True) == Written("done", True, None, 2)
    assert (script.sent, script.checked) == (2, 2)


@pytest.mark.parametrize(("trouble", "sent"), [(LOST, 3), (FAULT, 1)])
def test_a_write_without_an_effect_raises_its_trouble(trouble: PXBackupError, sent: int) -> None:
    script = Script([trouble], ["as before"])
    with pytest.raises(type(trouble)) as caught:
        script.run(repeatable=True)
    assert caught.value is trouble
    assert (script.sent, script.checked) == (sent, sent)


@pytest.mark.parametrize("refusal", [REFUSED, NOT_SENT])
def test_a_refusal_is_not_checked(refusal: PXBackupError) -> None:
    script = Script([refusal], ["done"])
    with pytest.raises(type(refusal)) as caught:
        script.run()
    assert caught.value is refusal
    assert script.checked == 0


@pytest.mark.parametrize(
    ("trouble", "changed", "unknown", "text"),
    [
        ("ok", True, False, "the server accepted UPDATE of backup 'b1', but the check after it failed: no response"),
        (
            LOST,
            False,
            True,
            r"^the response to UPDATE of backup 'b1' was lost \(the connection broke\) and the check after it failed, "
            "so it is unknown whether PX-Backup processed the request: no response$",
        ),
        (
            ServerError("gone", http_status=404),
            False,
            False,
            r"gone; it could not be checked whether UPDATE of backup 'b1' was carried out \(no response\)",
        ),
    ],
)
def test_a_check_that_fails(trouble: Any, changed: bool, unknown: bool, text: str) -> None:
    script = Script([trouble], [NetworkError("no response")])
    with pytest.raises(PXBackupError, match=text) as caught:
        script.run()
    assert (caught.value.changed, caught.value.maybe_processed) == (changed, unknown)


def test_a_check_may_fail_where_a_wait_follows() -> None:
    script = Script(["ok"], [NetworkError("no response")])
    assert script.run(check_may_fail=True) == Written("ok", False, None, 1)
    with pytest.raises(NetworkError):
        Script([LOST], [NetworkError("no response")]).run(check_may_fail=True)


def test_an_object_without_a_status_is_described() -> None:
    item = {"metadata": {}, "restore_info": {"status": None, "stage": ""}}
    assert LIFECYCLE._replace(status=lambda _item: "", stage=lambda _item: "").describe(item) == "in an unknown state"
    assert UNSET == "Invalid"
