# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memory while much is built up that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# Of two threads that begin and end at once none may leave the collector switched off.
_SWITCH = Lock()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python from collecting garbage in what only grows: it finds none, and a long list takes a third more time.

    For a block, or as a decorator for a function.
    """
    with _SWITCH:
        enabled = gc.isenabled()
        gc.disable()
    try:
        yield
    finally:
        if enabled:
            with _SWITCH:
                gc.enable()
