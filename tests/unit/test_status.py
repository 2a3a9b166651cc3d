# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of states is complete and gives each state one meaning."""

from __future__ import annotations

from itertools import combinations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import lifecycle as status
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import LIFECYCLE
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

RUNNING = frozenset({"Pending", "InProgress", "Captured"})
SETS = (LIFECYCLE.good, LIFECYCLE.partial, LIFECYCLE.bad, RUNNING, LIFECYCLE.deleting)


def test_every_state_is_in_one_set() -> None:
    assert set().union(*SETS) == set(status.STATUSES)
    assert all(not (one & other) for one, other in combinations(SETS, 2))
    assert len(set(status.STATUSES)) == len(status.STATUSES)


@pytest.mark.parametrize(
    ("states", "names"),
    [
        (LIFECYCLE.good, "Success"),
        (LIFECYCLE.partial, "PartialSuccess"),
        (LIFECYCLE.bad, "Failed Aborted CloudBackupMissing Invalid"),
        (LIFECYCLE.deleting, "Deleting DeletePending"),
    ],
)
def test_meaning(states: frozenset[str], names: str) -> None:
    assert states == set(names.split())


@pytest.mark.parametrize("name", status.STATUSES)
def test_status_of(name: str) -> None:
    assert status.status_of(backup(status={"status": name})) == name


def test_absent_status_and_reason() -> None:
    for raw in ({}, {"backup_info": {}}, {"backup_info": {"status": {}}}):
        whole = decode("BackupObject", raw)
        assert status.status_of(whole) == "Invalid"
        assert status.reason_of(whole) == ""


@pytest.mark.parametrize(("given", "shown"), [("disk full", "disk full"), ("<nil>", ""), ("", ""), (None, "")])
def test_reason_of(given: str | None, shown: str) -> None:
    assert status.reason_of(backup(status={"status": "Failed", "reason": given})) == shown


@pytest.mark.parametrize("name", [*sorted(RUNNING), "Quiescing"])
def test_other_states_are_running(name: str) -> None:
    assert LIFECYCLE.is_running(backup(status={"status": name}))


@pytest.mark.parametrize("name", sorted(set(status.STATUSES) - RUNNING))
def test_states_that_have_ended(name: str) -> None:
    assert not LIFECYCLE.is_running(backup(status={"status": name}))
