# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a selection takes, and what it says of objects of which it cannot know."""

from __future__ import annotations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.filters import BACKUP_FILTERS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.selection import select
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup, context, transport


@pytest.mark.parametrize("range_", [{"start": "7d"}, {"end": "0h"}])
def test_an_unreadable_time_is_in_no_range_and_the_task_says_so_once(range_: dict[str, str]) -> None:
    warnings: list[str] = []
    own = context(transport("http://127.0.0.1:9"))._replace(warn=warnings.append)
    selection = select(own, BACKUP_FILTERS, {"time_range": range_})
    readable = backup(name="b1", metadata={"create_time": "2026-09-20T00:00:00Z"})
    unreadable = [backup(name=name, metadata={"create_time": text}) for name, text in (("b2", "yesterday"), ("b3", ""))]
    assert selection.takes(readable)
    assert warnings == []
    assert [selection.takes(item) for item in unreadable] == [False, False]
    assert warnings == ["time_range omits 'b2' and all others whose creation time cannot be read: it has 'yesterday'"]
