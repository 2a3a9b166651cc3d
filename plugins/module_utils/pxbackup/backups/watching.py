# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking at many backups at once: a list request for all of them, not a request for each.

Facts: behaviour note 4.1 to 4.3 (lists, newest first), 2.4 (how long things take).
"""

from __future__ import annotations

import os.path
from collections import Counter
from collections.abc import Iterable
from typing import Any, Callable

from ..core.model import Context
from ..core.pagination import PAGE_SIZE, Listing, uid_of
from ..core.policy import Policy
from ..core.references import backups_named
from ..errors import NotFoundError, PXBackupError
from .lifecycle import status_of
from .waiting import going_on, is_final, looks

# Does the work for each of the items, several at a time, and returns what each came to, in the order of the items.
Each = Callable[[Callable[[Any], Any], "Iterable[Any]"], "list[Any]"]


def common_part(names: Iterable[str]) -> str:
    """Return the longest beginning or end that all names share, for a list filter that takes parts of names."""
    ordered = list(names)
    start = os.path.commonprefix(ordered)
    end = os.path.commonprefix([name[::-1] for name in ordered])[::-1]
    return max(start, end, key=len)


def named(context: Context, names: Iterable[str], each: Each) -> dict[str, list[dict[str, Any]]]:
    """Return the backups of each name, without their resources: from one list, or a look-up for each where that takes
    fewer requests."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    listing = Listing(context.api, _options(wanted))
    for backup in listing:
        if listing.total_count > len(wanted) * PAGE_SIZE:
            break
        found.get(backup["metadata"]["name"], []).append(backup)
    else:
        return found
    return dict(zip(wanted, each(lambda name: backups_named(context.api, name), wanted)))


def identified(context: Context, uids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the backups of these uids, without their resources; no filter of the API takes a uid."""
    wanted, found = set(uids), {}
    for backup in Listing(context.api, {"include_detailed_resources": False}) if wanted else ():
        if uid_of(backup) in wanted:
            found[uid_of(backup)] = backup
        if len(found) == len(wanted):
            break
    return found


def _options(names: Iterable[str]) -> dict[str, Any]:
    part = common_part(names)
    return {"include_detailed_resources": False, **({"name_filter": part} if part else {})}


class Watched:
    """What a wait for many backups has seen so far.

    Args:
        done: whether a backup (``None`` when it is gone) needs no further look.
        enough: whether the state of this backup ends the wait for all.

    Attributes:
        last: each backup by its uid as it was seen last, ``None`` for one that is gone.
        errors: why the last look at a backup failed, by its uid.
        error: why the last look at all of them failed.
        stopped: whether the looks ended because no further one could succeed.
        seconds, polls: how long and how often was looked.
    """

    def __init__(
        self,
        backups: list[dict[str, Any]],
        done: Callable[[dict[str, Any] | None], bool],
        enough: Callable[[dict[str, Any] | None], bool],
    ) -> None:
        self._names = {uid_of(backup): str(backup["metadata"]["name"]) for backup in backups}
        self._done = done
        self._enough = enough
        self.last: dict[str, dict[str, Any] | None] = {uid_of(backup): backup for backup in backups}
        self.errors: dict[str, PXBackupError] = {}
        self.error: PXBackupError | None = None
        self.stopped = False
        self.seconds = 0.0
        self.polls = 0

    def waited_for(self) -> dict[str, str]:
        """Return the names, by uid, of those that another look can say more of."""
        hopeless = {uid for uid, error in self.errors.items() if is_final(error)}
        return {uid: self._names[uid] for uid, item in self.last.items() if not (self._done(item) or uid in hopeless)}

    def over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.stopped or not self.waited_for() or any(map(self._enough, self.last.values()))

    def take(self, seen: dict[str, dict[str, Any] | PXBackupError | None], goes_on: str) -> None:
        """Take note of what a look has seen."""
        self.error = None
        for uid, item in seen.items():
            if isinstance(item, PXBackupError):
                self.errors[uid] = going_on(item, goes_on) if is_final(item) else item
            else:
                self.errors.pop(uid, None)
                self.last[uid] = item

    def take_failure(self, error: PXBackupError, goes_on: str) -> None:
        """Take note of a look that failed for all."""
        self.stopped = is_final(error)
        self.error = going_on(error, goes_on) if self.stopped else error

    def in_words(self) -> str:
        """Return how many backups are in which state."""
        counts = Counter(status_of(item) if item else "gone" for item in self.last.values())
        return f"{len(self.last)} backups: " + ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))


def watch(context: Context, watched: Watched, policy: Policy, each: Each, goes_on: str) -> None:
    """Look at the backups until all are done, one of them is enough, or the time is up.

    Args:
        goes_on: what the server does all the same, for an error that ends the wait.
    """
    started, told = context.clock(), ""
    for left in () if watched.over() else looks(context, policy, started):
        watched.polls += 1
        try:
            watched.take(_look(context, watched.waited_for(), each, left), goes_on)
        except PXBackupError as error:
            watched.take_failure(error, goes_on)
        if watched.in_words() != told:
            told = watched.in_words()
            context.progress(told)
        if watched.over():
            break
    watched.seconds = round(context.clock() - started, 1)


def _look(
    context: Context, names: dict[str, str], each: Each, left: float
) -> dict[str, dict[str, Any] | PXBackupError | None]:
    """Return the backups as they are now, by uid; ``None`` for one that is gone, an error for one that cannot be seen.

    The list is read as long as that takes fewer requests than a look at each backup. What it does not hold
    is looked at by itself, so that nothing counts as gone that the server does not say is not there.

    Raises:
        PXBackupError: the list cannot be read.
    """
    deadline = context.clock() + left

    def within() -> float:
        return deadline - context.clock()

    seen: dict[str, dict[str, Any] | PXBackupError | None] = {}
    for count, backup in enumerate(Listing(context.api, _options(names.values()), within=within)):
        if uid_of(backup) in names:
            seen[uid_of(backup)] = backup
        if len(seen) == len(names) or count >= len(names) * PAGE_SIZE:
            break

    def one(uid: str) -> dict[str, Any] | PXBackupError | None:
        try:
            return context.api.limited(within()).inspect_backup(names[uid], uid)
        except NotFoundError:
            return None
        except PXBackupError as error:
            return error

    missing = [uid for uid in names if uid not in seen]
    return {**seen, **dict(zip(missing, each(one, missing)))}
