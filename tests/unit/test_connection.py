# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says about the server, checked before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.connection import (
    Connection,
    Login,
    check_connection,
    insecurities,
    open_to_all,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN

GOOD = Connection("https://px.example.com:10001", TOKEN)
PASSWORD = "hunter2secret"


def refusal(**changes: Any) -> str:
    """Return the text with which the changed connection is refused."""
    with pytest.raises(ValidationError) as caught:
        check_connection(GOOD._replace(**changes))
    assert caught.value.hint
    assert caught.value.attempts == 0
    return str(caught.value)


def test_good_connection_stays() -> None:
    assert check_connection(GOOD) == GOOD


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("px.example.com", "https://px.example.com"),
        ("px.example.com:10001", "https://px.example.com:10001"),
        (" 10.0.0.1:10001/ ", "https://10.0.0.1:10001"),
        ("[::1]:10001", "https://[::1]:10001"),
        ("https://px.example.com/prefix/", "https://px.example.com/prefix"),
        ("http://px.example.com", "http://px.example.com"),
    ],
)
def test_url_is_completed(given: str, url: str) -> None:
    assert check_connection(GOOD._replace(api_url=given)).api_url == url


@pytest.mark.parametrize("name", ["connect_timeout", "timeout"])
@pytest.mark.parametrize("value", [0, -1, -0.5, float("nan"), float("inf")])
def test_timeouts_are_positive_and_finite(name: str, value: float) -> None:
    assert name in refusal(**{name: value})


@pytest.mark.parametrize("name", ["retries", "retry_max_delay"])
def test_retries_are_not_negative(name: str) -> None:
    assert name in refusal(**{name: -1})
    assert getattr(check_connection(GOOD._replace(**{name: 0})), name) == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_longest_pause_is_finite(value: float) -> None:
    assert "retry_max_delay" in refusal(retry_max_delay=value)


def test_key_needs_a_certificate() -> None:
    assert "client_key" in refusal(client_key="/key.pem")
    check_connection(GOOD._replace(client_cert="/both.pem"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "https://",
        "https://:10001",
        "https:///path",
        "ftp://px.example.com",
        "https://px.example.com:99999",
        "https://px.example.com:0",
        "https://px.example.com:port",
        "https://[::1",
        "https://px example.com",
        "https://px.example.com\\evil",
        "https://px.example.com/?x=1",
        "https://px.example.com/#x",
        "px.example.com?redirect=http://other",
    ],
)
def test_url_that_makes_no_sense(url: str) -> None:
    assert "api_url" in refusal(api_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:{}@px.example.com",
        "http://user:{}@px.example.com:10001/x?y=z",
        "user:{}@px.example.com",
        "https://{}@px.example.com",
        "ftp://user:{}@px.example.com",
        "https:///user:{}@px.example.com",
        "https://user?{}@px.example.com",
        "https://user#{}@px.example.com",
        "https://user:1#{}@px.example.com",
    ],
)
def test_password_in_the_url_is_refused_and_not_shown(url: str) -> None:
    assert PASSWORD not in refusal(api_url=url.format(PASSWORD))


@pytest.mark.parametrize("token", ["", "short", " 1234567 "])
def test_short_token(token: str) -> None:
    assert "fewer than 8" in refusal(token=token)


@pytest.mark.parametrize("token", ["Bearer abcdefgh", "abcdefgh\nX-Other: 1", "abcdefgh\u00e9", "abcd\x00efgh"])
def test_token_with_a_character_that_no_token_has(token: str) -> None:
    text = refusal(token=token)
    assert "abcd" not in text


def test_token_is_stripped() -> None:
    assert check_connection(GOOD._replace(token=f" {TOKEN}\n")).token == TOKEN


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"validate_certs": False}, "validate_certs"),
        ({"api_url": "http://px"}, "clear text"),
        ({"api_url": "HTTP://px"}, "clear text"),
        ({"login": Login("https://login", "eve", PASSWORD)}, None),
        ({"login": Login("http://login", "eve", PASSWORD)}, "auth_url"),
    ],
)
def test_insecure_ways_warn_once(changes: dict[str, Any], words: str | None) -> None:
    warnings = insecurities(check_connection(GOOD._replace(**changes)))
    assert len(warnings) == (words is not None)
    assert all(words in warning for warning in warnings if words)
    assert all(TOKEN not in warning for warning in warnings)
    assert all(PASSWORD not in warning for warning in warnings)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"password": "short"}, "password"),
        ({"username": ""}, "username"),
        ({"auth_url": ""}, "auth_url"),
        ({"auth_url": f"https://eve:{PASSWORD}@login"}, "auth_url"),
        ({"auth_url": f"https:///eve:{PASSWORD}@login"}, "auth_url"),
    ],
)
def test_login_that_makes_no_sense(changes: dict[str, str], word: str) -> None:
    text = refusal(login=Login("https://login", "eve", PASSWORD)._replace(**changes))
    assert word in text
    assert PASSWORD not in text
    assert changes.get("password", PASSWORD) not in text


def test_address_of_the_login_is_completed() -> None:
    login = check_connection(GOOD._replace(login=Login("login/auth/", "eve", PASSWORD))).login
    assert login is not None
    assert login.auth_url == "https://login/auth"


@pytest.mark.parametrize(("mode", "count"), [(0o600, 0), (0o640, 0), (0o644, 1)])
def test_secret_file_that_everybody_can_read(tmp_path: Path, mode: int, count: int) -> None:
    path = tmp_path / "key"
    path.write_text(PASSWORD)
    path.chmod(mode)
    assert len(open_to_all("token_file", str(path))) == count
    assert open_to_all("token_file", str(tmp_path / "none")) == open_to_all("token_file", None) == []
