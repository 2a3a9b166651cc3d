# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One example of every operation of every module: what must be there before, and the task.

The tests over the registry use them.

An operation without an example makes those tests fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import (
    BACKUP_MODULE,
    OPERATIONS,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import ModuleSpec, Operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores import resource as restores

from support.playbooks import MODULE, RESTORE

# The backups (or restores) of the simulator, in the form of its state.
Backups = list[dict[str, Any]]

# The backup of the examples of restores.
SOURCE = "source"

REFERENCES = {"cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}


class Example(NamedTuple):
    """A task, and the backups and restores (in the simulator's short form) that must be there before it.

    Attributes:
        reached: for an operation that writes: whether the objects whose names begin with the task's are as it wants.
        kind: the list of the simulator's state with those objects.
    """

    task: dict[str, Any]
    before: tuple[dict[str, Any], ...] = ()
    reached: Callable[[Backups], bool] = lambda backups: True
    kind: str = "backups"

    def named(self, name: str) -> Example:
        """Return the same example with objects of another name."""
        names = {"one": name, SOURCE: f"{SOURCE}-of-{name}"}
        return self._replace(task=_renamed(self.task, names), before=_renamed(self.before, names))


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(part, names) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_renamed(part, names) for part in value)
    return names.get(value, value) if isinstance(value, str) else value


def _labelled(team: str) -> Callable[[Backups], bool]:
    return lambda backups: [item["metadata"].get("labels") for item in backups] == [{"team": team}]


def _going(backups: Backups) -> bool:
    return all(item["simulator"]["deleting"] for item in backups)


def _retried_once(backups: Backups) -> bool:
    return sum(1 for item in backups if item["backup_info"].get("retry_parent")) == 1


def _shared(backups: Backups) -> bool:
    shares = [item["backup_info"].get("backup_share") or {} for item in backups]
    return [share.get("groups") for share in shares] == [[{"id": "platform", "access": "View"}]]


_ONE = ({"name": "one", "status": "Success", "labels": {"team": "a"}},)

EXAMPLES = {
    "CREATE": Example(
        {"name": "one", **REFERENCES, "namespaces": ["shop"], "labels": {"team": "a"}}, (), _labelled("a")
    ),
    "UPDATE": Example({"name": "one", "labels": {"team": "b"}}, _ONE, _labelled("b")),
    "DELETE": Example({"name": "one"}, _ONE, _going),
    "INSPECT_ONE": Example({"name": "one"}, _ONE),
    "INSPECT_ALL": Example({"labels": {"team": "a"}}, _ONE),
    "GET_BACKUP_RESOURCE_DETAILS": Example({"name": "one"}, _ONE),
    "RETRY_BACKUP_RESOURCES": Example({"name": "one"}, ({"name": "one", "status": "Failed"},), _retried_once),
    "UPDATE_BACKUP_SHARE": Example(
        {"name": "one", "backup_share": {"groups": [{"id": "platform", "access": "View"}]}}, _ONE, _shared
    ),
}


_BACKUP = {"name": SOURCE, "status": "Success", "namespaces": ["shop"]}
_RESTORE = (
    _BACKUP,
    {
        "kind": "restore",
        "name": "one",
        "backup": SOURCE,
        "cluster": "prod-us",
        "namespace_mapping": {"shop": "copy"},
        "labels": {"team": "a"},
    },
)

RESTORES = {
    "CREATE": Example(
        {
            "name": "one",
            "backup_ref": {"name": SOURCE},
            "cluster_ref": {"name": "prod-us"},
            "namespace_mapping": {"shop": "copy"},
            "labels": {"team": "a"},
        },
        (_BACKUP,),
        _labelled("a"),
        "restores",
    ),
    "UPDATE": Example({"name": "one", "labels": {"team": "b"}}, _RESTORE, _labelled("b"), "restores"),
    "DELETE": Example({"name": "one"}, _RESTORE, _going, "restores"),
    "INSPECT_ONE": Example({"name": "one"}, _RESTORE, kind="restores"),
    "INSPECT_ALL": Example({"labels": {"team": "a"}}, _RESTORE, kind="restores"),
}


class Entry(NamedTuple):
    """An operation of a module, and its example."""

    module: str
    spec: ModuleSpec
    operation: Operation
    example: Example

    def task(self, **more: Any) -> dict[str, Any]:
        """Return the parameters of the example's task."""
        return {"operation": self.operation.name, **self.example.task, **more}

    def named(self, name: str) -> Entry:
        """Return the same with objects of another name."""
        return self._replace(example=self.example.named(name))


# Every operation: those of `backup` by their names, those of other modules with the module before it.
ENTRIES = {
    **{name: Entry(MODULE, BACKUP_MODULE, operation, EXAMPLES[name]) for name, operation in OPERATIONS.items()},
    **{
        f"restore {name}": Entry(RESTORE, restores.RESTORE_MODULE, operation, RESTORES[name])
        for name, operation in restores.OPERATIONS.items()
    },
}


def _both_labelled(backups: Backups) -> bool:
    return sorted(item["metadata"]["name"] for item in backups) == ["one", "two"] and all(
        item["metadata"].get("labels") == {"team": "a"} for item in backups
    )


# Tasks of the module `backup_batch`.
BATCHES = {
    "backup_batch present": Example(
        {
            "defaults": {**REFERENCES, "namespaces": ["shop"], "labels": {"team": "a"}},
            "backups": [{"name": "one"}, {"name": "two"}],
        },
        (),
        _both_labelled,
    ),
    "backup_batch absent": Example(
        {"state": "absent", "names": ["three", "four"]},
        ({"name": "three", "status": "Success"}, {"name": "four", "status": "Success"}),
        _going,
    ),
}
