# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loops of one operation with and without the fast path, compared with the cost of Ansible and of the bare requests."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from figures import Figures, Turn, figures_of, from_plain, less_the_start, plain
from replays import Replay, checks
from servers import MODULE_ALWAYS, Server, Work, server
from tables import kept, table
from toolbox import Toolbox

TITLES = {
    "start": "ansible-playbook with one `debug`",
    "debug": "loop of `debug`: an action that does nothing",
    "assert": "loop of `assert`: an action that does nothing else",
    "results": "loop of an action that returns the result of INSPECT_ONE from a file",
    "ping": "loop of `ping`: a module that does nothing",
    "bare INSPECT": "bare loop of `requests`, as INSPECT_ONE",
    "INSPECT fast": "loop of INSPECT_ONE, fast path",
    "INSPECT module": "loop of INSPECT_ONE, as a module",
    "bare CREATE": "bare loop of `requests`, as CREATE",
    "CREATE fast": "loop of CREATE, fast path",
    "CREATE module": "loop of CREATE, as a module",
}
# What a work is compared with: the sum of these.
BASES = {
    "INSPECT fast": ("debug", "bare INSPECT"),
    "INSPECT module": ("ping", "bare INSPECT"),
    "CREATE fast": ("debug", "bare CREATE"),
    "CREATE module": ("ping", "bare CREATE"),
}
# The same loop beside other actions: one that does nothing, too, and one whose results are as large.
OTHER_BASES = {"assert": "a loop of `assert`", "results": "a loop of an action that returns such results"}
# The time that a distant server takes for a response.
LATENCY_MS = 20
# How many times that a loop of INSPECT_ONE may take.
MOST = {"INSPECT fast": 1.2, "INSPECT module": 1.2}
FAST_WORKS = ("start", "debug", "assert", "results", "bare INSPECT", "INSPECT fast", "bare CREATE", "CREATE fast")
FAR_WORKS = ("debug", "bare INSPECT", "INSPECT fast")
MODULE_WORKS = ("start", "ping", "bare INSPECT", "INSPECT module", "bare CREATE", "CREATE module")


class Size(NamedTuple):
    """How many items a loop has, and how often works are measured: of actions, of modules, with a server far away."""

    items: int
    fast: int
    module: int
    far: int


FULL, SMALL = Size(200, 9, 1, 3), Size(10, 1, 1, 1)


def measure(box: Toolbox, small: bool) -> dict[str, Any]:
    """Run every loop in turns with what it is compared with."""
    size = SMALL if small else FULL
    options = ("--tls", "valid", "--backups", str(size.items))
    with tempfile.TemporaryDirectory() as folder, server(box, *options) as running:
        works, replays = _works(running, Path(folder), size.items, FAST_WORKS)
        check = checks(replays)
        fast = running.turns({name: works[name] for name in FAST_WORKS}, size.fast, check)
        module = running.turns({name: works[name] for name in MODULE_WORKS}, size.module, check)
    with tempfile.TemporaryDirectory() as folder, server(box, *options, "--latency", str(LATENCY_MS)) as running:
        works, replays = _works(running, Path(folder), size.items, FAR_WORKS)
        far = running.turns({name: works[name] for name in FAR_WORKS}, size.far, checks(replays))
    turns = {"fast": fast, "module": module}
    strict = {
        name: less_the_start(turns[name.split()[1]], name, "start", BASES[name][:1], *BASES[name][1:]) for name in BASES
    }
    return {
        "items": size.items,
        "rounds": [size.fast, size.module, size.far],
        "works": plain(figures_of(module, BASES)) | plain(figures_of(fast, BASES)),
        "beside_others": {name: _ratio(fast, name) for name in OTHER_BASES},
        "far": plain(figures_of(far, {"INSPECT fast": BASES["INSPECT fast"]})),
        "less_the_start": {name: round(ratio, 4) for name, ratio in strict.items()},
    }


def _ratio(turns: Sequence[Turn], other: str) -> float:
    """Return how many times the loop takes of what another loop and the bare loop take."""
    bases = {"INSPECT fast": (other, "bare INSPECT")}
    return plain(figures_of(turns, bases))["INSPECT fast"]["time_ratio"]


