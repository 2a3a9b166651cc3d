# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows and columns of the fault matrix: every operation, and every fault; ``support.fault_cells`` runs them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.resource import (
    BACKUP_BATCH_MODULE,
    BATCH,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation

from support.examples import BATCHES, ENTRIES, Entry, Example

# Seconds. The matrix is about what happens, not about how long a user would wait for it.
TIMEOUT = 0.25

# Seconds, for a task that has no reason to time out: a slow machine may take its time.
PATIENT = 20 * TIMEOUT

# The clock that bounds the length of a body runs faster by this, so that a slow body times out sooner.
HURRY = 5


class Fault(NamedTuple):
    """One way in which a request fails.

    Attributes:
        rule: the simulator's fault rule.
        login: whether the task logs in instead of giving a token.
        hurry: how much faster the clock runs that bounds the length of a response.
        timeout: the task's, in seconds.
    """

    rule: dict[str, Any]
    login: bool = False
    hurry: int = HURRY
    timeout: float = PATIENT


def _operation(entry: Entry, context: Context, task: dict[str, Any]) -> Outcome:
    return run_operation(context, entry.spec, entry.operation, task)


def _batch(context: Context, task: dict[str, Any]) -> Outcome:
    # One at a time, so that the same request comes first in every run.
    return run_operation(context, BACKUP_BATCH_MODULE, BATCH, {"state": "present", "concurrency": 1, **task})


def _slow(kind: str, hurry: int = HURRY, **more: Any) -> Fault:
    return Fault({"kind": kind, **more}, hurry=hurry, timeout=TIMEOUT)


def _status(status: int, processed: bool, **more: Any) -> Fault:
    return Fault({"kind": "status", "status": status, "process": processed, **more})


FAULTS = {
    "connection dropped before": Fault({"kind": "drop_before"}),
    "connection reset before": Fault({"kind": "drop_before", "reset": True}),
    "connection dropped after": Fault({"kind": "drop_after"}),
    "429 with Retry-After": _status(429, False, headers={"Retry-After": "1"}),
    "500 gRPC Unknown": Fault({"kind": "grpc_error", "code": 2, "text": "database is away", "process": False}),
    "502 HTML page before": Fault({"kind": "html", "status": 502, "process": False}),
    "502 HTML page after": Fault({"kind": "html", "status": 502, "process": True}),
    "503 before": _status(503, False),
    "503 after": _status(503, True),
    "504 after": _status(504, True),
    "slow first byte within the timeout": _slow("slow_first_byte", seconds=TIMEOUT / 4),
    "slow first byte beyond the timeout": _slow("slow_first_byte", seconds=TIMEOUT * 1.5),
    "slow body": _slow("slow_body", seconds=TIMEOUT * 3),
    "silence": _slow("silence"),
    "truncated body": Fault({"kind": "truncated_body"}),
    "HTML page with 200 before": Fault({"kind": "html", "process": False}),
    "HTML page with 200 after": Fault({"kind": "html", "process": True}),
    "empty body before": Fault({"kind": "empty_body", "process": False}),
    "empty body after": Fault({"kind": "empty_body", "process": True}),
    "wrong content type": Fault({"kind": "wrong_content_type", "process": True}),
    "JSON list before": Fault({"kind": "not_object", "process": False}),
    "JSON list after": Fault({"kind": "not_object", "process": True}),
    "redirect": Fault({"kind": "redirect"}),
    "200 with an error body before": Fault({"kind": "error_body", "process": False}),
    "200 with an error body after": Fault({"kind": "error_body", "process": True}),
    "500 after": Fault({"kind": "grpc_error", "code": 2, "text": "database is away", "process": True}),
    "another object": Fault({"kind": "other_object"}),
    "short body": Fault({"kind": "short_body"}),
    "headers that drip": _slow("drip", hurry=10 * HURRY, part="headers", seconds=TIMEOUT / 25),
    "body without end": Fault({"kind": "huge_body", "length": 0}),
    "control characters in texts": Fault({"kind": "hostile_text"}),
    "control characters in an error before": Fault({"kind": "hostile_text", "status": 500, "process": False}),
    "control characters in an error after": Fault({"kind": "hostile_text", "status": 500, "process": True}),
    "another kind of object not found before": Fault({"kind": "contradiction", "process": False}),
    "another kind of object not found after": Fault({"kind": "contradiction", "process": True}),
    "not found though it exists": Fault({"kind": "stale_not_found"}),
    "502 that says not found before": Fault({"kind": "stale_not_found", "status": 502, "process": False}),
    "502 that says not found after": Fault({"kind": "stale_not_found", "status": 502, "process": True}),
    "list without the object": Fault({"kind": "stale_list"}),
    "token expires": Fault({"kind": "expire_token"}),
    "token expires, with a login": Fault({"kind": "expire_token"}, login=True),
}


class Work(NamedTuple):
    """What a row of the matrix carries out, whether it writes, and its example."""

    run: Callable[[Context, dict[str, Any]], Outcome]
    writes: bool
    example: Example


WORKS = {
    **{
        name: Work(partial(_operation, entry), entry.operation.writes, entry.example) for name, entry in ENTRIES.items()
    },
    **{name: Work(_batch, True, example) for name, example in BATCHES.items()},
}
