# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the server shows, and whenever it or the source fails: no event is lost, false, or told under two keys."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError, ServerError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.watch import Pace
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import Clock, Run, Server
from hypothesis import example, given
from hypothesis import strategies as st

# Each step writes its state to the disk; in memory that takes no time.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

UIDS = ("A", "B", "C")
# The types, in the words of the table of events: not taken from the code that is tested.
TYPES = {
    "Pending": "started",
    "InProgress": "started",
    "Success": "succeeded",
    "PartialSuccess": "partial",
    "Failed": "failed",
    "Aborted": "failed",
    "CloudBackupMissing": "missing",
    "Deleting": "deleting",
    "DeletePending": "deleting",
    "Quiescing": "",
}
GONE = "gone"


class Step(NamedTuple):
    """What happens before a poll, and how the poll goes.

    Attributes:
        states: the new status of some backups, ``gone`` deletes one.
        hidden: backups that this list skips although they exist.
        trouble: ``""``, ``down`` (no response), ``cut`` (the list breaks off), ``inspect`` (inspects fail).
        end: how the source goes on: ``""``, ``restart`` after it, ``crash`` between put and write, or ``lost`` before
            anything was put.
    """

    states: dict[str, str]
    hidden: frozenset[str] = frozenset()
    trouble: str = ""
    end: str = ""


STEPS = st.lists(
    st.builds(
        Step,
        st.dictionaries(st.sampled_from(UIDS), st.sampled_from([*TYPES, GONE, GONE]), max_size=2),
        st.frozensets(st.sampled_from(UIDS), max_size=1),
        st.sampled_from(["", "", "", "down", "cut", "inspect"]),
        st.sampled_from(["", "", "", "restart", "crash", "lost"]),
    ),
    min_size=1,
    max_size=14,
)


class World:
    """The true course of things, and what a source with a state file told of it."""

    def __init__(self, folder: str, incremental: bool, moves: bool) -> None:
        self.server = Server(sorts=incremental, moves=moves)
        self.server.put("Z", "Success")
        self.clock = Clock()
        self.full_interval = 150.0 if incremental else 0.0
        self.path = Path(folder) / "state.json"
        self.alive: set[str] = set()
        # A uid is used once: what is created after a deletion is another backup.
        self.generation = dict.fromkeys(UIDS, 0)
        self.events: list[dict[str, Any]] = []
        self.run = self.start()

    def start(self) -> Run:
        return Run(self.server, self.clock, state_file=self.path, pace=Pace(60.0, self.full_interval, 0.0))

    def uid(self, name: str) -> str:
        return f"{name}{self.generation[name]}"

    def apply(self, step: Step) -> None:
        for name, status in step.states.items():
            if status != GONE:
                self.server.put(self.uid(name), status)
                self.alive.add(name)
            elif name in self.alive:
                self.server.drop(self.uid(name))
                self.alive.discard(name)
                self.generation[name] += 1
        self.server.hidden = {self.uid(name) for name in step.hidden}
        self.server.down = ServerError("not ready") if step.trouble == "down" else None
        self.server.cut = 0 if step.trouble == "cut" else None
        broken: PXBackupError = ServerError("not ready")
        self.server.broken = dict.fromkeys(map(self.uid, UIDS), broken) if step.trouble == "inspect" else {}

    def poll(self, end: str = "") -> list[dict[str, Any]]:
        """Let the source do one step; what it puts before a crash counts as well."""
        told = self.run.step(crash=end in ("crash", "lost"))
        self.events += told if end != "lost" else []
        if end:
            self.clock.passed += 1.0
            self.run = self.start()
        return told

    def settle(self) -> None:
        """Let everything become visible: replayed events, one more poll after the trouble, and a full list."""
        self.apply(Step({}))
        for _poll in range(6):
            self.poll()

    def told(self, uid: str) -> list[str]:
        """Return the types of the events about a backup, duplicates by their key dropped."""
        keys = dict.fromkeys(event["px_backup"]["key"] for event in self.events)
        return [key.rpartition(":")[2] for key in keys if key.rpartition(":")[0] == uid]


