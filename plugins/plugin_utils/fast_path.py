# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fast path: a module's work in the controller's own worker process, where the task runs there anyway.

A module costs a process, an interpreter, its imports, a TCP and a TLS connection for each item of a loop. Here the
worker that Ansible has forked for the task does the same work with the same options, masking and check mode, and
keeps the connection for the next item. In every other case the module runs as usual.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any, NamedTuple

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values, set_fallbacks
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.pxops.px_backup.plugins.module_utils.arguments import find_misfit
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import Connection
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.pools import REQUESTS_IMPORT_ERROR
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import spellings
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.text import masked
from ansible_collections.pxops.px_backup.plugins.module_utils.runner import (
    Entry,
    Runtime,
    find_logins,
    mask_params,
    perform,
)

# What switches the fast path off, or on where the other says off: the variable wins.
VARIABLE = "px_backup_fast_path"
ENVIRONMENT = "PX_BACKUP_FAST_PATH"

# The verbosity at which Ansible shows the arguments of a task.
_SHOWS_ARGUMENTS = 3

display = Display()


class FastPath(NormalAction):  # type: ignore[misc]
    """The action of every module of this collection.

    Attributes:
        entry: the module.
    """

    entry: Entry

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The task's keyword `environment`.
        self._environment: dict[str, Any] = {}
        self._runs = 0

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do the module's work here where that is possible, run the module where it is not."""
        self._runs += 1
        variables = task_vars or {}
        misfit = find_misfit(self.entry.options, self._task.args)
        if misfit:
            given = dict(self._task.args)
            set_fallbacks(self.entry.options, given)
            return {"failed": True, "msg": masked(misfit, spellings(_secrets_in(self.entry, given)))}
        arguments = self._plain_arguments() if self._runs_here(variables) else None
        if arguments is None:
            return dict(super().run(tmp, task_vars))
        self._compute_environment_string(self._environment)
        with _as_in_a_module(self._environment, self._loader.get_basedir()):
            return self._result(arguments, variables)

    def _runs_here(self, variables: dict[str, Any]) -> bool:
        """Whether the task runs on the controller, as the user who runs Ansible, and waits for its end."""
        return (
            self._switched_on(variables)
            and self._connection.transport == "local"
            # Set by the keyword as well as by the variable ansible_become.
            and self._connection.become is None
            and not self._task.async_val
            and REQUESTS_IMPORT_ERROR is None
            # Reading the system's proxies is not safe in a forked process there.
            and sys.platform != "darwin"
        )

    def _switched_on(self, variables: dict[str, Any]) -> bool:
        value, where = variables.get(VARIABLE), f"the variable {VARIABLE}"
        if value is None:
            value, where = os.environ.get(ENVIRONMENT) or "true", f"the environment variable {ENVIRONMENT}"
        else:
            value = self._templar.template(value)
        try:
            return bool(boolean(value))
        except TypeError:
            raise AnsibleActionFail(f"{where} is {value!r}; set it to true or false") from None

    def _plain_arguments(self) -> dict[str, Any] | None:
        """Return the task's arguments as a module would get them, ``None`` where only Ansible knows how to pass one."""
        try:
            return dict(json.loads(json.dumps(self._task.args, default=_plain)))
        except (TypeError, ValueError):
            return None

    def _result(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Validate the arguments, do the work and return what the module would."""
        entry = self.entry
        validated = ArgumentSpecValidator(entry.options).validate(arguments)
        params = {**arguments, **validated.validated_parameters}
        secrets = _secrets_in(entry, params)
        warnings: list[str] = []
        if validated.error_messages:
            secrets.update(find_logins(params))
            result: dict[str, Any] = {"failed": True, "msg": masked(self._invalid(validated), spellings(secrets))}
        else:
            runtime = Runtime(
                params=params,
                check_mode=bool(self._task.check_mode),
                secrets=secrets,
                warn=warnings.append,
                progress=self._tell,
                lease=self._kept,
            )
            result = perform(entry, runtime)
        if not result["failed"]:
            del result["failed"]
        if _wants_invocation(variables):
            shown = mask_params(params, entry.options, secrets)
            result["invocation"] = {"module_args": remove_values(shown, secrets)}
        if warnings:
            result["warnings"] = list(dict.fromkeys(warnings))
        return result

    def _invalid(self, validated: Any) -> str:
        message = str(validated.errors.msg)
        if validated.unsupported_parameters:
            return f"Unsupported parameters for ({self._task.action}) module: {message}"
        return message

    def _tell(self, text: str) -> None:
        """Show at ``-v`` what happens in a long wait, as it happens."""
        if not self._task.no_log:
            display.v(text, host=self._task.delegate_to or self._play_context.remote_addr)

    @contextmanager
    def _kept(self, connection: Connection) -> Iterator[Transport]:
        """Give the transport of the item before where it has the same connection, and keep it for the next item."""
        global _kept
        # The environment may name a proxy.
        key = (os.getpid(), str(self._task._uuid), connection, json.dumps(self._environment, default=str))
        if _kept is None or _kept.key != key:
            if _kept is not None:
                _kept.transport.close()
            _kept = _Kept(key, Transport(connection))
        if self._runs > 1:
            # The same task runs again (``until``, ``retries``): a refused login is tried again.
            _kept.transport.forget_refused_login()
        yield _kept.transport


def _secrets_in(entry: Entry, arguments: dict[str, Any]) -> set[str]:
    """Return the values of the options that are secrets."""
    return {
        str(arguments[name]) for name, option in entry.options.items() if option.get("no_log") and arguments.get(name)
    }


class _Kept(NamedTuple):
    """The transport of a loop, with the process, task, connection and environment that it is good for."""

    key: tuple[int, str, Connection, str]
    transport: Transport


# One worker process works at one task, so there is at most one. It ends with the process.
_kept: _Kept | None = None


def _plain(value: Any) -> Any:
    """Return an argument of a kind that JSON does not know as the kind that a module gets."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if type(value).__name__ in ("AnsibleVaultEncryptedUnicode", "EncryptedString"):
        return str(value)
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        return list(value)
    raise TypeError(type(value).__name__)


def _wants_invocation(variables: dict[str, Any]) -> bool:
    """Whether results hold the arguments.

    From ansible-core 2.21 on a setting says so. Before, modules always return them for ``-vvv`` to show. They are a
    quarter of a result, and Ansible goes through each result several times, so here they are there for ``-vvv`` alone.
    """
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=variables))
    except (AnsibleError, KeyError):
        return bool(display.verbosity >= _SHOWS_ARGUMENTS)


def _working_directory() -> str | None:
    """Return the working directory, ``None`` where an earlier task has removed it."""
    try:
        return os.getcwd()
    except OSError:
        return None


@contextmanager
def _as_in_a_module(environment: dict[str, Any], folder: str) -> Iterator[None]:
    """Give the block the task's environment, and the working directory that a module has on the controller."""
    before = {name: os.environ.get(name) for name in environment}
    here = _working_directory()
    try:
        os.environ.update({name: str(value) for name, value in environment.items()})
        with contextlib.suppress(OSError):
            os.chdir(folder)
        yield
    finally:
        # The work is done: nothing that cleans up may replace its result.
        with contextlib.suppress(OSError):
            os.chdir(here or folder)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
