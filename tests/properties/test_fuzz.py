# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks against a server with damaged responses: success, or one sentence of a category.

`make fuzz` runs the same for longer and with other seeds.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.tests.properties.support import fuzz

SEED = 1
CASES = 2000
# Slow machines run fewer cases.
SECONDS = 30.0

GOOD = {"failed": False, "changed": False, "message": "1 backup"}
ERROR = {"category": "server", "hint": None, "method": "GET", "path": "/v1/x", "grpc_code": None}
FAILED = {"failed": True, "changed": False, "msg": "it failed", "error": ERROR}


def test_every_case_ends_with_success_or_one_sentence() -> None:
    ends, bad = fuzz.run(SEED, range(CASES), SECONDS)
    assert not bad, "\n".join(map(str, bad[:10]))
    # Both kinds of end are there, and most of the ways in which a task can fail.
    assert ends["success"] > ends.total() / 5
    assert {"validation", "protocol", "not_found"} <= ends.keys()


def test_a_case_is_the_same_each_time() -> None:
    with fuzz.FuzzServer() as server:
        first, second = (fuzz.Fuzz(server, 7).case(3) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("result", [GOOD, FAILED])
def test_a_good_result_has_no_problem(result: dict[str, Any]) -> None:
    assert list(fuzz.problems(result)) == []


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        ({**FAILED, "exception": "Traceback"}, "internal error"),
        ({**FAILED, "error": None}, "error is None"),
        ({**FAILED, "error": {**ERROR, "category": "other"}}, "error is"),
        ({**FAILED, "error": {**ERROR, "hint": "a\x1b[2J"}}, "control characters"),
        ({**FAILED, "msg": "x" * 2001}, "2001 characters"),
        ({**FAILED, "msg": ""}, "no sentence"),
        ({**FAILED, "changed": None}, "changed is missing"),
        ({**GOOD, "message": "a\nb"}, "control characters"),
        ({**GOOD, "backup": {"size": float("nan")}}, "cannot be passed on"),
        ({**GOOD, "backups": [{"failed": False, "message": "\u202e"}]}, "control characters"),
    ],
)
def test_a_bad_result_is_noticed(result: dict[str, Any], problem: str) -> None:
    found = list(fuzz.problems(result))
    assert len(found) == 1
    assert problem in found[0]


def test_a_hang_is_noticed() -> None:
    with pytest.raises(fuzz.Hang), fuzz.limited(0.05):
        time.sleep(5)
