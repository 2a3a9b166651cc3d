# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating an object once, and the name that is taken already.

Facts: docs/server-behaviour.md, section 3.1 (names are unique for one owner).
"""

from __future__ import annotations

from typing import Any, Callable

from ..errors import StateError
from .lifecycle import UNSET
from .lookup import Resource, owner_of
from .model import Context
from .pagination import uid_of
from .writes import Write, Written, carry_out


def create_once(
    context: Context,
    resource: Resource,
    name: str,
    owner: str,
    send: Callable[[], dict[str, Any]],
    is_complete: Callable[[dict[str, Any]], bool],
) -> Written:
    """Send a creation and find what exists then; it is never sent a second time.

    The name was free before, so an object of this name and owner is the one that was created now; after "already
    exists" it is one that another task created in between.

    Args:
        owner: who will own the object, ``""`` when that is unknown.
        send: sends the creation and returns the response's object.
        is_complete: whether that object shows all that the task sets; where it is short, what the server keeps counts.

    Raises:
        PXBackupError: as in `carry_out`.
    """
    uid = ""

    def send_and_remember() -> dict[str, Any]:
        nonlocal uid
        created = send()
        uid = uid_of(created)
        return created

    def check() -> dict[str, Any] | None:
        return resource.get(context.api, name, uid) if uid else resource.find(context.api, name, "", owner)

    what = f"CREATE of {resource.noun} {name!r}"
    write = Write(
        what, send_and_remember, check, _exists, lambda created: bool(uid_of(created)) and is_complete(created)
    )
    return carry_out(context, write)


def _exists(found: dict[str, Any] | None) -> bool:
    return found is not None


def refuse_unusable(resource: Resource, name: str, existing: dict[str, Any]) -> None:
    """Raise ``StateError`` when what has the name is being deleted or has failed: that is not what the task wants."""
    lifecycle = resource.lifecycle
    state, reason = lifecycle.status(existing), lifecycle.reason_suffix(existing)
    if lifecycle.is_deleting(existing):
        raise StateError(
            f"{resource.noun} {name!r} is being deleted ({state}){reason}",
            hint="wait until it is deleted, or use another name",
            retriable=True,
        )
    if state == UNSET:
        raise StateError(
            f"{resource.noun} {name!r} already exists and is {state}{reason}",
            hint="inspect it before you delete it: a response that omits the status shows the same",
            retriable=True,
        )
    if state in lifecycle.bad:
        raise StateError(
            f"{resource.noun} {name!r} already exists and is {state}{reason}",
            hint=f"delete it first,{' retry it,' if state in lifecycle.retriable else ''} or use another name",
        )


def warn_of_unknown_owner(context: Context, resource: Resource, name: str, existing: dict[str, Any]) -> None:
    """Warn that what has the name may be another user's, because the caller is unknown."""
    context.warn(
        f"{resource.noun} {name!r} ({uid_of(existing)}) belongs to user {owner_of(existing)}, and the token does not "
        f"say who the caller is: it may be another user's {resource.noun}"
    )
