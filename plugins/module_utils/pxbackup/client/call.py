# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request as the transport sends it, and the limits of a call."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """The limits of one call.

    Attributes:
        seconds: the time of the whole call with its retries, ``None`` for what the connection allows.
        repeats: whether a request may be retried.
    """

    seconds: float | None = None
    repeats: bool = True


NO_LIMITS = Limits()


class Call(NamedTuple):
    """A request as it is sent, how often it may be sent, and what its response means.

    Attributes:
        url: with its query.
        path: without its query, for errors.
        content: type and bytes of the body, ``None`` for no body.
        writes: whether it changes something on the server.
        deadline: when the call must be over, on the transport's clock; ``None`` for never.
        repeats: whether it may be retried.
    """

    method: str
    url: str
    path: str
    content: tuple[str, bytes] | None
    writes: bool
    deadline: float | None = None
    repeats: bool = True
