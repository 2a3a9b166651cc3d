# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting an object of any resource: send, check, judge, and wait for its end where the task wants that."""

from __future__ import annotations

from typing import Any, Callable

from ..errors import NotFoundError, ProtocolError, PXBackupError
from ..text import join_first
from .lookup import Resource
from .model import Context, Outcome
from .pagination import name_of, uid_of
from .wait_policy import WaitPolicy
from .waiting import NOTHING_TO_WAIT_FOR, make_waiter
from .writes import Write, Written, carry_out

# How many namesakes a warning lists before it counts the rest.
_MAX_LISTED = 10


def start_deletion(
    context: Context,
    resource: Resource,
    parameters: dict[str, Any],
    item: dict[str, Any] | None,
    send: Callable[[str, str], None],
    waits: bool,
    namesakes: list[dict[str, Any]] | None = None,
) -> Outcome:
    """Return the outcome of starting the deletion of this object, ``None`` when there is none.

    Args:
        send: sends the deletion of a name and a uid.
        waits: a wait follows, so that a failed check can be left to it.
        namesakes: the objects of that name, where they are known already.
    """
    if item is None:
        name, uid = parameters.get("name", ""), parameters.get("uid", "")
        _warn_of_namesakes(context, resource, name, uid, namesakes)
        if name and not uid:
            _confirm_absence(context, resource, name)
        absence = resource.absence(context.api, name, uid)
        return Outcome(False, absence[0].upper() + absence[1:], {resource.noun: None}, {}, {})
    if resource.lifecycle.is_deleting(item):
        return Outcome(False, _deleting(resource, item), {resource.noun: item}, {}, {})
    resource.refuse_foreign(context, item, parameters)
    return _delete(context, resource, item, send, waits)


def _confirm_absence(context: Context, resource: Resource, name: str) -> None:
    """Check with an inspect that an object is absent that the list does not hold: an empty list may be an error.

    With a uid, inspect and list were both asked before.

    Raises:
        ProtocolError: inspect returns the object.
    """
    try:
        found = resource.inspect(context.api, name, "")
    except NotFoundError:
        return
    raise ProtocolError(
        f"the server contradicts itself: its list does not hold {resource.noun} {name!r}, and inspect returns it "
        f"({uid_of(found)})",
        hint="run the task again; if the error stays, set the uid",
        http_status=200,
        retriable=True,
    )


def wait_for_deletion(context: Context, resource: Resource, outcome: Outcome, policy: WaitPolicy | None) -> Outcome:
    """Return the outcome of a deletion after its end, where the task waits for it; check mode never waits.

    Raises:
        WaitTimeoutError: the object still exists; the reason names what it waits for.
    """
    item = outcome.result[resource.noun]
    if policy is None or context.api.check_mode:
        return outcome
    if item is None:
        return outcome._replace(result={**outcome.result, "waited": NOTHING_TO_WAIT_FOR})
    waiter = make_waiter(context, resource, item, policy)
    try:
        waiter.wait_until(lambda seen: seen is None, DELETION_CONTINUES)
    except PXBackupError as error:
        error.changed = outcome.changed
        error.result = {**outcome.result, **error.result}
        raise
    waited = waiter.report(status="gone", stage="")
    message = f"{resource.noun.capitalize()} {name_of(item)!r} is deleted"
    return outcome._replace(message=message, result={**outcome.result, resource.noun: None, "waited": waited})


# What the server does while nobody polls, and how to wait again.
DELETION_CONTINUES = (
    "the deletion continues on the server: run the task again to wait for it, and fix what the reason names"
)


def _delete(
    context: Context, resource: Resource, item: dict[str, Any], send: Callable[[str, str], None], waits: bool
) -> Outcome:
    """Send the deletion and check; a lost one that was not carried out is sent again."""
    name, uid, noun = name_of(item), uid_of(item), resource.noun
    write = Write(
        what=f"DELETE of {noun} {name!r}",
        send=lambda: send(name, uid),
        check=lambda: resource.get(context.api, name, uid),
        is_done=lambda found: found is None or resource.lifecycle.is_deleting(found),
        repeatable=True,
        check_may_fail=waits,
    )
    written = carry_out(context, write)
    before = {"name": name, "uid": uid}
    if context.api.check_mode:
        return Outcome(True, f"{noun.capitalize()} {name!r} would be deleted", {noun: item}, before, {})
    if written.found is None and written.done:
        changed = _is_ours(written)
        message = f"{noun.capitalize()} {name!r} is deleted{written.note}"
        return Outcome(changed, message, {noun: None}, before if changed else {}, {})
    # An accepted deletion is at least queued: the status may follow later.
    now = written.found or item
    return Outcome(True, f"{_deleting(resource, now)}{written.note}", {noun: now}, before, {})


def _is_ours(written: Written) -> bool:
    """Whether an object that is deleted was deleted by this task: "not found" at the first try says that it was not."""
    return not (isinstance(written.trouble, NotFoundError) and written.sent == 1)


def _warn_of_namesakes(
    context: Context, resource: Resource, name: str, uid: str, known: list[dict[str, Any]] | None
) -> None:
    """Warn when the uid of a task is deleted but its name exists: it may be the wrong uid, or a newer object."""
    if name and uid:
        uids = [uid_of(item) for item in (resource.list_named(context.api, name) if known is None else known)]
        if uids:
            context.warn(
                f"no {resource.noun} {name!r} has the uid {uid!r}; one with the uid {join_first(uids, _MAX_LISTED)} "
                "exists and was not deleted; correct the uid if it was meant"
            )


def _deleting(resource: Resource, item: dict[str, Any]) -> str:
    state = ": ".join(filter(None, (resource.lifecycle.status(item), resource.lifecycle.reason(item))))
    if not resource.lifecycle.is_deleting(item):
        return f"The server accepted the deletion of {resource.noun} {name_of(item)!r}, and still shows it as {state}"
    return f"{resource.noun.capitalize()} {name_of(item)!r} is being deleted by the server ({state})"
