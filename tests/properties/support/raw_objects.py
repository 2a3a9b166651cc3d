# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arbitrary objects as the API sends them."""

from __future__ import annotations

from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import MESSAGES, parse_field
from hypothesis import strategies as st

WORD = st.text(alphabet="abAB1-=.", min_size=1, max_size=4)
SCALARS: dict[str, Any] = {
    "str": WORD,
    "int": st.integers(-(2**63), 2**63).flatmap(lambda number: st.sampled_from([number, str(number)])),
    "bool": st.booleans(),
    "time": st.just("2026-01-01T00:00:00Z"),
    "enum": st.sampled_from(["Success", "Failed", "Normal", "All", "Read"]),
}


@st.composite
def raw(draw: st.DrawFn, message: str, depth: int = 3) -> dict[str, Any]:
    """Return some of the fields of a message, and sometimes an unknown one."""
    result: dict[str, Any] = {}
    names = draw(st.sets(st.sampled_from(sorted(MESSAGES[message])), max_size=8))
    for name in sorted(names):
        field = parse_field(MESSAGES[message][name])
        if field.kind in MESSAGES and depth == 0:
            continue
        one = raw(field.kind, depth - 1) if field.kind in MESSAGES else SCALARS[field.kind]
        if field.repeated:
            one = st.lists(one, max_size=2)
        elif field.mapped:
            one = st.dictionaries(WORD, one, max_size=2)
        result[name] = draw(st.none() | one)
    if draw(st.booleans()):
        result["not_in_the_table"] = draw(WORD)
    return result
