# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the end of a backup or of a deletion, and saying truly how it ended.

Facts: behaviour note 2.1 (states), 2.2 (deletion), 2.4 (how long things take), 2.5 (parts of a backup).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from ..core.model import Context
from ..core.pagination import uid_of
from ..core.policy import Policy
from ..errors import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    PXBackupError,
    StateError,
    TLSError,
    ValidationError,
    WaitTimeoutError,
)
from .lifecycle import BAD, DELETING, GOOD, PARTIAL, RETRIABLE, is_running, reason_of, stage_of, status_of

# The first pause between two looks in seconds; it doubles up to the interval.
_FIRST_PAUSE = 1.0

# How many failed parts an error names before it counts the rest.
_MOST_PARTS = 5

# What the server does while nobody looks, and how to join the wait again.
BACKUP_GOES_ON = "the backup goes on by itself: run the task again to wait on, or INSPECT_ONE with wait"
DELETION_GOES_ON = (
    "the server goes on with the deletion: run the task again to wait on, and see to what the reason names"
)


def looks(context: Context, policy: Policy, started: float) -> Iterator[float]:
    """Pause before each look and yield how many seconds are left then; end when the time is up.

    Args:
        started: what the clock said when the wait began.
    """
    pause = _FIRST_PAUSE
    while True:
        left = policy.timeout - (context.clock() - started)
        if left <= 0:
            return
        context.sleep(min(pause, policy.interval, left))
        pause *= 2
        yield policy.timeout - (context.clock() - started)


def is_final(error: PXBackupError) -> bool:
    """Whether a look failed in a way that another look cannot mend."""
    return isinstance(error, (AuthenticationError, PermissionDeniedError, TLSError, ValidationError))


def going_on(error: PXBackupError, goes_on: str) -> PXBackupError:
    """Return the error of a look with what the server does all the same."""
    error.hint = f"{error.hint}; {goes_on}" if error.hint else goes_on
    return error


def timed_out(
    backup: dict[str, Any], policy: Policy, last_error: PXBackupError | None, goes_on: str
) -> WaitTimeoutError:
    """Return the error of a backup that has not come to its end in time.

    Args:
        last_error: why the last look failed, if it did.
    """
    last = f"{status_of(backup)}, stage {stage_of(backup)}"
    reason = reason_of(backup)
    trouble = f"; the last look failed ({last_error.message})" if last_error else ""
    return WaitTimeoutError(
        f"after {policy.timeout:g} second{'' if policy.timeout == 1 else 's'} "
        f"backup {backup['metadata']['name']!r} is still {last}"
        f"{f' ({reason})' if reason else ''}{trouble}",
        hint=goes_on,
        retriable=True,
    )


class Waiter:
    """Looks at one backup until a predicate holds or the time is up.

    A look that fails does not end the wait, unless no further look can mend it. The clock is monotonic.
    """

    def __init__(self, context: Context, backup: dict[str, Any], policy: Policy) -> None:
        self._context = context
        self._policy = policy
        self._started = context.clock()
        self._polls = 0
        self._last_error: PXBackupError | None = None
        self._changes: list[dict[str, Any]] = []
        self.name = str(backup["metadata"]["name"])
        self.uid = uid_of(backup)
        self.backup = backup
        self._note_change()

    def until(self, done: Callable[[dict[str, Any] | None], bool], goes_on: str) -> dict[str, Any] | None:
        """Return the backup for which ``done`` holds (``None`` when it is gone and ``done`` takes that).

        Args:
            goes_on: what the server does all the same, and how to join the wait again, for the errors.

        Raises:
            WaitTimeoutError: the time was up; it says the last status.
            PXBackupError: a look failed in a way that another look cannot mend.
        """
        seen: dict[str, Any] | None = self.backup
        if done(seen):
            return seen
        for left in looks(self._context, self._policy, self._started):
            seen = self._look(seen, goes_on, left)
            if done(seen):
                return seen
        raise self.finished(timed_out(self.backup, self._policy, self._last_error, goes_on))

    def _look(self, seen: dict[str, Any] | None, goes_on: str, left: float) -> dict[str, Any] | None:
        """Return the backup as it is now, what was seen last when the look failed."""
        self._polls += 1
        try:
            self.backup = self._context.api.limited(left).inspect_backup(self.name, self.uid)
        except NotFoundError:
            return None
        except PXBackupError as error:
            if is_final(error):
                raise self.finished(going_on(error, goes_on)) from None
            self._last_error = error
            return seen
        self._last_error = None
        self._note_change()
        return self.backup

    def _seconds(self) -> float:
        return self._context.clock() - self._started

    def _note_change(self) -> None:
        now = {"status": status_of(self.backup), "stage": stage_of(self.backup)}
        if self._changes and {key: self._changes[-1][key] for key in now} == now:
            return
        self._changes.append({"seconds": round(self._seconds(), 1), **now})
        self._context.progress(f"backup {self.name!r}: {now['status']}, stage {now['stage']}")

    def waited(self) -> dict[str, Any]:
        """Return how long and how often was looked, and what was seen, for the task's result."""
        return {
            "seconds": round(self._seconds(), 1),
            "polls": self._polls,
            "status": status_of(self.backup),
            "stage": stage_of(self.backup),
            "changes": self._changes,
        }

    def finished(self, error: PXBackupError) -> PXBackupError:
        """Return the error with what the wait has seen."""
        error.result = {"backup": self.backup, "waited": self.waited()}
        return error


