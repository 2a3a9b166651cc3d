# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error response of the API means: codes, status codes and texts.

Facts: docs/server-behaviour.md, sections 1.5, 1.6 (codes) and 3.2 (texts). Texts differ between
releases, so only short fragments are matched.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    PXBackupError,
    RequestTimeoutError,
    ServerError,
    StateError,
    UnsupportedError,
    ValidationError,
)

# gRPC status codes by number, as the gateway puts them into the `code` of an error body.
GRPC_CODES = {
    1: "Canceled",
    2: "Unknown",
    3: "InvalidArgument",
    4: "DeadlineExceeded",
    5: "NotFound",
    6: "AlreadyExists",
    7: "PermissionDenied",
    8: "ResourceExhausted",
    9: "FailedPrecondition",
    10: "Aborted",
    11: "OutOfRange",
    12: "Unimplemented",
    13: "Internal",
    14: "Unavailable",
    15: "DataLoss",
    16: "Unauthenticated",
}


# The HTTP status that the gateway sends for each gRPC code; newer ones send another for Canceled.
STATUSES_OF: dict[str, tuple[int, ...]] = {
    "Canceled": (408, 499),
    "Unknown": (500,),
    "InvalidArgument": (400,),
    "DeadlineExceeded": (504,),
    "NotFound": (404,),
    "AlreadyExists": (409,),
    "PermissionDenied": (403,),
    "ResourceExhausted": (429,),
    "FailedPrecondition": (400,),
    "Aborted": (409,),
    "OutOfRange": (400,),
    "Unimplemented": (501,),
    "Internal": (500,),
    "Unavailable": (503,),
    "DataLoss": (500,),
    "Unauthenticated": (401,),
}
_STATUS_OF_OTHERS = (500,)

_HINT_PERMISSION = "ask the owner of the object or an administrator for the right, or use another user's token"
_HINT_LICENCE = "check the licence of PX-Backup: an expired or exceeded licence stops backups"
_HINT_TOKEN = "get a new token and set it in token or PX_BACKUP_TOKEN"
_HINT_LATER = "the server was too slow: run the task again later"
_HINT_LIMITED = "the server limits requests: run the task again later"

_BY_CODE: dict[str, tuple[type[PXBackupError], str | None]] = {
    "InvalidArgument": (ValidationError, None),
    "OutOfRange": (ValidationError, None),
    "FailedPrecondition": (StateError, None),
    "Aborted": (ConflictError, None),
    "NotFound": (NotFoundError, None),
    "AlreadyExists": (ConflictError, None),
    "PermissionDenied": (PermissionDeniedError, _HINT_PERMISSION),
    "Unauthenticated": (AuthenticationError, _HINT_TOKEN),
    "Unimplemented": (UnsupportedError, "check that the PX-Backup server is 2.8.1 or newer"),
    "ResourceExhausted": (ServerError, _HINT_LIMITED),
    "Unavailable": (ServerError, "the server is not ready: run the task again later"),
    "DeadlineExceeded": (RequestTimeoutError, _HINT_LATER),
    "Canceled": (RequestTimeoutError, _HINT_LATER),
}

_BY_STATUS: dict[int, tuple[type[PXBackupError], str | None]] = {
    400: (ValidationError, None),
    401: (AuthenticationError, _HINT_TOKEN),
    403: (PermissionDeniedError, _HINT_PERMISSION),
    407: (AuthenticationError, "set the login of the proxy in https_proxy or http_proxy"),
    408: (RequestTimeoutError, _HINT_LATER),
    409: (ConflictError, None),
    429: (ServerError, _HINT_LIMITED),
    503: (ServerError, "the server is not ready: run the task again later"),
}

# Status codes after which the same read may succeed a moment later. A 500 is not among them: PX-Backup
# sends 500 for errors of the user (docs/server-behaviour.md, sections 1.6 and 3).
TRANSIENT_STATUSES = frozenset({408, 429, 502, 503, 504})

# Below 500, what a gateway sends that did not wait for the end: Request Timeout, Client Closed Request.
GIVEN_UP = frozenset({408, 499})

# gRPC codes after which it is unknown whether the server has processed the request.
_UNKNOWN_END = frozenset({"Canceled", "Unknown", "DeadlineExceeded", "Internal", "Unavailable", "DataLoss"})


class _Meaning(NamedTuple):
    """The class and the hint of an error."""

    error: type[PXBackupError]
    hint: str | None = None


def _text(pattern: str, error: type[PXBackupError], hint: str | None = None) -> tuple[str, _Meaning]:
    return pattern, _Meaning(error, hint)


# Errors of the user arrive as gRPC Unknown or Internal (HTTP 500) with the cause in the text. The first match counts.
# Each pattern is tied to the beginning, the end or a colon, and names are taken out before, so that no name decides.
# Here and below `re` compiles a pattern, and keeps it, when an error is first read: most runs of a module see none.
_TEXTS = (
    _text(r"(^|: )more than one object found\b", ConflictError, "set the uid of the object"),
    _text(
        r"(^|: )failed to validate access to the cluster",
        StateError,
        "check in PX-Backup that the cluster is online and its credentials are valid",
    ),
    _text(r"(^|: |\buser )doesn't have permission\b", PermissionDeniedError, _HINT_PERMISSION),
    _text(r"(^|: )access denied for\b", PermissionDeniedError, _HINT_PERMISSION),
    _text(r"(^|: )(the )?token is expired", AuthenticationError, _HINT_TOKEN),
    _text(r"\balready exists( with status\b.*)?$", ConflictError),
    _text(r"\bhas reference to\b", StateError, "remove what still uses the object first"),
    _text(r"(^|: )object not found$", NotFoundError),
    _text(r"\bnot found for org\b", NotFoundError),
    _text(r"(^|: )(the )?licen[sc]e (is|has|expired)\b", StateError, _HINT_LICENCE),
)

