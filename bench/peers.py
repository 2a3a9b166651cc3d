# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work by other means, side by side: `uri`, a script, and a collection that the variable PEER names.

PEER is the folder of an installed collection, as ``.../ansible_collections/NAMESPACE/NAME``: another collection with a
module `backup`, or another version of this one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import batch
from figures import Turn, figures_of, from_plain, plain
from replays import Replay, checks
from servers import MODULE_ALWAYS, Server, Work, server
from tables import kept, table
from toolbox import Toolbox
from workspace import FULL_NAME, INSTALLED, StepError

OURS, AS_MODULE = "loop of INSPECT_ONE, fast path", "loop of INSPECT_ONE, as a module"
URI, SCRIPT = "loops of `ansible.builtin.uri`", "script with `requests`"
# How many times the loops of uri the fast path may take.
MOST = 0.1


class Size(NamedTuple):
    """Items of a loop, of a loop of modules of two versions, of a batch; rounds of fast works, of slow ones."""

    items: int
    module_items: int
    batch: int
    fast: int
    slow: int


FULL, SMALL = Size(200, 40, 1000, 5, 1), Size(10, 5, 50, 1, 1)


class Peer(NamedTuple):
    """The collection of PEER: its full name, and the folder that holds ``ansible_collections``."""

    name: str
    root: Path


def find_peer() -> Peer | None:
    """Return the collection of the variable PEER, ``None`` where it is not set."""
    text = os.environ.get("PEER")
    if not text:
        return None
    folder = Path(text).resolve()
    if folder.parent.parent.name != "ansible_collections" or not (folder / "plugins/modules/backup.py").is_file():
        raise StepError(f"PEER={text} is not .../ansible_collections/NAMESPACE/NAME with a module backup")
    return Peer(f"{folder.parent.name}.{folder.name}", folder.parent.parent.parent)


def measure(box: Toolbox, small: bool) -> dict[str, Any]:
    """Do the same work by each means in turns."""
    size, peer = SMALL if small else FULL, find_peer()
    with (
        tempfile.TemporaryDirectory() as folder,
        server(box, "--tls", "valid", "--backups", str(size.items)) as running,
    ):
        result = {"items": size.items, **_means(running, Path(folder), size)}
        if peer is not None and peer.name != FULL_NAME:
            result["peer"] = _other_collection(running, peer, size)
    if peer is not None and peer.name == FULL_NAME:
        result["versions"] = _versions(box, peer, size)
    return result


def _means(running: Server, folder: Path, size: Size) -> dict[str, Any]:
    """Compare the loop of INSPECT_ONE with what people run without a module."""
    names = [backup["metadata"]["name"] for backup in running.control("GET", "state")["backups"]]
    loop = Work("loop of inspect", {"items": names}, fresh=True)
    replay = Replay(running, loop, folder / "inspect.json")
    script = Work("script", {"file": str(folder / "inspect.json")}, fresh=True)
    same = checks({"": replay})
    fast = running.turns({OURS: loop, SCRIPT: script}, size.fast, same)
    slow = {OURS: loop, AS_MODULE: loop._replace(environment=MODULE_ALWAYS)}
    slow_turns = running.turns({**slow, URI: Work("loop of uri", {"items": names}, fresh=True)}, size.slow, same)
    return {
        "works": plain(figures_of(slow_turns, {}) | figures_of(fast, {})),
        "ratios": {
            OURS: {SCRIPT: _ratio(fast, OURS, SCRIPT), URI: _ratio(slow_turns, OURS, URI)},
            AS_MODULE: {URI: _ratio(slow_turns, AS_MODULE, URI)},
        },
    }


def _other_collection(running: Server, peer: Peer, size: Size) -> dict[str, Any]:
    """Compare loops of INSPECT_ONE by name and uid with those of the module `backup` of another collection."""
    backups = [backup["metadata"] for backup in running.control("GET", "state")["backups"]]
    items = [{"name": backup["name"], "uid": backup["uid"]} for backup in backups]

    def work(name: str, **environment: str) -> Work:
        paths = {"ANSIBLE_COLLECTIONS_PATH": f"{INSTALLED}{os.pathsep}{peer.root}"}
        return Work("loop with uids", {"module": f"{name}.backup", "items": items}, paths | environment, fresh=True)

    works = {OURS: work(FULL_NAME), AS_MODULE: work(FULL_NAME, **MODULE_ALWAYS), peer.name: work(peer.name)}
    turns = running.turns(works, size.slow)
    ratios = {name: _ratio(turns, name, peer.name) for name in (OURS, AS_MODULE)}
    return {"name": peer.name, "works": plain(figures_of(turns, {})), "ratios": ratios}


