# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy of a task: what it wants to keep and what it allows to be removed."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, NamedTuple

from ..errors import ValidationError
from .groups import Grouping, parse_grouping
from .rules import Rule, parse_keep
from .zones import find_zone


class RetentionPolicy(NamedTuple):
    """What a task wants to keep and what it allows to be removed.

    Attributes:
        rules: keep rules, each independent of the others.
        zone: its calendar says where days, weeks, months and years begin.
        keep_labels: a backup with at least one of these labels is pinned: kept, and not counted.
        grouping: which backups are copies of the same thing.
        accept_partial: a PartialSuccess counts as good.
        remove_failed: backups that are not good are removed when they are older than every good one that stays.
        include_orphaned: backups of a schedule that no longer exists take part.
        include_shared: shared backups may be removed.
    """

    rules: tuple[Rule, ...]
    zone: tzinfo
    keep_labels: dict[str, str]
    grouping: Grouping
    accept_partial: bool = False
    remove_failed: bool = False
    include_orphaned: bool = False
    include_shared: bool = False


def parse_policy(parameters: dict[str, Any]) -> RetentionPolicy:
    """Return the policy that the options of a task mean.

    Raises:
        ValidationError: an option is not valid, or nothing says what to keep.
    """
    rules = parse_keep(parameters.get("keep") or {})
    keep_labels = parameters.get("keep_labels") or {}
    if not (rules or keep_labels):
        raise ValidationError("no keep rule given", hint="set at least one rule in keep, such as keep: {daily: 7}")
    return RetentionPolicy(
        rules=rules,
        zone=find_zone(parameters.get("timezone") or "UTC"),
        keep_labels=keep_labels,
        grouping=parse_grouping(parameters.get("group_by")),
        accept_partial=parameters.get("accept_partial") is True,
        remove_failed=parameters.get("remove_failed") is True,
        include_orphaned=parameters.get("include_scheduled") == "orphaned",
        include_shared=parameters.get("include_shared") is True,
    )
