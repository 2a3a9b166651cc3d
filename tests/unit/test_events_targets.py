# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Namespaces against their targets: overdue is told once, recovered once, and a clock alone changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ServerError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.model import Standing
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.targets import (
    Watched,
    Watchlist,
    compare_standings,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.watch import Pace
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import Clock, Run, Server

RPO = 86400


def standing(
    age: int | None = 3600, good: str = "g1", rpo: int | None = RPO, state: str = "", namespace: str = "shop"
) -> Standing:
    overdue = rpo is not None and not state and (age is None or age > rpo)
    word = state or ("unprotected" if age is None else "exceeded" if overdue else "compliant")
    return Standing("prod", "c1", namespace, word, overdue, rpo, age, f"backup-{good}" if good else "", good)


OVERDUE, RECOVERED = "overdue", "recovered"
NEVER = standing(None, "")

# The standing at each poll, and what is told.
COURSES: dict[str, list[tuple[Standing | None, list[str]]]] = {
    "within the target": [(standing(), []), (standing(RPO), [])],
    "one minute over": [(standing(RPO), []), (standing(RPO + 60), [OVERDUE]), (standing(RPO + 120), [])],
    "over at the start": [(standing(RPO + 60), [OVERDUE]), (standing(RPO + 120), [])],
    "recovered, and over again": [
        (standing(RPO + 60), [OVERDUE]),
        (standing(10, "g2"), [RECOVERED]),
        (standing(RPO, "g2"), []),
        (standing(RPO + 60, "g2"), [OVERDUE]),
    ],
    "a clock that jumps back and forth": [
        (standing(RPO + 60), [OVERDUE]),
        (standing(RPO - 60), []),
        (standing(RPO + 60), []),
        (standing(5, "g2"), [RECOVERED]),
    ],
    "a new good backup that is too old already": [
        (standing(RPO + 60), [OVERDUE]),
        (standing(RPO + 30, "g2"), []),
        # The clock jumps back.
        (standing(RPO - 30, "g2"), []),
        (standing(5, "g3"), [RECOVERED]),
    ],
    "never a good one": [(NEVER, [OVERDUE]), (NEVER, []), (standing(5), [RECOVERED])],
    "the first one runs": [(standing(None, "", state="pending"), []), (standing(5), [])],
    "overdue, and then the last good one is deleted while another runs": [
        (standing(RPO + 60), [OVERDUE]),
        (standing(None, "", state="pending"), []),
        (standing(5, "g2"), [RECOVERED]),
    ],
    "all backups of the namespace are deleted": [
        (standing(), []),
        (None, [OVERDUE]),
        (None, []),
        (standing(5, "g2"), [RECOVERED]),
    ],
    "no target": [(standing(rpo=None, state="no_target"), []), (standing(10**7, rpo=None, state="no_target"), [])],
    "a target that is removed": [(standing(), []), (standing(rpo=None, state="exempt"), []), (None, [])],
}


@pytest.mark.parametrize("course", COURSES)
def test_events_follow_the_standing(course: str) -> None:
    watched: Watchlist = {}
    for now, expected in COURSES[course]:
        told, watched = compare_standings(watched, [now] if now else [])
        assert [kind for kind, _standing in told] == expected


def test_a_namespace_without_backups_has_no_good_backup() -> None:
    watched = {"c1/shop": Watched("prod", "c1", "shop", False, "g1")}
    ((kind, told),), _after = compare_standings(watched, [])
    assert (kind, told) == ("overdue", Standing("prod", "c1", "shop", "unprotected", True, None, None, "", ""))


def test_namespaces_do_not_mix() -> None:
    watched: Watchlist = {}
    told, watched = compare_standings(watched, [standing(), standing(RPO + 1, "g9", namespace="db")])
    assert [(kind, item.namespace) for kind, item in told] == [("overdue", "db")]
    told, watched = compare_standings(watched, [standing(RPO + 1), standing(5, "g10", namespace="db")])
    assert sorted((kind, item.namespace) for kind, item in told) == [("overdue", "shop"), ("recovered", "db")]


class Judge:
    """Every namespace is good since its newest successful backup."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._good = ""

    def add(self, backup: dict[str, Any]) -> None:
        if backup["backup_info"]["status"]["status"] == "Success":
            self._good = max(self._good, backup["metadata"]["uid"])

    def standings(self) -> list[Standing]:
        return [standing(int(self._clock.passed), self._good)]


def test_overdue_is_told_within_a_minute_once_also_after_a_failed_poll(tmp_path: Any) -> None:
    server, clock = Server(), Clock()
    server.put("G1", "Success")

    def run() -> Run:
        return Run(server, clock, judge=lambda: Judge(clock), state_file=tmp_path / "state.json")

    first = run()
    assert first.told() == []
    clock.passed = float(RPO)
    server.down = ServerError("not ready")
    assert first.told() == []
    server.down = None
    clock.passed = RPO + 60.0
    assert first.told() == ["overdue"]
    body = first.events[0]["px_backup"]
    assert body["key"] == "c1/shop:overdue:G1"
    assert body["namespaces"] == ["shop"] and body["cluster"] == {"name": "prod", "uid": "c1"}
    assert body["target"] == {
        "state": "exceeded",
        "rpo_seconds": RPO,
        "age_seconds": RPO + 60,
        "last_good": {"name": "backup-G1", "uid": "G1"},
    }
    assert first.told() == []
    assert run().told() == [], "a restart does not tell it again"


def test_incremental_polls_judge_no_target() -> None:
    server, clock = Server(sorts=True), Clock()
    server.put("G1", "Success")
    made = []

    def judge() -> Judge:
        made.append(clock.passed)
        return Judge(clock)

    run = Run(server, clock, judge=judge, pace=Pace(60.0, 600.0, 0.0))
    for _poll in range(12):
        run.step()
    assert made == [0.0, 600.0]


def test_a_good_backup_that_a_list_skips_counts() -> None:
    server, clock = Server(), Clock()
    server.put("G1", "Success")
    run = Run(server, clock, judge=JudgeOfPresence)
    assert run.told() == []
    server.hidden.add("G1")
    assert run.told() == []
    server.broken["G1"] = ServerError("not ready")
    assert run.told() == [], "what cannot be inspected is not judged"
    server.broken.clear()
    server.drop("G1")
    assert run.told() == ["deleted G1 <Success", "overdue"]


class JudgeOfPresence:
    """A namespace is good while it has a backup."""

    def __init__(self) -> None:
        self._good = ""

    def add(self, backup: dict[str, Any]) -> None:
        self._good = str(backup["metadata"]["uid"])

    def standings(self) -> list[Standing]:
        return [standing(5 if self._good else None, self._good)]
