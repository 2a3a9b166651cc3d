# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator that behaves as a recorded server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from simulator_process import Json, Starter

from px_backup_simulator.cli import main
from px_backup_simulator.errors import ControlError
from px_backup_simulator.like import NUMBERS, RULES, SCHEMA, find_release, find_settings
from px_backup_simulator.settings import CHOICES, Settings
from px_backup_simulator.surface import releases


def recording(release: str = "3.2.0", **seen: Json | None) -> Json:
    """Return a recording in which these checks have seen something; underscores stand for dots."""
    checks = [{"id": name.replace("__", "."), "seen": value} for name, value in seen.items()]
    return {"schema": SCHEMA, "release": release, "checks": checks}


def test_each_rule_names_a_setting_and_one_of_its_values() -> None:
    known = Settings().to_dict()
    for check, _seen, changes in RULES:
        assert "." in check
        for name, value in changes.items():
            assert value in CHOICES[name] if name in CHOICES else isinstance(value, type(known[name]))
    assert all(known[setting] == 0 for _check, _key, setting in NUMBERS)


@pytest.mark.parametrize(("check", "seen", "changes"), RULES)
def test_a_rule_is_followed_only_where_the_check_has_seen_that(check: str, seen: Json, changes: Json) -> None:
    entry = check.replace(".", "__")
    assert changes.items() <= find_settings(recording(**{entry: {"more": 1, **seen}})).items()
    assert find_settings(recording(**{entry: None})) == {"release": "3.2.0"}
    if seen:
        other = find_settings(recording(**{entry: dict.fromkeys(seen, "other")}))
        assert not changes.items() & other.items()


def test_a_token_without_any_claim_is_opaque() -> None:
    none = {"present": False}
    assert find_settings(recording(login__subject=none, login__expiry=none))["token_claims"] == "opaque"


def test_the_longest_page_is_taken_over() -> None:
    page = {"full": False, "longest": 7}
    assert find_settings(recording(**{"list__page-size": page}))["page_cap"] == 7


@pytest.mark.parametrize(
    ("recorded", "release"),
    [("2.9.0", "2.9.0"), ("2.10.3", "2.10.1"), ("2.7.0", "2.8.1"), ("9.0.0", releases()[-1]), ("", releases()[-1])],
)
def test_the_release_is_the_newest_that_is_not_newer(recorded: str, release: str) -> None:
    assert find_release(recorded) == release


@pytest.mark.parametrize("bad", [[], {}, {"schema": "other"}])
def test_something_else_is_refused(bad: Any) -> None:
    with pytest.raises(ControlError, match="--like needs a recording"):
        find_settings(bad)


def test_the_option_takes_a_file(start: Starter, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "recording.json"
    file.write_text(json.dumps(recording("2.11.0", **{"json__zero-values": {"rendered": True}})), encoding="utf-8")
    settings = start("--like", str(file)).control("GET", "settings")
    assert (settings["release"], settings["zero_values"]) == ("2.11.0", "render")
    file.write_text("{}", encoding="utf-8")
    assert main(["--like", str(file)]) == 2
    assert "--like needs a recording" in capsys.readouterr().err
