# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source with real polls of a simulator; the pauses take no time."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.source import Source, SourceError

from support.simulator import Simulator, started

DOWN = {"kind": "status", "status": 503, "match": {"path": "^/v1"}, "times": 0}


class Time:
    """A clock that only the pauses of the source move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Polls:
    """An event source whose polls the test triggers."""

    def __init__(self, simulator: Simulator, kind: str = "backups", **args: Any) -> None:
        self.logged: list[str] = []
        self._time = Time()
        options = {"retries": 0, "heartbeat": 0, "timeout": 5, **args}
        self._source = Source(
            kind,
            options,
            simulator.environment if not {"token_file", "auth_url"} & set(args) else {},
            lambda text: str(uuid.uuid5(uuid.NAMESPACE_URL, text)),
            self.logged.append,
            clock=self._time,
            rand=lambda: 0.5,
        )

    def next(self) -> list[dict[str, Any]]:
        """Return the events of the next poll."""
        self._time.now += self._source.pause()
        events = [event["px_backup"] for event in self._source.step()]
        self._source.settle()
        return events

    def told(self) -> list[tuple[str, str]]:
        """Return type and name of the backup for each event of the next poll."""
        return [(event["type"], event.get("backup", {}).get("name", "")) for event in self.next()]

    def close(self) -> None:
        self._source.close()


def send(simulator: Simulator, method: str, path: str, body: Any = None) -> Any:
    """Send a request to the API as another client would."""
    headers = {"Authorization": f"Bearer {simulator.token}"}
    response = requests.request(method, simulator.url + path, json=body, headers=headers, timeout=30)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_backup_from_start_to_deletion(simulator: Simulator) -> None:
    simulator.add_backup(name="old", status="Success")
    polls = Polls(simulator)
    assert polls.told() == []
    made = simulator.add_backup(
        name="nightly", status="InProgress", duration=60, namespaces=["shop"], labels={"app": "shop"}
    )
    (event,) = polls.next()
    assert (event["type"], event["key"]) == ("started", f"{made['uid']}:started")
    backup = event["backup"]
    assert {key: backup[key] for key in ("name", "uid", "status", "previous", "manual", "labels", "retry_of")} == {
        "name": "nightly",
        "uid": made["uid"],
        "status": "InProgress",
        "previous": None,
        "manual": True,
        "labels": {"app": "shop"},
        "retry_of": "",
    }
    assert event["cluster"]["name"] == "prod-eu" and event["location"]["name"] == "s3-main"
    assert event["namespaces"] == ["shop"]
    assert event["server"]["url"] == simulator.url and event["server"]["release"]
    assert polls.told() == []
    simulator.add_backup(name="nightly", uid=made["uid"], new=False, status="PartialSuccess", reason="disk full")
    (event,) = polls.next()
    assert (event["type"], event["backup"]["previous"]) == ("partial", "InProgress")
    assert event["backup"]["reason"] == "disk full"
    simulator.control("DELETE", "objects", {"kind": "backup", "uid": made["uid"]})
    (event,) = polls.next()
    assert (event["type"], event["backup"]["name"], event["cluster"]) == ("deleted", "nightly", {"name": "prod-eu"})
    assert polls.told() == []
    polls.close()


def test_a_run_that_moves_no_time_of_update_is_seen_by_incremental_polls(simulator: Simulator) -> None:
    simulator.add_backup(name="old", status="Success")
    polls = Polls(simulator, full_interval=3600)
    polls.told()
    simulator.add_backup(name="bad", status="InProgress", duration=3600)
    assert polls.told() == [("started", "bad")]
    simulator.control("POST", "outcomes", {"name": "bad", "status": "Failed", "reason": "no space"})
    simulator.advance(3600)
    assert polls.told() == [("failed", "bad")]
    polls.close()


def test_a_large_list_is_read_in_full_once_and_then_in_one_page(work: Path) -> None:
    with started(work, "--release", "2.11.0", "--page-cap", "20") as simulator:
        for number in range(60):
            simulator.add_backup(name=f"b{number}", status="Success", age=86400)
        simulator.add_backup(name="recent", status="Success")
        polls = Polls(simulator, full_interval=3600)
        assert polls.told() == []
        simulator.forget_requests()
        simulator.add_backup(name="new", status="Failed")
        assert polls.told() == [("failed", "new")]
        (sent,) = simulator.requests()
        assert "LastUpdateTimestamp" in str(sent)
        polls.close()


def test_a_server_that_is_down_for_a_minute(simulator: Simulator) -> None:
    simulator.add_backup(name="run", status="InProgress", duration=3600)
    polls = Polls(simulator)
    polls.told()
    simulator.faults(DOWN)
    first, second, third = polls.next(), polls.next(), polls.next()
    assert [first, third] == [[], []]
    assert [event["type"] for event in second] == ["server_unreachable"]
    assert second[0]["error"]["http_status"] == 503
    simulator.control("DELETE", "faults")
    simulator.control("POST", "outcomes", {"name": "run", "status": "Success"})
    simulator.advance(3600)
    assert polls.told() == [("server_recovered", ""), ("succeeded", "run")]
    assert polls.told() == []
    polls.close()


def test_a_list_that_is_cut_emits_nothing_and_calls_nothing_deleted(simulator: Simulator) -> None:
    names = [f"b{number}" for number in range(30)]
    for name in names:
        simulator.add_backup(name=name, status="Success")
    simulator.settings(page_cap=10)
    polls = Polls(simulator, full_interval=0)
    polls.told()
    simulator.faults({"kind": "truncated_body", "match": {"path": "^/v1/backup", "nth": 2}, "times": 1})
    assert polls.told() == []
    simulator.add_backup(name="new", status="Success")
    assert polls.told() == [("succeeded", "new")]
    polls.close()


def test_a_server_that_restarts_and_a_source_that_restarts(work: Path) -> None:
    kept = ("--state-file", str(work / "server.json"), "--backup-seconds", "5")
    state = str(work / "state.json")
    with started(work, *kept) as simulator:
        simulator.add_backup(name="stays", status="Success")
        gone = simulator.add_backup(name="goes", status="Success")
        polls = Polls(simulator, state_file=state)
        assert polls.told() == []
        polls.close()
        port = simulator.url.rpartition(":")[2]
    with started(work, *kept, "--port", port) as simulator:
        simulator.control("DELETE", "objects", {"kind": "backup", "uid": gone["uid"]})
        simulator.add_backup(name="bad", status="Failed")
        polls = Polls(simulator, state_file=state, start="all")
        events = polls.next()
        assert [(event["type"], event["backup"]["name"]) for event in events] == [
            ("failed", "bad"),
            ("deleted", "goes"),
        ]
        assert "missed_since" in events[0] and "missed_since" not in events[1]
        polls.close()


def test_an_expired_token_ends_the_source_with_a_sentence(simulator: Simulator) -> None:
    token = simulator.control("POST", "tokens", {"user_id": "u1", "username": "ann", "admin": True})["token"]
    polls = Polls(simulator, token=token)
    polls.told()
    simulator.control("POST", "tokens", {"expire": token})
    with pytest.raises(SourceError, match=r"the token was refused \(.*expired.*\); set a new token") as caught:
        polls.next()
    assert token not in str(caught.value)
    polls.close()


def test_a_token_file_is_read_again(simulator: Simulator, work: Path) -> None:
    def new_token() -> str:
        made = simulator.control("POST", "tokens", {"user_id": "u1", "username": "ann", "admin": True})
        return str(made["token"])

    file = work / "token"
    token = new_token()
    file.write_text(token)
    polls = Polls(simulator, token_file=str(file), api_url=simulator.url, org_id="default")
    polls.told()
    simulator.control("POST", "tokens", {"expire": token})
    file.write_text(new_token())
    simulator.add_backup(name="new", status="Success", share={"collaborators": [{"id": "u1", "access": "View"}]})
    assert polls.told() == [("succeeded", "new")]
    polls.close()


def test_a_login_is_renewed(simulator: Simulator) -> None:
    login = {"auth_url": simulator.auth_url, "username": "admin", "password": "simulator"}
    polls = Polls(simulator, api_url=simulator.url, org_id="default", **login)
    polls.told()
    simulator.control("POST", "tokens", {"expire": "all"})
    simulator.add_backup(name="new", status="Success")
    assert polls.told() == [("succeeded", "new")]
    assert "simulator" not in " ".join(polls.logged)
    polls.close()


def test_filters_of_the_server_and_of_the_source(simulator: Simulator) -> None:
    polls = Polls(simulator, namespaces=["sh*"], clusters="prod-eu", labels={"tier": "gold"})
    polls.told()
    wanted = {"namespaces": ["shop"], "cluster": "prod-eu", "labels": {"tier": "gold"}}
    for name, change in {
        "all": {},
        "other-namespace": {"namespaces": ["billing"]},
        "other-cluster": {"cluster": "prod-us"},
        "other-label": {"labels": {"tier": "tin"}},
    }.items():
        simulator.add_backup(name=name, status="Success", **{**wanted, **change})
    assert polls.told() == [("succeeded", "all")]
    polls.close()


def test_a_restore_from_start_to_deletion(simulator: Simulator) -> None:
    simulator.add_backup(name="nightly", status="Success", namespaces=["shop"])
    polls = Polls(simulator, "restores", namespaces="drill-*", backups="nightly")
    others = Polls(simulator, "restores", backups="weekly")
    assert polls.told() == others.told() == []
    body = {
        "metadata": {"name": "drill", "org_id": "default"},
        "backup_ref": {"name": "nightly"},
        "cluster_ref": {"name": "prod-us"},
        "namespace_mapping": {"shop": "drill-shop"},
    }
    created = send(simulator, "POST", "/v1/restore", body)["restore"]["metadata"]
    (event,) = polls.next()
    assert (event["type"], event["restore"]["name"], event["restore"]["backup"]) == ("started", "drill", "nightly")
    assert event["key"] == f"{created['uid']}:started"
    assert (event["cluster"]["name"], event["namespaces"]) == ("prod-us", ["drill-shop"])
    assert others.told() == []
    # The list of restores is never sorted by the server.
    assert "LastUpdateTimestamp" not in str(simulator.requests())
    simulator.advance(3600)
    (event,) = polls.next()
    assert (event["type"], event["restore"]["previous"]) in (("succeeded", "Pending"), ("succeeded", "InProgress"))
    send(simulator, "DELETE", f"/v1/restore/default/drill?uid={created['uid']}")
    first = polls.next()
    assert [event["type"] for event in first] in (["deleting"], ["deleted"])
    if first[0]["type"] == "deleting":
        simulator.advance(3600)
        (event,) = polls.next()
        assert (event["type"], event["restore"]["name"]) == ("deleted", "drill")
    polls.close()


def test_a_namespace_without_a_current_backup_is_overdue_until_there_is_one(simulator: Simulator) -> None:
    simulator.add_backup(name="old", status="Success", namespaces=["shop"], age=90000)
    polls = Polls(simulator, full_interval=0, rpo=[{"namespaces": ["shop"], "rpo": "24h"}], events="overdue,recovered")
    (event,) = polls.next()
    assert (event["type"], event["namespaces"], event["target"]["state"]) == ("overdue", ["shop"], "exceeded")
    assert event["target"]["last_good"]["name"] == "old" and event["cluster"]["name"] == "prod-eu"
    assert polls.told() == []
    simulator.add_backup(name="failed", status="Failed", namespaces=["shop"])
    assert polls.told() == []
    simulator.add_backup(name="new", status="Success", namespaces=["shop"])
    (event,) = polls.next()
    assert (event["type"], event["target"]["last_good"]["name"]) == ("recovered", "new")
    polls.close()


def test_targets_that_are_not_valid_end_the_source_at_the_start(simulator: Simulator) -> None:
    with pytest.raises(SourceError, match="rpo 'soon' is not a valid duration"):
        Polls(simulator, rpo="soon")
