# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of newer releases are refused before any request; the others are sent. The cases come from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.options import LIST_OPTIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import (
    CREATE,
    INFO,
    OPERATIONS,
)

from support.examples import ENTRIES, REFERENCES, Example
from support.playbooks import MODULE, Run, run_backup, run_module, run_tasks
from support.simulator import Simulator

MODULES = {**{name: entry.module for name, entry in ENTRIES.items()}, INFO.name: f"{MODULE}_info"}

_DEPLOYMENT = {"name": "web", "namespace": "shop", "group": "apps", "kind": "Deployment", "version": "v1"}

# A value for each parameter that not every release has. A new option with a release needs one here.
VALUES: dict[str, Any] = {
    "keep_cr_status": True,
    "advanced_resource_label_selector": "app in (web, api)",
    "volume_resource_only_policy_ref": {"name": "volumes-only"},
    "filter": {"namespace_filter": {"include_namespaces": ["shop"]}},
    "namespace_filter": {"include_namespaces": ["shop"]},
    "virtual_machine_filter": {"vm_name_pattern": "app"},
    "resource_status_filter": ["Success"],
    "max_objects": 1,
    "object_index": 1,
    "force_resync": True,
    "sync_namespaces_only": True,
    "force": True,
    "schedule_policy_ref": {"name": "nightly"},
    "resource_info": _DEPLOYMENT,
    "vm_volume_name": "disk-0",
    "exclude_failed_resource": True,
    "exclude_resources": [_DEPLOYMENT],
    "target_namespace_prefix": "copy-",
    "virtual_machine_restore_options": {"skip_vm_restart": True},
    "is_sfr": True,
    "file_level_restore_info": {"virtual_machine_name": "db", "restore_files": [{"source_path": "/etc/hosts"}]},
}

# What a task must also set for an option to have an effect.
_PREFIXED = {key: VALUES[key] for key in ("filter", "target_namespace_prefix")}
COMPANIONS: dict[tuple[str, str | None], dict[str, Any]] = {
    ("restore CREATE", "filter"): {**_PREFIXED, "namespace_mapping": None},
    ("restore CREATE", "target_namespace_prefix"): {**_PREFIXED, "namespace_mapping": None},
}

# Filters of the contents that a task may set beside `filter`, under the name that they have in it.
INSIDE_FILTER = {
    "namespace_filter": "namespace_filter",
    "virtual_machine_filter": "virtual_machine_filter",
    "resource_status_filter": "status",
    "max_objects": "max_objects",
    "object_index": "object_index",
}

# The call that carries the parameters of an operation; an UPDATE only compares the settings of the backup.
CARRIERS = {
    "CREATE": "Backup.Create",
    "DELETE": "Backup.Delete",
    "GET_BACKUP_RESOURCE_DETAILS": "Backup.GetBackupResourceDetails",
    "INSPECT_ALL": "Backup.Enumerate",
    INFO.name: "Backup.Enumerate",
    "restore CREATE": "Restore.Create",
}


class Case(NamedTuple):
    """Something that not every release has: a parameter of an operation, or (without one) the operation itself."""

    operation: str
    parameter: str | None
    since: str

    @property
    def before(self) -> str:
        """The last release that does not have it."""
        return RELEASES[RELEASES.index(self.since) - 1]

    @property
    def what(self) -> str:
        return self.parameter or self.operation

    @property
    def task(self) -> dict[str, Any]:
        """The task that uses it, under its module's name."""
        parameters = {
            **_example(self.operation).task,
            **({self.parameter: VALUES[self.parameter]} if self.parameter else {}),
        }
        if self.operation != INFO.name:
            parameters["operation"] = ENTRIES[self.operation].operation.name
        return {"name": self.what, MODULES[self.operation]: parameters}

    @property
    def whole_task(self) -> dict[str, Any]:
        """The task with what it must also set."""
        task, module = self.task, MODULES[self.operation]
        return {**task, module: {**task[module], **COMPANIONS.get((self.operation, self.parameter), {})}}

    def __str__(self) -> str:
        return f"{self.operation}-{self.what}"


CASES = [
    Case(name, parameter, option.since)
    for name, operation in (*((name, entry.operation) for name, entry in ENTRIES.items()), (INFO.name, INFO))
    for parameter, option in operation.options.items()
    if option.since
] + [Case(operation.name, None, operation.since) for operation in OPERATIONS.values() if operation.since]


def _example(operation: str) -> Example:
    return ENTRIES[operation].example if operation in ENTRIES else Example({})


def _prepare(simulator: Simulator, operation: str, release: str) -> None:
    simulator.settings(release=release, federated=True)
    for item in _example(operation).before:
        simulator.add_backup(**item, **MADE_WITH.get((operation, item["name"]), {}))
    simulator.forget_requests()


# An UPDATE names settings of the object, so the object has them.
MADE_WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("UPDATE", "one"): {
        "info": {key: VALUES[key] for key in ("keep_cr_status", "advanced_resource_label_selector")},
        "vro_policy": "volumes-only",
    },
    ("restore UPDATE", "one"): {"info": {key: VALUES[key] for key in ("target_namespace_prefix", "is_sfr")}},
}


