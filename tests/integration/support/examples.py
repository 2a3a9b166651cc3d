# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One example of every operation: what must be there before, and the task. The tests over the registry use them.

An operation without an example makes those tests fail.
"""

from __future__ import annotations

from typing import Any, NamedTuple

REFERENCES = {"cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}


class Example(NamedTuple):
    """A task, and the backups (in the simulator's short form) that must be there before it."""

    task: dict[str, Any]
    before: tuple[dict[str, Any], ...] = ()


_ONE = ({"name": "one", "status": "Success", "labels": {"team": "a"}},)

EXAMPLES = {
    "CREATE": Example({"name": "one", **REFERENCES, "namespaces": ["shop"], "labels": {"team": "a"}}),
    "UPDATE": Example({"name": "one", "labels": {"team": "b"}}, _ONE),
    "DELETE": Example({"name": "one"}, _ONE),
    "INSPECT_ONE": Example({"name": "one"}, _ONE),
    "INSPECT_ALL": Example({"labels": {"team": "a"}}, _ONE),
    "GET_BACKUP_RESOURCE_DETAILS": Example({"name": "one"}, _ONE),
    "RETRY_BACKUP_RESOURCES": Example({"name": "one"}, ({"name": "one", "status": "Failed"},)),
    "UPDATE_BACKUP_SHARE": Example(
        {"name": "one", "backup_share": {"groups": [{"id": "platform", "access": "View"}]}}, _ONE
    ),
}
