# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a client offers: a group of methods for each resource. Each method runs one operation of the registry.

The parameters are those of the operation's module, and ``ansible-doc`` describes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable

from ..backups.batch.resource import BACKUP_BATCH_MODULE
from ..backups.resource import BACKUP_INFO_MODULE, BACKUP_MODULE
from ..core.model import ModuleSpec, Outcome
from ..core.options import END_OPTIONS, WAIT_OPTIONS
from ..protection.resource import PROTECTION_INFO_MODULE
from ..restores.resource import RESTORE_INFO_MODULE, RESTORE_MODULE
from ..retention.resource import BACKUP_PRUNE_MODULE
from .methods import Method
from .results import Listing, Object

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import signatures

Run = Callable[[Method, "Mapping[str, Any]"], Outcome]

_WAITS = (*WAIT_OPTIONS, *END_OPTIONS)


def _method(name: str, spec: ModuleSpec, operation: str | None = None, **more: Any) -> Method:
    return Method(name, spec, spec.operation(operation), **more)


METHODS = {
    method.name: method
    for method in (
        _method("backups.list", BACKUP_INFO_MODULE),
        _method("backups.get", BACKUP_MODULE, "INSPECT_ONE", hidden=_WAITS),
        _method("backups.wait", BACKUP_MODULE, "INSPECT_ONE", fixed={"wait": True}),
        _method("backups.contents", BACKUP_MODULE, "GET_BACKUP_RESOURCE_DETAILS"),
        _method("backups.create", BACKUP_MODULE, "CREATE"),
        _method("backups.update", BACKUP_MODULE, "UPDATE"),
        _method("backups.share", BACKUP_MODULE, "UPDATE_BACKUP_SHARE"),
        _method("backups.retry", BACKUP_MODULE, "RETRY_BACKUP_RESOURCES"),
        _method("backups.delete", BACKUP_MODULE, "DELETE"),
        _method("backups.batch", BACKUP_BATCH_MODULE),
        _method("restores.list", RESTORE_INFO_MODULE),
        _method("restores.get", RESTORE_MODULE, "INSPECT_ONE", hidden=_WAITS),
        _method("restores.wait", RESTORE_MODULE, "INSPECT_ONE", fixed={"wait": True}),
        _method("restores.create", RESTORE_MODULE, "CREATE"),
        _method("restores.update", RESTORE_MODULE, "UPDATE"),
        _method("restores.delete", RESTORE_MODULE, "DELETE"),
        _method("retention.plan", BACKUP_PRUNE_MODULE, plans=True),
        _method("retention.prune", BACKUP_PRUNE_MODULE),
        _method("protection.report", PROTECTION_INFO_MODULE),
    )
}


class _Group:
    """Methods of one resource.

    Args:
        run: runs a method with the parameters of the caller.
    """

    def __init__(self, run: Run) -> None:
        self._run_method = run

    def _run(self, name: str, parameters: Mapping[str, Any]) -> Outcome:
        return self._run_method(METHODS[name], parameters)

    def _object(self, name: str, parameters: Mapping[str, Any], key: str) -> Object:
        found: Object = self._run(name, parameters).result[key]
        return found


class Backups(_Group):
    """Backups."""

    def list(self, **parameters: Unpack[signatures.BackupsList]) -> Listing:
        """Return the backups that match, from all pages; none is an empty list."""
        return Listing.of(self._run("backups.list", parameters), "backups")

    def get(self, **parameters: Unpack[signatures.BackupsGet]) -> Object:
        """Return one backup, or raise ``NotFoundError``."""
        return self._object("backups.get", parameters, "backup")

    def wait(self, **parameters: Unpack[signatures.BackupsWait]) -> Outcome:
        """Wait until a backup has ended; a failed one is a ``StateError``."""
        return self._run("backups.wait", parameters)

    def contents(self, **parameters: Unpack[signatures.BackupsContents]) -> Outcome:
        """Return what a backup contains."""
        return self._run("backups.contents", parameters)

    def create(self, **parameters: Unpack[signatures.BackupsCreate]) -> Outcome:
        """Create a backup; one of that name with the same settings is unchanged."""
        return self._run("backups.create", parameters)

    def update(self, **parameters: Unpack[signatures.BackupsUpdate]) -> Outcome:
        """Change labels, ownership or cloud credential of a backup."""
        return self._run("backups.update", parameters)

    def share(self, **parameters: Unpack[signatures.BackupsShare]) -> Outcome:
        """Set with whom a backup is shared."""
        return self._run("backups.share", parameters)

    def retry(self, **parameters: Unpack[signatures.BackupsRetry]) -> Outcome:
        """Retry what failed in a backup, in a new backup."""
        return self._run("backups.retry", parameters)

    def delete(self, **parameters: Unpack[signatures.BackupsDelete]) -> Outcome:
        """Delete a backup; an absent one is unchanged."""
        return self._run("backups.delete", parameters)

    def batch(self, **parameters: Unpack[signatures.BackupsBatch]) -> Outcome:
        """Create or delete many backups."""
        return self._run("backups.batch", parameters)


class Restores(_Group):
    """Restores."""

    def list(self, **parameters: Unpack[signatures.RestoresList]) -> Listing:
        """Return the restores that match, from all pages; none is an empty list."""
        return Listing.of(self._run("restores.list", parameters), "restores")

    def get(self, **parameters: Unpack[signatures.RestoresGet]) -> Object:
        """Return one restore, or raise ``NotFoundError``."""
        return self._object("restores.get", parameters, "restore")

    def wait(self, **parameters: Unpack[signatures.RestoresWait]) -> Outcome:
        """Wait until a restore has ended, and compare what arrived with the backup; a failed one is an error."""
        return self._run("restores.wait", parameters)

    def create(self, **parameters: Unpack[signatures.RestoresCreate]) -> Outcome:
        """Restore a backup; ``namespace_mapping`` is required, or ``in_place``."""
        return self._run("restores.create", parameters)

    def update(self, **parameters: Unpack[signatures.RestoresUpdate]) -> Outcome:
        """Change labels or ownership of a restore."""
        return self._run("restores.update", parameters)

    def delete(self, **parameters: Unpack[signatures.RestoresDelete]) -> Outcome:
        """Delete the record of a restore; what it has restored stays in the cluster."""
        return self._run("restores.delete", parameters)


class Retention(_Group):
    """Keep rules."""

    def plan(self, **parameters: Unpack[signatures.RetentionPlan]) -> Outcome:
        """Return what a prune would delete and why; nothing is deleted."""
        return self._run("retention.plan", parameters)

    def prune(self, **parameters: Unpack[signatures.RetentionPrune]) -> Outcome:
        """Delete the backups that keep rules give up, never the last good one."""
        return self._run("retention.prune", parameters)


class Protection(_Group):
    """The protection of namespaces."""

    def report(self, **parameters: Unpack[signatures.ProtectionReport]) -> Object:
        """Return which namespaces have a good backup within their target, and what is not known."""
        return self._object("protection.report", parameters, "report")
