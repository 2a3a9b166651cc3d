# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module `conformance`: its options and its operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.model import ModuleSpec, Operation
from ..core.options import FLAG, NUMBER, TEXT, Option, OptionType, reference
from ..core.references import BACKUP_LOCATION, CLUSTER

if TYPE_CHECKING:
    # Handlers are imported when they run. Ansible packs into a module's payload what import statements name.
    from . import run

    HANDLER_FILES = (run,)

CONFORMANCE = Operation(
    name="conformance",
    summary="Compare a server with what the modules assume of it.",
    handler="conformance.run:probe_server",
    requires=(),
    options={
        "baseline": Option(OptionType({"type": "dict"})),
        "strict": Option(FLAG, default=False),
        "write": Option(FLAG, default=False),
        "prefix": Option(TEXT),
        "namespace": Option(TEXT),
        "cluster_ref": reference(CLUSTER),
        "backup_location_ref": reference(BACKUP_LOCATION),
        "restore_cluster_ref": reference(CLUSTER),
        "other_token": Option(OptionType({"type": "str", "no_log": True})),
        "wait_timeout": Option(NUMBER),
        "wait_interval": Option(NUMBER),
    },
    writes=True,
    second_run="ok",
)

CONFORMANCE_MODULE = ModuleSpec("conformance", (CONFORMANCE,))
