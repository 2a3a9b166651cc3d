# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is worth knowing beside the table of namespaces: states of other objects, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ..text import count_of, join_first
from .coverage import ClusterCoverage, Coverage
from .inventory import Cluster, Inventory, Schedule
from .records import Ref
from .words import with_reason

# Names in one sentence.
_MOST_NAMES = 10

_SEVERITIES = ("critical", "warning", "info")


class Finding(NamedTuple):
    """One finding: severity (critical, warning, info), kind for programs, a sentence, and the object it is about."""

    severity: str
    kind: str
    text: str
    object: str

    def order(self) -> tuple[int, str, str, str]:
        """Return the sort key: what is worst comes first."""
        return (_SEVERITIES.index(self.severity), self.kind, self.object, self.text)


def find_on_server(
    coverage: Coverage, inventory: Inventory, unread: Iterable[str], used: AbstractSet[str]
) -> list[Finding]:
    """Return the findings that belong to no cluster.

    Args:
        unread: sentences about what could not be read.
        used: names of the locations that hold good backups of the reported namespaces.
    """
    findings = [Finding("critical", "unread", sentence, "") for sentence in unread]
    for location in inventory.locations or ():
        if location.status not in ("Valid", "ValidationInProgress"):
            words = f"backup location {location.name!r} is {location.status or 'in an unknown state'}"
            harmless = location.status == "LimitedAvailability" or location.name not in used
            severity = "warning" if harmless else "critical"
            findings.append(Finding(severity, "location", with_reason(words, location.reason), location.name))
    findings += [_of_schedule(item) for item in inventory.schedules or () if item.suspended]
    oldest = coverage.oldest
    if oldest is not None and oldest > coverage.window.start:
        words = "no listed backup is as old as the window; backups that were deleted are missing from the history"
        findings.append(Finding("info", "history", words, ""))
    return findings


def _of_schedule(schedule: Schedule) -> Finding:
    by_licence = schedule.suspended_by == "LicenseCheck"
    words = f"schedule {schedule.name!r} is suspended{' by the licence check' if by_licence else ''}"
    return Finding("critical" if by_licence else "warning", "schedule", words, schedule.name)


def find_on_cluster(
    coverage: Coverage,
    ref: Ref,
    facts: Cluster | None,
    known: bool,
    tallies: ClusterCoverage | None,
    units: Sequence[str],
    given: Sequence[str] | None,
) -> list[Finding]:
    """Return the findings on one cluster.

    Args:
        facts: what the server says of the cluster, ``None`` when it does not list it.
        known: whether the clusters could be read at all.
        tallies: what backups tell of it.
        units: the namespaces of the report.
        given: the list of namespaces of the task, ``None`` without one.
    """
    findings = []
    if facts is None and known:
        findings.append(
            Finding("warning", "cluster", f"cluster {ref.name!r} not found, or not visible to this user", "")
        )
    elif facts and facts.status not in ("Online", "Success"):
        words = with_reason(f"cluster {ref.name!r} is {facts.status or 'in an unknown state'}", facts.reason)
        findings.append(Finding("critical", "cluster", words, ""))
    if given is None:
        words = f"cluster {ref.name!r}: coverage unknown, no list of its namespaces was given"
        findings.append(Finding("warning", "coverage", words, ""))
    findings += _of_counts(ref, facts, units)
    findings += _of_units(coverage, ref, tallies, set(units), given is not None)
    return [finding._replace(object=ref.name) for finding in findings]


def _of_counts(ref: Ref, facts: Cluster | None, units: Sequence[str]) -> list[Finding]:
    namespaces = {unit.partition("/")[0] for unit in units}
    if facts is None or facts.total is None or facts.total <= len(namespaces):
        return []
    total = count_of(facts.total, "namespace")
    words = f"the server counts {total} in cluster {ref.name!r}, this report knows {len(namespaces)}"
    return [Finding("warning", "coverage", words, "")]


def _of_units(
    coverage: Coverage, ref: Ref, tallies: ClusterCoverage | None, units: set[str], given: bool
) -> list[Finding]:
    if tallies is None:
        return []
    findings = []
    others = sorted(name for name in set(tallies.units) - units if not given or "/" not in name)
    if others:
        what = "with backups that are not in the list" if given else "last backed up before the window"
        words = f"cluster {ref.name!r}: {count_of(len(others), 'namespace')} {what}: {join_first(others, _MOST_NAMES)}"
        findings.append(Finding("info", "other_namespaces", words, ""))
    if tallies.without_namespace:
        words = (
            f"cluster {ref.name!r}: {count_of(tallies.without_namespace, 'backup')} in the window without a namespace"
        )
        findings.append(Finding("warning", "without_namespace", words, ""))
    return findings
