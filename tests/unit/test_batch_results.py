# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result for each backup of a batch."""

from __future__ import annotations

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.results import (
    Item,
    Result,
    combine_results,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.limits import SENTENCE_CHARACTERS
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, transport


def test_the_message_of_each_backup_is_one_sentence_of_bounded_length(nobody: str) -> None:
    result = Result(True, "Backup 'one' was deleted (the response was an error: \x1b[2J" + "x" * 5000)
    items = [Item("names[0]", {"name": "one"})]
    (entry,) = combine_results(context(transport(nobody)), "absent", items, [result], None).result["backups"]
    assert "\\x1b[2J" in entry["message"]
    assert len(entry["message"]) <= SENTENCE_CHARACTERS
