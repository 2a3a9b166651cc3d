# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One example of every operation: what must be there before, and the task. The tests over the registry use them.

An operation without an example makes those tests fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

# The backups of the simulator, in the form of its state.
Backups = list[dict[str, Any]]

REFERENCES = {"cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}


class Example(NamedTuple):
    """A task, and the backups (in the simulator's short form) that must be there before it.

    Attributes:
        reached: for an operation that writes: whether the backups whose names begin with the task's are as it wants.
    """

    task: dict[str, Any]
    before: tuple[dict[str, Any], ...] = ()
    reached: Callable[[Backups], bool] = lambda backups: True

    def named(self, name: str) -> Example:
        """Return the same example with backups of another name."""
        task = {**self.task, "name": name} if "name" in self.task else self.task
        return self._replace(task=task, before=tuple({**backup, "name": name} for backup in self.before))


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
