# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source as the engine runs it: a single file, a queue of one place, an event loop that must never wait."""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events import source
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.backups import BACKUP_EVENTS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.server import ServerReader
from ansible_collections.pxops.px_backup.tests.unit.support.pages import Backups as Pages
from ansible_collections.pxops.px_backup.tests.unit.support.samples import raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

# Where the collection can be found by its full name, which a link in the checkout has too.
COLLECTION = Path(source.__file__).parents[4]
EVENT_SOURCES = COLLECTION / "extensions" / "eda" / "plugins" / "event_source"
EVENT_SOURCE = EVENT_SOURCES / "backups.py"
KINDS = ("backups", "restores")
TOKEN = "canary-token-0123456789"


class Backups:
    """Serves lists and the release; each list takes some time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.statuses: dict[str, str] = {}
        self.seconds = seconds
        self.lists = 0

    def __call__(self, request: Request) -> Reply:
        if request.path == "/v1/version":
            return json_reply({"version": {"major": "2", "minor": "10", "patch": "1"}})
        self.lists += 1
        time.sleep(self.seconds)
        items = [raw_backup(uid.lower(), uid, status={"status": status}) for uid, status in self.statuses.items()]
        return json_reply({"backups": items, "total_count": str(len(items)), "complete": True})


class ListQueue:
    """Keeps what is put, and ends the source after so many events."""

    def __init__(self, most: int, pause: float = 0.0) -> None:
        self.events: list[dict[str, Any]] = []
        self._most, self._pause = most, pause

    async def put(self, event: dict[str, Any]) -> None:
        await asyncio.sleep(self._pause)
        self.events.append(event)
        if len(self.events) >= self._most:
            raise asyncio.CancelledError


def load_main(kind: str = "backups") -> Any:
    return runpy.run_path(str(EVENT_SOURCES / f"{kind}.py"))["main"]


def run(server: HTTPServer, queue: ListQueue, **args: Any) -> None:
    """Run the source until its queue ends it."""
    options = {"api_url": server.url, "org_id": "default", "token": TOKEN, "interval": 5, **args}
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(load_main()(queue, options))


@pytest.mark.parametrize("kind", KINDS)
def test_the_entry_is_a_coroutine_function_that_takes_queue_and_arguments(kind: str) -> None:
    main = load_main(kind)
    assert asyncio.iscoroutinefunction(main)
    assert main.__code__.co_varnames[: main.__code__.co_argcount] == ("queue", "args")


def test_events_of_restores_arrive_in_the_queue(serve: Callable[..., HTTPServer]) -> None:
    def respond(request: Request) -> Reply:
        if request.path == "/v1/version":
            return json_reply({"version": {"major": "2", "minor": "10", "patch": "1"}})
        metadata = {"name": "drill", "uid": "R", "org_id": "default"}
        item = {"metadata": metadata, "restore_info": {"status": {"status": "Failed"}, "backup": "nightly"}}
        return json_reply({"restores": [item], "total_count": "1", "complete": True})

    queue = ListQueue(1)
    options = {"api_url": serve(responder=respond).url, "org_id": "default", "token": TOKEN, "start": "all"}
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(load_main("restores")(queue, options))
    body = queue.events[0]["px_backup"]
    assert (body["key"], body["restore"]["backup"]) == ("R:failed", "nightly")


def test_events_arrive_in_the_queue(serve: Callable[..., HTTPServer]) -> None:
    backups = Backups()
    backups.statuses = {"A": "Success", "B": "Failed"}
    queue = ListQueue(2)
    run(serve(responder=backups), queue, start="all")
    assert [event["px_backup"]["key"] for event in queue.events] == ["A:succeeded", "B:failed"]
    assert queue.events[0]["meta"]["uuid"] != queue.events[1]["meta"]["uuid"]
    assert queue.events[0]["px_backup"]["server"]["release"] == "2.10.1"
    assert TOKEN not in json.dumps(queue.events)


def test_nothing_else_waits_for_a_slow_server(serve: Callable[..., HTTPServer]) -> None:
    backups = Backups(seconds=1.0)
    backups.statuses = {"A": "Success"}
    options = {"api_url": serve(responder=backups).url, "org_id": "default", "token": TOKEN, "start": "all"}

    async def both() -> tuple[int, list[dict[str, Any]]]:
        queue = ListQueue(1)
        task = asyncio.create_task(load_main()(queue, options))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.02)
            ticks += 1
        return ticks, queue.events

    ticks, events = asyncio.run(both())
    assert len(events) == 1
    assert ticks > 20, "the event loop stood still"


def test_an_event_that_is_not_put_is_repeated_by_the_next_run(serve: Callable[..., HTTPServer], tmp_path: Path) -> None:
    backups = Backups()
    backups.statuses = {"A": "Success", "B": "Failed"}
    server, state = serve(responder=backups), str(tmp_path / "state.json")
    first, second = ListQueue(1), ListQueue(2)
    run(server, first, start="all", state_file=state)
    run(server, second, start="all", state_file=state)
    assert second.events[0] == first.events[0]
    assert [event["px_backup"]["key"] for event in second.events] == ["A:succeeded", "B:failed"]


def test_two_sources_do_not_share_a_state_file(serve: Callable[..., HTTPServer], tmp_path: Path) -> None:
    backups = Backups()
    backups.statuses = {"A": "Success"}
    options = {"api_url": serve(responder=backups).url, "org_id": "default", "token": TOKEN, "start": "all"}
    options["state_file"] = str(tmp_path / "state.json")
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(load_main("backups")(ListQueue(1), options))
    with pytest.raises(source.SourceError, match="belongs to a source with another"):
        asyncio.run(load_main("restores")(ListQueue(1), options))


def test_options_that_are_not_valid_end_the_source_with_a_sentence() -> None:
    with pytest.raises(source.SourceError, match=r"^'colour' is not an option of this event source"):
        asyncio.run(load_main()(ListQueue(1), {"colour": "red"}))


def test_an_option_that_is_not_valid_shows_no_secret() -> None:
    secret = "a secret of many letters"
    options = {"api_url": "https://px", "org_id": "x", "token": secret, "timeout": secret}
    with pytest.raises(source.SourceError, match="not a valid number") as caught:
        asyncio.run(load_main()(ListQueue(1), options))
    assert secret not in str(caught.value)


def test_a_refused_token_ends_the_source_with_a_sentence(serve: Callable[..., HTTPServer]) -> None:
    refused = json_reply({"code": 16, "message": f"token is expired: {TOKEN}"}, 401)
    options = {"api_url": serve(refused).url, "org_id": "default", "token": TOKEN}
    with pytest.raises(source.SourceError, match=r"^the token was refused \(.*token is expired") as caught:
        asyncio.run(load_main()(ListQueue(1), options))
    assert TOKEN not in str(caught.value) and "********" in str(caught.value)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_as_many_pages_at_a_time_as_the_rulebook_says(serve: Callable[..., HTTPServer], concurrency: int) -> None:
    pages, lock = Pages(60, cap=5), threading.Lock()
    running = most = 0

    def respond(request: Request) -> Reply:
        nonlocal running, most
        if request.path == "/v1/version":
            return Backups()(request)
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
            return pages(request)

    args = {"api_url": serve(responder=respond).url, "org_id": "default", "token": TOKEN, "start": "all"}
    watch = source.Source("backups", {**args, "concurrency": concurrency}, {}, str, print)
    assert len(watch.step()) == 60
    watch.close()
    assert most == concurrency


def test_of_a_list_only_what_events_need_is_decoded(serve: Callable[..., HTTPServer]) -> None:
    volume = {"name": "pv", "namespace": "shop", "pvc": "data", "status": {"status": "Failed"}, "total_size": "7"}
    server = serve(json_reply({"backups": [raw_backup(volumes=[volume], total_size="9", backup_path="x")]}))
    api = Api(transport(server.url), "default", release="2.11.0")
    for by_update in (False, True):
        (item,) = ServerReader(api, BACKUP_EVENTS, {}).list(by_update)
        assert "backup_path" not in item["backup_info"] and "total_size" not in item["backup_info"]["volumes"][0]
        (item,) = ServerReader(api, BACKUP_EVENTS, {}, ("backup_info.backup_path",)).list(by_update)
        assert item["backup_info"]["backup_path"] == "x"


def in_a_process(path: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """Run the file as the engine does, in a Python that does not know where collections are."""
    lines = [
        "import asyncio, runpy, sys",
        *before,
        f"main = runpy.run_path({str(path)!r})['main']",
        "try:",
        "    asyncio.run(main(None, {}))",
        "except Exception as error:",
        "    print(error)",
        "print('ansible' in sys.modules)",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PX_BACKUP"))}
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_library_is_found_from_the_file_alone_and_ansible_is_not_needed(kind: str) -> None:
    done = in_a_process(EVENT_SOURCES / f"{kind}.py")
    assert done.stdout.splitlines() == [
        "api_url is required; set it, such as https://px-backup.example.com:10001",
        "False",
    ]


def test_a_file_outside_a_collection_says_what_to_do(tmp_path: Path) -> None:
    copy = shutil.copy(EVENT_SOURCE, tmp_path / "backups.py")
    done = in_a_process(Path(copy))
    assert "the library of the collection pxops.px_backup was not found" in done.stdout, done.stderr
    assert "install the collection and use the source as pxops.px_backup.backups" in done.stdout


def test_without_requests_the_source_says_what_to_install() -> None:
    hidden = "sys.modules['urllib3'] = sys.modules['requests'] = None"
    done = in_a_process(EVENT_SOURCE, hidden)
    assert done.stdout.startswith("Failed to import the required Python library (requests)"), done.stderr


def test_the_file_can_be_tried_without_a_rulebook(serve: Callable[..., HTTPServer]) -> None:
    backups = Backups()
    backups.statuses = {"A": "Success"}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PX_BACKUP_API_URL": serve(responder=backups).url,
        "PX_BACKUP_TOKEN": TOKEN,
        "PX_BACKUP_ORG_ID": "default",
    }
    with subprocess.Popen(
        [sys.executable, str(EVENT_SOURCE)], env=environment, text=True, stdout=-1, stderr=-1
    ) as child:
        limit = time.monotonic() + 20
        while backups.lists == 0 and time.monotonic() < limit:
            time.sleep(0.05)
        child.terminate()
        assert backups.lists == 1, child.stderr.read() if child.stderr else ""
