# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: for every backup whether it stays or goes, and why.

A plan is a function of the backups, the policy and the facts: not of the order of the list, and not of the machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import NamedTuple

from ..core.memory import collector_paused
from ..text import count_of, join_first
from .classes import GOOD_BACKUP, KEPT, OUT, Facts, Standing, classify
from .guards import why_protected
from .policy import RetentionPolicy
from .records import Record
from .rules import apply_rules

KEEP, REMOVE = "keep", "remove"

# A cluster with more groups of a single backup than this probably groups what differs from run to run.
_MAX_SINGLE_GROUPS = 5

_BEFORE_ALL = datetime(1, 1, 1, tzinfo=timezone.utc)

# How many backups a warning names.
_MAX_NAMED = 5


# What a backup that is not good is called when it goes; others have failed. A Success that is not good is empty.
_WORDS = {"PartialSuccess": "partial", "Success": "empty"}


class Verdict(NamedTuple):
    """What the plan says of one backup: ``keep``, ``remove`` or ``out``, and why."""

    record: Record
    action: str
    reasons: tuple[str, ...]


class GroupPlan(NamedTuple):
    """Verdicts on the backups of one group.

    Attributes:
        verdicts: newest first.
        refused: whether the group is refused as a whole.
        anchor: the newest good backup that stays, ``None`` where none is good: no other goes unless it is there.
    """

    verdicts: tuple[Verdict, ...]
    refused: bool
    anchor: Record | None = None


class Plan(NamedTuple):
    """Verdicts on all backups.

    Attributes:
        groups: backups that take part, by group.
        out: backups that do not.
        warnings: sentences that the user should read.
    """

    groups: tuple[GroupPlan, ...]
    out: tuple[Verdict, ...]
    warnings: tuple[str, ...]

    def removals(self) -> Iterator[Record]:
        """Yield the backups to remove, newest first in each group: in a chain, what depends goes before its base."""
        for group in self.groups:
            yield from (verdict.record for verdict in group.verdicts if verdict.action == REMOVE)

    def anchors(self) -> dict[str, Record]:
        """Return for the uid of each backup to remove the good backup that stays in its group."""
        return {
            verdict.record.uid: group.anchor
            for group in self.groups
            for verdict in group.verdicts
            if verdict.action == REMOVE and group.anchor
        }


class _Member(NamedTuple):
    """One backup of a group and its class."""

    record: Record
    standing: Standing


@collector_paused()
def make_plan(records: Iterable[Record], policy: RetentionPolicy, facts: Facts) -> Plan:
    """Return the plan for these backups."""
    groups: dict[object, list[_Member]] = {}
    out = []
    for record in records:
        standing = classify(record, policy, facts)
        if standing.kind == OUT:
            out.append(Verdict(record, OUT, (standing.reason,)))
        else:
            groups.setdefault(record.key, []).append(_Member(record, standing))
    planned = [_plan_group(_newest_first(members), policy, facts) for members in groups.values()]
    planned.sort(key=_place)
    out.sort(key=lambda verdict: (verdict.record.name, verdict.record.uid))
    return Plan(tuple(planned), tuple(out), tuple(_warnings(planned, policy)))


def _newest_first(members: list[_Member]) -> list[_Member]:
    """Sort by time, those of one time by uid; a backup without a time comes last."""
    by_uid = sorted(members, key=lambda member: member.record.uid)
    return sorted(by_uid, key=lambda member: member.record.created or _BEFORE_ALL, reverse=True)


def _place(group: GroupPlan) -> tuple[str, str, str, str]:
    newest = group.verdicts[0].record
    return newest.cluster, newest.location, newest.name, newest.uid


def _plan_group(members: list[_Member], policy: RetentionPolicy, facts: Facts) -> GroupPlan:
    good = [member.record for member in members if member.standing.kind == GOOD_BACKUP]
    kept = _kept_good(good, policy)
    refused = bool(good) and not kept
    staying = [
        record
        for record in good
        if record.created and (refused or record.uid in kept or why_protected(record, policy, facts))
    ]
    judge = _Judge(policy, facts, kept, refused, [record.created for record in staying if record.created])
    verdicts = tuple(judge.verdict(member) for member in members)
    return GroupPlan(verdicts, refused, staying[0] if staying else None)


