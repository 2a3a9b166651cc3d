# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cases of retention that are data: keep rules, and who takes part."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.classes import Facts
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.guards import (
    require_at_most,
    why_changed,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.policy import parse_policy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.records import record_reader
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.rules import apply_rules, parse_keep
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.zones import find_zone
from ansible_collections.pxops.px_backup.tests.unit.support.retention import facts, plan_of, removed, stored, told

CASES = json.loads((Path(__file__).resolve().parents[1] / "data" / "retention-cases.json").read_text("utf-8"))["cases"]
ORDER = ("1st", "2nd", "3rd")


def cases_of(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES if case["kind"] == kind]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize("case", cases_of("keep_rules"))
def test_keep_rules(case: dict[str, Any]) -> None:
    # Newest first; of one time as the file lists them.
    names = sorted(case["backups"], key=lambda name: instant(case["backups"][name]), reverse=True)
    times = [instant(case["backups"][name]) for name in names]
    reasons = dict(zip(names, apply_rules(times, parse_keep(case["policy"]), find_zone(case["timezone"])), strict=True))
    assert {name: found for name, found in reasons.items() if found} == case["keep"]
    assert {name for name, found in reasons.items() if not found} == set(case["remove"])


def decoded(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the backup that a case describes."""
    same = ("namespaces", "owner", "status", "labels", "retention_time", "resource_types")
    changes = {key: given[key] for key in same if key in given}
    changes["cluster_ref"] = {"name": given["cluster"], "uid": given["cluster"]}
    changes["backup_location_ref"] = {"name": given["location"], "uid": given["location"]}
    if "schedule" in given:
        changes["backup_schedule"] = {"name": given["schedule"], "uid": f"{given['schedule']}-uid"}
    if given.get("shared"):
        changes["backup_share"] = {"groups": [], "collaborators": [{"id": "someone", "access": "View"}]}
    if "object_type" in given:
        changes["backup_object_type"] = {"type": given["object_type"]}
    return stored(name, given["create_time"], **changes)


def situation(case: dict[str, Any]) -> tuple[list[dict[str, Any]], Facts, dict[str, Any]]:
    """Return the backups, the facts and the options of a case."""
    backups = [decoded(name, given) for name, given in case["backups"].items()]
    restoring = frozenset(name for name, given in case["backups"].items() if given.get("restoring"))
    return backups, facts(now=instant(case["now"]), restoring=restoring), {"keep": case["policy"], **case["options"]}


# What the cases say of an error, and how the sentence begins.
ERRORS = {
    "error before any request that writes: no keep rule given": "no keep rule given",
    "error: validation": "keep.last is -2",
    "error: 3 to remove, 2 allowed": "3 to remove, 2 allowed",
}
GUARDS = cases_of("guards")
REFUSED = [case for case in GUARDS if case.values[0].get("result") in ERRORS]
JUDGED = [case for case in GUARDS if case not in REFUSED]


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: dict[str, Any]) -> None:
    backups, known, options = situation(case)
    with pytest.raises(PXBackupError) as caught:
        require_at_most(len(removed(plan_of(backups, known, **options))), options.get("max_delete"))
    assert str(caught.value).startswith(ERRORS[case["result"]])


@pytest.mark.parametrize("case", JUDGED)
def test_guards(case: dict[str, Any]) -> None:
    backups, known, options = situation(case)
    plan = plan_of(backups, known, **options)
    said = told(plan)
    for name, expected in case["expect"].items():
        # What a run does after the plan: the plan itself removes the backup.
        if expected.startswith("keep: changed since the plan"):
            assert f"keep: {changed_when_shared(case, name, known, options)}" == expected
            expected = "remove"
        if expected.startswith("remove ("):
            assert removed(plan).index(name) == ORDER.index(expected.partition("(")[2].rstrip(")"))
        if expected.partition(" ")[0] == "remove":
            expected = "remove: no rule keeps it"
        assert said[name] == expected
    assert not case["expect"] or set(said) == set(case["expect"])


def changed_when_shared(case: dict[str, Any], name: str, known: Facts, options: dict[str, Any]) -> str:
    """Return what is said of a backup that was shared after the plan; of one that is as it was, nothing is said."""
    policy = parse_policy(options)
    read = record_reader(policy)
    given = case["backups"][name]
    planned = read(decoded(name, given))
    assert not why_changed(planned, planned, policy, known)
    return why_changed(planned, read(decoded(name, {**given, "shared": True})), policy, known)
