# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list that changes while it is read, from a real server that pages and caps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.pagination import uid_of
from ansible_collections.pxops.px_backup.tests.unit.support.pages import Backups
from ansible_collections.pxops.px_backup.tests.unit.support.samples import transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer
from hypothesis import given, settings
from hypothesis import strategies as st

# After the page of this number, this happens to the backup at that place (-1: one is created).
CHANGES = st.dictionaries(st.integers(1, 12), st.lists(st.integers(-1, 20), max_size=6), max_size=6)


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(Backups(0, cap=1)) as running:
        yield running


def change(backups: Backups, places: list[int], gone: set[str]) -> Callable[[], None]:
    """Return a change of the list; what is deleted is noted in ``gone``."""

    def happen() -> None:
        for place in places:
            if place < 0:
                backups.create(f"n{len(gone)}-{len(backups.uids)}-{backups.pages}")
            elif place < len(backups.uids):
                uid = backups.uids[place]
                gone.add(uid)
                backups.delete(uid)

    return happen


@settings(max_examples=120)
@given(
    count=st.integers(0, 25),
    size=st.integers(2, 9),
    cap=st.integers(2, 9),
    says_complete=st.booleans(),
    changes=CHANGES,
)
def test_existing_backups_are_listed_once(
    server: HTTPServer, count: int, size: int, cap: int, says_complete: bool, changes: dict[int, list[int]]
) -> None:
    backups = Backups(count, cap, says_complete, most=400)
    gone: set[str] = set()
    backups.changes = {page: change(backups, places, gone) for page, places in changes.items()}
    server.responder = backups
    client = transport(server.url)
    try:
        uids = [uid_of(backup) for backup in BACKUPS.list_all(Api(client, "default"), {}, size)]
    finally:
        client.close()
    assert len(uids) == len(set(uids))
    stayed = [f"u{number}" for number in range(count) if f"u{number}" not in gone]
    assert [uid for uid in uids if uid in stayed] == stayed


@settings(max_examples=60)
@given(count=st.integers(0, 40), size=st.integers(1, 9), cap=st.integers(1, 9), says_complete=st.booleans())
def test_an_unchanged_list_is_read_in_as_many_requests_as_pages(
    server: HTTPServer, count: int, size: int, cap: int, says_complete: bool
) -> None:
    backups = Backups(count, cap, says_complete)
    server.responder = backups
    client = transport(server.url)
    try:
        listing = BACKUPS.list_all(Api(client, "default"), {}, size)
        assert [uid_of(backup) for backup in listing] == backups.uids
    finally:
        client.close()
    assert listing.total_count == count
    step = max(1, min(size, cap) - 1)
    # Pages of one cannot overlap, so the list is read a second time, unless the first page is known to be the last.
    walks = 2 if min(size, cap) == 1 and count > (1 if says_complete else 0) else 1
    # A full page that reaches the total does not prove the end, unless the server says so.
    assert backups.pages <= walks * (count // step + 1 + (not says_complete))
