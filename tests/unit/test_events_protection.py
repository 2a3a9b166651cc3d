# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Overdue and recovered by the targets of the protection report, from the option to the event."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.protection import judge_maker
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import NOON, Clock, Run, Server, stamp
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

HOUR = 3600
CLUSTER = {"name": "prod-eu", "uid": "c1"}


def one(name: str, age: float, status: str = "Success", **info: Any) -> dict[str, Any]:
    """Return a backup of this age in hours."""
    metadata = {"create_time": stamp(-age * HOUR)}
    parts = {"namespaces": ["shop"], "cluster_ref": CLUSTER, **info}
    return backup(name=name, uid=f"uid-{name}", metadata=metadata, status={"status": status}, **parts)


def standings(rpo: Any, *backups: dict[str, Any], exempt: Any = None) -> dict[str, tuple[str, bool, Any]]:
    """Return state, overdue and target of each namespace."""
    make = judge_maker(rpo, exempt, lambda: NOON)
    assert make is not None
    judge = make()
    for item in backups:
        judge.add(item)
    return {item.namespace: (item.state, item.overdue, item.rpo_seconds) for item in judge.standings()}


def test_without_targets_nothing_is_judged() -> None:
    assert judge_maker(None, None, lambda: NOON) is None
    assert judge_maker("", None, lambda: NOON) is None
    assert judge_maker([], None, lambda: NOON) is None


CASES: dict[str, tuple[list[dict[str, Any]], tuple[str, bool]]] = {
    "within the target": ([one("a", 5)], ("compliant", False)),
    "at the target": ([one("a", 24)], ("compliant", False)),
    "over the target": ([one("a", 25)], ("exceeded", True)),
    "a failed one does not count": ([one("b", 1, "Failed"), one("a", 25)], ("exceeded", True)),
    "none good": ([one("a", 1, "Failed")], ("unprotected", True)),
    "the first one runs": ([one("a", 0.1, "InProgress")], ("pending", False)),
    "a narrowed one does not count": ([one("a", 1, resource_types=["ConfigMap"])], ("unprotected", True)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule_of_the_report_decides(case: str) -> None:
    backups, (state, overdue) = CASES[case]
    assert standings("24h", *backups) == {"shop": (state, overdue, 24 * HOUR)}


def test_targets_by_cluster_and_namespace() -> None:
    rpo = [
        {"clusters": "dr-*", "rpo": "1m"},
        {"namespaces": "db*", "rpo": "1h", "rto": "2h"},
        {"clusters": ["prod-*"], "namespaces": ["shop"], "rpo": "1d"},
    ]
    found = standings(rpo, one("a", 2, namespaces=["shop", "db-1", "other"]))
    assert found == {
        "shop": ("compliant", False, 24 * HOUR),
        "db-1": ("exceeded", True, HOUR),
        "other": ("no_target", False, None),
    }


def test_exempt_namespaces_have_no_target() -> None:
    systems = one("a", 50, namespaces=["kube-system", "shop"])
    assert standings("24h", systems)["kube-system"] == ("exempt", False, None)
    assert standings("24h", systems, exempt=("sh*",)) == {
        "kube-system": ("exceeded", True, 24 * HOUR),
        "shop": ("exempt", False, None),
    }


def test_a_namespace_that_ended_long_ago_is_not_judged() -> None:
    assert standings("24h", one("a", 31 * 24)) == {}
    assert standings("21d", one("a", 31 * 24)) == {"shop": ("exceeded", True, 21 * 24 * HOUR)}


WRONG = {
    "a number": (24, r"^rpo 24 is not valid; set it to a duration such as 24h, or to a list of targets"),
    "no duration": ("soon", r"^rpo 'soon' is not a valid duration"),
    "no target": (["24h"], r"^rpo\[0\] '24h' is not a target"),
    "a target without rpo": ([{"rpo": "1h"}, {"namespaces": ["shop"]}], r"^rpo\[1\] '' is not a valid duration"),
    "another key": ([{"rpo": "1h", "namespace": "shop"}], r"^rpo\[0\] has no 'namespace'"),
    "no list": ([{"rpo": "1h", "namespaces": 5}], r"^rpo\[0\].namespaces 5 is not a list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_valid_is_a_sentence(name: str) -> None:
    rpo, message = WRONG[name]
    with pytest.raises(ValidationError, match=message):
        judge_maker(rpo, None, lambda: NOON)


def test_overdue_one_minute_after_the_target_and_recovered_with_the_next_good_backup() -> None:
    server, clock = Server(), Clock()
    server.put("G1", "Success", cluster_ref=CLUSTER)
    run = Run(server, clock, judge=judge_maker("24h", None, clock.now))
    assert run.told() == []
    clock.passed = 24.0 * HOUR - 60
    assert run.told() == []
    clock.passed = 24.0 * HOUR + 60
    assert run.told() == ["overdue"]
    server.put("B1", "Failed", cluster_ref=CLUSTER)
    assert run.told() == ["failed B1"]
    server.put("G2", "Success", cluster_ref=CLUSTER)
    assert run.told() == ["succeeded G2", "recovered"]
    overdue, recovered = (
        event["px_backup"] for event in run.events if event["px_backup"]["type"] in ("overdue", "recovered")
    )
    assert overdue["target"] == {
        "state": "exceeded",
        "rpo_seconds": 24 * HOUR,
        "age_seconds": 24 * HOUR + 60,
        "last_good": {"name": "g1", "uid": "G1"},
    }
    assert (overdue["key"], recovered["key"]) == ("c1/shop:overdue:G1", "c1/shop:recovered:G2")
    assert recovered["target"]["state"] == "compliant"
