# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a list returns of the objects that match, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the order and the extent of a list."""

    DOCUMENTATION = r"""
options:
  include_detailed_resources:
    description:
      - Whether to return the resources of each backup.
    type: bool
  sort_option:
    description:
      - Order of the list, with C(sort_by), such as V(Name) or V(Size), and C(sort_order), V(Ascending) or
        V(Descending). The default is newest first.
    type: dict
  max_objects:
    description:
      - Maximum number of backups to return. Omitted means all. RV(truncated) and RV(total_count) report the rest.
    type: int
  concurrency:
    description:
      - How many pages of the list are requested at the same time, 1 to 50. The default is 4. A server that refuses
        requests because there are too many gets fewer.
    type: int
"""
