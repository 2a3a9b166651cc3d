# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A response as the probe sees it: before anything is decoded, completed or taken for an error."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ..client.error_responses import GRPC_CODES
from ..client.responses import Response
from ..errors import PXBackupError
from .seen import NotSeenError, Seen


class Observation(NamedTuple):
    """One response.

    Attributes:
        status: the HTTP status code.
        value: the JSON object of the body, ``None`` when it is something else.
        date: the ``Date`` header, ``""`` where there is none.
    """

    status: int
    value: dict[str, Any] | None
    date: str

    @property
    def seen(self) -> Seen:
        """How the server responded, without a text of it."""
        if self.status == 200 and self.value is not None:
            return {"http_status": 200}
        code = (self.value or {}).get("code")
        if isinstance(code, int) and not isinstance(code, bool):
            return {"http_status": self.status, "grpc_code": GRPC_CODES.get(code, f"code {code}")}
        return {"http_status": self.status, "body": "no error of the API"}

    @property
    def good(self) -> dict[str, Any]:
        """The object of a good response.

        Raises:
            NotSeenError: the response is another.
        """
        if self.status != 200 or self.value is None:
            raise NotSeenError(f"the request that shows it was refused (HTTP {self.status})")
        return self.value

    @property
    def message(self) -> str:
        """The text of an error, ``""`` where there is none."""
        return str((self.value or {}).get("message") or "")


def observe(response: Response) -> Observation:
    """Return a response as the probe sees it."""
    try:
        value = json.loads(response.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        value = None
    return Observation(response.status, value if isinstance(value, dict) else None, response.headers.get("Date", ""))


def refusal_of(error: PXBackupError) -> Seen:
    """Return how a write was refused.

    Raises:
        NotSeenError: there was no response, so that nothing is known of the write.
    """
    if error.http_status is None or error.http_status == 200:
        raise NotSeenError(why_of(error))
    code = {"grpc_code": error.grpc_code} if error.grpc_code else {}
    return {"accepted": False, "http_status": error.http_status, **code}


def why_of(error: PXBackupError) -> str:
    """Return why a request showed nothing, without the text of the error, which may hold names."""
    status = f", HTTP {error.http_status}" if error.http_status else ""
    return f"the request failed ({error.category}{status})"


def part_of(item: dict[str, Any], *keys: str) -> Any:
    """Return a value in an object as it was sent, ``None`` where it is missing or in something else."""
    value: Any = item
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects_in(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects of a list in a response, none where it is missing or something else."""
    items = value.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
