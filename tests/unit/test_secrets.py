# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a task contains no secret, wherever the work put one: both paths call the same function."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import (
    Entry,
    Runtime,
    entry_of,
    mask_params,
    open_transport,
    perform,
)
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

TOKEN = "C4nary+Token/with-every-kind.of~char_0123456789"
ENCODED = base64.b64encode(f"user:{TOKEN}".encode()).decode()


def _result(work: Any, repeated: tuple[str, ...] = (), **params: Any) -> dict[str, Any]:
    """Return the result of a task whose work is this function."""
    runtime = Runtime({"api_url": "", "auth_url": "", **params}, False, {TOKEN}, print, print, lease=NotImplemented)
    return perform(Entry({}, repeated, work), runtime)


def _assert_hidden(result: dict[str, Any]) -> None:
    text = json.dumps(result)
    assert TOKEN not in text and ENCODED[8:-4] not in text, text
    assert "********" in text


def test_the_data_of_a_good_result() -> None:
    nested = {"labels": {TOKEN: [{f"<{ENCODED}>": [TOKEN, {"a": [TOKEN]}]}]}, "count": 3, "more": None}
    result = _result(lambda _runtime: {"changed": True, "message": "ok", "backup": nested, "diff": {"before": nested}})
    _assert_hidden(result)
    assert result["changed"] is True and result["backup"]["count"] == 3
    assert list(result["backup"]["labels"]) == ["********"]


def test_an_error_with_its_data_and_hint() -> None:
    def work(_runtime: Runtime) -> NoReturn:
        error = PXBackupError(f"refused {TOKEN} and {ENCODED}", hint=f"not {TOKEN}")
        error.path = f"/v1/backup/{TOKEN}"
        error.result = {"waited": {TOKEN: 1}}
        raise error

    result = _result(work)
    _assert_hidden(result)
    assert result["error"]["hint"] == "not ********"
    assert result["error"]["path"] == "/v1/backup/********"
    assert result["waited"] == {"********": 1}


def test_a_chain_of_exceptions() -> None:
    def work(_runtime: Runtime) -> NoReturn:
        try:
            raise ValueError(f"the cause {TOKEN}")
        except ValueError as cause:
            raise RuntimeError("x" * 1950 + TOKEN) from cause

    result = _result(work)
    _assert_hidden(result)
    assert "the cause ********" in result["exception"]
    # No beginning of it is left where the sentence was cut.
    assert TOKEN[:8] not in result["msg"]


def test_a_secret_that_an_error_makes_known() -> None:
    def work(runtime: Runtime) -> NoReturn:
        error = PXBackupError("the value of token_file is not the path of a file")
        error.secrets = [str(runtime.params["token_file"])]
        raise error

    result = _result(work, ("token_file",), token_file="an-opaque-value")
    assert result["token_file"] == "********"


def test_what_a_task_asks_for_is_not_hidden() -> None:
    entry = Entry(
        {}, (), lambda _runtime: {"changed": False, "token": f"x{TOKEN}x", "user_id": TOKEN}, secret=("token",)
    )
    runtime = Runtime({}, False, {TOKEN}, print, print, lease=NotImplemented)
    assert perform(entry, runtime) == {
        "failed": False,
        "changed": False,
        "token": f"x{TOKEN}x",
        "user_id": "********",
    }


@pytest.mark.parametrize("secret", [TOKEN, "labels-of-old"])
def test_parameters_keep_their_names(secret: str) -> None:
    options: dict[str, Any] = {"labels": {}, "labels-of-old": {}, "token": {"no_log": True}}
    params = {"labels": {secret: secret}, "labels-of-old": [secret], "token": secret, secret: 1}
    shown = mask_params(params, options, {secret})
    assert shown["labels"] == {secret if secret in options else "********": "********"}
    # Ansible itself masks the options that are secrets.
    assert shown["token"] == secret
    assert "labels-of-old" in shown


def test_a_warning_that_quotes_the_token_of_a_login(serve: Callable[..., HTTPServer]) -> None:
    """The token is not known before the task; the server's text, which a warning repeats, may hold it."""
    backup = {
        "metadata": {"name": "b1", "uid": "u1", "org_id": "default"},
        "backup_info": {"status": {"status": "PartialSuccess", "reason": f"no volume for {TOKEN}"}},
    }

    def respond(request: Request) -> Reply:
        if request.path.endswith("/token"):
            return json_reply({"access_token": TOKEN, "expires_in": 60})
        if request.path.endswith("/b1"):
            return json_reply({"backup": backup})
        return json_reply({"backups": [backup], "total_count": "1", "complete": True})

    server = serve(responder=respond)
    entry = entry_of(BACKUP_MODULE)
    params = {name: option.get("default") for name, option in entry.options.items()}
    params.update(api_url=server.url, org_id="default", operation="INSPECT_ONE", name="b1", wait=True)
    params.update(auth_url=f"{server.url}/auth", username="eve", password="correct horse", on_partial="warn")
    warned: list[str] = []
    told: list[str] = []
    runtime = Runtime(params, False, {"correct horse"}, warned.append, told.append, open_transport)
    result = perform(entry, runtime)
    assert not result["failed"] and len(warned) >= 1, result
    assert TOKEN not in "".join((*warned, *told))
    assert any("no volume for ********" in text for text in warned)
