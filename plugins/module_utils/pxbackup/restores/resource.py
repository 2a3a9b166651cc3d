# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restores as a resource: what can be done to them.

The registry: option choices, requirements, the error for an option that an operation does not use, the documentation's
tables and the parametrised tests all come from here. A new operation is one handler and one entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..backups.options import PREFLIGHT_OPTION
from ..core.model import ModuleSpec, Operation
from ..core.options import END_OPTIONS, PROJECTIONS, WAIT_OPTIONS
from .options import (
    BACKUP_REFERENCE,
    CANCEL,
    CLUSTER_NAME,
    IDENTITY,
    IN_PLACE,
    LIST_OPTIONS,
    SETTINGS,
    UNSUPPORTED,
    WRITE_ONLY,
)

if TYPE_CHECKING:
    # Handlers are imported when they run. Ansible packs into a module's payload what import statements name.
    from . import create, delete, inspect, listing, update

    HANDLER_FILES = (create, delete, inspect, listing, update)

_ONE_RESTORE = (("name", "uid"),)
_ON_PARTIAL = {"on_partial": END_OPTIONS["on_partial"]}

OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(
            name="CREATE",
            summary="Restore a backup.",
            handler="restores.create:create_restore",
            requires=(("name",), ("backup_ref", "backup"), ("cluster_ref", "cluster")),
            options={
                "name": IDENTITY["name"],
                **BACKUP_REFERENCE,
                **SETTINGS,
                **WRITE_ONLY,
                **CLUSTER_NAME,
                **IN_PLACE,
                **UNSUPPORTED,
                **PREFLIGHT_OPTION,
                **WAIT_OPTIONS,
                **_ON_PARTIAL,
            },
            writes=True,
            second_run="ok when a restore of that name has the same settings; with wait it waits for its end",
        ),
        Operation(
            name="UPDATE",
            summary="Change labels or ownership of a restore.",
            handler="restores.update:update_restore",
            requires=_ONE_RESTORE,
            options={**IDENTITY, **SETTINGS},
            writes=True,
            second_run="ok",
            clearing=("labels", "ownership"),
        ),
        Operation(
            name="DELETE",
            summary="Delete the record of a restore; what it has restored stays in the cluster.",
            handler="restores.delete:delete_restore",
            requires=_ONE_RESTORE,
            options={**IDENTITY, **CANCEL, **WAIT_OPTIONS},
            writes=True,
            second_run="ok, also while the server is still deleting it",
        ),
        Operation(
            name="INSPECT_ONE",
            summary="Return one restore.",
            handler="restores.inspect:inspect_restore",
            requires=_ONE_RESTORE,
            options={**IDENTITY, **WAIT_OPTIONS, **_ON_PARTIAL},
            writes=False,
            second_run="ok",
        ),
        Operation(
            name="INSPECT_ALL",
            summary="Return all restores that match the filters.",
            handler="restores.listing:list_restores",
            requires=(),
            options=LIST_OPTIONS,
            writes=False,
            second_run="ok",
        ),
    )
}

INFO = Operation(
    name="restore_info",
    summary="Return the restores that exist.",
    handler="restores.listing:read_restores",
    requires=(),
    options={"uid": IDENTITY["uid"], **LIST_OPTIONS, **PROJECTIONS},
    writes=False,
    second_run="ok",
)

RESTORE_MODULE = ModuleSpec("restore", tuple(OPERATIONS.values()))
RESTORE_INFO_MODULE = ModuleSpec("restore_info", (INFO,))