def _calls(simulator: Simulator) -> list[str]:
    return [line["rpc"] for line in simulator.requests()]


def _set_version_response(simulator: Simulator, status: int, body: dict[str, Any]) -> None:
    """Set the response to the request for the release."""
    simulator.faults({"kind": "status", "status": status, "body": body, "times": 0, "match": {"rpc": "Version.Get"}})


def test_every_option_with_a_release_is_a_case() -> None:
    assert {case.parameter for case in CASES if case.parameter} == set(VALUES)
    assert {case.since for case in CASES} <= set(RELEASES[1:])


@pytest.mark.parametrize("release", sorted({case.before for case in CASES}, key=RELEASES.index))
def test_an_option_of_the_next_release_is_refused_and_nothing_is_sent(
    simulator: Simulator, work: Path, release: str
) -> None:
    _prepare(simulator, "INSPECT_ONE", release)
    kept = simulator.settled_state()
    cases = [case for case in CASES if case.before == release for _run in ("real", "dry")]
    tasks = [{**case.task, "ignore_errors": True, "check_mode": bool(number % 2)} for number, case in enumerate(cases)]
    run = run_tasks(tasks, work, simulator.environment)
    assert len(run.results) == len(cases), str(run)
    for case, result in zip(cases, run.results, strict=True):
        assert (result["failed"], result["changed"], result["error"]["category"]) == (True, False, "unsupported")
        sentence = f"{case.what} needs PX-Backup {case.since} or newer, and the server is {release}"
        assert result["msg"] == f"{sentence}; {result['error']['hint']}"
        assert "upgrade the server" in result["error"]["hint"]
    # Each task asked for the release and then stopped.
    assert _calls(simulator) == ["Version.Get"] * len(cases)
    assert simulator.settled_state() == kept


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_option_of_the_release_is_sent(simulator: Simulator, work: Path, case: Case) -> None:
    _prepare(simulator, case.operation, case.since)
    result = run_tasks([case.whole_task], work, simulator.environment).ok().only
    log = simulator.requests()
    assert [line["unknown_fields"] for line in log if line["unknown_fields"]] == []
    assert _calls(simulator).count("Version.Get") == 1
    assert result["server"] == {"release": case.since}
    if case.parameter and case.operation in CARRIERS:
        carrier = [line for line in log if line["rpc"] == CARRIERS[case.operation]][-1]
        sent, name = _sent(carrier), case.parameter
        if case.operation == "GET_BACKUP_RESOURCE_DETAILS" and name in INSIDE_FILTER:
            sent, name = sent["filter"], INSIDE_FILTER[name]
        assert _holds(sent[name], VALUES[case.parameter]), sent


