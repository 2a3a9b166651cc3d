# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The model of a report: plain data, the same bytes for the same input. All other forms follow from it.

Times are RFC 3339 in UTC, sizes bytes, durations seconds, shares 0 to 1; what is not known is ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from operator import itemgetter
from typing import Any, NamedTuple

from .coverage import ClusterCoverage, Coverage, schedules_of
from .doubts import Doubt, find_doubts
from .findings import Finding, find_on_cluster, find_on_server
from .fingerprint import fingerprint_of
from .history import Window, measure_history
from .inventory import Cluster, Inventory, Location, Schedule
from .records import Record, Ref
from .states import COMPLIANT, EXEMPT, NO_TARGET, STATES, State, judge
from .tally import DAY, Tally
from .targets import DEFAULT_EXEMPT, Target, find_target, is_exempt
from .verdict import FAIL_ON, decide_verdict, is_failure

SCHEMA = "pxops.px_backup/report/1"

# Where the list of a cluster's namespaces is from.
GIVEN, SEEN = "given", "seen"


class Settings(NamedTuple):
    """What the task asks for.

    Attributes:
        targets: the first that matches holds.
        exempt: globs of namespaces that need no backup.
        namespaces: the true list of namespaces by name or uid of the cluster, empty when none is known.
        clusters: names or uids of the clusters that are reported, empty for all.
    """

    targets: Sequence[Target] = ()
    exempt: Sequence[str] = DEFAULT_EXEMPT
    namespaces: Mapping[str, Sequence[str]] = {}
    clusters: frozenset[str] = frozenset()


class Source(NamedTuple):
    """Where the data is from.

    Attributes:
        url_host, release: the server.
        unread: what could not be read, as sentences.
        runs: how many backups ran in the window as the server counts them, also those that were deleted since:
            ``successful``, ``failed``, ``total``; ``None`` when it does not tell.
    """

    url_host: str = ""
    release: str = ""
    unread: tuple[str, ...] = ()
    runs: dict[str, int] | None = None


class _View(NamedTuple):
    """What all clusters of a report share."""

    coverage: Coverage
    inventory: Inventory
    settings: Settings
    locations: dict[str, Location] | None


def build_report(coverage: Coverage, inventory: Inventory, settings: Settings, source: Source) -> dict[str, Any]:
    """Return the model of the report (format :data:`SCHEMA`)."""
    known = inventory.locations
    view = _View(coverage, inventory, settings, None if known is None else {item.uid: item for item in known})
    clusters, findings = [], []
    for ref, facts in _list_clusters(coverage, inventory, settings):
        cluster, more = _describe_cluster(view, ref, facts)
        clusters.append(cluster)
        findings += more
    namespaces = [item for cluster in clusters for item in cluster["namespaces"]]
    used = {name for item in namespaces for name in item["locations"]}
    findings += find_on_server(coverage, inventory, source.unread, used)
    summary = _summarize(clusters, namespaces, coverage)
    report = {
        "schema": SCHEMA,
        "generated_at": format_time(coverage.now),
        "complete": not source.unread,
        "unread": list(source.unread),
        "server": {"url_host": source.url_host, "release": source.release or None},
        "window": {**_describe_window(coverage), "runs": source.runs},
        "source_of_namespaces": _join_sources(clusters),
        "summary": summary,
        "clusters": clusters,
        "findings": [finding._asdict() for finding in sorted(findings, key=Finding.order)],
    }
    report["verdict"] = decide_verdict(report)
    report["fails_on"] = [word for word in FAIL_ON if is_failure(report, word)]
    report["fingerprint"] = fingerprint_of(report)
    return report


