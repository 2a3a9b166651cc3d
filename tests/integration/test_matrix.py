# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix of `make matrix` and that of the workflow are the same, and each core runs sanity without ignores."""

from __future__ import annotations

import importlib
import sys
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def matrix(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool that runs the matrix."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("matrix")


@pytest.fixture
def jobs() -> dict[str, Any]:
    """The jobs of the workflow."""
    return dict(yaml.safe_load((ROOT / ".github" / "workflows" / "matrix.yml").read_text())["jobs"])


def test_the_workflow_runs_every_pair(matrix: ModuleType, jobs: dict[str, Any]) -> None:
    axes = jobs["core"]["strategy"]["matrix"]
    excluded = {(pair["core"], pair["python"]) for pair in axes["exclude"]}
    pairs = {(core, python) for core, pythons in matrix.PYTHONS.items() for python in pythons}
    assert set(product(axes["core"], axes["python"])) - excluded == pairs
    assert tuple(jobs["host"]["strategy"]["matrix"]["python"]) == matrix.HOSTS


def test_every_core_has_its_pins_from_the_oldest_on(matrix: ModuleType) -> None:
    for core in matrix.PYTHONS:
        assert f"ansible-core=={core}." in (ROOT / "requirements" / f"core-{core}.txt").read_text()
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert runtime["requires_ansible"] == f">={next(iter(matrix.PYTHONS))}.0"


def test_every_core_runs_sanity_and_nothing_is_ignored(matrix: ModuleType) -> None:
    assert "sanity" in matrix.PARTS
    assert list((ROOT / "tests").glob("sanity/ignore*")) == []


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_missing_python_is_named_and_fails_in_ci_alone(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    done = matrix.Row("2.19", "3.12", [sys.modules["parts"].Result("unit", passed=1)])
    rows = [done, matrix.Row("2.21", "3.14", [], missing=True), matrix.Row("host", "3.14", [], missing=True)]
    assert matrix.close(rows, 1.0) == (1 if ci else 0)
    assert "cells without a Python here: 2.21/3.14, host/3.14" in capsys.readouterr().out
