# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation matches the specification, the registry and the tables."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import MESSAGES, parse_field
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups import resource as backups
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores import resource as restores
from ansible_collections.pxops.px_backup.tests.unit.support.modules import CONNECTION, SPECIFICATIONS

COLLECTION = "ansible_collections.pxops.px_backup"
ROOT = Path(__file__).resolve().parents[2]
# The modules with a choice of operations.
REGISTRIES = {"backup": backups.OPERATIONS, "restore": restores.OPERATIONS}
OPERATIONS = [(module, each) for module, operations in REGISTRIES.items() for each in operations.values()]
OPTIONS = [(module, name) for module in REGISTRIES for name in SPECIFICATIONS[module] if name not in CONNECTION]
TYPES = {"time": "str", "enum": "str"}
Spec = dict[str, Any]


@cache
def section(module: str, name: str) -> Any:
    """Return one YAML section of a module."""
    return yaml.safe_load(getattr(import_module(f"{COLLECTION}.plugins.modules.{module}"), name))


@cache
def documented_options(module: str) -> Spec:
    """Return the options of a module, those of its fragments included; the module's own words win."""
    documentation = section(module, "DOCUMENTATION")
    options: Spec = {}
    for name in documentation["extends_documentation_fragment"]:
        fragment = import_module(f"{COLLECTION}.plugins.doc_fragments.{name.rpartition('.')[2]}")
        options.update(yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION).get("options") or {})
    for name, option in (documentation.get("options") or {}).items():
        options[name] = {**options.get(name, {}), **option}
    return options


def compared(options: Spec, spec: Spec, where: str = "") -> list[str]:
    """Return where documentation and specification differ."""
    problems = [f"{where}{name}" for name in set(options) ^ set(spec)]
    for name in set(options) & set(spec):
        text, rule = options[name], spec[name]
        for key in ("type", "default", "elements", "required"):
            if (text.get(key) or False if key == "required" else text.get(key)) != rule.get(
                key, False if key == "required" else None
            ):
                problems.append(f"{where}{name}.{key}")
        if list(text.get("choices") or []) != list(rule.get("choices") or []):
            problems.append(f"{where}{name}.choices")
        if not text.get("description"):
            problems.append(f"{where}{name}.description")
        if "fallback" in rule and f"E({rule['fallback'][1][0]})" not in str(text["description"]):
            problems.append(f"{where}{name}: its environment variable")
        problems += compared(text.get("suboptions") or {}, rule.get("options") or {}, f"{where}{name}.")
    return problems


def tasks_of(value: Any) -> list[Spec]:
    """Return every task in a module's examples."""
    plays = [entry for entry in value if "tasks" in entry]
    return [task for play in plays for task in play["tasks"]] + [entry for entry in value if "tasks" not in entry]


def test_every_module_is_compared() -> None:
    assert {path.stem for path in (ROOT / "plugins/modules").glob("*.py")} == set(SPECIFICATIONS)


@pytest.mark.parametrize("module", SPECIFICATIONS)
def test_options(module: str) -> None:
    assert compared(documented_options(module), SPECIFICATIONS[module]) == []


@pytest.mark.parametrize(("module", "operation"), OPERATIONS, ids=lambda item: getattr(item, "name", item))
def test_operation(module: str, operation: Operation) -> None:
    text = documented_options(module)["operation"]["choices"][operation.name]
    assert text.startswith(operation.summary)
    needs = text.partition("Requires ")[2]
    assert set(re.findall(r"O\((\w+)\)", needs)) == {name for group in operation.requires for name in group}
    for group in operation.requires:
        assert " or ".join(f"O({name})" for name in group) in needs
    assert (operation.since or "") in needs
    assert needs or not operation.requires
    assert f"O(operation={operation.name})" in str(section(module, "DOCUMENTATION")["description"])


@pytest.mark.parametrize(("module", "name"), OPTIONS)
def test_option_names_the_operations_that_use_it(module: str, name: str) -> None:
    text, operations = description(module, name), REGISTRIES[module].values()
    users = [operation.name for operation in operations if name in operation.options]
    expected = "all operations" if len(users) == len(operations) else ", ".join(users)
    assert text.endswith(f"Used by: {expected}.") if name != "operation" else "Used by" not in text
    assert set(re.findall(r"O\(operation=(\w+)\)", text)) <= set(users)


@pytest.mark.parametrize("name", CONNECTION)
def test_option_of_the_connection_names_no_operation(name: str) -> None:
    assert named_operations(description("backup", name)) == set()


@pytest.mark.parametrize(("module", "name"), OPTIONS)
def test_option_names_the_release_that_it_requires(module: str, name: str) -> None:
    options = [each.options[name] for each in REGISTRIES[module].values() if name in each.options]
    releases = {option.since for option in options if option.since}
    told = set(re.findall(r"PX-Backup (\d+\.\d+\.\d+) or newer", description(module, name)))
    assert told == releases


@pytest.mark.parametrize("module", ["backup_batch", "backup_info", "restore_info"])
def test_module_without_operations_names_none(module: str) -> None:
    for name, option in documented_options(module).items():
        text = str(option).replace("O(pxops.px_backup.backup#module:operation=CREATE)", "")
        assert named_operations(text) == set(), name
        assert "Used by" not in text, name


