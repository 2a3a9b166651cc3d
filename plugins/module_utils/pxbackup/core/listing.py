# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of a resource: all objects that match, or what the task keeps of each."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any, NamedTuple

from ..api.schema import Parts
from ..checks import check_number
from ..errors import ValidationError
from ..limits import LIST_OBJECTS
from ..text import join_and
from .lookup import Resource
from .model import Context, Outcome
from .options import PROJECTIONS
from .pagination import PAGE_SIZE
from .selection import Filters, Selection, join_parts, select
from .summary import WHOLE, Projection, Statistics, Summary, make_projection


class ListSpec(NamedTuple):
    """How a resource is listed: how it is read, filtered and summarised."""

    resource: Resource
    filters: Filters
    summary: Summary


def list_objects(context: Context, spec: ListSpec, parameters: dict[str, Any]) -> Outcome:
    """Return every object that matches, all pages of them, or the first ``max_objects`` and how many there are."""
    selection = select(context, spec.filters, parameters)
    items, total = _read(context, spec.resource, selection, _limit(parameters), WHOLE)
    return _outcome(spec.resource.noun, items, total)


def read_objects(context: Context, spec: ListSpec, parameters: dict[str, Any]) -> Outcome:
    """Return the objects that a name, a uid or filters select; none is an empty list."""
    kept = make_projection(parameters, spec.summary)
    counts = Statistics(spec.summary) if parameters.get("statistics") is True else None
    limit = _limit(parameters)
    if "uid" in parameters:
        _refuse_narrowing(parameters)
        found = spec.resource.find(context.api, parameters.get("name", ""), parameters["uid"])
        items, total = ([kept.take(found)], 1) if found else ([], 0)
        if counts and found:
            counts.add(found)
    else:
        # Statistics are of all that match, so all are read whatever the limit.
        read = {name: value for name, value in parameters.items() if not (counts and name == "max_objects")}
        selection = select(context, spec.filters, read)
        items, total = _read(context, spec.resource, selection, limit, kept, counts)
    return _outcome(spec.resource.noun, items, total, **({"statistics": counts.as_dict()} if counts else {}))


def _limit(parameters: dict[str, Any]) -> int | None:
    limit: int | None = parameters.get("max_objects")
    if limit is not None:
        check_number("max_objects", limit, 1, LIST_OBJECTS)
    return limit


def _refuse_narrowing(parameters: dict[str, Any]) -> None:
    others = sorted(set(parameters) - {"uid", "name", "concurrency", *PROJECTIONS})
    if others:
        raise ValidationError(
            f"uid selects one object, and {join_and(others)} cannot be combined with it", hint="omit one of them"
        )


def _outcome(noun: str, items: list[Any], total: int, **more: Any) -> Outcome:
    match = f"1 {noun} matches" if total == 1 else f"{total} {noun}s match"
    message = match if len(items) == total else f"{match}, limited to {len(items)}"
    result = {f"{noun}s": items, "total_count": total, "truncated": len(items) < total, **more}
    return Outcome(False, message, result)


def _read(
    context: Context,
    resource: Resource,
    selection: Selection,
    limit: int | None,
    kept: Projection,
    counts: Statistics | None = None,
) -> tuple[list[Any], int]:
    """Return what is kept of the objects up to the limit, and how many match in all.

    Args:
        kept: of each object that matches, so that memory grows with what is kept and not with what passes by.
        counts: statistics over all that match.
    """
    if limit is None or counts or selection.tests or selection.sort_key:
        # What is selected or sorted here can only be counted when all is read. Objects that came or went during
        # the listing make the server's last total differ from what was read, so what was read is counted.
        return _read_all(context, resource, selection, limit, kept, counts)
    parts = join_parts(kept.parts, selection.parts)
    listing = resource.list_all(context.api, selection.options, min(limit, PAGE_SIZE), parts, limit)
    found = [kept.take(item) for item in islice(filter(selection.takes, listing), limit)]
    return found, max(listing.total_count, len(found)) if len(found) == limit else len(found)


def _read_all(
    context: Context,
    resource: Resource,
    selection: Selection,
    limit: int | None,
    kept: Projection,
    counts: Statistics | None,
) -> tuple[list[Any], int]:
    """Read the whole list; see :func:`_read`."""
    found: list[Any] = []
    places: list[Any] = []
    total = 0
    key = selection.sort_key
    most: float = math.inf if limit is None or key else limit
    counted = join_parts(selection.parts, counts.parts if counts else ())
    wanted = join_parts(kept.parts, counted)

    def parts_now() -> Parts:
        # Of pages that are read when enough is kept, nothing is returned.
        return wanted if len(found) < most else counted

    for item in filter(selection.takes, resource.list_all(context.api, selection.options, parts=parts_now)):
        total += 1
        if counts:
            counts.add(item)
        if key:
            places.append(key(item))
        if len(found) < most:
            found.append(kept.take(item))
    if key:
        found = [found[place] for place in sorted(range(total), key=places.__getitem__, reverse=selection.reverse)]
    return found[:limit], total