def format_time(seconds: float | None) -> str | None:
    """Return seconds since 1970 as RFC 3339 in UTC, whole seconds."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat().replace("+00:00", "Z")


def round_share(share: float | None) -> float | None:
    """Return a share with four digits, rounded down: what is not whole is never shown as 1."""
    return None if share is None else math.floor(share * 10000 + 1e-6) / 10000


def _describe_window(coverage: Coverage) -> dict[str, Any]:
    start, end = coverage.window
    days = range(int(start // DAY), int(end // DAY) + 1)
    return {
        "start": format_time(start),
        "end": format_time(end),
        "days": [(format_time(day * DAY) or "")[:10] for day in days],
        "oldest_backup": format_time(coverage.oldest),
    }


def _list_clusters(coverage: Coverage, inventory: Inventory, settings: Settings) -> list[tuple[Ref, Cluster | None]]:
    """Return every cluster that the server lists, that backups name or that the task names, sorted by name."""
    found: dict[str, tuple[Ref, Cluster | None]] = {
        item.uid or item.name: (Ref(item.name, item.uid), item) for item in inventory.clusters or ()
    }
    for key, cluster in coverage.clusters.items():
        found.setdefault(key, (cluster.ref, None))
    known = {name for ref, _facts in found.values() for name in ref}
    for name in {*settings.namespaces, *settings.clusters} - known:
        found[name] = (Ref(name, ""), None)
    chosen = settings.clusters
    return sorted((item for item in found.values() if not chosen or not chosen.isdisjoint(item[0])), key=itemgetter(0))


def _describe_cluster(view: _View, ref: Ref, facts: Cluster | None) -> tuple[dict[str, Any], list[Finding]]:
    tallies = view.coverage.clusters.get(ref.uid or ref.name)
    schedules = schedules_of(view.inventory.schedules or (), ref)
    given = view.settings.namespaces.get(ref.name, view.settings.namespaces.get(ref.uid))
    units = sorted(set(_list_seen(view, tallies, schedules) if given is None else given))
    namespaces, findings = [], []
    for unit in units:
        entry, doubts = _describe_unit(view, ref, tallies, unit, schedules)
        namespaces.append(entry)
        findings += [
            Finding(doubt.severity, doubt.kind, f"{ref.name}/{unit}: {doubt.text}", f"{ref.name}/{unit}")
            for doubt in doubts
            # A location is a finding once, not for each of its namespaces.
            if doubt.severity == "critical" and doubt.kind != "location" and entry["state"] != EXEMPT
        ]
    cluster = {
        "name": ref.name,
        "uid": ref.uid,
        "status": facts.status if facts else None,
        "source_of_namespaces": SEEN if given is None else GIVEN,
        "server_count": {"protected": facts.protected, "total": facts.total} if facts else None,
        "compliance": None if given is None else _compliance(_count_states(namespaces)),
        "namespaces": namespaces,
    }
    known = view.inventory.clusters is not None
    return cluster, findings + find_on_cluster(view.coverage, ref, facts, known, tallies, units, given)


def _list_seen(view: _View, tallies: ClusterCoverage | None, schedules: Iterable[Schedule]) -> set[str]:
    """Return the namespaces that a backup of the window or a schedule names."""
    start = view.coverage.window.start
    seen = {name for name, tally in (tallies.units if tallies else {}).items() if tally.last_seen >= start}
    return seen | {name for schedule in schedules for name in schedule.namespaces if name != "*"}


def _describe_unit(
    view: _View, ref: Ref, tallies: ClusterCoverage | None, unit: str, schedules: Iterable[Schedule]
) -> tuple[dict[str, Any], list[Doubt]]:
    now, window = view.coverage.now, view.coverage.window
    tally = view.coverage.tally_of(tallies, unit)
    target = find_target(view.settings.targets, ref.name, unit)
    state = judge(tally, target, now, is_exempt(view.settings.exempt, unit))
    namespace = unit.partition("/")[0]
    mine = [item for item in schedules if item.name in tally.schedules or {namespace, "*"} & set(item.namespaces)]
    doubts = find_doubts(tally, view.locations, namespace, target, mine)
    entry = {
        "name": unit,
        **_describe_state(state, target),
        **_describe_backups(tally),
        **_describe_history(tally, window, target),
        "schedules": sorted({*tally.schedules, *(item.name for item in mine)}),
        "locations": sorted(tally.locations - {""}),
        "locked_until": format_time(tally.locked_until),
        "last_drill": _describe_drill(tally.last_drill),
        "warnings": [doubt.text for doubt in doubts],
    }
    return entry, doubts


def _describe_state(state: State, target: Target | None) -> dict[str, Any]:
    return {
        "state": state.name,
        "severity": state.severity,
        "rpo_seconds": target.rpo if target else None,
        "rto_seconds": target.rto if target else None,
        "age_seconds": state.age,
        "ratio": None if state.ratio is None else round(state.ratio, 4),
    }


def _describe_backups(tally: Tally) -> dict[str, Any]:
    good, attempt = tally.last_good, tally.last_attempt
    return {
        "last_good": good
        and {**_describe_backup(good), "size": good.size, "partial_elsewhere": good.status == "PartialSuccess"},
        "last_attempt": attempt
        and {
            **_describe_backup(attempt),
            "status": attempt.status,
            "reason": attempt.reason,
            "good": good is not None and attempt.uid == good.uid,
        },
        "running": bool(tally.running),
        "narrowed": tally.narrowed,
        "good_in_window": tally.good_in_window,
        "failed_in_window": tally.failed_in_window,
    }


def _describe_backup(record: Record) -> dict[str, Any]:
    return {"name": record.name, "uid": record.uid, "create_time": format_time(record.start)}


def _describe_history(tally: Tally, window: Window, target: Target | None) -> dict[str, Any]:
    history = measure_history(tally.points, window, target.rpo if target else None)
    return {
        "compliance_in_window": round_share(history.compliance),
        "worst_age_seconds": int(history.worst_age) if tally.last_good else None,
        "seconds_without_any": int(history.without_any),
        "days": tally.days,
        "sizes": tally.sizes,
    }


def _describe_drill(record: Record | None) -> dict[str, Any] | None:
    if record is None or record.drill is None:
        return None
    time, seconds = record.drill
    return {"time": format_time(time), "verdict": "passed", "seconds": seconds, "backup": record.name}


def _count_states(namespaces: Iterable[dict[str, Any]]) -> dict[str, int]:
    counts = dict.fromkeys(STATES, 0)
    for item in namespaces:
        counts[item["state"]] += 1
    return counts


def _compliance(counts: Mapping[str, int]) -> float | None:
    """Return the share of compliant namespaces among those that have a target and are not exempt."""
    judged = sum(counts.values()) - counts[EXEMPT] - counts[NO_TARGET]
    return round_share(counts[COMPLIANT] / judged) if judged else None


def _summarize(
    clusters: Sequence[dict[str, Any]], namespaces: Sequence[dict[str, Any]], coverage: Coverage
) -> dict[str, Any]:
    counts = _count_states(namespaces)
    # Without a list of the namespaces of each cluster it is unknown what is missing, so there is no share.
    known = bool(clusters) and all(cluster["source_of_namespaces"] == GIVEN for cluster in clusters)
    return {
        "clusters": len(clusters),
        "namespaces": len(namespaces),
        **counts,
        "with_warnings": sum(bool(item["warnings"]) for item in namespaces),
        "drilled": sum(item["last_drill"] is not None for item in namespaces),
        "compliance": _compliance(counts) if known else None,
        "backups": coverage.backups,
        "bytes": coverage.bytes,
    }


def _join_sources(clusters: Iterable[dict[str, Any]]) -> str:
    sources = {cluster["source_of_namespaces"] for cluster in clusters}
    return "mixed" if len(sources) > 1 else next(iter(sources), SEEN)
