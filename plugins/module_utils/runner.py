# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a task's parameters to its result: the only place that sets check mode and turns errors into results.

The same function serves a module and, where the task runs on the controller itself, the action plugin beside it.
"""

from __future__ import annotations

import gc
import re
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Callable, NamedTuple

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .arguments import (
    BACKUP,
    BACKUP_BATCH,
    BACKUP_INFO,
    CONNECTION,
    TOKEN_MODULE,
    connection_from,
    login_connection_from,
)
from .pxbackup.api.endpoints import Api
from .pxbackup.backups import resource as operations
from .pxbackup.client.connection import Connection, check_connection, insecurities, readable_by_all
from .pxbackup.client.pools import REQUESTS_IMPORT_ERROR
from .pxbackup.client.tokens import caller_of, rfc3339, spellings
from .pxbackup.client.transport import Transport
from .pxbackup.core.model import Context, Outcome
from .pxbackup.core.references import References
from .pxbackup.errors import PXBackupError, ValidationError


class Host(NamedTuple):
    """What runs a task: Ansible's module in a process of its own, or the controller itself.

    Attributes:
        params: the task's validated parameters.
        check_mode: whether nothing may be changed.
        verbose: whether the result shall hold what only a curious person wants.
        secrets: what no output may hold; it grows as secrets become known.
        warn, progress: take one sentence each, for the person at once or in the end.
        lease: gives the transport of a connection for the length of a block.
    """

    params: dict[str, Any]
    check_mode: bool
    verbose: bool
    secrets: set[str]
    warn: Callable[[str], None]
    progress: Callable[[str], None]
    lease: Callable[[Connection], AbstractContextManager[Transport]]


class Entry(NamedTuple):
    """What a module is: its options, what names a run of it, and its work."""

    options: dict[str, dict[str, Any]]
    named: Callable[[dict[str, Any]], dict[str, Any]]
    work: Callable[[Host], dict[str, Any]]


def run_module(name: str) -> None:
    """Run a module: validate, carry out, exit."""
    # What was imported stays until the process ends: to look for garbage in it, last of all at the exit, takes longer
    # than most requests.
    gc.freeze()
    entry = ENTRIES[name]
    # What an operation requires is checked in one place, `operations.run`, which says it in one sentence.
    module = AnsibleModule(argument_spec=entry.options, supports_check_mode=True)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=str(REQUESTS_IMPORT_ERROR))
    host = Host(
        params=module.params,
        check_mode=module.check_mode,
        verbose=module._verbosity > 0,
        secrets=module.no_log_values,
        warn=module.warn,
        progress=module.log,
        lease=opened,
    )
    result = perform(entry, host)
    if result.pop("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


@contextmanager
def opened(connection: Connection) -> Iterator[Transport]:
    """Give a transport for one task and close it in the end."""
    transport = Transport(connection)
    try:
        yield transport
    finally:
        transport.close()


def perform(entry: Entry, host: Host) -> dict[str, Any]:
    """Do the work of a module and return its result, ``failed`` with it; secrets are still to be masked."""
    named = entry.named(host.params)
    try:
        return {"failed": False, **named, **entry.work(host)}
    except PXBackupError as error:
        _hide_spellings(host)
        _hide_logins_in_urls(host)
        return {"failed": True, "msg": str(error), **named, **_failure(error)}
    except Exception as error:  # noqa: BLE001 - a fault of ours must still be a task result, with secrets masked
        _hide_spellings(host)
        return {
            "failed": True,
            "msg": f"internal error in pxops.px_backup ({type(error).__name__}: {error}); please report it",
            "exception": traceback.format_exc(),
            **named,
        }


def _hide_logins_in_urls(host: Host) -> None:
    """Take name and password out of the URLs that a result shows: such a URL is refused, and none goes well."""
    for name in ("api_url", "auth_url"):
        if host.params.get(name):
            host.params[name] = re.sub(r"^(.*?//)?.*@", r"\1***@", str(host.params[name]))


def _hide_spellings(host: Host) -> None:
    """Hide the secrets in other spellings too: an error may quote what a server or a proxy says of a request.

    Not for results that are no errors: they are the server's data, and each value more to look for costs a list of
    many backups dearly.
    """
    for secret in list(host.secrets):
        host.secrets.update(spellings(secret))


def _carry_out(
    host: Host, options: dict[str, Any], work: Callable[[Context, dict[str, Any]], Outcome]
) -> dict[str, Any]:
    """Open the connection, do the work with the parameters that are not the connection's, return its result."""
    parameters = {name: host.params[name] for name in options if name != "operation"}
    for warning in readable_by_all("token_file", host.params["token_file"]):
        host.warn(warning)
    with _leased(host, connection_from(host.params)) as wire:
        before = wire.attempts
        api = Api(wire, host.params["org_id"], host.check_mode, _said_release(host.params["server_release"]))
        context = Context(
            api=api,
            references=References(api),
            caller=lambda: caller_of(wire.token),
            warn=host.warn,
            now=time.time,
            clock=time.monotonic,
            sleep=time.sleep,
            progress=host.progress,
        )
        result = _result(work(context, parameters), api.known_release)
        return {**result, "attempts": wire.attempts - before} if host.verbose else result


