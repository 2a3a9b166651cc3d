# SPDX-License-Identifier: GPL-3.0-or-later
"""Sanity, unit and integration tests for each ansible-core, and the modules on each Python of a managed host.

A cell whose Python this machine does not have is named and skipped; it fails only when CI=true. `--parts unit sanity`
runs some parts of the cores alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import package
import venvs
from parts import run_part
from processes import interrupt_on_term, stop_all
from toolbox import WORKERS, Result, Toolbox, clear_logs, explain, run_timed
from workspace import LOGS, ROOT, StepError, copy_tree, integration_path

PARTS = ("sanity", "unit", "integration")
# The Pythons a controller of each ansible-core may have, the first one that is there is taken.
PYTHONS = {
    "2.17": ("3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
# The Pythons that a managed host may have. Their requests is as old as the collection takes, see requirements/host.in.
HOSTS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
HOST_CORE = "2.19"
HOST_TESTS = "test_registry or test_connection or test_the_script"


@dataclass
class Row:
    """One ansible-core, or a managed host: its Python, whether that is there, and the results of its parts."""

    core: str
    python: str
    results: list[Result]
    missing: bool = False


def find_python(core: str, wanted: str = "") -> tuple[str, str] | None:
    """Return the version and path of a Python for this core: the one wanted, or the first that is found."""
    for version in (wanted,) if wanted else PYTHONS[core]:
        path = venvs.interpreter(version)
        if path:
            return version, path
    return None


def run_core(core: str, wanted: str = "", parts: Sequence[str] = PARTS) -> Row:
    """Run parts with one ansible-core, and a certain Python if one is wanted."""
    found = find_python(core, wanted)
    if found is None:
        print(f"missing core {core}: no Python of {wanted or ', '.join(PYTHONS[core])} here", flush=True)
        return Row(core, wanted or "-", [], missing=True)
    version, path = found
    venv, row = f"core-{core}", Row(core, version, [])
    try:
        venvs.ensure(venv, path)
        venvs.install_simulator(venv)
        box = Toolbox(venv, LOGS / venv)
        package.build_and_install(box.bin, box.new_log("build"))
    except StepError as error:
        print(f"FAILED  core {core}: {error}", flush=True)
        row.results.append(Result("set-up", failed=1))
        return row
    for part in parts:
        result = run_part(part, box)
        row.results.append(result)
        report(core, version, result)
    return row


def run_host(version: str) -> Row:
    """Run the modules with another Python than the controller's."""
    path = venvs.interpreter(version)
    if path is None:
        print(f"missing host Python {version}: not here", flush=True)
        return Row("host", version, [], missing=True)
    row = Row("host", version, [])
    controller = find_python(HOST_CORE)
    try:
        host = venvs.ensure(f"host-{version}", path, "host")
        venvs.ensure(f"core-{HOST_CORE}", controller[1] if controller else sys.executable)
        venvs.install_simulator(f"core-{HOST_CORE}")
        box = Toolbox(f"core-{HOST_CORE}", LOGS / f"host-{version}")
        package.build_and_install(box.bin, box.new_log("build"))
        extra = {"PYTHONPATH": integration_path(), "PX_BACKUP_TEST_HOST_PYTHON": str(host / "python")}
        extra["PX_BACKUP_TEST_START"] = "command"
        options = ("-n", str(WORKERS), "-k", HOST_TESTS)
        result = run_timed("integration", lambda: box.pytest("integration", ROOT, extra, *options))
    except StepError as error:
        result = Result("set-up", failed=1, notes=[str(error)])
    row.results.append(result)
    report("host", version, result)
    return row


def report(core: str, python: str, result: Result) -> None:
    """Print the line of a cell, and what a failed one said last."""
    counts = f"{result.passed} passed, {result.failed} failed"
    verdict = "ok" if result.ok else "FAILED"
    print(f"{verdict:<7} core {core} py {python:<5} {result.name:<12} {counts:<28} {result.seconds:6.1f} s", flush=True)
    for note in result.notes:
        print(f"        - {note}")
    if not result.ok:
        print("\n".join(f"        | {line}" for line in explain(result).splitlines()), flush=True)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table: a line for each core, a column for each part."""
    lines = ["", f"{'core':<6}{'Python':<8}" + "".join(f"{part:<16}" for part in PARTS)]
    for row in rows:
        cells = {result.name: f"{'ok' if result.ok else 'FAILED'} {result.passed}" for result in row.results}
        absent = "missing" if row.missing else "not run"
        columns = "".join(f"{cells.get(part, absent):<16}" for part in PARTS)
        lines.append(f"{row.core:<6}{row.python:<8}{columns}")
    return "\n".join(lines)


def close(rows: Sequence[Row], seconds: float) -> int:
    """Print the table and the sum; return the exit status."""
    results = [result for row in rows for result in row.results]
    missing = [f"{row.core}/{row.python}" for row in rows if row.missing]
    strict = os.environ.get("CI") == "true"
    print(table(rows))
    print(f"\n{len(results)} cells in {seconds:.0f} s; logs in {LOGS.relative_to(ROOT)}")
    if missing:
        print(f"cells without a Python here: {', '.join(missing)}{' (a failure, as CI=true)' if strict else ''}")
    failed = sum(result.failed for result in results) + (len(missing) if strict else 0)
    print(f"{sum(result.passed for result in results)} passed, {failed} failed")
    return 1 if failed or not results or not all(result.ok for result in results) else 0


def read_cell(cell: str) -> tuple[str, str]:
    """Return core (or `host`) and Python of a word such as `2.19`, `2.19/3.12` or `host/3.9`.

    Raises:
        ValueError: there is no such cell.
    """
    core, _slash, python = cell.partition("/")
    pythons = HOSTS if core == "host" else PYTHONS.get(core, ())
    if python not in pythons and (python or not pythons or core == "host"):
        raise ValueError(f"unknown cell {cell!r}: expected CORE, CORE/PYTHON or host/PYTHON")
    return core, python


def run_cell(core: str, python: str, parts: Sequence[str]) -> Row:
    """Run one cell of the matrix."""
    return run_host(python) if core == "host" else run_core(core, python, parts)


def main() -> int:
    """Run the matrix, or the cells that are named."""
    parser = argparse.ArgumentParser(description="Run the tests with each supported ansible-core.")
    parser.add_argument(
        "cells",
        nargs="*",
        metavar="CELL",
        help=f"a core ({', '.join(PYTHONS)}), CORE/PYTHON or host/PYTHON; every core and every host when none is given",
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="parts to run with each core (all)")
    arguments = parser.parse_args()
    named = arguments.cells or [*PYTHONS, *(f"host/{version}" for version in HOSTS)]
    try:
        cells = [read_cell(cell) for cell in named]
    except ValueError as error:
        parser.error(str(error))
    interrupt_on_term()
    started = time.monotonic()
    for core, python in cells:
        clear_logs(LOGS / (f"host-{python}" if core == "host" else f"core-{core}"))
    copy_tree()
    try:
        rows = [run_cell(core, python, arguments.parts) for core, python in cells]
    except KeyboardInterrupt:
        stop_all()
        print("interrupted", file=sys.stderr)
        return 130
    return close(rows, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