def description(module: str, name: str) -> str:
    """Return the whole description of an option."""
    told = documented_options(module)[name]["description"]
    return told if isinstance(told, str) else " ".join(told)


def named_operations(text: str) -> set[str]:
    """Return the operations that a text names."""
    return {operation.name for _module, operation in OPERATIONS if re.search(rf"\b{operation.name}\b", text)}


def test_actions_of_the_group_take_the_connection() -> None:
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for module in groups["px_backup"]:
        assert set(CONNECTION) <= set(SPECIFICATIONS[module])
    takers = [name for name, spec in SPECIFICATIONS.items() if set(CONNECTION) <= set(spec)]
    assert sorted(groups["px_backup"]) == sorted(takers)


@pytest.mark.parametrize("module", SPECIFICATIONS)
def test_examples_use_existing_options(module: str) -> None:
    own = f"pxops.px_backup.{module}"
    tasks = [task for task in tasks_of(section(module, "EXAMPLES")) if own in task]
    assert tasks
    for task in tasks:
        assert set(task[own]) <= set(SPECIFICATIONS[module])
        if module in REGISTRIES:
            operation = REGISTRIES[module][task[own]["operation"]]
            given = set(task[own]) - {"operation"} - set(CONNECTION)
            assert given <= set(operation.options)
            assert all(given & set(group) for group in operation.requires)


@pytest.mark.parametrize("module", REGISTRIES)
def test_every_operation_has_an_example(module: str) -> None:
    tasks = tasks_of(section(module, "EXAMPLES"))
    assert {task.get(f"pxops.px_backup.{module}", {}).get("operation") for task in tasks} >= set(REGISTRIES[module])


def returned_fields(contains: Spec, message: str) -> int:
    """Check that the returned keys of an object are in the table, with their types; return how many there are."""
    count = 0
    for name, entry in contains.items():
        field = parse_field(MESSAGES[message][name])
        plain = "dict" if field.kind in MESSAGES or field.mapped else TYPES.get(field.kind, field.kind)
        assert entry["type"] == ("list" if field.repeated else plain), name
        assert entry.get("elements") == (plain if field.repeated else None), name
        assert entry["description"], name
        count += returned_fields(entry["contains"], field.kind) if "contains" in entry else 1
    return count


@pytest.mark.parametrize(("module", "message"), [("backup", "BackupObject"), ("restore", "RestoreObject")])
def test_returned_object_has_the_fields_that_playbooks_use(module: str, message: str) -> None:
    assert 10 <= returned_fields(section(module, "RETURN")[module]["contains"], message) <= 20


def test_page_of_fields_has_every_field() -> None:
    page = (ROOT / "docs/fields.md").read_text(encoding="utf-8")
    tables = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    keys = ["server", "waited", "preflight", "error", "arrival"]
    assert tables[1::2] == [*keys, *MESSAGES]
    for message, table in list(zip(tables[1::2], tables[2::2], strict=True))[len(keys) :]:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n") if "| `" in line]
        assert [row[0].strip("`") for row in rows] == list(MESSAGES[message])
        for (name, kind, release, meaning), text in zip(rows, MESSAGES[message].values(), strict=True):
            field = parse_field(text)
            assert release == (field.since or ""), name
            assert kind.startswith("list of ") is field.repeated, name
            assert (f"[{field.kind}](#" in kind) is (field.kind in MESSAGES), name
            assert meaning, name


def test_returned_error_is_the_one_of_the_library() -> None:
    text = section("backup", "RETURN")["error"]["description"]
    assert re.findall(r"C\((\w+)\)", text) == list(PXBackupError("x").as_dict())
    categories = dict.fromkeys(kind.category for kind in PXBackupError.__subclasses__())
    assert re.findall(r"V\((\w+)\)", text) == list(categories)


@pytest.mark.parametrize("module", sorted(set(SPECIFICATIONS) - {"backup"}))
def test_other_modules_refer_to_the_error_of_backup(module: str) -> None:
    assert "RV(pxops.px_backup.backup#module:error)" in section(module, "RETURN")["error"]["description"]


def test_guide_of_errors_has_the_causes_of_every_category() -> None:
    chapters = re.split(r"^## (.+)$", (ROOT / "docs/guides/errors.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    titles = list(dict.fromkeys(kind.category for kind in PXBackupError.__subclasses__()))
    assert chapters[1::2] == [*titles, "In a playbook"]
    rows = [line.strip("| ").split(" | ") for text in chapters[2:-1:2] for line in text.splitlines() if "| … " in line]
    assert all(len(row) == 3 and all(row) for row in rows)
    assert all("| … " in text for text in chapters[2:-1:2]), "a category without a cause"


def test_guide_of_errors_shows_parts_of_real_messages() -> None:
    page = (ROOT / "docs/guides/errors.md").read_text(encoding="utf-8")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "plugins/module_utils").rglob("*.py")]
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    messages = [text for text in texts if isinstance(text, str)]
    shown = re.findall(r"^\| … (.+?) … \|", page, re.MULTILINE)
    unknown = [part for each in shown for part in each.split(" … ") if not any(part in text for text in messages)]
    assert shown and unknown == []