def _kept_good(good: list[Record], policy: RetentionPolicy) -> dict[str, tuple[str, ...]]:
    """Return the reasons for which rules and labels keep good backups, by uid; none when they keep none.

    Args:
        good: newest first.
    """
    kept: dict[str, tuple[str, ...]] = {record.uid: (f"label {record.pinned}",) for record in good if record.pinned}
    counted = [record for record in good if not record.pinned]
    times = [record.created for record in counted if record.created]
    for record, reasons in zip(counted, apply_rules(times, policy.rules, policy.zone)):
        if reasons:
            kept[record.uid] = tuple(reasons)
    if kept and good[0].uid not in kept:
        # Labels alone may pin old backups only.
        kept[good[0].uid] = ("newest good backup",)
    return kept


class _Judge(NamedTuple):
    """Judges the backups of one group.

    Attributes:
        kept: reasons for which rules and labels keep good backups, by uid.
        refused: whether nothing good would be left.
        staying: creation times of the good backups that stay, newest first.
    """

    policy: RetentionPolicy
    facts: Facts
    kept: dict[str, tuple[str, ...]]
    refused: bool
    staying: list[datetime]

    def verdict(self, member: _Member) -> Verdict:
        record = member.record
        keep = self._why_kept(member) or self.kept.get(record.uid) or self._why_spared(member)
        if keep:
            return Verdict(record, KEEP, keep)
        gone = "no rule keeps it" if member.standing.kind == GOOD_BACKUP else self._superseded(record)
        return Verdict(record, REMOVE, (gone,))

    def _why_kept(self, member: _Member) -> tuple[str, ...]:
        """Return why a backup stays that no rule judges, nothing for one that rules judge."""
        record, (kind, reason) = member
        if kind == KEPT:
            return (reason,)
        if self.refused:
            return ("refused, nothing would be left",)
        if kind == GOOD_BACKUP:
            return ()
        if record.pinned:
            return (f"label {record.pinned}",)
        return self._why_not_superseded(record, reason)

    def _why_not_superseded(self, record: Record, reason: str) -> tuple[str, ...]:
        """Return why a backup that is not good stays, nothing for one that may go."""
        if not self.policy.remove_failed:
            return (reason,)
        if not self.staying:
            return ("no good backup in the group",)
        if record.created is None or record.created > self.staying[0]:
            return ("failed after the last good one",)
        if record.created >= self.staying[-1]:
            return ("failed after the oldest good one that is kept",)
        return ()

    def _why_spared(self, member: _Member) -> tuple[str, ...]:
        guard = why_protected(member.record, self.policy, self.facts)
        return (guard,) if guard else ()

    @staticmethod
    def _superseded(record: Record) -> str:
        return f"{_WORDS.get(record.status, 'failed')}, superseded"


# Reasons to keep a backup that a user should check, with the verb for one and for many.
_DOUBTFUL = {"created in the future": ("was", "were"), "no creation time": ("has", "have")}


def _warnings(groups: list[GroupPlan], policy: RetentionPolicy) -> Iterator[str]:
    verdicts = [verdict for group in groups for verdict in group.verdicts]
    for reason, (one, many) in _DOUBTFUL.items():
        names = sorted(verdict.record.name for verdict in verdicts if verdict.reasons == (reason,))
        if names:
            verb = one if len(names) == 1 else many
            named = join_first(names, _MAX_NAMED)
            yield f"{count_of(len(names), 'backup')} {verb} {reason}: {named}; kept and not counted"
    if not policy.grouping.by_default:
        return
    single = Counter(group.verdicts[0].record.cluster for group in groups if len(group.verdicts) == 1)
    for cluster, number in sorted(single.items()):
        if number > _MAX_SINGLE_GROUPS:
            yield (
                f"cluster {cluster!r} has {number} groups of a single backup, which are kept for ever; where the "
                "namespaces of a backup differ from run to run, set group_by: [cluster, location, label:NAME]"
            )
