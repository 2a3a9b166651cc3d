# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks against a server with damaged responses, through the whole library, and what must hold for each result.

A seed and a number determine a case. Its time is virtual: pauses pass at once, for the library and for the
server. Real time is limited for each case, so that a hang is found.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType, SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.pxops.px_backup.plugins.module_utils import runner
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup import errors
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import Connection
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.limits import SENTENCE_CHARACTERS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.text import escaped
from ansible_collections.pxops.px_backup.tests.properties.support.fuzz_server import NUMBERS, FuzzServer, any_value
from ansible_collections.pxops.px_backup.tests.properties.support.fuzz_tasks import Tasks
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS

# Real seconds that a case may take. A response that ends early is noticed at once, so nothing waits.
CASE_SECONDS = 20.0

CATEGORIES = {kind.category for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "category")}

# Entries of the connection that invalid tasks get wrong.
CONNECTION = ("org_id", "token", "api_url", "timeout", "retries", "retry_max_delay", "server_release", "ca_cert")


class Hang(BaseException):
    """A case took too long."""


class Clock:
    """Virtual time: a pause takes none of the real one."""

    def __init__(self, server: FuzzServer) -> None:
        self._server = server
        self.skipped = 0.0

    def monotonic(self) -> float:
        """Return seconds since some time."""
        return time.monotonic() + self.skipped

    def time(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self.skipped

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert 0 <= seconds < 1e10, f"a pause of {seconds} seconds"
        self.skipped += seconds
        self._server.advance(seconds)


class Report(NamedTuple):
    """What a case did, and what is wrong with it; nothing for a good case."""

    number: int
    what: str
    end: str
    wrong: list[str]
    damaged: list[str]
    task: dict[str, Any]

    def __str__(self) -> str:
        lines = [f"case {self.number}: {self.what}, {self.end}", *(f"  wrong: {text}" for text in self.wrong)]
        return "\n".join([*lines, f"  task: {self.task!r}"[:2000], *(f"  damaged: {text}" for text in self.damaged)])


class Fuzz:
    """Runs cases against one server."""

    def __init__(self, server: FuzzServer, seed: int) -> None:
        self._server, self._seed = server, seed
        self._entries = {**{name: runner.entry_of(spec) for name, spec in SPECS.items()}, "token": runner.TOKEN}

    def case(self, number: int) -> Report:
        """Run one case."""
        chance = random.Random(f"{self._seed}:{number}")
        valid = chance.random() < 0.7
        what, entry, task = self._task(chance, valid)
        self._server.begin(chance, chance.choice((0.0, 0.2, 0.4, 1.0)), chance.choice((RELEASES[-1], *RELEASES)))
        params = validated(entry, task)
        if params is None:
            return Report(number, what, "refused by Ansible", [], [], task)
        warnings: list[str] = []
        try:
            with limited(CASE_SECONDS):
                result = self._perform(entry, params, chance.random() < 0.1, warnings)
        except Hang:
            return Report(number, what, "hang", ["it hangs"], list(self._server.damaged), task)
        except Exception as error:  # noqa: BLE001
            return Report(number, what, "exception", [f"raised {error!r}"], list(self._server.damaged), task)
        end = "success" if not result["failed"] else str((result.get("error") or {}).get("category", "internal"))
        wrong = [*problems(result), *(f"warning: {text}" for one in warnings for text in sentence_problems(one))]
        return Report(number, what, end, wrong, list(self._server.damaged), task)

    def _task(self, chance: random.Random, valid: bool) -> tuple[str, runner.Entry, dict[str, Any]]:
        """Return what a case does, its module and its parameters."""
        tasks = Tasks(chance)
        if chance.random() < 0.06:
            name, what, task = "token", "token", self._login()
        else:
            spec, operation = tasks.module()
            name, what = spec.name, f"{spec.name} {operation.name}"
            task = {**self._connection(chance, valid), **tasks.task(spec, operation, valid)}
        entry = self._entries[name]
        if not valid and chance.random() < 0.5:
            numbers = sorted(key for key, option in entry.options.items() if option.get("type") in ("int", "float"))
            task[chance.choice(numbers)] = chance.choice(NUMBERS)
        return f"{what}, {'valid' if valid else 'any'} task", entry, task

    def _login(self) -> dict[str, Any]:
        return {"auth_url": f"{self._server.url}/auth", "username": "admin", "password": "simulator"}

    def _connection(self, chance: random.Random, valid: bool) -> dict[str, Any]:
        login = self._login() if chance.random() < 0.1 else {"token": self._server.token}
        options = {"api_url": self._server.url, **login, "org_id": "default"}
        times = {"timeout": 5, "request_timeout": 10, "retries": chance.choice((0, 1, 3)), "validate_certs": True}
        wrong = {chance.choice(CONNECTION): any_value(chance)} if not valid and chance.random() < 0.2 else {}
        return {**options, **times, **wrong}

    def _perform(
        self, entry: runner.Entry, params: dict[str, Any], check_mode: bool, warnings: list[str]
    ) -> dict[str, Any]:
        clock = Clock(self._server)

        @contextmanager
        def lease(connection: Connection) -> Iterator[Transport]:
            transport = Transport(
                connection, clock=clock.monotonic, sleep=clock.sleep, now=clock.time, rand=lambda: 0.5
            )
            try:
                yield transport
            finally:
                transport.close()

        runtime = runner.Runtime(params, check_mode, set(), warnings.append, warnings.append, lease)
        new = partial(runner.new_context, now=clock.time, clock=clock.monotonic, sleep=clock.sleep)
        with patch.object(runner, "time", SimpleNamespace(time=clock.time)), patch.object(runner, "new_context", new):
            return runner.perform(entry, runtime)


def validated(entry: runner.Entry, task: dict[str, Any]) -> dict[str, Any] | None:
    """Return the parameters of a task as Ansible gives them to a module; ``None`` for a task that it refuses."""
    try:
        result = ArgumentSpecValidator(entry.options).validate(task)
    except (TypeError, AttributeError, ValueError, OverflowError):
        # Ansible itself does not expect a number in the place of a dictionary in a list.
        return None
    return None if result.error_messages else dict(result.validated_parameters)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise ``Hang`` in the main thread when a block takes longer."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def problems(result: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the result of a task."""
    if "exception" in result:
        yield f"internal error: {result['exception']}"
    try:
        json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        yield f"the result cannot be passed on: {error!r}"
    if not result["failed"]:
        yield from () if "token" in result else sentence_problems(result["message"])
    else:
        yield from sentence_problems(result["msg"])
        yield from _error_problems(result.get("error"))
        if not isinstance(result.get("changed"), bool):
            yield "changed is missing"
    for item in _items(result):
        yield from sentence_problems(item["message"])
        if item["failed"]:
            yield from _error_problems(item["error"])


def _items(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the results for each backup of a batch."""
    listed = result.get("backups")
    return [item for item in listed if "failed" in item] if isinstance(listed, list) else []


def _error_problems(error: Any) -> Iterator[str]:
    if not isinstance(error, dict) or error.get("category") not in CATEGORIES:
        yield f"error is {error!r}"
        return
    for key in ("hint", "method", "path", "grpc_code"):
        if error[key] is not None:
            yield from sentence_problems(error[key])


def sentence_problems(text: Any) -> Iterator[str]:
    """Yield what is wrong with a sentence for users."""
    if not isinstance(text, str) or not text.strip():
        yield f"{text!r} is no sentence"
    elif len(text) > SENTENCE_CHARACTERS:
        yield f"a sentence of {len(text)} characters: {text[:100]!r}"
    elif escaped(text) != text:
        yield f"control characters in {text[:300]!r}"


def run(seed: int, numbers: range, seconds: float = 0.0) -> tuple[Counter[str], list[Report]]:
    """Run cases; return how many ended in which way, and the bad ones.

    Args:
        seconds: when to stop, 0 for after the last case.
    """
    ends: Counter[str] = Counter()
    bad = []
    started = time.monotonic()
    with FuzzServer() as server:
        fuzz = Fuzz(server, seed)
        for number in numbers:
            report = fuzz.case(number)
            ends[report.end] += 1
            if report.wrong:
                bad.append(report)
            if seconds and time.monotonic() - started > seconds:
                break
    return ends, bad


def main() -> int:
    """Run cases as the command line says, and print what is wrong."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Random tasks against a server with damaged responses.")
    parser.add_argument("--cases", type=int, default=20_000, metavar="N", help="how many (20000)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first one (0)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), metavar="N", help="random by default")
    parser.add_argument("--seconds", type=float, default=0.0, metavar="S", help="stop after this time")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    started = time.monotonic()
    numbers = range(arguments.first, arguments.first + arguments.cases)
    ends, bad = run(arguments.seed, numbers, arguments.seconds)
    for report in bad[:50]:
        print(report)
    print(", ".join(f"{count} {end}" for end, count in ends.most_common()))
    print(f"{ends.total()} cases in {time.monotonic() - started:.0f} s, {len(bad)} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
