# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings beside the table of namespaces, and which clusters and namespaces are reported."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.inventory import (
    Location,
)
from ansible_collections.pxops.px_backup.tests.unit.support.protection import (
    CLUSTER,
    INVENTORY,
    LOCATION,
    report_on,
    schedule,
    shop_of,
    taken,
)


def kinds(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["severity"], item["kind"]) for item in report["findings"] if item["kind"] != "history"]


def test_findings_on_suspended_schedules() -> None:
    schedules = (schedule("a", suspended=True), schedule("b", suspended=True, suspended_by="LicenseCheck"))
    report = report_on([taken(1)], inventory=INVENTORY._replace(schedules=schedules))
    assert kinds(report) == [("critical", "schedule"), ("warning", "schedule")]
    assert report["findings"][0]["text"] == "schedule 'b' is suspended by the licence check"


def test_findings_on_a_cluster() -> None:
    offline = (CLUSTER._replace(status="Offline", reason="no route", protected=1, total=3),)
    report = report_on([taken(1)], inventory=INVENTORY._replace(clusters=offline))
    assert [item["text"] for item in report["findings"][:2]] == [
        "cluster 'prod' is Offline: no route",
        "the server counts 3 namespaces in cluster 'prod', this report knows 1",
    ]
    assert report["clusters"][0]["server_count"] == {"protected": 1, "total": 3}
    gone = report_on([taken(1)], inventory=INVENTORY._replace(clusters=()))
    assert kinds(gone) == [("warning", "cluster")]
    assert gone["clusters"][0]["status"] is None
    assert kinds(report_on([taken(1)], inventory=INVENTORY._replace(clusters=None))) == []


def test_a_cluster_is_known_by_its_uid() -> None:
    renamed = INVENTORY._replace(clusters=(CLUSTER._replace(name="prod-new"),))
    report = report_on([taken(1)], {"prod-new": ["shop"]}, inventory=renamed)
    assert [cluster["name"] for cluster in report["clusters"]] == ["prod-new"]
    assert shop_of(report)["state"] == "compliant"
    by_uid = report_on([taken(1)], {"c1": ["shop"]}, inventory=renamed)
    assert by_uid["source_of_namespaces"] == "given"


def test_a_listed_cluster_that_does_not_exist_is_unprotected() -> None:
    report = report_on([taken(1)], {"prod": ["shop"], "dr": ["shop"]})
    assert [(one["name"], one["namespaces"][0]["state"]) for one in report["clusters"]] == [
        ("dr", "unprotected"),
        ("prod", "compliant"),
    ]


def test_without_a_list_what_was_seen_is_reported_and_coverage_is_unknown() -> None:
    backups = [taken(1), taken(800, namespaces=["forgotten"])]
    inventory = INVENTORY._replace(schedules=(schedule("new", "web", "*"),))
    report = report_on(backups, {}, inventory=inventory)
    assert [item["name"] for item in report["clusters"][0]["namespaces"]] == ["shop", "web"]
    assert (report["source_of_namespaces"], report["summary"]["compliance"]) == ("seen", None)
    assert [item["text"] for item in report["findings"]] == [
        "cluster 'prod': coverage unknown, no list of its namespaces was given",
        "cluster 'prod': 1 namespace last backed up before the window: forgotten",
    ]


def test_namespaces_that_are_not_in_the_list() -> None:
    report = report_on([taken(1, namespaces=["shop", *(f"n{number:02}" for number in range(12))])])
    assert report["findings"][1]["text"] == (
        "cluster 'prod': 12 namespaces with backups that are not in the list: "
        "n00, n01, n02, n03, n04, n05, n06, n07, n08, n09 and 2 more"
    )


def test_backups_that_name_no_namespace() -> None:
    report = report_on(
        [taken(1, "Failed", []), taken(2, "InProgress", []), taken(3, "Deleting", []), taken(900, "Failed", [])]
    )
    assert report["findings"][0]["text"] == "cluster 'prod': 1 backup in the window without a namespace"


@pytest.mark.parametrize("chosen", ["prod", "c1"])
def test_only_the_chosen_clusters_are_reported(chosen: str) -> None:
    elsewhere = taken(2, cluster_ref={"name": "dr", "uid": "c2"}, total_size="5")
    report = report_on([taken(1), elsewhere], clusters=frozenset({chosen}))
    assert [cluster["name"] for cluster in report["clusters"]] == ["prod"]
    assert (report["summary"]["backups"], report["source_of_namespaces"]) == (1, "given")


def test_a_chosen_cluster_that_does_not_exist_is_found_missing() -> None:
    report = report_on([taken(1)], clusters=frozenset({"prod", "typo"}))
    assert [cluster["name"] for cluster in report["clusters"]] == ["prod", "typo"]
    assert ("warning", "cluster") in kinds(report)


def test_a_broken_location_is_critical_only_where_it_holds_good_backups() -> None:
    broken = Location("old", "l9", "Invalid")
    inventory = INVENTORY._replace(locations=(LOCATION, broken))
    assert kinds(report_on([taken(1)], inventory=inventory)) == [("warning", "location")]
    held = taken(2, backup_location_ref={"name": "old", "uid": "l9"})
    assert kinds(report_on([taken(1), held], inventory=inventory)) == [("critical", "location")]
