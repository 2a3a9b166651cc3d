# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks against the simulator's engine in this process: what each returns, sends and leaves behind.

There is no network and no real time: a pause passes at once, for the library and for the server. What every task did
is recorded in tests/data/scenarios.json; after a change that is meant to change it, write the file again with
``make scenarios`` and read its difference.
"""

from __future__ import annotations

import copy
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.pxops.px_backup.plugins.module_utils import runner
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import Connection
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.responses import Response
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import NetworkError
from ansible_collections.pxops.px_backup.tests.properties.support.scenario_tasks import (
    FAULTS,
    LASTING,
    TASKS,
    Task,
)
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS

from px_backup_simulator import objects
from px_backup_simulator.cli import make_parser, make_setup
from px_backup_simulator.clock import SEEDED_START
from px_backup_simulator.engine import Incoming
from px_backup_simulator.faults import read_faults
from px_backup_simulator.replies import replace_reply

RECORDED = Path(__file__).resolve().parents[2] / "data" / "scenarios.json"

# Of a run with a fault only this is recorded.
MESSAGE_CHARACTERS = 250
ERROR_KEYS = ("category", "http_status", "grpc_code", "retriable")
# What an error may not have; elsewhere null is something else than empty.
ERROR_PARTS = (*ERROR_KEYS, "method", "path")

Record = dict[str, Any]


class Stage:
    """The engine of a simulator with a clock that only moves when a task pauses."""

    def __init__(self) -> None:
        setup = make_setup(
            make_parser().parse_args(["--seed", "1", "--backup-seconds", "20", "--restore-seconds", "20"])
        )
        self.engine, self.token = setup.engine, setup.token
        clock = self.engine.clock
        clock.now = clock.token_now = lambda: SEEDED_START + clock.offset  # type: ignore[method-assign]
        self.lock = threading.Lock()
        self.pauses: list[float] = []

    def begin(self, task: Task, fault: dict[str, Any] | None) -> None:
        """Go back to the world of the start."""
        self.engine.reset()
        self.engine.settings = self.engine.settings.with_changes(task.settings)
        for item in task.world:
            objects.put_object(self.engine, copy.deepcopy(dict(item)))
        self.engine.log.clear()
        self.pauses.clear()
        self.engine.faults.rules.extend(read_faults([rule for rule in (fault, task.fault) if rule]))

    def now(self) -> float:
        """Return seconds since 1970."""
        return float(self.engine.clock.now())

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self.lock:
            self.pauses.append(seconds)
            self.engine.clock.advance(seconds)

    def respond(self, method: str, url: str, body: bytes, authorization: str) -> Response:
        """Return the response to a request, or raise what a broken connection means."""
        target = urlsplit(url)
        query = f"?{target.query}" if target.query else ""
        with self.lock:
            exchange = self.engine.open(Incoming(method, target.path + query, body, authorization, 0, ""))
            fault = self.engine.faults.pick(exchange.entry)
            if fault is not None and fault.kind.startswith("drop"):
                if fault.kind == "drop_after":
                    self.engine.process(exchange)
                raise NetworkError("the connection broke", retriable=True, maybe_processed=fault.kind == "drop_after")
            reply = replace_reply(exchange, self.engine, fault) if fault else self.engine.process(exchange)
            exchange.entry.status = reply.status
        return Response(url, reply.status, {"Content-Type": reply.content_type, **reply.headers}, reply.body)


class DirectTransport(Transport):
    """A transport without a network."""

    stage: Stage

    def _once(self, call: Any, token: str | None) -> Response:
        body = call.content[1] if call.content else b""
        return self.stage.respond(call.method, call.url, body, f"Bearer {token}" if token else "")


class Scenes:
    """Runs tasks and records what they do."""

    def __init__(self) -> None:
        self._stage = Stage()
        self._entries = {name: runner.entry_of(spec) for name, spec in SPECS.items()}

    def records(self, task: Task) -> dict[str, Record]:
        """Return what a task does without a fault, a second time, in check mode, and with each fault at each call."""
        found = {"first run": self._run(task, None)}
        rpcs = list(found["first run"]["requests"])
        found["second run"] = self._run(task, None, again=True)
        if task.writes:
            found["check mode"] = self._run(task, None, check_mode=True)
        for name, fault in FAULTS.items() if task.faults else ():
            for rpc in rpcs:
                for times in (1, 0) if name in LASTING else (1,):
                    rule = {**fault, "match": {"rpc": rpc}, "times": times}
                    found[f"{name}, {rpc}, {'once' if times else 'for good'}"] = shortened(self._run(task, rule))
        return found

    def _run(self, task: Task, fault: dict[str, Any] | None, check_mode: bool = False, again: bool = False) -> Record:
        stage = self._stage
        stage.begin(task, fault)
        if again:
            self._perform(task, False)
            stage.engine.log.clear()
            stage.pauses.clear()
        result, said = self._perform(task, check_mode)
        entries = list(stage.engine.log.entries)
        record: Record = {
            "result": compact(result),
            "requests": dict(sorted(Counter(entry.rpc for entry in entries).items())),
        }
        writes = [[entry.rpc, entry.body or dict(entry.query) or entry.path] for entry in entries if entry.writes]
        if writes:
            record["writes"] = writes
        said = [text for text in said if not text.startswith("api_url is http://")]
        if said:
            record["said"] = said
        if any(stage.pauses):
            record["pauses"] = [round(seconds, 2) for seconds in stage.pauses if seconds]
        return record

    def _perform(self, task: Task, check_mode: bool) -> tuple[dict[str, Any], list[str]]:
        stage, entry = self._stage, self._entries[task.module]
        connection = {"api_url": "http://px.example.com", "token": stage.token, "org_id": "default", "retries": 1}
        validated = ArgumentSpecValidator(entry.options).validate({**connection, **copy.deepcopy(task.parameters)})
        assert not validated.error_messages, validated.error_messages
        said: list[str] = []

        @contextmanager
        def lease(connection: Connection) -> Iterator[Transport]:
            transport = DirectTransport(
                connection, clock=lambda: stage.engine.clock.offset, sleep=stage.sleep, now=stage.now, rand=lambda: 0.5
            )
            transport.stage = stage
            yield transport
            transport.close()

        runtime = runner.Runtime(
            dict(validated.validated_parameters), check_mode, set(), said.append, said.append, lease
        )
        new = partial(
            runner.new_context, now=stage.now, clock=lambda: float(stage.engine.clock.offset), sleep=stage.sleep
        )
        with patch.object(runner, "time", SimpleNamespace(time=stage.now)), patch.object(runner, "new_context", new):
            return runner.perform(entry, runtime), said


def shortened(record: Record) -> Record:
    """Return the record of a run with a fault: how it ended, what it sent, and for how long it paused."""
    result = record["result"]
    message = str(result.get("message") or result.get("msg"))[:MESSAGE_CHARACTERS]
    error = {key: value for key, value in result.get("error", {}).items() if key in ERROR_KEYS}
    return {
        "changed": result["changed"],
        "message": message,
        **({"error": error} if error else {}),
        **({"said": record["said"]} if "said" in record else {}),
        "requests": record["requests"],
        "pause": round(sum(record.get("pauses", ())), 2),
    }


def compact(value: Any) -> Any:
    """Return a part of a result with objects of the API reduced to what identifies them, and without empty parts."""
    if isinstance(value, list):
        return [compact(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "metadata" in value and len(value) == 2:
        info = next(part for key, part in value.items() if key != "metadata")
        status = info.get("status") or {}
        return f"{value['metadata']['name']} {value['metadata'].get('uid')} {status.get('status')}"
    said = {key: item for key, item in value.items() if item is not None or key not in ERROR_PARTS}
    return {key: compact(item) for key, item in said.items() if item not in ("", [], {})}


def record_all() -> dict[str, dict[str, Record]]:
    """Return what every task does."""
    scenes = Scenes()
    return {name: scenes.records(task) for name, task in TASKS.items()}


def write(records: dict[str, dict[str, Record]]) -> None:
    """Write what every task does, a line for each run."""
    parts = []
    for name, runs in records.items():
        lines = ",\n".join(f"  {json.dumps(run)}: {json.dumps(record)}" for run, record in runs.items())
        parts.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
    RECORDED.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(record_all())
