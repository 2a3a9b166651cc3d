# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret is seen: every operation in every way to succeed and to fail, at the highest verbosity.

Tokens, password and key are searched for as they are, URL-encoded and in base64, in what is printed, in results, in
files that are left behind and in the arguments of processes.
"""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from support.examples import BATCHES, ENTRIES
from support.paths import BOTH, DEFAULT
from support.playbooks import BATCH, MODULE, Run, run_tasks
from support.secrets import Watch, forms
from support.simulator import Simulator, started
from support.starts import CHOICE, COMMAND

TOKEN = "C4nary+Token/with-every-kind.of~char_0123456789"
FILE_TOKEN = "F1le+T0ken/from-a-file.of~its_own_9876543210"
PASSWORD = "C4nary+Pass/word=of&the%user 0123456789"

# Every token that the simulator's login gives ends in a signature that begins so.
ISSUED = base64.urlsafe_b64encode(b"simulated-signature-").decode().rstrip("=")[:-1]

SECRETS = {"the token": TOKEN, "the file's token": FILE_TOKEN, "the password": PASSWORD, "the login's token": ISSUED}

# The credentials of a task, which a hostile response can repeat.
WAYS = {"token": TOKEN, "login": PASSWORD, "token_file": FILE_TOKEN}


class Scene(NamedTuple):
    """One way to succeed or to fail.

    Attributes:
        category: of the error, empty for success.
        fault: the rule for every request; ``{secret}``, ``{encoded}`` and ``{base64}`` in it are the task's secret.
        more: further parameters of the task.
    """

    category: str
    fault: dict[str, Any] | None = None
    more: dict[str, Any] = {}


def _nobody() -> str:
    """Return the URL of a port on which nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"https://127.0.0.1:{closed.getsockname()[1]}"


ON_API = {"path": "^/v1/"}
ECHO = "rejected {secret} as {encoded}"
LOCATION = "https://user:{encoded}@login.example.com/{secret}/{encoded}?token={secret}&next={base64}#{secret}"
SCENES = {
    "success": Scene(""),
    "validation": Scene("validation", None, {"retries": -1}),
    "authentication": Scene("authentication", {"kind": "status", "status": 401, "text": ECHO}),
    "permission": Scene("permission", {"kind": "status", "status": 403, "text": ECHO}),
    "not found": Scene("not_found", {"kind": "grpc_error", "code": 5, "text": ECHO}),
    "500": Scene("server", {"kind": "grpc_error", "code": 2, "text": ECHO}),
    "html page": Scene("protocol", {"kind": "html"}),
    "connection refused": Scene("network", None, {"api_url": _nobody()}),
    "silence": Scene("timeout", {"kind": "silence"}, {"timeout": 0.3}),
    "tls failure": Scene("tls", None, {"ca_cert": None}),
    "200 with an error body": Scene("protocol", {"kind": "error_body", "text": ECHO}),
    "control characters": Scene("server", {"kind": "hostile_text", "status": 500, "text": f"\x1b[2J{ECHO}\r\n"}),
    "long text": Scene("server", {"kind": "long_text", "length": 5000, "text": f"{ECHO} "}),
    "redirect": Scene("protocol", {"kind": "redirect", "location": LOCATION}),
}


def _base64(secret: str) -> str:
    return base64.b64encode(secret.encode()).decode()


