# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the event source: what a rulebook may write, and the sentence for what it may not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events import source
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.backups import BACKUP_EVENTS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.fields import TYPES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.options import (
    OPTIONS,
    Settings,
    read_settings,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.selection import Filters
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import NOON, identify, stamp
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

EVENT_SOURCES = Path(__file__).resolve().parents[2] / "extensions" / "eda" / "plugins" / "event_source"
NEEDED = {"api_url": "https://px.example.com", "org_id": "default", "token": "canary-token-0123456789"}


def settings(environment: dict[str, str] | None = None, **args: Any) -> Settings:
    return read_settings("backups", {**NEEDED, **args}, environment or {}, NOON)


def test_the_defaults() -> None:
    found = settings()
    assert found.pace == (60.0, 600.0, 0.0)
    assert found.types == frozenset(TYPES)
    assert found.filters == Filters()
    assert (found.state_file, found.release, found.rpo, found.exempt) == ("", None, None, None)
    assert found.concurrency == 4
    connection = found.connection
    assert (connection.api_url, connection.token, connection.retries) == (NEEDED["api_url"], NEEDED["token"], 1)


def test_templates_make_text_of_everything() -> None:
    found = settings(
        interval="30",
        heartbeat="1.5",
        concurrency="7",
        retries="2",
        validate_certs="no",
        manual_only="True",
        names="a, b,",
        labels={"live": True, "tier": 1},
        full_interval="",
        state_file="",
        events=None,
    )
    assert found.pace == (30.0, 600.0, 1.5)
    assert found.concurrency == 7
    assert found.filters == Filters(names=("a", "b"), labels=(("live", "true"), ("tier", "1")), manual_only=True)
    connection = found.connection
    assert (connection.retries, connection.validate_certs) == (2, False)


def test_the_environment_fills_in_what_the_rulebook_omits() -> None:
    environment = {
        "PX_BACKUP_API_URL": "https://other",
        "PX_BACKUP_ORG_ID": "org",
        "PX_BACKUP_TOKEN": "token-of-the-environment",
        "PX_BACKUP_VALIDATE_CERTS": "false",
        "PX_BACKUP_CA_CERT": "",
    }
    found = read_settings("backups", {"org_id": "mine"}, environment, NOON)
    connection = found.connection
    assert (found.org_id, connection.api_url, connection.token) == ("mine", "https://other", "token-of-the-environment")
    assert (connection.validate_certs, connection.ca_cert) == (False, None)


def test_a_key_of_the_engine_is_ignored() -> None:
    settings(eda_feedback_queue=object())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": (
        {"pollinterval": 5},
        r"^'pollinterval' is not an option of this event source; options are api_url, org_id",
    ),
    "no page": ({"concurrency": 0}, r"^concurrency is 0; set it to at least 1 and at most 50"),
    "too many pages": ({"concurrency": 51}, r"^concurrency is 51; set it to at least 1 and at most 50"),
    "part of a page": ({"concurrency": 1.5}, r"^concurrency 1.5 is not a whole number"),
    "too often": ({"interval": 4}, r"^interval is 4; set it to 5 seconds or more"),
    "no number": ({"interval": "soon"}, r"^interval 'soon' is not a valid number"),
    "a boolean": ({"heartbeat": True}, r"^heartbeat True is not a valid number"),
    "negative": ({"full_interval": -1}, r"^full_interval -1 is not a valid number"),
    "endless": ({"timeout": "inf"}, r"^timeout 'inf' is not a valid number"),
    "a fraction": ({"retries": 1.5}, r"^retries 1.5 is not a whole number"),
    "no boolean": ({"manual_only": "maybe"}, r"^manual_only 'maybe' is not a boolean"),
    "no list": ({"names": 5}, r"^names 5 is not a list"),
    "no text in a list": ({"names": [["a"]]}, r"^names\[0\] \['a'\] is not text"),
    "no dictionary": ({"labels": "a=b"}, r"^labels 'a=b' is not a dictionary"),
    "unknown type": ({"events": ["failed", "broken"]}, r"^events has no type 'broken'; choose from started, "),
    "unknown start": ({"start": "yesterday"}, r"^start 'yesterday' is not valid; set it to now, to all, to an age"),
    "no organization": ({"org_id": ""}, r"^org_id is required"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_valid_is_a_sentence(name: str) -> None:
    args, message = WRONG[name]
    with pytest.raises(ValidationError, match=message):
        settings(**args)


CONNECTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no address": ({"api_url": ""}, "api_url is required"),
    "nothing to log in with": ({"token": ""}, "no authentication method is configured"),
    "two ways": ({"auth_url": "https://login"}, "token and auth_url are mutually exclusive"),
    "no password": ({"token": "", "auth_url": "https://login", "username": "ann"}, "auth_url is set without password"),
}


