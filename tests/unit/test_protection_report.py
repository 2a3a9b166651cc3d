# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict and the whole report."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.history import Window
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.inventory import (
    Cluster,
    Inventory,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.verdict import is_failure
from ansible_collections.pxops.px_backup.tests.unit.support.protection import (
    CLUSTER,
    DAY,
    INVENTORY,
    LOCATION,
    NOW,
    RPO,
    report_on,
    shop_of,
    taken,
)

DRILLED = {"labels": {"pxops/drilled": "2026-11-14T02:00:00Z", "pxops/drill-seconds": "90"}}


def test_one_list_of_two_is_not_enough_for_a_share() -> None:
    inventory = INVENTORY._replace(clusters=(CLUSTER, Cluster("dr", "c2", "Online")))
    report = report_on([taken(1)], inventory=inventory)
    assert (report["source_of_namespaces"], report["summary"]["compliance"]) == ("mixed", None)
    assert [cluster["compliance"] for cluster in report["clusters"]] == [None, 1.0]


def test_summary_counts() -> None:
    backups = [
        taken(1, namespaces=["a", "b"]),
        taken(30, namespaces=["c"]),
        taken(1, "InProgress", ["d"]),
        taken(1, "Failed", ["e"]),
        taken(2, namespaces=["x"]),
    ]
    report = report_on(backups, {"prod": list("abcdex") + ["kube-system"]}, [RPO._replace(namespaces=("[a-e]",))])
    assert report["summary"] == {
        "clusters": 1,
        "namespaces": 7,
        "unprotected": 1,
        "exceeded": 1,
        "pending": 1,
        "no_target": 1,
        "compliant": 2,
        "exempt": 1,
        "with_warnings": 0,
        "drilled": 0,
        "compliance": 0.4,
        "backups": 5,
        "bytes": 5000,
    }
    assert report["verdict"] == {
        "level": "bad",
        "text": "3 of 6 namespaces have no good backup within the target.",
    }


LISTED = {"prod": ["shop"]}


@pytest.mark.parametrize(
    ("more", "level", "text"),
    [
        ({}, "good", "Every namespace of the list (1) has a good backup within its target."),
        ({"targets": []}, "unknown", "1 of 1 namespace has no target."),
        (
            {"namespaces": {}},
            "unknown",
            "Within target: 1 namespace seen in backups and schedules. "
            "Coverage is unknown, no list of namespaces was given.",
        ),
        ({"exempt": ["*"]}, "unknown", "No namespace was judged."),
        (
            {"unread": ["the schedules could not be read"]},
            "bad",
            "Backups are within their targets, with 1 critical finding.",
        ),
        ({"namespaces": {"prod": ["shop", "web"]}}, "bad", "1 of 2 namespaces has no good backup within the target."),
    ],
)
def test_verdict(more: dict[str, Any], level: str, text: str) -> None:
    assert report_on([taken(1)], **more)["verdict"] == {"level": level, "text": text}


@pytest.mark.parametrize(
    ("more", "fails"),
    [
        ({}, []),
        ({"namespaces": {"prod": ["shop", "web"]}}, ["unprotected", "exceeded", "any"]),
        ({"targets": [RPO._replace(rpo=60)]}, ["exceeded", "any"]),
        ({"targets": []}, ["any"]),
        ({"unread": ["the schedules could not be read"]}, ["any"]),
        ({"inventory": INVENTORY._replace(locations=(LOCATION._replace(status="Invalid"),))}, ["any"]),
        ({"namespaces": {}}, []),
    ],
)
def test_fail_on(more: dict[str, Any], fails: list[str]) -> None:
    report = report_on([taken(1)], **more)
    assert report["fails_on"] == fails
    assert [word for word in ("never", "unprotected", "exceeded", "any") if is_failure(report, word)] == fails


def test_a_pending_backup_fails_any_only() -> None:
    report = report_on([taken(1, "InProgress")])
    assert [is_failure(report, word) for word in ("unprotected", "exceeded", "any")] == [False, False, True]


def test_days_and_sizes_of_the_window() -> None:
    window = Window(NOW - 3 * DAY, NOW)
    backups = [
        taken(1, total_size="7"),
        taken(2, "Failed"),
        taken(3, total_size="5"),
        taken(25, "PartialSuccess"),
        taken(49, "Failed"),
        taken(90),
    ]
    report = report_on(backups, window=window)
    assert report["window"] == {
        "start": "2026-11-12T12:00:00Z",
        "end": "2026-11-15T12:00:00Z",
        "days": ["2026-11-12", "2026-11-13", "2026-11-14", "2026-11-15"],
        "oldest_backup": "2026-11-11T18:00:00Z",
        "runs": None,
    }
    entry = shop_of(report)
    assert (entry["days"], entry["sizes"]) == (".x~+", [None, None, None, 7])
    assert (entry["good_in_window"], entry["failed_in_window"]) == (2, 3)


def test_the_whole_entry_of_a_namespace() -> None:
    volumes = [{"namespace": "shop", "status": {"status": "Success"}}]
    backups = [
        taken(1, "Failed", reason="no space"),
        taken(20, "PartialSuccess", lasts=1, volumes=volumes, metadata=DRILLED),
    ]
    assert shop_of(report_on(backups, window=Window(NOW - DAY, NOW))) == {
        "name": "shop",
        "state": "compliant",
        "severity": None,
        "rpo_seconds": 86400,
        "rto_seconds": None,
        "age_seconds": 72000,
        "ratio": 0.8333,
        "last_good": {
            "name": "b-u20",
            "uid": "u20",
            "create_time": "2026-11-14T16:00:00Z",
            "size": 1000,
            "partial_elsewhere": True,
        },
        "last_attempt": {
            "name": "b-u1",
            "uid": "u1",
            "create_time": "2026-11-15T11:00:00Z",
            "status": "Failed",
            "reason": "no space",
            "good": False,
        },
        "running": False,
        "narrowed": 0,
        "good_in_window": 1,
        "failed_in_window": 1,
        "compliance_in_window": 0.7916,
        "worst_age_seconds": 72000,
        "seconds_without_any": 18000,
        "days": "+x",
        "sizes": [1000, None],
        "schedules": [],
        "locations": ["s3-main"],
        "locked_until": None,
        "last_drill": {"time": "2026-11-14T02:00:00Z", "verdict": "passed", "seconds": 90, "backup": "b-u20"},
        "warnings": [],
    }


def test_same_input_same_bytes_in_any_order() -> None:
    backups = [
        taken(hours, status, names, uid=f"u{number}")
        for number, (hours, status, names) in enumerate(
            (hours, status, names)
            for hours in range(1, 200, 7)
            for status in ("Success", "Failed")
            for names in (["shop"], ["shop", "db"], [])
        )
    ]
    first = json.dumps(report_on(backups, {}))
    random.Random(7).shuffle(backups)
    assert json.dumps(report_on(backups, {})) == first


def test_a_report_of_nothing() -> None:
    report = report_on([], {}, inventory=Inventory())
    assert (report["clusters"], report["source_of_namespaces"], report["summary"]["compliance"]) == ([], "seen", None)
    assert report["verdict"] == {"level": "unknown", "text": "No namespace was judged."}


def test_fingerprint_changes_with_the_facts_and_not_with_the_time() -> None:
    backups = [taken(2, total_size="5")]
    first = report_on(backups, now=NOW)
    later = report_on(backups, now=NOW + 60)
    assert later["generated_at"] != first["generated_at"]
    assert later["clusters"][0]["namespaces"][0]["age_seconds"] == 7260
    assert later["fingerprint"] == first["fingerprint"]
    for other in (report_on(backups, now=NOW + DAY), report_on([taken(1)]), report_on(backups, unread=["x"])):
        assert other["fingerprint"] != first["fingerprint"]
