# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lifecycle: what the states of an object mean. One table for each resource."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

Object = dict[str, Any]


# The zero value of every status, and so what an object shows whose response omits the status
# (docs/server-behaviour.md, section 2.1).
UNSET = "Invalid"


class Lifecycle(NamedTuple):
    """The states of one resource and where an object says its own.

    A state that is in none of the sets counts as running: a newer server may have states that this table lacks.

    Attributes:
        noun: what an object is called in a sentence, such as ``backup``.
        good, partial, bad: states in which the work has ended.
        deleting: states in which the object is being deleted.
        retriable: states whose failed parts the server can retry.
        status, reason, stage: read an object's own words; ``""`` where it says nothing.
    """

    noun: str
    good: frozenset[str]
    partial: frozenset[str]
    bad: frozenset[str]
    deleting: frozenset[str]
    retriable: frozenset[str]
    status: Callable[[Object], str]
    reason: Callable[[Object], str]
    stage: Callable[[Object], str]

    def is_running(self, item: Object) -> bool:
        """Whether the work on an object has not ended."""
        return self.status(item) not in self.good | self.partial | self.bad | self.deleting

    def is_deleting(self, item: Object) -> bool:
        """Whether an object is being deleted."""
        return self.status(item) in self.deleting

    def describe(self, item: Object) -> str:
        """Return status and stage for a sentence."""
        status, stage = self.status(item) or "in an unknown state", self.stage(item)
        return f"{status}, stage {stage}" if stage else status

    def reason_suffix(self, item: Object) -> str:
        """Return the reason in parentheses for the end of a sentence, ``""`` when the server gives none."""
        reason = self.reason(item)
        return f" ({reason})" if reason else ""
