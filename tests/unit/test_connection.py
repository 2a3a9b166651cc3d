# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options of a task, checked before any request is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
    insecurities,
    read_secret,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN

GOOD = Connection("https://px.example.com:10001", TOKEN)
PASSWORD = "hunter2secret"
MOST = {"retries": "100", "retry_max_delay": "2678400 seconds"}


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


@pytest.mark.parametrize("name", ["connect_timeout", "timeout", "request_timeout"])
@pytest.mark.parametrize("value", [0, -1, -0.5, float("nan"), float("inf"), 1e10, 1e30])
def test_timeouts_are_positive_and_finite(name: str, value: float) -> None:
    assert refusal(**{name: value}) == f"{name} is {value}; set it to more than 0 and at most 2678400 seconds"


@pytest.mark.parametrize("name", ["retries", "retry_max_delay"])
def test_retries_are_not_negative(name: str) -> None:
    assert refusal(**{name: -1}) == f"{name} is -1; set it to at least 0 and at most {MOST[name]}"
    assert getattr(check_connection(GOOD._replace(**{name: 0})), name) == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_maximum_retry_delay_is_finite(value: float) -> None:
    assert (
        refusal(retry_max_delay=value)
        == f"retry_max_delay is {value}; set it to at least 0 and at most 2678400 seconds"
    )


def test_key_needs_a_certificate() -> None:
    assert refusal(client_key="/key.pem") == "client_key requires client_cert; set both, or client_cert alone"
    check_connection(GOOD._replace(client_cert="/both.pem"))


NO_HOST = "does not name a host; set it to https://HOST:PORT"
TOO_MUCH = "is followed by a query or a fragment, which is not shown; set it to https://HOST:PORT"
NO_URL = "is not a valid URL; set it to https://HOST:PORT"


@pytest.mark.parametrize(
    ("url", "shown", "problem"),
    [
        ("", "https://", NO_HOST),
        ("   ", "https://", NO_HOST),
        ("https://", "https://", NO_HOST),
        ("https://:10001", "https://:10001", NO_HOST),
        ("https:///path", "https:///path", NO_HOST),
        ("https://https://px", "https://https://px", NO_HOST),
        ("https://http://px", "https://http://px", NO_HOST),
        ("https://px.example.com:0", "https://px.example.com:0", NO_HOST),
        ("https://px example.com", "https://px example.com", NO_HOST),
        ("https://px.example.com\\evil", "https://px.example.com\\evil", NO_HOST),
        ("ftp://px.example.com", "ftp://px.example.com", "has the scheme 'ftp'; set it to https://HOST:PORT"),
        ("https://px.example.com:99999", "https://px.example.com:99999", NO_URL),
        ("https://px.example.com:port", "https://px.example.com:port", NO_URL),
        ("https://[::1", "https://[::1", NO_URL),
        ("https://px.example.com/?x=1", "https://px.example.com/", TOO_MUCH),
        ("https://px.example.com/#x", "https://px.example.com/", TOO_MUCH),
        ("px.example.com?redirect=http://other", "https://px.example.com", TOO_MUCH),
    ],
)
def test_invalid_url(url: str, shown: str, problem: str) -> None:
    text = refusal(api_url=url)
    assert text.startswith(f"api_url {shown!r} ")
    assert problem in text


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
    assert refusal(api_url=url.format(PASSWORD)) == (
        "api_url contains a user or a password; remove them and use token, or auth_url with username"
    )


@pytest.mark.parametrize("token", ["", "short", " 1234567 "])
def test_short_token(token: str) -> None:
    assert (
        refusal(token=token) == "token has fewer than 8 characters; set it to the whole token that the login returned"
    )


def test_shortest_secrets_that_are_taken() -> None:
    assert check_connection(GOOD._replace(token="12345678")).token == "12345678"
    assert check_connection(GOOD._replace(login=Login("https://login", "eve", "12345678"))).login


