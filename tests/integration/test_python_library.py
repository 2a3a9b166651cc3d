# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The library for itself, as a script uses it: no Ansible, a real server over HTTP."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library import (
    NotFoundError,
    PXBackupError,
    StateError,
    ValidationError,
    WaitTimeoutError,
    connect,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library.client import PXBackup

from support.simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, Any] = {
    "name": "one",
    "cluster_ref": {"name": "prod-eu"},
    "backup_location_ref": {"name": "s3-main"},
    "namespaces": ["shop"],
}


def scripts_of(page: str) -> list[str]:
    """Return the Python scripts of a page."""
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run_script(text: str, work: Path, environment: dict[str, str]) -> list[str]:
    """Run a script where Ansible cannot be imported; return the lines that it prints."""
    (work / "hidden" / "ansible").mkdir(parents=True)
    (work / "hidden" / "ansible" / "__init__.py").write_text("raise ImportError('Ansible is not needed')\n")
    (work / "script.py").write_text(text, encoding="utf-8")
    own = {key: value for key, value in os.environ.items() if not key.startswith("PX_BACKUP_")}
    own["PYTHONPATH"] = os.pathsep.join([str(work / "hidden"), os.environ["PYTHONPATH"]])
    # The Python of a managed host may be older than that of the tests.
    command = [os.environ.get("PX_BACKUP_TEST_HOST_PYTHON", sys.executable), str(work / "script.py")]
    done = subprocess.run(command, env={**own, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def told() -> list[str]:
    """What the client warned of."""
    return []


@pytest.fixture
def open_client(simulator: Simulator, told: list[str]) -> Iterator[Callable[..., PXBackup]]:
    """Return a function that connects to the simulator; everything is closed at the end."""
    clients: list[PXBackup] = []

    def start(**options: Any) -> PXBackup:
        given = {"api_url": simulator.url, "org_id": "default", "token": simulator.token, **options}
        clients.append(connect(warn=told.append, **given))
        return clients[-1]

    simulator.settings(backup_seconds=0, delete_seconds=0, restore_seconds=0)
    yield start
    for client in clients:
        client.close()


@pytest.fixture
def px(open_client: Callable[..., PXBackup]) -> PXBackup:
    return open_client()


def test_the_script_of_the_readme_lists_failed_backups(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="good", status="Success")
    simulator.add_backup(name="bad", status="Failed")
    (script,) = scripts_of("README.md")
    assert sum(1 for line in script.splitlines() if line.strip()) <= 5
    lines = run_script(script, work, simulator.environment)
    assert len(lines) == 1 and lines[0].startswith("bad ")


def test_the_scripts_of_the_guide_run_one_after_the_other(simulator: Simulator, work: Path) -> None:
    simulator.settings(backup_seconds=0)
    simulator.add_backup(name="bad", status="Failed")
    scripts = scripts_of("docs/guides/python.md")
    assert scripts[0] == scripts_of("README.md")[0]
    lines = run_script("\n".join(scripts), work, simulator.environment)
    assert lines[0].startswith("bad ")
    assert lines[1].startswith("True Backup 'shop-2026-11-23' was created")
    assert lines[-1] == "Success"
    assert [line["rpc"] for line in simulator.writes()] == ["Backup.Create"]


def test_a_list_says_how_many_there_are(simulator: Simulator, px: PXBackup) -> None:
    for number in range(3):
        simulator.add_backup(name=f"b{number}", status="Success")
    whole, part = px.backups.list(), px.backups.list(max_objects=2, statistics=True)
    assert (len(whole), whole.total_count, whole.truncated, whole.statistics) == (3, 3, False, None)
    assert (len(part), part.total_count, part.truncated) == (2, 3, True)
    assert part.statistics is not None and part.statistics["by_status"] == {"Success": 3}
    assert {item["metadata"]["name"] for item in whole} == {"b0", "b1", "b2"}
    assert px.restores.list() == []


def test_the_life_of_a_backup(simulator: Simulator, px: PXBackup) -> None:
    created = px.backups.create(**SETTINGS, wait=True)
    assert created.changed and created.result["backup"]["backup_info"]["status"]["status"] == "Success"
    assert not px.backups.create(**SETTINGS).changed
    assert px.backups.update(name="one", labels={"team": "shop"}).after == {"labels": {"team": "shop"}}
    assert px.backups.get(name="one")["metadata"]["labels"] == {"team": "shop"}
    assert not px.backups.wait(name="one").changed
    deleted = px.backups.delete(name="one", wait=True)
    assert deleted.changed and deleted.result["backup"] is None
    assert not px.backups.delete(name="one").changed
    with pytest.raises(NotFoundError, match="backup 'one' not found"):
        px.backups.get(name="one")
    assert [line["rpc"] for line in simulator.writes()] == ["Backup.Create", "Backup.Update", "Backup.Delete"]


def test_the_life_of_a_restore(simulator: Simulator, px: PXBackup) -> None:
    simulator.add_backup(name="one", status="Success", namespaces=["shop"])
    where = {"backup_ref": {"name": "one"}, "cluster_ref": {"name": "prod-us"}}
    with pytest.raises(ValidationError, match="namespace_mapping"):
        px.restores.create(name="back", **where)
    assert px.restores.create(name="back", **where, namespace_mapping={"shop": "shop-2"}).changed
    assert px.restores.wait(name="back").result["arrival"]["verdict"]
    assert px.restores.delete(name="back", wait=True).changed
    assert simulator.state()["restores"] == []


def test_a_plan_deletes_nothing_and_a_prune_does(simulator: Simulator, px: PXBackup) -> None:
    owner = px.backups.create(**{**SETTINGS, "name": "newest"}, wait=True).result["backup"]["metadata"]["owner"]
    simulator.add_backup(
        name="old", status="Success", namespaces=["shop"], owner=owner, create_time="2020-01-01T00:00:00Z"
    )
    simulator.forget_requests()
    plan = px.retention.plan(keep={"last": 1})
    assert plan.changed and simulator.writes() == []
    pruned = px.retention.prune(keep={"last": 1})
    assert pruned.changed and pruned.before == plan.before
    assert [item["metadata"]["name"] for item in px.backups.list()] == ["newest"]


def test_a_report_of_the_protection(simulator: Simulator, px: PXBackup) -> None:
    simulator.add_backup(name="good", status="Success", namespaces=["shop"])
    report = px.protection.report(targets=[{"rpo": "24h"}], clusters=["prod-eu"])
    assert report["verdict"]["text"]
    with pytest.raises(StateError) as caught:
        px.protection.report(targets=[{"rpo": "1h"}], namespaces={"prod-eu": ["billing"]}, fail_on="unprotected")
    assert caught.value.result["report"]["verdict"]


def test_check_mode_changes_nothing(simulator: Simulator, open_client: Callable[..., PXBackup]) -> None:
    assert open_client(check_mode=True).backups.create(**SETTINGS).message == "Backup 'one' would be created"
    assert simulator.writes() == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"state": "Failed"}, "backups.list has no parameter 'state'; valid parameters: uid, name_filter"),
        ({"status": ["Bad"]}, r"status\[0\] is 'Bad'; valid values: Invalid, "),
        ({"max_objects": "many"}, "max_objects is 'many', not a whole number"),
        ({"cluster_ref": {"id": "x"}}, "cluster_ref has no option 'id'; valid options: name, uid"),
        ({"labels": "a=b"}, "labels is 'a=b', not a dictionary"),
    ],
)
def test_a_parameter_that_is_not_valid_is_a_sentence(
    simulator: Simulator, px: PXBackup, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=f"^{sentence}"):
        px.backups.list(**given)
    assert simulator.requests() == []


