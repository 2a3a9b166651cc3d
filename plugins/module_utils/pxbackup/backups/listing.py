# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""INSPECT_ALL and the module `backup_info`: lists of backups.

Facts: behaviour note 4 (lists), contract ``EnumerateOptions``.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import Any, Callable

from ..checks import check_number
from ..core.model import Context, Outcome
from ..core.pagination import PAGE_SIZE
from ..errors import ValidationError
from ..limits import LIST_OBJECTS
from ..text import join_and
from .filters import select
from .lookup import BACKUPS
from .options import PROJECTIONS
from .summary import Statistics, make_projection


def list_backups(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return every backup that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    backups, total = _read(context, parameters, lambda backup: backup)
    return _outcome(backups, total)


def _outcome(backups: list[Any], total: int, **more: Any) -> Outcome:
    match = "1 backup matches" if total == 1 else f"{total} backups match"
    message = match if len(backups) == total else f"{match}, limited to {len(backups)}"
    result = {"backups": backups, "total_count": total, "truncated": len(backups) < total, **more}
    return Outcome(False, message, result)


def _read(context: Context, parameters: dict[str, Any], keep: Callable[[dict[str, Any]], Any]) -> tuple[list[Any], int]:
    """Return what is kept of the backups up to the limit, and how many match in all.

    Args:
        keep: takes a backup that matches and returns what is kept of it, so that memory grows with what is
            kept and not with what passes by.
    """
    limit = parameters.get("max_objects")
    if limit is not None:
        check_number("max_objects", limit, 1, LIST_OBJECTS)
    selection = select(context, parameters)
    if limit is None or selection.tests or selection.sort_key:
        # What is selected or sorted here can only be counted when all is read. Backups that came or went during
        # the listing make the server's last total differ from what was read, so what was read is counted.
        matching = (item for item in BACKUPS.list_all(context.api, selection.options) if selection.takes(item))
        if selection.sort_key is None:
            kept = [keep(backup) for backup in matching]
        else:
            keyed = [(selection.sort_key(backup), keep(backup)) for backup in matching]
            keyed.sort(key=itemgetter(0), reverse=selection.reverse)
            kept = [item for _key, item in keyed]
        return kept[:limit], len(kept)
    listing = BACKUPS.list_all(context.api, selection.options, min(limit, PAGE_SIZE))
    matching = (item for item in listing if selection.takes(item))
    kept = [keep(backup) for backup in islice(matching, limit)]
    return kept, max(listing.total_count, len(kept)) if len(kept) == limit else len(kept)


def read_backups(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the backups that a name, a uid or filters select; none is an empty list."""
    keep = make_projection(parameters)
    counts = Statistics()
    wanted = parameters.get("statistics") is True

    def count_and_keep(backup: dict[str, Any]) -> Any:
        if wanted:
            counts.add(backup)
        return keep(backup)

    if "uid" in parameters:
        others = sorted(set(parameters) - {"uid", "name", *PROJECTIONS})
        if others:
            raise ValidationError(
                f"uid selects one backup, and {join_and(others)} cannot be combined with it", hint="omit one of them"
            )
        found = BACKUPS.find(context.api, parameters.get("name", ""), parameters["uid"])
        backups, total = ([count_and_keep(found)], 1) if found else ([], 0)
    else:
        # Statistics are of all that match, so all are read whatever the limit.
        limit = parameters.get("max_objects")
        read = {name: value for name, value in parameters.items() if not (wanted and name == "max_objects")}
        backups, total = _read(context, read, count_and_keep)
        backups = backups[:limit]
    return _outcome(backups, total, **({"statistics": counts.as_dict()} if wanted else {}))
