# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DELETE of an object that the list does not hold: an inspect confirms that it is absent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ProtocolError, ServerError
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, json_reply

Serve = Callable[..., HTTPServer]
EMPTY = json_reply({})
NOT_FOUND = json_reply({"code": 5, "message": "failed to retrieve backup [b1]: object not found"}, 404)


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
