# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix: every operation, every fault, at each of its requests, once and from then on.

A cell runs the library itself over real HTTP against the simulator, with short times, and compares what the
operation returns with the state of the simulator.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple
from unittest.mock import patch

import trustme
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.batch.resource import (
    BACKUP_BATCH_MODULE,
    BATCH,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client import bodies
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import caller_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import (
    Context,
    Outcome,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import References
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.limits import SENTENCE_CHARACTERS

from support.examples import BATCHES, ENTRIES, Entry, Example
from support.simulator import Simulator, settled, started

# Seconds. The matrix is about what happens, not about how long a user would wait for it.
TIMEOUT = 0.25
LONGEST_PAUSE = 0.02
RETRIES = 2

# The clock that bounds the length of a body runs faster by this, so that a slow body times out sooner.
HURRY = 5

# Bytes. The body without end is given up sooner than in a task.
RESPONSE_BYTES = 256 * 1024

# No cell may take longer: the requests of an operation and its checks, each tried three times without a response.
TIME_BUDGET = 30.0

# The words of an error after which the server may have carried the request out.
TELLS = re.compile(r"\bmay (still|have)\b|\bunknown whether\b|\bcould not be checked whether\b")

# The faults strike once, or each time from then on.
ONCE, FOR_GOOD = 1, 0


class Fault(NamedTuple):
    """One way in which a request fails.

    Attributes:
        rule: the simulator's fault rule.
        login: whether the task logs in instead of giving a token.
        hurry: how much faster the clock runs that bounds the length of a response.
    """

    rule: dict[str, Any]
    login: bool = False
    hurry: int = HURRY


def _operation(entry: Entry, context: Context, task: dict[str, Any]) -> Outcome:
    return run_operation(context, entry.spec, entry.operation, task)


def _batch(context: Context, task: dict[str, Any]) -> Outcome:
    # One at a time, so that the same request comes first in every run.
    return run_operation(context, BACKUP_BATCH_MODULE, BATCH, {"state": "present", "concurrency": 1, **task})


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
    "slow first byte within the timeout": Fault({"kind": "slow_first_byte", "seconds": TIMEOUT / 4}),
    "slow first byte beyond the timeout": Fault({"kind": "slow_first_byte", "seconds": TIMEOUT * 1.5}),
    "slow body": Fault({"kind": "slow_body", "seconds": TIMEOUT * 3}),
    "silence": Fault({"kind": "silence"}),
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
    "headers that drip": Fault({"kind": "drip", "part": "headers", "seconds": TIMEOUT / 25}, hurry=10 * HURRY),
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


class Result(NamedTuple):
    """The result of an operation, as a task returns it."""

    changed: bool
    error: PXBackupError | None
    seconds: float

    @property
    def admits(self) -> bool:
        """Whether it says that something was or may have been changed."""
        if self.error is None:
            return self.changed
        return self.changed or bool(TELLS.search(str(self.error)))


class Cell(NamedTuple):
    """One cell of the matrix: what happened, and what was wrong with it.

    Attributes:
        nth: the number of the request that fails, 1 is the first.
        times: ``ONCE`` or ``FOR_GOOD``.
        altered: whether the state of the simulator changed.
        reached: whether the state is as the task requests.
        wrong: the rules that do not hold, none for a good cell.
    """

    nth: int
    times: int
    result: Result
    altered: bool
    reached: bool
    wrong: list[str]

    def __str__(self) -> str:
        often = "once" if self.times == ONCE else "for good"
        return f"request {self.nth} {often}: {'; '.join(self.wrong)} [{self.result.error or self.result.changed}]"


class Fleet:
    """Simulators that run cells side by side: most of a cell's time is spent waiting."""

    def __init__(self, simulators: list[Simulator], authority: str) -> None:
        self._free: SimpleQueue[Simulator] = SimpleQueue()
        for simulator in simulators:
            self._free.put(simulator)
        self._size = len(simulators)
        self._authority = authority
        self._requests: dict[tuple[str, bool], list[str]] = {}

    @contextmanager
    def bench(self, operation: str) -> Iterator[Bench]:
        """Lend a simulator for the length of a block."""
        simulator = self._free.get()
        try:
            yield Bench(simulator, operation, self._authority)
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
        places = [
            (nth, times)
            for nth in range(1, len(self.requests(operation, fault.login)) + 1)
            for times in (ONCE, FOR_GOOD)
        ]

        def run(place: tuple[int, int]) -> Cell:
            with self.bench(operation) as bench:
                return bench.cell(fault, *place)

        with ThreadPoolExecutor(self._size) as pool:
            return list(pool.map(run, places))


@contextmanager
def fleet_of(size: int, work: Path) -> Iterator[Fleet]:
    """Start simulators for the length of a block."""
    authority = work / "authority.pem"
    # To load all authorities of the system costs more than the rest of a cell, and the matrix is without TLS.
    trustme.CA().cert_pem.write_to_path(str(authority))
    with ExitStack() as stack:
        stack.enter_context(patch.object(bodies, "RESPONSE_BYTES", RESPONSE_BYTES))
        servers = [stack.enter_context(started(work / str(number))) for number in range(size)]
        yield Fleet(servers, str(authority))


class Bench:
    """Runs the cells of one operation against one simulator."""

    def __init__(self, simulator: Simulator, operation: str, authority: str) -> None:
        self._simulator = simulator
        self._work, self.writes, self._example = WORKS[operation]
        self._authority = authority

    def requests(self, login: bool) -> list[str]:
        """Return what the operation sends without a fault."""
        self._prepare()
        assert self._run(self._connection(login)).error is None
        return [str(line["rpc"]) for line in self._simulator.requests()]

    def _prepare(self) -> list[Any]:
        """Bring the simulator to the state before; return it."""
        self._simulator.reset()
        for backup in self._example.before:
            self._simulator.add_backup(**backup)
        self._simulator.forget_requests()
        return self._simulator.settled_state()

    def cell(self, fault: Fault, nth: int, times: int) -> Cell:
        """Run one cell: the operation with the fault, then without it."""
        before = self._prepare()
        self._simulator.faults({**fault.rule, "match": {"nth": nth}, "times": times})
        result = self._run(self._connection(fault.login), fault.hurry)
        state = self._simulator.state()
        altered, reached = settled(state) != before, self._reached(state)
        wrong = list(self._problems(result, altered, reached))
        self._simulator.control("DELETE", "faults")
        again = self._run(self._connection(fault.login, renewed=True))
        state = self._simulator.state()
        if again.error is not None:
            wrong.append(f"the next run failed: {again.error}")
        elif not self._reached(state):
            wrong.append("the next run reported success, but the state is not as requested")
        wrong += self._doubles(state)
        return Cell(nth, times, result, altered, reached, wrong)

    def _problems(self, result: Result, altered: bool, reached: bool) -> Iterator[str]:
        """Yield each difference between the result and the simulator's state."""
        writes = self.writes
        if altered and not writes:
            yield "an operation that reads changed the state"
        if result.error is None:
            if writes and not reached:
                yield "success, but the state is not as requested"
            if result.changed != altered:
                yield f"changed is {result.changed}, but the state {'changed' if altered else 'is unchanged'}"
        elif altered and not result.admits:
            yield "it failed and changed the state, and does not report that it may have"
        elif result.error is not None and result.changed and not altered:
            yield "it failed and reports changed, but the state is unchanged"
        if result.error is not None and not _is_sentence(str(result.error)):
            yield f"the message is not a sentence: {str(result.error)!r}"
        if result.seconds > TIME_BUDGET:
            yield f"it took {result.seconds:.1f} seconds"

    def _reached(self, state: dict[str, Any]) -> bool:
        return self._example.reached(list(state[self._example.kind]))

    def _doubles(self, state: dict[str, Any]) -> list[str]:
        """Return duplicates that must not exist: names of one owner, and retries of one backup."""
        objects = state[self._example.kind]
        made = Counter((item["metadata"]["name"], item["metadata"]["ownership"].get("owner")) for item in objects)
        parents = [(item.get("backup_info", {}).get("retry_parent") or {}).get("uid") for item in objects]
        made += Counter(("a retry of", parent) for parent in parents if parent)
        return [f"{' '.join(map(str, key))} exists {count} times" for key, count in made.items() if count > 1]

    def _connection(self, login: bool, renewed: bool = False) -> Connection:
        simulator = self._simulator
        token = simulator.token
        if renewed:
            user = {"user_id": caller_of(token), "admin": True}
            token = str(simulator.control("POST", "tokens", user)["token"])
        return check_connection(
            Connection(
                simulator.url,
                "" if login else token,
                Login(simulator.auth_url, "admin", "simulator") if login else None,
                ca_cert=self._authority,
                # The run without a fault has no reason to wait, so a slow machine may take its time.
                timeout=20 * TIMEOUT if renewed else TIMEOUT,
                retries=RETRIES,
                retry_max_delay=LONGEST_PAUSE,
            )
        )

    def _run(self, connection: Connection, hurry: int = HURRY) -> Result:
        """Carry the operation out in this process, as the module does."""
        started = time.monotonic()
        transport = Transport(connection, clock=lambda: time.monotonic() * hurry, sleep=_shortened)
        api = Api(transport, "default")
        context = Context(
            api=api,
            references=References(api),
            caller=lambda: caller_of(transport.token),
            warn=lambda text: None,
            now=time.time,
            clock=time.monotonic,
            sleep=_shortened,
            progress=lambda text: None,
        )
        outcome: Outcome | None = None
        failure: PXBackupError | None = None
        try:
            outcome = self._work(context, self._example.task)
        except PXBackupError as error:
            failure = error
        finally:
            transport.close()
        changed = outcome.changed if outcome is not None else bool(failure and failure.changed)
        return Result(changed, failure, time.monotonic() - started)


def _is_sentence(text: str) -> bool:
    """Whether a message is one line of bounded length without control characters."""
    return text.isprintable() and len(text) <= SENTENCE_CHARACTERS


def _shortened(seconds: float) -> None:
    time.sleep(min(seconds, LONGEST_PAUSE))
