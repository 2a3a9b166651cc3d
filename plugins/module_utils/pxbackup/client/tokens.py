# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens: their claims, the token in the response to a login, and the spellings of a secret.

Source: docs/server-behaviour.md, section 7.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

from ..errors import ProtocolError, PXBackupError
from ..limits import SECRET_CHARACTERS
from ..text import sentence
from .connection import is_token

# A process uses few secrets at a time, and hides the same ones in everything that it says.
_KEPT_SECRETS = 32


class Token(NamedTuple):
    """The token of a login.

    Attributes:
        value: the token itself, a secret.
        expires_at: when it expires in seconds since 1970, ``None`` when it is not known.
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
    """Return the user's id that the token names as its subject, ``""`` when it names none.

    Source: docs/server-behaviour.md, section 7.
    """
    subject = claims_of(token).get("sub")
    return subject if isinstance(subject, str) else ""


# The last second of the year 9999; no calendar of Python goes further.
_LAST_SECOND = 253402300799


def token_of(response: dict[str, Any], now: float) -> Token:
    """Return the token in the response of a login service.

    Args:
        now: seconds since 1970; the service tells how long the token is valid from now on.

    Raises:
        ProtocolError: the response contains none.
    """
    value = response.get("access_token")
    if not isinstance(value, str) or not is_token(value):
        raise ProtocolError(
            "the login service sent a response without a usable access_token",
            hint="is auth_url the address of the login service?",
            http_status=200,
        )
    expires_at = _seconds(claims_of(value).get("exp"))
    valid_for = _seconds(response.get("expires_in"))
    if expires_at is None and valid_for is not None:
        expires_at = min(now + valid_for, _LAST_SECOND)
    return Token(value, expires_at)


def _seconds(value: Any) -> float | None:
    """Return a number of seconds, ``None`` for anything else: a good login is not lost by a bad end of its token."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if 0 <= value <= _LAST_SECOND else None


def rfc3339(seconds: float) -> str:
    """Return a time in seconds since 1970, at most that of the year 9999, as text in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def spellings(secrets: Iterable[str]) -> set[str]:
    """Return the forms in which secrets may be quoted: as they are and without the white space around them, encoded for
    a URL, in JSON, in Python, in HTML, and in base64.

    A secret that is too short to be accepted is returned as it is: its other forms could be part of any word.
    """
    found: set[str] = set()
    for secret in secrets:
        found.add(secret)
        if len(secret.strip()) >= SECRET_CHARACTERS:
            found.update(_forms(secret), _forms(secret.strip()))
    return found - {""}


def hide_secrets(error: PXBackupError, secrets: Iterable[str]) -> None:
    """Take secrets out of an error, however it is shown; what it carries in ``secrets`` is hidden as well."""
    hidden = spellings([*secrets, *error.secrets])
    error.message = sentence(error.message, hidden)
    error.args = (error.message,)
    error.hint = error.hint and sentence(error.hint, hidden)


@lru_cache(maxsize=_KEPT_SECRETS)
def _forms(secret: str) -> frozenset[str]:
    try:
        plain = secret.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A lone surrogate that does not stand for a byte.
        plain = secret.encode("utf-8", "surrogatepass")
    encoded = {quote(plain, safe=""), quote(plain), quote_plus(plain)}
    lower = {re.sub("%..", lambda match: match.group().lower(), form) for form in encoded}
    written = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    # Go writes these characters of a text in JSON as escapes.
    of_go = {form.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e") for form in written}
    page = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marks = [(double, single) for double in ('"', "&quot;", "&#34;") for single in ("'", "&#39;", "&#x27;")]
    pages = {page.replace('"', double).replace("'", single) for double, single in marks}
    return frozenset({secret} | encoded | lower | written | of_go | pages | _base64(plain))


def _base64(plain: bytes) -> set[str]:
    """Return the parts of the base64 of some bytes that are the same whatever stands before and after them."""
    found = set()
    for before in range(3):
        whole = len(plain) - (len(plain) + before) % 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # The first characters hold bits of what stands before the secret.
            found.add(encode(b"\0" * before + plain[:whole]).decode("ascii")[-(-before * 8 // 6) :])
    return found
