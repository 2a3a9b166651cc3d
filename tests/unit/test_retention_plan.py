# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: classes, guards, the words of a plan and its warnings."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import StateError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.guards import (
    require_at_most,
    why_changed,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.plan import make_plan
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.policy import parse_policy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.records import Record, record_reader
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.results import describe
from ansible_collections.pxops.px_backup.tests.unit.support.retention import facts, plan_of, removed, stored, told

SCHEDULE = {"name": "daily", "uid": "s1"}
SHARE = {"groups": [{"id": "team", "access": "View"}], "collaborators": []}


def day(number: int) -> str:
    return f"2026-11-{number:02}T12:00:00Z"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "remove: no rule keeps it"),
        ({"schedules": frozenset({"s2", "weekly"})}, "remove: no rule keeps it"),
        ({"schedules": frozenset({"s1"})}, "out: scheduled"),
        # Created again under its name, or listed without its uid: not for certain gone.
        ({"schedules": frozenset({"daily"})}, "out: scheduled"),
    ],
)
def test_orphaned_backups_take_part_when_told_so(known: dict[str, Any], expected: str) -> None:
    backups = [stored("old", backup_schedule=SCHEDULE), stored("new", day(2))]
    options: dict[str, Any] = {"keep": {"last": 1}, "include_scheduled": "orphaned"}
    assert told(plan_of(backups, facts(**known), **options))["old"] == expected
    del options["include_scheduled"]
    assert told(plan_of(backups, facts(**known), **options))["old"] == "out: scheduled"


def test_a_schedule_without_its_uid_is_a_schedule() -> None:
    plan = plan_of([stored("old", backup_schedule={"name": "daily"}), stored("new", day(2))], keep={"last": 1})
    assert told(plan)["old"] == "out: scheduled"


@pytest.mark.parametrize("restoring", ["old-uid", "old"])
def test_a_restore_names_its_backup_by_uid_or_by_name(restoring: str) -> None:
    backups = [stored("old", uid="old-uid"), stored("new", day(2))]
    plan = plan_of(backups, facts(restoring=frozenset({restoring})), keep={"last": 1})
    assert told(plan) == {"old": "keep: a restore of it runs", "new": "keep: last"}


@pytest.mark.parametrize(
    ("retention_time", "expected"),
    [
        ("2026-11-15T12:00:00Z", "remove: no rule keeps it"),
        ("2026-11-15T12:00:01Z", "keep: locked until 2026-11-15T12:00:01Z"),
        ("2026-11-15T14:00:01+01:00", "keep: locked until 2026-11-15T13:00:01Z"),
        ("0001-01-01T00:00:00Z", "remove: no rule keeps it"),
        ("", "remove: no rule keeps it"),
        ("some day", "keep: locked until 9999-12-31T00:00:00Z"),
    ],
)
def test_locks(retention_time: str, expected: str) -> None:
    plan = plan_of([stored("old", retention_time=retention_time), stored("new", day(2))], keep={"last": 1})
    assert told(plan)["old"] == expected


def test_a_guard_does_not_give_its_place_to_another() -> None:
    backups = [stored("a"), stored("b", day(2)), stored("c", day(3), backup_share=SHARE)]
    assert told(plan_of(backups, keep={"last": 2})) == {
        "a": "remove: no rule keeps it",
        "b": "keep: last",
        "c": "keep: last",
    }


def test_a_guard_keeps_a_failed_backup_too() -> None:
    backups = [stored("bad", status="Failed", backup_share=SHARE), stored("good", day(2))]
    assert told(plan_of(backups, keep={"last": 1}, remove_failed=True))["bad"] == "keep: shared"


def test_a_failed_backup_stays_as_long_as_an_older_good_one_is_guarded() -> None:
    backups = [
        stored("locked", day(1), retention_time="2027-01-01T00:00:00Z"),
        stored("bad", day(2), status="Failed"),
        stored("good", day(3)),
    ]
    plan = plan_of(backups, keep={"last": 1}, remove_failed=True)
    assert told(plan)["bad"] == "keep: failed after the oldest good one that is kept"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("Failed", "failed, superseded"),
        ("Aborted", "failed, superseded"),
        ("Invalid", "failed, superseded"),
        ("CloudBackupMissing", "failed, superseded"),
        ("PartialSuccess", "partial, superseded"),
    ],
)
def test_what_is_removed_with_remove_failed(status: str, reason: str) -> None:
    plan = plan_of([stored("bad", status=status), stored("good", day(2))], keep={"last": 1}, remove_failed=True)
    assert told(plan)["bad"] == f"remove: {reason}"


