# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CREATE and RETRY of a backup: what is judged by what exists afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch import run
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.results import Item, Result
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.create import (
    ensure_created,
    resolve_settings,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.retry import retry_backup
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.tests.unit.support import samples
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

Serve = Callable[..., HTTPServer]
REF = {"name": "x", "uid": "u"}
WANTED = {"name": "b1", "namespaces": ["shop"], "cluster_ref": REF, "backup_location_ref": REF, "preflight": "off"}
EXISTS = json_reply({"code": 6, "message": "backup already exists"}, 409)
FAULT = json_reply({"code": 2, "message": "database is away"}, 500)
NOT_FOUND = json_reply({"code": 5, "message": "object not found"}, 404)
REFUSED = json_reply({"code": 9, "message": "no licence"}, 400)


class Server:
    """A server that responds so to a write, and then has these backups."""

    def __init__(
        self, serve: Serve, write: Reply, *after: dict[str, Any], before: tuple[dict[str, Any], ...] = ()
    ) -> None:
        self._write, self._listed, self._after = write, list(before), after
        self.sent: list[str] = []
        client = samples.transport(serve(responder=self._respond).url)
        self.context: Context = samples.context(client)._replace(api=Api(client, "default", False, "3.0.0"))

    def _respond(self, request: Request) -> Reply:
        self.sent.append(request.method)
        if request.method in ("POST", "PUT"):
            self._listed = list(self._after)
            return self._write
        if request.path == "/v1/backup/default":
            return json_reply({"backups": self._listed, "total_count": str(len(self._listed)), "complete": True})
        uid = dict(request.query)["uid"]
        found = [item for item in self._listed if item["metadata"]["uid"] == uid]
        return json_reply({"backup": found[0]}) if found else NOT_FOUND


def backup(uid: str = "u1", namespaces: list[str] | None = None, **info: Any) -> dict[str, Any]:
    refs = {"cluster_ref": REF, "backup_location_ref": REF, "backup_type": {"type": "Normal"}}
    return samples.raw_backup(uid=uid, **{**refs, "namespaces": namespaces or ["shop"], **info})


def create(server: Server, **changes: Any) -> Any:
    return ensure_created(server.context, {**WANTED, **changes}, "user-1", None)


def refused(server: Server, **changes: Any) -> PXBackupError:
    with pytest.raises(PXBackupError) as caught:
        create(server, **changes)
    assert caught.value.result["preflight"] == []
    return caught.value


def test_a_whole_response_is_the_result(serve: Serve) -> None:
    server = Server(serve, json_reply({"backup": backup()}), backup())
    outcome = create(server)
    assert (outcome.changed, outcome.message) == (True, "Backup 'b1' was created and is Success")
    assert outcome.result["preflight"] == []
    assert server.sent == ["POST"]


def test_a_short_response_is_checked(serve: Serve) -> None:
    server = Server(serve, json_reply({"backup": backup(namespaces=["web"])}), backup())
    outcome = create(server)
    assert outcome.result["backup"]["backup_info"]["namespaces"] == ["shop"]
    assert server.sent == ["POST", "GET"]


def test_another_task_created_the_same_in_between(serve: Serve) -> None:
    outcome = create(Server(serve, EXISTS, backup()))
    assert (outcome.changed, outcome.message) == (False, "Backup 'b1' already exists and is Success")
    assert outcome.before == outcome.after


def test_another_task_created_something_else_in_between(serve: Serve) -> None:
    error = refused(Server(serve, EXISTS, backup(namespaces=["web"])))
    assert str(error) == (
        "backup 'b1' already exists with other settings: namespaces is ['web'], not ['shop']; use another name, or set "
        "what it has (UPDATE changes labels and ownership)"
    )
    assert (error.category, error.changed) == ("conflict", False)


def test_another_user_has_the_name(serve: Serve) -> None:
    error = refused(Server(serve, EXISTS))
    assert error.category == "conflict"
    assert error.hint == "use another name, or find out its owner with an administrator's token"


def test_an_error_after_the_work(serve: Serve) -> None:
    outcome = create(Server(serve, FAULT, backup()))
    assert (outcome.changed, outcome.message) == (
        True,
        "Backup 'b1' was created and is Success; the response was an error (PX-Backup refused the request (HTTP 500, "
        "Unknown): database is away), and the result was verified",
    )


def test_an_error_and_another_backup_of_the_name(serve: Serve) -> None:
    error = refused(Server(serve, FAULT, backup(namespaces=["web"])))
    assert "already exists with other settings: namespaces is ['web'], not ['shop']" in error.message


def test_a_creation_that_was_accepted_and_has_no_effect(serve: Serve) -> None:
    error = refused(Server(serve, json_reply({"backup": backup(namespaces=["web"])})))
    assert str(error) == (
        "the server accepted CREATE of backup 'b1', but the backup does not exist; this server, or the role of this "
        "user, does not allow it: delete the backup, or omit the setting"
    )
    assert (error.category, error.changed) == ("protocol", True)


def test_a_server_that_ignores_a_setting(serve: Serve) -> None:
    other = backup(namespaces=["web"])
    error = refused(Server(serve, json_reply({"backup": other}), other))
    assert str(error) == (
        "the server created backup 'b1' with other settings than requested: namespaces is ['web'], not ['shop']; this "
        "server, or the role of this user, does not allow it: delete the backup, or omit the setting"
    )
    assert error.changed is True


def test_a_refusal_that_leaves_something_behind(serve: Serve) -> None:
    failed = backup(status={"status": "Failed", "reason": "no licence"})
    error = refused(Server(serve, NOT_FOUND, failed))
    assert error.message.endswith("; the server left backup 'b1' behind, which is Failed (no licence)")
    assert error.hint == "fix the cause, delete the backup and run the task again"
    assert error.changed is True
    assert error.result["backup"]["metadata"]["uid"] == "u1"


def test_a_refusal_is_not_checked(serve: Serve) -> None:
    server = Server(serve, REFUSED, backup())
    assert refused(server).category == "state"
    assert server.sent == ["POST"]


def test_a_cluster_that_contradicts(serve: Serve) -> None:
    context = Server(serve, EXISTS).context
    assert resolve_settings(context, {"cluster": "x"}) == {}


PARTIAL = backup(status={"status": "PartialSuccess"})


def retry_of(uid: str, **metadata: Any) -> dict[str, Any]:
    parent = {"name": "b1", "uid": "u1"}
    return samples.raw_backup(name="b1-retry1", uid=uid, retry_parent=parent, **metadata)


def test_a_retry_that_was_accepted_and_has_no_effect(serve: Serve) -> None:
    old = retry_of("u2", status={"status": "Failed"})
    server = Server(serve, json_reply({"backup": old}), old, PARTIAL, before=(old, PARTIAL))
    with pytest.raises(PXBackupError) as caught:
        retry_backup(server.context._replace(caller=lambda: ""), {"name": "b1"})
    assert str(caught.value) == (
        "the server accepted the retry of backup 'b1', but no new backup exists; run the task again"
    )
    assert caught.value.changed is True


def test_a_retry_that_responds_with_an_older_one(serve: Serve) -> None:
    old = retry_of("u2", status={"status": "Failed"})
    new = retry_of("u3", status={"status": "Pending"})
    server = Server(serve, json_reply({"backup": old}), new, old, PARTIAL, before=(old, PARTIAL))
    outcome = retry_backup(server.context, {"name": "b1"})
    assert outcome.result["backup"]["metadata"]["uid"] == "u3"
    assert outcome.message == "Backup 'b1' is retried by 'b1-retry1', which is Pending"


def test_a_fault_of_ours_at_one_backup_does_not_hide_the_others(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_context: Context, wanted: dict[str, Any], _owner: str, _existing: Any) -> Outcome:
        if wanted["name"] == "b2":
            raise RuntimeError("odd")
        return Outcome(True, "created", {"backup": samples.backup(name=wanted["name"])}, {}, {})

    monkeypatch.setattr(run, "ensure_created", broken)
    monkeypatch.setattr(run, "read_items", lambda *_args: [Item(name, {"name": name}) for name in ("b1", "b2", "b3")])
    parameters = {"state": "present", "backups": [], "concurrency": 1}
    with pytest.raises(PXBackupError) as caught:
        run.run_batch(Server(serve, EXISTS).context, parameters)
    assert caught.value.message.startswith("3 backups: 1 created, 1 failed, 1 not tried ['b2': internal error")
    assert [(entry["changed"], entry["failed"]) for entry in caught.value.result["backups"]] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert "RuntimeError: odd" in caught.value.result["backups"][1]["message"]


def test_check_mode_shows_what_would_be_created(serve: Serve) -> None:
    server = Server(serve, EXISTS)
    work = server.context._replace(api=Api(samples.transport("http://127.0.0.1:1"), "default", True, "3.0.0"))
    wanted = {
        **WANTED,
        "labels": {"a": "b"},
        "ownership": {"groups": [{"id": "ops", "access": "Read"}], "public": None},
    }
    outcome = ensure_created(work, wanted, "user-1", None)
    assert (outcome.changed, outcome.message) == (True, "Backup 'b1' would be created")
    shown = outcome.result["backup"]
    assert shown["metadata"]["ownership"]["owner"] == "user-1"
    assert shown["metadata"]["ownership"]["groups"] == [{"id": "ops", "access": "Read"}]
    assert (shown["metadata"]["name"], shown["metadata"]["labels"]) == ("b1", {"a": "b"})
    assert shown["backup_info"]["namespaces"] == ["shop"]
    assert shown["backup_info"]["status"]["status"] == "Pending"
    assert shown["backup_info"]["backup_type"]["type"] == "Normal"
    assert server.sent == []


def test_a_finding_about_several_backups_is_told_once(serve: Serve) -> None:
    warned: list[str] = []
    found = {"severity": "warning", "parameter": "namespaces", "message": "namespaces is odd"}
    note = {**found, "severity": "note", "message": "a note"}
    items = [Item(name, {"name": name}) for name in ("b1", "b2", "b3", "b4")]
    results = [Result(True, "", findings=[found, note]), Result(True, "", findings=[found]), None, Result(False, "")]
    work = Server(serve, EXISTS).context._replace(warn=warned.append)
    run._warn_of_findings(work, items, results)
    assert warned == ["CREATE of 'b1' and 1 more: namespaces is odd"]
