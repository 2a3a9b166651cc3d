# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How values are written into a URL (contract table "The wire")."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ..errors import ValidationError


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


# The fields of a query that are maps: `map[key]=value`. Every other object is written with dotted paths.
_MAPS = ("labels",)


def encode_query(path: str, value: Any) -> list[tuple[str, str]]:
    """Return a value as a gateway reads it from a query: dotted paths, repeated keys, ``map[key]=value``.

    A list of objects cannot be written so; it needs a POST (contract table "The wire").
    """
    if isinstance(value, dict):
        joined = "[{}]" if path.rpartition(".")[2] in _MAPS else ".{}"
        return [pair for key, item in value.items() for pair in encode_query(path + joined.format(key), item)]
    if isinstance(value, list):
        return [(path, _text(item)) for item in value]
    return [(path, _text(value))]


def fits_query(options: dict[str, Any]) -> bool:
    """Whether a query can hold these options."""
    return not any(isinstance(item, dict) for value in options.values() if isinstance(value, list) for item in value)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
