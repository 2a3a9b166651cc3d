# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a drill restores to, which namespaces are its own, and what it has proven: as tables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.drill import (
    Place,
    Run,
    find_own_namespaces,
    judge_drill,
    plan_drill,
)

Json = dict[str, Any]

CLAIM = {"kind": "PersistentVolumeClaim", "name": "data", "namespace": "shop", "group": "core", "version": "v1"}
INGRESS = {"kind": "Ingress", "name": "web", "namespace": "shop", "group": "networking.k8s.io", "version": "v1"}
PLACE = Place("a1b2c3", "drill-", "prod-us", "", False)


def backup(*namespaces: str, resources: tuple[Json, ...] = (CLAIM, INGRESS)) -> Json:
    """Return a decoded backup of the cluster prod-eu."""
    info = {"namespaces": list(namespaces), "cluster": "prod-eu", "resources": list(resources)}
    return decode("BackupObject", {"metadata": {"name": "b1"}, "backup_info": info})


def test_every_namespace_gets_a_name_of_the_drill() -> None:
    plan = plan_drill(backup("shop", "billing"), PLACE)
    assert plan["mapping"] == {"shop": "drill-shop-a1b2c3", "billing": "drill-billing-a1b2c3"}
    assert (plan["name"], plan["scope"], plan["warnings"]) == ("drill-a1b2c3", "all", [])
    assert plan["include_resources"] == []


def test_long_names_are_cut_and_stay_different() -> None:
    names = ("x" * 60 + "-a", "x" * 60 + "-b", "y" * 49 + "-z")
    targets = list(plan_drill(backup(*names), PLACE)["mapping"].values())
    assert len(set(targets)) == 3
    assert all(len(target) <= 63 and target.endswith("-a1b2c3") for target in targets)
    assert "--" not in "".join(targets)


