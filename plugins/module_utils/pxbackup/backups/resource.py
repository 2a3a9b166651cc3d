# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry: what each operation is called, needs, accepts and does.

Choices, requirements, the error for a parameter without effect, the documentation's table and the
parametrised tests all come from here. A new operation is one handler and one entry.
"""

from __future__ import annotations

from typing import Any

from ..api.releases import FILTERS_SINCE, has, require
from ..client.urls import encode_segment
from ..core.inputs import given
from ..core.model import Context, Operation, Outcome
from ..core.parameters import DETAIL_OPTIONS, END_PARAMETERS, INFO_OPTIONS, RETRY_SETTINGS, WAIT_PARAMETERS
from ..errors import ValidationError
from .filters import FILTERS
from .settings import SETTINGS

_IDENTITY = ("name", "uid")
_ONE_BACKUP = (_IDENTITY,)
_CREATE_SETTINGS = tuple(name for name in SETTINGS if name != "cloud_credential_ref")

# A handler is imported when its operation is run: a module starts faster with what it needs alone.


def _create(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .create import create

    return create(context, parameters)


def _update(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .change import update

    return update(context, parameters)


def _delete(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .change import delete

    return delete(context, parameters)


def _update_share(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .change import update_share

    return update_share(context, parameters)


def _inspect_one(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .inspect import inspect_one

    return inspect_one(context, parameters)


def _resource_details(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .inspect import resource_details

    return resource_details(context, parameters)


def _inspect_all(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .listing import inspect_all

    return inspect_all(context, parameters)


def _info(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .listing import info

    return info(context, parameters)


def _retry(context: Context, parameters: dict[str, Any]) -> Outcome:
    from .retry import retry

    return retry(context, parameters)


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(
            name="CREATE",
            summary="Make a backup.",
            handler=_create,
            requires=(("name",), ("backup_location_ref",), ("cluster_ref",)),
            accepts=("name", *_CREATE_SETTINGS, "preflight", *WAIT_PARAMETERS, *END_PARAMETERS),
            writes=True,
            second_run="ok when a live backup of that name has the same settings; with wait it waits for its end",
        ),
        Operation(
            name="UPDATE",
            summary="Change labels, ownership or cloud credential of a backup.",
            handler=_update,
            requires=_ONE_BACKUP,
            accepts=(*_IDENTITY, *SETTINGS),
            writes=True,
            second_run="ok",
            clearing=("labels", "ownership"),
        ),
        Operation(
            name="DELETE",
            summary="Delete a backup.",
            handler=_delete,
            requires=_ONE_BACKUP,
            accepts=(*_IDENTITY, "cluster_ref", "force", *WAIT_PARAMETERS),
            writes=True,
            second_run="ok, also while the server is still deleting it",
        ),
        Operation(
            name="INSPECT_ONE",
            summary="Return one backup.",
            handler=_inspect_one,
            requires=_ONE_BACKUP,
            accepts=(*_IDENTITY, *WAIT_PARAMETERS, *END_PARAMETERS),
            writes=False,
            second_run="ok",
        ),
        Operation(
            name="INSPECT_ALL",
            summary="Return all backups that match the filters.",
            handler=_inspect_all,
            requires=(),
            accepts=(*FILTERS, "sort_option", "max_objects"),
            writes=False,
            second_run="ok",
            parameters_since=FILTERS_SINCE,
        ),
        Operation(
            name="UPDATE_BACKUP_SHARE",
            summary="Say with whom a backup is shared.",
            handler=_update_share,
            requires=(*_ONE_BACKUP, ("backup_share",)),
            accepts=(*_IDENTITY, "backup_share", "preflight"),
            writes=True,
            second_run="ok",
            clearing=("backup_share",),
        ),
        Operation(
            name="GET_BACKUP_RESOURCE_DETAILS",
            summary="Return what is in a backup.",
            handler=_resource_details,
            requires=_ONE_BACKUP,
            accepts=(*_IDENTITY, *DETAIL_OPTIONS),
            writes=False,
            second_run="ok",
            since="2.9.0",
        ),
        Operation(
            name="RETRY_BACKUP_RESOURCES",
            summary="Make what failed in a backup once more, in a new backup.",
            handler=_retry,
            requires=_ONE_BACKUP,
            accepts=(*_IDENTITY, *RETRY_SETTINGS, *WAIT_PARAMETERS, *END_PARAMETERS),
            writes=True,
            second_run="ok while a retry of it is running and when one has succeeded; with wait it waits for its end",
            since="2.9.0",
        ),
    )
}

# Reading without a choice of operation: the module `backup_info`.
INFO = Operation(
    name="backup_info",
    summary="Return the backups that there are.",
    handler=_info,
    requires=(),
    accepts=("uid", *FILTERS, "sort_option", "max_objects", *INFO_OPTIONS),
    writes=False,
    second_run="ok",
    parameters_since=FILTERS_SINCE,
)


def run(context: Context, operation: Operation, parameters: dict[str, Any]) -> Outcome:
    """Carry an operation out.

    Args:
        parameters: what the task gives apart from the connection; ``None`` for what it leaves out.

    Raises:
        ValidationError: a parameter is missing, has no effect here or makes no sense; nothing was sent.
        PXBackupError: what the handler and the server raise.
    """
    encode_segment("org_id", context.api.org_id)
    return operation.handler(context, admitted(context, operation, parameters))


def admitted(context: Context, operation: Operation, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters cleaned and checked: what the handler works with.

    Raises:
        ValidationError: a parameter is missing, has no effect here or makes no sense.
        UnsupportedError: the server is too old for the operation or a parameter.
    """
    cleaned = given(parameters, operation.clearing)
    _check(operation, cleaned)
    return _for_release(context, operation, cleaned)


def _check(operation: Operation, parameters: dict[str, Any]) -> None:
    """Raise where the parameters do not fit the operation."""
    useless = sorted(set(parameters) - set(operation.accepts))
    if useless:
        users = sorted(other.name for other in OPERATIONS.values() if set(useless) <= set(other.accepts))
        raise ValidationError(
            f"{operation.name} cannot apply {', '.join(useless)}",
            hint="leave it out" + (f" ({' and '.join(users)} can use it)" if users else ""),
        )
    missing = [" or ".join(group) for group in operation.requires if not any(name in parameters for name in group)]
    if missing:
        needed = (", and " if any(" or " in group for group in missing) else " and ").join(missing)
        raise ValidationError(f"{operation.name} needs {needed}, and the task gives none", hint=f"set {needed}")
    if "name" in parameters:
        encode_segment("name", parameters["name"])


def _for_release(context: Context, operation: Operation, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that this server knows; raise where it is too old for the operation or a parameter.

    Asks for the release only when it matters. ``false`` asks for nothing, so a server that does not know it does
    as asked.
    """
    if operation.since is not None:
        require(operation.name, operation.since, context.api.release)
    known = dict(parameters)
    for name, value in parameters.items():
        since = operation.parameters_since.get(name)
        if since is None:
            continue
        if value is False and not has(since, context.api.release):
            del known[name]
        else:
            require(name, since, context.api.release)
    return known
