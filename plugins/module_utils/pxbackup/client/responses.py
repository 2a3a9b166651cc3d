# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strict responses: the API's JSON object, or an error that says what arrived instead.

Facts: docs/server-behaviour.md, sections 1.5 and 1.6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from ..errors import (
    AuthenticationError,
    NetworkError,
    PermissionDeniedError,
    ProtocolError,
    PXBackupError,
    ServerError,
    ValidationError,
)
from .decoding import load_json
from .error_responses import GIVEN_UP, TRANSIENT_STATUSES, from_response

HINT_ADDRESS = "is api_url the address of the PX-Backup REST API (by default port 10001)?"

# What web servers write in a page when they get a plain HTTP request on a port that expects TLS.
_WANTS_TLS = rb"plain HTTP request was sent to HTTPS|HTTP request to an? HTTPS|plain HTTP to an SSL"

# Status codes that a proxy or gateway sends with its page, the class of the error and what to do.
_GATEWAY: dict[int, tuple[type[PXBackupError], str]] = {
    401: (AuthenticationError, "log in to it, or exempt the server from it (no_proxy)"),
    403: (PermissionDeniedError, "allow the request in its configuration, or exempt the server from it (no_proxy)"),
    407: (AuthenticationError, "set the login of the proxy in https_proxy or http_proxy"),
    413: (ValidationError, "it limits the size of requests: send less, or raise its limit"),
    414: (ValidationError, "it limits the length of addresses: use fewer or shorter filters, or raise its limit"),
    421: (ProtocolError, "it does not serve this host name: check api_url"),
    431: (ValidationError, "it limits the size of headers: use a shorter token, or raise its limit"),
    502: (ServerError, "a gateway could not reach PX-Backup: run the task again later"),
    504: (ServerError, "a gateway got no response from PX-Backup in time: run the task again later"),
}


