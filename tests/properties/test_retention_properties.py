# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every plan, whatever the backups and the rules are."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import STATUSES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.classes import (
    GOOD_BACKUP,
    NOT_GOOD,
    Facts,
    classify,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.groups import parse_grouping
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.guards import why_protected
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.plan import Plan, make_plan
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.policy import RetentionPolicy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.records import Record
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.rules import (
    ALL,
    COUNTS,
    WITHIN,
    parse_keep,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.zones import find_zone
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Asuncion")

# Most lie close together, so that they share hours, days and weeks; some share their second.
MOMENTS = st.one_of(
    st.integers(0, 40).map(lambda hours: NOW - timedelta(hours=hours)),
    st.integers(0, 800).map(lambda days: NOW - timedelta(days=days, hours=days % 24)),
    st.sampled_from([None, NOW + timedelta(minutes=4), NOW + timedelta(days=3)]),
)
# Three of four are good and manual.
RECORDS = st.lists(
    st.builds(
        Record,
        name=st.just(""),
        uid=st.just(""),
        owner=st.sampled_from(["me", "me", "me", "other"]),
        status=st.sampled_from(["Success"] * 12 + [*STATUSES, "New"]),
        is_empty=st.sampled_from([False, False, False, False, True]),
        created=MOMENTS,
        schedule=st.sampled_from([("", "")] * 5 + [("s1", "there"), ("s2", "gone")]),
        locked_until=st.sampled_from([None, None, None, NOW + timedelta(days=1), NOW - timedelta(days=1)]),
        shared=st.sampled_from([False, False, False, True]),
        pinned=st.sampled_from(["", "", "", "keep=true"]),
        size=st.just(0),
        cluster=st.just("c1"),
        location=st.just("l1"),
        key=st.sampled_from([("a",), ("b",)]),
        ungrouped=st.sampled_from([""] * 9 + ["group_by 'label:app' does not match it"]),
    ),
    max_size=14,
).map(lambda records: [record._replace(name=f"n{n}", uid=f"u{n}") for n, record in enumerate(records)])

KEEPS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.integers(ALL, 5) for name in COUNTS},
        **{name: st.sampled_from(["3h", "2d", "1w", "1m", "1y", "1d12h"]) for name in WITHIN},
    },
)
FACTS = Facts(NOW, "me", frozenset({"s1", "there"}), frozenset({"u3"}))


@st.composite
def policies(draw: st.DrawFn) -> RetentionPolicy:
    return RetentionPolicy(
        rules=parse_keep(draw(KEEPS)),
        zone=find_zone(draw(st.sampled_from(ZONES))),
        # A record says itself whether it is pinned.
        keep_labels={"keep": "true"},
        grouping=parse_grouping(None),
        accept_partial=draw(st.booleans()),
        remove_failed=draw(st.booleans()),
        include_orphaned=draw(st.booleans()),
        include_shared=draw(st.booleans()),
    )


# With labels alone a group in which none pins is refused as a whole: there more rules do remove more.
WITH_RULES = policies().filter(lambda policy: policy.rules != ())


def removed(plan: Plan) -> set[str]:
    return {record.uid for record in plan.removals()}


def good_of(records: list[Record], policy: RetentionPolicy) -> list[Record]:
    return [record for record in records if classify(record, policy, FACTS).kind == GOOD_BACKUP]


@given(RECORDS, policies())
def test_the_newest_good_backup_of_each_group_stays(records: list[Record], policy: RetentionPolicy) -> None:
    gone = removed(make_plan(records, policy, FACTS))
    for key in {record.key for record in records}:
        good = [record for record in good_of(records, policy) if record.key == key]
        newest = max((record.created for record in good if record.created), default=None)
        assert not good or any(record.created == newest and record.uid not in gone for record in good)


