# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each namespace stands against its target, by the rule of the protection report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Callable

from ..errors import ValidationError
from ..protection.coverage import Coverage
from ..protection.history import Window
from ..protection.records import Ref
from ..protection.states import EXCEEDED, UNPROTECTED, judge
from ..protection.tally import DAY, Tally
from ..protection.targets import DEFAULT_EXEMPT, Target, find_target, is_exempt, parse_duration
from ..text import quoted
from ..values import read_text
from .model import Object, Standing
from .option_types import read_names

# A namespace whose last backup is older than this, and than twice every target, does not exist any more.
_SPAN = 30 * DAY


class TargetJudge:
    """Judges the namespaces of one full list.

    Args:
        targets: the first that matches counts.
        exempt: globs of namespaces that need no backup.
        now: seconds since 1970.
    """

    def __init__(self, targets: Sequence[Target], exempt: Sequence[str], now: float) -> None:
        self._targets = targets
        self._exempt = exempt
        self._now = now
        self._start = now - max(_SPAN, *(2 * target.rpo for target in targets))
        self._coverage = Coverage(Window(self._start, now), now)

    def add(self, backup: Object) -> None:
        """Take one backup of the list."""
        self._coverage.add(backup)

    def standings(self) -> list[Standing]:
        """Return every namespace and virtual machine that a backup names."""
        return [*self._judge()]

    def _judge(self) -> Iterator[Standing]:
        for cluster in self._coverage.clusters.values():
            for unit, tally in cluster.units.items():
                if tally.last_seen >= self._start:
                    yield self._standing(cluster.ref, unit, self._coverage.tally_of(cluster, unit))

    def _standing(self, cluster: Ref, unit: str, tally: Tally) -> Standing:
        exempt = is_exempt(self._exempt, unit)
        target = None if exempt else find_target(self._targets, cluster.name, unit)
        state, good = judge(tally, target, self._now, exempt), tally.last_good
        return Standing(
            cluster=cluster.name,
            cluster_uid=cluster.uid,
            namespace=unit,
            state=state.name,
            overdue=state.name in (EXCEEDED, UNPROTECTED),
            rpo_seconds=target.rpo if target else None,
            age_seconds=state.age,
            good_name=good.name if good else "",
            good_uid=good.uid if good else "",
        )


def judge_maker(rpo: Any, exempt: Sequence[str] | None, now: Callable[[], float]) -> Callable[[], TargetJudge] | None:
    """Return what makes a judge for each full list, ``None`` without targets.

    Args:
        rpo: a duration for all namespaces, or a list of targets.
        exempt: globs of namespaces that need no backup, ``None`` for the default.
        now: the time of day, in seconds since 1970.

    Raises:
        ValidationError: ``rpo`` is not valid.
    """
    if not rpo:
        return None
    if not isinstance(rpo, (str, list)):
        raise ValidationError(
            f"rpo {quoted(rpo)} is not valid", hint="set it to a duration such as 24h, or to a list of targets"
        )
    items = [{"rpo": rpo}] if isinstance(rpo, str) else rpo
    targets = [_read_target("rpo" if items is not rpo else f"rpo[{number}]", item) for number, item in enumerate(items)]
    globs = DEFAULT_EXEMPT if exempt is None else exempt
    return lambda: TargetJudge(targets, globs, now())


def _read_target(name: str, item: Any) -> Target:
    """Return one target; omitted globs match everything."""
    if not isinstance(item, dict):
        raise ValidationError(f"{name} {quoted(item)} is not a target", hint="set clusters, namespaces and rpo in it")
    unknown = sorted(set(item) - set(Target._fields))
    if unknown:
        raise ValidationError(f"{name} has no {quoted(unknown[0])}", hint="set clusters, namespaces and rpo in it")
    return Target(
        read_names(f"{name}.clusters", item.get("clusters") or "*"),
        read_names(f"{name}.namespaces", item.get("namespaces") or "*"),
        parse_duration(name, read_text(name, item.get("rpo") or "")),
    )