def test_an_empty_success_never_replaces_a_full_backup() -> None:
    """A selector that finds nothing any more gives a new Success each night that holds nothing."""
    selector = {"ns_label_selectors": "team=shop"}
    backups = [stored("full", **selector), stored("empty", day(2), namespaces=[], **selector)]
    assert told(plan_of(backups, keep={"last": 1})) == {"full": "keep: last", "empty": "keep: holds no namespace"}
    backups.append(stored("newest", day(3), **selector))
    plan = plan_of(backups, keep={"last": 1}, remove_failed=True)
    assert told(plan)["empty"] == "remove: empty, superseded"


def test_a_failed_backup_of_the_time_of_the_good_one_stays() -> None:
    plan = plan_of([stored("bad", status="Failed"), stored("good")], keep={"last": 1}, remove_failed=True)
    assert removed(plan) == []


def test_a_pinned_failed_backup_stays() -> None:
    backups = [stored("bad", status="Failed", labels={"keep": "yes"}), stored("good", day(2))]
    plan = plan_of(backups, keep={"last": 1}, keep_labels={"keep": "yes"}, remove_failed=True)
    assert told(plan)["bad"] == "keep: label keep=yes"


def test_labels_alone_never_remove_the_newest_good_backup() -> None:
    backups = [stored("a", labels={"keep": "yes"}), stored("b", day(2)), stored("c", day(3))]
    assert told(plan_of(backups, keep_labels={"keep": "yes"})) == {
        "a": "keep: label keep=yes",
        "b": "remove: no rule keeps it",
        "c": "keep: newest good backup",
    }


def test_a_refused_group_keeps_its_failed_backups() -> None:
    backups = [stored("a", status="Failed"), stored("b", day(2))]
    plan = plan_of(backups, keep_labels={"keep": "yes"}, remove_failed=True)
    assert set(told(plan).values()) == {"keep: refused, nothing would be left"}
    assert plan.groups[0].refused


def test_any_of_the_labels_pins() -> None:
    backups = [stored("a", labels={"x": "1", "y": "0"}), stored("b", labels={"x": "2", "y": "1"}), stored("c", day(3))]
    plan = plan_of(backups, keep={"last": 1}, keep_labels={"x": "1", "y": "1"})
    assert told(plan) == {"a": "keep: label x=1", "b": "keep: label y=1", "c": "keep: last"}


@pytest.mark.parametrize(
    ("backup", "expected"),
    [
        (stored("x", None), "keep: no creation time"),
        (stored("x", "0001-01-01T00:00:00Z"), "keep: no creation time"),
        (stored("x", "yesterday"), "keep: no creation time"),
        # The API writes all times in UTC.
        (stored("x", "2026-11-02T12:00:00"), "keep: last"),
        (stored("x", "2026-11-15T12:05:00Z"), "keep: last"),
        (stored("x", "2026-11-15T12:05:01Z"), "keep: created in the future"),
        (stored("x", uid=""), "out: no uid"),
        (stored("x", owner=""), "out: owner not known"),
    ],
)
def test_backups_of_which_something_is_not_known(backup: dict[str, Any], expected: str) -> None:
    plan = plan_of([backup, stored("old")], keep={"last": 1})
    assert told(plan)["x"] == expected


def test_time_in_seconds_counts_where_there_is_no_other() -> None:
    backup = stored("x", None)
    backup["metadata"]["create_time_in_sec"] = 1_793_534_400
    assert str(record_reader(parse_policy({"keep": {"last": 1}}))(backup).created) == "2026-11-01 12:00:00+00:00"
    backup["metadata"]["create_time_in_sec"] = 10**18
    assert record_reader(parse_policy({"keep": {"last": 1}}))(backup).created is None


def test_a_backup_without_its_info_is_read() -> None:
    read = record_reader(parse_policy({"keep": {"last": 1}}))
    bare = read(decode("BackupObject", {"metadata": {}, "backup_info": {}}))
    assert (bare.uid, bare.status, bare.created) == ("", "Invalid", None)


def test_warning_of_the_future_and_of_no_time() -> None:
    backups = [stored(f"b{number}", "2099-01-01T00:00:00Z") for number in range(7)] + [stored("c", None)]
    assert plan_of(backups, keep={"last": 1}).warnings == (
        "7 backups were created in the future: b0, b1, b2, b3, b4 and 2 more; kept and not counted",
        "1 backup has no creation time: c; kept and not counted",
    )


