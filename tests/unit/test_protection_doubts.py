# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Doubts about the last good backup of a namespace, drills, and its schedules."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.inventory import (
    Location,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.words import size_of
from ansible_collections.pxops.px_backup.tests.unit.support.protection import (
    INVENTORY,
    RPO,
    report_on,
    schedule,
    shop_of,
    taken,
)


def warnings_of(*backups: dict[str, Any], **more: Any) -> list[str]:
    return list(shop_of(report_on(backups, **more))["warnings"])


def test_no_doubt_about_a_good_backup() -> None:
    assert warnings_of(taken(1), taken(25), taken(49), taken(73)) == []


def test_a_backup_that_holds_nothing() -> None:
    sentence = "the last good backup holds no resource and no volume"
    assert warnings_of(taken(1, resource_count="0")) == [sentence]
    volume = {"namespace": "shop", "status": {"status": "Success"}}
    assert warnings_of(taken(1, resource_count="0", volumes=[volume])) == []
    report = report_on([taken(1, resource_count="0")])
    assert [(item["severity"], item["object"]) for item in report["findings"]] == [
        ("critical", "prod/shop"),
        ("info", ""),
    ]
    assert report["verdict"]["level"] == "bad"


def test_an_exempt_namespace_makes_no_critical_finding() -> None:
    report = report_on([taken(1, resource_count="0")], exempt=["shop"])
    assert {item["severity"] for item in report["findings"]} == {"info"}


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        (
            {"volumes": [{"namespace": "shop", "status": {"status": one}} for one in ("Failed", "Success")]},
            "in the last good backup 1 of 2 volumes failed",
        ),
        ({"volumes": [{"namespace": "db", "status": {"status": "Failed"}}]}, None),
        ({"volumes": [{"namespace": "shop", "name": "no status in a list"}]}, None),
        ({"failed_vol_count": "2"}, "in the last good backup 2 volumes failed"),
        (
            {"failed_resource_count": "1", "virtual_machines_failed_count": "3"},
            "in the last good backup 1 resource and 3 virtual machines failed",
        ),
    ],
)
def test_a_success_in_which_parts_failed(info: dict[str, Any], sentence: str | None) -> None:
    assert warnings_of(taken(1, **info)) == ([sentence] if sentence else [])


def test_a_partial_backup_that_failed_elsewhere_is_not_doubted() -> None:
    volumes = [
        {"namespace": "shop", "status": {"status": "Success"}},
        {"namespace": "db", "status": {"status": "Failed"}},
    ]
    assert warnings_of(taken(1, "PartialSuccess", volumes=volumes, failed_vol_count="1")) == []


@pytest.mark.parametrize(
    ("sizes", "newest", "collapsed"),
    [
        ([1000, 1000, 1000], 500, False),
        ([1000, 1000, 1000], 499, True),
        ([1000, 1000], 1, False),
        # The median of the last five: the two oldest no longer count.
        ([1000, 1000, 100, 100, 100, 100, 100], 50, False),
        ([100, 100, 1000, 1000, 1000, 1000, 1000], 50, True),
        ([0, 0, 0], 0, False),
    ],
)
def test_size_collapsed(sizes: list[int], newest: int, collapsed: bool) -> None:
    earlier = [taken(24 * (len(sizes) - number) + 1, total_size=str(size)) for number, size in enumerate(sizes)]
    found = warnings_of(taken(1, total_size=str(newest)), *earlier)
    assert [text.startswith(f"the last good backup has {newest} B, ") for text in found] == [True] * collapsed


def test_resources_collapsed() -> None:
    earlier = [taken(hours, resource_count="100") for hours in (25, 49, 73)]
    expected = "the last good backup has 49 resources, the ones before it had 100 (median)"
    assert warnings_of(taken(1, resource_count="49"), *earlier) == [expected]


def test_only_backups_of_the_same_selection_are_compared() -> None:
    earlier = [taken(hours, namespaces=["shop", "db"], total_size="100000") for hours in (25, 49, 73)]
    assert warnings_of(taken(1), *earlier) == []