@pytest.mark.parametrize("token", ["Bearer abcdefgh", "abcdefgh\nX-Other: 1", "abcdefgh\u00e9", "abcd\x00efgh"])
def test_token_with_a_character_that_no_token_has(token: str) -> None:
    assert refusal(token=token) == (
        "token contains a space, a line break or another character that no token has; "
        "set it to the token alone, without 'Bearer'"
    )


def test_token_is_stripped() -> None:
    assert check_connection(GOOD._replace(token=f" {TOKEN}\n")).token == TOKEN


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({}, None),
        (
            {"validate_certs": False},
            "validate_certs is false: anybody on the network path can read the token and the password. "
            "Set ca_cert to the certificate authority of the server instead.",
        ),
        (
            {"api_url": "http://px"},
            "api_url is http://: the token and all data travel in clear text. Use https://.",
        ),
        (
            {"api_url": "HTTP://px"},
            "api_url is http://: the token and all data travel in clear text. Use https://.",
        ),
        ({"login": Login("https://login", "eve", PASSWORD)}, None),
        (
            {"login": Login("http://login", "eve", PASSWORD)},
            "auth_url is http://: the password travels in clear text. Use https://.",
        ),
    ],
)
def test_insecure_connections_warn_once(changes: dict[str, Any], warning: str | None) -> None:
    assert insecurities(check_connection(GOOD._replace(**changes))) == ([warning] if warning else [])


@pytest.mark.parametrize("names", [["client_key"], ["client_cert"], ["client_cert", "client_key"]])
def test_key_that_everybody_can_read(tmp_path: Path, names: list[str]) -> None:
    # Without a file for the key, the certificate's file contains it.
    for name in names:
        (tmp_path / name).write_text("key")
        (tmp_path / name).chmod(0o644 if name == names[-1] else 0o600)
    (warning,) = insecurities(GOOD._replace(**{name: str(tmp_path / name) for name in names}))
    assert warning == (
        f"client_key {str(tmp_path / names[-1])!r} is readable by every user of this host. "
        "Restrict it to its owner (0600)."
    )


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"password": "short"}, "password has fewer than 8 characters; use a user with a longer password"),
        ({"username": ""}, "username is empty; set it to the login name"),
        ({"auth_url": ""}, "auth_url"),
        ({"auth_url": f"https://eve:{PASSWORD}@login"}, "auth_url"),
        ({"auth_url": f"https:///eve:{PASSWORD}@login"}, "auth_url"),
    ],
)
def test_invalid_login(changes: dict[str, str], start: str) -> None:
    text = refusal(login=Login("https://login", "eve", PASSWORD)._replace(**changes))
    assert text.startswith(start)
    assert PASSWORD not in text
    assert changes.get("password", PASSWORD) not in text


def test_address_of_the_login_is_completed() -> None:
    login = check_connection(GOOD._replace(login=Login("login/auth/", "eve", PASSWORD))).login
    assert login is not None
    assert login.auth_url == "https://login/auth"


@pytest.mark.parametrize(("mode", "count"), [(0o600, 0), (0o640, 0), (0o644, 1)])
def test_secret_file_that_everybody_can_read(tmp_path: Path, mode: int, count: int) -> None:
    path = tmp_path / "secret"
    path.write_text(PASSWORD)
    path.chmod(mode)
    connection = check_connection(GOOD)
    assert insecurities(connection) == insecurities(connection._replace(token_file=str(tmp_path / "none"))) == []
    for name in ("token_file", "client_key", "client_cert"):
        warnings = insecurities(connection._replace(**{name: str(path)}))
        assert len(warnings) == count
        assert all("is readable by every user" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "no such file or directory"), (b"\xff\xfe", "it is not text in UTF-8")],
    ids=["none", "bytes"],
)
def test_secret_that_cannot_be_read(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValidationError) as caught:
        read_secret("token_file", str(path))
    assert str(caught.value) == (
        f"token_file {str(path)!r} cannot be used ({reason}); set it to the path of a readable file on the managed host"
    )


def test_secret_is_read_as_text_without_its_end(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes("p\u00e4ssw\u00f6rd 1\n".encode())
    assert read_secret("password_file", str(path)) == "p\u00e4ssw\u00f6rd 1"
