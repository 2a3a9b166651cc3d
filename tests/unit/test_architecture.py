# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the architecture, checked in the source: layers, single gates, no global state."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import OPERATIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import ModuleSpec
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import load_handler
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS

COLLECTION = "ansible_collections.pxops.px_backup"
PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
UTILS = PLUGINS / "module_utils"
LIBRARY = UTILS / "pxbackup"

# Each package may import itself and those before it; packages of one line do not import each other.
DIRECTION = (
    ("limits",),
    ("text",),
    ("errors",),
    ("checks", "values"),
    ("client",),
    ("api",),
    ("core",),
    ("backups",),
    # A restore is compared with its backup.
    ("restores",),
    ("retention", "protection", "conformance"),
    ("events", "library"),
    ("arguments",),
    ("runner",),
    ("payload",),
)
RANK = {package: number for number, packages in enumerate(DIRECTION) for package in packages}
SOURCES = {path for folder in (UTILS, LIBRARY) for path in folder.rglob("*.py") if path.stem != "__init__"}
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
# What only a wait needs.
WAITING = {"core.waiting", "backups.waiting", "backups.content"}


def name_of(path: Path) -> str:
    """Return the dotted name of a file of the library, or of one beside it."""
    base = LIBRARY if LIBRARY in path.parents else UTILS
    return ".".join(path.relative_to(base).with_suffix("").parts)


NAMES = {name_of(path): path for path in sorted(SOURCES)}


def package_of(name: str) -> str:
    return name.partition(".")[0]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


@cache
def imports_of(path: Path) -> tuple[tuple[int, str], ...]:
    """Return how many dots each import has and what it names."""
    found = []
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found += [(node.level, f"{module}.{item.name}".strip(".")) for item in node.names]
    return tuple(found)


@cache
def own_imports(path: Path) -> frozenset[str]:
    """Return the files of this collection that a file imports, by their dotted names."""
    found = set()
    here = path.relative_to(UTILS).with_suffix("").parts
    for level, name in imports_of(path):
        if not level:
            continue
        parts = [*here[: len(here) - level], *name.split(".")]
        dotted = ".".join(parts[1:] if parts[0] == "pxbackup" else parts)
        # What an import names is a file, or something in a file.
        found.add(dotted if dotted in NAMES else dotted.rpartition(".")[0])
    return frozenset(found)


def functions_with(tree: ast.Module, wanted: str) -> list[tuple[str, str]]:
    """Return the class and function around each node whose source begins with ``wanted``."""
    places = []
    for holder in ast.walk(tree):
        if not isinstance(holder, (ast.ClassDef, ast.Module)):
            continue
        for function in holder.body:
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                hits = [node for node in ast.walk(function) if isinstance(node, (ast.Attribute, ast.keyword))]
                owner = getattr(holder, "name", "")
                places += [(owner, function.name) for node in hits if ast.unparse(node) == wanted]
    return places


@cache
def words_of(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", path.read_text(encoding="utf-8")))


def everywhere(wanted: str) -> list[tuple[str, str, str]]:
    """Return file, class and function of every use in the plugins."""
    words = set(re.findall(r"\w+", wanted))
    paths = [path for path in sorted(PLUGINS.rglob("*.py")) if words <= words_of(path)]
    return [
        (name_of(path) if path in SOURCES else path.stem, *place)
        for path in paths
        for place in functions_with(tree_of(path), wanted)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_imports_keep_the_direction_of_the_packages(name: str) -> None:
    own = package_of(name)
    imported = own_imports(NAMES[name])
    assert imported <= set(NAMES)
    others = {package_of(other) for other in imported} - {own}
    assert not [other for other in others if RANK[other] >= RANK[own]]


def test_no_import_cycles() -> None:
    left = {name: own_imports(path) for name, path in NAMES.items()}
    while left:
        ready = {name for name, needed in left.items() if not needed & set(left)}
        assert ready, f"these import each other: {sorted(left)}"
        left = {name: needed for name, needed in left.items() if name not in ready}


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=name_of)
def test_library_does_not_import_ansible(path: Path) -> None:
    for _level, name in imports_of(path):
        assert name.partition(".")[0] not in ("ansible", "ansible_collections", "runner", "arguments")
    assert not [name for name in own_imports(path) if name in ("runner", "arguments")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_has_no_logic(path: Path) -> None:
    texts, rest = [], []
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            texts += [ast.unparse(target) for target in node.targets]
        elif not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            rest.append(node)
    assert texts == ["DOCUMENTATION", "EXAMPLES", "RETURN"]
    first, function, start = rest
    assert ast.unparse(first) == f"from {COLLECTION}.plugins.module_utils.payload import compile_once"
    assert isinstance(function, ast.FunctionDef)
    _docstring, compile_once, *imports, run = function.body
    # What is imported before it is compiled twice.
    assert ast.unparse(compile_once) == "compile_once()"
    assert all(isinstance(node, ast.ImportFrom) for node in imports)
    names = [item.name for node in imports if isinstance(node, ast.ImportFrom) for item in node.names]
    spec = next(name for name in names if name != "run_module")
    assert sorted(names) == sorted([spec, "run_module"])
    assert ast.unparse(run) == f"run_module({spec})"
    assert ast.unparse(start) == "if __name__ == '__main__':\n    main()"


def test_one_gate_for_writes() -> None:
    assert everywhere("writes=True") == [("api.base", "Calls", "_write")]
    assert everywhere("self._transport.request") == [
        ("api.base", "Calls", "_read"),
        ("api.base", "Calls", "_write"),
    ]
    # A response that is not judged is for the conformance probe only.
    assert everywhere("self._transport.observe") == [("api.base", "Calls", "observe")]
    assert {place[0] for place in everywhere("api.observe")} == {"conformance.probe"}


def test_one_place_that_sends() -> None:
    assert everywhere("self._pools.send") == [("client.transport", "Transport", "_once")]
    users = {name for name, path in NAMES.items() for _level, other in imports_of(path) if other.startswith("urllib3")}
    assert users == {"client.pools", "client.sockets", "client.bodies"}
    for verb in ("get", "post", "put", "delete", "head", "patch", "request"):
        assert everywhere(f"requests.{verb}") == []
    for verb in ("get", "post", "put", "delete", "head", "patch", "send"):
        assert everywhere(f"session.{verb}") == []
    others = {"socket", "http", "urllib.request", "httpx", "aiohttp", "subprocess"}
    opening = {name for name, path in NAMES.items() for _level, other in imports_of(path) if other in others}
    assert opening == {"client.sockets"}


def test_one_place_that_exits() -> None:
    for word in ("exit_json", "fail_json"):
        assert {place[0] for place in everywhere(f"module.{word}")} == {"runner"}
    assert everywhere("sys.exit") == []


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=name_of)
def test_clock_and_randomness_are_injected(path: Path) -> None:
    tree = tree_of(path)
    defaults = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.arguments)
        for default in [*function.defaults, *function.kw_defaults]
        if default is not None
        for node in ast.walk(default)
    }
    # Given a time, they ask no clock.
    pure = {"time.gmtime", "time.strftime", "datetime.fromtimestamp", "datetime.fromisoformat"}
    used = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and id(node) not in defaults
        if node.value.id in ("time", "random", "secrets", "datetime") and ast.unparse(node) not in pure
    ]
    assert used == []
    assert not [name for level, name in imports_of(path) if not level and name in ("secrets", "uuid")]


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=name_of)
def test_no_global_statement_and_no_print(path: Path) -> None:
    for node in nodes_of(path):
        assert not isinstance(node, ast.Global)
        assert not (isinstance(node, ast.Name) and node.id == "print")


