# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `px-backup-simulator`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import os
import shlex
import signal
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from px_backup_simulator import __version__, eventloop, guard, server, tls, worldfile
from px_backup_simulator.auth import FAR_AWAY, Authenticator, User, make_jwt, make_user, read_claims
from px_backup_simulator.clock import SEEDED_START, Clock
from px_backup_simulator.engine import Engine
from px_backup_simulator.errors import ControlError
from px_backup_simulator.faults import read_faults
from px_backup_simulator.files import read_data_file
from px_backup_simulator.like import find_settings
from px_backup_simulator.settings import CHOICES, Settings
from px_backup_simulator.state import StateFile
from px_backup_simulator.surface import releases
from px_backup_simulator.world import World

DEFAULT_USER = "admin:simulator:8a2f1d5e-6c3b-4e7a-9f10-2b4c6d8e0f12"
_SAVE_EVERY = 5.0
_OUTSIDE = (
    "other machines can reach {host}; whoever reaches it can read and change everything, since the control API "
    "needs no token"
)
_SWITCHES = (
    "release",
    "unknown_fields",
    "zero_values",
    "page_cap",
    "reference_page_cap",
    "latency_ms",
    "backup_seconds",
    "delete_seconds",
    "restore_seconds",
    "token_seconds",
    *(name for name in CHOICES if name not in ("unknown_fields", "zero_values")),
)


def _parse_port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a whole number from 0 to 65535")
    return int(text)