REFUSED: dict[str, tuple[Json, Place, str]] = {
    "no namespaces": (backup(), PLACE, "has no namespaces"),
    "the source cluster": (backup("shop"), PLACE._replace(cluster="prod-eu"), "runs beside production"),
    "a prefix with capitals": (
        backup("shop"),
        PLACE._replace(prefix="Drill-"),
        "not the beginning of a namespace name",
    ),
    "no prefix": (backup("shop"), PLACE._replace(prefix=""), "not the beginning of a namespace name"),
    "a long prefix": (backup("shop"), PLACE._replace(prefix="d" * 21), "not the beginning of a namespace name"),
    "an id": (backup("shop"), PLACE._replace(token="A"), "six lower case letters and digits"),
    "a scope": (backup("shop"), PLACE._replace(scope="some"), "scope is 'some'"),
    "no claims": (backup("shop", resources=(INGRESS,)), PLACE._replace(scope="volumes"), "lists no volume claims"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_drill_that_is_not_isolated_is_refused(case: str) -> None:
    item, place, says = REFUSED[case]
    with pytest.raises(ValidationError, match=says):
        plan_drill(item, place)


def test_beside_production_volumes_are_the_default_and_active_kinds_a_warning() -> None:
    place = PLACE._replace(cluster="prod-eu", allow_source_cluster=True)
    plan = plan_drill(backup("shop"), place)
    assert plan["scope"] == "volumes"
    assert plan["include_resources"] == [CLAIM]
    assert len(plan["warnings"]) == 1
    assert "Ingress" in plan_drill(backup("shop"), place._replace(scope="all"))["warnings"][1]


LABELS = {"pxops/managed-by": "restore_drill", "pxops/drill": "a1b2c3"}


@pytest.mark.parametrize(
    ("labels", "mapping", "own"),
    [
        (LABELS, {"shop": "drill-shop-a1b2c3"}, ["drill-shop-a1b2c3"]),
        ({}, {"shop": "drill-shop-a1b2c3"}, []),
        ({"pxops/drill": "a1b2c3"}, {"shop": "drill-shop-a1b2c3"}, []),
        ({**LABELS, "pxops/drill": ""}, {"shop": "drill-shop-"}, []),
        (LABELS, {"shop": "drill-shop-zzzzzz"}, []),
        (LABELS, {"shop": "shop-a1b2c3"}, []),
        (LABELS, {"shop": "production"}, []),
        (LABELS, {"drill-shop-a1b2c3": "drill-shop-a1b2c3"}, []),
    ],
)
def test_only_namespaces_of_the_drill_are_its_own(labels: Json, mapping: Json, own: list[str]) -> None:
    info = {"namespace_mapping": mapping}
    restore = decode("RestoreObject", {"metadata": {"labels": labels}, "restore_info": info})
    assert find_own_namespaces(restore, "drill-") == own


def parts(**lists: Any) -> Json:
    return {"restored": 1, "failed": [], "retained": [], "missing": [], **lists}


def arrival(**more: Any) -> Json:
    """Return what arrived of a good restore."""
    return {
        "namespaces": {"mapping": {}, "omitted": []},
        "volumes": parts(),
        "resources": parts(),
        "sizes": {"backup": 9, "restored": 9, "equal": True},
        "not_proven": [],
        **more,
    }


def part(namespace: str = "shop", reason: str = "", name: str = "data", kind: str = "volume") -> Json:
    return {"kind": kind, "namespace": namespace, "name": name, "reason": reason}


GOOD = Run("Success", "", arrival(), 10, 0, False, "passed")
LOST = part(reason="it failed in the backup: disk")
ROLE = part("", "exists", "reader", "ClusterRole")

VERDICTS: dict[str, tuple[Run, str, list[str]]] = {
    "good": (GOOD, "passed", []),
    "without checks of the caller": (GOOD._replace(checks=""), "not_proven", ["data"]),
    "checks failed": (GOOD._replace(checks="failed", checks_error="x"), "failed", ["data"]),
    "in time": (GOOD._replace(rto=10), "passed", []),
    "too late": (GOOD._replace(rto=9), "failed", ["duration"]),
    "a retained object of the cluster": (
        GOOD._replace(status="PartialSuccess", arrival=arrival(resources=parts(retained=[ROLE]))),
        "passed",
        [],
    ),
    "a retained object of a namespace": (
        GOOD._replace(status="PartialSuccess", arrival=arrival(resources=parts(retained=[part()]))),
        "failed",
        ["ended", "resources"],
    ),
    "a retained volume": (
        GOOD._replace(status="PartialSuccess", arrival=arrival(volumes=parts(retained=[part()]))),
        "failed",
        ["ended", "volumes"],
    ),
    "a failed resource": (
        GOOD._replace(status="PartialSuccess", arrival=arrival(resources=parts(failed=[part()]))),
        "failed",
        ["ended", "resources"],
    ),
    "a missing resource": (GOOD._replace(arrival=arrival(resources=parts(missing=[part()]))), "failed", ["resources"]),
    "a volume that failed in the backup": (
        GOOD._replace(arrival=arrival(volumes=parts(missing=[LOST]))),
        "failed",
        ["volumes"],
    ),
    "the same, accepted, with its claim": (
        GOOD._replace(
            accept_partial=True,
            arrival=arrival(
                volumes=parts(missing=[LOST]), resources=parts(missing=[part(kind="PersistentVolumeClaim")])
            ),
        ),
        "passed",
        [],
    ),
    "another volume is missing, accepted or not": (
        GOOD._replace(accept_partial=True, arrival=arrival(volumes=parts(missing=[part()]))),
        "failed",
        ["volumes"],
    ),
    "an omitted namespace": (
        GOOD._replace(arrival=arrival(namespaces={"mapping": {}, "omitted": ["web"]})),
        "failed",
        ["namespaces"],
    ),
    "no sizes": (
        GOOD._replace(arrival=arrival(sizes={"backup": 9, "restored": 0, "equal": None})),
        "not_proven",
        ["sizes"],
    ),
    "no volumes": (GOOD._replace(arrival=arrival(sizes={"backup": 0, "restored": 0, "equal": None})), "passed", []),
    "a stripped list": (
        GOOD._replace(arrival=arrival(not_proven=["the server does not list the restored resources"])),
        "not_proven",
        ["resources"],
    ),
    "failed": (GOOD._replace(status="Failed", error="disk", arrival=None, checks=""), "failed", ["ended", "data"]),
    "never seen": (GOOD._replace(status="", arrival=None, checks=""), "failed", ["ended", "data"]),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_says_what_is_proven(name: str) -> None:
    run, verdict, not_passed = VERDICTS[name]
    judged = judge_drill(run)
    assert judged["verdict"] == verdict, judged
    assert [check["name"] for check in judged["checks"] if check["result"] != "passed"] == not_passed
    assert all(check["detail"] for check in judged["checks"] if check["result"] != "passed")
    assert judged["rto_met"] is (run.seconds <= run.rto if run.rto else None)
