# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages that are read at the same time give what pages that are read one after the other give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    PXBackupError,
    ServerError,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paged_list import Behaviour, Outcome, read_list

# More than four pages ahead differ from four in nothing but time.
CONCURRENCY = st.integers(2, 5)
COUNT, SIZE, CAP = st.integers(0, 120), st.integers(1, 9), st.integers(1, 9)
NUMBERS = st.frozensets(st.integers(1, 40), max_size=12)
# Objects that come and go after a request, fewer than a page can make up for.
CHANGES = st.dictionaries(st.integers(1, 30), st.lists(st.integers(-1, 100), max_size=3), max_size=8)
OVERLOAD: dict[str, Callable[[], PXBackupError]] = {
    "429": lambda: ServerError("too many requests", http_status=429, retriable=True),
    "503": lambda: ServerError("not ready", http_status=503, retriable=True),
    "refused": lambda: NetworkError("no connection", retriable=True),
}


def sequential(behaviour: Behaviour, size: int, most: int | None = None) -> Outcome:
    return read_list(behaviour, size, 1, most)


def allowed(requests: int, concurrency: int) -> float:
    """Return how many requests are allowed where one after the other takes so many.

    What is under way when the list turns out to be another than expected is wasted, at most a tenth after that.
    """
    return 1.1 * requests + concurrency - 1


@settings(max_examples=80)
@given(count=COUNT, size=SIZE, cap=CAP, says=st.booleans(), held=NUMBERS, delayed=NUMBERS, concurrency=CONCURRENCY)
def test_a_list_that_stays_takes_the_same_requests(
    count: int, size: int, cap: int, says: bool, held: frozenset[int], delayed: frozenset[int], concurrency: int
) -> None:
    behaviour = Behaviour(count, cap, says, held=held, delayed=delayed)
    expected, found = sequential(behaviour, size), read_list(behaviour, size, concurrency)
    assert found[:4] == expected[:4]
    assert found.uids == found.paged.uids
    assert found.paged.at_a_time <= concurrency


@settings(max_examples=80)
@given(
    count=COUNT,
    size=SIZE,
    cap=CAP,
    says=st.booleans(),
    totals=st.lists(st.none() | st.integers(-60, 60), min_size=1, max_size=4),
    concurrency=CONCURRENCY,
)
def test_a_total_that_lies_changes_nothing(
    count: int, size: int, cap: int, says: bool, totals: list[int | None], concurrency: int
) -> None:
    # The same lie in each response: with pages in another order, lies that differ are told of other pages.
    for more in totals:
        behaviour = Behaviour(count, cap, says, totals=(more,))
        expected, found = sequential(behaviour, size), read_list(behaviour, size, concurrency)
        assert found[:3] == expected[:3]
        assert found.requests <= allowed(expected.requests, concurrency)
    # Lies that differ: all objects are listed, or the list ends with an error. A total that is too small and comes with
    # the first page may end the list there.
    different = tuple(more for more in totals if more is None or more >= 0) or (0,)
    found = read_list(Behaviour(count, cap, says, totals=different), size, concurrency)
    assert found.uids == found.paged.uids[: len(found.uids)]
    assert found.error or min(cap, size) == 1 or found.uids == found.paged.uids


@settings(max_examples=120)
@given(
    count=COUNT,
    size=st.integers(5, 9),
    cap=st.integers(5, 9),
    says=st.booleans(),
    changes=CHANGES,
    held=NUMBERS,
    delayed=NUMBERS,
    concurrency=CONCURRENCY,
)
def test_what_stays_is_listed_once_while_others_come_and_go(
    count: int,
    size: int,
    cap: int,
    says: bool,
    changes: dict[int, list[int]],
    held: frozenset[int],
    delayed: frozenset[int],
    concurrency: int,
) -> None:
    behaviour = Behaviour(count, cap, says, changes=changes, held=held, delayed=delayed)
    expected, found = sequential(behaviour, size), read_list(behaviour, size, concurrency)
    assert found.error == expected.error == ""
    assert len(found.uids) == len(set(found.uids))
    stayed = [f"u{number}" for number in range(count) if f"u{number}" not in found.paged.gone]
    assert [uid for uid in found.uids if uid in set(stayed)] == stayed
    assert found.requests <= allowed(expected.requests, concurrency)


@settings(max_examples=60)
@given(count=COUNT, caps=st.lists(st.integers(2, 9), min_size=1, max_size=4), held=NUMBERS, concurrency=CONCURRENCY)
def test_pages_of_changing_length(count: int, caps: list[int], held: frozenset[int], concurrency: int) -> None:
    behaviour = Behaviour(count, tuple(caps), held=held)
    found = read_list(behaviour, 9, concurrency)
    assert (found.error, found.uids) == ("", found.paged.uids)
    # The server chooses the length of each page, so one after the other is no measure: pages of the shortest are.
    assert found.requests <= allowed(count // (min(caps) - 1) + 2, concurrency)


@settings(max_examples=60)
@given(count=COUNT, size=SIZE, cap=CAP, most=st.integers(1, 60), concurrency=CONCURRENCY)
def test_the_first_of_a_list_take_the_same_requests(
    count: int, size: int, cap: int, most: int, concurrency: int
) -> None:
    behaviour = Behaviour(count, cap)
    assert read_list(behaviour, size, concurrency, most)[:4] == sequential(behaviour, size, most)[:4]


@settings(max_examples=100)
@given(
    count=st.integers(1, 120),
    size=st.integers(2, 9),
    place=st.integers(0, 119),
    length=st.integers(1, 40),
    held=NUMBERS,
    concurrency=CONCURRENCY,
    kind=st.sampled_from(["500", *OVERLOAD]),
)
def test_a_page_that_cannot_be_read_is_the_same_error(
    count: int, size: int, place: int, length: int, held: frozenset[int], concurrency: int, kind: str
) -> None:
    errors = {"500": lambda: ServerError("it failed", http_status=500), **OVERLOAD}
    behaviour = Behaviour(count, size, held=held, failing=(range(place, place + length), errors[kind]))
    expected, found = sequential(behaviour, size), read_list(behaviour, size, concurrency)
    assert (found.uids, found.error) == (expected.uids, expected.error)
    # A page that was refused among others is read again alone.
    assert found.requests <= allowed(expected.requests, concurrency) + 1


@pytest.mark.parametrize("kind", OVERLOAD)
@settings(max_examples=25)
@given(bears=st.integers(1, 4), size=st.integers(5, 12), delayed=NUMBERS, concurrency=CONCURRENCY)
def test_a_server_that_refuses_gets_fewer_requests_at_a_time(
    kind: str, bears: int, size: int, delayed: frozenset[int], concurrency: int
) -> None:
    behaviour = Behaviour(200, 12, delayed=delayed, bears=(bears, OVERLOAD[kind]))
    found = read_list(behaviour, size, concurrency)
    assert (found.error, found.uids) == ("", found.paged.uids)
    # Each refusal halves what is sent at a time, so there are few of them.
    assert found.paged.refusals <= 2 * concurrency
    assert found.requests - found.paged.refusals <= allowed(sequential(behaviour, size).requests, concurrency)


def test_pages_are_read_at_the_same_time() -> None:
    late = frozenset(range(2, 40))
    assert read_list(Behaviour(200, 10, held=late), 10, 4).paged.at_a_time == 4
    assert read_list(Behaviour(200, 10, held=late, totals=(None,)), 10, 4).paged.at_a_time == 1
    assert read_list(Behaviour(200, 10, held=late), 10, 1).paged.at_a_time == 1
