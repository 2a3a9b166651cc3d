# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that stand in the data itself: in keys, in texts and in other spellings; the same on both paths."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from support.playbooks import BATCH, MODULE, RESTORE, Run, run_tasks
from support.secrets import Watch
from support.simulator import Simulator

TOKEN = "C4nary+Token/with-every-kind.of~char_0123456789"
PASSWORD = 'C4nary "Pass\\word" of\u00e4 the <user> & more'

HIDDEN = "********"

UID = "11111111-2222-4333-8444-555555555555"

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "for a URL": lambda secret: quote(secret, safe=""),
    "base64": lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
    "JSON": lambda secret: json.dumps({"token": secret}),
}


def _run(tasks: list[dict[str, Any]], simulator: Simulator, work: Path, path: str) -> Run:
    """Run tasks on one of the two paths, with the arguments in their results."""
    switch = {"PX_BACKUP_FAST_PATH": str(path == "fast").lower(), "ANSIBLE_INJECT_INVOCATION": "true"}
    environment = {**simulator.environment, "PX_BACKUP_TOKEN": TOKEN, "CANARY": PASSWORD, **switch}
    return run_tasks(tasks, work, environment, "-vvv", "--diff")


def _on_both_paths(tasks: list[dict[str, Any]], simulator: Simulator, work: Path, before: Callable[[], None]) -> Run:
    """Run tasks on both paths; no secret is seen, and the results are the same."""
    runs = []
    for path in ("fast", "module"):
        simulator.reset()
        simulator.control("POST", "tokens", {"user_id": "canary", "admin": True, "token": TOKEN})
        before()
        run = _run(tasks, simulator, work, path)
        assert len(run.tasks) == len(tasks), str(run)
        watch = Watch({"the token": TOKEN, "the password": PASSWORD})
        watch.scan("the output", run.stdout.encode() + run.stderr.encode())
        watch.scan("the results", json.dumps(run.tasks, ensure_ascii=False).encode())
        assert not watch.seen, (path, "\n".join(sorted(watch.seen)))
        runs.append(run)
    for fast, usual in zip(runs[0].results, runs[1].results, strict=True):
        for key in sorted(fast.keys() | usual.keys()):
            assert _stable(fast.get(key)) == _stable(usual.get(key)), key
    return runs[0]


def _stable(value: Any) -> Any:
    """Return a part of a result without what differs between two runs."""
    if isinstance(value, dict):
        changing = ("uid", "create_time", "last_update_time", "completion_time", "cr_uid", "cr_name", "backup_path")
        return {key: _stable(item) for key, item in value.items() if key not in changing and "time" not in key}
    return [_stable(item) for item in value] if isinstance(value, list) else value


def test_a_secret_in_the_data_of_a_server_is_hidden_in_every_place(simulator: Simulator, work: Path) -> None:
    spelled = [spell(TOKEN) for spell in SPELLINGS.values()]
    labels = {"team": "c", **{secret: f"x-{secret}" for secret in spelled}}

    def before() -> None:
        item = {"name": "one", "uid": UID, "namespaces": ["shop"], "status": "Failed", "reason": " ".join(spelled)}
        simulator.add_backup(labels=labels, **item)

    tasks = [
        {"name": "one", MODULE: {"operation": "INSPECT_ONE", "name": "one"}},
        {"name": "all", "pxops.px_backup.backup_info": {"summary": True}},
        {"name": "update", MODULE: {"operation": "UPDATE", "name": "one", "uid": UID, "labels": {"team": "d"}}},
        {"name": "delete", BATCH: {"state": "absent", "backups": [{"name": "one", "uid": UID}]}},
    ]
    run = _on_both_paths(tasks, simulator, work, before)
    shown = dict(run.result("one")["backup"]["metadata"]["labels"])
    assert shown.pop("team") == "c"
    assert len(shown) == len(SPELLINGS), shown
    assert all(HIDDEN in key and HIDDEN in value for key, value in shown.items()), shown
    assert HIDDEN in run.result("one")["backup"]["backup_info"]["status"]["reason"]
    assert run.result("update")["changed"] and HIDDEN in json.dumps(run.result("update")["diff"]["before"])


@pytest.mark.parametrize("of_login", [False, True], ids=["token", "password"])
def test_a_secret_in_the_parameters_is_hidden_in_every_place(simulator: Simulator, work: Path, of_login: bool) -> None:
    secret = "{{ lookup('env', 'CANARY') }}" if of_login else "{{ lookup('env', 'PX_BACKUP_TOKEN') }}"
    login: dict[str, Any] = {}
    if of_login:
        # The password is refused by the login service, or never sent.
        login = {"auth_url": simulator.auth_url, "username": "admin", "password": secret, "token": ""}
    references = {"cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}
    create = {"operation": "CREATE", "name": "one", "namespaces": ["shop"], **references, **login}
    mapping = {"backup_ref": {"name": "old"}, "cluster_ref": {"name": "prod-us"}, "name": "back", **login}
    tasks = [
        {"name": "a label", MODULE: {**create, "labels": "{{ {secret: 'a', 'b': secret} }}"}},
        {"name": "check", MODULE: {**create, "name": "two", "labels": "{{ {secret: 'a'} }}"}, "check_mode": True},
        {"name": "an option", MODULE: "{{ create | combine({secret: 1}) }}"},
        {"name": "a dictionary", MODULE: {**create, "cluster_ref": "{{ secret }}"}},
        {"name": "a long text", MODULE: {**create, "cluster_ref": "{{ 'x' * 130 ~ secret ~ 'y' * 90 }}"}},
        {"name": "a choice", MODULE: {**create, "operation": "{{ secret | urlencode }}"}},
        {"name": "a name", MODULE: {**create, "name": "{{ secret }}/{{ secret }}"}},
        {"name": "a number", MODULE: {**create, "timeout": "{{ secret }}"}},
        {
            "name": "a mapping",
            RESTORE: {"operation": "CREATE", **mapping, "namespace_mapping": "{{ {secret: secret} }}"},
        },
        {"name": "a list", MODULE: {**create, "resource_types": ["{{ secret }}", "{{ secret | b64encode }}"]}},
    ]
    shared = {"ignore_errors": True, "vars": {"secret": secret, "create": create}}
    run = _on_both_paths([{**task, **shared} for task in tasks], simulator, work, lambda: None)
    assert all(result["failed"] for result in run.results[2:]), [result["failed"] for result in run.results]
    if not of_login:
        assert run.result("a label")["changed"], run.result("a label")
        assert HIDDEN in run.result("a label")["backup"]["metadata"]["labels"]
        assert HIDDEN in run.result("check")["diff"]["after"]["labels"]


def test_a_password_that_is_in_the_token_does_not_damage_it(simulator: Simulator, work: Path) -> None:
    """The claims of a token are base64 of JSON that contains the user's name, which may be the password too."""
    login = {"auth_url": simulator.auth_url, "username": "admin", "password": "simulator"}
    tasks = [
        {"name": "in", "pxops.px_backup.token": login, "register": "login"},
        {"name": "use", MODULE: {"operation": "INSPECT_ALL", "token": "{{ login.token }}"}},
    ]
    for path in ("fast", "module"):
        run = run_tasks(tasks, work, {**simulator.environment, "PX_BACKUP_FAST_PATH": str(path == "fast").lower()})
        assert run.status == 0, str(run)
