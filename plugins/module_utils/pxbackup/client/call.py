# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request as the transport sends it, and the limits of a call."""

from __future__ import annotations

from typing import Callable, NamedTuple

# The first pause before a retry, in seconds; it doubles up to `retry_max_delay`.
_FIRST_DELAY = 0.5


class Limits(NamedTuple):
    """The limits of one call.

    Attributes:
        seconds: the time of the whole call with its retries, ``None`` for what the connection allows.
        repeats: whether a request may be retried.
        stopped: says, from any thread, that nobody waits for the response any more.
    """

    seconds: float | None = None
    repeats: bool = True
    stopped: Callable[[], bool] = bool


NO_LIMITS = Limits()


class Call(NamedTuple):
    """A request as it is sent, how often it may be sent, and what its response means.

    Attributes:
        url: with its query.
        path: without its query, for errors.
        content: type and bytes of the body, ``None`` for no body.
        writes: whether it changes something on the server.
        deadline: when the call must be over, on the transport's clock; ``None`` for never.
        limits: what the caller allows.
    """

    method: str
    url: str
    path: str
    content: tuple[str, bytes] | None
    writes: bool
    deadline: float | None = None
    limits: Limits = NO_LIMITS


def pause_after(attempts: int, retry_after: float | None, longest: float, rand: Callable[[], float]) -> float:
    """Return the seconds before a request is sent again: what the server asks for, else doubling with jitter; capped.

    Args:
        attempts: how often it was sent.
        retry_after: the seconds that the server asks for, if it does.
        longest: the most that it may be.
        rand: a number from 0 to 1.
    """
    if retry_after is not None:
        return min(retry_after, longest)
    doubled: float = _FIRST_DELAY * 2 ** (attempts - 1)
    return min(doubled, longest) * (0.5 + rand() / 2)
