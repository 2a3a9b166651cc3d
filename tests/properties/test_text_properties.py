# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arbitrary text: names, addresses, error texts and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.error_responses import from_response
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tokens import caller_of, claims_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.urls import encode_query, encode_segment
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError, ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN, raw_backup, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply
from hypothesis import example, given, settings
from hypothesis import strategies as st

CATEGORIES = {kind.category for kind in PXBackupError.__subclasses__()}

ANY_TEXT = st.text() | st.text(alphabet="./%?#&=+;\\ \x00\u00e9\ud800ab12")
ADDRESS = st.text(alphabet="htps:/\\@?#.[]%-:1ab \tHTP") | st.text()
PASSWORD = "q8Zw7Kx5"


@given(ANY_TEXT)
@example("%2e%2e")
def test_name_is_decoded_by_the_server_or_refused(name: str) -> None:
    try:
        encoded = encode_segment("name", name)
    except ValidationError as error:
        str(error).encode("utf-8")
        return
    assert unquote(encoded, errors="strict") == name
    parts = urlsplit(f"https://px/v1/backup/{encoded}")
    assert parts.path.count("/") == 3
    assert not (parts.query or parts.fragment)
    assert encoded not in (".", "..")


@pytest.fixture(scope="module")
def echo() -> Iterator[HTTPServer]:
    """Return a server that has a backup of whatever name it is asked for."""

    def respond(request: Request) -> Reply:
        _nothing, _version, _kind, _org, name = request.path.split("/")
        # What follows the last colon is a verb; only an empty one reaches the route.
        name, _colon, verb = name.replace("%3A", ":").rpartition(":") if ":" in unquote(name) else (name, "", "")
        assert verb == ""
        return json_reply({"backup": raw_backup(unquote(name, errors="strict"), dict(request.query)["uid"])})

    with HTTPServer(respond) as server:
        yield server


@settings(max_examples=80)
@given(name=ANY_TEXT, uid=st.text(min_size=1))
def test_name_and_uid_reach_a_real_server(echo: HTTPServer, name: str, uid: str) -> None:
    client = transport(echo.url)
    try:
        backup = Api(client, "default").inspect_backup(name, uid)
    except ValidationError:
        assert client.attempts == 0
        return
    finally:
        client.close()
    assert backup["metadata"]["name"] == name
    assert backup["metadata"]["uid"] == uid


@given(st.dictionaries(st.text(), st.text() | st.booleans() | st.integers() | st.lists(st.text())))
def test_query_holds_only_text(options: dict[str, object]) -> None:
    pairs = encode_query("o", options)
    assert all(isinstance(value, str) and key.startswith("o.") for key, value in pairs)
    assert "None" not in [value for key, value in pairs if options.get(key[2:]) is None]


@given(ADDRESS)
@example("px:10001/x?u=http://other")
@example("http:px")
def test_address_without_a_scheme_is_https(address: str) -> None:
    try:
        checked = check_connection(Connection(address, TOKEN)).api_url
    except ValidationError as error:
        assert "api_url" in str(error)
        return
    parts = urlsplit(checked)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert not (parts.query or parts.fragment or parts.username or parts.password)
    if not address.strip().lower().startswith("http://"):
        assert parts.scheme == "https"


@given(
    before=st.sampled_from(["", "https://", "http://", "ftp://", "https:///", "//", "https:\\\\"]),
    user=st.text(alphabet="ab1?#/:%", max_size=4),
    middle=st.sampled_from([":", "@", ""]),
    after=st.sampled_from(["@px.example.com", "@px:10001/x", "@", "@px?y=z", "@[::1"]),
)
def test_password_in_an_address_is_never_shown(before: str, user: str, middle: str, after: str) -> None:
    try:
        checked = check_connection(Connection(f"{before}{user}{middle}{PASSWORD}{after}", TOKEN)).api_url
    except ValidationError as error:
        assert PASSWORD not in str(error)
        assert PASSWORD not in str(error.as_dict())
        return
    assert PASSWORD not in urlsplit(checked).netloc


@given(st.integers(100, 999), st.none() | st.integers(-5, 50), st.text())
def test_every_error_response_has_a_meaning(status: int, code: int | None, text: str) -> None:
    error = from_response(status, code, text)
    assert error.category in CATEGORIES
    assert error.http_status == status
    assert str(error).isprintable() or not set(str(error)) & set("\n\r\x1b\x85\u2028\u202e")
    assert len(str(error)) <= 2000
    assert set(error.as_dict()) >= {"category", "hint", "retriable"}
    assert not error.retriable or status in (408, 429, 502, 503, 504)


@given(st.text() | st.text().map(lambda text: f"e30.{text}.s") | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_token_has_a_caller_as_text(token: str) -> None:
    assert isinstance(caller_of(token), str)
    assert isinstance(claims_of(token), dict)