def _works(
    running: Server, folder: Path, items: int, wanted: Sequence[str]
) -> tuple[dict[str, Work], dict[str, Replay]]:
    """Return the works, and what the loops of the module send.

    Args:
        wanted: works that will be measured; what only others need is not made ready.
    """
    names = [backup["metadata"]["name"] for backup in running.control("GET", "state")["backups"]]
    result = folder / "result.json"
    if "results" in wanted:
        running.once("keep a result", Work("keep result", {"name": names[0], "file": str(result)}))
    inspect = Work("loop of inspect", {"items": names}, fresh=True)
    create = Work("loop of create", {"count": items}, fresh=True)
    replays = {
        name: Replay(running, work, folder / f"{name}.json")
        for name, work in {"INSPECT": inspect, "CREATE": create}.items()
        if f"bare {name}" in wanted
    }
    works = {
        "start": Work("playbook", {}, fresh=True),
        "debug": Work("loop of debug", {"items": names}, fresh=True),
        "assert": Work("loop of assert", {"items": names}, fresh=True),
        "results": Work("loop of results", {"items": names, "file": str(result)}, fresh=True),
        "ping": Work("loop of ping", {"items": names}, fresh=True),
        "INSPECT fast": inspect,
        "INSPECT module": inspect._replace(environment=MODULE_ALWAYS),
        "CREATE fast": create,
        "CREATE module": create._replace(environment=MODULE_ALWAYS),
    }
    return works | {f"bare {name}": replay.work() for name, replay in replays.items()}, replays


# --- the page

INTRODUCTION = """\
The cost of one item of a loop, with the fast path (in the worker process of the controller) and as a module (in a
separate process for each item). The bare loop is a process that imports `requests` and sends the requests of the
module, taken from the log of the simulator and compared with it afterwards: for INSPECT_ONE by name a list with a
filter and the backup itself, for CREATE the lists of clusters and backup locations, the list with the name, and the
POST. The start of the bare loop is not counted; that of ansible-playbook is. The server uses TLS, and its address is in
the environment.
"""


def section(result: dict[str, Any]) -> str:
    """Return what was measured as a section of the page."""
    items, works = result["items"], from_plain(result["works"])
    start = works["start"].seconds
    rows = []
    for name, title in TITLES.items():
        one = works[name]
        each = (one.seconds - (0 if name.startswith("bare") else start)) / items * 1000
        rows.append(
            (
                title,
                f"{one.seconds:.2f} s",
                "" if name == "start" else f"{each:.1f} ms",
                f"{one.requests:.0f}" if one.requests else "",
                f"{one.connections:.0f}" if one.requests else "",
            )
        )
    header = (f"{items} items", "time", "one item, without the start", "requests", "connections")
    fast, module, far = result["rounds"]
    rounds = f"Medians; rounds: {fast}, loops of modules {module}, distant server {far}.\n"
    return f"{INTRODUCTION}\n{table(header, rows)}\n{rounds}\n{_verdicts(result)}"


def _verdicts(result: dict[str, Any]) -> str:
    works, strict = from_plain(result["works"]), result["less_the_start"]
    lines = []
    for name, base in BASES.items():
        ratio = works[name].time_ratio
        verdict = f"at most {MOST[name]} times ({kept(ratio, MOST[name])})" if name in MOST else f"{ratio:.2f} times"
        lines.append(
            f"- {TITLES[name]}: {verdict} the loop of `{base[0]}` and the bare loop together;"
            f" without ansible-playbook's start {strict[name]:.2f} times.\n"
        )
    lines += [
        f"- {TITLES['INSPECT fast']}: {result['beside_others'][name]:.2f} times {title} and the bare loop together.\n"
        for name, title in OTHER_BASES.items()
    ]
    far = from_plain(result["far"])
    ratio, most = far["INSPECT fast"].time_ratio, MOST["INSPECT fast"]
    mine, debug, bare = (far[name].seconds for name in ("INSPECT fast", *BASES["INSPECT fast"]))
    lines.append(
        f"- {TITLES['INSPECT fast']}, with a server that responds after {LATENCY_MS} ms: at most {most} times"
        f" ({kept(ratio, most)}) the loop of `debug` and the bare loop together: {mine:.1f} s, compared with"
        f" {debug:.1f} s and {bare:.1f} s.\n"
    )
    connections = works["INSPECT fast"].connections
    verdict = "kept" if connections == 1 else "**not kept**"
    lines.append(f"- {TITLES['INSPECT fast']}: one connection for the whole loop ({connections:.0f}: {verdict}).\n")
    return "Limits and comparisons:\n\n" + "".join(lines) + "\n" + _bounds(works, result["items"])


def _bounds(works: Mapping[str, Figures], items: int) -> str:
    """Say what no action of a collection can take less than, and what this one adds to it."""
    base = sum(works[name].seconds for name in BASES["INSPECT fast"])
    least = sum(works[name].seconds for name in ("results", "bare INSPECT"))
    own = (works["INSPECT fast"].seconds - least) / items * 1000
    return (
        f"What bounds it: an action that returns such results and the bare loop take {least / base:.2f} times what"
        " `debug` and the bare\nloop take, because ansible-playbook goes through each result three times. The fast path"
        f" adds {own:.1f} ms an item to that:\nonce the imports (about 100 ms), and for each item Ansible's validation"
        " of the arguments, the check of the responses and\nthe search for secrets. What bounds a module is in the"
        " part about its start.\n"
    )
