# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists: all pages, each backup once, also while backups are created and deleted."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import PAGE_SIZE, uid_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ProtocolError, PXBackupError
from hypothesis import given, settings
from hypothesis import strategies as st

from support.library import connected, inspect_all
from support.playbooks import MODULE, run_backup, run_tasks
from support.simulator import Simulator, started

COUNT = 1000
CAPS = (100, 250)


@pytest.fixture(scope="module")
def long_list(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    options = ("--backups", str(COUNT), "--unknown-fields", "reject")
    with started(tmp_path_factory.mktemp("long"), *options) as simulator:
        yield simulator


@pytest.fixture
def many(long_list: Simulator) -> Simulator:
    """A simulator with a thousand backups, as at its start."""
    long_list.reset()
    return long_list


def there(simulator: Simulator) -> list[str]:
    """Return the uids of the backups that the simulator has, newest first."""
    return [backup["metadata"]["uid"] for backup in simulator.state()["backups"]]


def uids(result: dict[str, Any]) -> list[str]:
    return [uid_of(backup) for backup in result["backups"]]


@pytest.mark.parametrize("cap", (0, *CAPS))
def test_each_backup_is_listed_once_in_the_fewest_pages(many: Simulator, cap: int) -> None:
    many.settings(page_cap=cap)
    expected = there(many)
    many.forget_requests()
    result = inspect_all(many)
    assert uids(result) == expected
    assert (result["total_count"], result["truncated"], len(expected)) == (COUNT, False, COUNT)
    # Each page begins with the last backup of the page before.
    assert len(many.requests()) == ceil((COUNT - 1) / (min(cap or PAGE_SIZE, PAGE_SIZE) - 1))


@pytest.mark.slow
def test_a_hundred_thousand(tmp_path: Path) -> None:
    count = 100_000
    options = {"include_detailed_resources": False}
    with started(tmp_path, "--backups", str(count), "--page-cap", "250") as simulator:
        api = connected(simulator).api
        listed = [uid_of(backup) for backup in BACKUPS.list_all(api, options)]
        # Without a cap the server sends pages of any size.
        simulator.settings(page_cap=0)
        size = count // 10
        pages = [api.enumerate_backups(options, index, size) for index in range(0, count, size)]
        assert listed == [uid_of(backup) for page in pages for backup in page.items]
        assert len(set(listed)) == count == pages[0].total_count


@pytest.mark.parametrize("cap", CAPS)
@pytest.mark.parametrize(
    "churn", [{"create": 3}, {"delete": 3}, {"create": 7, "delete": 2}, {"create": 2, "delete": 7}]
)
def test_existing_backups_are_listed_once_while_others_are_created_and_deleted(
    many: Simulator, cap: int, churn: dict[str, int]
) -> None:
    before = there(many)
    many.settings(page_cap=cap, churn=churn)
    many.forget_requests()
    result = inspect_all(many)
    # Each page at most twice, and the front three times more.
    assert len(many.requests()) <= 2 * ceil(COUNT / (cap - 1)) + 3
    many.settings(churn={})
    after = set(there(many))
    check_churned(uids(result), before, after)
    assert result["total_count"] == len(result["backups"])


def check_churned(listed: list[str], before: list[str], after: set[str]) -> None:
    """Check a list that was read between two times: what existed at both is listed once, and in its order."""
    assert len(listed) == len(set(listed))
    stayed = [uid for uid in before if uid in after]
    known = set(stayed)
    assert [uid for uid in listed if uid in known] == stayed


@pytest.mark.parametrize("cap", CAPS)
def test_the_first_of_a_longer_list(many: Simulator, cap: int) -> None:
    many.settings(page_cap=cap)
    expected = there(many)
    many.forget_requests()
    result = inspect_all(many, max_objects=120)
    assert uids(result) == expected[:120]
    assert (result["truncated"], result["total_count"]) == (True, COUNT)
    assert len(many.requests()) == (2 if cap < 120 else 1)


def test_garbage_collection_is_enabled_after_a_partly_read_list(many: Simulator) -> None:
    listing = iter(BACKUPS.list_all(connected(many).api, {}, 10))
    next(listing)
    del listing
    assert gc.isenabled()


@pytest.mark.parametrize("limit", [COUNT, COUNT + 1])
def test_a_limit_that_all_backups_fit_in(many: Simulator, limit: int) -> None:
    many.settings(page_cap=100)
    result = inspect_all(many, max_objects=limit)
    assert (len(result["backups"]), result["truncated"], result["total_count"]) == (COUNT, False, COUNT)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    count=st.integers(0, 60),
    size=st.integers(2, 70),
    cap=st.integers(2, 70),
    limit=st.none() | st.integers(1, 70),
    churn=st.fixed_dictionaries({}, optional={"create": st.integers(0, 2), "delete": st.integers(0, 2)}),
)
def test_any_page_size_cap_limit_and_change(
    long_list: Simulator, count: int, size: int, cap: int, limit: int | None, churn: dict[str, int]
) -> None:
    world = {
        "clusters": [{"name": "one", "namespaces": {"shop": {}}}],
        "backup_locations": [{"name": "bucket", "type": "S3", "status": "Valid"}],
        "backups": [{"name": f"b{number}", "age": 60.0 * number} for number in range(count)],
    }
    long_list.control("POST", "reset", world)
    before = there(long_list)
    long_list.settings(page_cap=cap)
    result = inspect_all(long_list, max_objects=limit)
    assert uids(result) == before[:limit]
    assert (result["total_count"], result["truncated"]) == (count, limit is not None and limit < count)
    long_list.settings(churn=churn)
    try:
        listed = [uid_of(backup) for backup in BACKUPS.list_all(connected(long_list).api, {}, size)]
    except ProtocolError:
        # More came and went after each page than a page can make up for: an error, and no silent omission.
        assert max(churn.values()) >= min(size, cap) - 1
        return
    finally:
        long_list.settings(churn={})
    check_churned(listed, before, set(there(long_list)))


