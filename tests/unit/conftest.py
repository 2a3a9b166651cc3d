# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the unit tests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.pxops.px_backup.tests.unit.support.environment import clean_environment
from ansible_collections.pxops.px_backup.tests.unit.support.server import (
    ByteServer,
    HTTPServer,
    Reply,
    Responder,
    Script,
    closed_port,
    in_turn,
)

__all__ = ["clean_environment"]


@pytest.fixture
def serve() -> Iterator[Callable[..., HTTPServer]]:
    """Return a function that starts a server with replies, or with one responder."""
    with contextlib.ExitStack() as stack:

        def start(*replies: Reply, responder: Responder | None = None) -> HTTPServer:
            return stack.enter_context(HTTPServer(responder or in_turn(*replies)))

        yield start


@pytest.fixture
def serve_bytes() -> Iterator[Callable[[Script], ByteServer]]:
    """Return a function that starts a server which sends what a script sends."""
    with contextlib.ExitStack() as stack:
        yield lambda script: stack.enter_context(ByteServer(script))


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return the URL of a port on which nobody listens."""
    with closed_port() as url:
        yield url
