# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the end of a backup or of a deletion, and saying truly how it ended.

Facts: behaviour note 2.1 (states), 2.2 (deletion), 2.4 (how long things take), 2.5 (parts of a backup).
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from .errors import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    PXBackupError,
    StateError,
    TLSError,
    ValidationError,
    WaitTimeoutError,
)
from .listing import uid_of
from .model import Context
from .status import BAD, DELETING, GOOD, PARTIAL, RETRIABLE, is_running, reason_of, stage_of, status_of

# Seconds that the vendor's own tests give a backup and a deletion.
BACKUP_TIMEOUT = 2400
DELETION_TIMEOUT = 3600
DEFAULT_INTERVAL = 30

# The first pause between two looks in seconds; it doubles up to the interval.
_FIRST_PAUSE = 1.0

# How many failed parts an error names before it counts the rest.
_MOST_PARTS = 5

# What no further look can mend.
_FINAL_ERRORS = (AuthenticationError, PermissionDeniedError, TLSError, ValidationError)

ON_PARTIAL = ("fail", "warn", "accept")
ON_EMPTY = ("warn", "fail", "accept")

# The parameters of a wait, and what the end of a backup means besides, which a deletion has no use for.
WAIT_PARAMETERS = ("wait", "wait_timeout", "wait_interval")
END_PARAMETERS = ("on_partial", "on_empty")


class Policy(NamedTuple):
    """How long and how often to look, in seconds, and what a partial success and an empty one mean."""

    timeout: float
    interval: float
    on_partial: str
    on_empty: str = "warn"


def policy_of(parameters: dict[str, Any], timeout: float) -> Policy | None:
    """Return how the task wants to wait, ``None`` when it does not.

    Args:
        timeout: the default for this operation, in seconds.

    Raises:
        ValidationError: a time is not more than 0, or is given without ``wait``.
    """
    times = {name: parameters.get(name) for name in ("wait_timeout", "wait_interval")}
    for name, value in times.items():
        if value is not None and value <= 0:
            raise ValidationError(f"{name} is {value}", hint="give more than 0 seconds")
    if not parameters.get("wait"):
        useless = [name for name in (*times, *END_PARAMETERS) if parameters.get(name) is not None]
        if useless:
            have = "has" if len(useless) == 1 else "have"
            raise ValidationError(f"{' and '.join(useless)} {have} no effect without wait", hint="set wait to true")
        return None
    return Policy(
        times["wait_timeout"] or timeout,
        times["wait_interval"] or DEFAULT_INTERVAL,
        parameters.get("on_partial") or "fail",
        parameters.get("on_empty") or "warn",
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
        pause = _FIRST_PAUSE
        while not done(seen):
            left = self._policy.timeout - self._seconds()
            if left <= 0:
                raise self._finished(self._timeout(goes_on))
            self._context.sleep(min(pause, self._policy.interval, left))
            pause *= 2
            seen = self._look(seen, goes_on)
        return seen

    def _look(self, seen: dict[str, Any] | None, goes_on: str) -> dict[str, Any] | None:
        """Return the backup as it is now, what was seen last when the look failed."""
        self._polls += 1
        try:
            left = self._policy.timeout - self._seconds()
            self.backup = self._context.api.inspect_backup(self.name, self.uid, within=left)
        except NotFoundError:
            return None
        except _FINAL_ERRORS as error:
            error.hint = f"{error.hint}; {goes_on}" if error.hint else goes_on
            raise self._finished(error) from None
        except PXBackupError as error:
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

    def _timeout(self, goes_on: str) -> PXBackupError:
        last = f"{status_of(self.backup)}, stage {stage_of(self.backup)}"
        reason = reason_of(self.backup)
        trouble = f"; the last look failed ({self._last_error.message})" if self._last_error else ""
        return WaitTimeoutError(
            f"after {self._policy.timeout:g} seconds backup {self.name!r} is still {last}"
            f"{f' ({reason})' if reason else ''}{trouble}",
            hint=goes_on,
            retriable=True,
        )

    def _finished(self, error: PXBackupError) -> PXBackupError:
        error.result = {"backup": self.backup, "waited": self.waited()}
        return error

    def failure(self, message: str, hint: str | None) -> PXBackupError:
        """Return the error of a wait that has come to a bad end."""
        return self._finished(StateError(message, hint=hint))


def end_of_backup(context: Context, backup: dict[str, Any], policy: Policy) -> tuple[dict[str, Any], dict[str, Any]]:
    """Wait until the backup has come to its end; return it and what ``waited`` tells.

    Raises:
        StateError: it ended badly, or partly and that counts as bad, or was deleted meanwhile.
        WaitTimeoutError: it has not ended in time; it goes on by itself.
    """
    waiter = Waiter(context, backup, policy)
    ended = waiter.until(
        lambda seen: seen is None or not is_running(status_of(seen)),
        "the backup goes on by itself: run the task again to wait on, or INSPECT_ONE with wait",
    )
    if ended is None:
        raise waiter.failure(f"backup {waiter.name!r} was deleted while it was waited for", None)
    status = status_of(ended)
    if status in GOOD or (status in PARTIAL and policy.on_partial == "accept"):
        return ended, waiter.waited()
    if status in DELETING:
        raise waiter.failure(f"backup {waiter.name!r} is being deleted ({status})", "make a new backup")
    message = ending(ended)
    if status in PARTIAL and policy.on_partial == "warn":
        context.warn(message)
        return ended, waiter.waited()
    again = "retry the backup, or delete it and make it again" if status in RETRIABLE else "delete it and make it again"
    hint = f"see to the cause, then {again}"
    raise waiter.failure(message, hint)


def end_of_deletion(context: Context, backup: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Wait until the backup is gone; return what ``waited`` tells.

    Raises:
        WaitTimeoutError: it is still there; the reason names what it waits for.
    """
    waiter = Waiter(context, backup, policy)
    waiter.until(
        lambda seen: seen is None,
        "the server goes on with the deletion: run the task again to wait on, and see to what the reason names",
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
