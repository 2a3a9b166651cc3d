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
from typing import Any, Callable, NamedTuple, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .arguments import TOKEN_MODULE, module_options, task_options
from .pxbackup.api.releases import check_release
from .pxbackup.client.connection import Connection, check_connection, insecurities
from .pxbackup.client.options import connection_from, login_connection_from
from .pxbackup.client.pools import REQUESTS_IMPORT_ERROR
from .pxbackup.client.tokens import caller_of, rfc3339, spellings
from .pxbackup.client.transport import Transport
from .pxbackup.core.contexts import new_context
from .pxbackup.core.model import Context, ModuleSpec, Outcome
from .pxbackup.core.registry import run_operation
from .pxbackup.errors import PXBackupError, describe_internal_error
from .pxbackup.text import masked, masked_data, sentence


class Runtime(NamedTuple):
    """What runs a task: Ansible's module in a separate process, or the controller itself.

    Attributes:
        params: the task's validated parameters.
        check_mode: whether nothing may be changed.
        secrets: what no output may hold; it grows as secrets become known.
        warn, progress: take one sentence each, for the user at once or at the end.
        lease: gives the transport of a connection for the length of a block.
    """

    params: dict[str, Any]
    check_mode: bool
    secrets: set[str]
    warn: Callable[[str], None]
    progress: Callable[[str], None]
    lease: Callable[[Connection], AbstractContextManager[Transport]]


class _Module(AnsibleModule):  # type: ignore[misc]
    """Ansible's module, which hides logins in URLs also where Ansible itself refuses the arguments."""

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        """Exit with an error."""
        self.no_log_values.update(find_logins(self.params))
        self._mask_params()
        super().fail_json(masked(msg, spellings(self.no_log_values)), **result)
        raise AssertionError("Ansible has exited")

    def exit_json(self, **result: Any) -> NoReturn:
        """Exit with a result."""
        self._mask_params()
        super().exit_json(**result)
        raise AssertionError("Ansible has exited")

    def _mask_params(self) -> None:
        """Mask the parameters, which become part of the result: Ansible itself masks values alone, not keys."""
        self.params = mask_params(self.params, self.argument_spec, self.no_log_values)


def mask_params(params: dict[str, Any], options: dict[str, Any], secrets: set[str]) -> dict[str, Any]:
    """Return a task's parameters without the secrets that stand elsewhere than in options for secrets."""
    named = {name for name, option in options.items() if option.get("no_log")}
    shown = {name: value for name, value in params.items() if name not in named}
    kept = {name: value for name, value in params.items() if name in named}
    return {**kept, **masked_data(shown, spellings(secrets), options)}


def find_logins(params: dict[str, Any]) -> set[str]:
    """Return the names and passwords in the URLs of a task's parameters, as far as they are text."""
    urls = [params.get(name) for name in ("api_url", "auth_url")]
    return {found for url in urls if isinstance(url, str) for found in re.findall(r"^(?:.*?//)?(.*)@", url) if found}


