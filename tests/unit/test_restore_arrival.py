# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What arrived of a restore, as tables: every way to end, and what the verdict and the sentence say."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import StateError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.arrival import (
    describe_arrival,
    is_retained_only,
    judge_arrival,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.waiting import judge_end

Json = dict[str, Any]

COMPLETE, INCOMPLETE, NOT_PROVEN = "complete", "incomplete", "not_proven"
PARTIAL_TEXT = "Volumes were restored successfully. Some existing resources were not replaced"
KEPT = "Resource restore skipped as it was already present"


def _status(status: str, reason: str = "") -> Json:
    return {"status": {"status": status, "reason": reason}}


def item(kind: str, name: str, namespace: str = "shop", status: str = "", reason: str = "") -> Json:
    """Return a resource, of a backup without and of a restore with a status."""
    entry = {"kind": kind, "name": name, "namespace": namespace, "group": "core", "version": "v1"}
    return {**entry, **_status(status, reason)} if status else entry


def stored(pvc: str, status: str = "Success", size: int = 100, namespace: str = "shop") -> Json:
    """Return a volume of a backup."""
    return {"name": f"pv-{pvc}", "namespace": namespace, "pvc": pvc, "total_size": size, **_status(status, "disk")}


def restored(pvc: str, status: str = "Success", size: int = 100, reason: str = "") -> Json:
    """Return a volume of a restore."""
    return {"pvc": pvc, "source_namespace": "shop", "total_size": size, **_status(status, reason)}


def backup(volumes: list[Json], resources: list[Json], **info: Any) -> Json:
    """Return a decoded backup of the namespaces shop and billing."""
    contents = {"namespaces": ["shop", "billing"], "volumes": volumes, "resources": resources}
    return decode(
        "BackupObject",
        {"metadata": {"name": "b1"}, "backup_info": {**contents, "resource_count": len(resources), **info}},
    )


def restore(volumes: list[Json], resources: list[Json], status: str = "Success", **info: Any) -> Json:
    """Return a decoded restore of the namespace shop to the namespace copy."""
    contents = {"namespace_mapping": {"shop": "copy"}, "volumes": volumes, "resources": resources}
    reason = PARTIAL_TEXT if status == "PartialSuccess" else ""
    contents |= {"resource_count": len(resources), **_status(status, reason), **info}
    return decode("RestoreObject", {"metadata": {"name": "r1"}, "restore_info": contents})


WEB, DATA, ROLE = ("Deployment", "web"), ("PersistentVolumeClaim", "data"), ("ClusterRole", "reader", "")
STORED = [item(*WEB), item(*DATA), item(*ROLE)]
ARRIVED = [item(kind, name, "copy", "Success") for kind, name in (WEB, DATA)]
ROLE_KEPT = item(*ROLE, "Retained", KEPT)


def arrived_by_table(reasons: list[str], index: int, status: str = "Failed") -> Json:
    """Return ``restore_resources`` of a release from 2.11.0 on, with one resource that did not arrive."""
    web = {"status": status, "resources": [{"name": "web", "reason_index": index}]}
    data = {"status": "Success", "resources": [{"name": "data", "reason_index": 0}]}
    types = [
        {"name": "Deployment", "chunks": [{"id": 1, "resource_infos": [web], "total_resources": 1}]},
        {"name": "PersistentVolumeClaim", "chunks": [{"id": 1, "resource_infos": [data], "total_resources": 1}]},
    ]
    return {"resources": [{"namespace": "copy", "resource_types": types}], "reasons": reasons}


class Case(NamedTuple):
    """A restore and its backup, and what must be said of them.

    Attributes:
        fails: whether a wait with ``on_partial: fail`` ends in an error.
        says: in the sentence, or in what is not proven.
    """

    restore: Json
    backup: Json | None
    verdict: str
    fails: bool
    says: str = ""
    excluded: tuple[Json, ...] = ()


WHOLE = backup([stored("data")], STORED)

