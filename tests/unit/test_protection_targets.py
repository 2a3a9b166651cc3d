# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets: the first that matches holds; durations and globs."""

from __future__ import annotations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.targets import (
    DEFAULT_EXEMPT,
    Target,
    find_target,
    is_exempt,
    parse_duration,
    read_targets,
)

TARGETS = [
    Target(("prod-*",), ("shop", "db-*"), 3600),
    Target(("prod-*",), ("*",), 86400),
    Target(("*",), ("shop",), 7200),
]


@pytest.mark.parametrize(
    ("cluster", "unit", "rpo"),
    [
        ("prod-eu", "shop", 3600),
        ("prod-eu", "db-1", 3600),
        ("prod-eu", "web", 86400),
        ("test", "shop", 7200),
        ("test", "Shop", None),
        ("test", "web", None),
        ("prod-eu", "shop/vm-1", 3600),
        ("test", "shop/vm-1", 7200),
        ("test", "web/shop", None),
    ],
)
def test_first_match_holds(cluster: str, unit: str, rpo: int | None) -> None:
    target = find_target(TARGETS, cluster, unit)
    assert (target.rpo if target else None) == rpo


@pytest.mark.parametrize(("unit", "exempt"), [("kube-system", True), ("kube-system/vm", True), ("shop", False)])
def test_exempt_by_default(unit: str, exempt: bool) -> None:
    assert is_exempt(DEFAULT_EXEMPT, unit) is exempt


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("24h", 86400), ("7d", 604800), ("1d12h", 129600), ("90m", 5400), ("1w", 604800), ("30s", 30), (" 24h\n", 86400)],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration("rpo", text) == seconds


@pytest.mark.parametrize("text", ["", "24", "h", "0h", "-1h", "1.5h", "1y", "24 h", "1h1x", "9999999999h"])
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(ValidationError, match=r"targets\[0\].rpo .* is not a valid duration"):
        parse_duration("targets[0].rpo", text)


def test_read_targets_fills_in_the_globs() -> None:
    assert read_targets([{"rpo": "1h"}, {"rpo": "1d", "rto": "10m", "clusters": ["a"], "namespaces": ["b"]}]) == [
        Target(("*",), ("*",), 3600, None),
        Target(("a",), ("b",), 86400, 600),
    ]


def test_a_target_without_an_rpo_is_named() -> None:
    with pytest.raises(ValidationError, match=r"targets\[1\].rpo is required"):
        read_targets([{"rpo": "1h"}, {"rpo": ""}])
