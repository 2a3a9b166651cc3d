# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and orders of a list: the same result as plain Python on the whole list, on old and new releases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import (
    RELEASES,
    has,
    numbers,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import cluster_of, status_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import (
    FILTERS,
    SORT_KEYS,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import SORT_ORDERS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.times import parse_server_time
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import UnsupportedError
from hypothesis import given, settings
from hypothesis import strategies as st

from px_backup_simulator.worldfile import read_world_file
from support.library import inspect_all
from support.simulator import Simulator, started

Backup = dict[str, Any]

HOUR = 3600.0
OWNERS = ("8a2f1d5e-6c3b-4e7a-9f10-2b4c6d8e0f12", "bob", "carol")
CLUSTERS = ("prod-eu", "prod-us")
POLICIES = ("nightly", "weekly")
VRO_POLICIES = ("volumes-only", "config-only")
SCHEDULES = ("shop-nightly", "web-weekly")
RESOURCE = {"kind": "Deployment", "namespace": "shop", "name": "shop-deployment"}


def _world(backups: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the default world with a second object of some kinds, and these backups."""
    world = read_world_file(None)
    for kind, names in (
        ("schedule_policies", POLICIES),
        ("vro_policies", VRO_POLICIES),
        ("backup_schedules", SCHEDULES),
    ):
        first = world[kind][0]
        assert first["name"] == names[0]
        world[kind] = [first, {**{key: first[key] for key in first if key != "uid"}, "name": names[1]}]
    for cluster in world["clusters"]:
        cluster["uid"] = f"uid-of-{cluster['name']}"
    return {**world, "backups": backups}


def _backup(number: int) -> dict[str, Any]:
    """Return a backup of the fixed world: each property repeats with a different period."""
    app = ("shop", "web", "billing")[number % 3]
    return {
        "name": f"{app}-{number // 2}",
        "uid": f"uid-{number:03d}",
        "owner": OWNERS[number // 2 % 3],
        "cluster": CLUSTERS[number % 2],
        "status": ("Success", "Failed", "PartialSuccess", "Success", "Aborted")[number % 5],
        "labels": [{"tier": "gold"}, {"tier": "gold", "team": "a"}, {"team": "a"}, {}][number % 4],
        "namespaces": [app, "web"] if number % 7 == 0 else [app],
        "age": number * HOUR + 900,
        **({"schedule_policy": POLICIES[number % 2]} if number % 3 else {}),
        **({"backup_schedule": SCHEDULES[number // 2 % 2]} if number % 4 else {}),
        **({"vro_policy": VRO_POLICIES[number // 3 % 2]} if number % 5 else {}),
        **({"backup_object_type": "VirtualMachine", "namespaces": ["vms"]} if number % 6 == 5 else {}),
    }


FIXED = _world([_backup(number) for number in range(42)])

# Values to filter for.
VALUES: dict[str, list[Any]] = {
    "name": ["shop-3", "web-5", "absent"],
    "name_filter": ["shop", "1", "b"],
    "cluster_name_filter": ["prod-eu", "prod", "us"],
    "cluster_uid_filter": ["uid-of-prod-us", "uid"],
    "cluster_ref": [{"name": "prod-eu"}, {"name": "prod-us", "uid": "uid-of-prod-us"}],
    "owners": [["bob"], ["bob", OWNERS[0]]],
    "status": [["Failed"], ["Success", "PartialSuccess"]],
    "labels": [{"tier": "gold"}, {"tier": "gold", "team": "a"}],
    "backup_object_type": [{"type": "VirtualMachine"}, {"type": "All"}],
    "namespaces": [["web"], ["shop", "vms"], ["nowhere"]],
    "time_range": [{"start": "20h"}, {"end": "10h"}, {"start": "30h", "end": "5h"}],
    "backup_schedule_ref": [{"name": name} for name in SCHEDULES],
    "schedule_policy_ref": [{"name": name} for name in POLICIES],
    "volume_resource_only_policy_ref": [{"name": name} for name in VRO_POLICIES],
    "resource_info": [RESOURCE],
    "vm_volume_name": ["shop-data-0", "nothing"],
    "include_detailed_resources": [True, False],
    "exclude_failed_resource": [False],
}


def _named(key: str) -> Callable[[Backup, Any], bool]:
    return lambda backup, ref: (backup["backup_info"].get(key) or {}).get("name") == ref["name"]


def _within(backup: Backup, value: dict[str, str]) -> bool:
    made, now = parse_server_time(backup["metadata"]["create_time"]), datetime.now(UTC)
    ends = {key: now - timedelta(hours=int(text.rstrip("h"))) for key, text in value.items()}
    return ends.get("start", made) <= made <= ends.get("end", made)


def _holds(backup: Backup, wanted: dict[str, str]) -> bool:
    return any(wanted.items() <= resource.items() for resource in backup["backup_info"]["resources"])


def _has_volume(backup: Backup, name: str) -> bool:
    return any(name in (volume["name"], volume["pvc"]) for volume in backup["backup_info"]["volumes"])


# The meaning of each filter in plain Python.
TESTS: dict[str, Callable[[Backup, Any], bool]] = {
    "name": lambda backup, value: backup["metadata"]["name"] == value,
    "name_filter": lambda backup, value: value in backup["metadata"]["name"],
    "cluster_name_filter": lambda backup, value: value in cluster_of(backup),
    "cluster_uid_filter": lambda backup, value: value in backup["backup_info"]["cluster_ref"]["uid"],
    "cluster_ref": _named("cluster_ref"),
    "owners": lambda backup, value: backup["metadata"]["ownership"]["owner"] in value,
    "status": lambda backup, value: status_of(backup) in value,
    "labels": lambda backup, value: value.items() <= backup["metadata"]["labels"].items(),
    "backup_object_type": lambda backup, value: backup["backup_info"]["backup_object_type"] == value,
    "namespaces": lambda backup, value: bool(set(value) & set(backup["backup_info"]["namespaces"])),
    "time_range": _within,
    "backup_schedule_ref": _named("backup_schedule"),
    "schedule_policy_ref": _named("schedule_policy_ref"),
    "volume_resource_only_policy_ref": _named("volume_resource_only_policy_ref"),
    "resource_info": _holds,
    "vm_volume_name": _has_volume,
    "include_detailed_resources": lambda _backup, _value: True,
    "exclude_failed_resource": lambda _backup, _value: True,
}

# What each order compares, in plain Python too.
KEYS: dict[str, Callable[[Backup], Any]] = {
    "CreationTimestamp": lambda backup: parse_server_time(backup["metadata"]["create_time"]),
    "Name": lambda backup: backup["metadata"]["name"],
    "ClusterName": cluster_of,
    "Size": lambda backup: backup["backup_info"]["total_size"],
    "LastUpdateTimestamp": lambda backup: parse_server_time(backup["metadata"]["last_update_time"]),
}

# The oldest release, the newest, and one that lacks some of the filters.
SERVERS = ("2.8.1", "2.9.0", "3.2.0")


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, str]]:
    options = ("--release", request.param, "--unknown-fields", "reject")
    with started(tmp_path_factory.mktemp("filters"), *options) as simulator:
        yield simulator, request.param


@pytest.fixture
def fixed(server: tuple[Simulator, str]) -> tuple[Simulator, str]:
    """A simulator with the fixed world."""
    server[0].control("POST", "reset", FIXED)
    return server


def known(release: str) -> list[str]:
    """Return the filters that work on a release."""
    return [name for name in FILTERS if has(FILTERS[name].since or RELEASES[0], release)]


def whole_list(simulator: Simulator) -> list[Backup]:
    return list(inspect_all(simulator, include_detailed_resources=True)["backups"])


def uids(backups: list[Backup]) -> list[str]:
    return [backup["metadata"]["uid"] for backup in backups]


def check(simulator: Simulator, everything: list[Backup], filters: dict[str, Any]) -> int:
    """Check what filters give, and return how many backups it is."""
    expected = [backup for backup in everything if all(TESTS[name](backup, filters[name]) for name in filters)]
    result = inspect_all(simulator, **filters)
    assert uids(result["backups"]) == uids(expected), filters
    assert (result["total_count"], result["truncated"]) == (len(expected), False)
    return len(expected)


def test_every_filter_is_tested() -> None:
    assert set(VALUES) == set(TESTS) == set(FILTERS)


def test_each_filter_alone_and_each_pair(fixed: tuple[Simulator, str]) -> None:
    simulator, release = fixed
    everything = whole_list(simulator)
    found: dict[str, list[int]] = {}
    for name in known(release):
        found[name] = [check(simulator, everything, {name: value}) for value in VALUES[name]]
    # A filter that never takes a part of the list would be tested by nothing.
    all_or_nothing = [name for name, counts in found.items() if not any(0 < count < 42 for count in counts)]
    assert all_or_nothing == [name for name in known(release) if name.startswith(("include_", "exclude_"))]
    for one, other in combinations(known(release), 2):
        check(simulator, everything, {one: VALUES[one][0], other: VALUES[other][0]})


def test_lists_of_references_are_sent_in_a_body(fixed: tuple[Simulator, str]) -> None:
    simulator, release = fixed
    simulator.forget_requests()
    inspect_all(simulator, backup_schedule_ref={"name": SCHEDULES[0]}, status=["Success"], labels={"tier": "gold"})
    methods = [line["method"] for line in simulator.requests() if line["rpc"] == "Backup.Enumerate"]
    assert methods == (["POST"] if has("2.9.0", release) else ["GET"])


@st.composite
def worlds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return backups with any of the fixed world's properties, in new combinations."""
    numbers_of = st.integers(0, 41)
    backups = []
    for number in range(draw(st.integers(0, 12))):
        parts = [_backup(draw(numbers_of)) for _part in range(3)]
        mixed = {key: draw(st.sampled_from(parts)).get(key) for key in sorted({key for part in parts for key in part})}
        kept = {key: value for key, value in mixed.items() if value is not None}
        backups.append({**kept, "uid": f"uid-{number}", "age": kept["age"] + number})
    return backups


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(backups=worlds(), data=st.data())
def test_filters_of_any_world(
    server: tuple[Simulator, str], backups: list[dict[str, Any]], data: st.DataObject
) -> None:
    simulator, release = server
    simulator.control("POST", "reset", _world(backups))
    everything = whole_list(simulator)
    assert len(everything) == len(backups)
    chosen = data.draw(st.lists(st.sampled_from(known(release)), min_size=1, max_size=4, unique=True))
    check(simulator, everything, {name: data.draw(st.sampled_from(VALUES[name])) for name in chosen})


@pytest.mark.parametrize("order", SORT_ORDERS)
@pytest.mark.parametrize("by", SORT_KEYS)
def test_orders(fixed: tuple[Simulator, str], by: str, order: str) -> None:
    simulator, _release = fixed
    key = KEYS[by]
    everything = whole_list(simulator)
    expected = sorted(map(key, everything), reverse=order == "Descending")
    wanted = {"sort_by": by, "sort_order": order}
    for limit in (None, 1, 10, 100):
        result = inspect_all(simulator, sort_option=wanted, max_objects=limit)
        assert [key(backup) for backup in result["backups"]] == expected[:limit]
        assert len(set(uids(result["backups"]))) == len(expected[:limit])
        assert (result["total_count"], result["truncated"]) == (42, limit in (1, 10))
        filtered = inspect_all(simulator, sort_option=wanted, max_objects=limit, namespaces=["web"], status=["Success"])
        taken = [backup for backup in everything if "web" in backup["backup_info"]["namespaces"]]
        taken = [backup for backup in taken if status_of(backup) == "Success"]
        arranged = sorted(map(key, taken), reverse=order == "Descending")
        assert [key(backup) for backup in filtered["backups"]] == arranged[:limit]
        assert filtered["total_count"] == len(taken)


@pytest.mark.parametrize("parameter", [name for name, option in FILTERS.items() if option.since])
def test_a_filter_that_the_release_lacks_is_refused(fixed: tuple[Simulator, str], parameter: str) -> None:
    simulator, _release = fixed
    since = str(FILTERS[parameter].since)
    older = [release for release in RELEASES if numbers(release) < numbers(since)]
    for release in (older[0], older[-1]):
        simulator.settings(release=release)
        simulator.forget_requests()
        with pytest.raises(UnsupportedError) as raised:
            inspect_all(simulator, **{parameter: VALUES[parameter][0] or True}, status=["Success"])
        assert raised.value.message == f"{parameter} needs PX-Backup {since} or newer, and the server is {release}"
        assert [line["rpc"] for line in simulator.requests()] == ["Version.Get"]
