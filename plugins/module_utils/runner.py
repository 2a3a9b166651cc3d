# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a task's parameters to its result: the only place that exits or fails, and that sets check mode."""

from __future__ import annotations

import re
import time
import traceback
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .arguments import BACKUP, BACKUP_INFO, CONNECTION, TOKEN_MODULE, connection_from, login_connection_from
from .pxbackup import operations
from .pxbackup.api import Api
from .pxbackup.connection import Connection, check_connection, insecurities, open_to_all
from .pxbackup.errors import PXBackupError, ValidationError
from .pxbackup.model import Context, Outcome
from .pxbackup.references import References
from .pxbackup.tokens import caller_of, rfc3339, spellings
from .pxbackup.transport import REQUESTS_IMPORT_ERROR, Transport


def run_backup() -> None:
    """Run the ``backup`` module: validate, carry out one operation, exit."""
    module = AnsibleModule(argument_spec={**CONNECTION, **BACKUP}, supports_check_mode=True)
    # What an operation requires is checked in one place, `operations.run`, which says it in one sentence.
    operation = operations.OPERATIONS[module.params["operation"]]
    _run(module, lambda: _carry_out(module, operation, BACKUP), {"operation": operation.name})


def run_backup_info() -> None:
    """Run the ``backup_info`` module: read backups, whatever there are."""
    module = AnsibleModule(argument_spec={**CONNECTION, **BACKUP_INFO}, supports_check_mode=True)
    _run(module, lambda: _carry_out(module, operations.INFO, BACKUP_INFO), {})


def run_token() -> None:
    """Run the ``token`` module: log in and return the token. It changes nothing, so check mode runs it too."""
    module = AnsibleModule(argument_spec=TOKEN_MODULE, supports_check_mode=True)
    _run(module, lambda: _log_in(module), {})


def _run(module: AnsibleModule, work: Callable[[], dict[str, Any]], named: dict[str, Any]) -> None:
    """Do the work and exit with its result, or with what went wrong."""
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=str(REQUESTS_IMPORT_ERROR))
    try:
        result = work()
    except PXBackupError as error:
        _hide_spellings(module)
        module.fail_json(msg=str(error), **named, **_failure(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours must still be a task result, with secrets masked
        _hide_spellings(module)
        module.fail_json(
            msg=f"internal error in pxops.px_backup ({type(error).__name__}: {error}); please report it",
            exception=traceback.format_exc(),
            **named,
        )
    else:
        module.exit_json(**named, **result)


def _hide_spellings(module: AnsibleModule) -> None:
    """Hide the secrets in other spellings too: an error may quote what a server or a proxy says of a request.

    Not for results that are no errors: they are the server's data, and each value more to look for costs a list of
    many backups dearly.
    """
    for secret in list(module.no_log_values):
        module.no_log_values.update(spellings(secret))


def _carry_out(module: AnsibleModule, operation: operations.Operation, options: dict[str, Any]) -> dict[str, Any]:
    parameters = {name: module.params[name] for name in options if name != "operation"}
    wire = _transport(module, connection_from(module.params))
    for warning in open_to_all("token_file", module.params["token_file"]):
        module.warn(warning)
    try:
        api = Api(wire, module.params["org_id"], module.check_mode, _said_release(module.params["server_release"]))
        context = Context(
            api=api,
            references=References(api),
            caller=lambda: caller_of(wire.token),
            warn=module.warn,
            now=time.time,
            clock=time.monotonic,
            sleep=time.sleep,
            progress=module.log,
        )
        outcome = operations.run(context, operation, parameters)
        return _result(module, wire, api.known_release, outcome)
    finally:
        # A token that a login gave is as secret as one that the task gives.
        module.no_log_values.update(filter(None, wire.known_tokens))
        wire.close()


def _said_release(text: str | None) -> str | None:
    """Return the release that the task names, checked."""
    if text and not re.fullmatch(r"\d+\.\d+\.\d+", text):
        raise ValidationError(f"server_release {text!r} is no release", hint="give it as in 2.10.1")
    return text or None


def _log_in(module: AnsibleModule) -> dict[str, Any]:
    wire = _transport(module, login_connection_from(module.params))
    try:
        token = wire.log_in()
    finally:
        wire.close()
    lasts = None if token.expires_at is None else max(0, int(token.expires_at - time.time()))
    return {
        "changed": False,
        "token": token.value,
        "expires_in": lasts,
        "expires_at": None if token.expires_at is None else rfc3339(token.expires_at),
        "user_id": caller_of(token.value),
    }


def _transport(module: AnsibleModule, connection: Connection) -> Transport:
    checked = check_connection(connection)
    for warning in insecurities(checked):
        module.warn(warning)
    return Transport(checked)


def _result(module: AnsibleModule, wire: Transport, release: str | None, outcome: Outcome) -> dict[str, Any]:
    result = {"changed": outcome.changed, "message": outcome.message, **outcome.result}
    if release is not None:
        result["server"] = {"release": release}
    if outcome.before is not None:
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    if module._verbosity:
        result["attempts"] = wire.attempts
    return result


def _failure(error: PXBackupError) -> dict[str, Any]:
    return {"error": error.as_dict(), "changed": error.changed, **error.result}