# A text that names what could not be retrieved, and the kinds of objects that a request is about.
_RETRIEVE = r"(?:^|: )failed to retrieve (?:the )?(?P<kind>[a-z ]+?)(?: object)?(?= \[|:|$)"
_REQUESTED = ("backup", "restore")

_HINTS_RETRIEVE = {
    "cluster": "check cluster_ref; to delete a backup whose own cluster was removed, set cluster_ref to one that "
    "reaches its backup location",
    "backup location": "check backup_location_ref and that this user may see the backup location",
}

_BRACKETS = r"\[[^\]]*\]"
_QUOTES = r"(?<!\w)('[^']*'|\"[^\"]*\"|`[^`]*`)(?!\w)"


def from_response(status: int, code: int | None, text: str) -> PXBackupError:
    """Return the exception that an error response of the API means.

    Args:
        status: HTTP status code of the response.
        code: number of the gRPC code in its body, ``None`` when the body had none.
        text: the message in its body.

    Source of the meanings: docs/server-behaviour.md, sections 1.6 and 3.2.
    """
    if code == status != 404 and status >= 400:
        # Some proxies repeat the status. Their text is shown, and decides nothing; an absence takes more than that, and
        # so does a write that was not done: a firewall may filter responses.
        refused = _error(status, None, _by_status(status), text, "PX-Backup or a proxy before it refused the request")
        refused.maybe_processed = True
        return refused
    name = GRPC_CODES.get(code) if code is not None else None
    if code is not None and status not in STATUSES_OF.get(name or "", _STATUS_OF_OTHERS if code else ()):
        return _contradiction(status, name or f"gRPC code {code}", text)
    return _error(status, name, _meaning(status, name, _plain(text)), text)


def _error(
    status: int, name: str | None, meaning: _Meaning, text: str, what: str = "PX-Backup refused the request"
) -> PXBackupError:
    """Return the error of this meaning for a response that does not contradict itself.

    Args:
        what: the beginning of the sentence: who refused the request.
    """
    code_shown = f"HTTP {status}, {name}" if name else f"HTTP {status}"
    return meaning.error(
        f"{what} ({code_shown}): {text.strip() or 'no reason given'}",
        hint=meaning.hint,
        http_status=status,
        grpc_code=name,
        retriable=status in TRANSIENT_STATUSES,
        maybe_processed=_may_be_processed(status, name, meaning.error),
    )


def _contradiction(status: int, code: str, text: str) -> PXBackupError:
    """Return the error for a response whose code is none that the gateway sends with its status.

    Something between here and the server changed one of the two. What the code and the text say, such as that an object
    does not exist, is not believed; the status decides, and it is unknown whether the request was processed.
    """
    meaning = _by_status(status)
    return meaning.error(
        f"the response contradicts itself (HTTP {status}, but {code}): {text.strip() or 'no reason given'}",
        hint=meaning.hint or "check the proxies and gateways between here and PX-Backup",
        http_status=status,
        grpc_code=code if code in STATUSES_OF else None,
        retriable=status in TRANSIENT_STATUSES,
        maybe_processed=True,
    )


def _plain(text: str) -> str:
    """Return an error text in lower case without the names in it, which stand in brackets or quotes."""
    return re.sub(_QUOTES, "''", re.sub(_BRACKETS, "[]", " ".join(text.lower().split())))


def _may_be_processed(status: int, name: str | None, error: type[PXBackupError]) -> bool:
    """Whether an error response leaves open whether the request was processed.

    A gateway or a busy server may have passed the request on before it gave up, and an unspecific code may follow
    an error after the work was done. A 429 is a refusal at the entrance, unless it comes with a code of the server.
    """
    if status == 429:
        return name is not None
    if name in (None, *_UNKNOWN_END):
        return (status in GIVEN_UP or status >= 500) and status != 501 and error.category in ("server", "timeout")
    return False


def _meaning(status: int, name: str | None, text: str) -> _Meaning:
    """Return what a code, a status and a plain text mean: a specific code decides before the text."""
    if name in ("Unknown", "Internal", "NotFound") or (name is None and status in (404, 500)):
        other = _other_object(text)
        for pattern, meaning in _TEXTS:
            if meaning.error is NotFoundError and other:
                return other
            if re.search(pattern, text) and (name != "NotFound" or meaning.error is NotFoundError):
                return meaning
    if name in _BY_CODE:
        return _Meaning(*_BY_CODE[name])
    return _by_status(status)


def _by_status(status: int) -> _Meaning:
    """Return what a status alone means."""
    return _Meaning(*_BY_STATUS.get(status, (ServerError, None)))


def _other_object(text: str) -> _Meaning | None:
    """Return the meaning of a text that names an object which the request only refers to, ``None`` for any other.

    Only the absence of the object that was requested is an absence.
    """
    named = re.search(_RETRIEVE, text)
    if named is None or named.group("kind") in _REQUESTED:
        return None
    kind = named.group("kind")
    return _Meaning(
        StateError, _HINTS_RETRIEVE.get(kind, f"check that the {kind} exists and that this user may see it")
    )
