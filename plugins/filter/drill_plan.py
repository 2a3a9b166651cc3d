# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of the role `restore_drill` that decides where a drill restores to."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.drill import Place, plan_drill

DOCUMENTATION = r"""
name: drill_plan
short_description: Plan a restore drill of a backup
version_added: 1.1.0
description:
  - For the role C(pxops.px_backup.restore_drill). Returns the name, the namespace mapping and the selection of a drill,
    or fails where the drill would not be isolated.
options:
  _input:
    description: The backup, whole, as M(pxops.px_backup.backup_info) returns it for its uid.
    type: dict
    required: true
  token:
    description: Six random lower case letters and digits.
    type: str
    required: true
  prefix:
    description: Beginning of the names.
    type: str
    required: true
  cluster:
    description: Name of the target cluster.
    type: str
    required: true
  scope:
    description: V(all), V(volumes), or empty for the default.
    type: str
    default: ''
  allow_source_cluster:
    description: Whether the cluster of the backup may be the target.
    type: bool
    default: false
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Show where a drill would restore to
  ansible.builtin.debug:
    msg: "{{ backup | pxops.px_backup.drill_plan(token='a1b2c3', prefix='drill-', cluster='prod-us') }}"
"""

RETURN = r"""
_value:
  description: The plan, with C(id), C(name), C(mapping), C(scope), C(include_resources), C(labels) and C(warnings).
  type: dict
"""


def plan(
    backup: dict[str, Any],
    token: str,
    prefix: str,
    cluster: str,
    scope: str = "",
    allow_source_cluster: bool = False,
) -> dict[str, Any]:
    """Return the plan of a drill."""
    try:
        return plan_drill(backup, Place(token, prefix, cluster, scope, allow_source_cluster))
    except PXBackupError as error:
        raise AnsibleFilterError(f"restore drill: {error}") from error


class FilterModule:
    """Filters of restore drills."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"drill_plan": plan}
