# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing for many objects: how many at a time, when to stop, and the error of a task in which some failed."""

from __future__ import annotations

import threading
import time

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.parallel import (
    CircuitBreaker,
    combine_errors,
    worker_pool,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    AuthenticationError,
    NetworkError,
    PermissionDeniedError,
    PXBackupError,
    RequestTimeoutError,
    ServerError,
    StateError,
    TLSError,
)

UNAVAILABLE = (
    NetworkError("no connection", retriable=True),
    RequestTimeoutError("silence", retriable=True),
    ServerError("an error", retriable=True),
)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_as_many_at_a_time_as_the_task_allows(concurrency: int) -> None:
    lock, now, most = threading.Lock(), 0, 0
    full = threading.Event()

    def work(item: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            if now == concurrency:
                full.set()
        full.wait(5)
        time.sleep(0.002)
        with lock:
            now -= 1
        return item * 10

    with worker_pool(concurrency) as each:
        assert each(work, range(12)) == [item * 10 for item in range(12)]
    assert most == concurrency


def test_an_error_leaves_at_once_and_nothing_more_begins() -> None:
    begun: list[int] = []
    hold = threading.Event()

    def work(item: int) -> None:
        begun.append(item)
        if item == 0:
            raise StateError("broken")
        hold.wait(5)

    begin = time.monotonic()
    with pytest.raises(StateError, match="broken"), worker_pool(1) as each:
        each(work, range(50))
    assert time.monotonic() - begin < 4
    hold.set()
    time.sleep(0.05)
    assert len(begun) <= 2


def test_a_pool_ends_its_threads() -> None:
    before = threading.active_count()
    with worker_pool(4) as each:
        each(lambda _item: time.sleep(0.01), range(4))
    assert threading.active_count() == before


@pytest.mark.parametrize("error", UNAVAILABLE, ids=lambda error: type(error).__name__)
def test_five_failures_in_a_row_of_a_server_that_is_away_are_enough(error: PXBackupError) -> None:
    breaker = CircuitBreaker(fail_fast=False)
    for _time in range(4):
        breaker.record(error)
    assert breaker.is_open is False
    breaker.record(error)
    assert breaker.is_open is True


@pytest.mark.parametrize(
    "between", [None, StateError("failed"), ServerError("no"), PermissionDeniedError("no", retriable=True)]
)
def test_anything_else_between_them_says_that_the_server_is_there(between: PXBackupError | None) -> None:
    breaker = CircuitBreaker(fail_fast=False)
    for error in (*UNAVAILABLE, UNAVAILABLE[0], between, *UNAVAILABLE, UNAVAILABLE[0]):
        breaker.record(error)
    assert breaker.is_open is False
    breaker.record(UNAVAILABLE[1])
    assert breaker.is_open is True


@pytest.mark.parametrize("error", [AuthenticationError("who?"), TLSError("a certificate")])
def test_what_fails_for_all_is_enough_at_once(error: PXBackupError) -> None:
    breaker = CircuitBreaker(fail_fast=False)
    breaker.record(error)
    assert breaker.is_open is True
    breaker.record(None)
    assert breaker.is_open is True


def test_the_first_failure_is_enough_where_the_task_says_so() -> None:
    breaker = CircuitBreaker(fail_fast=True)
    breaker.record(None)
    assert breaker.is_open is False
    breaker.record(StateError("failed"))
    assert breaker.is_open is True


def _failure(retriable: bool = True, hint: str | None = "wait") -> PXBackupError:
    error = ServerError("away", hint=hint, http_status=503, grpc_code="Unavailable", retriable=retriable)
    error.method, error.path, error.attempts = "POST", "/v1/backup", 4
    return error


def test_the_error_of_several_is_that_of_the_first_and_names_each() -> None:
    combined = combine_errors("2 of 3 failed", [("a", _failure()), ("b", StateError("gone", hint="wait"))], "backups")
    assert type(combined) is ServerError
    assert str(combined) == "2 of 3 failed ['a': away; 'b': gone]; wait"
    assert combined.as_dict() == {
        "category": "server",
        "http_status": 503,
        "grpc_code": "Unavailable",
        "method": "POST",
        "path": "/v1/backup",
        "attempts": 4,
        "retriable": False,
        "hint": "wait",
    }


def test_different_hints_are_where_the_result_has_them() -> None:
    combined = combine_errors("2 failed", [("a", _failure()), ("b", _failure(hint="check"))], "error.hint of each")
    assert combined.hint == "see error.hint of each"
    assert combined.retriable is True


def test_more_than_five_are_counted() -> None:
    combined = combine_errors("7 failed", [(name, _failure()) for name in "abcdefg"], "backups")
    assert combined.message.endswith("'e': away; and 2 more]")
