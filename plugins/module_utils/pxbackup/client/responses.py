# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strict answers: the API's JSON object, or an error that says what came instead.

Facts: contract table "The wire" (errors, plain 404), behaviour note 1.5 and 1.6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..errors import NetworkError, ProtocolError, PXBackupError, from_answer

HINT_ADDRESS = "is api_url the address of the PX-Backup REST API (by default port 10001)?"


class Reply(NamedTuple):
    """What a server answered: the URL that was asked, the status, the headers (any case), the decoded body."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


def answer(reply: Reply, now: float) -> dict[str, Any]:
    """Return the JSON object of a good answer, or raise what the answer means.

    Args:
        now: seconds since 1970, for a server that asks to wait until a date.
    """
    if reply.status == 200:
        return _good_answer(reply)
    error = _refusal(reply)
    error.retry_after = _retry_after(reply.headers.get("Retry-After"), now)
    raise error


def _good_answer(reply: Reply) -> dict[str, Any]:
    status, content = reply.status, reply.content
    declared = reply.headers.get("Content-Length", "")
    if (
        re.fullmatch("[0-9]{1,18}", declared)
        and not reply.headers.get("Content-Encoding")
        and len(content) < int(declared)
    ):
        raise _cut_short(status, f"after {len(content)} of {declared} bytes")
    if not content.strip():
        raise ProtocolError(
            "the server answered HTTP 200 with an empty body, not the API's JSON",
            hint=HINT_ADDRESS,
            http_status=status,
            maybe_processed=True,
        )
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        if _is_html(reply):
            raise ProtocolError(
                "the server answered HTTP 200 with an HTML page, not the API",
                hint=HINT_ADDRESS,
                http_status=status,
                maybe_processed=True,
            ) from None
        if content.lstrip()[:1] == b"{":
            raise _cut_short(status, "in the middle of its JSON") from None
        raise ProtocolError(
            f"the server answered HTTP 200 with {_content_type(reply)}, not the API's JSON",
            hint=HINT_ADDRESS,
            http_status=status,
            maybe_processed=True,
        ) from None
    if not isinstance(value, dict):
        raise ProtocolError(
            f"the server answered HTTP 200 with a JSON {_json_word(value)} where the API sends an object",
            hint=HINT_ADDRESS,
            http_status=status,
            maybe_processed=True,
        )
    return value


def _refusal(reply: Reply) -> PXBackupError:
    """Return the error that an answer other than 200 means."""
    status, content = reply.status, reply.content
    if 300 <= status < 400:
        where = _without_secrets(reply.headers.get("Location", ""))
        return ProtocolError(
            f"the server answered with a redirect (HTTP {status}) to {where or 'nowhere'}, which is not followed",
            hint="set api_url to the address that the API itself answers at",
            http_status=status,
        )
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and ("message" in value or "error" in value):
        code = value.get("code")
        text = str(value.get("message") or value.get("error") or "")
        if status == 404 and text == "Not Found":
            # Newer gateways dress an unknown route up as an answer of the API.
            return _no_such_address(status)
        return from_answer(status, code if isinstance(code, int) else None, text)
    if status == 404:
        return _no_such_address(status)
    if status == 400 and reply.url.startswith("http://"):
        return ProtocolError(
            "the server does not take http:// (HTTP 400 that does not come from the API)",
            hint="use https:// in api_url",
            http_status=status,
        )
    page = "an HTML page" if _is_html(reply) else _content_type(reply)
    error = from_answer(status, None, f"{page} instead of an answer of the API")
    if status >= 500:
        # Something on the way answered; whether PX-Backup got the request nobody knows.
        error.maybe_processed = True
    if not 400 <= status < 600:
        error = ProtocolError(f"the server answered HTTP {status}, which the API never does", hint=HINT_ADDRESS)
        error.http_status = status
        # Some 2xx: whatever it is, the request came through.
        error.maybe_processed = True
    return error


def _no_such_address(status: int) -> PXBackupError:
    """Return the error for a route that the gateway does not have: never to be taken for an absent backup."""
    return ProtocolError(
        "the server has no such address (HTTP 404 that does not come from the API)",
        hint=HINT_ADDRESS,
        http_status=status,
    )


def _without_secrets(location: str) -> str:
    """Return the target of a redirect without user, password, query and fragment."""
    try:
        target = urlsplit(location)
        host = target.hostname or ""
    except ValueError:
        return "an address that is no URL"
    return f"{target.scheme}://{host}{target.path}" if target.scheme else target.path


def _cut_short(status: int, where: str) -> PXBackupError:
    return NetworkError(
        f"the answer (HTTP {status}) stopped early, {where}",
        hint="something on the way closed the connection: run the task again",
        http_status=status,
        retriable=True,
        maybe_processed=True,
    )


def _is_html(reply: Reply) -> bool:
    start = reply.content.lstrip()[:15].lower()
    return "html" in reply.headers.get("Content-Type", "") or start.startswith((b"<!doctype html", b"<html"))


def _content_type(reply: Reply) -> str:
    return reply.headers.get("Content-Type", "").partition(";")[0].strip() or "a body of no stated type"


def _json_word(value: Any) -> str:
    return {list: "list", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")


def _retry_after(header: str | None, now: float) -> float | None:
    """Return the seconds of a ``Retry-After`` header; a date is read as well, nonsense is ``None``."""
    if not header:
        return None
    if re.fullmatch(r"\s*[0-9]+\s*", header):
        return float(header)
    try:
        when = parsedate_to_datetime(header).timestamp()
    except (TypeError, ValueError):
        return None
    return max(0.0, when - now)