def _versions(box: Toolbox, peer: Peer, size: Size) -> dict[str, float]:
    """Return how many times the time of another version of this collection each work takes."""
    create = "loop of create"
    with server(box, "--tls", "valid", "--backups", str(size.items)) as running:
        names = [backup["metadata"]["name"] for backup in running.control("GET", "state")["backups"]]
        few = names[: size.module_items]
        works = {
            OURS: Work("loop of inspect", {"items": names}, fresh=True),
            "loop of CREATE, fast path": Work(create, {"count": len(names)}, fresh=True),
            AS_MODULE: Work("loop of inspect", {"items": few}, MODULE_ALWAYS, fresh=True),
            "loop of CREATE, as a module": Work(create, {"count": len(few)}, MODULE_ALWAYS, fresh=True),
        }
        ratios = _side_by_side(running, peer, works, size.fast)
    with server(box, "--latency", str(batch.LATENCY_MS)) as running:
        many = {"task `backup_batch`": Work("batch", {"count": size.batch}, fresh=True)}
        return ratios | _side_by_side(running, peer, many, size.fast)


def _side_by_side(running: Server, peer: Peer, works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Do works with this version and with another one in turns; return the ratios of their times."""
    other = {"ANSIBLE_COLLECTIONS_PATH": str(peer.root)}
    pairs = {}
    for name, work in works.items():
        pairs[name] = work
        pairs[f"{name} (PEER)"] = work._replace(environment={**work.environment, **other})
    turns = running.turns(pairs, rounds)
    return {name: _ratio(turns, name, f"{name} (PEER)") for name in works}


def _ratio(turns: Sequence[Turn], work: str, other: str) -> float:
    """Return how many times the time of another work one takes, within each round."""
    return round(median(turn[work].seconds / turn[other].seconds for turn in turns), 4)


# --- the page

INTRODUCTION = """\
INSPECT_ONE of many backups by their names, and the same requests by other means; each time includes the start of the
process. The loops of `ansible.builtin.uri` are two tasks, the list with the name as a filter and then each backup, as
people write them without a module. The script sends the requests with a session of `requests`, in a process that is
started for them. The server uses TLS.

`make bench PARTS=peers PEER=.../ansible_collections/NAMESPACE/NAME` adds the module `backup` of another collection, or
another version of this one.
"""


def section(result: dict[str, Any]) -> str:
    """Return what was measured as a section of the page."""
    ratios, peer = result["ratios"], result.get("peer")
    text = f"{INTRODUCTION}\n{_times(result['items'], result['works'])}\n"
    text += f"- {OURS}: at most {MOST} times the {URI} ({kept(ratios[OURS][URI], MOST)})"
    text += f" and {ratios[OURS][SCRIPT]:.2f} times the {SCRIPT}.\n"
    text += f"- {AS_MODULE}: {ratios[AS_MODULE][URI]:.2f} times the {URI}.\n"
    if peer:
        text += (
            f"\n### The module `{peer['name']}.backup`\n\nBoth read backups by name and uid: one request for each.\n\n"
        )
        text += f"{_times(result['items'], peer['works'])}\n"
        text += "".join(f"- {name}: {ratio:.2f} times its time.\n" for name, ratio in peer["ratios"].items())
    if "versions" in result:
        text += "\n### Another version of this collection\n\n"
        rows = [(name, f"{ratio:.2f}") for name, ratio in result["versions"].items()]
        text += table(("work", "times the time of the other version"), rows)
    return text


def _times(items: int, works: dict[str, dict[str, float]]) -> str:
    rows = [
        (name, f"{one.seconds:.2f} s", f"{one.requests:.0f}", f"{one.connections:.0f}")
        for name, one in from_plain(works).items()
    ]
    return table((f"{items} items", "time", "requests", "connections"), rows)