class _Fault(Exception):
    """A fault of this collection, and whether something was changed before it."""

    def __init__(self, cause: Exception, changed: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.changed = changed


class Entry(NamedTuple):
    """A module.

    Attributes:
        options: its argument specification.
        repeated: the parameters that its result repeats.
        work: does what it is for.
        spec: its specification, where it has one.
        secret: keys of its result that are secrets themselves, and are asked for.
    """

    options: dict[str, dict[str, Any]]
    repeated: tuple[str, ...]
    work: Callable[[Runtime], dict[str, Any]]
    spec: ModuleSpec | None = None
    secret: tuple[str, ...] = ()


def entry_of(spec: ModuleSpec) -> Entry:
    """Return the module of a specification."""
    options = task_options(spec)

    def work(runtime: Runtime) -> dict[str, Any]:
        operation = spec.operation(runtime.params.get("operation"))
        parameters = {name: runtime.params[name] for name in options if name != "operation"}
        return _connected(runtime, lambda context: run_operation(context, spec, operation, parameters))

    return Entry(module_options(spec), ("operation",) if spec.has_choice else (), work, spec)


def run_module(spec: ModuleSpec | Entry) -> None:
    """Run a module: validate, carry out, exit."""
    # What was imported stays until the process ends: to collect garbage in it, especially at the exit, takes longer
    # than most requests.
    gc.freeze()
    entry = entry_of(spec) if isinstance(spec, ModuleSpec) else spec
    # What an operation requires is checked in one place, `core.registry`, which says it in one sentence.
    module = _Module(argument_spec=entry.options, supports_check_mode=True)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=str(REQUESTS_IMPORT_ERROR))
    runtime = Runtime(
        params=module.params,
        check_mode=module.check_mode,
        secrets=module.no_log_values,
        warn=module.warn,
        progress=module.log,
        lease=open_transport,
    )
    result = perform(entry, runtime)
    if result.pop("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


@contextmanager
def open_transport(connection: Connection) -> Iterator[Transport]:
    """Give a transport for one task and close it at the end."""
    transport = Transport(connection)
    try:
        yield transport
    finally:
        transport.close()


def perform(entry: Entry, runtime: Runtime) -> dict[str, Any]:
    """Do the work of a module and return its result, ``failed`` with it, without secrets."""
    result = _unmasked_result(entry, runtime)
    asked_for = {name: result.pop(name) for name in entry.secret if name in result}
    return {**masked_data(result, spellings(runtime.secrets), result), **asked_for}


def _unmasked_result(entry: Entry, runtime: Runtime) -> dict[str, Any]:
    """Do the work of a module; sentences are masked before they are cut, the rest of the result is not yet."""
    repeated = {name: runtime.params[name] for name in entry.repeated}
    try:
        return {"failed": False, **repeated, **entry.work(runtime)}
    except PXBackupError as error:
        runtime.secrets.update(error.secrets)
        _hide_logins_in_urls(runtime)
        message = error.sentence(spellings(runtime.secrets))
        return {"failed": True, "msg": message, **repeated, **_failure(runtime, error)}
    except Exception as error:  # noqa: BLE001 - a fault of ours must still be a task result, with secrets masked
        fault = error if isinstance(error, _Fault) else _Fault(error, False)
        return {
            "failed": True,
            "changed": fault.changed,
            "msg": describe_internal_error(fault.cause, spellings(runtime.secrets)),
            "exception": traceback.format_exc(),
            **repeated,
        }


def _sentence(runtime: Runtime, text: str) -> str:
    """Return a text as a sentence for users, without secrets."""
    return sentence(text, spellings(runtime.secrets))


def _hide_logins_in_urls(runtime: Runtime) -> None:
    """Remove name and password from the URLs that a result shows: such a URL is refused, and the task fails."""
    for name in ("api_url", "auth_url"):
        if runtime.params.get(name):
            runtime.params[name] = re.sub(r"^(.*?//)?.*@", r"\1***@", str(runtime.params[name]))


def _connected(runtime: Runtime, work: Callable[[Context], Outcome]) -> dict[str, Any]:
    """Open the connection, do the work, return its result."""
    with _leased(runtime, connection_from(runtime.params)) as transport:

        def told(text: str) -> str:
            # The server's text may quote a token that a login has obtained meanwhile.
            return sentence(text, spellings({*runtime.secrets, *transport.known_secrets}))

        context = new_context(
            transport,
            runtime.params["org_id"].strip(),
            check_release(runtime.params["server_release"]),
            runtime.check_mode,
            warn=lambda text: runtime.warn(told(text)),
            progress=lambda text: runtime.progress(told(text)),
        )
        before = transport.attempts
        try:
            outcome = work(context)
        except PXBackupError as error:
            error.result = {**error.result, "requests": transport.attempts - before}
            raise
        except Exception as fault:
            raise _Fault(fault, context.api.has_written) from fault
        outcome = outcome._replace(message=told(outcome.message))
        return {**_result(outcome, context.api.known_release), "requests": transport.attempts - before}


def _log_in(runtime: Runtime) -> dict[str, Any]:
    with _leased(runtime, login_connection_from(runtime.params)) as transport:
        token = transport.log_in()
    lasts = None if token.expires_at is None else max(0, int(token.expires_at - time.time()))
    return {
        "changed": False,
        "token": token.value,
        "expires_in": lasts,
        "expires_at": None if token.expires_at is None else rfc3339(token.expires_at),
        "user_id": caller_of(token.value),
    }


@contextmanager
def _leased(runtime: Runtime, connection: Connection) -> Iterator[Transport]:
    """Give the transport of a checked connection; what it learns of secrets is hidden afterwards."""
    checked = check_connection(connection)
    for warning in insecurities(checked):
        runtime.warn(_sentence(runtime, warning))
    with runtime.lease(checked) as transport:
        try:
            yield transport
        finally:
            # A token from a login is as secret as one that the task sets.
            runtime.secrets.update(transport.known_secrets)


def _result(outcome: Outcome, release: str | None) -> dict[str, Any]:
    result = {"changed": outcome.changed, "message": outcome.message, **outcome.result}
    if release is not None:
        result["server"] = {"release": release}
    if outcome.before is not None:
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    return result


def _failure(runtime: Runtime, error: PXBackupError) -> dict[str, Any]:
    shown = error.as_dict()
    hint = shown["hint"]
    shown["hint"] = hint and _sentence(runtime, hint)
    return {"error": shown, "changed": error.changed, "requests": 0, **error.result}


# The module `token` logs in and does nothing else. It changes nothing, so check mode runs it too.
TOKEN = Entry(TOKEN_MODULE, (), _log_in, secret=("token",))