@pytest.mark.parametrize("name", CONNECTIONS)
def test_a_connection_that_is_not_valid_is_a_sentence(name: str) -> None:
    args, message = CONNECTIONS[name]
    with pytest.raises(ValidationError, match=message):
        settings(**args)


@pytest.mark.parametrize("name", ["token", "password"])
@pytest.mark.parametrize("value", [["a-long-secret"], {"is": "a-long-secret"}, b"a-long-secret", True])
def test_a_secret_of_another_type_is_refused_and_not_shown(name: str, value: Any) -> None:
    login: dict[str, Any] = {"token": "", "auth_url": "https://login", "username": "ann"} if name == "password" else {}
    with pytest.raises(ValidationError, match=f"^{name} is not text") as caught:
        settings(**login, **{name: value})
    assert "a-long-secret" not in str(caught.value)


def test_spaces_at_the_ends_of_a_token_do_not_count() -> None:
    assert settings(token=" a-long-secret\n").connection.token == "a-long-secret"


def test_spaces_at_the_ends_of_a_password_stay() -> None:
    login = settings(token="", auth_url="https://login", username=" ann ", password=" pass word ").connection.login
    assert login is not None and (login.username, login.password) == ("ann", " pass word ")


def test_a_token_file_is_read_and_remembered(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first-token-0123\n")
    connection = settings(token="", token_file=str(file)).connection
    assert (connection.token, connection.token_file) == ("first-token-0123", str(file))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("now", []),
        ("all", ["old", "updated", "new"]),
        ("2h", ["updated", "new"]),
        ({"since": "2h"}, ["updated", "new"]),
        ("2026-11-15T11:30:00Z", ["new"]),
    ],
)
def test_start_says_which_of_the_first_list_are_events(start: Any, expected: list[str]) -> None:
    items = {
        "old": (-9000, -9000),
        "updated": (-9000, -3600),
        "new": (-60, -60),
    }
    announces = settings(start=start).announces
    found = [
        name
        for name, (created, updated) in items.items()
        if announces(backup(name=name, metadata={"create_time": stamp(created), "last_update_time": stamp(updated)}))
    ]
    assert found == expected


SHOP: dict[str, Any] = {
    "name": "shop-1",
    "metadata": {"labels": {"tier": "gold", "app": "shop"}, "ownership": {"owner": "ann"}},
    "namespaces": ["shop", "db"],
    "cluster_ref": {"name": "prod-eu", "uid": "c1"},
    "backup_schedule": {"name": "daily", "uid": "s1"},
}
SELECTED: dict[str, tuple[dict[str, Any], bool]] = {
    "nothing": ({}, True),
    "cluster": ({"clusters": ("prod-eu",)}, True),
    "another cluster": ({"clusters": ("prod", "eu")}, False),
    "clusters by a glob": ({"clusters": ("x", "prod-*")}, True),
    "namespace": ({"namespaces": ("d?",)}, True),
    "another namespace": ({"namespaces": ("shop-2",)}, False),
    "name": ({"names": ("shop-[0-9]",)}, True),
    "part of a name": ({"names": ("shop",)}, False),
    "labels": ({"labels": (("tier", "gold"), ("app", "shop"))}, True),
    "another label": ({"labels": (("tier", "gold"), ("app", "db"))}, False),
    "owner": ({"owners": ("bob", "ann")}, True),
    "another owner": ({"owners": ("bob",)}, False),
    "schedule": ({"schedules": ("dai*",)}, True),
    "another schedule": ({"schedules": ("weekly",)}, False),
    "manual": ({"manual_only": True}, False),
    "one filter of two": ({"clusters": ("prod-eu",), "namespaces": ("web",)}, False),
}


def takes(item: dict[str, Any], **filters: Any) -> bool:
    return Filters(**filters).takes(item, BACKUP_EVENTS.traits(item))


