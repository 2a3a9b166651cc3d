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

from ..core.model import Context, Outcome
from ..core.pagination import PAGE_SIZE, Listing
from ..core.parameters import INFO_OPTIONS
from ..core.references import find_backup
from ..errors import ValidationError
from .filters import selection
from .summary import Statistics, projection


def inspect_all(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return every backup that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    backups, total = _listed(context, parameters, lambda backup: backup)
    return _of_many(backups, total)


def _of_many(backups: list[Any], total: int, **more: Any) -> Outcome:
    match = "1 backup matches" if total == 1 else f"{total} backups match"
    message = match if len(backups) == total else f"{match}, limited to {len(backups)}"
    result = {"backups": backups, "total_count": total, "truncated": len(backups) < total, **more}
    return Outcome(False, message, result)


def _listed(
    context: Context, parameters: dict[str, Any], keep: Callable[[dict[str, Any]], Any]
) -> tuple[list[Any], int]:
    """Return what is kept of the backups up to the limit, and how many match in all.

    Args:
        keep: takes a backup that matches and returns what is kept of it, so that memory grows with what is
            kept and not with what passes by.
    """
    limit = parameters.get("max_objects")
    if limit is not None and limit < 1:
        raise ValidationError(f"max_objects is {limit}", hint="give 1 or more, or leave it out for all backups")
    chosen = selection(context, parameters)
    if limit is None or chosen.tests or chosen.sort_key:
        # What is picked or sorted here can only be counted when all is read. Backups that came or went during
        # the listing make the server's last total differ from what was read, so what was read is counted.
        matching = (backup for backup in Listing(context.api, chosen.options) if chosen.takes(backup))
        if chosen.sort_key is None:
            kept = [keep(backup) for backup in matching]
        else:
            keyed = [(chosen.sort_key(backup), keep(backup)) for backup in matching]
            keyed.sort(key=itemgetter(0), reverse=chosen.reverse)
            kept = [item for _key, item in keyed]
        return kept[:limit], len(kept)
    listing = Listing(context.api, chosen.options, min(limit, PAGE_SIZE))
    kept = [keep(backup) for backup in islice(listing, limit)]
    return kept, max(listing.total_count, len(kept)) if len(kept) == limit else len(kept)


def info(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the backups that a name, a uid or filters mean; none is an empty list."""
    keep = projection(parameters)
    counts = Statistics()
    wanted = parameters.get("statistics") is True

    def look(backup: dict[str, Any]) -> Any:
        if wanted:
            counts.add(backup)
        return keep(backup)

    if "uid" in parameters:
        others = sorted(set(parameters) - {"uid", "name", *INFO_OPTIONS})
        if others:
            raise ValidationError(
                f"uid means one backup, and {', '.join(others)} narrows a list", hint="leave them out"
            )
        found = find_backup(context.api, parameters.get("name", ""), parameters["uid"])
        backups, total = ([look(found)], 1) if found else ([], 0)
    else:
        # Statistics are of all that match, so all are read whatever the limit.
        limit = parameters.get("max_objects")
        read = {name: value for name, value in parameters.items() if not (wanted and name == "max_objects")}
        backups, total = _listed(context, read, look)
        backups = backups[:limit]
    return _of_many(backups, total, **({"statistics": counts.as_dict()} if wanted else {}))
