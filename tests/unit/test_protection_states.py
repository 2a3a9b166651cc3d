# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a namespace and its history, case by case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.times import parse_server_time
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.coverage import Coverage
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.history import Window, measure_history
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.inventory import Inventory, Location
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.report import (
    Settings,
    Source,
    build_report,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.targets import Target, parse_duration
from ansible_collections.pxops.px_backup.tests.unit.support.protection import (
    CLUSTER,
    DAY,
    INVENTORY,
    LOCATION,
    NOW,
    RPO,
    WINDOW,
    report_on,
    shop_of,
    taken,
)

DATA = Path(__file__).resolve().parents[1] / "data" / "protection-cases.json"
CASES = json.loads(DATA.read_text(encoding="utf-8"))["cases"]
STATES = [case for case in CASES if case["kind"] == "rpo"]
HISTORIES = [case for case in CASES if case["kind"] == "rpo_history"]


def seconds(text: str) -> float:
    return parse_server_time(text.replace(" ", "T").removesuffix("Z") + "Z").timestamp()


def backup_of(item: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the backup that a case describes, as the library decodes it."""
    info = {name: item[name] for name in ("resource_types", "include_resources", "missing_namespaces") if name in item}
    if "namespace_status" in item:
        listed = [{"name": name, "status": {"status": status}} for name, status in item["namespace_status"].items()]
        info["namespace_resources"] = {"namespaces": listed}
    volumes = [{"namespace": one["namespace"], "status": {"status": one["status"]}} for one in item.get("volumes", [])]
    hours = (NOW - seconds(item["create_time"])) / 3600
    return taken(hours, item["status"], item["namespaces"], uid=f"u{number}", volumes=volumes, **info)


@pytest.mark.parametrize("case", STATES, ids=lambda case: case["name"])
def test_state_of_a_namespace(case: dict[str, Any]) -> None:
    assert seconds(case["now"]) == NOW
    status = next((item["location_status"] for item in case["backups"] if "location_status" in item), "Valid")
    targets = [Target(("*",), ("*",), parse_duration("rpo", case["rpo"]))] if case["rpo"] else []
    report = report_on(
        [backup_of(item, number) for number, item in enumerate(case["backups"])],
        {"prod": [case["namespace"]]},
        targets,
        Inventory((CLUSTER,), (Location("s3-main", "l1", status),), ()),
    )
    entry = shop_of(report)
    found = {
        **entry,
        "last_attempt": (entry["last_attempt"] or {}).get("status"),
        "partial_elsewhere": (entry["last_good"] or {}).get("partial_elsewhere"),
    }
    assert {name: found[name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", HISTORIES, ids=lambda case: case["name"])
def test_history_of_a_namespace(case: dict[str, Any]) -> None:
    window = Window(*map(seconds, case["window"]))
    points = [(seconds(start), seconds(finish)) for start, finish in case["points"]]
    history = measure_history(points, window, case["rpo_hours"] * 3600)
    expected = case["expect"]
    assert history == (expected["compliance"], expected["worst_age_seconds"], expected["seconds_without_any"])
    assert measure_history(reversed(points), window, case["rpo_hours"] * 3600) == history


def test_history_without_a_target_still_tells_the_worst_age() -> None:
    history = measure_history([(0.0, 0.0)], Window(0.0, 100.0), None)
    assert history == (None, 100.0, 0.0)


def test_an_older_backup_that_ends_later_brings_nothing() -> None:
    history = measure_history([(50.0, 60.0), (10.0, 80.0)], Window(60.0, 100.0), 40.0)
    assert history == (0.75, 50.0, 0.0)


@pytest.mark.parametrize(
    ("hours", "severity"), [(24.1, "warning"), (48, "warning"), (48.1, "severe"), (96, "severe"), (96.1, "critical")]
)
def test_severity_grows_with_the_age(hours: float, severity: str) -> None:
    assert shop_of(report_on([taken(hours)]))["severity"] == severity


def test_unprotected_is_critical_and_pending_is_a_warning() -> None:
    assert shop_of(report_on([]))["severity"] == "critical"
    assert shop_of(report_on([taken(1, "InProgress")]))["severity"] == "warning"


def test_exempt_before_anything_else() -> None:
    assert shop_of(report_on([], exempt=["sh*"]))["state"] == "exempt"


@pytest.mark.parametrize("status", ["Pending", "Captured", "SomethingNew"])
def test_what_has_not_ended_is_no_attempt(status: str) -> None:
    entry = shop_of(report_on([taken(1, status)]))
    assert (entry["state"], entry["running"], entry["last_attempt"]) == ("pending", True, None)


@pytest.mark.parametrize("status", ["Deleting", "DeletePending"])
def test_what_is_being_deleted_counts_for_nothing(status: str) -> None:
    entry = shop_of(report_on([taken(1, status)]))
    assert (entry["state"], entry["running"], entry["last_attempt"]) == ("unprotected", False, None)


def test_a_backup_of_five_minutes_ahead_counts_as_of_now() -> None:
    entry = shop_of(report_on([taken(-299 / 3600)]))
    assert (entry["state"], entry["age_seconds"], entry["warnings"]) == ("compliant", 0, [])
    entry = shop_of(report_on([taken(-301 / 3600)]))
    assert (entry["state"], entry["warnings"]) == ("unprotected", ["1 backup created in the future"])


def test_a_backup_without_a_time_proves_nothing() -> None:
    entry = shop_of(report_on([taken(1, metadata={"create_time": None})]))
    assert (entry["state"], entry["warnings"]) == ("unprotected", ["1 backup without a creation time"])
    dated = taken(1, metadata={"create_time": None, "create_time_in_sec": str(int(NOW) - 3600)})
    assert shop_of(report_on([dated]))["age_seconds"] == 3600


@pytest.mark.parametrize(
    "info",
    [
        {"resource_types": ["ConfigMap"]},
        {"exclude_resource_types": ["PersistentVolumeClaim"]},
        {"label_selectors": {"app": "web"}},
        {"advanced_resource_label_selector": "app in (web)"},
        {"volume_resource_only_policy_ref": {"name": "p", "uid": "p1"}},
        {"include_resources": [{"namespace": "shop", "kind": "ConfigMap", "name": "c"}]},
        {"backup_object_type": {"type": "VirtualMachine"}},
    ],
)
def test_a_narrowed_backup_counts_only_when_told(info: dict[str, Any]) -> None:
    entry = shop_of(report_on([taken(1, **info)]))
    assert (entry["state"], entry["narrowed"], entry["days"][-1]) == ("unprotected", 1, "~")
    assert entry["warnings"] == ["1 backup of selected resources only, which do not count as protection"]
    entry = shop_of(report_on([taken(1, **info)], count_narrowed=True))
    assert (entry["state"], entry["narrowed"], entry["warnings"]) == ("compliant", 0, [])


def test_a_selector_of_namespaces_narrows_none() -> None:
    assert shop_of(report_on([taken(1, ns_label_selectors="tier=gold")]))["state"] == "compliant"


PARTIAL = [
    ({"volumes": [{"namespace": "shop", "status": {"status": "Success"}}]}, "compliant"),
    ({"resources": [{"namespace": "shop", "kind": "ConfigMap", "name": "c"}]}, "compliant"),
    ({"resources": [{"namespace": "db", "kind": "ConfigMap", "name": "c"}]}, "unprotected"),
    ({"namespace_resources": {"namespaces": [{"name": "db", "status": {"status": "Success"}}]}}, "unprotected"),
    (
        {
            "namespace_resources": {"namespaces": [{"name": "shop", "status": {"status": "Success"}}]},
            "volumes": [{"namespace": "shop", "status": {"status": "Failed"}}],
        },
        "unprotected",
    ),
    (
        {
            "volumes": [{"namespace": "shop", "status": {"status": "Success"}}],
            "missing_namespaces": ["shop"],
        },
        "unprotected",
    ),
]


@pytest.mark.parametrize(("info", "state"), PARTIAL)
def test_partial_success_is_judged_for_the_namespace(info: dict[str, Any], state: str) -> None:
    assert shop_of(report_on([taken(1, "PartialSuccess", **info)]))["state"] == state


def machine_backup(hours: float, status: str, machine: str) -> dict[str, Any]:
    return taken(
        hours,
        status,
        ["vms"],
        uid=f"vm{hours:g}",
        backup_object_type={"type": "VirtualMachine"},
        virtual_machines=[{"namespace": "vms", "name": "db", "status": {"status": machine}}],
    )


@pytest.mark.parametrize(
    ("status", "machine", "state"),
    [
        ("Success", "Success", "compliant"),
        ("Success", "Failed", "unprotected"),
        ("Success", "", "compliant"),
        ("PartialSuccess", "Success", "compliant"),
        ("PartialSuccess", "", "unprotected"),
        ("PartialSuccess", "Failed", "unprotected"),
        ("Failed", "Success", "unprotected"),
    ],
)
def test_a_virtual_machine_is_judged_by_its_own_status(status: str, machine: str, state: str) -> None:
    assert shop_of(report_on([machine_backup(1, status, machine)], {"prod": ["vms/db"]}))["state"] == state


def test_a_whole_backup_of_the_namespace_protects_its_machines() -> None:
    backups = [machine_backup(100, "Success", "Success"), taken(2, "Success", ["vms"], lasts=1)]
    report = report_on(backups, {"prod": ["vms/db", "vms"]})
    namespace, machine = report["clusters"][0]["namespaces"]
    assert (namespace["state"], machine["state"], machine["age_seconds"]) == ("compliant", "compliant", 7200)
    assert (machine["good_in_window"], namespace["good_in_window"]) == (2, 1)
    assert machine["days"].count("+") == 2
    assert machine["worst_age_seconds"] == 99 * 3600


def test_a_report_can_be_built_again_from_the_same_coverage() -> None:
    coverage = Coverage(WINDOW, NOW)
    for item in (machine_backup(100, "Success", "Success"), taken(2, "Success", ["vms"])):
        coverage.add(item)
    settings = Settings(targets=[RPO], namespaces={"prod": ["vms", "vms/db"]})
    first, second = (build_report(coverage, INVENTORY, settings, Source()) for _number in range(2))
    assert first == second


def test_what_was_whole_before_the_window_counts_in_it() -> None:
    window = Window(NOW - 2 * DAY, NOW)
    backups = [taken(60), taken(72, lasts=1), taken(24)]
    entry = shop_of(report_on(backups, window=window))
    assert (entry["seconds_without_any"], entry["worst_age_seconds"]) == (0, 36 * 3600)
    assert entry["compliance_in_window"] == 0.75
    assert entry["good_in_window"] == 1


def test_compliance_is_rounded_down() -> None:
    window = Window(NOW - 30 * DAY, NOW)
    backups = [taken(24 * number + 0.01 * (number == 3)) for number in range(32)]
    assert shop_of(report_on(backups, window=window))["compliance_in_window"] == 0.9999


def test_targets_and_location_of_the_samples_are_whole() -> None:
    entry = shop_of(report_on([taken(1)], targets=[RPO._replace(rto=60)]))
    assert (entry["rto_seconds"], entry["rpo_seconds"], entry["locations"]) == (60, DAY, [LOCATION.name])