@given(RECORDS, policies())
def test_nothing_outside_the_classes_goes(records: list[Record], policy: RetentionPolicy) -> None:
    gone = removed(make_plan(records, policy, FACTS))
    for record in (record for record in records if record.uid in gone):
        assert record.owner == "me" and record.created is not None and record.created <= NOW + timedelta(minutes=5)
        assert record.status in {"Success", "PartialSuccess", "Failed", "Aborted", "Invalid", "CloudBackupMissing"}
        assert policy.remove_failed or not record.is_empty
        assert record.status == "Success" or policy.remove_failed or policy.accept_partial
        assert record.schedule == ("", "") or (policy.include_orphaned and record.schedule == ("s2", "gone"))
        assert record.locked_until is None or record.locked_until <= NOW
        assert not record.pinned and not record.ungrouped and record.uid != "u3"
        assert not record.shared or policy.include_shared


@given(RECORDS, policies())
def test_every_backup_has_one_verdict_and_a_reason(records: list[Record], policy: RetentionPolicy) -> None:
    plan = make_plan(records, policy, FACTS)
    verdicts = [*plan.out, *(verdict for group in plan.groups for verdict in group.verdicts)]
    assert sorted(verdict.record.uid for verdict in verdicts) == sorted(record.uid for record in records)
    assert all(verdict.reasons and all(verdict.reasons) for verdict in verdicts)
    for group in plan.groups:
        ages = [verdict.record.created for verdict in group.verdicts if verdict.record.created]
        assert ages == sorted(ages, reverse=True)


@given(RECORDS, WITH_RULES, KEEPS)
def test_more_rules_never_remove_more(records: list[Record], policy: RetentionPolicy, more: dict[str, Any]) -> None:
    wider = policy._replace(rules=policy.rules + parse_keep(more))
    assert removed(make_plan(records, wider, FACTS)) <= removed(make_plan(records, policy, FACTS))


@given(RECORDS, WITH_RULES, st.integers(0, 13))
def test_one_more_pin_never_removes_more(records: list[Record], policy: RetentionPolicy, place: int) -> None:
    pinned = [record._replace(pinned="keep=true") if n == place else record for n, record in enumerate(records)]
    assert removed(make_plan(pinned, policy, FACTS)) <= removed(make_plan(records, policy, FACTS))


@given(RECORDS, policies(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_makes_no_difference(
    records: list[Record], policy: RetentionPolicy, chance: Random
) -> None:
    plan = make_plan(records, policy, FACTS)
    chance.shuffle(records)
    assert make_plan(records, policy, FACTS) == plan


@given(RECORDS, policies())
def test_after_the_deletions_nothing_is_left_to_remove(records: list[Record], policy: RetentionPolicy) -> None:
    gone = removed(make_plan(records, policy, FACTS))
    left = [record for record in records if record.uid not in gone]
    assert not removed(make_plan(left, policy, FACTS))


@given(RECORDS, policies(), st.sets(st.integers(0, 13)))
def test_a_run_that_was_interrupted_is_completed_by_the_next(
    records: list[Record], policy: RetentionPolicy, stopped: set[int]
) -> None:
    """Whatever part of the plan was carried out, what is planned next is the rest of it."""
    gone = removed(make_plan(records, policy, FACTS))
    before = {uid for uid in gone if int(uid[1:]) in stopped}
    left = [record for record in records if record.uid not in before]
    assert removed(make_plan(left, policy, FACTS)) == gone - before


@given(RECORDS, policies())
def test_what_is_planned_to_go_is_not_protected(records: list[Record], policy: RetentionPolicy) -> None:
    for record in make_plan(records, policy, FACTS).removals():
        assert not why_protected(record, policy, FACTS)
        assert classify(record, policy, FACTS).kind in (GOOD_BACKUP, NOT_GOOD)


@contextmanager
def machine_zone(name: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York"])
@given(records=RECORDS, policy=policies())
def test_the_zone_of_the_machine_makes_no_difference(zone: str, records: list[Record], policy: RetentionPolicy) -> None:
    with machine_zone("UTC"):
        plan = make_plan(records, policy, FACTS)
    with machine_zone(zone):
        assert make_plan(records, policy, FACTS) == plan
