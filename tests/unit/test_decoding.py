# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON is decoded to the same values and refused with the same errors, whether the host has orjson or not."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client import decoding
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.decoding import load_json
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.responses import Response, json_object
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = {
    "zeros": b"[-0, -0.0, 0e0, 0.0e-0]",
    "numbers": b"[1.0, 1E5, 0.1, 123456.123456789012345678, 12345678901234567e10, 9007199254740993]",
    "smallest and largest fractions": b"[4.9e-324, 1e-400, 1.7976931348623157e308]",
    "64 bits": b"[18446744073709551615, -9223372036854775808, 999999999999999999]",
    "more than 64 bits": b"[18446744073709551616, -9223372036854775809, 123456789012345678901234567890]",
    "too many digits": b"[" + b"1" * 5000 + b"]",
    "too large a fraction": b"[1e400, -1e400, 1.7976931348623159e308]",
    "no number": b"[NaN, Infinity, -Infinity]",
    "almost a number": b"[1.]",
    "a leading zero": b"[01]",
    "keys twice": b'{"a": 1, "b": 2, "a": 3}',
    "an empty key": b'{"": 1}',
    "surrogates": b'["\\ud83d\\ude00"]',
    "half a surrogate": b'{"backups": ["\\ud800"]}',
    "surrogates in UTF-8": b'["\xed\xa0\x80"]',
    "invalid UTF-8": b'["\xff"]',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a NUL": b'["a\\u0000b"]',
    "a control character": b'["a\x01b"]',
    "a line separator": b'["\xe2\x80\xa8"]',
    "deep": b"[" * 900 + b"]" * 900,
    "too deep": b"[" * 200_000 + b"]" * 200_000,
    "cut short": b'{"backups": [{"metadata": {"na',
    "a comma too many": b"[1,]",
    "bytes after the end": b"{} x",
    "spaces around": b" \t\r\n{} \n",
    "a form feed": b"\x0c{}",
    "nothing": b"",
}


@pytest.fixture(autouse=True)
def forget_decoder() -> Iterator[None]:
    decoding._fast_decoder.cache_clear()
    yield
    decoding._fast_decoder.cache_clear()


@pytest.fixture
def no_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)


def decoded(content: bytes) -> str:
    """Return what a text is decoded to, or the error of a response with it."""
    try:
        return repr(load_json(content))
    except (ValueError, RecursionError) as error:
        try:
            json_object(Response("https://px", 200, {}, content), 0.0)
        except PXBackupError as shown:
            return f"{type(error).__name__}: {shown}"
        raise


@pytest.mark.parametrize("text", TEXTS)
def test_with_and_without_orjson(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    pytest.importorskip("orjson")
    expected = decoded(TEXTS[text])
    monkeypatch.setattr(decoding, "_LARGE", 0)
    assert decoded(TEXTS[text]) == expected


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False)
    | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(
    value=JSON, ascii=st.booleans(), place=st.integers(0, 200), piece=st.sampled_from(list(b' 0e.-"\\{[]},\xff\x01'))
)
def test_any_text_and_a_damaged_one(value: object, ascii: bool, place: int, piece: int) -> None:
    fast = pytest.importorskip("orjson").loads
    content = json.dumps(value, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    damaged = bytearray(content)
    damaged.insert(place % (len(content) + 1), piece)
    for text in (content, bytes(damaged)):
        expected = decoded(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decoding, "_LARGE", 0)
            patch.setattr(decoding, "_fast_decoder", lambda: fast)
            assert decoded(text) == expected


def test_large_bodies_are_decoded_by_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_fast_decoder", lambda: len)
    assert load_json(b" " * 100_000) == 100_000
    assert load_json(b"[ 1 ]") == [1]
    assert load_json(b"[" + b" " * 100_000 + b"123456789012345678901]") == [123456789012345678901]


@pytest.mark.usefixtures("no_orjson")
def test_a_host_without_orjson() -> None:
    assert decoding._fast_decoder() is None
    assert load_json(b"[" + b" " * 100_000 + b"1]") == [1]


def test_an_installation_of_orjson_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @property
        def loads(self) -> object:
            raise SystemError("wrong architecture")

    monkeypatch.setitem(sys.modules, "orjson", Broken())  # type: ignore[arg-type]
    assert decoding._fast_decoder() is None


def test_a_number_with_too_many_digits_is_infinite() -> None:
    assert load_json(b"1" * 41) == math.inf
    assert load_json(b"1" * 40) == int("1" * 40)
