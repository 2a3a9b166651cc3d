# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast path: the same results as the module, and only for tasks that run on the controller anyway."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.examples import BATCHES, EXAMPLES, RESTORES
from support.paths import FAST, MODULE_PATH
from support.playbooks import BATCH, MODULE, RESTORE, Run, run_file, run_tasks
from support.simulator import Simulator
from support.trials import alike, check_alike, try_task

INFO = "pxops.px_backup.backup_info"
ON, OFF = {"PX_BACKUP_FAST_PATH": "true"}, {"PX_BACKUP_FAST_PATH": "false"}


def _both(simulator: Simulator, work: Path, tasks: list[dict[str, Any]], before: Any, *options: str) -> list[Run]:
    """Run tasks on both paths, each on a fresh simulator."""
    runs = []
    for switch in (ON, OFF):
        simulator.reset()
        # Nothing changes meanwhile.
        simulator.settings(backup_seconds=0, restore_seconds=0, delete_seconds=100_000)
        for backup in before:
            simulator.add_backup(**backup)
        simulator.forget_requests()
        runs.append(run_tasks(tasks, work, {**simulator.environment, **switch}, *options))
    return runs


def _connections(simulator: Simulator) -> int:
    return len({line["connection"] for line in simulator.requests()})


# Those that are not in the registry of operations; test_registry.py has the others.
CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    **{name: (BATCH, example.task, example.before) for name, example in BATCHES.items()},
    "backup_info": (INFO, {"summary": True, "statistics": True}, EXAMPLES["INSPECT_ONE"].before),
    "restore_info": (f"{RESTORE}_info", {"summary": True, "statistics": True}, RESTORES["INSPECT_ONE"].before),
}


@pytest.mark.parametrize("case", CASES)
def test_both_paths_return_the_same_keys_and_values(simulator: Simulator, work: Path, case: str) -> None:
    module, parameters, before = CASES[case]
    fast, usual = (try_task(simulator, work, path, module, parameters, before).run for path in (FAST, MODULE_PATH))
    check_alike(fast, usual)
    assert simulator.token not in json.dumps([fast.tasks, usual.tasks])


def test_the_arguments_are_in_a_result_only_where_they_are_shown(simulator: Simulator, work: Path) -> None:
    task = {"name": "list", MODULE: {"operation": "INSPECT_ALL"}}
    fast, usual = _both(simulator, work, [task], EXAMPLES["INSPECT_ONE"].before, "-vv")
    assert "invocation" not in fast.only
    assert alike(fast.only) == alike({key: value for key, value in usual.only.items() if key != "invocation"})


def test_the_token_module_returns_the_same_on_both_paths(simulator: Simulator, work: Path) -> None:
    login = {"auth_url": simulator.auth_url, "username": "admin", "password": "simulator"}
    tasks = [
        {"name": "in", "pxops.px_backup.token": login},
        {"name": "out", "pxops.px_backup.token": {**login, "password": "not-the-password"}, "ignore_errors": True},
    ]
    fast, usual = _both(simulator, work, tasks, (), "-vvv")
    for one, other in zip(fast.results, usual.results, strict=True):
        assert one.keys() == other.keys()
    assert fast.result("in")["token"].count(".") == 2
    assert fast.result("out")["msg"] == usual.result("out")["msg"]


def _loop(count: int, **more: Any) -> dict[str, Any]:
    return {"name": "loop", MODULE: {"operation": "INSPECT_ONE", "name": "one"}, "loop": list(range(count)), **more}


def test_a_loop_has_one_connection_and_a_task_its_own(simulator: Simulator, work: Path) -> None:
    fast, _usual = _both(simulator, work, [_loop(6)], EXAMPLES["INSPECT_ONE"].before)
    assert fast.status == 0, str(fast)
    assert _connections(simulator) == 6, "as modules, each item has its own"

    tasks = [_loop(6), {**_loop(3), "name": "second"}]
    simulator.forget_requests()
    run_tasks(tasks, work, {**simulator.environment, **ON}).ok()
    requests = simulator.requests()
    assert len(requests) == 2 * (6 + 3)
    assert len({line["connection"] for line in requests[:12]}) == 1
    assert _connections(simulator) == 2, "nothing crosses tasks"


def test_a_loop_logs_in_once(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    login = {"auth_url": simulator.auth_url, "username": "admin", "password": "simulator"}
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}
    task = {"name": "loop", MODULE: {"operation": "INSPECT_ONE", "name": "one", **login}, "loop": [1, 2, 3]}
    simulator.forget_requests()
    run_tasks([task], work, {**environment, **ON}).ok()
    assert [line["rpc"] for line in simulator.requests()].count("Auth.Token") == 1


