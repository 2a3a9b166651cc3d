# SPDX-License-Identifier: GPL-3.0-or-later
"""What mutation tests have measured: the records of mutmut, scores, and docs/mutation.md."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

from workspace import FULL_NAME, ROOT, SIMULATOR, clean_environment

SOURCES = ROOT / "plugins" / "module_utils" / "pxbackup"
REASONS = ROOT / "tools" / "mutation-reasons.json"
COLLECTION = f"ansible_collections/{FULL_NAME.replace('.', '/')}"
LIBRARY = f"{COLLECTION}/plugins/module_utils/pxbackup"
# How pytest ends that noticed nothing, and what mutmut notes where no test comes; the rest ended badly, as it should.
UNNOTICED = (0, 33)
INTRODUCTION = """\
# Mutation tests

`make mutation` changes the library bit by bit, runs the unit tests and the recorded scenarios for each change, and
counts the changes that a test notices. A change that makes the tests hang is noticed: the tests of each one have a
limit in wall time. This page is written by `make mutation ARGS=--write` from what was measured. Where fewer changes
were tried than there are, they are a sample of each file, chosen by chance (`--sample 12`), and each met the quickest
tests that run the changed function, 12 seconds of them or more. The score is the share of the tried changes noticed.

| package | files measured | changes | tried | noticed | score |
|---|---|---|---|---|---|
"""
UNNOTICED_HEAD = """
## Changes that no test noticed

| place | change | why |
|---|---|---|
"""


def library_files() -> list[str]:
    """Return the files of the library that contain code, without their ending."""
    found = [path for path in sorted(SOURCES.rglob("*.py")) if path.stat().st_size]
    return [str(path.relative_to(SOURCES).with_suffix("")) for path in found]


def package_of(name: str) -> str:
    """Return the package of a file; files beside the packages count as one."""
    return name.partition("/")[0] if "/" in name else "pxbackup"


def full_outcomes(tree: Path, name: str) -> dict[str, int | None]:
    """Return how pytest ended for each change of one file, by its whole name; ``None`` where it did not run."""
    record = tree / "mutants" / LIBRARY / f"{name}.py.meta"
    found = json.loads(record.read_text(encoding="utf-8"))["exit_code_by_key"] if record.is_file() else {}
    return {str(key): code for key, code in found.items()}


def outcomes(tree: Path, name: str) -> dict[str, int | None]:
    """Return how pytest ended for each change of one file; ``None`` where it did not run."""
    return {key.rpartition(".")[2]: code for key, code in full_outcomes(tree, name).items()}


def count(tree: Path, name: str) -> Counter[str]:
    """Return how many changes of a file were tried, noticed, and not tried."""
    found = outcomes(tree, name)
    tried = [code for code in found.values() if code is not None]
    noticed = sum(code not in UNNOTICED for code in tried)
    return Counter(tried=len(tried), noticed=noticed, untried=len(found) - len(tried))


def score(total: Counter[str]) -> str:
    """Return the share of the changes that were noticed."""
    return f"{100 * total['noticed'] / total['tried']:.1f} %" if total["tried"] else "-"


def page(tree: Path, bin_folder: Path) -> str:
    """Return the page: the score of each package of which something was measured, and what was not noticed."""
    lines, unnoticed = [], []
    names = library_files()
    for package in sorted({package_of(name) for name in names}):
        files = [name for name in names if package_of(name) == package]
        counts = {name: count(tree, name) for name in files}
        measured = [name for name in files if counts[name]["tried"]]
        total = sum((counts[name] for name in measured), Counter[str]())
        if measured:
            which = f"all {len(files)}" if measured == files else f"{len(measured)} of {len(files)}"
            changes = total["tried"] + total["untried"]
            lines.append(
                f"| `{package}` | {which} | {changes} | {total['tried']} | {total['noticed']} | {score(total)} |\n"
            )
        for name in measured:
            unnoticed += unnoticed_lines(tree, bin_folder, name)
    return INTRODUCTION + "".join(lines) + UNNOTICED_HEAD + "".join(unnoticed)


def unnoticed_lines(tree: Path, bin_folder: Path, name: str) -> list[str]:
    """Return a line of the page for each change of a file that no test noticed, with the reason noted for it."""
    noted = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.is_file() else {}
    lines = []
    for key, code in sorted(full_outcomes(tree, name).items()):
        if code in UNNOTICED:
            change = change_of(tree, bin_folder, key)
            reason = noted.get(name, {}).get(change, "not examined")
            function = key.rpartition(".")[2].partition("__mutmut")[0]
            lines.append(f"| `{name}`, `{re.sub('^x_|^xǁ', '', function).replace('ǁ', '.')}` | {change} | {reason} |\n")
    return lines


def change_of(tree: Path, bin_folder: Path, key: str) -> str:
    """Return a change as text: the line before and after."""
    command = [str(bin_folder / "mutmut"), "show", key]
    shown = subprocess.run(
        command, cwd=tree, env=environment(bin_folder), capture_output=True, text=True, check=False
    ).stdout
    lines = [line for line in shown.splitlines() if re.match(r"[-+](?![-+]{2})", line)]
    parts = [" ".join(line[1:].split()) for sign in "-+" for line in lines if line[0] == sign]
    return " → ".join(f"`{part.replace('|', chr(92) + '|')}`" for part in parts)


def environment(bin_folder: Path) -> dict[str, str]:
    """Return the environment of mutmut: its tests import the simulator."""
    return clean_environment(bin_folder, proxies=False) | {"PYTHONPATH": str(SIMULATOR)}