def _parse_count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the options."""
    parser = argparse.ArgumentParser(prog="px-backup-simulator", description="A simulator of the PX-Backup REST API.")
    add = parser.add_argument
    add("--version", action="version", version=__version__)
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--allow-host", action="append", default=[], metavar="NAME", help="a name by which clients may call it")
    add("--port", type=_parse_port, default=0, help="port to listen on; 0: a free one")
    add("--ready-file", metavar="PATH", help="JSON with URL, token and certificates, written when listening")
    add("--env-file", metavar="PATH", help="a shell script with the connection's variables, written when listening")
    add("--release", choices=releases(), default=releases()[-1], help="the release that is simulated")
    for name, choices in CHOICES.items():
        add(f"--{name.replace('_', '-')}", choices=choices, default=choices[0])
    add("--page-cap", type=int, default=0, metavar="N", help="the longest page that the server sends; 0: no limit")
    add("--reference-page-cap", type=int, default=0, metavar="N", help="the same for lists of clusters, locations, ...")
    add("--latency", dest="latency_ms", type=float, default=0.0, metavar="MS", help="delay of every response")
    add("--backup-seconds", type=float, default=2.0, metavar="S", help="how long a backup runs")
    add("--delete-seconds", type=float, default=0.5, metavar="S", help="how long a deletion takes")
    add("--restore-seconds", type=float, default=2.0, metavar="S", help="how long a restore runs")
    add("--token-seconds", type=float, default=3600.0, metavar="S", help="how long the token of a login is valid")
    add("--seed", type=int, metavar="N", help="the same uids for the same number, and times from 2026-01-01 on")
    add("--world", metavar="FILE", help="YAML or JSON with the objects to start with")
    add("--backups", type=_parse_count, default=0, metavar="N", help="generated backups in addition")
    add("--history-days", type=_parse_count, default=0, metavar="N", help="let schedules run for so many days before")
    add("--state-file", metavar="FILE", help="keep the state here over a restart")
    add("--like", metavar="FILE", help="behave as the server of this recording of the conformance probe")
    add("--faults", metavar="FILE", help="YAML or JSON with fault rules")
    add("--tls", choices=tls.MODES, default="none", help="the certificate that the server shows")
    add("--tls-client-auth", action="store_true", help="require a client certificate")
    add("--tls-dir", metavar="DIR", help="where certificates and keys are written")
    add("--user", action="append", metavar="NAME:PASSWORD[:ID[:GROUP,GROUP]]", help="a user who can log in")
    add("--token", action="append", metavar="TOKEN[=USER-ID]", help="a token that is valid from the start")
    return parser


def _make_user_id(name: str) -> str:
    return str(uuid.UUID(bytes=hashlib.md5(name.encode(), usedforsecurity=False).digest(), version=4))


def _make_authenticator(options: argparse.Namespace) -> tuple[Authenticator, User, str]:
    """Read users and tokens; the first user and the first token are those of the ready file."""
    authenticator = Authenticator()
    first: User | None = None
    for text in options.user or [DEFAULT_USER]:
        name, _, rest = text.partition(":")
        password, user_id, groups = [*rest.split(":", 2), "", ""][:3]
        if not name or not password:
            raise ControlError("--user must look like NAME:PASSWORD or NAME:PASSWORD:ID")
        user = make_user(user_id or _make_user_id(name), name, tuple(part for part in groups.split(",") if part))
        authenticator.add_account(user, password)
        first = first or user
    assert first is not None
    given = options.token or [make_jwt(first, 0, FAR_AWAY, 0)]
    tokens = [_add_token(authenticator, text, first) for text in given]
    authenticator.remember_tokens()
    return authenticator, first, tokens[0]


def _add_token(authenticator: Authenticator, text: str, first: User) -> str:
    token, _, user_id = text.rstrip("=").partition("=")
    claims = read_claims(token)
    expires = float(claims.get("exp", FAR_AWAY))
    if user_id:
        user = authenticator.get_user(user_id)
    elif claims.get("sub"):
        known = authenticator.get_user(str(claims["sub"]))
        name = str(claims.get("preferred_username", known.name))
        user = make_user(known.id, name, tuple(claims.get("groups", known.groups)), known.admin)
    else:
        user = first
    authenticator.add_token(token, user, expires)
    return token


@dataclass(slots=True)
class Setup:
    """A simulator that is ready to listen."""

    engine: Engine
    token: str
    files: tls.TlsFiles | None


def make_setup(options: argparse.Namespace) -> Setup:
    """Make what the options describe."""
    clock = Clock(None if options.seed is None else SEEDED_START)
    switches = {name: getattr(options, name) for name in _SWITCHES}
    if options.like:
        switches |= find_settings(read_data_file(options.like))
    settings = Settings().with_changes(switches)
    world = World(clock, 1 if options.seed is None else options.seed)
    authenticator, owner, token = _make_authenticator(options)
    world.owner = owner.id
    state = StateFile(options.state_file) if options.state_file else None
    engine = Engine(clock, settings, world, authenticator, state)
    engine.seed_world = worldfile.read_world_file(options.world)
    engine.generated, engine.history_days = options.backups, options.history_days
    if state is None or not state.load(world):
        engine.fill()
    if options.faults:
        engine.faults.rules.extend(read_faults(read_data_file(options.faults)))
    files = None
    if options.tls != "none":
        folder = Path(options.tls_dir or tempfile.mkdtemp(prefix="px-backup-simulator-"))
        files = tls.make_files(options.tls, options.host, folder)
    elif options.tls_client_auth:
        raise ControlError("--tls-client-auth needs --tls")
    engine.save()
    return Setup(engine, token, files)


def _write_secret(path: str, text: str) -> None:
    temporary = f"{path}.new"
    if os.path.exists(temporary):
        os.unlink(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(temporary, path)


def _make_script(ready: dict[str, Any]) -> str:
    """Return a shell script that connects the modules of the collection to this simulator."""
    variables = {
        "PX_BACKUP_API_URL": ready["url"],
        "PX_BACKUP_ORG_ID": "default",
        "PX_BACKUP_TOKEN": ready["token"],
        "PX_BACKUP_CA_CERT": ready["ca_file"] or "",
        "PX_BACKUP_SIMULATOR_URL": ready["control_url"],
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _make_ready_data(options: argparse.Namespace, setup: Setup, port: int) -> dict[str, Any]:
    host = "127.0.0.1" if options.host in ("0.0.0.0", "") else options.host
    host = f"[{host}]" if ":" in host else host
    url = f"{'https' if setup.files else 'http'}://{host}:{port}"
    return {
        "url": url,
        "control_url": f"{url}/_simulator",
        "auth_url": url,
        "token": setup.token,
        "user_id": setup.engine.world.owner,
        "ca_file": setup.files.ca if setup.files else None,
        "client_cert": setup.files.client_cert if setup.files else None,
        "client_key": setup.files.client_key if setup.files else None,
        "pid": os.getpid(),
        "release": setup.engine.settings.release,
    }


async def _run(options: argparse.Namespace, setup: Setup) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    context = tls.make_server_context(setup.files, options.tls_client_auth) if setup.files else None
    address = server.Address(options.host, options.port, tuple(options.allow_host))
    runner, port = await server.start(setup.engine, address, context)
    ready = _make_ready_data(options, setup, port)
    if options.env_file:
        _write_secret(options.env_file, _make_script(ready))
    if options.ready_file:
        _write_secret(options.ready_file, json.dumps(ready, indent=2))
    if guard.is_reachable_from_outside(options.host):
        print(f"px-backup-simulator: warning: {_OUTSIDE.format(host=options.host)}", file=sys.stderr, flush=True)
    print(f"px-backup-simulator, release {ready['release']}, is listening on {ready['url']}", flush=True)
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), _SAVE_EVERY)
        except TimeoutError:
            setup.engine.settle()
            setup.engine.save()
    await runner.cleanup()
    if setup.engine.state is not None:
        setup.engine.state.close(setup.engine.world)


def main(arguments: list[str] | None = None) -> int:
    """Run until a signal ends it."""
    options = make_parser().parse_args(arguments)
    try:
        setup = make_setup(options)
        gc.freeze()
        with asyncio.Runner(loop_factory=eventloop.make_precise_loop) as runner:
            runner.run(_run(options, setup))
    except (ControlError, OSError) as error:
        print(f"px-backup-simulator: {error}", file=sys.stderr)
        return 2
    return 0
