# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values that every resource shares: what a handler gets, what it returns, and how operations and modules are
described."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..api.endpoints import Api
from .options import Option
from .references import References


class Context(NamedTuple):
    """What every handler works with.

    Attributes:
        api: the endpoints; its write gate knows check mode.
        references: resolves names to uids; each kind is listed once.
        caller: returns the caller's user id from the token, ``""`` when the token does not say it.
        warn: takes one sentence for the user.
        now: the time of day, in seconds since 1970.
        clock, sleep: monotonic seconds, and a pause of so many seconds.
        progress: takes one sentence about a long wait as it happens.
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
        changed: whether the operation changed something (in check mode: would have changed).
        message: one sentence for the user.
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
    """One entry of a registry: everything there is to know about an operation.

    Attributes:
        name: as the task gives it.
        summary: what it does, for the documentation.
        handler: the function that carries it out, as ``package.module:function`` below ``pxbackup``; it is imported
            when the operation runs, because a module starts faster with only what it needs.
        options: the options that it uses, apart from the connection.
        requires: groups of options; at least one of each group is required.
        writes: whether it can change state.
        second_run: the result of an unchanged second run, for the documentation.
        since: the first release of PX-Backup that has it, ``None`` for all.
        clearing: options for which an empty value means "clear" instead of "omitted".
    """

    name: str
    summary: str
    handler: str
    options: dict[str, Option]
    requires: tuple[tuple[str, ...], ...]
    writes: bool
    second_run: str
    since: str | None = None
    clearing: tuple[str, ...] = ()


class ModuleSpec(NamedTuple):
    """What a module offers.

    Attributes:
        name: the module's short name.
        operations: its operations; where there are several, the option ``operation`` chooses one.
    """

    name: str
    operations: tuple[Operation, ...]

    @property
    def has_choice(self) -> bool:
        """Whether the option ``operation`` chooses the operation."""
        return len(self.operations) > 1

    @property
    def options(self) -> dict[str, Option]:
        """The options of all operations, apart from the connection and ``operation``."""
        return {name: option for operation in self.operations for name, option in operation.options.items()}

    def operation(self, name: str | None) -> Operation:
        """Return the operation that the task chose, or the only one."""
        return next(item for item in self.operations if item.name == name or not self.has_choice)
