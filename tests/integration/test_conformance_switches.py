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
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.table import CHECKS
from px_backup_simulator.like import find_settings
from px_backup_simulator.settings import CHOICES, Settings

from support.conformance import SHOWING, WRITE, Report, furnish, new_token, probe
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

# What a switch of another name does to a running simulator has no effect that the probe sees; README.md says why.
HARMLESS = (
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
    ("schedules", "on"),
    ("permission_errors", "unknown"),
    ("token_seconds", 60.0),
    ("unknown_fields", "record"),
    ("login_error", "invalid_client"),
)


@pytest.fixture(params=RELEASES)
def server(request: pytest.FixtureRequest, running_simulator: Simulator) -> Any:
    """The simulator in each release, as its defaults are afterwards."""
    furnish(running_simulator)
    running_simulator.settings(release=request.param, unknown_fields="ignore")
    yield running_simulator
    running_simulator.reset()


def recorded(server: Simulator, token: str = "", **parameters: Any) -> Report:
    """Run the whole probe in a fresh world with the settings that are set now."""
    settings = server.control("GET", "settings")
    furnish(server, **{key: value for key, value in settings.items() if key not in SECONDS})
    report = probe(server, token=token, **WRITE, **parameters)
    assert report.result["left_behind"] == []
    return report


SECONDS = {"backup_seconds", "restore_seconds", "delete_seconds"}


def set_again(server: Simulator, release: str, **changes: Any) -> None:
    """Set the defaults, the release, what shows everything, and these changes."""
    defaults = Settings().to_dict()
    server.settings(**{**defaults, "release": release, **SHOWING, **changes})


def test_all_checks_hold_in_every_release(server: Simulator) -> None:
    release = server.control("GET", "settings")["release"]
    report = recorded(server)
    assert report.recording["release"] == release
    assert report.having("differs") == set()
    newer = {check.id for check in CHECKS if check.since and _numbers(check.since) > _numbers(release)}
    assert report.having("not seen") == newer


def test_each_switch_changes_exactly_its_checks(server: Simulator) -> None:
    release = server.control("GET", "settings")["release"]
    base = recorded(server)
    seen = base.having("holds")
    for name, value, checks in SWITCHES:
        set_again(server, release, **{name: value})
        report = recorded(server)
        assert report.unlike(base) == checks & seen, (name, value)
        expected = {**Settings().to_dict(), "release": release, **SHOWING}
        expected.update({name: value} if checks & seen else {})
        follows = {**Settings().to_dict(), **find_settings(report.recording)}
        assert follows == expected, (name, value)


def test_each_form_of_a_token_changes_exactly_its_checks(server: Simulator) -> None:
    base = recorded(server, new_token(server))
    for claims, checks in TOKENS:
        server.settings(token_claims=claims)
        token = new_token(server, claims)
        settings = server.control("GET", "settings")
        assert settings["token_claims"] == claims
        # A reset forgets tokens, so the world is the one of the run before.
        report = probe(server, token=token, **WRITE)
        assert report.unlike(base) == checks
        assert find_settings(report.recording)["token_claims"] == claims


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