def end_of_backup(context: Context, backup: dict[str, Any], policy: Policy) -> tuple[dict[str, Any], dict[str, Any]]:
    """Wait until the backup has come to its end; return it and what ``waited`` tells.

    Raises:
        StateError: it ended badly, or partly and that counts as bad, or was deleted meanwhile.
        WaitTimeoutError: it has not ended in time; it goes on by itself.
    """
    waiter = Waiter(context, backup, policy)
    ended = waiter.until(
        lambda seen: seen is None or not is_running(status_of(seen)),
        BACKUP_GOES_ON,
    )
    if ended is None:
        raise waiter.finished(deleted_meanwhile(waiter.name))
    error = bad_end(ended, policy.on_partial)
    if error is not None:
        raise waiter.finished(error)
    if status_of(ended) in PARTIAL and policy.on_partial == "warn":
        context.warn(ending(ended))
    return ended, waiter.waited()


def deleted_meanwhile(name: str) -> PXBackupError:
    """Return the error of a wait for a backup that is not there any more."""
    return StateError(f"backup {name!r} was deleted while it was waited for")


def bad_end(backup: dict[str, Any], on_partial: str) -> PXBackupError | None:
    """Return the error of a backup that has come to a bad end, ``None`` of one that ended well."""
    status = status_of(backup)
    if status in GOOD or (status in PARTIAL and on_partial != "fail"):
        return None
    if status in DELETING:
        name = backup["metadata"]["name"]
        return StateError(f"backup {name!r} is being deleted ({status})", hint="make a new backup")
    again = "retry the backup, or delete it and make it again" if status in RETRIABLE else "delete it and make it again"
    return StateError(ending(backup), hint=f"see to the cause, then {again}")


def end_of_deletion(context: Context, backup: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Wait until the backup is gone; return what ``waited`` tells.

    Raises:
        WaitTimeoutError: it is still there; the reason names what it waits for.
    """
    waiter = Waiter(context, backup, policy)
    waiter.until(
        lambda seen: seen is None,
        DELETION_GOES_ON,
    )
    return {**waiter.waited(), "status": "gone", "stage": ""}


def ending(backup: dict[str, Any]) -> str:
    """Return how a backup ended: the server's reason and the parts that failed with theirs."""
    reason = reason_of(backup)
    parts = failed_parts(backup)
    shown = "; ".join(parts[:_MOST_PARTS])
    more = f"; and {len(parts) - _MOST_PARTS} more" if len(parts) > _MOST_PARTS else ""
    return (
        f"backup {backup['metadata']['name']!r} ended {status_of(backup)}"
        f"{f': {reason}' if reason else ', and the server gives no reason'}{f' [{shown}{more}]' if parts else ''}"
    )


def failed_parts(backup: dict[str, Any]) -> list[str]:
    """Return a line for each volume, virtual machine and namespace that failed, and for each missing namespace."""
    info = backup["backup_info"]
    parts = [
        _part("volume", f"{item['namespace']}/{item['pvc'] or item['name']}", item["status"])
        for item in info["volumes"]
        if _status(item["status"]) in BAD
    ]
    parts += [
        _part("virtual machine", f"{item['namespace']}/{item['name']}", item["status"])
        for item in info["virtual_machines"]
        if _status(item["status"]) in BAD
    ]
    namespaces = (info["namespace_resources"] or {}).get("namespaces") or []
    parts += [
        _part("namespace", item["name"], item["status"])
        for item in namespaces
        if _status(item["status"]) in ("Failed", "PartialSuccess")
    ]
    return parts + [f"namespace {name}: not there" for name in info["missing_namespaces"]]


def _status(info: dict[str, Any] | None) -> str:
    # `Invalid` is the zero value: a part that reports no status of its own, and no failure.
    status = str((info or {}).get("status") or "")
    return "" if status == "Invalid" else status


def _part(kind: str, name: str, info: dict[str, Any]) -> str:
    return f"{kind} {name}: {info.get('reason') or info['status']}"
