# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies: that of a request as JSON; that of a response decompressed, and never larger than its limit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import ProtocolError, ValidationError
from ..limits import ERROR_BYTES, RESPONSE_BYTES

if TYPE_CHECKING:
    import urllib3

_PIECE = 65536

# Recognises the formats gzip and zlib by their beginning.
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32

_NOT_COMPRESSED = ("", "identity")
_COMPRESSED = ("gzip", "x-gzip", "deflate")


def encode_body(body: dict[str, Any]) -> bytes:
    """Return the body of a request as JSON in UTF-8.

    Raises:
        ValidationError: it contains text that is not valid Unicode, or a number that JSON does not know.
    """
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError:
        raise ValidationError(
            "a parameter contains a character that is not valid Unicode, or a number that is not finite",
            hint="check the encoding of its source",
        ) from None


def read_body(response: urllib3.BaseHTTPResponse) -> bytes:
    """Return the body of a response.

    Raises:
        ProtocolError: it is larger than the limit for its status code, or its compression is invalid.
        one of pools.NO_RESPONSE: it ends early.
    """
    most = RESPONSE_BYTES if response.status == 200 else ERROR_BYTES
    pieces = response.stream(_PIECE, decode_content=False)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in _NOT_COMPRESSED:
        return _join(pieces, most)
    if encoding in _COMPRESSED:
        return _join(decompressed(pieces), most)
    raise _invalid(f"the response has the content encoding {encoding!r}, which was not requested")


def _join(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise _invalid(f"the response is larger than {most} bytes")
    return bytes(body)


def decompressed(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Yield the content of compressed pieces in pieces of bounded length, so that a small body cannot fill the memory.

    Raises:
        ProtocolError: the data is invalid or ends early.
    """
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    for piece in pieces:
        data, more = piece, True
        while more:
            if unpacker.eof:
                # A gzip file may consist of several parts.
                unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                content = unpacker.decompress(data, _PIECE)
            except zlib.error:
                raise _invalid("the response cannot be decompressed") from None
            yield content
            data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            # Where a piece is full, more may be held back although all of the data was taken.
            more = bool(data) or (len(content) == _PIECE and not unpacker.eof)
    if not unpacker.eof:
        raise _invalid("the compressed response ends early")


def _invalid(message: str) -> ProtocolError:
    return ProtocolError(message, hint="check the server and the proxies and gateways before it", maybe_processed=True)
