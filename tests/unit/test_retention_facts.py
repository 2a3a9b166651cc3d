# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan reads in addition to the backups: running restores, and schedules where orphaned backups take part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.base import Page
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import Parts, decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ProtocolError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.facts import read_facts
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.policy import parse_policy


class Lists:
    """The lists of a server, by its service; ``more`` objects of each are counted and not there."""

    def __init__(self, more: int = 0, **lists: list[dict[str, Any]]) -> None:
        self.lists = lists
        self.more = more
        self.asked: list[str] = []
        self.concurrency = 1
        self.refusals = 0

    def until(self, stopped: Callable[[], bool]) -> Lists:
        return self

    def enumerate_references(self, rpc: str, query: list[tuple[str, str]], index: int, size: int) -> Page:
        assert query == [("enumerate_options.include_detailed_resources", "false")]
        return self._page(rpc, index, size)

    def enumerate_restores(self, options: dict[str, Any], index: int, size: int, parts: Parts) -> Page:
        assert options == {"include_detailed_resources": False}
        return self._page("Restore.Enumerate", index, size)

    def _page(self, rpc: str, index: int, size: int) -> Page:
        self.asked.append(rpc)
        objects = self.lists[rpc.partition(".")[0]]
        return Page(objects[index : index + size], len(objects) + self.more, False)


def read(lists: Lists, **parameters: Any) -> Any:
    nothing = cast(Any, None)
    context = Context(
        api=cast(Any, lists),
        references=nothing,
        caller=lambda: "me",
        warn=nothing,
        now=lambda: 1_794_744_000.0,
        clock=nothing,
        sleep=nothing,
        progress=nothing,
    )
    return read_facts(context, parse_policy({"keep": {"last": 1}, **parameters}))


def restore(status: str | None, backup: dict[str, Any], name: str = "r") -> dict[str, Any]:
    info: dict[str, Any] = {**backup, **({"status": {"status": status}} if status else {})}
    return decode("RestoreObject", {"metadata": {"name": name, "uid": f"uid-{name}"}, "restore_info": info})


REF = {"backup": "b1", "backup_ref": {"name": "b1", "uid": "u1"}}


@pytest.mark.parametrize("status", ["Pending", "InProgress", "AStateThatIsNew"])
def test_a_restore_that_runs_names_its_backup(status: str) -> None:
    assert read(Lists(Restore=[restore(status, REF)])).restoring == {"u1"}


@pytest.mark.parametrize(
    "status", ["Success", "PartialSuccess", "Failed", "Aborted", "Invalid", "Retained", "Deleting", None]
)
def test_a_restore_that_has_ended_does_not(status: str | None) -> None:
    assert read(Lists(Restore=[restore(status, REF)])).restoring == frozenset()


@pytest.mark.parametrize(
    ("backup", "found"),
    [({"backup": "b1"}, {"b1"}), ({"backup_ref": {"name": "b1"}}, {"b1"}), ({}, set())],
    ids=["name", "reference without uid", "nothing"],
)
def test_a_restore_without_the_uid_of_its_backup(backup: dict[str, Any], found: set[str]) -> None:
    assert read(Lists(Restore=[restore("Pending", backup)])).restoring == found


def test_all_pages_of_restores_are_read() -> None:
    restores = [restore("Success", REF, f"r{number}") for number in range(450)]
    restores.append(restore("Pending", REF, "last"))
    assert read(Lists(Restore=restores)).restoring == {"u1"}


def test_a_list_that_ends_early_is_an_error() -> None:
    with pytest.raises(ProtocolError, match="the server ended the list after 1 of 3 restores"):
        read(Lists(more=2, Restore=[restore("Success", REF)]))


def test_schedules_are_listed_only_where_they_matter() -> None:
    schedule = {"metadata": {"name": "daily", "uid": "s1"}}
    lists = Lists(Restore=[], BackupSchedule=[schedule])
    assert read(lists).schedules == frozenset()
    assert lists.asked == ["Restore.Enumerate"]
    assert read(lists, include_scheduled="orphaned").schedules == {"s1", "daily"}


def test_a_schedule_without_a_uid_is_known_by_its_name() -> None:
    lists = Lists(Restore=[], BackupSchedule=[{"metadata": {"name": "daily", "uid": ""}}])
    assert read(lists, include_scheduled="orphaned").schedules == {"daily"}


def test_the_clock_is_the_one_of_the_task() -> None:
    facts = read(Lists(Restore=[]))
    assert (facts.now.isoformat(), facts.caller) == ("2026-11-15T12:00:00+00:00", "me")
