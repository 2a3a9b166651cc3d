# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation is, what it works with and what it answers."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..api.endpoints import Api
from ..api.releases import PARAMETERS_SINCE
from .references import References


class Context(NamedTuple):
    """What every handler works with.

    Attributes:
        api: the endpoints; its write gate knows check mode.
        references: looks names up, each kind once.
        caller: returns the user's id as the token says it, ``""`` when it does not.
        warn: takes one sentence that the person shall see.
        now: the time of day, in seconds since 1970.
        clock, sleep: seconds that only go forward, and a pause of so many seconds.
        progress: takes what a long wait has to tell as it happens.
    """

    api: Api
    references: References
    caller: Callable[[], str]
    warn: Callable[[str], None]
    now: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    progress: Callable[[str], None]


class Outcome(NamedTuple):
    """What an operation did and found.

    Attributes:
        changed: whether something was changed (in check mode: would have been).
        message: one sentence for a person.
        result: further keys of the task's result such as ``backup``.
        before, after: the settings that the operation is about, ``None`` for an operation that only reads.
    """

    changed: bool
    message: str
    result: dict[str, Any]
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


Handler = Callable[[Context, "dict[str, Any]"], Outcome]


class Operation(NamedTuple):
    """One entry of the registry: all that is to be known of an operation.

    Attributes:
        name: as the task gives it.
        summary: what it does, for the documentation.
        handler: carries it out.
        requires: groups of parameters; of each group at least one must be given.
        accepts: the parameters that have an effect, apart from those of the connection.
        writes: whether it can change state.
        second_run: what an unchanged second run answers, for the documentation.
        since: the first release of PX-Backup that has it, ``None`` for all.
        parameters_since: parameters that not every release has, with the first that does.
        clearing: parameters of which an empty value means "clear", not "left out".
    """

    name: str
    summary: str
    handler: Handler
    requires: tuple[tuple[str, ...], ...]
    accepts: tuple[str, ...]
    writes: bool
    second_run: str
    since: str | None = None
    parameters_since: dict[str, str] = PARAMETERS_SINCE
    clearing: tuple[str, ...] = ()
