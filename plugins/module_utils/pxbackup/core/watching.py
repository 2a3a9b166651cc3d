# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Polling many objects at once: one list for all of them instead of a request for each.

Facts: docs/server-behaviour.md, sections 4.1 to 4.3 (lists, newest first), 2.4 (durations).
"""

from __future__ import annotations

import os.path
from collections import Counter
from collections.abc import Iterable
from typing import Any, Callable

from ..api.base import Page
from ..api.endpoints import Api
from ..errors import PXBackupError
from ..text import count_of
from .lifecycle import UNSET
from .lookup import WITHOUT_RESOURCES, Resource
from .model import Context
from .pagination import PAGE_SIZE, Listing, name_of, uid_of
from .parallel import Each
from .wait_policy import WaitPolicy
from .waiting import continues, is_final, poll


def find_common_part(names: Iterable[str]) -> str:
    """Return the longest beginning or end that all names share, for a list filter that matches parts of names."""
    ordered = list(names)
    start = os.path.commonprefix(ordered)
    end = os.path.commonprefix([name[::-1] for name in ordered])[::-1]
    return max(start, end, key=len)


def find_by_names(
    context: Context, resource: Resource, names: Iterable[str], each: Each
) -> dict[str, list[dict[str, Any]]]:
    """Return the objects of each name, without their contents: from one list, or a look-up for each where that takes
    fewer requests."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    listing = resource.list_all(context.api, _options(wanted))
    for item in listing:
        if listing.total_count > len(wanted) * PAGE_SIZE:
            break
        found.get(name_of(item), []).append(item)
    else:
        return found
    return dict(zip(wanted, each(lambda name: resource.list_named(context.api, name), wanted)))


def find_by_uids(context: Context, resource: Resource, uids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the objects of these uids, without their contents; no filter of the API takes a uid."""
    wanted, found = set(uids), {}
    for item in resource.list_all(context.api, WITHOUT_RESOURCES) if wanted else ():
        if uid_of(item) in wanted:
            found[uid_of(item)] = item
        if len(found) == len(wanted):
            break
    return found


def _options(names: Iterable[str]) -> dict[str, Any]:
    part = find_common_part(names)
    return {**WITHOUT_RESOURCES, **({"name_filter": part} if part else {})}


class Watched:
    """What a wait for many objects has seen so far.

    Args:
        done: whether an object (``None`` when it is deleted) needs no further poll.
        enough: whether the state of this object ends the wait for all.
        unobserved: uids of objects known from the response to a write, which does not show an end.

    Attributes:
        last: each object by its uid as it was seen last, ``None`` for one that is deleted.
        errors: why the last poll of an object failed, by its uid.
        error: why the last poll failed for all.
        stopped: whether polling ended because no further poll could succeed.
        seconds, polls: the duration and the number of polls.
    """

    def __init__(
        self,
        resource: Resource,
        items: list[dict[str, Any]],
        done: Callable[[dict[str, Any] | None], bool],
        enough: Callable[[dict[str, Any] | None], bool],
        unobserved: Iterable[str] = (),
    ) -> None:
        self.resource = resource
        self._unobserved = set(unobserved)
        # Objects whose last poll showed no status: only a second one in a row counts.
        self._omitted: set[str] = set()
        self._names = {uid_of(item): name_of(item) for item in items}
        self._done = done
        self._enough = enough
        self.last: dict[str, dict[str, Any] | None] = {uid_of(item): item for item in items}
        self.errors: dict[str, PXBackupError] = {}
        self.error: PXBackupError | None = None
        self.stopped = False
        self.seconds = 0.0
        self.polls = 0

    def pending(self) -> dict[str, str]:
        """Return the names, by uid, of those that another poll can say more about."""
        hopeless = {uid for uid, error in self.errors.items() if is_final(error)}
        return {uid: self._names[uid] for uid in self.last if not (self.is_done(uid) or uid in hopeless)}

    def is_done(self, uid: str) -> bool:
        """Whether an object was seen in a state that needs no further poll."""
        return uid not in self._unobserved and self._done(self.last[uid])

    def is_over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return (
            self.stopped
            or not self.pending()
            or any(self._enough(item) for uid, item in self.last.items() if uid not in self._unobserved)
        )

    def record(self, seen: dict[str, dict[str, Any] | PXBackupError | None], goes_on: str) -> None:
        """Take note of what a poll has seen."""
        self.error = None
        for uid, item in seen.items():
            if isinstance(item, PXBackupError):
                self.errors[uid] = continues(item, goes_on) if is_final(item) else item
                self._omitted.discard(uid)
            else:
                self.errors.pop(uid, None)
                self._note(uid, item)

    def _note(self, uid: str, item: dict[str, Any] | None) -> None:
        omits = item is not None and self.resource.lifecycle.status(item) == UNSET
        if omits and uid not in self._omitted:
            self._omitted.add(uid)
            self._unobserved.add(uid)
        else:
            self._omitted.discard(uid)
            self._unobserved.discard(uid)
        self.last[uid] = item

    def record_failure(self, error: PXBackupError, goes_on: str) -> None:
        """Take note of a poll that failed for all."""
        self.stopped = is_final(error)
        self._omitted.clear()
        self.error = continues(error, goes_on) if self.stopped else error

    def describe(self) -> str:
        """Return how many objects are in which state."""
        status = self.resource.lifecycle.status
        counts = Counter(status(item) if item else "gone" for item in self.last.values())
        states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        return f"{count_of(len(self.last), self.resource.noun)}: {states}"


def watch(context: Context, watched: Watched, policy: WaitPolicy, each: Each, goes_on: str) -> None:
    """Poll the objects until all are done, one of them is enough, or the time is up.

    Args:
        goes_on: what the server continues to do, for an error that ends the wait.
    """
    started, told = context.clock(), ""
    for left in () if watched.is_over() else poll(context, policy, started):
        watched.polls += 1
        try:
            watched.record(_poll_all(context, watched, each, left), goes_on)
        except PXBackupError as error:
            watched.record_failure(error, goes_on)
        if watched.describe() != told:
            told = watched.describe()
            context.progress(told)
        if watched.is_over():
            break
    watched.seconds = round(context.clock() - started, 1)


def _poll_all(
    context: Context, watched: Watched, each: Each, left: float
) -> dict[str, dict[str, Any] | PXBackupError | None]:
    """Return the objects as they are now, by uid; ``None`` for a deleted one, an error for one that cannot be seen.

    The list is read as long as that takes fewer requests than one for each object. What it does not hold
    is inspected, because absence is always confirmed.

    Raises:
        PXBackupError: the list cannot be read.
    """
    names, resource = watched.pending(), watched.resource
    deadline = context.clock() + left

    def limited() -> Api:
        return context.api.limited(deadline - context.clock())

    def fetch(index: int, size: int) -> Page:
        return resource.fetch(limited(), _options(names.values()), None)(index, size)

    seen: dict[str, dict[str, Any] | PXBackupError | None] = {}
    for count, item in enumerate(Listing(fetch, f"{resource.noun}s")):
        if uid_of(item) in names:
            seen[uid_of(item)] = item
        if len(seen) == len(names) or count >= len(names) * PAGE_SIZE:
            break

    def get(uid: str) -> dict[str, Any] | PXBackupError | None:
        try:
            return resource.get(limited(), names[uid], uid)
        except PXBackupError as error:
            return error

    missing = [uid for uid in names if uid not in seen]
    return {**seen, **dict(zip(missing, each(get, missing)))}
