# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` without containers, in a copied tree, and say what it skipped."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from processes import Command, run_logged
from workspace import OWN_TESTS, ROOT, WORK, clean_environment, copy_tree

SKIPPED = re.compile(r"^WARNING: (Skipping sanity test .*)$|^(NOTICE: .*skipp.*)$", re.MULTILINE | re.IGNORECASE)
# What ansible-test calls the environments in which it imports modules and plugins.
IMPORT_ENVIRONMENTS = ("sanity", "sanity.import.plugin")
NOTHING_RAN = "All targets skipped"
RAN = re.compile(r'^Running sanity test "', re.MULTILINE)


def _seed_get_pip(bin_folder: Path, home: Path) -> None:
    """Put our stand-in where ansible-test keeps the get-pip script, for each version it may ask for."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    pattern = "lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"
    for source in bin_folder.parent.glob(pattern):
        for version in re.findall(r"""pip=['"]([\d.]+)['"]""", source.read_text()):
            shutil.copyfile(ROOT / "tools" / "get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")


def _compile_once(home: Path) -> None:
    """Put the module that keeps compilations into the environments of the import test."""
    source = (ROOT / "tools" / "compile_once.py").read_bytes()
    for name in IMPORT_ENVIRONMENTS:
        for packages in (home / ".ansible" / "test" / "venv" / name).glob("*/*/lib/python*/site-packages"):
            (packages / "compile_once.py").write_bytes(source)
            (packages / "compile_once.pth").write_text("import compile_once\n")


def run_sanity(venv: str, bin_folder: Path, log: Path) -> tuple[bool, list[str]]:
    """Run all sanity tests with the core of an environment; return whether they passed, and what was skipped."""
    home = WORK / "ansible-test" / venv
    _seed_get_pip(bin_folder, home)
    tree = copy_tree(f"sanity-{venv}", OWN_TESTS)
    if any((tree / "tests" / "sanity").glob("ignore-*.txt")):
        log.write_text("tests/sanity has ignore files: this project has none\n")
        return False, []
    environment = clean_environment(bin_folder) | {"HOME": str(home)}
    environment.pop("ANSIBLE_HOME")
    command: Command = [bin_folder / "ansible-test", "sanity", "--color", "no"]
    made = log.with_name("sanity-environments.log")
    made.write_text("")
    status = run_logged([*command, "--prime-venvs"], cwd=tree, env=environment, log=made, seconds=900)
    if status:
        log.write_bytes(made.read_bytes())
    else:
        _compile_once(home)
        status = run_logged(command, cwd=tree, env=environment, log=log, seconds=900)
    output = log.read_text(errors="replace")
    if status:
        _forget_half_made(home, output)
    passed = status == 0 and NOTHING_RAN not in output and bool(RAN.search(output))
    return passed, sorted({first or second for first, second in SKIPPED.findall(output)})


def _forget_half_made(home: Path, output: str) -> None:
    """Remove ansible-test's environments when creating one failed: it would use the incomplete one."""
    if re.search(r"^FATAL: (?!The \d+ sanity)", output, re.MULTILINE):
        shutil.rmtree(home / ".ansible" / "test" / "venv", ignore_errors=True)
