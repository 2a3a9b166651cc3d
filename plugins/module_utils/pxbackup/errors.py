# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One tree of exceptions: what went wrong, told so that a person or a program can act on it.

Facts about gRPC codes, HTTP statuses and error texts: contract table "The wire", behaviour note
sections 1.6 (codes) and 3.2 (texts). Texts differ between releases, so only short fragments are matched.
"""

from __future__ import annotations

from typing import Any, NamedTuple

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


class PXBackupError(Exception):
    """Base of every error of this library.

    ``str(error)`` is one sentence with the cause and, after a semicolon, what to do.
    ``as_dict()`` is the structured form that becomes ``error`` in a task's result.

    Attributes:
        category: one word of a fixed set, one for each subclass.
        http_status: status of the answer, ``None`` when there was none.
        grpc_code: name of the gRPC code in the answer, ``None`` when there was none.
        method, path: the request without its query, ``None`` when nothing was sent.
        attempts: how many times the request was sent or tried.
        retriable: whether the same task may succeed later without a change.
        hint: what a person can do, or ``None``.
        maybe_processed: whether the server may have carried the request out all the same.
        retry_after: seconds that the server asks to wait, ``None`` when it does not say.
        changed: whether something was changed before the error.
        result: what else the task's result shall hold, such as the last ``backup`` of a wait.
    """

    category = "server"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        http_status: int | None = None,
        grpc_code: str | None = None,
        retriable: bool = False,
        maybe_processed: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.http_status = http_status
        self.grpc_code = grpc_code
        self.method: str | None = None
        self.path: str | None = None
        self.attempts = 0
        self.retriable = retriable
        self.maybe_processed = maybe_processed
        self.retry_after: float | None = None
        self.changed = False
        self.result: dict[str, Any] = {}

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def as_dict(self) -> dict[str, Any]:
        """Return the structured form: plain values only, no URL, no header, no secret."""
        return {
            "category": self.category,
            "http_status": self.http_status,
            "grpc_code": self.grpc_code,
            "method": self.method,
            "path": self.path,
            "attempts": self.attempts,
            "retriable": self.retriable,
            "hint": self.hint,
        }


class ValidationError(PXBackupError):
    """The task or the server says that the input makes no sense."""

    category = "validation"


class AuthenticationError(PXBackupError):
    """The token or the login is missing, wrong or expired."""

    category = "authentication"


class PermissionDeniedError(PXBackupError):
    """The user is known but may not do this."""

    category = "permission"


class NotFoundError(PXBackupError):
    """The object is not there, or this user cannot see it."""

    category = "not_found"


class ConflictError(PXBackupError):
    """Something of that name is there already, or a name fits several objects."""

    category = "conflict"


class StateError(PXBackupError):
    """The object is in a state in which this cannot be done."""

    category = "state"


class UnsupportedError(PXBackupError):
    """The server's release does not know what the task asks for."""

    category = "unsupported"


class NetworkError(PXBackupError):
    """No connection, or a connection that broke."""

    category = "network"


class TLSError(PXBackupError):
    """The TLS handshake failed or a certificate file cannot be used."""

    category = "tls"


class RequestTimeoutError(PXBackupError):
    """The server did not answer in time."""

    category = "timeout"


class WaitTimeoutError(PXBackupError):
    """What was waited for did not come in time; the server goes on with it."""

    category = "timeout"


class ServerError(PXBackupError):
    """The server reports a fault of its own."""

    category = "server"


class ProtocolError(PXBackupError):
    """An answer that is no PX-Backup API answer."""

    category = "protocol"


def describe_internal_error(fault: BaseException) -> str:
    """Return the sentence of a fault in this collection."""
    return f"internal error in pxops.px_backup ({type(fault).__name__}: {fault}); please report it"


class _Meaning(NamedTuple):
    """What a fragment of a server's error text means."""

    fragment: str
    error: type[PXBackupError]
    hint: str | None


_HINT_PERMISSION = "ask the owner of the object or an administrator for the right, or use another user's token"
_HINT_LICENCE = "check the licence of PX-Backup: an expired or exceeded licence stops backups"
_HINT_TOKEN = "get a new token and set it in token or PX_BACKUP_TOKEN"

