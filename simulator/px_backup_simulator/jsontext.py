# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON of clients, with a limit to its nesting."""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 200  # levels; no message of the API comes near
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def read_json(text: bytes) -> Any:
    """Parse JSON; ValueError when it is none, or is nested deeper than DEEPEST levels."""
    if text.count(b"[") + text.count(b"{") > DEEPEST and _measure_depth(text) > DEEPEST:
        raise ValueError("exceeded max depth")
    value = json.loads(text)
    return _without_lone_surrogates(value) if _SURROGATE.search(text) else value


def _without_lone_surrogates(value: Any) -> Any:
    """Return JSON with U+FFFD in the place of halves of characters, as Go reads it."""
    whole = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(whole)


def _measure_depth(text: bytes) -> int:
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        if token[0] in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in (b"]", b"}"):
            depth -= 1
    return deepest
