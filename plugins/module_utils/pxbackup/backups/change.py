# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of a backup that exists: send the whole goal, read the backup again, and compare.

The API answers ``{}`` to a change, so only a second look tells whether it was carried out (behaviour note 5.1, 5.3).
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..core.model import Context
from ..core.pagination import name_of, uid_of
from ..core.writes import Write, carry_out
from ..errors import NotFoundError, ProtocolError, StateError
from .lifecycle import LIFECYCLE, status_of
from .lookup import BACKUPS

Settings = dict[str, Any]


class Change(NamedTuple):
    """A change of a backup.

    Attributes:
        operation: its name, for errors.
        send: sends the request.
        view: returns the settings that the change is about.
        goal: what ``view`` must return after it.
        apply: returns the backup with the goal reached, for check mode.
    """

    operation: str
    send: Callable[[], None]
    view: Callable[[dict[str, Any]], Settings]
    goal: Settings
    apply: Callable[[dict[str, Any], Settings], dict[str, Any]]


def apply_change(context: Context, backup: dict[str, Any], change: Change) -> dict[str, Any]:
    """Carry out a change and return the backup as it is then.

    Raises:
        ProtocolError: the server accepted the change, but the backup does not have the new settings.
        NotFoundError: the backup was deleted meanwhile.
    """
    name, uid = name_of(backup), uid_of(backup)

    def look() -> dict[str, Any]:
        found = BACKUPS.look_at(context.api, name, uid)
        if found is None:
            raise NotFoundError(f"backup {name!r} ({uid}) was deleted meanwhile")
        return found

    write = Write(
        what=f"{change.operation} of backup {name!r}",
        send=change.send,
        look=look,
        is_done=lambda found: change.view(found) == change.goal,
        # It names the uid and holds the whole goal.
        repeatable=True,
    )
    written = carry_out(context, write)
    if context.api.check_mode:
        return change.apply(backup, change.goal)
    if not written.done:
        raise _not_applied(change, backup, written.found)
    now: dict[str, Any] = written.found
    return now


def _not_applied(change: Change, before: dict[str, Any], after: dict[str, Any]) -> ProtocolError:
    """Return the error of a change that was accepted, but that the backup does not show."""
    was, now, goal = change.view(before), change.view(after), change.goal
    wrong = [key for key in goal if now[key] != goal[key]]
    listed = "; ".join(f"{key} is {now[key]!r}, not {goal[key]!r}" for key in wrong)
    changed = now != was
    # What is neither as before nor as requested comes from another writer.
    foreign = changed and any(now[key] != was[key] for key in wrong)
    error = ProtocolError(
        f"the server accepted {change.operation} of backup {name_of(before)!r} without an error, but {listed}",
        hint="another task or user changed the backup at the same time: run the task again"
        if foreign
        else "this server, or the role of this user, does not allow the change",
        retriable=foreign,
    )
    error.changed = changed
    return error


def refuse_while_deleting(backup: dict[str, Any]) -> None:
    """Raise ``StateError`` where a backup is being deleted and cannot be changed."""
    if LIFECYCLE.is_deleting(backup):
        raise StateError(
            f"backup {name_of(backup)!r} is being deleted ({status_of(backup)}) and cannot be changed",
            hint="use another backup",
        )


def done_message(context: Context, backup: dict[str, Any], what: str) -> str:
    """Return the sentence of a change: ``what`` was done, or would be."""
    return f"Backup {name_of(backup)!r} {'would be' if context.api.check_mode else 'was'} {what}"