def _sent(line: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a request, those of a list's options at the top, a query's as the body's."""
    fields: dict[str, Any] = dict(line["body"] or {})
    for key, value in line["query"]:
        *path, last = key.split(".")
        place = fields
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return {**fields, **fields.get("enumerate_options", {})}


def _holds(sent: Any, wanted: Any) -> bool:
    """Whether what was sent says what the task wants; a looked-up uid may come with it."""
    if isinstance(wanted, dict):
        sent = sent[0] if isinstance(sent, list) else sent
        return all(_holds(sent.get(key), value) for key, value in wanted.items())
    return bool(sent == wanted or sent == str(wanted).lower())


NEWEST_FIELDS = {key: VALUES[key] for key in ("keep_cr_status", "volume_resource_only_policy_ref")}
DETAILS = {"operation": "GET_BACKUP_RESOURCE_DETAILS", "name": "one"}


def test_a_release_newer_than_all_known_is_taken_as_the_newest(simulator: Simulator, work: Path) -> None:
    _prepare(simulator, "DELETE", RELEASES[-1])
    _set_version_response(simulator, 200, {"version": {"major": "9", "minor": "9", "patch": "9"}})
    run = run_tasks(
        [
            {"name": "details", MODULE: {**DETAILS, "filter": VALUES["filter"]}},
            {"name": "delete", MODULE: {"operation": "DELETE", "name": "one", "force": True}},
        ],
        work,
        simulator.environment,
    ).ok()
    assert [result["server"] for result in run.results] == [{"release": "9.9.9"}] * 2
    assert run.result("details")["total_count"] > 0
    assert run.result("delete")["changed"] is True
    assert run.result("delete")["message"].endswith("with force the data stays in the backup location")


def test_a_release_older_than_all_known_is_refused(simulator: Simulator, work: Path) -> None:
    _prepare(simulator, "CREATE", RELEASES[0])
    _set_version_response(simulator, 200, {"version": {"major": "2", "minor": "8", "patch": "0"}})
    task = {"name": "one", **REFERENCES, **NEWEST_FIELDS}
    result = run_backup(work, simulator.environment, operation="CREATE", **task).only
    assert result["error"]["category"] == "unsupported"
    assert result["msg"].startswith("the server is PX-Backup 2.8.0, older than 2.8.1")
    assert _calls(simulator) == ["Version.Get"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_server_that_hides_its_release(simulator: Simulator, work: Path, status: int) -> None:
    _prepare(simulator, "INSPECT_ONE", "2.9.0")
    _set_version_response(simulator, status, {"error": "no", "message": "no", "code": 7 if status == 403 else 5})
    create = {"operation": "CREATE", "name": "two", **REFERENCES, "namespaces": ["shop"]}
    hidden = {**create, "keep_cr_status": True}
    run = run_tasks(
        [
            {"name": "refused", "ignore_errors": True, MODULE: hidden},
            {"name": "refused details", "ignore_errors": True, MODULE: DETAILS},
            {"name": "refused dry", "ignore_errors": True, "check_mode": True, MODULE: hidden},
            {"name": "list", MODULE: {"operation": "INSPECT_ALL"}},
            {"name": "said", MODULE: {**hidden, "server_release": "2.9.0"}},
            {"name": "said details", MODULE: {**DETAILS, "server_release": "2.9.0"}},
            {"name": "said too old", "ignore_errors": True, MODULE: {**hidden, "server_release": "2.8.1"}},
            {"name": "plain", MODULE: {**create, "name": "three"}},
        ],
        work,
        simulator.environment,
    ).ok()
    for task in ("refused", "refused details", "refused dry"):
        result = run.result(task)
        assert (result["failed"], result["error"]["category"]) == (True, "unsupported")
        assert "which cannot be determined" in result["msg"]
        assert "server_release" in result["error"]["hint"]
    assert run.result("list")["total_count"] == 1
    assert run.result("said")["changed"] is True
    assert run.result("said")["server"] == {"release": "2.9.0"}
    assert run.result("said details")["details"]["metadata"]["name"] == "one"
    assert "the server is 2.8.1" in run.result("said too old")["msg"]
    assert run.result("plain")["changed"] is True
    # The three that were refused asked; the release was said to the others, or they have no use for it.
    assert _calls(simulator).count("Version.Get") == 3
    assert len(simulator.writes()) == 2


def test_an_invalid_release_is_refused_before_any_request(simulator: Simulator, work: Path) -> None:
    result = run_backup(work, simulator.environment, operation="INSPECT_ALL", server_release="newest").only
    assert result["error"]["category"] == "validation"
    assert "'newest' is not a release" in result["msg"]
    assert simulator.requests() == []


def test_the_release_is_requested_once_per_task(simulator: Simulator, work: Path) -> None:
    _prepare(simulator, "INSPECT_ONE", RELEASES[-1])
    settings = {key: VALUES[key] for key, option in CREATE.options.items() if option.since}
    filters = {key: VALUES[key] for key, option in LIST_OPTIONS.items() if option.since}
    tasks = [
        {"operation": "CREATE", "name": "two", **REFERENCES, **settings},
        {"operation": "INSPECT_ALL", **filters, "backup_schedule_ref": {"name": "shop-nightly"}},
        {**DETAILS, "filter": {"max_objects": 1}, "force_resync": True},
        {"operation": "INSPECT_ALL", "max_objects": 1, "sort_option": {"sort_by": "Name"}},
    ]
    for task in tasks:
        simulator.forget_requests()
        assert run_backup(work, simulator.environment, **task).ok().only["server"] == {"release": RELEASES[-1]}
        assert _calls(simulator).count("Version.Get") == 1, task


@pytest.mark.parametrize("operation", [name for name, entry in ENTRIES.items() if not entry.operation.since])
def test_the_release_is_not_requested_without_need(simulator: Simulator, work: Path, operation: str) -> None:
    _prepare(simulator, operation, RELEASES[0])
    entry = ENTRIES[operation]
    result = run_module(entry.module, work, simulator.environment, **entry.task()).ok().only
    assert "server" not in result
    assert "Version.Get" not in _calls(simulator)


@pytest.mark.parametrize("release", [RELEASES[0], RELEASES[len(RELEASES) // 2], RELEASES[-1]])
def test_a_target_runs_on_an_old_a_middle_and_the_newest_release(
    simulator: Simulator, work: Path, release: str
) -> None:
    """A sample of what runs on all releases elsewhere."""
    target = Path(__file__).parent / "targets/update"
    simulator.settings(release=release)
    for backup in yaml.safe_load((target / "before.yml").read_text(encoding="utf-8")):
        simulator.add_backup(**backup)
    tasks = [{"name": "Target", "ansible.builtin.include_tasks": str(target / "tasks/main.yml")}]
    assert any(_changes(run_tasks(tasks, work, simulator.environment).ok()))
    simulator.forget_requests()
    assert not any(_changes(run_tasks(tasks, work, simulator.environment).ok()))
    assert simulator.writes() == []
    assert [line["unknown_fields"] for line in simulator.requests() if line["unknown_fields"]] == []


def _changes(run: Run) -> list[bool]:
    return [result["changed"] for result in run.results if "operation" in result]
