# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label selectors are read as Kubernetes reads them, and refused where they are malformed, with the position."""

from __future__ import annotations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight.selectors import (
    Requirement,
    SelectorError,
    contradiction,
    is_key,
    is_value,
    parse,
)


def term(key: str, operator: str, *values: str) -> Requirement:
    return Requirement(key, operator, frozenset(values))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        (" \t\r\n", []),
        ("tier=gold", [term("tier", "in", "gold")]),
        ("tier == gold", [term("tier", "in", "gold")]),
        ("tier!=gold", [term("tier", "notin", "gold")]),
        ("tier in (gold,silver)", [term("tier", "in", "gold", "silver")]),
        ("tier notin(gold)", [term("tier", "notin", "gold")]),
        ("tier", [term("tier", "exists")]),
        ("!tier", [term("tier", "absent")]),
        ("! tier", [term("tier", "absent")]),
        ("size>5,size < 9", [term("size", ">", "5"), term("size", "<", "9")]),
        ("a=b,c=d", [term("a", "in", "b"), term("c", "in", "d")]),
        ("a=b , c in ( d , e ),!f", [term("a", "in", "b"), term("c", "in", "d", "e"), term("f", "absent")]),
        ("tier=", [term("tier", "in", "")]),
        ("tier=,env", [term("tier", "in", ""), term("env", "exists")]),
        ("tier in (,gold)", [term("tier", "in", "", "gold")]),
        ("tier in (gold,)", [term("tier", "in", "", "gold")]),
        ("in in (in,notin)", [term("in", "in", "in", "notin")]),
        ("notin", [term("notin", "exists")]),
        ("a=in", [term("a", "in", "in")]),
        ("kubernetes.io/metadata.name=shop", [term("kubernetes.io/metadata.name", "in", "shop")]),
    ],
)
def test_requirements_of_a_selector(text: str, terms: list[Requirement]) -> None:
    assert parse(text) == terms


@pytest.mark.parametrize(
    ("text", "column", "found", "expected"),
    [
        ("tier=gold,", 11, "", "a label's key"),
        ("tier=gold,,env=prod", 11, ",", "a label's key"),
        (",tier=gold", 1, ",", "a label's key"),
        ("tier=gold silver", 11, "silver", "',' or the end"),
        ("tier=gold&env=prod", 6, "gold&env", "a label's value"),
        ("tier: gold", 1, "tier:", "a label's key"),
        ("tier=a=b", 7, "=", "',' or the end"),
        ("tier=!gold", 6, "!", "a label's value"),
        ("tier=>gold", 6, ">", "a label's value"),
        ("tier===gold", 7, "=", "a label's value"),
        ("tier gold", 6, "gold", "=, ==, !=, in, notin, < or >"),
        ("tier In (gold)", 6, "In", "=, ==, !=, in, notin, < or >"),
        ("tier in gold", 9, "gold", "'('"),
        ("tier in", 8, "", "'('"),
        ("tier in ()", 10, ")", "at least one value"),
        ("tier in (gold", 14, "", "',' or ')'"),
        ("tier in (gold silver)", 15, "silver", "',' or ')'"),
        ("tier in (gold) silver", 16, "silver", "',' or the end"),
        ("tier in (g@ld)", 10, "g@ld", "a label's value"),
        ("tier in ((gold))", 10, "(", "a label's value"),
        ("!tier=gold", 6, "=", "',' or the end"),
        ("!", 2, "", "a label's key"),
        ("!!tier", 2, "!", "a label's key"),
        ("=gold", 1, "=", "a label's key"),
        ("a/b/c=d", 1, "a/b/c", "[prefix/]name"),
        ("/b=d", 1, "/b", "[prefix/]name"),
        ("-tier=gold", 1, "-tier", "[prefix/]name"),
        ("tier=-gold", 6, "-gold", "a label's value"),
        (f"tier={'x' * 64}", 6, "x" * 64, "at most 63"),
        (f"{'x' * 64}=a", 1, "x" * 64, "at most 63"),
        ("größe=1", 1, "größe", "[prefix/]name"),
        ("size>big", 6, "big", "a whole number after '>'"),
        ("size>", 5, "", "a whole number after '>'"),
        (f"size<{2**63}", 6, str(2**63), "a whole number after '<'"),
    ],
)
def test_a_malformed_selector_is_refused_with_the_position(text: str, column: int, found: str, expected: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse(text)
    assert (caught.value.column, caught.value.found) == (column, found)
    assert expected in caught.value.expected
    assert f"column {column}: expected " in str(caught.value) and expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("a", True),
        ("x" * 63, True),
        ("x" * 64, False),
        ("a.b_c-d", True),
        ("a.", False),
        ("example.com/a", True),
        ("example..com/a", False),
        ("Example.com/a", False),
        (f"{'.'.join(['x' * 49] * 5)}/a", True),
        (f"{'.'.join(['x' * 50] * 5)}/a", False),
        ("example.com/", False),
        ("", False),
    ],
)
def test_keys(text: str, good: bool) -> None:
    assert is_key(text) is good


@pytest.mark.parametrize(
    ("text", "good"), [("", True), ("a", True), ("A-b_c.9", True), ("x" * 64, False), ("a b", False), ("a/b", False)]
)
def test_values(text: str, good: bool) -> None:
    assert is_value(text) is good


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a=1,a=2", "a"),
        ("b=1,a=1,a!=1", "a"),
        ("a in (1,2),a in (3)", "a"),
        ("a in (1,2),a notin (1,2)", "a"),
        ("a=1,!a", "a"),
        ("a,!a", "a"),
        ("a>1,!a", "a"),
        ("a=1,b=2", ""),
        ("a in (1,2),a in (2,3)", ""),
        ("a in (1,2),a notin (1)", ""),
        ("a!=1,a!=2,!a", ""),
        ("a,a!=1", ""),
        ("", ""),
    ],
)
def test_selectors_that_can_never_match(text: str, key: str) -> None:
    assert contradiction(parse(text)) == key
