# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values in a URL (docs/server-behaviour.md, section 1.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from ..errors import ValidationError
from ..text import quoted


def encode_segment(parameter: str, value: str) -> str:
    """Return ``value`` percent-encoded as one path segment.

    Raises ``ValidationError`` naming ``parameter`` for the values that no server can route:
    empty, ``.``, ``..``, and any with a ``/`` (a gateway decodes ``%2F`` before it splits the path).
    """
    reason = None
    if not value:
        reason = "is empty"
    elif value in (".", "..") or "/" in value:
        reason = f"is {quoted(value)}, which no address of the API can contain"
    else:
        try:
            return quote(value, safe="")
        except UnicodeEncodeError:
            reason = f"is {quoted(value)}, which is not valid Unicode"
    raise ValidationError(f"{parameter} {reason}", hint="use the name as PX-Backup shows it")


def with_empty_verb(path: str) -> str:
    """Return a path whose last segment reaches its route although it contains a colon.

    A gateway takes what follows the last colon of a path, encoded or not, for a verb. One more colon makes the verb
    empty, and the segment whole.
    """
    return f"{path}:" if "%3A" in path.rpartition("/")[2] else path


# The fields of a query that are maps: `map[key]=value`. Every other object is written with dotted paths.
_MAPS = ("labels",)

# The fields of which a query takes the number of an enum alone (docs/server-behaviour.md, section 1.5).
_ENUMS = ("sort_option",)


def encode_query(path: str, value: Any) -> list[tuple[str, str]]:
    """Return a value as a gateway reads it from a query: dotted paths, repeated keys, ``map[key]=value``.

    :func:`can_be_query` tells what cannot be written so.
    """
    if isinstance(value, dict):
        joined = "[{}]" if path.rpartition(".")[2] in _MAPS else ".{}"
        return [pair for key, item in value.items() for pair in encode_query(path + joined.format(key), item)]
    if isinstance(value, list):
        return [(path, _text(item)) for item in value]
    return [(path, _text(value))]


def can_be_query(options: dict[str, Any]) -> bool:
    """Whether a query can contain these options: no list of objects, no enum, no bracket in the key of a map."""
    lists = [value for value in options.values() if isinstance(value, list)]
    keys = [key for name in _MAPS for key in options.get(name) or {}]
    return not (
        any(isinstance(item, dict) for value in lists for item in value)
        or any(name in options for name in _ENUMS)
        or any("[" in key or "]" in key for key in keys)
    )


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def encode_query_text(query: list[tuple[str, str]] | None) -> str:
    """Return a query as part of a URL.

    Raises:
        ValidationError: it contains text that is not valid Unicode.
    """
    if not query:
        return ""
    try:
        return "?" + urlencode(query, quote_via=quote)
    except UnicodeEncodeError:
        raise ValidationError(
            "a filter or a uid contains a character that is not valid Unicode", hint="check the encoding of its source"
        ) from None
