# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the conformance probe, its pure parts, and the page that lists its checks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.responses import Response
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.model import (
    DIFFERS,
    HOLDS,
    NOT_SEEN,
    PARTS,
    WRITE,
    Check,
    count_states,
    describe,
    judge,
    leave_open,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.observation import (
    observe,
    part_of,
    refusal_of,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.recording import (
    SCHEMA,
    is_prefix,
    make_recording,
    make_table,
    read_recording,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.response_checks import first_reason
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.seen import NotSeenError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.shapes import merge_shapes, shape_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.table import CHECKS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    ConflictError,
    NetworkError,
    ValidationError,
)

FACTS = (Path(__file__).resolve().parents[2] / "docs" / "server-behaviour.md").read_text(encoding="utf-8")
IDS = {check.id for check in CHECKS}
CHECK = Check("list.total", "4.3", "total_count counts all matches.", {"counts": "all"}, lambda probe: {})


# --- the table and the page


def test_each_check_has_one_stable_name_and_says_what_it_expects() -> None:
    assert len(IDS) == len(CHECKS)
    for check in CHECKS:
        assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", check.id)
        assert check.title.endswith(".") and check.expected and check.part in PARTS
        assert check.since is None or check.since in RELEASES
        assert check.id.startswith("write.") == (check.part == WRITE)


def sections() -> list[str]:
    """Return the sections of the page that have no parts, apart from the two that list assumptions and checks."""
    anchors = re.findall(r'<a id="section-([\d.]+)"></a>', FACTS)
    return [name for name in anchors if not any(other.startswith(f"{name}.") for other in anchors)][:-2]


def rows_of(section: str, columns: int) -> list[tuple[str, ...]]:
    """Return the rows of the table of a section."""
    text = FACTS.partition(f'<a id="section-{section}"></a>')[2].partition("<a id=")[0]
    lines = [line for line in text.splitlines() if re.match(r"\| ", line)]
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]
    assert {len(row) for row in rows} == {columns}
    return rows[1:]


def test_the_page_lists_the_checks_of_each_section_or_says_why_there_is_none() -> None:
    rows = dict(rows_of("14", 2))
    assert list(rows) == sections()
    for section, cell in rows.items():
        own = [check.id for check in CHECKS if check.section == section]
        if own:
            assert re.findall("`([^`]+)`", cell) == own, section
        else:
            assert re.fullmatch("none: .{10,}", cell), section


def test_each_assumption_has_a_check_or_says_why_a_client_cannot_see_it() -> None:
    rows = rows_of("13", 5)
    assert len(rows) >= 20
    for name, _section, _assumption, _reaction, check in rows:
        named = set(re.findall("`([^`]+)`", check))
        assert named <= IDS, name
        assert named or re.fullmatch("none: .{10,}", check), name


def test_each_section_with_an_assumption_is_in_the_table_of_assumptions_or_has_a_check() -> None:
    listed = {section for _name, section, *_rest in rows_of("13", 5)}
    for section in sections():
        text = FACTS.partition(f'<a id="section-{section}"></a>')[2].partition("<a id=")[0]
        if re.search(r"\*\*A\*\*|\| (\w, )?A \|", text):
            assert section in listed or any(check.section == section for check in CHECKS), section


# --- judgement


def test_what_is_as_expected_holds_and_anything_else_differs() -> None:
    assert judge(CHECK, {"counts": "all"}).status == HOLDS
    assert judge(CHECK, {"counts": "page"}).status == DIFFERS
    assert judge(CHECK, {}).status == DIFFERS
    assert judge(CHECK, {"counts": "all", "more": True}).status == DIFFERS


def test_a_baseline_is_expected_instead() -> None:
    assert judge(CHECK, {"counts": "page"}, {"counts": "page"}).status == HOLDS
    result = judge(CHECK, {"counts": "all"}, {"counts": "page"})
    assert (result.status, result.expected) == (DIFFERS, {"counts": "page"})


def test_what_was_not_seen_neither_holds_nor_differs() -> None:
    result = leave_open(CHECK, "no backup is visible")
    assert (result.status, result.seen, result.why) == (NOT_SEEN, None, "no backup is visible")
    assert count_states([result, judge(CHECK, {"counts": "all"})]) == {"holds": 1, "differs": 0, "not_seen": 1}


# --- observations


def response(status: int, content: bytes, **headers: str) -> Response:
    return Response("http://server/v1", status, headers, content)


@pytest.mark.parametrize(
    ("status", "content", "seen"),
    [
        (200, b"{}", {"http_status": 200}),
        (404, b'{"error": "x", "code": 5, "message": "x"}', {"http_status": 404, "grpc_code": "NotFound"}),
        (500, b'{"code": 99}', {"http_status": 500, "grpc_code": "code 99"}),
        (404, b"Not Found\n", {"http_status": 404, "body": "no error of the API"}),
        (404, b'{"code": true}', {"http_status": 404, "body": "no error of the API"}),
        (200, b"[]", {"http_status": 200, "body": "no error of the API"}),
        (502, b"\xff", {"http_status": 502, "body": "no error of the API"}),
    ],
)
def test_a_response_is_seen_without_its_text(status: int, content: bytes, seen: dict[str, Any]) -> None:
    assert observe(response(status, content)).seen == seen


def test_a_write_without_a_response_is_not_seen() -> None:
    refused = ConflictError("name exists", http_status=409, grpc_code="AlreadyExists")
    assert refusal_of(refused) == {"accepted": False, "http_status": 409, "grpc_code": "AlreadyExists"}
    with pytest.raises(NotSeenError, match="network"):
        refusal_of(NetworkError("lost"))


def test_a_part_that_is_something_else_is_none() -> None:
    assert part_of({"a": {"b": 1}}, "a", "b") == 1
    assert part_of({"a": [1]}, "a", "b") is None
    assert part_of({}, "a", "b") is None


def test_reasons_need_a_restore_that_has_one() -> None:
    assert first_reason([["", "exists"]]) == {"first_reason": "empty"}
    assert first_reason([["exists"], ["", "x"]]) == {"first_reason": "used"}
    with pytest.raises(NotSeenError):
        first_reason([[], [""]])


# --- shapes


def test_a_shape_has_no_value_and_no_key_of_a_map() -> None:
    raw = {
        "backups": [
            {"metadata": {"name": "shop", "labels": {"team": "x"}}, "backup_info": {"total_size": "17"}},
            {"metadata": {"name": "", "labels": {}}, "new_field": {"secret": 1}},
        ],
        "total_count": 2,
        "a name with spaces": "value",
    }
    assert shape_of("Backup.Enumerate", raw) == {
        "backups": {
            "list of": {
                "metadata": {"name": "empty text or text", "labels": {"map of": "text"}},
                "backup_info": {"total_size": "digits"},
                "new_field": "object, undocumented",
            }
        },
        "total_count": "integer",
    }


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ("text", "text", "text"),
        ("text", "digits", "digits or text"),
        ("digits or text", "null", "digits or null or text"),
        ("empty", {"a": "text"}, {"a": "text"}),
        ({"a": "text"}, "empty", {"a": "text"}),
        ({"a": "text"}, {"b": "list"}, {"a": "text", "b": "list"}),
    ],
)
def test_shapes_are_merged(one: Any, other: Any, merged: Any) -> None:
    assert merge_shapes(one, other) == merged