def _said_release(text: str | None) -> str | None:
    """Return the release that the task names, checked."""
    if text and not re.fullmatch(r"\d+\.\d+\.\d+", text):
        raise ValidationError(f"server_release {text!r} is no release", hint="give it as in 2.10.1")
    return text or None


def _log_in(host: Host) -> dict[str, Any]:
    with _leased(host, login_connection_from(host.params)) as wire:
        token = wire.log_in()
    lasts = None if token.expires_at is None else max(0, int(token.expires_at - time.time()))
    return {
        "changed": False,
        "token": token.value,
        "expires_in": lasts,
        "expires_at": None if token.expires_at is None else rfc3339(token.expires_at),
        "user_id": caller_of(token.value),
    }


@contextmanager
def _leased(host: Host, connection: Connection) -> Iterator[Transport]:
    """Give the transport of a checked connection; what it learns of secrets is hidden afterwards."""
    checked = check_connection(connection)
    for warning in insecurities(checked):
        host.warn(warning)
    with host.lease(checked) as wire:
        try:
            yield wire
        finally:
            # A token that a login gave is as secret as one that the task gives.
            host.secrets.update(filter(None, wire.known_tokens))


def _result(outcome: Outcome, release: str | None) -> dict[str, Any]:
    result = {"changed": outcome.changed, "message": outcome.message, **outcome.result}
    if release is not None:
        result["server"] = {"release": release}
    if outcome.before is not None:
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    return result


def _failure(error: PXBackupError) -> dict[str, Any]:
    return {"error": error.as_dict(), "changed": error.changed, **error.result}


def _run_operation(host: Host) -> dict[str, Any]:
    operation = operations.OPERATIONS[host.params["operation"]]
    return _carry_out(host, BACKUP, lambda context, parameters: operations.run(context, operation, parameters))


def _read_backups(host: Host) -> dict[str, Any]:
    return _carry_out(
        host, BACKUP_INFO, lambda context, parameters: operations.run(context, operations.INFO, parameters)
    )


def _run_batch(host: Host) -> dict[str, Any]:
    # The other modules start faster without.
    from .pxbackup.backups import batch

    return _carry_out(host, BACKUP_BATCH, batch.run)


ENTRIES = {
    "backup": Entry({**CONNECTION, **BACKUP}, lambda params: {"operation": params["operation"]}, _run_operation),
    "backup_batch": Entry({**CONNECTION, **BACKUP_BATCH}, lambda params: {}, _run_batch),
    "backup_info": Entry({**CONNECTION, **BACKUP_INFO}, lambda params: {}, _read_backups),
    # It changes nothing, so check mode runs it too.
    "token": Entry(TOKEN_MODULE, lambda params: {}, _log_in),
}
