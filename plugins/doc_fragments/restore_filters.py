# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and order of a list of restores, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the filters that only lists have."""

    DOCUMENTATION = r"""
options:
  name_filter:
    description:
      - Only names with this text.
    type: str
  cluster_name_filter:
    description:
      - Only target clusters with this text in the name.
    type: str
  cluster_uid_filter:
    description:
      - Only the target cluster with this uid.
    type: str
  include_detailed_resources:
    description:
      - Whether to return the resources of each restore.
    type: bool
  owners:
    description:
      - Only these owners, by user id.
    type: list
    elements: str
  status:
    description:
      - Only these statuses.
    type: list
    elements: str
    choices:
      - Invalid
      - Pending
      - InProgress
      - Aborted
      - Failed
      - Deleting
      - Success
      - Retained
      - PartialSuccess
  time_range:
    description:
      - Only restores created between C(start) and C(end), both included. Each is RFC 3339 with a time zone, such as
        V(2026-11-23T20:00:00Z), or an age such as V(7d), V(12h) or V(30m).
    type: dict
  sort_option:
    description:
      - Order of the list, with C(sort_by), such as V(Name) or V(RestoreBackupName), and C(sort_order), V(Ascending) or
        V(Descending). The default is newest first.
    type: dict
  max_objects:
    description:
      - Maximum number of restores to return. Omitted means all. RV(truncated) and RV(total_count) report the rest.
    type: int
  concurrency:
    description:
      - How many pages of the list are requested at the same time, 1 to 50. The default is 4. A server that refuses
        requests because there are too many gets fewer.
    type: int
"""
