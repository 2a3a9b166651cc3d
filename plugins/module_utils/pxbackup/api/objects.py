# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects in responses: each is checked to be the requested one, and has the parts that are read."""

from __future__ import annotations

from typing import Any

from ..client.responses import HINT_ADDRESS
from ..errors import ProtocolError
from ..text import quoted
from .schema import Parts, decode, parts_below

_HINT_OTHER = "check whether a proxy or gateway before the server changes or caches responses"

# What :func:`requested_object` reads.
_IDENTITY = frozenset({"metadata.name", "metadata.uid", "metadata.org_id"})


def with_identity(parts: Parts) -> Parts:
    """Return these parts of an object and those that say which object it is."""
    return None if parts is None else parts | _IDENTITY


def with_info(item: dict[str, Any], key: str, message: str, parts: Parts = None) -> dict[str, Any]:
    """Return an object of a response with its information, empty where the server sent none.

    Args:
        key, message: the field of the information and its message.
        parts: what is read of the object.
    """
    if key in item and item[key] is None:
        item[key] = decode(message, {}, parts_below(parts, key))
    return item


def requested_object(
    rpc: str, raw: dict[str, Any] | None, org_id: str, name: str = "", uid: str = ""
) -> dict[str, Any]:
    """Return an object of a response, checked to be the one that was requested.

    Args:
        rpc: the call, for the error.
        raw: the decoded object, ``None`` where the response has none.
        name, uid: what its metadata must say; empty for what is not known before.

    Raises:
        ProtocolError: it is missing or another one, or has no name or uid.
    """
    metadata = (raw or {}).get("metadata")
    if raw is None or metadata is None:
        raise ProtocolError(f"the response to {rpc} contains no object", hint=HINT_ADDRESS)
    for key, wanted in (("name", name), ("uid", uid)):
        if not metadata[key]:
            raise ProtocolError(f"the response to {rpc} contains an object without {key}", hint=_HINT_OTHER)
        if wanted and metadata[key] != wanted:
            raise ProtocolError(
                f"the response to {rpc} contains an object with the {key} {quoted(metadata[key])} "
                f"instead of {quoted(wanted)}",
                hint=_HINT_OTHER,
            )
    if metadata["org_id"] not in ("", org_id):
        raise ProtocolError(
            f"the response to {rpc} contains an object of the organisation {quoted(metadata['org_id'])} "
            f"instead of {quoted(org_id)}",
            hint=_HINT_OTHER,
        )
    return raw
