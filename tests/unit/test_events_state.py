# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What survives a restart: nothing is lost, and what is repeated has the same key and UUID."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ServerError, ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.state import StateFile
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import Clock, Run, Server, in_short

BUSY = ServerError("not ready", http_status=503)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def started(path: Path, *uids: str) -> tuple[Server, Clock]:
    """Return a server with successful backups that a run has seen."""
    server, clock = Server(), Clock()
    for uid in uids:
        server.put(uid, "Success")
    assert Run(server, clock, state_file=path).step() == []
    return server, clock


def test_what_happened_between_two_runs_is_told(path: Path) -> None:
    server, clock = started(path, "A", "B", "C")
    clock.passed += 7200.0
    server.drop("B")
    server.put("C", "CloudBackupMissing")
    server.put("N", "Failed")
    run = Run(server, clock, state_file=path)
    assert run.told() == ["missing C <Success", "failed N", "deleted B <Success"]
    assert [event["px_backup"].get("missed_since") for event in run.events] == ["2026-11-15T12:00:00Z", None, None]
    assert run.told() == []


def test_a_gap_without_a_change_is_not_told_later(path: Path) -> None:
    server, clock = started(path, "A")
    run = Run(server, clock, state_file=path)
    assert run.told() == []
    server.put("A", "Failed")
    assert "missed_since" not in run.step()[0]["px_backup"]


def test_start_does_not_count_when_there_is_a_state(path: Path) -> None:
    server, clock = started(path, "A")
    assert Run(server, clock, announces=lambda _item: True, state_file=path).told() == []


def test_a_crash_between_put_and_write_repeats_the_same_events(path: Path) -> None:
    server, clock = started(path, "A", "B")
    server.put("A", "Failed")
    server.drop("B")
    run = Run(server, clock, state_file=path)
    put = run.step(crash=True)
    assert [in_short(event) for event in put] == ["failed A <Success", "deleted B <Success"]
    clock.passed += 500.0
    # What has changed since then follows, and replaces nothing.
    server.put("A", "Deleting")
    again = Run(server, clock, state_file=path)
    assert again.step() == put
    assert again.told() == ["deleting A <Failed"]


def test_a_crash_before_the_put_loses_nothing(path: Path) -> None:
    server, clock = started(path, "A")
    server.put("A", "Failed")
    Run(server, clock, state_file=path).watch.step()
    assert Run(server, clock, state_file=path).told() == ["failed A <Success"]


def test_an_outage_that_a_run_has_told_is_not_told_again(path: Path) -> None:
    server, clock = started(path, "A")
    run = Run(server, clock, state_file=path)
    server.down = BUSY
    assert [run.told() for _poll in range(2)] == [[], ["server_unreachable"]]
    run = Run(server, clock, state_file=path)
    assert [run.told() for _poll in range(3)] == [[], [], []]
    server.down = None
    assert run.told() == ["server_recovered"]


def test_nothing_is_saved_before_there_is_a_baseline(path: Path) -> None:
    server, clock = Server(), Clock()
    server.put("A", "Success")
    server.down = BUSY
    run = Run(server, clock, state_file=path)
    assert [run.told() for _poll in range(2)] == [[], ["server_unreachable"]]
    assert not path.exists()
    server.down = None
    assert Run(server, clock, state_file=path).told() == []


def test_the_file_is_private_and_small_and_nothing_is_left_beside_it(path: Path) -> None:
    started(path, "A")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["state.json"]
    content = json.loads(path.read_text())
    assert content["known"] == {"A": ["Success", "a", ""]}
    assert content["pending"] == []


def damaged(change: Any) -> Any:
    def write(path: Path) -> None:
        content = json.loads(path.read_text())
        content.update(change)
        path.write_text(json.dumps(content))

    return write


DAMAGES = {
    "half": (lambda path: path.write_text(path.read_text()[:20]), "is damaged"),
    "nothing": (lambda path: path.write_text(""), "is damaged"),
    "no text": (lambda path: path.write_bytes(b"\xff\xfe\x00"), "is damaged"),
    "a list": (lambda path: path.write_text("[]"), "is not the state of an event source of this release"),
    "another form": (damaged({"form": 99}), "is not the state of an event source of this release"),
    "another server": (damaged({"scope": {"url": "https://other"}}), "belongs to a source with another server"),
    "no objects": (damaged({"known": None}), "is damaged"),
    "objects of another kind": (damaged({"known": {"A": ["Success"]}}), "is damaged"),
    "events of another kind": (damaged({"pending": ["x"]}), "is damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_cannot_be_used_ends_the_start(path: Path, damage: str) -> None:
    server, clock = started(path, "A")
    harm, message = DAMAGES[damage]
    harm(path)
    with pytest.raises(ValidationError, match=message) as caught:
        Run(server, clock, state_file=path)
    assert repr(str(path)) in str(caught.value) and "remove it" in str(caught.value)


def test_a_folder_that_does_not_exist_ends_the_start(path: Path) -> None:
    run = Run(Server(), Clock(), state_file=path / "no" / "state.json")
    with pytest.raises(ValidationError, match=r"cannot be written \(no such file or directory\)"):
        run.step()


def test_a_file_that_cannot_be_read_ends_the_start(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ValidationError, match=r"cannot be read \(is a directory\)"):
        Run(Server(), Clock(), state_file=path)


def test_a_disk_that_fills_up_later_is_logged_once_and_ends_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, clock = Server(), Clock()
    run = Run(server, clock, state_file=path)
    run.step()

    def full(_store: StateFile, _state: object) -> None:
        raise ValidationError("state_file 'x' cannot be written (no space left on device)")

    with monkeypatch.context() as patched:
        patched.setattr(StateFile, "save", full)
        server.put("A", "Failed")
        assert run.told() == ["failed A"]
        assert run.told() == []
    assert len(run.logged) == 1 and "a restart repeats events" in run.logged[0]
    run.step()
    assert "A" in json.loads(path.read_text())["known"]