CASES = {
    "everything arrived": Case(restore([restored("data")], ARRIVED), WHOLE, COMPLETE, False),
    "a retained object of the cluster": Case(
        restore([restored("data")], [*ARRIVED, ROLE_KEPT], "PartialSuccess"),
        WHOLE,
        COMPLETE,
        False,
        "ClusterRole reader",
    ),
    "Retained on the restore itself": Case(
        restore([restored("data")], [*ARRIVED, ROLE_KEPT], "Retained"), WHOLE, COMPLETE, False, "ended Retained"
    ),
    "a failed resource under the reason of retained ones": Case(
        restore([restored("data")], [item(*WEB, "copy", "Failed", "denied"), ARRIVED[1]], "PartialSuccess"),
        WHOLE,
        INCOMPLETE,
        True,
        "Deployment shop/web failed (denied)",
    ),
    "a retained volume": Case(
        restore(
            [restored("data", "Retained", reason="pvc already exists")],
            [ARRIVED[0], item(*DATA, "copy", "Retained", KEPT)],
            "PartialSuccess",
        ),
        WHOLE,
        NOT_PROVEN,
        False,
        "2 objects of the target namespaces existed already",
    ),
    "a resource is missing without a word": Case(
        restore([restored("data")], ARRIVED[1:]), WHOLE, INCOMPLETE, True, "Deployment shop/web missing"
    ),
    "nothing was restored": Case(restore([], []), WHOLE, INCOMPLETE, True, "Deployment shop/web missing"),
    "a volume is missing without a word": Case(
        restore([], ARRIVED), WHOLE, INCOMPLETE, True, "volume shop/data missing"
    ),
    "a volume that failed in the backup": Case(
        restore([restored("data")], ARRIVED),
        backup([stored("data"), stored("logs", "Failed")], STORED),
        INCOMPLETE,
        True,
        "volume shop/logs missing (it failed in the backup: disk)",
    ),
    "a failed volume": Case(
        restore([restored("data", "Failed", reason="cloudsnap")], [], "Failed"),
        WHOLE,
        INCOMPLETE,
        True,
        "volume shop/data failed (cloudsnap)",
    ),
    "a volume that still runs at the end": Case(
        restore([restored("data", "InProgress")], ARRIVED), WHOLE, INCOMPLETE, True, "volume shop/data failed"
    ),
    "a stripped list": Case(
        restore([restored("data")], [], resource_count=2, large_resource_enabled=True),
        WHOLE,
        NOT_PROVEN,
        False,
        "does not list the restored resources",
    ),
    "a stripped list of a PartialSuccess": Case(
        restore([restored("data")], [], "PartialSuccess", resource_count=2, large_resource_enabled=True),
        WHOLE,
        NOT_PROVEN,
        True,
        "ended PartialSuccess",
    ),
    "a list that is cut": Case(
        restore([restored("data")], ARRIVED, resource_count=5), WHOLE, NOT_PROVEN, False, "does not list the restored"
    ),
    "a backup with a stripped list": Case(
        restore([restored("data")], ARRIVED),
        backup([stored("data")], [], resource_count=3),
        NOT_PROVEN,
        False,
        "does not list the resources of the backup",
    ),
    "the backup was deleted": Case(
        restore([restored("data")], ARRIVED), None, NOT_PROVEN, False, "the backup does not exist any more"
    ),
    "sizes that differ": Case(
        restore([restored("data", size=90)], ARRIVED), WHOLE, NOT_PROVEN, False, "100 bytes in the backup and 90 bytes"
    ),
    "no sizes": Case(restore([restored("data", size=0)], ARRIVED), WHOLE, NOT_PROVEN, False, "does not give the sizes"),
    "another namespace is omitted": Case(
        restore([restored("data")], ARRIVED),
        backup(
            [stored("data"), stored("ledger", namespace="billing")], [*STORED, item("Deployment", "api", "billing")]
        ),
        COMPLETE,
        False,
    ),
    "a Job that nobody asked for": Case(
        restore([restored("data")], ARRIVED), backup([stored("data")], [*STORED, item("Job", "once")]), COMPLETE, False
    ),
    "a Job that was asked for": Case(
        restore([restored("data")], ARRIVED, include_optional_resource_types=["jobs"]),
        backup([stored("data")], [*STORED, item("Job", "once")]),
        INCOMPLETE,
        True,
        "Job shop/once missing",
    ),
    "chosen resources, without the claim": Case(
        restore([], ARRIVED[:1], include_resources=[item(*WEB)]), WHOLE, COMPLETE, False
    ),
    "a chosen claim": Case(
        restore([restored("data")], ARRIVED[1:], include_resources=[item(*DATA)]),
        backup([stored("data"), stored("logs", size=7)], STORED),
        COMPLETE,
        False,
    ),
    "a chosen claim is missing": Case(
        restore([], [], include_resources=[item(*DATA)]), WHOLE, INCOMPLETE, True, "volume shop/data missing"
    ),
    "chosen machines": Case(
        restore(
            [], [item("VirtualMachine", "db", "copy", "Success")], include_resources=[item("VirtualMachine", "db")]
        ),
        backup([], [item("VirtualMachine", "db")]),
        NOT_PROVEN,
        False,
        "which volumes and resources the selected virtual machines need",
    ),
    "excluded resources": Case(
        restore([], ARRIVED[:1]),
        backup([stored("data")], STORED),
        COMPLETE,
        False,
        "",
        ({"kind": "PersistentVolumeClaim", "name": "data", "namespace": "shop"},),
    ),
    "a filter": Case(
        restore([], ARRIVED[:1], filter={"namespace_filter": {"include_namespaces": ["shop"]}}),
        WHOLE,
        NOT_PROVEN,
        False,
        "by a filter",
    ),
    "a resource of the table of reasons": Case(
        restore(
            [restored("data")], [], "PartialSuccess", resource_count=2, restore_resources=arrived_by_table(["no"], 1)
        ),
        WHOLE,
        INCOMPLETE,
        True,
        "Deployment shop/web failed (no)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_says_what_arrived(name: str) -> None:
    case = CASES[name]
    arrival = judge_arrival(case.restore, case.backup, case.excluded)
    assert arrival["verdict"] == case.verdict, arrival
    end = judge_end(case.restore, arrival, "fail")
    assert isinstance(end, StateError) is case.fails, end
    assert case.says in f"{end} {arrival['not_proven']} {describe_arrival(arrival)}"
    assert bool(arrival["not_proven"]) or case.verdict != NOT_PROVEN


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.fails and "Failed" not in str(case)])
def test_a_partial_end_counts_as_the_task_says(name: str) -> None:
    case = CASES[name]
    arrival = judge_arrival(case.restore, case.backup, case.excluded)
    warned = judge_end(case.restore, arrival, "warn")
    assert isinstance(warned, str)
    assert warned.startswith("restore 'r1' ended")
    assert judge_end(case.restore, arrival, "accept") == ""


