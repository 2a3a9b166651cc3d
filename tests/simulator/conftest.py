# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: a shared simulator for most tests, and separate ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator_process import PACKAGE, Simulator, Starter

# The tests of pure functions import the package that the processes run.
sys.path.insert(0, str(PACKAGE))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One process for most tests."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator"), ())
    yield simulator
    simulator.stop()


@pytest.fixture
def sim(shared: Simulator) -> Simulator:
    """The shared process, reset."""
    shared.control("POST", "reset")
    return shared


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Start separate processes; all are stopped after the test."""
    running: list[Simulator] = []

    def starter(*arguments: str) -> Simulator:
        simulator = Simulator(tmp_path, arguments)
        running.append(simulator)
        return simulator

    yield starter
    for simulator in running:
        if simulator.process.poll() is None:
            simulator.stop()
