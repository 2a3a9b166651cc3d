# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specifications and the connection that is built from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.arguments import CONNECTION
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import STATUSES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import OPERATIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.options import connection_from
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support.modules import BACKUP
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN

PASSWORD = "correct horse"
LOGIN = ("auth_url", "username", "password", "client_id", "realm")
TLS = ("validate_certs", "ca_cert", "client_cert", "client_key")


def params(ssl_config: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """Return connection parameters as Ansible hands them over: defaults filled in, the rest null."""
    config = None if ssl_config is None else {**dict.fromkeys(TLS), **ssl_config}
    defaults = {name: option.get("default") for name, option in CONNECTION.items()}
    return {**defaults, "api_url": "https://px", "token": TOKEN, "org_id": "default", "ssl_config": config, **given}


def login_params(**given: Any) -> dict[str, Any]:
    """Return connection parameters of a task that logs in."""
    login = {"token": None, "auth_url": "https://login/auth", "username": "eve", "password": PASSWORD}
    return params(**{**login, **given})


def test_choices_come_from_the_tables() -> None:
    assert BACKUP["operation"]["choices"] == list(OPERATIONS)
    assert BACKUP["status"]["choices"] == list(STATUSES)


def test_a_secret_is_hidden_and_a_path_is_shown() -> None:
    assert CONNECTION["token"]["no_log"] is True
    assert CONNECTION["password"]["no_log"] is True
    assert CONNECTION["client_key"]["no_log"] is False
    assert CONNECTION["token_file"]["no_log"] is False


def test_only_plain_options_read_the_environment() -> None:
    with_fallback = {name for name, option in CONNECTION.items() if "fallback" in option}
    assert with_fallback == {"api_url", "token", "token_file", "org_id", *LOGIN, *TLS}
    for name in with_fallback:
        assert CONNECTION[name]["fallback"][1] == [f"PX_BACKUP_{name.upper()}"]
    assert all("fallback" not in option for option in CONNECTION["ssl_config"]["options"].values())
    assert all("default" not in option for option in CONNECTION["ssl_config"]["options"].values())


def test_defaults_are_those_of_the_library() -> None:
    defaults = {**Connection._field_defaults, **Login._field_defaults}
    for name in set(defaults) - {"token", "login"}:
        assert CONNECTION[name].get("default") == defaults[name]


def test_plain_connection() -> None:
    assert connection_from(params()) == Connection("https://px", TOKEN)
    assert connection_from(params(ssl_config={})) == Connection("https://px", TOKEN)


@pytest.mark.parametrize("way", ["plain", "ssl_config", "both"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("validate_certs", False), ("ca_cert", "/ca"), ("client_cert", "/cert"), ("client_key", "/key")],
)
def test_either_way(way: str, name: str, value: Any) -> None:
    plain = {name: value} if way != "ssl_config" else {}
    config = {name: value} if way != "plain" else None
    connection = connection_from(params(config, **plain))
    assert getattr(connection, name) == value
    assert type(getattr(connection, name)) is type(value)


def test_the_two_ways_complete_each_other() -> None:
    connection = connection_from(params({"client_key": "/key"}, client_cert="/cert", ca_cert="/ca"))
    assert (connection.ca_cert, connection.client_cert, connection.client_key) == ("/ca", "/cert", "/key")
    check_connection(connection)


@pytest.mark.parametrize(
    ("plain", "config"),
    [
        ({"validate_certs": False}, {"validate_certs": True}),
        ({"ca_cert": "/a"}, {"ca_cert": "/b"}),
        ({"client_cert": "/a"}, {"client_cert": "/b"}),
        ({"client_key": "/a"}, {"client_key": "/b"}),
    ],
)
def test_the_two_ways_contradict_each_other(plain: dict[str, Any], config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=f"ssl_config.{next(iter(config))}"):
        connection_from(params(config, **plain))


@pytest.mark.parametrize("name", TLS[1:])
def test_empty_path_is_omitted(name: str) -> None:
    assert getattr(connection_from(params(**{name: ""})), name) is None


def test_login() -> None:
    connection = connection_from(login_params(realm="other"))
    assert connection.token == ""
    assert connection.login == Login("https://login/auth", "eve", PASSWORD, "pxcentral", "other")


@pytest.mark.parametrize("name", ["username", "password"])
@pytest.mark.parametrize("value", [None, ""])
def test_incomplete_login(name: str, value: str | None) -> None:
    with pytest.raises(ValidationError, match=f"without {name}") as caught:
        connection_from(login_params(**{name: value}))
    assert PASSWORD not in str(caught.value)


def test_token_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    assert connection_from(params(token=None, token_file=str(path))).token == TOKEN


def test_token_file_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe" + TOKEN.encode())
    for path in (tmp_path / "none", tmp_path, binary):
        with pytest.raises(ValidationError, match="token_file") as caught:
            connection_from(params(token=None, token_file=str(path)))
        assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"token": None},
        {"token": ""},
        {"token_file": "/none"},
        {"auth_url": "https://login"},
        {"token": None, "token_file": "/none", "auth_url": "https://login"},
    ],
)
def test_exactly_one_authentication_method(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="authentication method|mutually exclusive") as caught:
        connection_from(params(**given))
    assert TOKEN not in str(caught.value)
