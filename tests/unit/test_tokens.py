# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The claims of a token; any other text has none."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import caller_of, claims_of


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