# --- the recording


def test_a_recording_can_be_read_back_as_a_baseline() -> None:
    results = [judge(CHECK, {"counts": "page"}), leave_open(CHECK, "why")]
    recording = make_recording(results, "3.2.0", "2026-11-29T20:00:00Z", {"error": {"code": "integer"}})
    assert recording["summary"] == {"holds": 0, "differs": 1, "not_seen": 1}
    assert read_recording({**recording, "checks": recording["checks"][:1]}) == {"list.total": {"counts": "page"}}
    assert read_recording({**recording, "checks": recording["checks"][1:]}) == {}


@pytest.mark.parametrize("bad", [{}, {"schema": "other", "checks": []}, {"schema": SCHEMA, "checks": [1]}])
def test_something_else_is_no_baseline(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="baseline is not a recording"):
        read_recording(bad)


def test_the_table_begins_with_what_differs() -> None:
    results = [judge(CHECK, {"counts": "all"}), leave_open(CHECK, "why"), judge(CHECK, {"counts": "page"})]
    table = make_table(results)
    assert [line.split("  ")[0] for line in table] == ["differs", "not seen", "holds"]
    assert table[0].endswith("Expected: counts all. Seen: counts page.")
    assert table[1].endswith("why")
    assert describe({"named": True, "text": False, "n": 3}) == "named yes, text no, n 3"


@pytest.mark.parametrize(
    ("text", "good"),
    [("px-1", True), ("abc", True), ("ab", False), ("Px-1", False), ("px-", False), ("-px", False), ("p" * 41, False)],
)
def test_a_prefix_can_begin_the_name_of_a_namespace(text: str, good: bool) -> None:
    assert is_prefix(text) is good
