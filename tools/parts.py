# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the test run: which there are, what each needs, and those that run tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import linters
import venvs
from toolbox import CORES, WORKERS, Result, Toolbox, run_timed
from workspace import (
    ANSIBLE_HOME,
    CONTRACT,
    INSTALLED,
    ROOT,
    copy_tree,
    integration_path,
    tree_collection,
    work_path,
)


def _work_tree_pytest(name: str, *options: str) -> Callable[[Toolbox], Result]:
    """Return a part that runs tests in the copied tree, where ansible_collections can be imported."""

    def run(box: Toolbox) -> Result:
        # The facts of the API, which may lie beside the checkout; a test compares the tables with them.
        contract = {"PX_BACKUP_CONTRACT": str(CONTRACT)} if CONTRACT.is_dir() else {}
        extra = {"PYTHONPATH": work_path(), "PX_BACKUP_TEST_CHECKOUT": str(ROOT)} | contract
        return box.pytest(name, tree_collection(), extra, *options)

    return run


def smoke(box: Toolbox) -> Result:
    """Run one playbook with the checkout's own collection and simulator, neither built nor installed."""
    return box.pytest("integration/test_registry.py", ROOT, None, "-m", "smoke", name="smoke")


def integration(box: Toolbox, **extra: str) -> Result:
    """Run real playbooks with the installed collection against simulators."""
    workers = ("-n", str(WORKERS), "--dist", "worksteal")
    # Other releases of Ansible are started as users start them.
    start = {} if box.venv == "dev" else {"PX_BACKUP_TEST_START": "command"}
    result = box.pytest(
        "integration", ROOT, {"PYTHONPATH": integration_path()} | start | extra, *workers, "-m", "not slow"
    )
    result.notes.append("not run: tests marked slow (pytest tests/integration -m slow)")
    return result


def eda(_box: Toolbox) -> Result:
    """Run rulebooks in a real ansible-rulebook, and the certification's linters on the event sources."""
    venvs.ensure("eda")
    venvs.install_simulator("eda")
    return Toolbox("eda").pytest("eda", ROOT, {"PYTHONPATH": str(INSTALLED)}, "-n", "2")


def users(box: Toolbox) -> Result:
    """Run the tools of users on the installed collection: ansible-builder, ansible-lint, mypy."""
    builder = venvs.ensure("environments") / "ansible-builder"
    extra = {"PYTHONPATH": str(INSTALLED), "PX_BACKUP_TEST_BUILDER": str(builder)}
    result = box.pytest("users", ROOT, extra, "-m", "not slow")
    result.notes.append("not run: images of the sample environments (pytest tests/users -m slow)")
    return result


def as_modules(box: Toolbox) -> Result:
    """Run the same playbooks with every task as a module."""
    return integration(box, PX_BACKUP_TEST_PATH="module")


PARTS: dict[str, Callable[[Toolbox], Result]] = {
    "build": linters.build,
    "ruff": lambda box: box.tool("ruff", ROOT, ["ruff", "check", "."], ["ruff", "format", "--check", "."]),
    "mypy": linters.mypy,
    "vermin": linters.vermin,
    "yamllint": lambda box: box.tool("yamllint", ROOT, ["yamllint", "--strict", "."]),
    "ansible-lint": linters.ansible_lint,
    "codespell": lambda box: box.tool("codespell", ROOT, ["codespell"]),
    "words": lambda box: box.tool("words", ROOT, ["python", ROOT / "tools" / "words.py"]),
    "changelog": linters.changelog,
    "plugin-docs": linters.plugin_docs,
    "generated": linters.generated,
    "site": linters.site,
    "galaxy-importer": linters.importer,
    "sanity": linters.sanity,
    # Some of them wait for a second: one process more than cores.
    "unit": _work_tree_pytest("unit", "-n", str(CORES + 1)),
    "properties": _work_tree_pytest("properties", "-n", str(CORES)),
    "simulator": lambda box: box.pytest("simulator", ROOT, None, "-n", str(CORES)),
    "smoke": smoke,
    "integration": integration,
    "eda": eda,
    "users": users,
    "as-modules": as_modules,
}
# Run when they are asked for.
ON_REQUEST = ("smoke", "as-modules")
# What is tried after every few lines of a change.
CHECK = ("ruff", "mypy", "unit", "smoke")
LINT = (
    "ruff",
    "mypy",
    "vermin",
    "yamllint",
    "ansible-lint",
    "codespell",
    "words",
    "changelog",
    "plugin-docs",
    "generated",
)
# Parts that take the tarball or the installed collection.
NEED_BUILD = ("ansible-lint", "galaxy-importer", "integration", "eda", "users", "as-modules")
# Parts that take the installed simulator; the others run it from the checkout.
NEED_SIMULATOR = ("integration", "as-modules")


def run_part(name: str, box: Toolbox) -> Result:
    """Run one part and time it; a part that cannot start has failed."""
    return run_timed(name, lambda: PARTS[name](box))


def prepare(venv: str, names: Sequence[str], python: str) -> Toolbox:
    """Create the environments of uv and the parts, install the simulator where a part needs it, and copy the tree."""
    venvs.ensure("lock")
    venvs.ensure(venv, python)
    if any(name in NEED_SIMULATOR for name in names):
        venvs.install_simulator(venv)
    copy_tree()
    ANSIBLE_HOME.mkdir(parents=True, exist_ok=True)
    return Toolbox(venv)
