# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of the role `restore_drill` that says which namespaces a drill made."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.drill import find_own_namespaces

DOCUMENTATION = r"""
name: drill_namespaces
short_description: Name the namespaces that a restore drill made
version_added: 1.1.0
description:
  - For the role C(pxops.px_backup.restore_drill). Returns the target namespaces of a restore whose label, prefix and id
    show that a drill made them; none for any other restore.
options:
  _input:
    description: The restore, as M(pxops.px_backup.restore_info) returns it.
    type: dict
    required: true
  prefix:
    description: Beginning of the names.
    type: str
    required: true
author:
  - PXOps contributors (@pxops)
"""

EXAMPLES = r"""
- name: Show the namespaces of a drill
  ansible.builtin.debug:
    msg: "{{ restore | pxops.px_backup.drill_namespaces(prefix='drill-') }}"
"""

RETURN = r"""
_value:
  description: The namespaces.
  type: list
  elements: str
"""


def namespaces(restore: dict[str, Any], prefix: str) -> list[str]:
    """Return the namespaces that a drill made."""
    return find_own_namespaces(restore, prefix)


class FilterModule:
    """Filters of restore drills."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"drill_namespaces": namespaces}