def test_an_error_says_what_failed_without_secrets(simulator: Simulator, open_client: Callable[..., PXBackup]) -> None:
    text = f"no store for {simulator.token}"
    simulator.faults({"kind": "grpc_error", "code": 13, "text": text, "match": {"rpc": "Backup.Enumerate"}})
    with pytest.raises(PXBackupError, match=r"no store for \*{3}") as quoting:
        open_client().backups.list()
    assert simulator.token not in f"{quoting.value} {quoting.value.as_dict()}"
    secret = f"{simulator.token}x"
    with pytest.raises(PXBackupError) as caught:
        open_client(token=secret).backups.list()
    assert caught.value.as_dict()["category"] == "authentication"
    assert secret not in f"{caught.value} {caught.value.as_dict()}"
    assert secret not in repr(open_client(token=secret))


def test_a_wait_that_times_out_says_what_is_known(simulator: Simulator, px: PXBackup) -> None:
    simulator.settings(backup_seconds=600)
    with pytest.raises(WaitTimeoutError, match="after 1 second backup 'one' is still Pending") as caught:
        px.backups.create(**SETTINGS, wait=True, wait_timeout=1)
    assert caught.value.changed and caught.value.result["backup"]["metadata"]["name"] == "one"


def test_several_threads_use_one_client(simulator: Simulator, px: PXBackup) -> None:
    for number in range(8):
        simulator.add_backup(name=f"b{number}", status="Success")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: px.backups.get(name=f"b{number}")["metadata"]["name"], range(8)))
    assert found == [f"b{number}" for number in range(8)]


def test_a_closed_client_refuses(px: PXBackup) -> None:
    with px:
        assert px.backups.list() == []
    with pytest.raises(ValidationError, match="this client is closed; call connect again"):
        px.backups.list()


def test_what_is_not_set_comes_from_the_environment(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, work: Path
) -> None:
    for name, value in simulator.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PX_BACKUP_TOKEN")
    token = work / "token"
    token.write_text(simulator.token)
    token.chmod(0o644)
    with caplog.at_level(logging.WARNING), connect(token_file=token) as client:
        assert client.backups.list() == []
    assert any("is readable by every user" in record.getMessage() for record in caplog.records)
    monkeypatch.delenv("PX_BACKUP_ORG_ID")
    with pytest.raises(ValidationError, match="^org_id is required"):
        connect(token_file=token)
    with pytest.raises(ValidationError, match="^connect has no parameter 'tokens'; valid parameters: api_url"):
        connect(tokens="x")  # type: ignore[typeddict-item]
    with pytest.raises(ValidationError, match="^retries is 'a lot', not|^retries 'a lot' is not a valid number"):
        connect(org_id="default", retries="a lot")  # type: ignore[arg-type]
