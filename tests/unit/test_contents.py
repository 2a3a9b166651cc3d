# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of a backup, in the form of every release, and requested content that is missing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.content import (
    count_resources,
    find_missing,
    is_empty,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

MACHINE = {"kind": "VirtualMachine", "group": "kubevirt.io", "version": "v1"}
CONFIG = {"name": "c", "namespace": "shop", "kind": "ConfigMap", "group": "core", "version": "v1"}


def listed(*places: str) -> list[dict[str, str]]:
    return [{**MACHINE, "namespace": place.split("/")[0], "name": place.split("/")[1]} for place in places]


def counted(**namespaces: int) -> dict[str, Any]:
    return {"namespaces": [{"name": name, "metrics": {"total_resources": count}} for name, count in namespaces.items()]}


@pytest.mark.parametrize(
    ("info", "count", "empty"),
    [
        ({}, 0, True),
        ({"namespaces": ["shop"]}, 0, True),
        ({"resource_count": "3"}, 3, False),
        ({"resources": [CONFIG]}, 1, False),
        ({"volumes": [{"name": "v", "namespace": "shop"}]}, 0, False),
        ({"virtual_machines": [{"name": "a", "namespace": "vms"}]}, 0, False),
        ({"vm_resources": {"vms": [{"resource_info": CONFIG}]}}, 1, False),
        ({"virtual_machine_resources": [{"resource_info": CONFIG}]}, 1, False),
        ({"namespace_resources": counted(shop=2, web=1)}, 3, False),
        ({"namespace_resources": counted(shop=0)}, 0, True),
    ],
)
def test_number_of_resources_and_volumes(info: dict[str, Any], count: int, empty: bool) -> None:
    assert count_resources(backup(**info)) == count
    assert is_empty(backup(**info)) is empty


@pytest.mark.parametrize(
    ("info", "missing"),
    [
        ({"include_resources": listed("vms/a", "vms/b")}, ["virtual machine vms/a", "virtual machine vms/b"]),
        (
            {
                "include_resources": listed("vms/a", "vms/b"),
                "virtual_machines": [{"name": "a", "namespace": "vms"}, {"name": "b", "namespace": "other"}],
            },
            ["virtual machine vms/b"],
        ),
        # An old server lists machines among the resources.
        (
            {"include_resources": listed("vms/a", "vms/b"), "resources": listed("vms/a"), "resource_count": 1},
            ["virtual machine vms/b"],
        ),
        ({"include_resources": listed("vms/a"), "resource_count": 9}, []),
        ({"include_resources": [CONFIG]}, []),
    ],
)
def test_requested_machines_that_are_missing(info: dict[str, Any], missing: list[str]) -> None:
    assert find_missing(backup(**info), []) == missing


@pytest.mark.parametrize(
    ("info", "missing"),
    [
        ({"namespaces": ["shop", "web"], "resources": [CONFIG]}, ["namespace web"]),
        ({"namespaces": ["shop"], "resources": [CONFIG]}, ["namespace web"]),
        ({"namespaces": ["shop", "web"], "resources": [CONFIG], "resource_count": 9}, []),
        ({"namespaces": ["shop", "web"], "resource_count": 9, "missing_namespaces": ["web"]}, ["namespace web"]),
        (
            {"namespaces": ["shop", "web"], "resource_count": 9, "namespace_resources": counted(shop=9)},
            ["namespace web"],
        ),
        ({"namespaces": ["shop", "web"], "namespace_resources": counted(shop=9, web=1)}, []),
        ({"namespaces": ["shop", "web"], "resources": [CONFIG], "volumes": [{"name": "v", "namespace": "web"}]}, []),
    ],
)
def test_requested_namespaces_that_are_missing(info: dict[str, Any], missing: list[str]) -> None:
    assert find_missing(backup(**info), ["shop", "web"]) == missing
