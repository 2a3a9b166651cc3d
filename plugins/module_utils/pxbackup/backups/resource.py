# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups as a resource: how they are looked up, and what can be done to them.

The registry: option choices, requirements, the error for an option that an operation does not use, the documentation's
tables and the parametrised tests all come from here. A new operation is one handler and one entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.model import ModuleSpec, Operation
from ..core.options import END_OPTIONS, FLAG, PROJECTIONS, WAIT_OPTIONS, Option
from .options import (
    CLUSTER_NAME,
    DETAIL_OPTIONS,
    IDENTITY,
    LIST_OPTIONS,
    PREFLIGHT_OPTION,
    RETRY_OPTIONS,
    SETTINGS,
    SHARE_OPTION,
    UNSUPPORTED,
)

if TYPE_CHECKING:
    # Handlers are imported when they run. Ansible packs into a module's payload what import statements name.
    from . import create, delete, details, inspect, listing, retry, share, update

    HANDLER_FILES = (create, delete, details, inspect, listing, retry, share, update)

_ONE_BACKUP = (("name", "uid"),)

CREATE = Operation(
    name="CREATE",
    summary="Create a backup.",
    handler="backups.create:create_backup",
    requires=(("name",), ("backup_location_ref",), ("cluster_ref",)),
    options={
        "name": IDENTITY["name"],
        **{name: option for name, option in SETTINGS.items() if name != "cloud_credential_ref"},
        **CLUSTER_NAME,
        **UNSUPPORTED,
        **PREFLIGHT_OPTION,
        **WAIT_OPTIONS,
        **END_OPTIONS,
    },
    writes=True,
    second_run="ok when a live backup of that name has the same settings; with wait it waits for its end",
)
UPDATE = Operation(
    name="UPDATE",
    summary="Change labels, ownership or cloud credential of a backup.",
    handler="backups.update:update_backup",
    requires=_ONE_BACKUP,
    options={**IDENTITY, **SETTINGS},
    writes=True,
    second_run="ok",
    clearing=("labels", "ownership"),
)
DELETE = Operation(
    name="DELETE",
    summary="Delete a backup.",
    handler="backups.delete:delete_backup",
    requires=_ONE_BACKUP,
    options={
        **IDENTITY,
        "cluster_ref": SETTINGS["cluster_ref"],
        **CLUSTER_NAME,
        "force": Option(FLAG, since="3.0.0"),
        **WAIT_OPTIONS,
    },
    writes=True,
    second_run="ok, also while the server is still deleting it",
)
INSPECT_ONE = Operation(
    name="INSPECT_ONE",
    summary="Return one backup.",
    handler="backups.inspect:inspect_backup",
    requires=_ONE_BACKUP,
    options={**IDENTITY, **WAIT_OPTIONS, **END_OPTIONS},
    writes=False,
    second_run="ok",
)
INSPECT_ALL = Operation(
    name="INSPECT_ALL",
    summary="Return all backups that match the filters.",
    handler="backups.listing:list_backups",
    requires=(),
    options=LIST_OPTIONS,
    writes=False,
    second_run="ok",
)
UPDATE_BACKUP_SHARE = Operation(
    name="UPDATE_BACKUP_SHARE",
    summary="Set with whom a backup is shared.",
    handler="backups.share:update_share",
    requires=(*_ONE_BACKUP, ("backup_share",)),
    options={**IDENTITY, **SHARE_OPTION, **PREFLIGHT_OPTION},
    writes=True,
    second_run="ok",
    clearing=("backup_share",),
)
GET_BACKUP_RESOURCE_DETAILS = Operation(
    name="GET_BACKUP_RESOURCE_DETAILS",
    summary="Return the contents of a backup.",
    handler="backups.details:inspect_contents",
    requires=_ONE_BACKUP,
    options={**IDENTITY, **DETAIL_OPTIONS},
    writes=False,
    second_run="ok",
    since="2.9.0",
)
RETRY_BACKUP_RESOURCES = Operation(
    name="RETRY_BACKUP_RESOURCES",
    summary="Retry what failed in a backup, in a new backup.",
    handler="backups.retry:retry_backup",
    requires=_ONE_BACKUP,
    options={**IDENTITY, **RETRY_OPTIONS, **WAIT_OPTIONS, **END_OPTIONS},
    writes=True,
    second_run="ok while a retry of it runs and when one has succeeded; with wait it waits for its end",
    since="2.9.0",
)

OPERATIONS = {
    operation.name: operation
    for operation in (
        CREATE,
        UPDATE,
        DELETE,
        INSPECT_ONE,
        INSPECT_ALL,
        UPDATE_BACKUP_SHARE,
        GET_BACKUP_RESOURCE_DETAILS,
        RETRY_BACKUP_RESOURCES,
    )
}

INFO = Operation(
    name="backup_info",
    summary="Return the backups that exist.",
    handler="backups.listing:read_backups",
    requires=(),
    options={"uid": IDENTITY["uid"], **LIST_OPTIONS, **PROJECTIONS},
    writes=False,
    second_run="ok",
)

BACKUP_MODULE = ModuleSpec("backup", tuple(OPERATIONS.values()))
BACKUP_INFO_MODULE = ModuleSpec("backup_info", (INFO,))