@pytest.mark.parametrize("name", SELECTED)
def test_which_backups_are_selected(name: str) -> None:
    filters, expected = SELECTED[name]
    assert takes(backup(**SHOP), **filters) is expected


def test_a_manual_backup_of_all_namespaces_is_selected() -> None:
    item = backup(**{**SHOP, "namespaces": ["*"], "backup_schedule": None})
    assert takes(item, namespaces=("web",), manual_only=True)
    assert not takes(item, schedules=("daily",))


def test_what_the_server_filters_is_never_less_than_what_is_selected() -> None:
    assert Filters().options() == {"include_detailed_resources": False}
    assert Filters(names=("a",), clusters=("c",), labels=(("k", "v"),), owners=("ann",)).options() == {
        "include_detailed_resources": False,
        "name_filter": "a",
        "cluster_name_filter": "c",
        "labels": {"k": "v"},
        "owners": ["ann"],
    }
    broad = Filters(names=("a*",), clusters=("a", "b"), namespaces=("n",), schedules=("s",), manual_only=True)
    assert broad.options() == {"include_detailed_resources": False}


def documentation(kind: str) -> dict[str, Any]:
    text = (EVENT_SOURCES / f"{kind}.py").read_text(encoding="utf-8")
    found = text.partition('DOCUMENTATION = r"""')[2].partition('"""')[0]
    return dict(yaml.safe_load(found))


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_option_is_documented_with_its_default_and_its_variable(kind: str) -> None:
    options = documentation(kind)["options"]
    assert set(options) == set(OPTIONS[kind])
    for name, option in OPTIONS[kind].items():
        text = " ".join(options[name]["description"])
        assert (f"E({option.variable})" in text) if option.variable else "E(" not in text
        default = option.default if option.default not in ("", (), None) and name != "events" else None
        assert options[name].get("default") == default, name
    assert options["events"]["choices"] == list(source.SUBJECTS[kind].types)


def test_galaxy_finds_the_event_sources() -> None:
    root = EVENT_SOURCES.parents[3]
    listed = yaml.safe_load((root / "meta" / "extensions.yml").read_text(encoding="utf-8"))
    folders = [root / "extensions" / item["args"]["ext_dir"] for item in listed["extensions"]]
    assert folders == [EVENT_SOURCES]
    assert {path.stem for path in EVENT_SOURCES.glob("*.py")} == set(OPTIONS) == set(source.SUBJECTS)


def test_a_source_without_requests_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "REQUESTS_IMPORT_ERROR", ImportError("No module named 'requests'"))
    with pytest.raises(source.SourceError) as caught:
        source.Source("backups", NEEDED, {}, identify, print)
    assert str(caught.value) == (
        f"Failed to import the required Python library (requests) for {sys.executable}. "
        "Install it in the decision environment."
    )


def test_a_source_warns_of_what_is_not_secure() -> None:
    logged: list[str] = []
    source.Source("backups", {**NEEDED, "api_url": "http://px"}, {}, identify, logged.append).close()
    assert len(logged) == 1 and logged[0].startswith("api_url is http://")


def test_a_source_of_restores_has_other_options() -> None:
    found = read_settings("restores", {**NEEDED, "backups": "nightly-*"}, {}, NOON)
    assert found.filters == Filters(backups=("nightly-*",))
    assert found.pace.full_interval == 0.0, "each poll reads the whole list"
    assert found.types == frozenset(TYPES) - {"missing", "overdue", "recovered"}
    with pytest.raises(ValidationError, match="'rpo' is not an option of this event source"):
        read_settings("restores", {**NEEDED, "rpo": "24h"}, {}, NOON)


def test_paths_are_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FOLDER", "states")
    assert settings(state_file="~/$FOLDER/px.json").state_file == f"{tmp_path}/states/px.json"
    (tmp_path / "token").write_text("first-token-0123")
    assert settings(token="", token_file="~/token").connection.token == "first-token-0123"
    paths = {
        name for kind in OPTIONS for name, option in documentation(kind)["options"].items() if option["type"] == "path"
    }
    assert paths == {"token_file", "ca_cert", "client_cert", "client_key", "state_file"}
    assert all(OPTIONS["backups"][name].read("x", "~") == str(tmp_path) for name in paths)
