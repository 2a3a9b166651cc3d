# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-lint says of a task: wrong arguments are found, templates and defaults are no mistake."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils import runner
from ansible_collections.pxops.px_backup.plugins.plugin_utils.task_check import find_problem

PACKAGE = "ansible_collections.pxops.px_backup.plugins"
PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
NAMES = sorted(path.stem for path in (PLUGINS / "action").glob("[!_]*.py"))
ENTRIES: dict[str, runner.Entry] = {
    name: importlib.import_module(f"{PACKAGE}.action.{name}").ActionModule.entry for name in NAMES
}
X = "{{ x }}"

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("backup", {"operation": "CREATE", "name": X, "cluster_ref": X, "backup_location_ref": {"name": X}, "wait": X}),
    ("backup", {"operation": X, "namespaces": X, "uid": X}),
    ("backup", {"operation": "CREATE", "include_resources": [{"gvk": X, "name": X}], "on_partial": X, "preflight": X}),
    ("backup", {"operation": "CREATE", "ownership": {"collaborators": [{"id": X, "access": X}]}, "wait_timeout": X}),
    ("backup_info", {"status": X, "max_objects": X, "sort_option": {"sort_by": X}, "time_range": {"start": X}}),
    ("backup_info", {"status": [X, "Failed"], "timeout": X, "validate_certs": X, "ssl_config": {"ca_cert": X}}),
    ("backup_prune", {"keep": {"last": X, "within": X}, "max_delete": X, "keep_labels": {"a": X}}),
    ("backup_batch", {"backups": X, "state": X, "defaults": {"cluster_ref": {"name": X}}}),
    ("backup_batch", {"backups": [{"name": X, "namespaces": [X]}, X]}),
    ("protection_info", {"targets": [{"rpo": X, "clusters": X}], "fail_on": X, "namespaces": {"a": X}}),
    ("backup", {"operation": "DELETE", "namespaces": "{{ x | default(omit) }}"}),
    ("token", {"username": X}),
]

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("backup_info", {"state": "Failed"}, "Unsupported parameters: state. Supported parameters include: api_url"),
    ("backup_info", {"state": X}, "Unsupported parameters: state."),
    ("backup_info", {"status": ["Broken"]}, "value of status must be one or more of: Invalid, "),
    ("backup_info", {"sort_option": {"sort_by": "Age"}}, "sort_option.sort_by is 'Age'; valid values: "),
    ("backup_info", {"max_objects": "many"}, "option named 'max_objects' is of type"),
    ("backup", {"name": X}, "missing required arguments: operation"),
    ("backup", {"operation": "REMOVE"}, "value of operation must be one of: CREATE, "),
    ("backup", {"operation": "DELETE", "namespaces": [X]}, "DELETE does not use namespaces; omit it, or use CREATE"),
    ("backup", {"operation": "DELETE", "namespaces": X}, "DELETE does not use namespaces; omit it, or use CREATE"),
    ("backup", {"operation": "DELETE", "labels": {"a": "b"}}, "DELETE does not use labels; omit it, or use CREATE"),
    ("backup", {"operation": "CREATE", "cluster_ref": {"id": X}}, "Unsupported parameters: cluster_ref.id. Supported"),
    ("backup", {"operation": "CREATE", "cluster_ref": ["a"]}, "cluster_ref is ['a'], not a dictionary; set name, uid"),
    ("backup", {"operation": "CREATE", "labels": {"a": 1.5}}, "labels.a is a fraction (1.5), but it must be text"),
    ("backup_prune", {"keep": {"lasts": X}}, "Unsupported parameters: keep.lasts. Supported parameters include: daily"),
    ("backup_prune", {"keep": {"last": "many"}}, "option named 'last' is of type"),
    ("protection_info", {"targets": [{"clusters": X}]}, "missing required arguments: rpo found in targets"),
    ("token", {"api_url": "https://px"}, "Unsupported parameters: api_url."),
]


def tasks_of(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the tasks in the documentation's examples."""
    if isinstance(value, list):
        for item in value:
            yield from tasks_of(item)
    elif isinstance(value, dict):
        yield value
        for part in ("tasks", "block", "rescue", "always"):
            yield from tasks_of(value.get(part, []))


@pytest.mark.parametrize(("name", "arguments"), GOOD)
def test_templates_and_defaults_are_no_mistake(name: str, arguments: dict[str, Any]) -> None:
    assert find_problem(ENTRIES[name], arguments) == ""


@pytest.mark.parametrize(("name", "arguments", "message"), BAD)
def test_a_mistake_is_found(name: str, arguments: dict[str, Any], message: str) -> None:
    assert find_problem(ENTRIES[name], arguments).startswith(message)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_the_documentation_are_no_mistake(name: str) -> None:
    examples = yaml.safe_load(importlib.import_module(f"{PACKAGE}.modules.{name}").EXAMPLES)
    found = [(own, task[own]) for task in tasks_of(examples) for own in task if own.startswith("pxops.px_backup.")]
    checked = [(own, arguments) for own, arguments in found if own.rpartition(".")[2] in ENTRIES]
    assert checked
    for own, arguments in checked:
        assert find_problem(ENTRIES[own.rpartition(".")[2]], arguments or {}) == ""


@pytest.mark.parametrize("name", NAMES)
def test_the_check_never_does_the_work(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin = importlib.import_module(f"{PACKAGE}.action.{name}")

    def work(_runtime: runner.Runtime) -> dict[str, Any]:
        raise AssertionError("the check did the work")

    monkeypatch.setattr(plugin.ActionModule, "entry", ENTRIES[name]._replace(work=work))
    operation = {"operation": "INSPECT_ALL"} if "operation" in ENTRIES[name].options else {}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"ANSIBLE_MODULE_ARGS": operation})))
    plugin.main()
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"ANSIBLE_MODULE_ARGS": {**operation, "nonsense": 1}})))
    with pytest.raises(SystemExit) as ended:
        plugin.main()
    assert ended.value.code == 1
    assert "Unsupported parameters: nonsense." in json.loads(capsys.readouterr().out)["msg"]