def _way(scene: str, number: int) -> str:
    """Return how the task of a number logs in: all alike where the response contains their secret, else in turn."""
    turn = 0 if "{secret}" in str(SCENES[scene].fault) else number
    return list(WAYS)[(list(SCENES).index(scene) + turn) % len(WAYS)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulator that knows the secrets and wants a client certificate; its files are not searched."""
    options = ["--tls", "valid", "--tls-client-auth", "--user", f"canary:{PASSWORD}"]
    options += ["--token", TOKEN, "--token", FILE_TOKEN]
    with started(tmp_path_factory.mktemp("outside"), *options) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def token_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "token"
    path.write_text(f"{FILE_TOKEN}\n")
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _as_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start ansible-playbook as users do: its arguments are searched."""
    monkeypatch.setenv(CHOICE, COMMAND)


def _watch(server: Simulator) -> Watch:
    lines = Path(server.client_key).read_text().splitlines()
    key = {f"line {number} of the key": line for number, line in enumerate(lines) if len(line) > 30 and " " not in line}
    assert key
    return Watch({**SECRETS, **key})


def _logins(server: Simulator, token_file: Path) -> dict[str, dict[str, Any]]:
    """Return the parameters of each authentication method; the playbook contains no secret."""
    password = "{{ lookup('env', 'CANARY_PASSWORD') }}"
    return {
        "token": {"token": "{{ lookup('env', 'CANARY_TOKEN') }}"},
        "login": {"auth_url": server.auth_url, "username": "canary", "password": password},
        "token_file": {"token_file": str(token_file)},
    }


def _watched(server: Simulator, work: Path, tasks: list[dict[str, Any]], environment: dict[str, str]) -> Run:
    """Run tasks at the highest verbosity and search for the secrets everywhere."""
    folders = {"ANSIBLE_HOME": "home", "ANSIBLE_LOCAL_TEMP": "local", "ANSIBLE_REMOTE_TEMP": "remote"}
    environment = {**environment, **{name: str(work / folder) for name, folder in folders.items()}}
    watch = _watch(server)
    with watch.over_processes(str(work).encode()):
        run = run_tasks(tasks, work, environment, "-vvvv", "--diff")
    assert watch.scanned, "the playbook's processes are scanned"
    watch.scan("stdout", run.stdout.encode())
    watch.scan("stderr", run.stderr.encode())
    assert watch.scan_below(work) >= 2, "the results and the playbook are searched"
    assert len(run.tasks) == len(tasks), str(run)
    assert not watch.seen, "\n".join(sorted(watch.seen))
    return run


def _certificates(server: Simulator) -> dict[str, Any]:
    return {"client_cert": server.client_cert, "client_key": server.client_key, "ca_cert": server.ca_file}


# Every scene takes the path that tests take; the module path gets those with the longest output.
WAYS_TO_RUN = [(scene, DEFAULT) for scene in SCENES]
WAYS_TO_RUN += [(scene, path) for scene in ("success", "authentication") for path in BOTH if path != DEFAULT]


def _with_uids(task: dict[str, Any], uids: dict[str, str]) -> dict[str, Any]:
    """Return a task with the uids of its backups: with a token that names no user, a write by name alone is refused."""
    if "names" in task:
        backups = [{"name": name, "uid": uids[name]} for name in task["names"]]
        return {**{key: value for key, value in task.items() if key != "names"}, "backups": backups}
    return {**task, "uid": uids[task["name"]]} if task.get("name") in uids else task


@pytest.mark.parametrize(("scene", "path"), WAYS_TO_RUN, indirect=["path"])
def test_no_secret_is_seen(server: Simulator, token_file: Path, work: Path, scene: str) -> None:
    category, fault, more = SCENES[scene]
    server.reset()
    logins = _logins(server, token_file)
    tasks = []
    for number, (name, entry) in enumerate(ENTRIES.items()):
        named = entry.named(f"one-{number}")
        uids = {item["name"]: server.add_backup(**item)["uid"] for item in named.example.before}
        connection = {"api_url": server.url, "org_id": "default", "retries": 0, **_certificates(server)}
        module = {**connection, **logins[_way(scene, number)], **more, **_with_uids(named.task(), uids)}
        tasks.append({"name": name, entry.module: module, "ignore_errors": True})
    for number, (name, example) in enumerate(BATCHES.items(), len(ENTRIES)):
        uids = {backup["name"]: server.add_backup(**backup)["uid"] for backup in example.before}
        connection = {"api_url": server.url, "org_id": "default", "retries": 0, **_certificates(server)}
        module = {**connection, **logins[_way(scene, number)], **more, **_with_uids(example.task, uids)}
        tasks.append({"name": name, BATCH: module, "ignore_errors": True})
    if fault:
        secret = WAYS[_way(scene, 0)]
        shown = {"secret": secret, "encoded": quote(secret, safe=""), "base64": _base64(secret)}
        texts = {key: value.format(**shown) for key, value in fault.items() if isinstance(value, str)}
        server.faults({**fault, **texts, "match": ON_API, "times": 0})
    run = _watched(server, work, tasks, {"CANARY_TOKEN": TOKEN, "CANARY_PASSWORD": PASSWORD})
    found = {result.get("error", {}).get("category", "") for result in run.results}
    # A server that does not tell its release is too old, as far as one can know.
    assert found - {"unsupported"} == {category}


def test_no_secret_of_the_environment_is_seen(server: Simulator, work: Path) -> None:
    server.reset()
    slow = {"kind": "slow_first_byte", "seconds": 1, "match": {}, "times": 1}
    server.faults(slow, {"kind": "grpc_error", "code": 2, "text": TOKEN})
    connection = {"PX_BACKUP_API_URL": server.url, "PX_BACKUP_ORG_ID": "default", "PX_BACKUP_CA_CERT": server.ca_file}
    certificate = {"PX_BACKUP_CLIENT_CERT": server.client_cert, "PX_BACKUP_CLIENT_KEY": server.client_key}
    task = {"name": "list", MODULE: {"operation": "INSPECT_ALL"}, "ignore_errors": True}
    environment = {**connection, **certificate, "PX_BACKUP_TOKEN": TOKEN}
    run = _watched(server, work, [task, {**task, "name": "again"}], environment)
    assert [result["failed"] for result in run.results] == [False, True], [result.get("msg") for result in run.results]


def test_a_refused_login_shows_no_secret(server: Simulator, work: Path) -> None:
    server.reset()
    echo = {"kind": "status", "status": 503, "text": PASSWORD, "match": {"rpc": "Auth.Token", "nth": 2}}
    absent = {"kind": "status", "status": 404, "text": PASSWORD, "match": {"path": "/realms/absent/"}}
    server.faults(absent, echo)
    connection = {"api_url": server.url, "org_id": "default", "retries": 0, **_certificates(server)}
    connection |= _logins(server, Path())["login"]
    more: list[dict[str, Any]] = [{"realm": "absent"}, {"username": "nobody"}, {}]
    tasks = [
        {"name": str(number), MODULE: {"operation": "INSPECT_ALL", **connection, **change}, "ignore_errors": True}
        for number, change in enumerate(more)
    ]
    run = _watched(server, work, tasks, {"CANARY_PASSWORD": PASSWORD})
    assert all(result["failed"] for result in run.results)


@pytest.mark.both_paths
def test_a_password_in_a_url_is_not_seen(server: Simulator, work: Path) -> None:
    hidden = quote(PASSWORD, safe="")
    api = {"api_url": f"https://me:/{hidden}@px.example.com", "token": "a-token-of-nobody"}
    login = {"auth_url": f"https://me:{hidden}@login.example.com", "username": "me", "password": "another-password"}
    tasks = [
        {"name": name, MODULE: {"operation": "INSPECT_ALL", "org_id": "default", **parameters}, "ignore_errors": True}
        for name, parameters in {"api": api, "login": {"api_url": server.url, **login}}.items()
    ]
    run = run_tasks(tasks, work, {"ANSIBLE_INJECT_INVOCATION": "true"}, "-vvv")
    assert [result["error"]["category"] for result in run.results] == ["validation"] * 2
    # The playbook itself holds the password, so only the output and the results are searched.
    watch = Watch({"the password": PASSWORD})
    watch.scan("the output", run.stdout.encode())
    watch.scan("the results", json.dumps(run.tasks).encode())
    assert not watch.seen, watch.seen


@pytest.mark.parametrize("before", ["", "x", "xy"])
@pytest.mark.parametrize("after", ["", "z", "zz"])
def test_a_secret_is_found_in_every_form(before: str, after: str) -> None:
    text = f"{before}{PASSWORD}{after}"
    hidden = [text, quote(text), quote(text, safe=""), _base64(text)]
    for form in [*hidden, base64.urlsafe_b64encode(text.encode()).decode()]:
        watch = Watch({"it": PASSWORD})
        watch.scan("here", form.encode())
        assert watch.seen, form
    assert all(len(form) >= len(PASSWORD) for form in forms(PASSWORD))