@pytest.mark.parametrize("policy", ["fail", "warn", "accept"])
def test_a_bad_end_is_always_an_error(policy: str) -> None:
    case = CASES["a failed volume"]
    end = judge_end(case.restore, judge_arrival(case.restore, case.backup), policy)
    assert isinstance(end, StateError)


def test_retained_objects_alone_are_a_warning_unless_accepted() -> None:
    case = CASES["a retained object of the cluster"]
    arrival = judge_arrival(case.restore, case.backup)
    assert is_retained_only(arrival)
    assert KEPT in str(judge_end(case.restore, arrival, "fail"))
    assert judge_end(case.restore, arrival, "accept") == ""


@pytest.mark.parametrize(
    ("reasons", "index", "reason"),
    [
        (["", "denied"], 1, "denied"),
        (["denied"], 1, "denied"),
        (["first", "denied"], 2, "denied"),
        (["denied"], 0, ""),
        ([], 1, ""),
        (["denied"], 7, ""),
        (["denied"], -1, ""),
    ],
)
def test_a_reason_is_read_both_ways(reasons: list[str], index: int, reason: str) -> None:
    one = restore([restored("data")], [], resource_count=2, restore_resources=arrived_by_table(reasons, index))
    failed = judge_arrival(one, WHOLE)["resources"]["failed"]
    assert [part["reason"] for part in failed] == [reason]


def test_a_result_counts_and_lists() -> None:
    case = CASES["a failed resource under the reason of retained ones"]
    arrival = judge_arrival(case.restore, case.backup)
    assert arrival["resources"]["restored"] == 1
    assert arrival["volumes"] == {"restored": 1, "failed": [], "retained": [], "missing": []}
    assert arrival["namespaces"] == {"mapping": {"shop": "copy"}, "omitted": ["billing"]}
    assert arrival["sizes"] == {"backup": 100, "restored": 100, "equal": True}
