# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups of the tests of retention."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.classes import Facts
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.plan import Plan, make_plan
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.policy import parse_policy
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.records import record_reader

from .samples import backup

OWNER = "me"
NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


def facts(**changes: Any) -> Facts:
    """Return the facts of a plan that is created at noon of 15 November 2026."""
    return Facts(**{"now": NOW, "caller": OWNER, **changes})


def stored(name: str, created: str | None = "2026-11-01T12:00:00Z", **changes: Any) -> dict[str, Any]:
    """Return a good and manual backup of one namespace, decoded.

    Args:
        changes: fields of ``metadata`` (``labels``, ``owner``, ``uid``), ``status``, and fields of ``backup_info``.
    """
    metadata: dict[str, Any] = {"create_time": created, "labels": changes.pop("labels", {})}
    metadata["ownership"] = {"owner": changes.pop("owner", OWNER)}
    info = {
        "status": {"status": changes.pop("status", "Success")},
        "cluster_ref": {"name": "cluster c1", "uid": "c1"},
        "backup_location_ref": {"name": "location l1", "uid": "l1"},
        "backup_object_type": {"type": "All"},
        "namespaces": ["shop"],
        **{key: value for key, value in changes.items() if key != "uid"},
    }
    return backup(name=name, uid=changes.get("uid", name), metadata=metadata, **info)


def plan_of(backups: list[dict[str, Any]], known: Facts | None = None, **parameters: Any) -> Plan:
    """Return the plan that these options of a task give."""
    policy = parse_policy(parameters)
    read = record_reader(policy)
    return make_plan([read(item) for item in backups], policy, known or facts())


def told(plan: Plan) -> dict[str, str]:
    """Return what a plan says, by name: ``remove``, or the action and the reasons."""
    verdicts = [*plan.out, *(verdict for group in plan.groups for verdict in group.verdicts)]
    return {verdict.record.name: f"{verdict.action}: {'+'.join(verdict.reasons)}" for verdict in verdicts}


def removed(plan: Plan) -> list[str]:
    """Return the names of the backups that a plan removes, in the order of their removal."""
    return [record.name for record in plan.removals()]
