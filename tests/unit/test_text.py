# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sentences for users: no secret, no control character, one line, bounded."""

from __future__ import annotations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.text import (
    escaped,
    masked,
    masked_data,
    quoted,
    sentence,
    shortened,
)

SECRET = "s3cret-token-" + "x" * 470


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, \u00e9 and \u4e2d", "plain text, \u00e9 and \u4e2d"),
        ("PLAY RECAP\n\nhost : ok=1", "PLAY RECAP host : ok=1"),
        ("a\r\nb\tc", "a b c"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b31m\x85\x7f", "\\x9b31m\\x85\\x7f"),
        ("\u202egnp.exe\u2066 \u200b \u2028", "\\u202egnp.exe\\u2066 \\u200b \\u2028"),
        ("\ud800", "\\ud800"),
        ("\x00", "\\x00"),
    ],
)
def test_one_line_without_control_characters(text: str, shown: str) -> None:
    assert escaped(text) == shown
    assert escaped(shown) == shown
    assert sentence(text) == shown


def test_a_secret_is_hidden_before_the_text_is_cut() -> None:
    text = "the token " + SECRET
    cut = sentence(text, [SECRET], limit=100)
    assert cut == "the token ********"


@pytest.mark.parametrize("end", ["...", "\u2026", "... (420 more characters)"])
def test_the_beginning_of_a_secret_is_hidden_where_the_text_was_cut(end: str) -> None:
    assert masked(f"token '{SECRET[:60]}{end} and 'more'", [SECRET]) == f"token '********{end} and 'more'"
    assert masked(quoted("the token " + SECRET), [SECRET]).startswith("'the token ********...")
    # Words that only begin like a secret are ordinary text.
    assert masked(f"{SECRET[:9]} and s3cret{end}", [SECRET]) == f"{SECRET[:9]} and s3cret{end}"


def test_many_beginnings_of_a_secret_are_hidden_in_a_moment() -> None:
    assert SECRET[:8] not in masked(f"{SECRET[:9]}..." * 200_000, [SECRET])


def test_a_secret_is_hidden_in_keys_texts_and_numbers_of_data() -> None:
    data = {
        "labels": {
            SECRET: "a",
            f"x {SECRET}": "b",
            "kept": "c",
            "more": [{"deep": [SECRET, f"<{SECRET}>", None, True]}],
        },
        "port": 12345678,
        "size": 1.5,
        "changed": False,
    }
    assert masked_data(data, {SECRET, "12345678", "als"}) == {
        "labels": {
            "********": "a",
            "x ********": "b",
            "kept": "c",
            "more": [{"deep": ["********", "<********>", None, True]}],
        },
        "port": "********",
        "size": 1.5,
        "changed": False,
    }


def test_keys_stay_apart_when_their_secrets_are_hidden() -> None:
    data = {SECRET: 1, SECRET.upper(): 2, "********": 3, SECRET[::-1]: 4}
    hidden = masked_data(data, {SECRET, SECRET.upper(), SECRET[::-1]})
    assert sorted(hidden.values()) == [1, 2, 3, 4]
    assert all(key.startswith("********") for key in hidden)


def test_known_keys_and_short_secrets_do_not_change_keys() -> None:
    assert masked_data({"operation": "operation"}, {"operation"}, ("operation",)) == {"operation": "********"}
    assert masked_data({"totals": "false"}, {"als"}) == {"totals": "f********e"}


def test_data_without_secrets_is_returned_as_it_is() -> None:
    data = {"a": [1, "b"]}
    assert masked_data(data, {SECRET, ""}) is data


def test_a_secret_that_json_escapes_is_found() -> None:
    secret = 'p\u00e4ss"w\\rd\ud800'
    assert masked_data({"a": secret, secret: 1}, {secret}) == {"a": "********", "********": 1}


def test_the_longest_secret_is_hidden_first() -> None:
    assert masked("abcdefgh-abcd", ["abcd", "abcdefgh", ""]) == "********-********"


def test_a_secret_with_a_line_break_is_hidden() -> None:
    assert sentence("key: first\nsecond!", ["first\nsecond"]) == "key: ********!"


@pytest.mark.parametrize("length", [2000, 2001, 20_000_000])
def test_a_sentence_is_bounded(length: int) -> None:
    shown = sentence("x" * length)
    assert len(shown) <= 2000
    assert ("more characters" in shown) is (length > 2000)
    error = PXBackupError("x" * length, hint="do this")
    assert len(str(error)) <= 2000
    assert str(error).endswith("; do this")


def test_the_number_of_omitted_characters_is_named() -> None:
    assert shortened("x" * 100, 60) == "x" * 20 + "... (80 more characters)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a\x1b", "'a\\x1b'"), (5, "5"), (True, "True"), (10**5000, "a number of about 5001 digits"), ("x" * 500, None)],
    ids=range(5),
)
def test_a_quoted_value(value: object, shown: str | None) -> None:
    assert quoted(value) == shown or (shown is None and len(quoted(value)) <= 200)
