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
    # A part of it remains where the order is the other way round.
    assert SECRET[:10] in masked(shortened(text, 100), [SECRET])


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
