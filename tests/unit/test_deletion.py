# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DELETE of an object that the list does not hold: an inspect confirms that it is absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lookup import BACKUPS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.creation import refuse_unusable
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    ProtocolError,
    ServerError,
    StateError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, json_reply

Serve = Callable[..., HTTPServer]
EMPTY = json_reply({})
NOT_FOUND = json_reply({"code": 5, "message": "failed to retrieve backup [b1]: object not found"}, 404)


def _listed(backup: dict[str, Any]) -> Reply:
    return json_reply({"backups": [backup], "total_count": "1", "complete": True})


def delete(work: Context) -> tuple[bool, str]:
    outcome = run_operation(work, BACKUP_MODULE, BACKUP_MODULE.operation("DELETE"), {"name": "b1"})
    return outcome.changed, outcome.message


def test_an_inspect_confirms_that_a_backup_is_absent(serve: Serve) -> None:
    server = serve(EMPTY, NOT_FOUND)
    changed, message = delete(context(transport(server.url)))
    assert not changed
    assert "not found" in message
    assert [request.method for request in server.requests] == ["GET", "GET"]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("Success", "The server accepted the deletion of backup 'b1', and still shows it as Success"),
        ("Deleting", "Backup 'b1' is being deleted by the server (Deleting)"),
    ],
)
def test_an_accepted_deletion_says_what_the_server_shows(serve: Serve, status: str, sentence: str) -> None:
    before, after = (raw_backup(status={"status": state}) for state in ("Success", status))
    first, second = json_reply({"backup": before}), json_reply({"backup": after})
    server = serve(_listed(before), first, EMPTY, second)
    assert delete(context(transport(server.url))) == (True, sentence)
    assert [request.method for request in server.requests] == ["GET", "GET", "DELETE", "GET"]


def test_a_backup_without_a_status_is_not_said_to_be_in_need_of_deletion(serve: Serve) -> None:
    without = raw_backup(status={})
    server = serve(_listed(without), json_reply({"backup": without}))
    work = context(transport(server.url))
    with pytest.raises(StateError) as caught:
        refuse_unusable(BACKUPS, "b1", BACKUPS.require(work.api, {"name": "b1"}))
    assert "already exists and is Invalid; inspect it before you delete it" in str(caught.value)
    assert caught.value.retriable


@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        (json_reply({"backup": raw_backup()}), ProtocolError, r"its list does not hold backup 'b1', and inspect .*u1"),
        (json_reply({"code": 13, "message": "away"}, 500), ServerError, "away"),
    ],
)
def test_a_backup_that_the_list_omits_is_not_absent(
    serve: Serve, reply: Reply, error: type[Exception], text: str
) -> None:
    server = serve(EMPTY, reply)
    with pytest.raises(error, match=text):
        delete(context(transport(server.url)))
    assert {request.method for request in server.requests} == {"GET"}
