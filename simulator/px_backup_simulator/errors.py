# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the API: the gRPC code, its text, and its HTTP status."""

from __future__ import annotations

from typing import Any

INVALID_ARGUMENT = 3
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
FAILED_PRECONDITION = 9
UNKNOWN = 2
INTERNAL = 13
UNAVAILABLE = 14
UNAUTHENTICATED = 16

HTTP_OF_CODE = {
    1: 408,
    2: 500,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    13: 500,
    14: 503,
    15: 500,
    16: 401,
}


class ApiError(Exception):
    """The server refuses a call."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def http_status(self) -> int:
        """The HTTP status that goes with the code."""
        return HTTP_OF_CODE.get(self.code, 500)


class RouteError(Exception):
    """No route serves the request; the response is plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class ControlError(Exception):
    """A control call, an option or a file is not valid."""


def make_error_body(code: int, text: str) -> dict[str, Any]:
    """Make the body of an error."""
    return {"error": text, "code": code, "message": text, "details": []}
