# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a task's parameters to its result: the only place that exits or fails, and that sets check mode."""

from __future__ import annotations

import traceback
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .arguments import BACKUP, CONNECTION, connection_from
from .pxbackup import operations, transport
from .pxbackup.api import Api
from .pxbackup.connection import check_connection, insecurities
from .pxbackup.errors import PXBackupError
from .pxbackup.model import Context, Outcome
from .pxbackup.references import References
from .pxbackup.tokens import caller_of


def run_backup() -> None:
    """Run the ``backup`` module: validate, carry out one operation, exit."""
    # What an operation requires is checked in one place, `operations.run`, which says it in one sentence.
    module = AnsibleModule(argument_spec={**CONNECTION, **BACKUP}, supports_check_mode=True)
    if transport.REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=str(transport.REQUESTS_IMPORT_ERROR))
    operation = operations.OPERATIONS[module.params["operation"]]
    parameters = {name: module.params[name] for name in BACKUP if name != "operation"}
    try:
        outcome = _carry_out(module, operation, parameters)
    except PXBackupError as error:
        module.fail_json(msg=str(error), operation=operation.name, **_failure(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours must still be a task result, with secrets masked
        module.fail_json(
            msg=f"internal error in pxops.px_backup ({type(error).__name__}: {error}); please report it",
            exception=traceback.format_exc(),
        )
    else:
        module.exit_json(**_result(operation, outcome))


def _carry_out(module: AnsibleModule, operation: operations.Operation, parameters: dict[str, Any]) -> Outcome:
    connection = check_connection(connection_from(module.params))
    for warning in insecurities(connection):
        module.warn(warning)
    wire = transport.Transport(connection)
    try:
        api = Api(wire, module.params["org_id"], check_mode=module.check_mode)
        context = Context(api, References(api), caller_of(connection.token), module.warn)
        return operations.run(context, operation, parameters)
    finally:
        wire.close()


def _result(operation: operations.Operation, outcome: Outcome) -> dict[str, Any]:
    result = {
        "changed": outcome.changed,
        "message": outcome.message,
        "operation": operation.name,
        **outcome.result,
    }
    if outcome.before is not None:
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    return result


def _failure(error: PXBackupError) -> dict[str, Any]:
    failure: dict[str, Any] = {"error": error.as_dict()}
    if error.backup is not None:
        failure["backup"] = error.backup
    return failure
