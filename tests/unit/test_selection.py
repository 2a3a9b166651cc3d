# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a selection takes, and what it says of objects of which it cannot know."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
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


EU = {"name": "prod-eu", "uid": "u-eu"}


@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ({"cluster_ref": EU}, {"cluster_name_filter": "prod-eu", "cluster_uid_filter": "u-eu"}),
        (
            {"cluster_name_filter": "prod", "cluster_ref": EU},
            {"cluster_name_filter": "prod", "cluster_uid_filter": "u-eu"},
        ),
        ({"backup_object_type": {"type": "All"}}, {"backup_object_type": "All"}),
        ({"namespaces": ["shop"]}, {}),
        ({"name_filter": "a", "labels": {"b": "c"}}, {"name_filter": "a", "labels": {"b": "c"}}),
        ({"schedule_policy_ref": [EU]}, {"schedule_policy_ref": [EU]}),
        (
            {"time_range": {"start": "2026-09-01T00:00:00.5Z", "end": "2026-09-02T00:00:00.5Z"}},
            {"time_range": {"start_time": "2026-09-01T00:00:00Z", "end_time": "2026-09-02T00:00:01Z"}},
        ),
    ],
)
def test_what_the_server_is_asked_for(parameters: dict[str, Any], options: dict[str, Any]) -> None:
    own = context(transport("http://127.0.0.1:9"))
    own = own._replace(api=Api(transport("http://127.0.0.1:9"), "default", False, "3.0.0"), references=Known())
    assert select(own, BACKUP_FILTERS, parameters).options == options


class Known:
    """References that are resolved already."""

    @staticmethod
    def resolve(_parameter: str, _kind: Any, ref: dict[str, str]) -> dict[str, str]:
        return ref


def test_backups_of_a_cluster_and_of_schedules() -> None:
    own = context(transport("http://127.0.0.1:9"))
    own = own._replace(api=Api(transport("http://127.0.0.1:9"), "default", False, "3.0.0"), references=Known())
    selection = select(own, BACKUP_FILTERS, {"backup_schedule_ref": [EU], "namespaces": ["shop", "web"]})
    assert selection.options == {"backup_schedule_ref": [EU]}
    planned = {"backup_schedule": EU, "namespaces": ["web"]}
    assert selection.takes(backup(**planned))
    assert not selection.takes(backup(**{**planned, "namespaces": ["other"]}))
    assert not selection.takes(backup(**{**planned, "backup_schedule": {"name": "prod-eu", "uid": "u-us"}}))
    assert not selection.takes(backup(namespaces=["web"]))
    old = own._replace(api=Api(transport("http://127.0.0.1:9"), "default", False, "2.8.1"))
    assert select(old, BACKUP_FILTERS, {"backup_schedule_ref": [EU]}).options == {}