@pytest.mark.parametrize("cap", CAPS)
def test_pages_at_the_same_time_take_the_same_requests(many: Simulator, cap: int) -> None:
    many.settings(page_cap=cap, latency_ms=20)
    results, requests = [], []
    for concurrency in (1, 4):
        many.forget_requests()
        results.append(inspect_all(many, concurrency=concurrency))
        log = many.requests()
        requests.append(sorted(tuple(map(tuple, line["query"])) for line in log))
        assert (len({line["connection"] for line in log}) > 1) is (concurrency > 1)
        assert len({line["connection"] for line in log}) <= concurrency
    many.settings(latency_ms=0)
    assert results[0] == results[1]
    assert requests[0] == requests[1]


@pytest.mark.parametrize("nth", [1, 2, 3, 7])
@pytest.mark.parametrize("kind", ["grpc_error", "bad_utf8", "drop_before", "empty_body", "other_message"])
def test_a_page_that_cannot_be_read_is_the_same_error(many: Simulator, kind: str, nth: int) -> None:
    many.settings(page_cap=100)
    ends = []
    for concurrency in (1, 4):
        many.control("DELETE", "faults")
        many.faults({"kind": kind, "match": {"rpc": "Backup.Enumerate", "nth": nth}, "times": 0})
        with pytest.raises(PXBackupError) as caught:
            inspect_all(many, concurrency=concurrency)
        ends.append((str(caught.value), caught.value.as_dict()))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("nth", [2, 5, 9])
def test_pages_that_are_refused_among_others_are_read_again(many: Simulator, status: int, nth: int) -> None:
    many.settings(page_cap=100)
    expected = there(many)
    many.forget_requests()
    many.faults({"kind": "status", "status": status, "match": {"rpc": "Backup.Enumerate", "nth": nth}})
    result = inspect_all(many, concurrency=4)
    assert uids(result) == expected
    # No page but the one that was refused is read twice.
    assert len(many.requests()) == ceil((COUNT - 1) / 99) + 1


def test_a_task_lists_a_thousand(many: Simulator, work: Path) -> None:
    many.settings(page_cap=250)
    task = {"operation": "INSPECT_ALL", "name_filter": "nightly"}
    result = run_backup(work, many.environment, **task).ok().only
    names = [backup["metadata"]["name"] for backup in many.state()["backups"]]
    expected = [name for name in names if "nightly" in name]
    assert [backup["metadata"]["name"] for backup in result["backups"]] == expected
    assert len(expected) > 250


def test_sizes_sort_as_numbers_in_a_template(simulator: Simulator, work: Path) -> None:
    for name, size in (("ten", 10), ("nine", 9), ("hundred", 100)):
        simulator.add_backup(name=name, info={"total_size": size, "volumes": []})
    names = "{{ listed.backups | sort(attribute='backup_info.total_size') | map(attribute='metadata.name') | list }}"
    tasks = [
        {"name": "List", MODULE: {"operation": "INSPECT_ALL"}, "register": "listed"},
        {"name": "Sort", "ansible.builtin.debug": {"msg": names}},
        {
            "name": "Sum up",
            "ansible.builtin.debug": {"msg": "{{ listed.backups | map(attribute='backup_info.total_size') | sum }}"},
        },
    ]
    run = run_tasks(tasks, work, simulator.environment).ok()
    assert run.result("Sort")["msg"] == ["nine", "ten", "hundred"]
    assert int(run.result("Sum up")["msg"]) == 119