def test_a_module_imports_only_what_every_operation_needs() -> None:
    """What only some operations need is imported when one of them runs."""
    package = f"{COLLECTION}.plugins.module_utils"
    names = "name.partition('.pxbackup.')[2] for name in sys.modules if '.pxbackup.' in name"
    imports = f"import sys, {package}.pxbackup.backups.resource, {package}.runner"
    code = f"{imports}; print(*({names}), *({{'requests'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    started = set(done.stdout.split())
    assert "backups.resource" in started
    handlers = {operation.handler.partition(":")[0] for operation in OPERATIONS.values()}
    others = {"backups.preflight.checks", "core.writes", "core.watching", "client.login"}
    assert not started & (handlers | WAITING | others)
    assert not any(name.startswith("backups.batch") for name in started)
    # It is needed only where the environment names a proxy; what sends comes with it.
    assert "client.pools" in started and "requests" not in started


def test_waiting_is_loaded_by_a_task_that_waits() -> None:
    package = f"{COLLECTION}.plugins.module_utils.pxbackup"
    names = "name.partition('.pxbackup.')[2] for name in sys.modules if '.pxbackup.' in name"
    code = f"import sys, {package}.backups.inspect; print(*({names}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "backups.lookup" in done.stdout.split()
    assert not WAITING & set(done.stdout.split())


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.name)
def test_every_handler_can_be_loaded(spec: ModuleSpec) -> None:
    for operation in spec.operations:
        assert callable(load_handler(operation))


def payload_of(module: str) -> set[str]:
    """Return the files that Ansible packs for a module: only those that import statements name."""
    text = (PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8")
    reached, left = set(), {name for name in NAMES if re.search(rf"module_utils\.(pxbackup\.)?{name} import", text)}
    while left:
        name = left.pop()
        reached.add(name)
        left |= own_imports(NAMES[name]) - reached
    return reached


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.name)
def test_every_handler_is_in_the_payload(spec: ModuleSpec) -> None:
    handlers = {operation.handler.partition(":")[0] for operation in spec.operations}
    assert handlers <= payload_of(spec.name)


# The packages of a module's payload beside those of every module.
PACKED = {
    "backup": {"backups"},
    "backup_batch": {"backups"},
    "backup_info": {"backups"},
    # A backup that a restore reads is not deleted.
    "backup_prune": {"backups", "restores", "retention"},
    "conformance": {"backups", "restores", "conformance"},
    "protection_info": {"backups", "protection"},
    "restore": {"backups", "restores"},
    "restore_info": {"backups", "restores"},
    "token": set(),
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_payload_holds_no_package_that_its_module_does_not_need(path: Path) -> None:
    resources = {"backups", "restores", "retention", "protection", "events", "conformance", "library"}
    assert {package_of(name) for name in payload_of(path.stem)} & resources == PACKED[path.stem]


# The tools are in the checkout alone, not in the copied tree and not in what is installed.
TOOLS = sorted((Path(os.environ.get("PX_BACKUP_TEST_CHECKOUT") or PLUGINS.parent) / "tools").glob("*.py"))
# Tables of data.
TABLES = ("schema.py", "signatures.py")


@pytest.mark.parametrize(
    "path", sorted([*PLUGINS.rglob("*.py"), *TOOLS]), ids=lambda path: f"{path.parent.name}.{path.stem}"
)
def test_functions_and_files_are_short(path: Path) -> None:
    functions = [node for node in nodes_of(path) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert not {name: lines for name, lines in long.items() if lines > 40}
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300 or path.name in TABLES or path.parent.name in ("modules", "doc_fragments")
