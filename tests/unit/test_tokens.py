# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The claims of a token, which any other text has none of, and the spellings of a secret."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import (
    caller_of,
    claims_of,
    spellings,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.text import masked


def jwt(claims: Any) -> str:
    """Return an unsigned token with these claims."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return "e30." + base64.urlsafe_b64encode(payload).decode().rstrip("=") + ".sig"


@pytest.mark.parametrize("subject", ["3f0f9a52-7c0a-4b54-9d0e-7f3f0f0a1c11", "u", "\u00fc\u4e2d"])
def test_subject(subject: str) -> None:
    assert caller_of(jwt({"sub": subject, "exp": 1})) == subject


@pytest.mark.parametrize(
    "token",
    [
        "",
        "opaque",
        "a.b",
        "...",
        "e30.!!!.sig",
        "e30.\u00fc.sig",
        jwt([]),
        jwt("text"),
        jwt(None),
        jwt({}),
        jwt({"sub": None}),
        jwt(b"\xff\xfe"),
        jwt(b"{"),
        jwt(b"[" * 200_000),
    ],
    ids=range(14),
)
def test_other_text_has_no_subject(token: str) -> None:
    assert caller_of(token) == ""


def test_claims() -> None:
    assert claims_of(jwt({"exp": 5})) == {"exp": 5}
    assert claims_of("opaque") == {}


@pytest.mark.parametrize(
    "quote_it",
    [
        str,
        str.strip,
        quote,
        quote_plus,
        lambda text: quote(text, safe=""),
        lambda text: re.sub("%..", lambda code: code.group().lower(), quote(text, safe="")),
        json.dumps,
        repr,
        lambda text: json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
        html.escape,
        lambda text: html.escape(text, quote=False),
        lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"{text}".encode()).decode(),
    ],
    ids=range(13),
)
@pytest.mark.parametrize(
    "secret", ["C4nary+Pass/word=of&the%user <1>", 'it\'s a "secret" \\ of \u00e4', "opaque-token-1234"]
)
def test_every_spelling_of_a_secret_is_hidden(quote_it: Callable[[str], str], secret: str) -> None:
    shown = masked(f"in <{quote_it(secret)}> it", spellings([secret]))
    assert "********" in shown
    assert len(shown) < 30
    assert masked(f"<{secret.strip()}>", spellings([f" {secret}\n"])) == "<********>"


def test_a_short_secret_has_no_other_spelling() -> None:
    assert spellings(["als", "", "a b+c"]) == {"als", "a b+c"}


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("secret", ["canary-12", "canary-123", "canary-1234"])
def test_a_secret_inside_of_base64_is_found_whatever_is_around_it(
    encode: Callable[[bytes], bytes], secret: str
) -> None:
    forms = spellings([secret])
    for before in (b"", b"a", b"bc", b"def"):
        for after in (b"", b"\xff", b"\xff\xff", b"\x00\x00\x00"):
            text = encode(before + secret.encode() + after).decode()
            found = [form for form in forms if form in text]
            assert found, (before, after)
            # What is left over is a few letters at each end.
            assert max(map(len, found)) >= len(secret) * 4 // 3 - 4


@pytest.mark.parametrize("letter", ["\udcff", "\ud800"])
def test_a_secret_that_is_no_text_is_found_as_well(letter: str) -> None:
    forms = spellings([f"secret-{letter}-12345"])
    assert f"secret-{letter}-12345" in forms
    assert any(form.startswith("secret-%") and form.endswith("-12345") for form in forms)
