# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single values of a task: numbers in their range, text that can be encoded, files that can be read to their end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.checks import (
    check_file,
    check_number,
    check_unicode,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
    read_secret,
    read_token_file,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tls import ssl_context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    PXBackupError,
    TLSError,
    ValidationError,
)

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJldmUifQ.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
GOOD = Connection("https://px.example.com", "good-token")


@pytest.mark.parametrize("value", [0, 101, -1, float("nan"), float("inf"), 10**400, -(10**5000)], ids=range(7))
def test_number_out_of_its_range(value: float) -> None:
    with pytest.raises(ValidationError, match=r"^wait_timeout is .*; set it to more than 0 and at most 100 seconds$"):
        check_number("wait_timeout", value, 0, 100, "seconds", exclusive=True)


@pytest.mark.parametrize("value", [0, 1, 100, 99.5])
def test_number_in_its_range(value: float) -> None:
    check_number("x", value, 0, 100)


@pytest.mark.parametrize(
    "changes",
    [
        {"timeout": 1e10},
        {"timeout": 1e30},
        {"connect_timeout": 10**400},
        {"request_timeout": float("inf")},
        {"retries": 10**9},
        {"retry_max_delay": 1e300},
    ],
    ids=range(6),
)
def test_number_of_the_connection(changes: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(changes))):
        check_connection(GOOD._replace(**changes))


def test_total_time_follows_from_the_other_times() -> None:
    assert GOOD.total_time == 300
    assert GOOD._replace(timeout=2, connect_timeout=30).total_time == 32
    assert GOOD._replace(request_timeout=7).total_time == 7


@pytest.mark.parametrize("name", ["username", "password", "client_id", "realm"])
def test_lone_surrogate_in_a_login(name: str) -> None:
    login = Login("https://login", "eve", "correct horse")._replace(**{name: "correct \ud800 horse"})
    with pytest.raises(ValidationError) as caught:
        check_connection(GOOD._replace(login=login))
    assert str(caught.value) == (
        f"{name} contains a character that is not valid Unicode; check the encoding of its source"
    )
    check_unicode("x", "\U0001f600")


@pytest.mark.parametrize("url", ["https://px\x00.example.com", "https://px\x1b.example.com", "https://\ud800"])
def test_address_with_an_invalid_character(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_connection(GOOD._replace(api_url=url))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("url", "secret"),
    [("https://px/?token=abcdefgh1234", "abcdefgh1234"), ("px#abcdefgh1234", "abcdefgh1234")],
)
def test_a_query_of_an_address_is_a_secret(url: str, secret: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_connection(GOOD._replace(api_url=url))
    assert secret not in str(caught.value)
    assert secret in caught.value.secrets


@pytest.mark.parametrize("value", [JWT, PEM, "opaque+token/with=base64", "hidden-word\nline", "-----BEGIN"])
@pytest.mark.parametrize("parameter", ["token_file", "client_key", "ca_cert"])
def test_a_secret_in_the_place_of_a_path_is_not_shown(parameter: str, value: str, tmp_path: Path) -> None:
    cert = tmp_path / "cert.pem"
    cert.write_text(PEM)
    with pytest.raises(PXBackupError) as caught:
        if parameter == "token_file":
            read_token_file(value)
        elif parameter == "client_key":
            ssl_context(GOOD._replace(client_cert=str(cert), client_key=value))
        else:
            ssl_context(GOOD._replace(ca_cert=value))
    assert f"the value of {parameter} is not the path of a file" in str(caught.value)
    assert value not in str(caught.value)
    assert value.split("\n")[0] not in str(caught.value)
    assert caught.value.secrets == [value]


def test_a_path_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        read_secret("token_file", str(tmp_path / "none"))
    assert str(tmp_path / "none") in str(caught.value)
    assert caught.value.secrets == []


@pytest.mark.parametrize("parameter", ["token_file", "client_cert", "client_key", "ca_cert"])
@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "nul"])
def test_file_that_blocks_or_never_ends(parameter: str, kind: str, tmp_path: Path) -> None:
    path = {"fifo": str(tmp_path / "fifo"), "device": "/dev/zero", "folder": str(tmp_path), "nul": "/tmp/a\x00b"}[kind]
    if kind == "fifo":
        os.mkfifo(path)
    if (parameter, kind) == ("ca_cert", "folder"):
        return  # A folder of authorities is what this may be.
    cert = tmp_path / "cert.pem"
    cert.write_text(PEM)
    changes = {"client_key": {"client_cert": str(cert), "client_key": path}}.get(parameter, {parameter: path})
    with pytest.raises(PXBackupError, match="not a regular file|not a valid path") as caught:
        if parameter == "token_file":
            read_secret(parameter, path)
        else:
            ssl_context(GOOD._replace(**changes))
    assert parameter in str(caught.value)
    assert isinstance(caught.value, ValidationError if parameter == "token_file" else TLSError)


def test_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 65537)
    with pytest.raises(ValidationError, match="larger than 65536 bytes"):
        read_secret("token_file", str(path))
    with pytest.raises(TLSError, match="larger than 10 bytes"):
        check_file("ca_cert", str(path), 10, TLSError)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "contains text encrypted with Ansible Vault"),
        (b'{"access_token": "abcdefgh"}', "contains JSON, not a token"),
        (b"", "has fewer than 8 characters"),
        (b"two words here", "contains a space"),
        (b"\xff\xfea\x00b\x00", "it is not text in UTF-8"),
    ],
)
def test_token_file_with_something_else(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(ValidationError) as caught:
        read_token_file(str(path))
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"token_file {str(path)!r} ")


def test_token_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"\xef\xbb\xbfgood-token\r\n")
    assert read_token_file(str(path)) == "good-token"
