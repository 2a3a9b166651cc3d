# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the conformance probe in this process against a simulator that shows everything that the probe can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.resource import (
    CONFORMANCE,
    CONFORMANCE_MODULE,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError

from support.library import connected
from support.simulator import Simulator

PREFIX = "px-probe"
WRITE = {
    "write": True,
    "prefix": PREFIX,
    "namespace": "shop",
    "cluster_ref": {"name": "prod-eu"},
    "backup_location_ref": {"name": "s3-main"},
}

# Settings that let the probe see what a server of the default settings does not show.
SHOWING = {"incremental_chain": 3}

# Names that no recording may contain.
NAMES = ("seen-1", "seen-2", "seen-3", "failed-1", "failed-1-retry1-1767225600", "of-another", "arrived-1", "partly-1")


class Report(NamedTuple):
    """The outcome of a run: its recording, the entries of that by check, what a task would return, and its pauses."""

    recording: dict[str, Any]
    checks: dict[str, dict[str, Any]]
    result: dict[str, Any]
    seconds: float

    def having(self, *states: str) -> set[str]:
        """Return the checks in these states."""
        return {name for name, entry in self.checks.items() if entry["status"] in states}

    def unlike(self, other: Report) -> set[str]:
        """Return the checks that have another state, or have seen something else, than in another run."""
        return {
            name
            for name, entry in self.checks.items()
            if (entry["status"], entry["seen"]) != (other.checks[name]["status"], other.checks[name]["seen"])
        }


def furnish(simulator: Simulator) -> None:
    """Reset a simulator and give it a world in which every check sees something."""
    simulator.reset()
    simulator.add_backup(name="seen-1", namespaces=["shop"], age=100, labels={"tier": "gold", "team": "shop"})
    simulator.add_backup(name="failed-1", namespaces=["shop"], age=200, status="Failed")
    parent = {"name": "failed-1", "uid": "0b8a7c0e-3a6c-4a38-9a55-0b5a6c1f4f10"}
    simulator.add_backup(name=NAMES[4], namespaces=["shop"], age=150, info={"retry_parent": parent})
    share = {"collaborators": [{"id": "*", "access": "View"}]}
    simulator.add_backup(name="of-another", namespaces=["shop"], age=250, owner="another-user", share=share)
    simulator.add_backup(name="seen-2", namespaces=["billing"], age=300)
    simulator.add_backup(name="seen-3", namespaces=["web"], age=400)
    for name, effects in (("arrived-1", []), ("partly-1", ["resource_failed"])):
        mapping = {"shop": f"copy-{name}"}
        simulator.add_object(
            "restore", name=name, backup="seen-1", cluster="prod-us", namespace_mapping=mapping, effects=effects, age=50
        )
    simulator.add_object(
        "backup_schedule",
        name="second",
        cluster="prod-eu",
        backup_location="s3-main",
        schedule_policy="nightly",
        info={"namespaces": ["web"]},
    )


def probe(
    simulator: Simulator,
    *,
    token: str = "",
    on_sleep: Callable[[float], Any] = lambda seconds: None,
    **parameters: Any,
) -> Report:
    """Run the probe; a pause lets the simulator's time pass instead.

    Args:
        on_sleep: called before each pause.
    """
    passed = [0.0]

    def sleep(seconds: float) -> None:
        on_sleep(seconds)
        passed[0] += seconds
        simulator.advance(seconds)

    context = connected(simulator, token)._replace(sleep=sleep, clock=lambda: passed[0])
    try:
        result = run_operation(context, CONFORMANCE_MODULE, CONFORMANCE, parameters).result
    except PXBackupError as error:
        if "recording" not in error.result:
            raise
        result = error.result
    recording = result["recording"]
    return Report(recording, {entry["id"]: entry for entry in recording["checks"]}, result, passed[0])


def new_token(simulator: Simulator, claims: str = "all") -> str:
    """Return a new token of the administrator, with these claims."""
    user = simulator.state()["backups"][0]["metadata"]["owner"]
    return str(simulator.control("POST", "tokens", {"user_id": user, "username": "admin", "claims": claims})["token"])


def other_token(simulator: Simulator) -> str:
    """Return a new token of a user without rights."""
    return str(simulator.control("POST", "tokens", {"user_id": "user-of-no-group", "username": "bob"})["token"])
