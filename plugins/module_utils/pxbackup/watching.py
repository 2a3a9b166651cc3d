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
from typing import Any, Callable, NamedTuple

from .errors import NotFoundError, PXBackupError
from .listing import PAGE_SIZE, Listing, uid_of
from .model import Context
from .policy import Policy
from .references import backups_named
from .status import status_of
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


class Watched(NamedTuple):
    """What a wait for many backups came to.

    Attributes:
        last: each backup by its uid as it was seen last, ``None`` for one that is gone.
        errors: why the last look at a backup failed, by its uid.
        error: why the last look at all of them failed.
        stopped: whether the looks ended because no further one could succeed.
        seconds, polls: how long and how often was looked.
    """

    last: dict[str, dict[str, Any] | None]
    errors: dict[str, PXBackupError]
    error: PXBackupError | None
    stopped: bool
    seconds: float
    polls: int


def watch(
    context: Context,
    backups: list[dict[str, Any]],
    policy: Policy,
    done: Callable[[dict[str, Any] | None], bool],
    enough: Callable[[dict[str, Any] | None], bool],
    each: Each,
    goes_on: str,
) -> Watched:
    """Look at the backups until all are done, one of them is enough, or the time is up.

    Args:
        done: whether a backup (``None`` when it is gone) needs no further look.
        enough: whether the state of this backup ends the wait for all.
        goes_on: what the server does all the same, for an error that ends the wait.
    """
    started = context.clock()
    last: dict[str, dict[str, Any] | None] = {uid_of(backup): backup for backup in backups}
    names = {uid: str(backup["metadata"]["name"]) for uid, backup in last.items() if backup}
    errors: dict[str, PXBackupError] = {}
    polls, error, told = 0, None, ""

    def result(stopped: bool) -> Watched:
        return Watched(last, errors, error, stopped, round(context.clock() - started, 1), polls)

    def waited_for() -> dict[str, str]:
        """Return the names of those that another look can say more of."""
        return {uid: names[uid] for uid, item in last.items() if not (done(item) or _is_hopeless(errors.get(uid)))}

    for left in looks(context, policy, started) if waited_for() and not any(map(enough, last.values())) else ():
        polls += 1
        try:
            seen = _look(context, waited_for(), each, left)
        except PXBackupError as failure:
            error = failure
            if is_final(failure):
                error = going_on(failure, goes_on)
                return result(True)
            continue
        error = None
        for uid, item in seen.items():
            if isinstance(item, PXBackupError):
                errors[uid] = going_on(item, goes_on) if is_final(item) else item
            else:
                errors.pop(uid, None)
                last[uid] = item
        counts = Counter(status_of(item) if item else "gone" for item in last.values())
        now = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        if now != told:
            context.progress(f"{len(last)} backups: {now}")
            told = now
        if not waited_for() or any(map(enough, last.values())):
            break
    return result(False)


def _is_hopeless(error: PXBackupError | None) -> bool:
    return error is not None and is_final(error)


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
            return context.api.inspect_backup(names[uid], uid, within=within())
        except NotFoundError:
            return None
        except PXBackupError as error:
            return error

    missing = [uid for uid in names if uid not in seen]
    return {**seen, **dict(zip(missing, each(one, missing)))}
