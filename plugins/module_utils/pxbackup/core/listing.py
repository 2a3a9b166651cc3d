# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of a resource: all objects that match, or what the task keeps of each."""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

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
    kept = projection = make_projection(parameters, spec.summary)
    counts = Statistics(spec.summary)
    wanted = parameters.get("statistics") is True

    def count_and_keep(item: dict[str, Any]) -> Any:
        counts.add(item)
        return projection.take(item)

    if wanted:
        kept = Projection(count_and_keep, join_parts(projection.parts, spec.summary.parts_read()))
    limit = _limit(parameters)
    if "uid" in parameters:
        _refuse_narrowing(parameters)
        found = spec.resource.find(context.api, parameters.get("name", ""), parameters["uid"])
        items, total = ([kept.take(found)], 1) if found else ([], 0)
    else:
        # Statistics are of all that match, so all are read whatever the limit.
        read = {name: value for name, value in parameters.items() if not (wanted and name == "max_objects")}
        selection = select(context, spec.filters, read)
        items, total = _read(context, spec.resource, selection, None if wanted else limit, kept)
        items = items[:limit]
    return _outcome(spec.resource.noun, items, total, **({"statistics": counts.as_dict()} if wanted else {}))


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
    context: Context, resource: Resource, selection: Selection, limit: int | None, kept: Projection
) -> tuple[list[Any], int]:
    """Return what is kept of the objects up to the limit, and how many match in all.

    Args:
        kept: of each object that matches, so that memory grows with what is kept and not with what passes by.
    """
    keep, parts = kept.take, join_parts(kept.parts, selection.parts)
    if limit is None or selection.tests or selection.sort_key:
        # What is selected or sorted here can only be counted when all is read. Objects that came or went during
        # the listing make the server's last total differ from what was read, so what was read is counted.
        matching = filter(selection.takes, resource.list_all(context.api, selection.options, parts=parts))
        if selection.sort_key is None:
            found = [keep(item) for item in matching]
        else:
            keyed = [(selection.sort_key(item), keep(item)) for item in matching]
            keyed.sort(key=itemgetter(0), reverse=selection.reverse)
            found = [item for _key, item in keyed]
        return found[:limit], len(found)
    listing = resource.list_all(context.api, selection.options, min(limit, PAGE_SIZE), parts, limit)
    found = [keep(item) for item in islice(filter(selection.takes, listing), limit)]
    return found, max(listing.total_count, len(found)) if len(found) == limit else len(found)
