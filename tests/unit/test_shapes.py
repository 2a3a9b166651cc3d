# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of dictionaries that the library checks instead of Ansible."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.shapes import convert_parts, shaped
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError

PARTS: dict[str, dict[str, Any]] = {
    "text": {"type": "str"},
    "count": {"type": "int"},
    "order": {"type": "str", "choices": ["up", "down"]},
    "names": {"type": "list", "elements": "str"},
    "places": {
        "type": "list",
        "elements": "dict",
        "options": {"name": {"type": "str", "required": True}, "level": {"type": "int"}},
    },
    "inner": {"type": "dict", "options": {"text": {"type": "str"}}},
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, {}),
        ({"text": None}, {"text": None}),
        ({"text": 1, "count": "2", "order": "up"}, {"text": "1", "count": 2, "order": "up"}),
        ({"count": 3.0}, {"count": 3}),
        ({"names": "a,b"}, {"names": ["a", "b"]}),
        ({"names": 7}, {"names": ["7"]}),
        ({"places": {"name": "x"}}, {"places": [{"name": "x"}]}),
        ({"places": [{"name": "x", "level": "1"}]}, {"places": [{"name": "x", "level": 1}]}),
        ({"inner": {"text": True}}, {"inner": {"text": "true"}}),
    ],
    ids=str,
)
def test_values_are_converted_as_ansible_does(value: dict[str, Any], expected: dict[str, Any]) -> None:
    assert convert_parts("filter", value, PARTS) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "filter is 'text', not a dictionary; set text, count, order, names, places, inner in it"),
        ({"txt": 1}, "filter has no option 'txt'; valid options: text, count, order, names, places, inner"),
        ({"text": ["a"]}, "filter.text is a list (['a']), but it must be text; give text, or omit it"),
        ({"count": "many"}, "filter.count is 'many', not a whole number; set a whole number"),
        ({"count": True}, "filter.count is True, not a whole number; set a whole number"),
        ({"count": 1.5}, "filter.count is 1.5, not a whole number; set a whole number"),
        ({"count": float("inf")}, "filter.count is inf, not a whole number; set a whole number"),
        ({"count": float("nan")}, "filter.count is nan, not a whole number; set a whole number"),
        ({"order": "left"}, "filter.order is 'left'; valid values: up, down"),
        ({"places": [{"level": 1}]}, "filter.places[0]: name is required; set name"),
        ({"places": [{"name": "x", "where": 1}]}, "filter.places[0] has no option 'where'; valid options: name, level"),
        ({"inner": 3}, "filter.inner is 3, not a dictionary; set text in it"),
    ],
    ids=str,
)
def test_invalid_values_are_named(value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        convert_parts("filter", value, PARTS)
    assert str(caught.value) == message


def test_type_has_no_parts_for_ansible_and_cleans_what_was_converted() -> None:
    kind = shaped(PARTS)
    assert dict(kind.spec) == {"type": "dict"}
    assert kind.parts == PARTS
    assert kind.clean("filter", {"text": "", "count": "2", "names": []}, False) == {"count": 2}
