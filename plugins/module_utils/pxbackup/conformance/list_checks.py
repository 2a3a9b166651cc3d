# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of the list of backups: pages, totals, order, filters, and whose backups it has.

Facts: docs/server-behaviour.md, section 4.
"""

from __future__ import annotations

from typing import Any, Callable

from ..client.tokens import rfc3339
from ..core.pagination import PAGE_SIZE
from ..core.times import parse_server_time
from .model import Check
from .observation import objects_in, part_of
from .probe import NOBODY, Probe, total_of
from .seen import NotSeenError, Seen

Item = dict[str, Any]


def _uids(items: list[Item]) -> list[str]:
    return [str(part_of(item, "metadata", "uid")) for item in items]


# --- pages


def _total(probe: Probe) -> Seen:
    probe.backups(2)
    whole, one = probe.page().total, total_of(probe.list_backups(max_objects=1, object_index=0).good)
    return {"counts": "all matches" if one == whole else "the page" if one == 1 else "something else"}


def _complete(probe: Probe) -> Seen:
    probe.backups(2)
    first = probe.list_backups(max_objects=1, object_index=0).good
    last = probe.list_backups(max_objects=1, object_index=probe.page().total - 1).good
    return {"first_page": first.get("complete") is True, "last_page": last.get("complete") is True}


def _offset(probe: Probe) -> Seen:
    second = probe.backups(2)[1]
    found = probe.list_backups(max_objects=1, object_index=1).good
    return {"second_object": _uids(objects_in(found, "backups"))[:1] == _uids([second])}


def _page_size(probe: Probe) -> Seen:
    page = probe.page()
    wanted, got = min(PAGE_SIZE, page.total), len(page.items)
    if not got:
        raise NotSeenError("it takes a visible backup, and there is none")
    return {"full": got >= wanted} if got >= wanted else {"full": False, "longest": got}


def _whole(probe: Probe) -> Seen:
    """Whether a list without a page has everything; tried only where one page would hold it."""
    total = probe.page().total
    if not 2 <= total <= PAGE_SIZE:
        raise NotSeenError(f"it is tried with 2 to {PAGE_SIZE} visible backups, and there are {total}")
    return {"all": len(objects_in(probe.list_backups().good, "backups")) == total}


def _order(probe: Probe) -> Seen:
    times = [part_of(item, "metadata", "create_time") for item in probe.backups(2)]
    if not all(isinstance(time, str) for time in times):
        raise NotSeenError("a backup has no create_time")
    moments = [parse_server_time(time) for time in times]
    if len(set(moments)) < 2:
        raise NotSeenError("all visible backups have the same create_time")
    return {"newest_first": moments == sorted(moments, reverse=True)}


def _contents(probe: Probe) -> Seen:
    shown = [part_of(item, "backup_info", "resources") for item in probe.page().items]
    good = [item for item in probe.backups() if part_of(item, "backup_info", "status", "status") == "Success"]
    names = [part_of(item, "metadata", "name") for item in good if part_of(item, "backup_info", "resource_count")]
    if not names:
        raise NotSeenError("it takes a successful backup with resources, and none is visible")
    found = probe.list_backups(name_filter=names[0], max_objects=1, include_detailed_resources=True).good
    detailed = [part_of(item, "backup_info", "resources") for item in objects_in(found, "backups")]
    return {"omitted_without": not any(shown), "shown_with": any(detailed)}


# --- filters


def _filter(
    value: Callable[[Item], Any], options: Callable[[Any], dict[str, Any]], matches: Callable[[Item, Any], bool]
) -> Callable[[Probe], Seen]:
    """Return the probe of a filter: with what the first backup has, it finds that one and only others that have it too.

    Args:
        value: returns what a backup has, ``None`` where it has nothing to filter for.
        options: returns the options of the list for that.
        matches: whether a backup that is found matches.
    """

    def see(probe: Probe) -> Seen:
        item = next((item for item in probe.backups() if value(item)), None)
        if item is None:
            raise NotSeenError("no visible backup has what this filter is about")
        wanted = value(item)
        page = probe.list_backups(max_objects=PAGE_SIZE, object_index=0, **options(wanted)).good
        found = objects_in(page, "backups")
        # A page may end before the backup that has it.
        finds = _uids([item])[0] in _uids(found) or len(found) < total_of(page)
        return {"finds": finds, "only_these": all(matches(one, wanted) for one in found)}

    return see


def _name(item: Item) -> str:
    return str(part_of(item, "metadata", "name") or "")


def _cluster(item: Item) -> str:
    return str(part_of(item, "backup_info", "cluster_ref", "name") or part_of(item, "backup_info", "cluster") or "")


def _label(item: Item) -> dict[str, str]:
    labels = part_of(item, "metadata", "labels")
    plain = {key: value for key, value in (labels if isinstance(labels, dict) else {}).items() if "[" not in key}
    return dict(sorted(plain.items())[:1])


def _has_labels(item: Item, wanted: dict[str, str]) -> bool:
    labels = part_of(item, "metadata", "labels")
    return isinstance(labels, dict) and wanted.items() <= labels.items()


def _all_labels(probe: Probe) -> Seen:
    label = next(filter(None, map(_label, probe.backups())), None)
    if label is None:
        raise NotSeenError("no visible backup has a label")
    found = probe.list_backups(max_objects=1, labels={**label, NOBODY: "x"}).good
    return {"all_must_match": not found.get("backups")}


def _moment(item: Item) -> float | None:
    time = part_of(item, "metadata", "create_time")
    return parse_server_time(time).timestamp() if isinstance(time, str) else None


def _around(moment: float) -> dict[str, Any]:
    return {"time_range": {"start_time": rfc3339(moment - 1), "end_time": rfc3339(moment + 1)}}


_NAME = _filter(
    lambda item: _name(item)[1:], lambda part: {"name_filter": part}, lambda item, part: part in _name(item)
)
_CLUSTER = _filter(_cluster, lambda name: {"cluster_name_filter": name}, lambda item, name: name in _cluster(item))
_LABELS = _filter(_label, lambda labels: {"labels": labels}, _has_labels)
_TIMES = _filter(_moment, _around, lambda item, moment: abs((_moment(item) or 0) - moment) <= 2)
_STATUS = _filter(
    lambda item: part_of(item, "backup_info", "status", "status"),
    lambda status: {"status": [status]},
    lambda item, status: part_of(item, "backup_info", "status", "status") == status,
)
_OWNERS = _filter(
    lambda item: part_of(item, "metadata", "ownership", "owner"),
    lambda owner: {"owners": [owner]},
    lambda item, owner: part_of(item, "metadata", "ownership", "owner") == owner,
)
_OBJECT_TYPE = _filter(
    lambda item: part_of(item, "backup_info", "backup_object_type", "type"),
    lambda kind: {"backup_object_type": kind},
    lambda item, kind: part_of(item, "backup_info", "backup_object_type", "type") == kind,
)


# --- rights


def _shared(probe: Probe) -> Seen:
    """Whether backups of others say what access the caller has; an administrator sees them without that."""
    if not probe.caller:
        raise NotSeenError("the token does not say who the caller is")
    others = [item for item in probe.backups() if part_of(item, "metadata", "ownership", "owner") != probe.caller]
    words = [part_of(item, "backup_info", "user_backupshare_access") for item in others]
    if not any(word not in (None, "", "Invalid") for word in words):
        raise NotSeenError("no backup of another user is visible that is shared with the caller")
    return {"access_named": all(word in ("View", "Restorable", "FullAccess") for word in words if word)}


_WORKS: Seen = {"finds": True, "only_these": True}
_SHOWN: Seen = {"omitted_without": True, "shown_with": True}
_PAGES: Seen = {"first_page": False, "last_page": True}

LIST_CHECKS = (
    Check("list.total", "4.3", "total_count counts all matches.", {"counts": "all matches"}, _total),
    Check("list.complete", "4.3", "complete is true on the last page.", _PAGES, _complete),
    Check("list.offset", "4.3", "A page starts at object_index.", {"second_object": True}, _offset),
    Check("list.page-size", "4.3", "A page holds as many objects as requested.", {"full": True}, _page_size),
    Check("list.whole", "4.2", "Without a page, a list has everything.", {"all": True}, _whole),
    Check("list.order", "4.2", "The default order is newest first.", {"newest_first": True}, _order),
    Check("list.contents", "4.2", "include_detailed_resources omits or shows resources.", _SHOWN, _contents),
    Check("list.name", "4.2", "name_filter finds a part of the name.", _WORKS, _NAME),
    Check("list.cluster", "4.2", "cluster_name_filter finds the name of the cluster.", _WORKS, _CLUSTER),
    Check("list.label", "4.2", "labels finds a label.", _WORKS, _LABELS),
    Check("list.labels", "4.2", "Of several labels all must match.", {"all_must_match": True}, _all_labels),
    Check("list.time", "4.2", "time_range is about the creation time.", _WORKS, _TIMES),
    Check("list.status", "4.2", "status finds backups by the name of their status.", _WORKS, _STATUS),
    Check("list.owner", "4.2", "owners finds backups by user ids.", _WORKS, _OWNERS),
    Check("list.object-type", "4.2", "backup_object_type finds backups of a type.", _WORKS, _OBJECT_TYPE),
    Check("list.shared", "4.3", "A backup shared with the caller names the access.", {"access_named": True}, _shared),
)
