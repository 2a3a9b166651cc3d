# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON as the API writes it, decoded by orjson where the host has it.

orjson needs half the time for a page of a list. Whatever it refuses is decoded again by Python, which then decides and
says why, and what the two would decode differently is left to Python. So the result never depends on the host.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any, Callable

# A smaller body, in bytes, takes less time than the import of orjson.
_LARGE = 32 * 1024

# A number of fewer digits fits in 64 bits. orjson makes a fraction of a larger one, and loses digits.
_LONG_NUMBER = b"0" * 19
_DIGITS = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))


def _integer(digits: str) -> float:
    """Return an integer; one with more digits than any of the API is infinite. Python refuses thousands of digits."""
    return int(digits) if len(digits) <= 40 else math.inf


_DECODER = json.JSONDecoder(parse_int=_integer)


def load_json(content: bytes) -> Any:
    """Return the value of a JSON text in UTF-8, with or without a byte order mark.

    Raises:
        ValueError: it is not JSON, or not UTF-8.
        RecursionError: it is nested too deep.
    """
    fast = _fast_decoder() if len(content) >= _LARGE else None
    if fast is not None and _LONG_NUMBER not in content.translate(_DIGITS):
        try:
            return fast(content)
        except ValueError:
            pass
    return _DECODER.decode(content.decode("utf-8-sig"))


@lru_cache(maxsize=1)
def _fast_decoder() -> Callable[[bytes], Any] | None:
    """Return the decoder of orjson, ``None`` where the host does not have it."""
    try:
        import orjson  # type: ignore[import-not-found, unused-ignore]

        decoder: Callable[[bytes], Any] = orjson.loads
    except Exception:  # noqa: BLE001 - a broken installation raises what it likes, and nothing needs it
        return None
    return decoder