def test_a_loop_sends_a_wrong_password_once(simulator: Simulator, work: Path) -> None:
    """Several refused logins lock a user out."""
    login = {"auth_url": simulator.auth_url, "username": "admin", "password": "not-the-password"}
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}
    task = {"name": "loop", MODULE: {"operation": "INSPECT_ONE", "name": "one", **login}, "loop": [1, 2, 3]}
    simulator.forget_requests()
    run = run_tasks([task], work, {**environment, **ON})
    assert [item["error"]["category"] for item in run.only["results"]] == ["authentication"] * 3
    assert [line["rpc"] for line in simulator.requests()] == ["Auth.Token"]


def test_items_with_separate_connections_do_not_share(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    other = simulator.control("POST", "tokens", {"user_id": "11111111-2222-4333-8444-555555555555", "admin": True})
    parameters = {"operation": "INSPECT_ONE", "name": "one", "token": "{{ item }}"}
    task = {"name": "loop", MODULE: parameters, "loop": [simulator.token, other["token"]], "no_log": True}
    simulator.forget_requests()
    run_tasks([task], work, {**simulator.environment, **ON}).ok()
    assert _connections(simulator) == 2


# What makes a task run as a module, and how many connections a loop of three then has.
SWITCHES: dict[str, tuple[dict[str, str], dict[str, Any], int]] = {
    "nothing": ({}, {}, 1),
    "variable": ({}, {"vars": {"px_backup_fast_path": False}}, 3),
    "variable from a template": ({}, {"vars": {"px_backup_fast_path": "{{ 1 == 2 }}"}}, 3),
    "environment": ({"PX_BACKUP_FAST_PATH": "no"}, {}, 3),
    "variable over environment": ({"PX_BACKUP_FAST_PATH": "no"}, {"vars": {"px_backup_fast_path": True}}, 1),
}


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_variable_selects_the_path(simulator: Simulator, work: Path, switch: str) -> None:
    environment, keywords, connections = SWITCHES[switch]
    simulator.add_backup(name="one", status="Success")
    simulator.forget_requests()
    run = run_tasks([_loop(3, **keywords)], work, {**simulator.environment, **environment}, "-vvv").ok()
    assert _connections(simulator) == connections
    assert ("Using module file" in run.stdout) is (connections > 1)


def test_an_invalid_value_of_the_variable_is_an_error(simulator: Simulator, work: Path) -> None:
    run = run_tasks([_loop(1, vars={"px_backup_fast_path": "fast"})], work, simulator.environment)
    assert "px_backup_fast_path is 'fast'; set it to true or false" in run.stdout
    assert simulator.requests() == []


@pytest.mark.both_paths
@pytest.mark.parametrize(
    ("module", "options", "sentence"),
    [
        (MODULE, {"cluster_ref": 5}, "cluster_ref is 5, not a dictionary; set name, uid in it"),
        (MODULE, {"cluster_ref": "prod-eu"}, "cluster_ref is 'prod-eu', not a dictionary; set name, uid in it"),
        (MODULE, {"ssl_config": ["x"]}, "ssl_config is ['x'], not a dictionary; set validate_certs"),
        (MODULE, {"include_resources": [{"name": "a"}, 5]}, "include_resources[1] is 5, not a dictionary; set name"),
        (BATCH, {"backups": 5}, "backups[0] is 5, not a dictionary; set name"),
        (BATCH, {"backups": [{"cluster_ref": [1]}]}, "backups[0].cluster_ref is [1], not a dictionary; set name, uid"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_what_is_no_dictionary_is_named(
    simulator: Simulator, work: Path, module: str, options: dict[str, Any], sentence: str
) -> None:
    choice = {"operation": "CREATE", "name": "one"} if module == MODULE else {"state": "present"}
    run = run_tasks([{module: {**choice, **options}}], work, simulator.environment)
    assert sentence in run.stdout
    assert simulator.requests() == []


def test_a_task_in_the_background_runs_as_a_module(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    background = {"environment": {"ANSIBLE_ASYNC_DIR": str(work / "jobs")}, "async": 30, "poll": 1}
    run = run_tasks([{**_loop(1), **background}], work, {**simulator.environment, **ON}, "-vvv").ok()
    assert "Using module file" in run.stdout


@pytest.mark.parametrize(
    "keywords",
    [
        {"become": True, "become_user": "nobody"},
        {"vars": {"ansible_become": True, "ansible_become_user": "nobody"}},
    ],
)
def test_a_task_of_another_user_is_left_to_ansible(simulator: Simulator, work: Path, keywords: dict[str, Any]) -> None:
    """The become command only prints a text and fails, which shows that Ansible called it."""
    command = work / "become"
    command.write_text("#!/bin/sh\necho become was called >&2\nexit 1\n")
    command.chmod(0o755)
    simulator.forget_requests()
    environment = {**simulator.environment, **ON, "ANSIBLE_BECOME_EXE": str(command)}
    run = run_tasks([_loop(1, **keywords)], work, environment, "-vvv")
    assert run.status == 2
    assert "become was called" in run.stdout, run.stdout
    assert simulator.requests() == []


def test_a_host_without_requests_for_the_controller_uses_the_module(simulator: Simulator, work: Path) -> None:
    """A controller that cannot import requests still runs tasks, with the host's own Python."""
    (work / "hidden").mkdir()
    (work / "hidden" / "sitecustomize.py").write_text(
        "import sys\nif sys.argv and sys.argv[0].endswith('ansible-playbook'):\n    sys.modules['requests'] = None\n"
    )
    simulator.add_backup(name="one", status="Success")
    path = ":".join([str(work / "hidden"), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = run_tasks([_loop(2)], work, {**simulator.environment, **ON, "PYTHONPATH": path}, "-vvv").ok()
    assert "Using module file" in run.stdout


def test_the_environment_of_the_task_applies_to_that_task_only(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="Success")
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_ORG_ID"}
    only_the_first_two = "{{ {'PX_BACKUP_ORG_ID': 'default'} if item < 2 else {} }}"
    run = run_tasks([_loop(3, environment=only_the_first_two)], work, {**environment, **ON})
    first, second, third = run.only["results"]
    assert not first.get("failed") and not second.get("failed"), str(run)
    assert third["failed"] and "org_id" in third["msg"], "the third item has no org_id"


def test_a_relative_path_is_relative_to_the_playbook(simulator: Simulator, work: Path) -> None:
    project, elsewhere = work / "project", work / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    (project / "token").write_text(simulator.token)
    (project / "token").chmod(0o600)
    task = {"name": "list", MODULE: {"operation": "INSPECT_ALL", "token_file": "token"}}
    playbook = project / "play.json"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}
    for switch in (ON, OFF):
        run_file(playbook, elsewhere, {**environment, **switch}).ok()


def test_arguments_of_every_kind_arrive_as_in_a_module(simulator: Simulator, work: Path) -> None:
    """A vaulted token, a date that YAML reads as a date, an omitted argument."""
    secret = work / "vault-password"
    secret.write_text("open sesame")
    vault = [str(Path(sys.executable).parent / "ansible-vault"), "encrypt_string", "--vault-password-file", str(secret)]
    vaulted = subprocess.run([*vault, simulator.token], capture_output=True, text=True, check=True).stdout
    playbook = work / "play.yml"
    playbook.write_text(
        f"""
- hosts: localhost
  gather_facts: false
  vars:
    login: {vaulted.replace(chr(10), chr(10) + "    ").rstrip()}
  tasks:
    - name: list
      {MODULE}:
        operation: INSPECT_ALL
        token: "{{{{ login }}}}"
        name_filter: "{{{{ nothing | default(omit) }}}}"
        time_range:
          start: 2026-01-01T00:00:00Z
          end: 2026-01-02T03:04:05+01:00
"""
    )
    environment = {key: value for key, value in simulator.environment.items() if key != "PX_BACKUP_TOKEN"}
    simulator.forget_requests()
    for switch in (ON, OFF):
        run = run_file(playbook, work, {**environment, **switch}, "--vault-password-file", str(secret), "-vvv").ok()
        assert simulator.token not in run.stdout + run.stderr
    fast, usual = (line["query"] for line in simulator.requests())
    assert fast == usual


def test_a_wait_reports_progress_while_it_runs(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=2)
    parameters = {"operation": "CREATE", **EXAMPLES["CREATE"].task, "wait": True, "wait_interval": 1}
    task = {"name": "wait", MODULE: parameters}
    run = run_tasks([task], work, {**simulator.environment, **ON}, "-v").ok()
    assert re.search(r"backup 'one': InProgress, stage \w+\n(.*\n)*.*backup 'one': Success", run.stdout), run.stdout
    quiet = run_tasks([{**task, "no_log": True}], work, {**simulator.environment, **ON}, "-v").ok()
    assert "backup 'one'" not in quiet.stdout


def test_the_time_limit_of_a_task_ends_it(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="one", status="InProgress")
    parameters = {"operation": "INSPECT_ONE", "name": "one", "wait": True, "wait_timeout": 60}
    run = run_tasks([{"name": "wait", MODULE: parameters, "timeout": 2}], work, {**simulator.environment, **ON})
    assert run.status == 2
    assert re.search(r"Timed out after 2|expected time frame \(2\)", run.stdout), run.stdout


def test_defaults_of_the_action_group_reach_the_fast_path(simulator: Simulator, work: Path) -> None:
    defaults = {"group/pxops.px_backup.px_backup": {"api_url": simulator.url, "org_id": "default"}}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": defaults,
        "tasks": [{"name": "list", MODULE: {"operation": "INSPECT_ALL"}}, {"name": "info", INFO: {}}],
    }
    playbook = work / "play.yml"
    playbook.write_text(yaml.safe_dump([play]))
    run_file(playbook, work, {"PX_BACKUP_TOKEN": simulator.token, **ON}).ok()
