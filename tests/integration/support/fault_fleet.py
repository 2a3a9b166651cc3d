# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulators that run cells of the fault matrix side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from unittest.mock import patch

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client import bodies

from support.fault_cells import Bench, Cell
from support.faults import Fault
from support.local_simulator import LocalSimulator, local_simulators

# Bytes. The body without end is given up sooner than in a task.
RESPONSE_BYTES = 256 * 1024

# Cells that run side by side: most of the time of a slow one is spent waiting. More of them would delay each other
# beyond the short timeout.
SIMULATORS = 4


class Fleet:
    """Simulators for cells that run side by side."""

    def __init__(self, simulators: list[LocalSimulator], pool: ThreadPoolExecutor) -> None:
        self._free: SimpleQueue[LocalSimulator] = SimpleQueue()
        for simulator in simulators:
            self._free.put(simulator)
        self._pool = pool
        self._requests: dict[tuple[str, bool], list[str]] = {}

    @contextmanager
    def bench(self, operation: str) -> Iterator[Bench]:
        """Lend a simulator for the length of a block."""
        simulator = self._free.get()
        try:
            yield Bench(simulator, operation)
        finally:
            self._free.put(simulator)

    def requests(self, operation: str, login: bool = False) -> list[str]:
        """Return what an operation sends without a fault; it is found out once."""
        key = (operation, login)
        if key not in self._requests:
            with self.bench(operation) as bench:
                self._requests[key] = bench.requests(login)
        return self._requests[key]

    def cells(self, operation: str, fault: Fault) -> list[Cell]:
        """Run the cells of one operation and one fault, in the order of the requests."""

        def run(nth: int) -> list[Cell]:
            with self.bench(operation) as bench:
                return bench.cells(fault, nth)

        numbers = range(1, len(self.requests(operation, fault.login)) + 1)
        return [cell for cells in self._pool.map(run, numbers) for cell in cells]


@contextmanager
def running_fleet() -> Iterator[Fleet]:
    """Start simulators for the length of a block."""
    with (
        patch.object(bodies, "RESPONSE_BYTES", RESPONSE_BYTES),
        local_simulators(SIMULATORS) as simulators,
        ThreadPoolExecutor(SIMULATORS) as pool,
    ):
        yield Fleet(simulators, pool)
