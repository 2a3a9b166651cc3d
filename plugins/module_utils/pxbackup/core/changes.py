# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of an object that exists: send the whole goal, read the backup again, and compare.

The API returns ``{}`` to a change, so only a second request tells whether it was carried out (docs/server-behaviour.md,
sections 5.1, 5.3).
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..errors import NotFoundError, ProtocolError, StateError
from .lookup import Resource
from .model import Context
from .pagination import name_of, uid_of
from .writes import Write, carry_out

Settings = dict[str, Any]


class Change(NamedTuple):
    """A change of an object.

    Attributes:
        operation: its name, for errors.
        send: sends the request.
        view: returns the settings that the change is about.
        goal: what ``view`` must return after it.
        apply: returns the object with the goal reached, for check mode.
    """

    operation: str
    send: Callable[[], None]
    view: Callable[[dict[str, Any]], Settings]
    goal: Settings
    apply: Callable[[dict[str, Any], Settings], dict[str, Any]]


def apply_change(context: Context, resource: Resource, item: dict[str, Any], change: Change) -> dict[str, Any]:
    """Carry out a change and return the object as it is then.

    Raises:
        ProtocolError: the server accepted the change, but the object does not have the new settings.
        NotFoundError: the object was deleted meanwhile.
    """
    name, uid = name_of(item), uid_of(item)

    def check() -> dict[str, Any]:
        found = resource.get(context.api, name, uid)
        if found is None:
            raise NotFoundError(f"{resource.noun} {name!r} ({uid}) was deleted meanwhile")
        return found

    write = Write(
        what=f"{change.operation} of {resource.noun} {name!r}",
        send=change.send,
        check=check,
        is_done=lambda found: change.view(found) == change.goal,
        # It names the uid and holds the whole goal.
        repeatable=True,
    )
    written = carry_out(context, write)
    if context.api.check_mode:
        return change.apply(item, change.goal)
    if not written.done:
        raise _not_applied(resource, change, item, written.found)
    now: dict[str, Any] = written.found
    return now


def _not_applied(resource: Resource, change: Change, before: dict[str, Any], after: dict[str, Any]) -> ProtocolError:
    """Return the error of a change that was accepted, but that the object does not show."""
    was, now, goal = change.view(before), change.view(after), change.goal
    wrong = [key for key in goal if now[key] != goal[key]]
    listed = "; ".join(f"{key} is {now[key]!r}, not {goal[key]!r}" for key in wrong)
    changed = now != was
    # What is neither as before nor as requested comes from another writer.
    foreign = changed and any(now[key] != was[key] for key in wrong)
    error = ProtocolError(
        f"the server accepted {change.operation} of {resource.noun} {name_of(before)!r} without an error, but {listed}",
        hint=f"another task or user changed the {resource.noun} at the same time: run the task again"
        if foreign
        else "this server, or the role of this user, does not allow the change",
        retriable=foreign,
    )
    error.changed = changed
    return error


def refuse_while_deleting(resource: Resource, item: dict[str, Any]) -> None:
    """Raise ``StateError`` where an object is being deleted and cannot be changed."""
    if resource.lifecycle.is_deleting(item):
        raise StateError(
            f"{resource.noun} {name_of(item)!r} is being deleted ({resource.lifecycle.status(item)}) and cannot be "
            "changed",
            hint=f"use another {resource.noun}",
        )


def done_message(context: Context, resource: Resource, item: dict[str, Any], what: str) -> str:
    """Return the sentence of a change: ``what`` was done, or would be."""
    verb = "would be" if context.api.check_mode else "was"
    return f"{resource.noun.capitalize()} {name_of(item)!r} {verb} {what}"