# Business errors come as gRPC Unknown or Internal (HTTP 500) with the cause in the text, so the
# text is looked at before the code. The first fragment that occurs decides; lower case.
_TEXTS = (
    _Meaning("more than one object found", ConflictError, "give the uid of the one that is meant"),
    # These name what a backup needs. They end in "object not found", and must not be taken for an absent backup.
    _Meaning(
        "failed to retrieve cluster",
        StateError,
        "check cluster_ref; where a backup's own cluster is gone, DELETE takes the cluster_ref of one that reaches it",
    ),
    _Meaning(
        "failed to validate access to the cluster",
        StateError,
        "check in PX-Backup that the cluster is online and its credentials are valid",
    ),
    _Meaning(
        "failed to retrieve backup location",
        StateError,
        "check backup_location_ref and that this user may see the backup location",
    ),
    _Meaning("doesn't have permission", PermissionDeniedError, _HINT_PERMISSION),
    _Meaning("access denied for", PermissionDeniedError, _HINT_PERMISSION),
    _Meaning("token is expired", AuthenticationError, _HINT_TOKEN),
    _Meaning("already exists", ConflictError, None),
    _Meaning("has reference to", StateError, "remove what still uses the object first"),
    _Meaning("object not found", NotFoundError, None),
    _Meaning("not found for org", NotFoundError, None),
    # Last, and with its verb: a name such as `license-db` may stand in any of the texts above.
    _Meaning("license is", StateError, _HINT_LICENCE),
    _Meaning("license has", StateError, _HINT_LICENCE),
    _Meaning("license expired", StateError, _HINT_LICENCE),
)

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
    "ResourceExhausted": (ServerError, "the server limits requests: run the task again later"),
    "Unavailable": (ServerError, "the server is not ready: run the task again later"),
    "DeadlineExceeded": (RequestTimeoutError, "the server was too slow: run the task again later"),
    "Canceled": (RequestTimeoutError, "the server was too slow: run the task again later"),
}

_BY_STATUS: dict[int, tuple[type[PXBackupError], str | None]] = {
    400: (ValidationError, None),
    401: (AuthenticationError, _HINT_TOKEN),
    403: (PermissionDeniedError, _HINT_PERMISSION),
    407: (AuthenticationError, "the proxy wants a login: check the proxy settings of the environment"),
    408: (RequestTimeoutError, "the server was too slow: run the task again later"),
    409: (ConflictError, None),
    429: (ServerError, "the server limits requests: run the task again later"),
    502: (ServerError, "a gateway could not reach PX-Backup: run the task again later"),
    503: (ServerError, "the server is not ready: run the task again later"),
    504: (ServerError, "a gateway got no answer from PX-Backup in time: run the task again later"),
}

# Statuses after which the same read may succeed a moment later. A 500 is not among them: PX-Backup
# answers user errors with 500 (behaviour note, sections 1.6 and 3).
TRANSIENT_STATUSES = frozenset({408, 429, 502, 503, 504})

_MAX_TEXT = 500


def from_answer(status: int, code: int | None, text: str) -> PXBackupError:
    """Return the exception that an error answer of the API means.

    Args:
        status: HTTP status of the answer.
        code: number of the gRPC code in its body, ``None`` when the body had none.
        text: the message in its body.

    The source of the meanings is the behaviour note, sections 1.6 and 3.2.
    """
    name = GRPC_CODES.get(code) if code is not None else None
    kind, hint = _meaning(status, name, text.lower())
    shown = " ".join(text.split())[:_MAX_TEXT] or "no reason given"
    return kind(
        f"PX-Backup refused the request (HTTP {status}{', ' + name if name else ''}): {shown}",
        hint=hint,
        http_status=status,
        grpc_code=name,
        retriable=status in TRANSIENT_STATUSES,
        # A gateway or a busy server may have handed the request on before it gave up. A 429 refuses at the door,
        # unless it is a gRPC code of the server's own, which may come after the work.
        maybe_processed=status in TRANSIENT_STATUSES and (status != 429 or name is not None),
    )


def _meaning(status: int, name: str | None, text: str) -> tuple[type[PXBackupError], str | None]:
    for fragment, kind, hint in _TEXTS:
        if fragment in text:
            return kind, hint
    if name in _BY_CODE:
        return _BY_CODE[name]
    return _BY_STATUS.get(status, (ServerError, None))
