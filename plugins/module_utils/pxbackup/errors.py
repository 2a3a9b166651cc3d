# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One tree of exceptions: what failed, so that a user or a program can act on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .limits import SENTENCE_CHARACTERS
from .text import sentence


class PXBackupError(Exception):
    """Base of every error of this library.

    ``str(error)`` is one sentence of bounded length with the cause and, after a semicolon, what to do.
    ``as_dict()`` is the structured form that becomes ``error`` in a task's result.

    Attributes:
        category: one word of a fixed set, one for each subclass.
        http_status: status code of the response, ``None`` when there was none.
        grpc_code: name of the gRPC code in the response, ``None`` when there was none.
        method, path: the request without its query, ``None`` when nothing was sent.
        attempts: number of times the request was sent.
        retriable: whether the same task may succeed later without a change.
        hint: what the user can do, or ``None``.
        maybe_processed: whether the server may have processed the request.
        retry_after: seconds that the server asks to wait, ``None`` when it does not say.
        changed: whether something was changed before the error.
        result: further keys of the task's result, such as the last ``backup`` of a wait.
        secrets: values that the task set in a wrong place and that no output may contain.
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
        self.secrets: list[str] = []

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, secrets: Iterable[str] = ()) -> str:
        """Return the error as one sentence of bounded length for users.

        Args:
            secrets: values to hide; they are hidden before anything is cut.
        """
        if not self.hint:
            return sentence(self.message, secrets)
        hint = sentence(self.hint, secrets)
        # What is too long is mostly a text of the server; the hint is always shown.
        return f"{sentence(self.message, secrets, SENTENCE_CHARACTERS - len(hint) - 2)}; {hint}"

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
    """The input is invalid, as the library or the server says."""

    category = "validation"


class AuthenticationError(PXBackupError):
    """The credentials are missing, wrong or expired."""

    category = "authentication"


class PermissionDeniedError(PXBackupError):
    """The user is known but lacks a right."""

    category = "permission"


class NotFoundError(PXBackupError):
    """The object was not found, or is not visible to this user."""

    category = "not_found"


class ConflictError(PXBackupError):
    """An object of that name already exists, or a name matches several objects."""

    category = "conflict"


class StateError(PXBackupError):
    """The state of an object does not allow this."""

    category = "state"


class UnsupportedError(PXBackupError):
    """The server's release does not support what the task asks for."""

    category = "unsupported"


class NetworkError(PXBackupError):
    """No connection, or a connection that was interrupted."""

    category = "network"


class TLSError(PXBackupError):
    """The TLS handshake failed or a certificate file cannot be used."""

    category = "tls"


class RequestTimeoutError(PXBackupError):
    """The server did not respond in time."""

    category = "timeout"


class WaitTimeoutError(PXBackupError):
    """A wait timed out; the server continues its work."""

    category = "timeout"


class ServerError(PXBackupError):
    """The server or a gateway reports an internal error."""

    category = "server"


class ProtocolError(PXBackupError):
    """A response that the PX-Backup API never sends."""

    category = "protocol"


def means_overload(error: PXBackupError) -> bool:
    """Whether an error may mean that the server has too many requests, is too slow for them, or takes no more
    connections."""
    refused = isinstance(error, NetworkError) and not error.maybe_processed
    return refused or isinstance(error, RequestTimeoutError) or error.http_status in (429, 503, 504)


def describe_internal_error(fault: BaseException, secrets: Iterable[str] = ()) -> str:
    """Return the sentence of a fault in this collection.

    Args:
        secrets: values to hide; they are hidden before anything is cut.
    """
    return sentence(f"internal error in pxops.px_backup ({type(fault).__name__}: {fault}); please report it", secrets)
