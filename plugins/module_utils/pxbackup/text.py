# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sentences for users: secrets hidden, control characters visible, one line, of bounded length."""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from os.path import commonprefix
from typing import Any

from .limits import QUOTED_CHARACTERS, SECRET_CHARACTERS, SENTENCE_CHARACTERS

# What stands in the place of a secret.
HIDDEN = "********"

_LINE_BREAKS = r"[ \t]*[\t\n\r\v\f][ \t\n\r\v\f]*"

# Characters that move the cursor, change colours or the direction of writing, or are not valid in any encoding:
# C0, DEL and C1, marks and overrides of bidirectional text, line and paragraph separators, lone surrogates.
_INVISIBLE = "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"


def sentence(text: str, secrets: Iterable[str] = (), limit: int = SENTENCE_CHARACTERS) -> str:
    """Return a text as one line that can be shown to a user.

    Secrets are hidden before anything is cut, so that no part of one remains.

    Args:
        secrets: values to hide, in every spelling that may occur.
        limit: the longest result, in characters.
    """
    return shortened(escaped(masked(text, secrets)), limit)


# Stands where a text was cut, by this library or by whoever sent it: the beginning of a secret may be left before it.
_CUT = re.compile(r"\.\.\.|\u2026")


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return a text with every secret replaced; the longest first, because one may hold another.

    The beginning of a secret is replaced as well where the text was cut in the middle of it.
    """
    longest_first = sorted(filter(None, secrets), key=len, reverse=True)
    for secret in longest_first:
        text = text.replace(secret, HIDDEN)
    for secret in longest_first:
        text = _without_beginning(text, secret)
    return text


def _without_beginning(text: str, secret: str) -> str:
    """Return a text without the beginning of a secret at places where the text was cut."""
    stem = secret[:SECRET_CHARACTERS]
    parts, done = [], 0
    at = text.find(stem) if len(secret) > SECRET_CHARACTERS else -1
    while at >= 0:
        end = at + len(commonprefix((text[at : at + len(secret)], secret)))
        if _CUT.match(text, end):
            parts += [text[done:at], HIDDEN]
            done = end
        at = text.find(stem, end)
    return "".join([*parts, text[done:]])


def masked_data(data: Any, secrets: Collection[str], known_keys: Collection[str] = ()) -> Any:
    """Return JSON data with every secret replaced: in texts, in keys, and in numbers.

    What contains none is not copied.

    Args:
        secrets: values to hide, in every spelling that may occur.
        known_keys: keys of this collection itself, which a secret of the same word does not hide.
    """
    stems = {
        secret[:SECRET_CHARACTERS]: secret[:SECRET_CHARACTERS].encode("utf-8", "surrogatepass") for secret in secrets
    }
    stems.pop("", None)
    found: dict[str, bytes] = {}
    for piece in _pieces(data):
        found.update(_occurring(piece, stems))
    hidden = {secret for secret in secrets if secret[:SECRET_CHARACTERS] in found}
    return _without(data, hidden, found, frozenset(known_keys)) if found else data


# So many elements of a long list are searched at a time: what they share is written once, and all fits in a cache.
_SEARCHED_AT_A_TIME = 32


def _pieces(data: Any) -> Iterator[Any]:
    """Yield a result in pieces, each long list of it in several."""
    long = {}
    if isinstance(data, dict):
        long = {
            key: value for key, value in data.items() if isinstance(value, list) and len(value) > _SEARCHED_AT_A_TIME
        }
    yield {**data, **dict.fromkeys(long)} if long else data
    for value in long.values():
        for start in range(0, len(value), _SEARCHED_AT_A_TIME):
            yield value[start : start + _SEARCHED_AT_A_TIME]


# What the text of a number may consist of.
_OF_NUMBERS = frozenset("0123456789+-.einfa")


def _occurring(data: Any, stems: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the beginnings of secrets that occur somewhere in data; one that does not occur may be among them.

    Data mostly contains none, and a search in the bytes of the whole is much faster than a walk through it. Python
    writes plain data down in its own format several times faster than as JSON, but numbers not as text there.
    """
    if not any(_OF_NUMBERS.issuperset(stem) for stem in stems):
        try:
            written = marshal.dumps(data, 4)
            return {stem: encoded for stem, encoded in stems.items() if encoded in written}
        except ValueError:
            pass  # A type that is not plain.
    text = json.dumps(data, default=str)
    return {stem: encoded for stem, encoded in stems.items() if json.dumps(stem)[1:-1] in text}


def _without(value: Any, secrets: set[str], stems: Mapping[str, bytes], known_keys: frozenset[str]) -> Any:
    if isinstance(value, str):
        return masked(value, secrets)
    if isinstance(value, (Mapping, list, tuple)) and not _occurring(value, stems):
        return value
    if isinstance(value, Mapping):
        result: dict[Any, Any] = {}
        for key, item in value.items():
            result[_masked_key(key, secrets, known_keys, result)] = _without(item, secrets, stems, known_keys)
        return result
    if isinstance(value, (list, tuple)):
        return [_without(item, secrets, stems, known_keys) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return HIDDEN if any(secret in str(value) for secret in secrets) else value
    return value


def _masked_key(key: Any, secrets: set[str], known_keys: frozenset[str], taken: Mapping[Any, Any]) -> Any:
    """Return a key without secrets that no other has; a secret too short to be accepted may be in any word."""
    if not isinstance(key, str) or key in known_keys:
        return key
    hidden = masked(key, [secret for secret in secrets if len(secret) >= SECRET_CHARACTERS])
    found, count = hidden, 1
    while found in taken:
        count += 1
        found = f"{hidden} ({count})"
    return found


def escaped(text: str) -> str:
    """Return a text on one line, with every character that is invisible or acts on a terminal as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_INVISIBLE, _escape, re.sub(_LINE_BREAKS, " ", text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters; what is cut off is counted."""
    if len(text) <= limit:
        return text
    # The note itself takes up to 40 characters.
    kept = max(0, limit - 40)
    return f"{text[:kept]}... ({len(text) - kept} more characters)"


def quoted(value: Any) -> str:
    """Return a value of unknown origin in quotes for use in a sentence, in bounded length."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 128:
        # Python refuses to write down a number of thousands of digits.
        return f"a number of about {int(value.bit_length() * 0.30103) + 1} digits"
    return shortened(escaped(repr(value)), QUOTED_CHARACTERS)


def join_first(texts: Iterable[str], most: int, separator: str = ", ") -> str:
    """Return the first ``most`` texts joined, and how many more there are."""
    listed = list(texts)
    shown, more = separator.join(listed[:most]), len(listed) - most
    if more <= 0:
        return shown
    return f"{shown} and {more} more" if separator == ", " else f"{shown}{separator}and {more} more"


def join_and(texts: Sequence[str]) -> str:
    """Return texts joined as in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def count_of(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 backup``, ``2 backups``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
