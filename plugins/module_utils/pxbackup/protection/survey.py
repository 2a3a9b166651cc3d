# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collecting the protection of every namespace: one pass over the backups, and what stands beside them.

A report is needed most on the day on which something does not work. So what cannot be read is named in the report, and
only where no backup can be read at all the task fails without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Callable, TypeVar

from ..api.endpoints import Api
from ..backups.lifecycle import LIFECYCLE, status_of
from ..backups.lookup import BACKUPS
from ..core.lookup import WITHOUT_RESOURCES
from ..core.model import Context, Outcome
from ..core.pagination import uid_of
from ..core.references import BACKUP_LOCATION, BACKUP_SCHEDULE, CLUSTER, ReferenceKind, list_references
from ..errors import PXBackupError, StateError, ValidationError
from .coverage import Coverage
from .history import Window
from .inventory import Cluster, Inventory, Location, Schedule
from .records import RECORD_READS
from .report import Settings, Source, build_report
from .tally import DAY
from .targets import parse_duration, read_targets
from .verdict import is_failure

# The longest window, in days.
_MAX_DAYS = 366

_PARTS = frozenset(RECORD_READS)

Value = TypeVar("Value")


def survey_protection(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Return the report on the protection of every namespace.

    Raises:
        ValidationError: a target or the window is invalid.
        StateError: the report is a failure in the sense of ``fail_on``; the error holds the report.
        PXBackupError: no backup can be read.
    """
    settings, window = _read_settings(parameters), _read_window(parameters, context.now())
    unread: list[str] = []
    coverage = Coverage(window, window.end, parameters.get("count_narrowed", False), settings.clusters)
    for backup in _read_backups(context.api, coverage, unread):
        coverage.add(backup)
    inventory = _read_inventory(context.api, unread)
    source = Source(context.api.host, _release_of(context.api), tuple(unread), _count_runs(context.api, window))
    report = build_report(coverage, inventory, settings, source)
    outcome = Outcome(False, report["verdict"]["text"], {"report": report})
    if is_failure(report, parameters.get("fail_on", "never")):
        error = StateError(outcome.message.rstrip("."), hint="see report in the result")
        error.result = outcome.result
        raise error
    return outcome


def _read_settings(parameters: dict[str, Any]) -> Settings:
    return Settings(
        targets=read_targets(parameters.get("targets", ())),
        exempt=parameters.get("exempt", ()),
        namespaces=parameters.get("namespaces", {}),
        clusters=frozenset(parameters.get("clusters", ())),
    )


def _read_window(parameters: dict[str, Any], now: float) -> Window:
    text = parameters.get("window", "30d")
    seconds = parse_duration("window", text)
    if seconds > _MAX_DAYS * DAY:
        raise ValidationError(f"window {text!r} is too long", hint=f"set it to at most {_MAX_DAYS}d")
    return Window(now - seconds, now)


def _read_backups(api: Api, coverage: Coverage, unread: list[str]) -> Iterator[dict[str, Any]]:
    """Yield every backup; a list that breaks off after the first page is noted in ``unread``.

    A partial backup is judged by what its response says of each namespace, which only a detailed list holds.
    """
    partial: set[str] = set()
    try:
        for backup in BACKUPS.list_all(api, WITHOUT_RESOURCES, parts=_PARTS):
            if status_of(backup) in LIFECYCLE.partial:
                partial.add(uid_of(backup))
            else:
                yield backup
        if partial:
            options = {"status": sorted(LIFECYCLE.partial), "include_detailed_resources": True}
            listed = BACKUPS.list_all(api, options, parts=_PARTS)
            yield from (item for item in listed if uid_of(item) in partial)
    except PXBackupError as error:
        if not coverage.backups:
            raise
        unread.append(f"the list of backups broke off after {coverage.backups}: {error.message}")


def _read_inventory(api: Api, unread: list[str]) -> Inventory:
    counts = {(item["cluster_ref"] or {}).get("uid") or item["cluster"]: item for item in _try_metrics(api)}
    clusters = _read_kind(api, CLUSTER, unread, lambda item: _make_cluster(item, counts))
    locations = _read_kind(api, BACKUP_LOCATION, unread, _make_location)
    return Inventory(clusters, locations, _read_kind(api, BACKUP_SCHEDULE, unread, _make_schedule))


def _read_kind(
    api: Api, kind: ReferenceKind, unread: list[str], make: Callable[[dict[str, Any]], Value]
) -> tuple[Value, ...] | None:
    """Return all objects of a kind, ``None`` where they cannot be read."""
    try:
        return tuple(make(item) for item in list_references(api, kind, f"{kind.noun}s"))
    except PXBackupError as error:
        unread.append(f"the {kind.noun}s could not be read: {error.message}")
        return None


def _try_metrics(api: Api) -> list[dict[str, Any]]:
    """Return the server's numbers of each cluster; they only check what is known, so a refusal is no gap."""
    try:
        return api.inspect_metrics()
    except PXBackupError:
        return []


def _count_runs(api: Api, window: Window) -> dict[str, int] | None:
    """Return how many backups the server counts in the window, also deleted ones; ``None`` where it does not tell."""
    days = max(1, round((window.end - window.start) / DAY))
    try:
        spans = api.count_runs(days)
    except PXBackupError:
        return None
    return {name: _sum(spans, name) for name in ("successful", "failed", "total")}


def _sum(items: Iterable[dict[str, Any]], name: str) -> int:
    return sum(item[name] for item in items)


def _release_of(api: Api) -> str:
    try:
        return api.release
    except PXBackupError:
        return ""


def _make_cluster(item: dict[str, Any], counts: dict[str, dict[str, Any]]) -> Cluster:
    name, uid, info = _parts(item, "clusterInfo")
    status, reason = _status_of(info)
    count = counts.get(uid) or counts.get(name)
    numbers = (count["num_namespaces"], count["total_namespaces"]) if count else (None, None)
    return Cluster(name, uid, status, reason, *numbers)


def _make_location(item: dict[str, Any]) -> Location:
    name, uid, info = _parts(item, "backup_location_info")
    return Location(name, uid, *_status_of(info))


def _make_schedule(item: dict[str, Any]) -> Schedule:
    name, uid, info = _parts(item, "backup_schedule_info")
    cluster = _part(info, "cluster_ref")
    namespaces = info.get("namespaces")
    return Schedule(
        name,
        uid,
        str(cluster.get("name") or info.get("cluster") or ""),
        str(cluster.get("uid") or ""),
        tuple(str(one) for one in namespaces) if isinstance(namespaces, list) else (),
        info.get("suspend") is True,
        str(_part(info, "suspended_by").get("source") or ""),
    )


def _parts(item: dict[str, Any], key: str) -> tuple[str, str, dict[str, Any]]:
    return item["metadata"]["name"], item["metadata"]["uid"], _part(item, key)


def _part(item: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a part of an object that is passed on as the server sent it; what is no object is none."""
    part = item.get(key)
    return part if isinstance(part, dict) else {}


def _status_of(info: dict[str, Any]) -> tuple[str, str]:
    status = _part(info, "status")
    return str(status.get("status") or ""), str(status.get("reason") or "")
