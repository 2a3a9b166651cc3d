# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The methods of the library: every operation is there, and parameters are read as Ansible reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.pxops.px_backup.plugins.module_utils.arguments import CONNECTION
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup import errors, library
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.options import CONNECTION_OPTIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.options import argument_spec
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError, ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library import resources
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library.client import PXBackup, Scope
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library.methods import Method, read_parameters
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library.resources import METHODS
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS
from ansible_collections.pxops.px_backup.tests.unit.support.samples import connection

PACKAGE = "ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup"


def sample(spec: dict[str, Any]) -> Any:
    """Return a value that an argument specification takes; of a dictionary only what is required."""
    if spec["type"] == "list":
        return [sample({**spec, "type": spec["elements"]})]
    if spec["type"] == "dict":
        parts = spec.get("options", {})
        return {name: sample(part) for name, part in parts.items() if part.get("required")}
    return {"str": (spec.get("choices") or ["text"])[0], "bool": True, "int": 7, "raw": [{"name": "x"}]}[spec["type"]]


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
@pytest.mark.parametrize("given", ["nothing", "everything"])
def test_parameters_are_what_ansible_would_hand_over(method: Method, given: str) -> None:
    options = argument_spec(method.options)
    values = {name: sample(spec) for name, spec in options.items()} if given == "everything" else {}
    validated = ArgumentSpecValidator(options).validate(values)
    assert validated.error_messages == []
    assert read_parameters(method, values) == {**validated.validated_parameters, **method.fixed}


def test_every_operation_of_every_module_can_be_reached() -> None:
    reached = {(method.spec.name, method.operation.name) for method in METHODS.values()}
    # Its module for lists does the same, and more.
    instead = {("backup", "INSPECT_ALL"), ("restore", "INSPECT_ALL")}
    # It is run by hand, by the playbook of its name.
    instead.add(("conformance", "conformance"))
    assert reached | instead == {(spec.name, each.name) for spec in SPECS.values() for each in spec.operations}


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_a_method_runs_its_own_operation(method: Method) -> None:
    group, _dot, name = method.name.partition(".")
    called: list[str] = []

    class Stop(Exception):
        pass

    def run(this: Method, parameters: Any) -> Any:
        called.append(this.name)
        raise Stop(parameters)

    with pytest.raises(Stop):
        getattr(getattr(resources, group.capitalize())(run), name)()
    assert called == [method.name]


def test_every_group_is_an_attribute_of_the_client() -> None:
    client = PXBackup(connection("https://px"), Scope("default", None, False), print, print)
    for method in METHODS.values():
        group, _dot, name = method.name.partition(".")
        assert callable(getattr(getattr(client, group), name))


def test_the_options_of_the_connection_are_those_of_the_modules() -> None:
    # A dictionary beside the plain options, for playbooks written for other tools.
    assert set(CONNECTION_OPTIONS) == set(CONNECTION) - {"ssl_config"}


def test_every_error_can_be_imported_with_the_library() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PXBackupError)}
    assert {getattr(library, name) for name in library.__all__ if name != "connect"} == kinds


def test_a_list_stays_a_list_in_parts() -> None:
    method = METHODS["protection.report"]
    with pytest.raises(ValidationError, match=r"^targets\[0\]: rpo is required"):
        read_parameters(method, {"targets": [{"clusters": ["a"]}]})
    assert read_parameters(method, {"targets": [{"rpo": "1d"}]})["targets"] == [
        {"clusters": None, "namespaces": None, "rpo": "1d", "rto": None}
    ]


def test_importing_the_library_loads_nothing_that_it_does_not_need() -> None:
    code = (
        f"import sys; before = set(sys.modules); import {PACKAGE}.library; "
        "print(*sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    own = {name.partition(f"{PACKAGE}.")[2] for name in loaded if name.startswith(f"{PACKAGE}.")}
    assert own == {"errors", "library", "limits", "text"}
    assert not loaded & {"ansible", "requests", "urllib3", "ssl", "socket", "http", "logging", "typing_extensions"}


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{PACKAGE}.library.client.REQUESTS_IMPORT_ERROR", ImportError("No module named 'urllib3'"))
    with pytest.raises(ImportError, match="^the Python package requests is required: pip install requests$"):
        library.connect(api_url="https://px", org_id="default", token="0123456789")


SECRET = "a secret, of 34 characters & signs"
# Options whose errors quote what they are set to.
QUOTING: list[dict[str, str]] = [
    {"server_release": SECRET},
    {"timeout": SECRET},
    {"validate_certs": f"not {SECRET}"},
    {"api_url": f"https://px/{SECRET}"},
    {"api_url": f"ftp://{quote(SECRET)}"},
    {"token_file": f"/no/such/{SECRET}"},
]


@pytest.mark.parametrize("name", ["token", "password"])
@pytest.mark.parametrize("source", ["given", "environment"])
@pytest.mark.parametrize("wrong", QUOTING, ids=lambda wrong: next(iter(wrong)))
def test_an_error_of_connect_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, source: str, wrong: dict[str, str]
) -> None:
    for option in CONNECTION_OPTIONS.values():
        monkeypatch.delenv(option.variable or "NO_SUCH_VARIABLE", raising=False)
    given = {"api_url": "https://px", "org_id": "default", **wrong}
    if source == "given":
        given[name] = SECRET
    else:
        monkeypatch.setenv(CONNECTION_OPTIONS[name].variable, SECRET)
    if name == "password" and "token_file" not in wrong:
        given |= {"auth_url": "https://keycloak", "username": "eve"}
    with pytest.raises(ValidationError) as caught:
        library.connect(**given)
    shown = f"{caught.value} {caught.value.as_dict()} {caught.value!r}"
    assert SECRET not in shown and quote(SECRET) not in shown


def test_an_error_of_connect_about_a_short_token_stays_readable() -> None:
    with pytest.raises(ValidationError, match="^token has fewer than 8 characters; set it to the whole token"):
        library.connect(api_url="https://px", org_id="default", token="token")


def test_a_warning_of_connect_shows_no_secret(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "a-secret-of-many-letters"
    path.write_text(path.name)
    path.chmod(0o644)
    library.connect(api_url="https://px", org_id="default", token_file=str(path), password=path.name, warn=told.append)
    assert len(told) == 1 and path.name not in told[0]