class Response(NamedTuple):
    """A response: the URL of the request, the status code, the headers (any case), the decompressed body."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


def json_object(response: Response, now: float) -> dict[str, Any]:
    """Return the JSON object of a good response, or raise what the response means.

    Args:
        now: seconds since 1970, for a server that asks to wait until a date.
    """
    if response.status == 200:
        return _good_object(response)
    error = refusal(response)
    error.retry_after = _retry_after(response.headers.get("Retry-After"), now)
    raise error


def _good_object(response: Response) -> dict[str, Any]:
    content = response.content
    declared = response.headers.get("Content-Length", "")
    if (
        re.fullmatch("[0-9]{1,18}", declared)
        and not response.headers.get("Content-Encoding")
        and len(content) < int(declared)
    ):
        raise _cut_short(f"after {len(content)} of {declared} bytes")
    if not content.strip():
        raise _not_the_api("an empty body")
    try:
        value = load_json(content)
    except RecursionError:
        raise _not_the_api("JSON that is nested too deep", "") from None
    except ValueError as error:
        _raise_invalid_json(response, error)
    if not isinstance(value, dict):
        raise _not_the_api(f"a JSON {_json_word(value)} where the API sends an object", "")
    return value


def _raise_invalid_json(response: Response, error: ValueError) -> NoReturn:
    """Raise what a body means that is not JSON."""
    start = response.content.lstrip()[:1]
    if is_html(response):
        raise _not_the_api("an HTML page", ", not the API") from None
    if start not in (b"{", b"["):
        raise _not_the_api(content_type(response)) from None
    if isinstance(error, UnicodeDecodeError):
        raise _not_the_api("JSON that is not valid UTF-8", "") from None
    if not isinstance(error, json.JSONDecodeError):
        raise _not_the_api("invalid JSON", "") from None
    if start == b"{" and _ends_early(error):
        raise _cut_short("in the middle of its JSON") from None
    raise _not_the_api(f"invalid JSON ({error.msg} at character {error.pos})", "") from None


def _ends_early(error: json.JSONDecodeError) -> bool:
    """Whether a JSON text is correct as far as it goes."""
    rest = error.doc[error.pos :].strip()
    words = ("true", "false", "null", "-")
    return error.msg.startswith("Unterminated string") or not rest or any(word.startswith(rest) for word in words)


def _not_the_api(what: str, instead: str = ", not the API's JSON") -> ProtocolError:
    """Return the error for a response with the status code 200 that the API never sends."""
    return ProtocolError(
        f"the server sent {what}{instead} (HTTP 200)", hint=HINT_ADDRESS, http_status=200, maybe_processed=True
    )


def refusal(response: Response) -> PXBackupError:
    """Return the error that a response with another status code than 200 means."""
    status = response.status
    if 300 <= status < 400:
        where = _without_secrets(response.headers.get("Location", ""))
        return ProtocolError(
            f"the server sent a redirect (HTTP {status}) to {where or 'nowhere'}, which is not followed",
            hint="set api_url to the address of the API itself",
            http_status=status,
        )
    value = error_object(response)
    code = value.get("code")
    if "message" in value or "error" in value or isinstance(code, int):
        text = str(value.get("message") or value.get("error") or "")
        if status == 404 and text == "Not Found":
            # Newer gateways send an unknown route as an error of the API.
            return _no_such_address()
        return from_response(status, code if isinstance(code, int) else None, text)
    if status == 404:
        return _no_such_address()
    if not 400 <= status < 600:
        # Some 2xx: whatever it is, the request arrived.
        return ProtocolError(
            f"the server sent HTTP {status}, which the API never does",
            hint=HINT_ADDRESS,
            http_status=status,
            maybe_processed=True,
        )
    return _of_a_gateway(response)


def error_object(response: Response) -> dict[str, Any]:
    """Return the JSON object in the body of an error response, ``{}`` when there is none."""
    try:
        value = load_json(response.content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _of_a_gateway(response: Response) -> PXBackupError:
    """Return the error for a body that PX-Backup never sends: a proxy or a gateway before it responded."""
    status = response.status
    if response.url.startswith("http://") and re.search(_WANTS_TLS, response.content):
        return ProtocolError(
            f"the server does not accept http:// (HTTP {status})", hint="use https:// in api_url", http_status=status
        )
    page = "an HTML page" if is_html(response) else content_type(response)
    standard = from_response(status, None, "")
    kind, hint = _GATEWAY.get(status, (type(standard), standard.hint))
    message = f"a proxy, a gateway or another service responded in place of PX-Backup (HTTP {status} with {page})"
    return kind(
        "the proxy requires a login (HTTP 407)" if status == 407 else message,
        hint=hint or HINT_ADDRESS,
        http_status=status,
        retriable=status in TRANSIENT_STATUSES,
        # It is unknown whether PX-Backup processed the request.
        maybe_processed=status >= 500 or status in GIVEN_UP,
    )


def _no_such_address() -> PXBackupError:
    """Return the error for a route that the gateway does not have: never to be taken for an absent backup."""
    return ProtocolError(
        "the server has no such address (HTTP 404 that does not come from the API)", hint=HINT_ADDRESS, http_status=404
    )


def _without_secrets(location: str) -> str:
    """Return the target of a redirect without user, password, query and fragment."""
    try:
        target = urlsplit(location)
        host = target.hostname or ""
    except ValueError:
        return "an invalid address"
    return f"{target.scheme}://{host}{target.path}" if target.scheme else target.path


def _cut_short(where: str) -> PXBackupError:
    return NetworkError(
        f"the response (HTTP 200) ended early, {where}",
        hint="something between here and the server closed the connection: run the task again",
        http_status=200,
        retriable=True,
        maybe_processed=True,
    )


def is_html(response: Response) -> bool:
    """Whether the body of a response is an HTML page."""
    start = response.content.lstrip()[:15].lower()
    return "html" in response.headers.get("Content-Type", "") or start.startswith((b"<!doctype html", b"<html"))


def content_type(response: Response) -> str:
    """Return the type that a response names for its body, without its parameters."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip() or "a body without a content type"


def _json_word(value: Any) -> str:
    return {list: "list", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")


def _retry_after(header: str | None, now: float) -> float | None:
    """Return the seconds of a ``Retry-After`` header; a date is read as well, an invalid value is ``None``."""
    if not header:
        return None
    if re.fullmatch(r"\s*[0-9]+\s*", header):
        return float(header)
    try:
        when = parsedate_to_datetime(header).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, when - now)
