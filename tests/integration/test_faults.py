# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever goes wrong on the way, the answer and the server's state agree, and the next run heals it."""

from __future__ import annotations

import pytest

from support.examples import EXAMPLES
from support.faults import FAULTS, Matrix
from support.simulator import Simulator


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", EXAMPLES)
def test_the_answer_and_the_state_agree(simulator: Simulator, operation: str, fault: str) -> None:
    cells = list(Matrix(simulator, operation).cells(FAULTS[fault]))
    assert cells
    bad = [str(cell) for cell in cells if cell.wrong]
    assert not bad, "\n".join(bad)
