# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a token is and says of itself (behaviour note 7)."""

from __future__ import annotations

import base64
import json
import time
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

from ..errors import ProtocolError
from .connection import is_token


class Token(NamedTuple):
    """A token that a login gave.

    Attributes:
        value: the token itself, a secret.
        expires_at: when it ends in seconds since 1970, ``None`` when nobody says.
    """

    value: str
    expires_at: float | None


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a JWT without checking its signature (the server does), ``{}`` for any other token."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def caller_of(token: str) -> str:
    """Return the user's id that the token names as its subject, ``""`` when it does not (behaviour note 7)."""
    return str(claims_of(token).get("sub") or "")


def token_of(answer: dict[str, Any], now: float) -> Token:
    """Return the token in the answer of a login service.

    Args:
        now: seconds since 1970; the service says how long the token lasts from now on.

    Raises:
        ProtocolError: the answer holds none.
    """
    value = answer.get("access_token")
    if not isinstance(value, str) or not is_token(value):
        raise ProtocolError(
            "the login service answered without a usable access_token",
            hint="is auth_url the address of the login service?",
        )
    ends = claims_of(value).get("exp")
    if not isinstance(ends, (int, float)):
        lasts = answer.get("expires_in")
        ends = now + lasts if isinstance(lasts, (int, float)) else None
    return Token(value, ends)


def rfc3339(seconds: float) -> str:
    """Return a time in seconds since 1970 as text, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def spellings(secret: str) -> set[str]:
    """Return the forms in which others may quote a secret: as it is, URL-encoded, and in base64.

    Of its base64 that part is returned which is the same whatever stands before and after it.
    """
    plain = secret.encode("utf-8", "surrogateescape")
    found = {secret, quote(plain, safe=""), quote(plain), quote_plus(plain)}
    for before in range(3):
        whole = len(plain) - (len(plain) + before) % 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # The first characters hold bits of what stands before the secret.
            found.add(encode(b"\0" * before + plain[:whole]).decode("ascii")[-(-before * 8 // 6) :])
    return {form for form in found if form}