def run_course(steps: list[Step], incremental: bool, moves: bool) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, incremental, moves)
        world.poll()
        seen: dict[str, list[str]] = {}
        for step in steps:
            world.apply(step)
            polls = len(world.server.lists)
            world.poll(step.end)
            polled = len(world.server.lists) > polls and not step.trouble
            for uid, item in world.server.items.items():
                kind = TYPES[item["backup_info"]["status"]["status"]]
                full = world.server.lists[-1:] == [False]
                # What a poll could see: everything in a full list that it did not skip.
                if polled and full and kind and uid not in world.server.hidden and uid != "Z":
                    seen.setdefault(uid, []).append(kind)
            check_truth(world)
        alive = {uid for uid in world.server.items if uid != "Z"}
        last = {uid: TYPES[world.server.items[uid]["backup_info"]["status"]["status"]] for uid in alive}
        world.settle()
        for uid, kinds in seen.items():
            assert set(kinds) <= set(world.told(uid)), f"{uid}: {kinds} seen, {world.told(uid)} told"
            assert uid in alive or "deleted" in world.told(uid), f"the deletion of {uid} is not told"
        for uid in alive:
            assert not last[uid] or last[uid] in world.told(uid), f"the last status of {uid} is not told"


def check_truth(world: World) -> None:
    """Nothing that exists is called deleted, and events with one key are equal in everything but what is said once."""
    for event in world.events:
        body = event["px_backup"]
        if body["type"] == "deleted":
            assert body["backup"]["uid"] not in world.server.items
    by_uuid: dict[str, dict[str, Any]] = {}
    for event in world.events:
        assert by_uuid.setdefault(event["meta"]["uuid"], event) == event


@example([Step({"A": "Pending"}, end="crash"), Step({"A": "Failed"}), Step({"A": GONE}, end="crash")])
@example([Step({"A": "Success"}), Step({"A": GONE}, trouble="inspect"), Step({}, end="restart")])
@example([Step({"A": "Success"}, end="restart"), Step({}, frozenset({"A"})), Step({}, frozenset({"A"}), "cut")])
@example([Step({"A": "Success"}), Step({"A": "Quiescing"}), Step({"A": "PartialSuccess"})])
@example([Step({"A": "Success"}, end="lost"), Step({"A": GONE}, end="lost"), Step({})])
@given(STEPS)
def test_full_lists_lose_and_invent_nothing(steps: list[Step]) -> None:
    run_course(steps, incremental=False, moves=True)


@given(STEPS, st.booleans())
def test_incremental_polls_lose_and_invent_nothing(steps: list[Step], moves: bool) -> None:
    run_course(steps, incremental=True, moves=moves)


@example([Step({"A": "Success"}), Step({"A": "Quiescing"}), Step({"A": "Success"})])
@example([Step({"A": "Success"}), Step({"A": "Deleting"}), Step({"A": "Success"})])
@given(STEPS)
def test_without_trouble_each_change_is_told_exactly_once(steps: list[Step]) -> None:
    """Every change from one type to the next is one event, in order, also where a type comes back."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(folder, incremental=False, moves=True)
        world.poll()
        expected: list[str] = []
        told: dict[str, str] = {}
        for step in steps:
            world.apply(Step(step.states))
            world.poll()
            for uid in sorted(told):
                if uid not in world.server.items:
                    expected.append(f"{uid}:deleted")
                    del told[uid]
            for uid, item in world.server.items.items():
                kind = TYPES[item["backup_info"]["status"]["status"]]
                if uid != "Z" and told.get(uid) != kind and (kind or uid not in told):
                    expected += [f"{uid}:{kind}"] if kind else []
                    told[uid] = kind
        assert sorted(event["px_backup"]["key"] for event in world.events) == sorted(expected)
