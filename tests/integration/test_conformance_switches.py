# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conformance probe against every release and every switch of the simulator.

All checks hold against the default settings; each switch changes exactly the checks that are about it; and a simulator
that follows the recording is like the server that was recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.resource import (
    CONFORMANCE,
    CONFORMANCE_MODULE,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.table import CHECKS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError

from px_backup_simulator.like import find_settings
from px_backup_simulator.settings import CHOICES, Settings
from support.conformance import SHOWING, WRITE, Report, furnish, new_token, other_token, probe
from support.library import context_of
from support.simulator import Simulator, started

README = Path(__file__).resolve().parents[2] / "simulator" / "README.md"

_NOT_FOUND = {"error.not-found", "error.restore-not-found"}
_DUPLICATES = {"write.duplicate", "write.restore-duplicate"}
_REASONS = {"restore.reasons", "write.reasons"}
_CALLER = {"login.subject", "list.shared", "write.owner"}

# Each switch, one of its values that is not the default, and the checks that notice it.
SWITCHES: tuple[tuple[str, Any, set[str]], ...] = (
    ("unknown_fields", "reject", {"json.unknown-field", "write.unknown-field"}),
    ("zero_values", "render", {"json.zero-values"}),
    ("not_found", "unknown", _NOT_FOUND),
    ("duplicates", "unknown", _DUPLICATES),
    ("permission_errors", "unknown", {"write.shared-delete"}),
    ("missing_namespace", "refuse_create", {"write.absent-namespace"}),
    ("label_update", "merge", {"write.labels"}),
    ("ownership_update", "ignore", {"write.ownership"}),
    ("dependent_delete", "refuse", {"write.delete-dependent"}),
    ("incremental_chain", 0, {"write.delete-dependent"}),
    ("restore_mapping", "refuse", {"write.mapping"}),
    ("backup_in_use", "refuse", {"write.delete-in-use"}),
    ("reason_index", "from_one", _REASONS),
    ("colon_names", "accept", {"route.colon"}),
    ("colon_names", "refuse", {"route.empty-verb"}),
    ("query_enums", "by_number", {"query.enum-name"}),
    ("query_enums", "by_name", {"query.sort-name"}),
    ("query_map_keys", "first_bracket", {"query.two-brackets"}),
    ("page_cap", 5, {"list.page-size", "list.whole"}),
    ("reference_page_cap", 1, {"reference.pages"}),
)
TOKENS: tuple[tuple[str, set[str]], ...] = (
    ("no_sub", _CALLER),
    ("no_exp", {"login.expiry"}),
    ("opaque", {*_CALLER, "login.expiry"}),
)

# Switches and values that no check sees; the README of the simulator says why.
UNSEEN: tuple[tuple[str, Any], ...] = (
    ("latency_ms", 1.0),
    ("backup_seconds", 40.0),
    ("restore_seconds", 40.0),
    ("delete_seconds", 40.0),
    ("cancel_seconds", 40.0),
    ("delete_workers", 1),
    ("missing_seconds", 40.0),
    ("lock_days", 1),
    ("locked_delete", "delete"),
    ("missing_data", "refuse_create"),
    ("default_storage_class", "none"),
    ("federated", True),
    ("token_seconds", 60.0),
    ("unknown_fields", "record"),
)


@pytest.fixture(params=RELEASES)
def server(request: pytest.FixtureRequest, running_simulator: Simulator) -> Iterator[Simulator]:
    """The simulator in each release; afterwards it is as at its start."""
    running_simulator.reset()
    set_switches(running_simulator, request.param)
    yield running_simulator
    running_simulator.reset()


@pytest.fixture
def newest(running_simulator: Simulator) -> Iterator[Simulator]:
    """The simulator in the newest release."""
    running_simulator.reset()
    set_switches(running_simulator, RELEASES[-1])
    yield running_simulator
    running_simulator.reset()


def set_switches(server: Simulator, release: str, **changes: Any) -> None:
    """Set the default of every switch, what lets every check see something, and these changes."""
    server.settings(**{**Settings().to_dict(), "release": release, **SHOWING, **changes})


def release_of(server: Simulator) -> str:
    return str(server.control("GET", "settings")["release"])


def recorded(server: Simulator, claims: str = "", **parameters: Any) -> Report:
    """Run the probe in a fresh world, with the switches that are set now.

    Args:
        claims: the form of the token; without it the simulator's own token is used.
    """
    settings = server.control("GET", "settings")
    furnish(server)
    server.settings(**settings)
    # A reset forgets tokens.
    other = {"other_token": other_token(server)} if "write" in parameters else {}
    return probe(server, token=new_token(server, claims) if claims else "", **parameters, **other)


def settings_of(report: Report) -> dict[str, Any]:
    """Return the settings of a simulator that follows a recording."""
    return {**Settings().to_dict(), **find_settings(report.recording)}


def numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


def test_all_checks_hold_in_every_release(server: Simulator) -> None:
    release = release_of(server)
    report = recorded(server, **WRITE)
    assert report.result["left_behind"] == []
    assert report.recording["release"] == release
    assert report.having("differs") == set()
    newer = {check.id for check in CHECKS if check.since and numbers(check.since) > numbers(release)}
    assert report.having("not seen") == newer


def test_each_switch_changes_exactly_its_checks(server: Simulator) -> None:
    release = release_of(server)
    bases = {True: recorded(server, **WRITE), False: recorded(server)}
    seen = bases[True].having("holds")
    for name, value, checks in SWITCHES:
        set_switches(server, release, **{name: value})
        # The oldest and the newest release show that a switch of the reading part leaves the other one alone.
        writes = release in (RELEASES[0], RELEASES[-1]) or any(check.startswith("write.") for check in checks)
        report = recorded(server, **(WRITE if writes else {}))
        assert report.unlike(bases[writes]) == checks & seen, (name, value)
        changed = {name: value} if checks & seen else {}
        if writes:
            expected = {**Settings().to_dict(), "release": release, **SHOWING, **changed}
            assert settings_of(report) == expected, (name, value)


def test_each_form_of_a_token_changes_exactly_its_checks(newest: Simulator) -> None:
    base = recorded(newest, "all", **WRITE)
    for claims, checks in TOKENS:
        report = recorded(newest, claims, **WRITE)
        assert report.unlike(base) == checks, claims
        assert settings_of(report)["token_claims"] == claims


@pytest.mark.parametrize(("name", "value"), UNSEEN)
def test_switches_that_no_check_sees_change_nothing(newest: Simulator, name: str, value: Any) -> None:
    base = recorded(newest, **WRITE)
    set_switches(newest, RELEASES[-1], **{name: value})
    assert recorded(newest, **WRITE).unlike(base) == set()


def test_a_list_that_changes_during_the_run_proves_no_difference(newest: Simulator) -> None:
    newest.settings(churn={"create": 1, "delete": 1})
    report = recorded(newest)
    assert report.having("differs") == set()
    moved = {name for name in report.having("not seen") if "changed during the run" in report.checks[name]["why"]}
    assert moved and all(name.startswith(("list.", "query.", "route.details")) for name in moved)


@pytest.mark.parametrize("error", [value for value in CHOICES["login_error"] if value != "none"])
def test_a_refused_login_is_an_error_and_no_result(newest: Simulator, error: str) -> None:
    newest.settings(login_error=error)
    login = Login(newest.auth_url, "admin", "simulator")
    connection = check_connection(Connection(newest.url, "", login=login, retries=0))
    context = context_of(Transport(connection))
    with pytest.raises(PXBackupError):
        run_operation(context, CONFORMANCE_MODULE, CONFORMANCE, {})


def test_every_switch_is_in_a_table_of_this_test_and_in_the_readme() -> None:
    names = {item.name for item in fields(Settings)} - {"release"}
    tested = {name for name, _value, _checks in SWITCHES} | {name for name, _value in UNSEEN}
    assert tested | {"token_claims", "churn", "login_error", "schedules"} == names
    text = README.read_text(encoding="utf-8").partition("### What the probe sees")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?`) \| (.*?) \|$", text, re.MULTILINE)
    listed = {name: what for cell, what in rows for name in re.findall("`([a-z_]+)`", cell)}
    assert names <= set(listed)
    for name, _value, checks in SWITCHES:
        assert checks <= set(re.findall("`([a-z.-]+)`", listed[name])), name
    for name, _value in UNSEEN:
        assert name == "unknown_fields" or not re.findall(r"`[a-z]+\.[a-z-]+`", listed[name]), name


def test_a_simulator_that_follows_a_recording_is_like_that_server(newest: Simulator, work: Path) -> None:
    strange = {name: value for name, value, _checks in reversed(SWITCHES) if name != "incremental_chain"}
    set_switches(newest, "2.11.0", **strange)
    recording = recorded(newest, **WRITE).recording
    assert recording["summary"]["differs"] >= 15
    file = work / "recording.json"
    file.write_text(json.dumps(recording), encoding="utf-8")
    with started(work / "like", "--like", str(file)) as follower:
        assert release_of(follower) == "2.11.0"
        report = recorded(follower, baseline=recording, **WRITE)
    assert report.having("differs") == set()
    assert report.having("not seen") == {entry["id"] for entry in recording["checks"] if entry["seen"] is None}
    set_switches(newest, "2.11.0")
    different = recorded(newest, baseline=recording, **WRITE).having("differs")
    assert different == {entry["id"] for entry in recording["checks"] if entry["status"] == "differs"}
