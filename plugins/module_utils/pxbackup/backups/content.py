# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a backup that has ended contains, what failed in it, and what was requested and is missing.

A selector that finds nothing and a virtual machine that does not exist still give a backup that ends ``Success``
(docs/server-behaviour.md, sections 2.3, 8.3). Where a response holds the resources depends on the release
(docs/server-behaviour.md, section 1.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .lifecycle import LIFECYCLE

MACHINE = "VirtualMachine"
# The API group of virtual machines in `include_resources` (docs/server-behaviour.md, section 8.3).
MACHINE_GROUP = "kubevirt.io"

Place = tuple[str, str]


# What :func:`count_resources` reads.
COUNT_PARTS = tuple(
    f"backup_info.{name}"
    for name in ("resource_count", "resources", "vm_resources", "virtual_machine_resources", "namespace_resources")
)


def count_resources(backup: dict[str, Any]) -> int:
    """Return how many resources a backup contains: as the server counts them, else as it lists them."""
    return _counted(backup["backup_info"])


def is_empty(backup: dict[str, Any]) -> bool:
    """Whether a backup contains no resource, no volume and no virtual machine."""
    info = backup["backup_info"]
    return not (count_resources(backup) or info["volumes"] or info["virtual_machines"])


def find_missing(backup: dict[str, Any], namespaces: list[str]) -> list[str]:
    """Return what was requested and is not in the backup, each in words.

    Args:
        namespaces: those that the task names one by one.
    """
    missing = [f"virtual machine {namespace}/{name}" for namespace, name in _find_missing_machines(backup)]
    info = backup["backup_info"]
    named = set(namespaces)
    gone = named & set(info["missing_namespaces"]) | (named - set(info["namespaces"]))
    if _is_whole(info) or _by_namespace(info):
        gone |= named - _namespaces_with_content(info)
    return missing + [f"namespace {name}" for name in sorted(gone)]


def _find_missing_machines(backup: dict[str, Any]) -> list[Place]:
    info = backup["backup_info"]
    asked = [(item["namespace"], item["name"]) for item in info["include_resources"] if item["kind"] == MACHINE]
    there = {(item["namespace"], item["name"]) for item in info["virtual_machines"]}
    there |= {(item["namespace"], item["name"]) for item in _resources(info) if item["kind"] == MACHINE}
    if not there and not _is_whole(info):
        return []
    return [place for place in asked if place not in there]


def _resources(info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the resources that a response lists, in the form of old servers or of new ones."""
    if info["resources"]:
        yield from info["resources"]
        return
    machines = (info["vm_resources"] or {}).get("vms") or info["virtual_machine_resources"]
    yield from (item["resource_info"] for item in machines if item["resource_info"])


def _by_namespace(info: dict[str, Any]) -> dict[str, int]:
    """Return how many resources and volumes each namespace has, where the response counts them."""
    listed = (info["namespace_resources"] or {}).get("namespaces") or []
    counts = ((item["name"], item["metrics"] or {}) for item in listed)
    return {name: metrics.get("total_resources", 0) + metrics.get("total_volumes", 0) for name, metrics in counts}


def _counted(info: dict[str, Any]) -> int:
    return int(info["resource_count"]) or len(list(_resources(info))) or sum(_by_namespace(info).values())


def _is_whole(info: dict[str, Any]) -> bool:
    """Whether the response lists every resource that it counts, so that what is not listed is missing."""
    return len(list(_resources(info))) >= _counted(info)


def _namespaces_with_content(info: dict[str, Any]) -> set[str]:
    places = [*info["volumes"], *info["virtual_machines"], *_resources(info)]
    found = {str(item["namespace"]) for item in places}
    return found | {name for name, count in _by_namespace(info).items() if count}


def failed_machines(backup: dict[str, Any]) -> list[dict[str, str]]:
    """Return the virtual machines that failed in a backup, as a retry names them.

    Source: docs/server-behaviour.md, sections 2.6, 8.3.
    """
    return [
        {"name": item["name"], "namespace": item["namespace"], "group": MACHINE_GROUP, "kind": MACHINE, "version": "v1"}
        for item in backup["backup_info"]["virtual_machines"]
        if _status(item["status"]) in LIFECYCLE.bad
    ]


# What :func:`list_failed_parts` reads.
FAILED_PARTS = (
    *(f"backup_info.volumes.{name}" for name in ("namespace", "pvc", "name", "status")),
    *(f"backup_info.virtual_machines.{name}" for name in ("namespace", "name", "status")),
    *(f"backup_info.namespace_resources.namespaces.{name}" for name in ("name", "status")),
    "backup_info.missing_namespaces",
)


def list_failed_parts(backup: dict[str, Any]) -> list[str]:
    """Return a line for each volume, virtual machine and namespace that failed, and for each missing namespace."""
    info = backup["backup_info"]
    parts = [
        _describe_part("volume", f"{item['namespace']}/{item['pvc'] or item['name']}", item["status"])
        for item in info["volumes"]
        if _status(item["status"]) in LIFECYCLE.bad
    ]
    parts += [
        _describe_part("virtual machine", f"{item['namespace']}/{item['name']}", item["status"])
        for item in info["virtual_machines"]
        if _status(item["status"]) in LIFECYCLE.bad
    ]
    namespaces = (info["namespace_resources"] or {}).get("namespaces") or []
    parts += [
        _describe_part("namespace", item["name"], item["status"])
        for item in namespaces
        if _status(item["status"]) in LIFECYCLE.retriable
    ]
    return parts + [f"namespace {name}: not found" for name in info["missing_namespaces"]]


def _status(info: dict[str, Any] | None) -> str:
    # `Invalid` is the zero value: a part without a status, which has not failed.
    status = str((info or {}).get("status") or "")
    return "" if status == "Invalid" else status


def _describe_part(kind: str, name: str, info: dict[str, Any]) -> str:
    return f"{kind} {name}: {info.get('reason') or info['status']}"
