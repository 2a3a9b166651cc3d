# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How values are written into a URL (contract table "The wire")."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .errors import ValidationError


def encode_segment(parameter: str, value: str) -> str:
    """Return ``value`` percent-encoded as one path segment.

    Raises ``ValidationError`` naming ``parameter`` for the values that no server can route:
    empty, ``.``, ``..``, and any with a ``/`` (a gateway decodes ``%2F`` before it splits the path).
    """
    reason = None
    if not value:
        reason = "is empty"
    elif value in (".", ".."):
        reason = f"is {value!r}, which a URL path cannot hold"
    elif "/" in value:
        reason = f"is {value!r}, and a URL path cannot hold its '/'"
    if reason is None:
        try:
            return quote(value, safe="")
        except UnicodeEncodeError:
            reason = f"is {value!r}, which is no valid Unicode text"
    raise ValidationError(f"{parameter} {reason}", hint="give the name as PX-Backup shows it")


def encode_query(prefix: str, options: dict[str, Any]) -> list[tuple[str, str]]:
    """Return options as a gateway reads them from a query: dotted paths, repeated keys, ``map[key]=value``."""
    pairs: list[tuple[str, str]] = []
    for name, value in options.items():
        path = f"{prefix}.{name}"
        if isinstance(value, dict):
            pairs += [(f"{path}[{key}]", _text(item)) for key, item in value.items()]
        elif isinstance(value, list):
            pairs += [(path, _text(item)) for item in value]
        else:
            pairs.append((path, _text(value)))
    return pairs


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
