# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in a backup that has ended, and what was asked for and is not.

A selector that finds nothing and a virtual machine that does not exist give a backup that ends ``Success`` all the same
(behaviour note 2.3, 8.3). Where an answer holds the resources depends on the release (behaviour note 1.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MACHINE = "VirtualMachine"

Place = tuple[str, str]


def resource_count(backup: dict[str, Any]) -> int:
    """Return how many resources a backup holds: as the server counts them, else as it lists them."""
    return _counted(backup["backup_info"])


def is_empty(backup: dict[str, Any]) -> bool:
    """Whether a backup holds no resource, no volume and no virtual machine."""
    info = backup["backup_info"]
    return not (resource_count(backup) or info["volumes"] or info["virtual_machines"])


def left_out(backup: dict[str, Any], namespaces: list[str]) -> list[str]:
    """Return what was asked for and is not in the backup, each as words.

    Args:
        namespaces: those that the task names one by one.
    """
    missing = [f"virtual machine {namespace}/{name}" for namespace, name in _machines_left_out(backup)]
    info = backup["backup_info"]
    named = set(namespaces)
    gone = named & set(info["missing_namespaces"]) | (named - set(info["namespaces"]))
    if _is_whole(info) or _by_namespace(info):
        gone |= named - _namespaces_with_content(info)
    return missing + [f"namespace {name}" for name in sorted(gone)]


def _machines_left_out(backup: dict[str, Any]) -> list[Place]:
    info = backup["backup_info"]
    asked = [(item["namespace"], item["name"]) for item in info["include_resources"] if item["kind"] == MACHINE]
    there = {(item["namespace"], item["name"]) for item in info["virtual_machines"]}
    there |= {(item["namespace"], item["name"]) for item in _resources(info) if item["kind"] == MACHINE}
    if not there and not _is_whole(info):
        return []
    return [place for place in asked if place not in there]


def _resources(info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the resources that an answer lists, in the form of old servers or of new ones."""
    if info["resources"]:
        yield from info["resources"]
        return
    machines = (info["vm_resources"] or {}).get("vms") or info["virtual_machine_resources"]
    yield from (item["resource_info"] for item in machines if item["resource_info"])


def _by_namespace(info: dict[str, Any]) -> dict[str, int]:
    """Return how many resources and volumes each namespace has, where the answer counts them."""
    listed = (info["namespace_resources"] or {}).get("namespaces") or []
    counts = ((item["name"], item["metrics"] or {}) for item in listed)
    return {name: metrics.get("total_resources", 0) + metrics.get("total_volumes", 0) for name, metrics in counts}


def _counted(info: dict[str, Any]) -> int:
    return int(info["resource_count"]) or len(list(_resources(info))) or sum(_by_namespace(info).values())


def _is_whole(info: dict[str, Any]) -> bool:
    """Whether the answer lists every resource that it counts, so that what is not listed is not there."""
    return len(list(_resources(info))) >= _counted(info)


def _namespaces_with_content(info: dict[str, Any]) -> set[str]:
    places = [*info["volumes"], *info["virtual_machines"], *_resources(info)]
    found = {str(item["namespace"]) for item in places}
    return found | {name for name, count in _by_namespace(info).items() if count}
