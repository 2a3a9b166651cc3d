# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: what is remembered over a restart.

It is written before the events of a poll are put (with the events in it) and again after all of them were put. A
restart in between puts them again, the same to the letter, so nothing is lost and duplicates have the same key.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, NamedTuple

from ..errors import ValidationError
from .model import Event, Known
from .targets import Watched, Watchlist

# Changes with the form of the file.
_FORM = 1


class State(NamedTuple):
    """What is remembered.

    Attributes:
        saved: time of the last complete poll.
        unreachable_since: when the outage began that an event has told of, ``""`` when there is none.
        known: the objects, by uid.
        watched: the namespaces with a target.
        pending: events that may not have been put.
    """

    saved: str
    unreachable_since: str
    known: dict[str, Known]
    watched: Watchlist
    pending: list[Event]


class StateFile:
    """One file that holds the state of one source.

    Args:
        path: where it is; its folder must exist.
        scope: what the state is about: server, organization, filters. Another scope's file is refused, because every
            object that the other one did not see would be an event.
    """

    def __init__(self, path: str, scope: dict[str, Any]) -> None:
        self._path = path
        # In the form in which it comes back from the file.
        self._scope = json.loads(json.dumps(scope))

    def load(self) -> State | None:
        """Return the state, ``None`` when there is no file yet.

        Raises:
            ValidationError: the file cannot be read, is damaged, or belongs to another source.
        """
        try:
            with open(self._path, encoding="utf-8") as file:
                content = json.load(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._error(f"cannot be read ({_reason(error)})", "correct its path or permissions") from None
        except (ValueError, RecursionError):
            raise self._error("is damaged", "remove it; what exists then becomes the baseline") from None
        if not isinstance(content, dict) or content.get("form") != _FORM:
            raise self._error("is not the state of an event source of this release", "remove it, or name another file")
        if content.get("scope") != self._scope:
            raise self._error(
                "belongs to a source with another server, organization, resource or other filters",
                "remove it, or name another file",
            )
        try:
            return _state_of(content)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._error("is damaged", "remove it; what exists then becomes the baseline") from None

    def save(self, state: State) -> None:
        """Replace the file in one step.

        Raises:
            ValidationError: it cannot be written.
        """
        content = {"form": _FORM, "scope": self._scope, **state._asdict()}
        temporary = ""
        try:
            folder = os.path.dirname(os.path.abspath(self._path))
            handle, temporary = tempfile.mkstemp(prefix=".px_backup_", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path)
        except OSError as error:
            if temporary and os.path.exists(temporary):
                os.unlink(temporary)
            raise self._error(f"cannot be written ({_reason(error)})", "correct its path or permissions") from None

    def _error(self, what: str, hint: str) -> ValidationError:
        return ValidationError(f"state_file {self._path!r} {what}", hint=hint)


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown error").lower()


def _state_of(content: dict[str, Any]) -> State:
    """Return the state in the content of a file; a wrong form raises one of Python's own errors."""
    pending = [{"px_backup": {**event["px_backup"]}, "meta": {**event["meta"]}} for event in content["pending"]]
    return State(
        str(content["saved"]),
        str(content["unreachable_since"]),
        {uid: Known(*map(str, values)) for uid, values in content["known"].items()},
        {place: Watched(*values) for place, values in content["watched"].items()},
        pending,
    )
