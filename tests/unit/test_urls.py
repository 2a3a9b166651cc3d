# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values in a URL."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.urls import encode_query, encode_segment
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("shop-1.2_x~y", "shop-1.2_x~y"),
        ("p1#old", "p1%23old"),
        ("p5?uid=x", "p5%3Fuid%3Dx"),
        ("a b", "a%20b"),
        ("a%2Fb", "a%252Fb"),
        ("a+b&c;d", "a%2Bb%26c%3Bd"),
        ("\u00fc\u4e2d\U0001f600", "%C3%BC%E4%B8%AD%F0%9F%98%80"),
        ("...", "..."),
        ("\n\x00", "%0A%00"),
        ("..\\x", "..%5Cx"),
    ],
)
def test_segment(value: str, encoded: str) -> None:
    assert encode_segment("name", value) == encoded


@pytest.mark.parametrize("value", ["", ".", "..", "/", "a/b", "/etc", "\ud800"])
def test_segment_that_no_server_can_route(value: str) -> None:
    with pytest.raises(ValidationError, match="^org_id is ") as caught:
        encode_segment("org_id", value)
    str(caught.value).encode("utf-8")


@pytest.mark.parametrize(
    ("options", "pairs"),
    [
        ({}, []),
        ({"max_objects": 5, "object_index": 0}, [("o.max_objects", "5"), ("o.object_index", "0")]),
        ({"detailed": True, "other": False}, [("o.detailed", "true"), ("o.other", "false")]),
        ({"owners": ["a", "b"]}, [("o.owners", "a"), ("o.owners", "b")]),
        ({"labels": {"k": "v", "x y": "1"}}, [("o.labels[k]", "v"), ("o.labels[x y]", "1")]),
        ({"owners": [], "labels": {}}, []),
    ],
)
def test_query(options: dict[str, Any], pairs: list[tuple[str, str]]) -> None:
    assert encode_query("o", options) == pairs