def test_warning_of_groups_of_one() -> None:
    backups = [stored(f"b{number}", namespaces=[f"n{number}"]) for number in range(6)]
    (warning,) = plan_of(backups, keep={"last": 1}).warnings
    assert warning.startswith("cluster 'cluster c1' has 6 groups of a single backup, which are kept for ever; ")
    assert plan_of(backups[:5], keep={"last": 1}).warnings == ()
    assert plan_of(backups, keep={"last": 1}, group_by=["namespaces"]).warnings == ()
    # Two backups of the same namespaces are one group of two.
    assert plan_of([*backups, stored("again", namespaces=["n0"])], keep={"last": 1}).warnings == ()


def test_more_than_allowed() -> None:
    require_at_most(2, 2)
    require_at_most(10**6, None)
    with pytest.raises(StateError) as caught:
        require_at_most(1, 0)
    assert str(caught.value).startswith("1 to remove, 0 allowed by max_delete; nothing is removed; check the plan")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"total_size": 5}, ""),
        ({"status": "InProgress"}, "running"),
        ({"status": "Deleting"}, "being deleted"),
        ({"status": "New"}, "unknown status"),
        ({"status": "CloudBackupMissing"}, "not good (CloudBackupMissing)"),
        ({"backup_share": SHARE}, "shared"),
        ({"retention_time": "2027-01-01T00:00:00Z"}, "locked until 2027-01-01T00:00:00Z"),
        ({"labels": {"keep": "yes"}}, "label keep=yes"),
        ({"owner": "other"}, "owned by other"),
        ({"backup_schedule": SCHEDULE}, "scheduled"),
        ({"namespaces": ["other"]}, "belongs to another group"),
        ({"created": "2027-01-01T00:00:00Z"}, "created in the future"),
    ],
)
def test_read_again_before_its_removal(change: dict[str, Any], reason: str) -> None:
    policy = parse_policy({"keep": {"last": 1}, "keep_labels": {"keep": "yes"}})
    read = record_reader(policy)
    found = why_changed(read(stored("a")), read(stored("a", **change)), policy, facts())
    assert found == (f"changed since the plan ({reason})" if reason else "")


def test_a_failed_backup_that_was_repaired_is_not_removed() -> None:
    policy = parse_policy({"keep": {"last": 1}, "remove_failed": True})
    read = record_reader(policy)
    changed = why_changed(read(stored("a", status="Failed")), read(stored("a")), policy, facts())
    assert changed == "changed since the plan (Success)"


def test_a_restore_that_began_after_the_plan() -> None:
    policy = parse_policy({"keep": {"last": 1}})
    record = record_reader(policy)(stored("a"))
    found = why_changed(record, record, policy, facts(restoring=frozenset({"a"})))
    assert found == "changed since the plan (a restore of it runs)"


def test_a_pinned_backup_fills_no_place() -> None:
    backups = [stored("a"), stored("b", day(2)), stored("c", day(3), labels={"keep": "yes"})]
    plan = plan_of(backups, keep={"last": 1}, keep_labels={"keep": "yes"})
    assert told(plan) == {"a": "remove: no rule keeps it", "b": "keep: last", "c": "keep: label keep=yes"}


def test_memory_is_of_what_the_plan_needs() -> None:
    """Records of backups that are large in JSON are small, and what many share is kept once."""
    policy = parse_policy({"keep": {"daily": 7}})
    read = record_reader(policy)
    volumes = [{"name": f"v{number}", "namespace": "shop"} for number in range(50)]
    count = 500
    tracemalloc.start()
    try:
        records: list[Record] = [read(stored(f"b{number}", volumes=volumes)) for number in range(count)]
        size = tracemalloc.get_traced_memory()[0] / count
    finally:
        tracemalloc.stop()
    assert size < 700
    assert len(make_plan(records, policy, facts()).groups) == 1
    assert len({id(record.key) for record in records}) == 1


def test_plans_of_many_backups_do_not_search_for_garbage() -> None:
    read = record_reader(parse_policy({"keep": {"last": 1}}))
    records = [read(stored(f"b{number}")) for number in range(2000)]
    policy, known = parse_policy({"keep": {"last": 1}}), facts()
    searches: list[str] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        searches.append(phase)

    gc.callbacks.append(note)
    try:
        plan = make_plan(records, policy, known)
        result = describe(plan, policy.grouping, {})
    finally:
        gc.callbacks.remove(note)
    assert result["removed"] == 1999
    # One before, one between and one after the two, when Python searches what was built up.
    assert searches.count("start") <= 3
    assert gc.isenabled()
