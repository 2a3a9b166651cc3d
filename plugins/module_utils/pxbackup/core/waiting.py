# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: polls one object until its work has ended, and says truthfully how it ended.

The waiter takes a lifecycle and a function that inspects; it knows no resource. Facts: docs/server-behaviour.md,
section 2.4 (durations).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from ..errors import (
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    PXBackupError,
    TLSError,
    ValidationError,
    WaitTimeoutError,
)
from ..text import count_of
from .lifecycle import UNSET, Lifecycle
from .lookup import Resource
from .model import Context
from .pagination import name_of, uid_of
from .wait_policy import WaitPolicy

# The first polling interval in seconds; it doubles up to the maximum.
_FIRST_INTERVAL = 1.0


def poll(context: Context, policy: WaitPolicy, started: float) -> Iterator[float]:
    """Pause before each poll and yield how many seconds are left then; end when the time is up.

    Args:
        started: what the clock said when the wait began.
    """
    pause = _FIRST_INTERVAL
    while True:
        left = policy.timeout - (context.clock() - started)
        if left <= 0:
            return
        context.sleep(min(pause, policy.interval, left))
        pause = min(2 * pause, policy.interval)
        yield policy.timeout - (context.clock() - started)


def is_final(error: PXBackupError) -> bool:
    """Whether a poll failed in a way that no further poll can change."""
    if isinstance(error, ProtocolError):
        # The server has no such address: it will not have it at the next poll either.
        return error.http_status == 404
    return isinstance(error, (AuthenticationError, PermissionDeniedError, TLSError, ValidationError))


def continues(error: PXBackupError, goes_on: str) -> PXBackupError:
    """Return the error of a poll with what the server continues to do."""
    error.hint = f"{error.hint}; {goes_on}" if error.hint else goes_on
    return error


def timeout_error(
    lifecycle: Lifecycle, item: dict[str, Any], policy: WaitPolicy, last_error: PXBackupError | None, goes_on: str
) -> WaitTimeoutError:
    """Return the error of an object whose work has not ended in time.

    Args:
        last_error: why the last poll failed, if it did.
        goes_on: what the server continues to do, and how to wait again.
    """
    trouble = f"; the last poll failed ({last_error.message})" if last_error else ""
    return WaitTimeoutError(
        f"after {count_of(int(policy.timeout), 'second')} {lifecycle.noun} {name_of(item)!r} is still "
        f"{lifecycle.describe(item)}{lifecycle.reason_suffix(item)}{trouble}",
        hint=goes_on,
        retriable=True,
    )


class Waiter:
    """Polls one object until a predicate holds or the time is up.

    A failed poll does not end the wait, unless no further poll can succeed. The clock is monotonic.

    Args:
        item: the object as it was seen last.
        inspect: takes the seconds that are left and returns the object, ``None`` when it is absent.
        observed: whether ``item`` was read from the server; the response to a write does not show an end.
    """

    def __init__(
        self,
        context: Context,
        lifecycle: Lifecycle,
        item: dict[str, Any],
        inspect: Callable[[float], dict[str, Any] | None],
        policy: WaitPolicy,
        observed: bool = True,
    ) -> None:
        self._context = context
        self._lifecycle = lifecycle
        self._inspect = inspect
        self._policy = policy
        self._observed = observed
        self._omitted = False
        self._started = context.clock()
        self._polls = 0
        self._last_error: PXBackupError | None = None
        self._changes: list[dict[str, Any]] = []
        self.item = item
        self._note_change()

    def wait_until(self, done: Callable[[dict[str, Any] | None], bool], goes_on: str) -> dict[str, Any] | None:
        """Return the object for which ``done`` holds (``None`` when it is absent and ``done`` accepts that).

        Args:
            goes_on: what the server continues to do, and how to wait again, for the errors.

        Raises:
            WaitTimeoutError: the time was up; it says the last status.
            PXBackupError: a poll failed in a way that no further poll can change.
        """
        seen: dict[str, Any] | None = self.item
        if self._is_end(seen, done):
            return seen
        for left in poll(self._context, self._policy, self._started):
            seen = self._poll(seen, goes_on, left)
            if self._last_error is None and self._is_end(seen, done):
                return seen
        raise self.finish(timeout_error(self._lifecycle, self.item, self._policy, self._last_error, goes_on))

    def _is_end(self, seen: dict[str, Any] | None, done: Callable[[dict[str, Any] | None], bool]) -> bool:
        """Whether what was seen ends the wait; where the status is omitted, two polls in a row must show that."""
        ends = self._observed and done(seen)
        omits = ends and seen is not None and self._lifecycle.status(seen) == UNSET
        before, self._omitted = self._omitted, omits
        return ends and (before or not omits)

    def _poll(self, seen: dict[str, Any] | None, goes_on: str, left: float) -> dict[str, Any] | None:
        """Return the object as it is now, what was seen last when the poll failed."""
        self._polls += 1
        try:
            now = self._inspect(left)
        except PXBackupError as error:
            if is_final(error):
                raise self.finish(continues(error, goes_on)) from None
            self._last_error, self._omitted = error, False
            return seen
        self._last_error, self._observed = None, True
        if now is not None:
            self.item = now
            self._note_change()
        return now

    def _seconds(self) -> float:
        return round(self._context.clock() - self._started, 1)

    def _note_change(self) -> None:
        now = {"status": self._lifecycle.status(self.item), "stage": self._lifecycle.stage(self.item)}
        if self._changes and {key: self._changes[-1][key] for key in now} == now:
            return
        self._changes.append({"seconds": self._seconds(), **now})
        self._context.progress(f"{self._lifecycle.noun} {name_of(self.item)!r}: {self._lifecycle.describe(self.item)}")

    def report(self, **changes: str) -> dict[str, Any]:
        """Return the duration, the number of polls and what was seen, for the task's result."""
        return {
            "seconds": self._seconds(),
            "polls": self._polls,
            "status": self._lifecycle.status(self.item),
            "stage": self._lifecycle.stage(self.item),
            "changes": self._changes,
            **changes,
        }

    def finish(self, error: PXBackupError) -> PXBackupError:
        """Return the error with what the wait has seen."""
        error.result = {self._lifecycle.noun: self.item, "waited": self.report()}
        return error


def make_waiter(
    context: Context, resource: Resource, item: dict[str, Any], policy: WaitPolicy, observed: bool = True
) -> Waiter:
    """Return a waiter that polls an object of a resource by its name and uid."""
    name, uid = name_of(item), uid_of(item)

    def inspect(left: float) -> dict[str, Any] | None:
        return resource.get(context.api.limited(left), name, uid)

    return Waiter(context, resource.lifecycle, item, inspect, policy, observed)


# What `waited` says of a deletion that ended before the wait began.
NOTHING_TO_WAIT_FOR = {"seconds": 0.0, "polls": 0, "status": "gone", "stage": "", "changes": []}
