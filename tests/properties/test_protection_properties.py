# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report may never say, whatever the backups are."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import STATUSES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.history import Window, measure_history
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.records import WHOLE, reduce_backup
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.tally import RECENT, Tally
from ansible_collections.pxops.px_backup.tests.unit.support.protection import (
    NOW,
    RPO,
    WINDOW,
    report_on,
    shop_of,
    taken,
)
from hypothesis import given
from hypothesis import strategies as st

NAMESPACES = ("shop", "db")
# From what needs work to what needs none.
ORDER = ("unprotected", "pending", "exceeded", "compliant")
NARROW = ({}, {"resource_types": ["ConfigMap"]}, {"label_selectors": {"app": "web"}})


@st.composite
def backups(draw: st.DrawFn, statuses: tuple[str, ...] = (*STATUSES, "SomethingNew")) -> dict[str, Any]:
    volumes = [
        {"namespace": draw(st.sampled_from(NAMESPACES)), "status": {"status": draw(st.sampled_from(STATUSES))}}
        for _number in range(draw(st.integers(0, 2)))
    ]
    return taken(
        draw(st.integers(-3, 800)),
        draw(st.sampled_from(statuses)),
        draw(st.lists(st.sampled_from(NAMESPACES), unique=True)),
        lasts=draw(st.integers(0, 30)),
        uid=draw(st.uuids()).hex,
        volumes=volumes,
        missing_namespaces=draw(st.lists(st.sampled_from(NAMESPACES), unique=True, max_size=1)),
        **draw(st.sampled_from(NARROW)),
    )


LISTS = st.lists(backups(), max_size=12)


def rank_of(entry: dict[str, Any]) -> tuple[int, float]:
    """Return how well a namespace stands: by state, then by age."""
    return ORDER.index(entry["state"]), -(entry["age_seconds"] or 0)


@given(LISTS)
def test_no_state_is_better_than_the_best_backup_allows(items: list[dict[str, Any]]) -> None:
    entry = shop_of(report_on(items))
    best = max((rank_of(shop_of(report_on([item]))) for item in items), default=(0, 0))
    assert rank_of(entry) <= best
    if entry["state"] == "compliant":
        # By definition, without the code under test: some backup names the namespace and did not fail as a whole.
        assert any(
            "shop" in item["backup_info"]["namespaces"]
            and item["backup_info"]["status"]["status"] in ("Success", "PartialSuccess")
            for item in items
        )


@given(LISTS, backups(("Failed", "Aborted", "CloudBackupMissing", "Invalid", "Deleting", "DeletePending")))
def test_a_failed_backup_never_improves_a_state(items: list[dict[str, Any]], failed: dict[str, Any]) -> None:
    before, after = shop_of(report_on(items)), shop_of(report_on([*items, failed]))
    names = ("state", "severity", "age_seconds", "last_good", "good_in_window", "compliance_in_window", "sizes")
    assert [after[name] for name in names] == [before[name] for name in names]
    assert after["failed_in_window"] >= before["failed_in_window"]


@given(LISTS, st.randoms(use_true_random=False), st.booleans())
def test_order_does_not_matter(items: list[dict[str, Any]], chance: Any, listed: bool) -> None:
    namespaces = {"prod": list(NAMESPACES)} if listed else {}
    first = json.dumps(report_on(items, namespaces))
    chance.shuffle(items)
    assert json.dumps(report_on(items, namespaces)) == first


@given(LISTS)
def test_without_a_list_nothing_is_called_complete(items: list[dict[str, Any]]) -> None:
    report = report_on(items, {})
    assert report["summary"]["compliance"] is None
    assert all(cluster["compliance"] is None for cluster in report["clusters"])
    assert report["verdict"]["level"] != "good"
    assert "100" not in report["verdict"]["text"]
    assert all(cluster["name"] in json.dumps(report["findings"]) for cluster in report["clusters"])


@given(LISTS)
def test_good_is_only_said_of_a_list_without_gaps(items: list[dict[str, Any]]) -> None:
    report = report_on(items, {"prod": [*NAMESPACES, "never-backed-up"]}, [RPO])
    assert report["verdict"]["level"] == "bad"
    assert report["summary"]["compliance"] < 1


SPANS = st.tuples(st.integers(0, 300), st.integers(0, 60)).map(lambda pair: (float(pair[0]), float(sum(pair))))


@given(st.lists(SPANS, max_size=8), st.integers(0, 200), st.integers(1, 120), st.integers(1, 100))
def test_history_is_what_counting_every_second_gives(
    points: list[tuple[float, float]], start: int, length: int, rpo: int
) -> None:
    ages = []
    for second in range(start, start + length):
        usable = [begin for begin, finish in points if finish <= second]
        ages.append(second - max(usable) if usable else None)
    history = measure_history(points, Window(start, start + length), rpo)
    assert history.without_any == ages.count(None)
    assert history.compliance == sum(age is not None and age < rpo for age in ages) / length
    # The age grows on until the second is over.
    assert history.worst_age == max((age + 1 for age in ages if age is not None), default=0)


@given(st.permutations([float(number) for number in range(40)]))
def test_the_newest_good_backups_are_kept_for_comparison(hours: list[float]) -> None:
    tally = Tally(WINDOW, NOW)
    for number in hours:
        item = taken(number, total_size=str(int(number)))
        tally.add(reduce_backup(item), WHOLE)
    assert [size.size for size in tally.earlier_sizes(RECENT)] == list(range(RECENT - 1, 0, -1))
