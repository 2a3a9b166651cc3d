# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verified writes: send, then check, then judge by what exists.

One mechanism for lost responses, errors after the work, short responses and confirmation. A write that creates an
object is never sent twice. Facts: docs/server-behaviour.md, sections 1.6 (errors), 3.1 (names).
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..errors import PXBackupError
from .model import Context

# How often a repeatable write is sent when its response is lost each time.
_ROUNDS = 3

# Pauses in seconds before each check for what a lost request created: the server may still be working on it.
_PAUSES = (0, 1, 2, 4)


def _never(_response: Any) -> bool:
    return False


class Write(NamedTuple):
    """A request that changes state, and how to find out whether it was carried out.

    Attributes:
        what: the write in words, such as ``CREATE of backup 'shop'``.
        send: sends it and returns the response's object.
        check: returns what exists now, ``None`` when it is absent.
        is_done: whether what a check found shows that the write was carried out.
        confirms: whether the response alone shows it, so that no check is needed.
        repeatable: whether it may be sent again after a check that shows that it was not carried out: it names the
            object's uid and holds the whole goal.
        check_may_fail: whether a failed check is ignored after a good response, because a wait follows.
    """

    what: str
    send: Callable[[], Any]
    check: Callable[[], Any]
    is_done: Callable[[Any], bool]
    confirms: Callable[[Any], bool] = _never
    repeatable: bool = False
    check_may_fail: bool = False


class Written(NamedTuple):
    """What is known after a write.

    Attributes:
        found: what the last check found, or the response where no check was needed (in check mode: the prediction).
        done: whether ``found`` shows that the write was carried out.
        trouble: what came instead of a good response.
        sent: how often it was sent.
    """

    found: Any
    done: bool
    trouble: PXBackupError | None
    sent: int

    @property
    def note(self) -> str:
        """How the result became known, for the end of a sentence."""
        if self.trouble is None:
            return ""
        why = "" if self.trouble.http_status is None else f" ({self.trouble.message})"
        return f"; the response {_fate(self.trouble)}{why}, and the result was verified"


def _fate(trouble: PXBackupError) -> str:
    """Return in words what came instead of a good response: nothing, or something with a status."""
    return "was lost" if trouble.http_status is None else "was an error"


def carry_out(context: Context, write: Write) -> Written:
    """Send a write and find out whether it was carried out.

    Raises:
        PXBackupError: the write was refused, or it is unknown whether it was carried out; ``changed`` is true where
            the server accepted it and only the check failed.
    """
    rounds = _ROUNDS if write.repeatable else 1
    for number in range(1, rounds + 1):
        response, trouble = _send(write)
        if context.api.check_mode or (trouble is None and write.confirms(response)):
            return Written(response, True, None, number)
        try:
            found = _find(context, write, trouble)
        except PXBackupError as error:
            if trouble is None and write.check_may_fail:
                return Written(response, False, None, number)
            raise _unverified(error, trouble, write) from None
        done = write.is_done(found)
        if done or trouble is None:
            return Written(found, done, trouble, number)
        responded = trouble.http_status is not None
        if not trouble.maybe_processed or (write.repeatable and (responded or number == rounds)):
            # What responded may have processed the request: only a request without any response is sent again.
            raise trouble
        if number == rounds:
            raise _unknown(trouble, write)
    raise AssertionError("the last round returns or raises")


def _send(write: Write) -> tuple[Any, PXBackupError | None]:
    """Send; return the response and what came instead of a good one. Raise what proves that nothing was done."""
    try:
        return write.send(), None
    except PXBackupError as error:
        if proves_no_change(error):
            raise
        return None, error


def proves_no_change(error: PXBackupError) -> bool:
    """Whether an error of a write shows that the server did not carry it out.

    A server error may come after the work, and "not found" and "conflict" may respond to a second delivery.
    """
    status = error.http_status
    return not error.maybe_processed and (status is None or (status < 500 and status not in (404, 408, 409)))


def _find(context: Context, write: Write, trouble: PXBackupError | None) -> Any:
    """Check; after a lost response several times, because what was sent may still be on its way."""
    lost_creation = trouble is not None and trouble.maybe_processed and not write.repeatable
    found = None
    for pause in _PAUSES if lost_creation else (0,):
        context.sleep(pause)
        found = write.check()
        if write.is_done(found):
            break
    return found


def _unverified(error: PXBackupError, trouble: PXBackupError | None, write: Write) -> PXBackupError:
    """Return the error of a check that failed after a write was sent."""
    if trouble is None:
        error.changed = True
        error.message = f"the server accepted {write.what}, but the check after it failed: {error.message}"
    elif trouble.maybe_processed:
        error.maybe_processed = True
        error.message = (
            f"the response to {write.what} {_fate(trouble)} ({trouble.message}) and the check after it failed, so "
            f"it is unknown whether PX-Backup processed the request: {error.message}"
        )
    else:
        trouble.message = (
            f"{trouble.message}; it could not be checked whether {write.what} was carried out ({error.message})"
        )
        return trouble
    return error


def _unknown(trouble: PXBackupError, write: Write) -> PXBackupError:
    """Return the error of a creation that got no good response and cannot be found."""
    unknown = type(trouble)(
        f"the response to {write.what} {_fate(trouble)} ({trouble.message}), and the object does not exist so far: "
        "it may still appear",
        hint="run the task again: it checks first and never creates a second one",
        http_status=trouble.http_status,
        grpc_code=trouble.grpc_code,
        retriable=True,
        maybe_processed=True,
    )
    unknown.method, unknown.path, unknown.attempts = trouble.method, trouble.path, trouble.attempts
    return unknown
