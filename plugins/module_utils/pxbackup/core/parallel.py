# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Doing one thing for many objects: several at a time, until a failure makes further tries pointless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any, Callable

from ..errors import (
    AuthenticationError,
    NetworkError,
    PXBackupError,
    RequestTimeoutError,
    ServerError,
    TLSError,
)
from ..text import join_first

# Calls a function for each of many, several at a time, and returns the results in the order of the items.
Each = Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]

# After so many items in a row without a response the server counts as unavailable.
_MAX_IN_A_ROW = 5

# How many failed objects the error of a task names before it counts the rest.
MAX_NAMED = 5


@contextmanager
def worker_pool(concurrency: int) -> Iterator[Each]:
    """Give a function that calls another one for many items, at most ``concurrency`` at a time.

    Whatever ends the block by an error ends it now: what has not begun never begins, and what runs is not waited for.
    """
    pool = ThreadPoolExecutor(max_workers=concurrency)
    try:
        yield lambda work, items: list(pool.map(work, items))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


class CircuitBreaker:
    """Says when nothing more shall begin: the task wants it so, or what is left would fail as well.

    Args:
        fail_fast: whether the first failure is enough.
    """

    def __init__(self, fail_fast: bool) -> None:
        self._fail_fast = fail_fast
        self._in_a_row = 0
        self._lock = Lock()
        self.is_open = False

    def record(self, error: PXBackupError | None) -> None:
        """Take note of how an item ended."""
        unavailable = isinstance(error, (NetworkError, RequestTimeoutError, ServerError)) and error.retriable
        # A single broken connection says nothing of the next.
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if unavailable else 0
        refused = isinstance(error, (AuthenticationError, TLSError))
        if refused or self._in_a_row >= _MAX_IN_A_ROW or (error is not None and self._fail_fast):
            self.is_open = True


def combine_errors(message: str, failures: Sequence[tuple[str, PXBackupError]], place: str) -> PXBackupError:
    """Return the error of a task in which some objects failed, of the kind of the first.

    Args:
        message: what the task did, as one sentence.
        failures: name and error of each object that failed, at least one.
        place: where the result says more about each, for the hint where the errors have several.
    """
    first = failures[0][1]
    named = join_first([f"{name!r}: {error.message}" for name, error in failures], MAX_NAMED, "; ")
    combined = type(first)(
        f"{message} [{named}]",
        hint=first.hint if len({error.hint for _name, error in failures}) == 1 else f"see {place}",
        http_status=first.http_status,
        grpc_code=first.grpc_code,
        retriable=all(error.retriable for _name, error in failures),
    )
    combined.method, combined.path, combined.attempts = first.method, first.path, first.attempts
    return combined
