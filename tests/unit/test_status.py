# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of states is complete and says one thing of each."""

from __future__ import annotations

from itertools import combinations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import lifecycle as status
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

SETS = (status.GOOD, status.PARTIAL, status.BAD, status.RUNNING, status.DELETING)


def test_every_state_is_in_one_set() -> None:
    assert set().union(*SETS) == set(status.STATUSES)
    assert all(not (one & other) for one, other in combinations(SETS, 2))
    assert len(set(status.STATUSES)) == len(status.STATUSES)


@pytest.mark.parametrize(
    ("states", "names"),
    [
        (status.GOOD, "Success"),
        (status.PARTIAL, "PartialSuccess"),
        (status.BAD, "Failed Aborted CloudBackupMissing Invalid"),
        (status.RUNNING, "Pending InProgress Captured"),
        (status.DELETING, "Deleting DeletePending"),
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