@pytest.mark.parametrize("seed", range(10))
def test_sizes_are_compared_with_the_newest_of_many(seed: int) -> None:
    old = [taken(1000 + number, total_size="100000") for number in range(40)]
    backups = [taken(1), *old, *[taken(25 + number) for number in range(5)]]
    random.Random(seed).shuffle(backups)
    assert warnings_of(*backups) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Valid", []),
        ("ValidationInProgress", []),
        ("Invalid", ["the backup location is not valid"]),
        ("ValidationFailed", ["the backup location is not valid"]),
        ("LimitedAvailability", ["the backup location has limited availability"]),
    ],
)
def test_location_of_the_last_good_backup(status: str, expected: list[str]) -> None:
    inventory = INVENTORY._replace(locations=(Location("s3-main", "l1", status, "no bucket"),))
    assert warnings_of(taken(1), inventory=inventory) == expected
    findings = [item for item in report_on([taken(1)], inventory=inventory)["findings"] if item["kind"] == "location"]
    words = f"backup location 's3-main' is {status}: no bucket"
    assert [item["text"] for item in findings] == [words] * bool(expected)


def test_location_that_nobody_lists() -> None:
    gone = ["the backup location is not found, or not visible to this user"]
    assert warnings_of(taken(1), inventory=INVENTORY._replace(locations=())) == gone
    assert warnings_of(taken(1), inventory=INVENTORY._replace(locations=None)) == []


def test_missing_objects_in_the_location() -> None:
    assert warnings_of(taken(1), taken(2, "CloudBackupMissing"), taken(3, "Failed")) == [
        "1 backup with missing objects in the backup location"
    ]


def test_lock_of_the_good_backups() -> None:
    locks = [{"retention_time": "2026-12-01T00:00:00Z"}, {"retention_time": "2026-11-20T00:00:00Z"}]
    assert shop_of(report_on([taken(25, **locks[0]), taken(1, **locks[1])]))["locked_until"] == "2026-12-01T00:00:00Z"
    ended = taken(1, retention_time="2026-11-15T11:00:00Z")
    assert shop_of(report_on([ended]))["locked_until"] is None


DRILLED = {"labels": {"pxops/drilled": "2026-11-14T02:00:00Z", "pxops/drill-seconds": "90"}}


@pytest.mark.parametrize(
    ("labels", "drill"),
    [
        ({}, None),
        ({"pxops/drilled": "yes"}, None),
        (DRILLED["labels"], ("2026-11-14T02:00:00Z", 90)),
        ({"pxops/drilled": "20261114T020000Z"}, ("2026-11-14T02:00:00Z", None)),
        ({"pxops/drilled": "2026-11-14T02-00-00Z", "pxops/drill-seconds": "x"}, ("2026-11-14T02:00:00Z", None)),
    ],
)
def test_drill_from_labels(labels: dict[str, str], drill: tuple[str, int | None] | None) -> None:
    found = shop_of(report_on([taken(50, metadata={"labels": labels})]))["last_drill"]
    assert (found and (found["time"], found["seconds"])) == drill


def test_newest_drill_counts_and_a_slow_one_is_said() -> None:
    older = {"labels": {"pxops/drilled": "2026-11-01T02:00:00Z", "pxops/drill-seconds": "5"}}
    backups = [taken(1, metadata=older), taken(50, metadata=DRILLED)]
    entry = shop_of(report_on(backups, targets=[RPO._replace(rto=60)]))
    assert entry["last_drill"]["backup"] == "b-u50"
    assert entry["warnings"] == ["the last restore drill took 90 seconds, the target is 60"]
    assert shop_of(report_on(backups, targets=[RPO._replace(rto=90)]))["warnings"] == []


def test_schedules_of_a_namespace() -> None:
    schedules = (schedule("all", "*"), schedule("shop", "shop", suspended=True), schedule("db", "db"))
    from_backup = taken(1, backup_schedule={"name": "gone", "uid": "s9"})
    entry = shop_of(report_on([from_backup], inventory=INVENTORY._replace(schedules=schedules)))
    assert (entry["schedules"], entry["warnings"]) == (["all", "gone", "shop"], [])
    entry = shop_of(report_on([taken(1)], inventory=INVENTORY._replace(schedules=schedules[1:])))
    assert entry["warnings"] == ["every schedule of the namespace is suspended"]


def test_a_schedule_whose_backups_are_older_than_the_window_is_not_named() -> None:
    assert shop_of(report_on([taken(800, backup_schedule={"name": "gone", "uid": "s9"})]))["schedules"] == []


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (120_000_000, "114.4 MiB"),
        (3 * 1024**4, "3.0 TiB"),
        (2048 * 1024**4, "2.0 PiB"),
        (4096 * 1024**5, "4096.0 PiB"),
    ],
)
def test_sizes_in_words(count: int, text: str) -> None:
    assert size_of(count) == text
