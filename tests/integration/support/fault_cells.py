# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cells of the fault matrix: every operation, every fault, at each of its requests, once and from then on.

A cell runs the library itself over real HTTP against a simulator, with short times, and compares what the
operation returns with the state of the simulator.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import caller_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import References
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.limits import SENTENCE_CHARACTERS

from support.faults import HURRY, PATIENT, WORKS, Fault
from support.local_simulator import LocalSimulator
from support.simulator import settled

LONGEST_PAUSE = 0.02
RETRIES = 2

# No cell may take longer: the requests of an operation and its checks, each tried three times without a response.
TIME_BUDGET = 30.0

# Runs of a cell: on a slow machine a request before the one that fails may time out, and then nothing is sent after it.
ATTEMPTS = 3

# The words of an error after which the server may have carried the request out.
TELLS = re.compile(r"\bmay (still|have)\b|\bunknown whether\b|\bcould not be checked whether\b")

# The faults strike once, or each time from then on.
ONCE, FOR_GOOD = 1, 0

# What a cell reads: all of the state takes much longer.
STATE_READ = ["backups", "restores"]


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


class Struck(NamedTuple):
    """A run that met a fault.

    Attributes:
        before, after: the state of the simulator, before without what time alone changes.
        strikes: how many requests met the fault.
        token: a new token, for the next run.
    """

    before: list[Any]
    result: Result
    after: dict[str, Any]
    strikes: int
    token: str


class Bench:
    """Runs the cells of one operation against one simulator."""

    def __init__(self, simulator: LocalSimulator, operation: str) -> None:
        self._simulator = simulator
        self._work, self.writes, self._example = WORKS[operation]

    def requests(self, login: bool) -> list[str]:
        """Return what the operation sends without a fault."""
        self._simulator.at_once(self._prepare)
        assert self._run(self._connection(self._simulator.token, login)).error is None
        return [str(line["rpc"]) for line in self._simulator.requests()]

    def cells(self, fault: Fault, nth: int) -> list[Cell]:
        """Run the cells of one request: the fault strikes once, and from then on."""
        for_good, strikes = self._cell(fault, nth, FOR_GOOD)
        # Where it struck once although it would have struck again, the two runs do not differ.
        once = for_good._replace(times=ONCE) if strikes == 1 else self._cell(fault, nth, ONCE)[0]
        return [once, for_good]

    def _cell(self, fault: Fault, nth: int, times: int) -> tuple[Cell, int]:
        """Run one cell: the operation with the fault, then without it; return also how often the fault struck."""
        run = self._strike(fault, nth, times)
        altered, reached = settled(run.after) != run.before, self._reached(run.after)
        wrong = list(self._problems(run.result, altered, reached))
        again = self._run(self._connection(run.token, fault.login))
        state = self._state()
        if again.error is not None:
            wrong.append(f"the next run failed: {again.error}")
        elif not self._reached(state):
            wrong.append("the next run reported success, but the state is not as requested")
        wrong += self._doubles(state)
        return Cell(nth, times, run.result, altered, reached, wrong), run.strikes

    def _strike(self, fault: Fault, nth: int, times: int) -> Struck:
        """Run the operation with the fault, until it does send the request that fails."""
        simulator, rule = self._simulator, {**fault.rule, "match": {"nth": nth}, "times": times}
        for _attempt in range(ATTEMPTS):
            before = simulator.at_once(partial(self._begin, rule))
            result = self._run(self._connection(simulator.token, fault.login, fault.timeout), fault.hurry)
            struck = simulator.at_once(partial(self._end, before, result))
            if struck.strikes:
                return struck
        raise AssertionError(f"request {nth} did not meet the fault [{result.error or result.changed}]")

    def _prepare(self) -> None:
        """Bring the simulator to the state before."""
        self._simulator.reset()
        for backup in self._example.before:
            self._simulator.add_backup(**backup)
        self._simulator.forget_requests()

    def _begin(self, rule: dict[str, Any]) -> list[Any]:
        """Bring the simulator to the state before, with a fault; return that state."""
        self._prepare()
        self._simulator.faults(rule)
        return settled(self._state())

    def _end(self, before: list[Any], result: Result) -> Struck:
        """Remove the fault; return what it did."""
        simulator = self._simulator
        state, rules = self._state(), simulator.control("GET", "faults")
        simulator.control("DELETE", "faults")
        user = {"user_id": caller_of(simulator.token), "admin": True}
        token = str(simulator.control("POST", "tokens", user)["token"])
        return Struck(before, result, state, rules[0]["applied"], token)

    def _state(self) -> dict[str, Any]:
        return dict(self._simulator.control("GET", "state", {"only": STATE_READ}))

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

    def _connection(self, token: str, login: bool, timeout: float = PATIENT) -> Connection:
        simulator = self._simulator
        return check_connection(
            Connection(
                simulator.url,
                "" if login else token,
                Login(simulator.auth_url, "admin", "simulator") if login else None,
                timeout=timeout,
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
