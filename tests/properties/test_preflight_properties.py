# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arbitrary requests: the check before sending refuses none that the simulator accepts and completes successfully."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight.resource_types import (
    check_types,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight.rules import (
    find_doubtful,
    find_impossible,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight.selectors import (
    SelectorError,
    contradiction,
    parse,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.resource import BACKUP_MODULE, OPERATIONS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN, context, transport
from hypothesis import given, settings
from hypothesis import strategies as st

label_selectors = pytest.importorskip("px_backup_simulator.label_selectors")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A simulator whose backups have ended at the first poll."""
    ready = tmp_path_factory.mktemp("simulator") / "ready.json"
    command = [sys.executable, "-m", "px_backup_simulator", "--ready-file", str(ready), "--token", TOKEN]
    with subprocess.Popen([*command, "--backup-seconds", "0"], stdout=subprocess.DEVNULL) as child:
        try:
            yield _when_ready(child, ready)
        finally:
            child.terminate()


def _when_ready(child: subprocess.Popen[bytes], ready: Path) -> str:
    limit = time.monotonic() + 20
    while not ready.exists():
        assert child.poll() is None and time.monotonic() < limit, "the simulator does not start"
        time.sleep(0.02)
    return str(json.loads(ready.read_text(encoding="utf-8"))["url"])


# Mostly what there is and what can be read: a request that fails anyway shows nothing.
THERE = st.sampled_from(["shop", "billing", "vms", "empty", "*"])
NAMESPACES = st.lists(THERE, min_size=1, max_size=3) | st.lists(
    THERE | st.sampled_from(["absent", "No_Name"]), max_size=3
)
KINDS = st.lists(
    st.sampled_from(["Deployment", "deployments", "Secret", "PersistentVolumeClaim", "pvc", "Nothing"]), max_size=3
)
PART = st.sampled_from(
    ["tier", "team", "gold", "silver", "in", "notin", "a/b", "9", "=", "==", "!=", "!", ",", "(", ")", "<", ">", " "]
)
TERM = st.sampled_from(
    ["tier=gold", "tier!=gold", "tier", "!tier", "tier in (gold, silver)", "team notin (web)", "x=1"]
)
READABLE = st.lists(TERM, min_size=1, max_size=3).map(",".join)
WILD = st.lists(PART, min_size=1, max_size=8).map("".join)
SELECTOR = READABLE | READABLE | WILD
RESOURCE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["shop-deployment", "db-vm", "ghost"]),
        "namespace": st.sampled_from(["shop", "vms", "absent"]),
        "group": st.sampled_from(["apps", "kubevirt.io", "core"]),
        "kind": st.sampled_from(["Deployment", "VirtualMachine"]),
        "version": st.just("v1"),
    }
)
OPTIONAL = {
    "namespaces": NAMESPACES,
    "ns_label_selectors": SELECTOR,
    "advanced_resource_label_selector": SELECTOR,
    "label_selectors": st.dictionaries(st.sampled_from(["app", "a b"]), st.sampled_from(["shop", "-"]), max_size=1),
    "resource_types": KINDS,
    "exclude_resource_types": KINDS,
    "include_resources": st.lists(RESOURCE, max_size=2),
    "backup_object_type": st.sampled_from(["All", "VirtualMachine"]).map(lambda kind: {"type": kind}),
    "pre_exec_rule_ref": st.just({"name": "pre-quiesce"}),
    "skip_vm_auto_exec_rules": st.booleans(),
    "ownership": st.just({"collaborators": [{"id": "bob", "access": "Read"}]}),
}
CLUSTER = st.sampled_from(["prod-eu"] * 4 + ["prod-us", "edge-01"])
LOCATION = st.sampled_from(["s3-main"] * 4 + ["nfs-archive", "s3-broken"])


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """Return the parameters of a CREATE without its name: some of the settings, few enough that most end well."""
    names = draw(st.sets(st.sampled_from(list(OPTIONAL)), max_size=4))
    chosen = {name: draw(OPTIONAL[name]) for name in sorted(names)}
    return {"cluster_ref": {"name": draw(CLUSTER)}, "backup_location_ref": {"name": draw(LOCATION)}, **chosen}


NUMBERS = itertools.count()


def _end_of(url: str, task: dict[str, Any]) -> str:
    """Send a task's request as it is; return the status in which the backup ends, ``""`` when it is refused."""
    name = f"raw-{next(NUMBERS)}"
    body = {"metadata": {"name": name, "org_id": "default"}, **task}
    if "ownership" in body:
        body["metadata"]["ownership"] = body.pop("ownership")
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        if session.post(f"{url}/v1/backup", json=body, timeout=10).status_code != 200:
            return ""
        response = session.get(f"{url}/v1/backup/default/{name}", timeout=10).json()
    return str(response["backup"]["backup_info"]["status"]["status"])


def _refusal(url: str, task: dict[str, Any], **more: str) -> PXBackupError | None:
    """Run a CREATE; return why it was refused before it was sent, ``None`` when the backup was created."""
    client = transport(url)
    try:
        run_operation(
            context(client), BACKUP_MODULE, OPERATIONS["CREATE"], {"name": f"own-{next(NUMBERS)}", **task, **more}
        )
    except PXBackupError as error:
        assert "preflight" in error.result, error
        return error
    finally:
        client.close()
    return None


def test_no_successful_backup_is_refused(url: str) -> None:
    ends: Counter[str] = Counter()

    @settings(max_examples=120)
    @given(task=tasks())
    def check(task: dict[str, Any]) -> None:
        end = _end_of(url, task)
        ends[end] += 1
        refused = _refusal(url, task)
        assert refused is None or end == "Failed", f"it ends {end!r}, but: {refused}"
        off = _refusal(url, task, preflight="off")
        assert off is None or refused is not None, "what off refuses, warn refuses too"

    check()
    assert ends["Success"] > 40 and ends["Failed"] > 5, f"too few requests of a kind to show anything: {ends}"


@given(text=SELECTOR | st.text(max_size=12), labels=st.dictionaries(PART, PART, max_size=3))
def test_a_selector_is_read_as_the_simulator_reads_it(text: str, labels: dict[str, str]) -> None:
    # A NUL ends a text in Kubernetes' own reader, and nobody writes one.
    text = text.replace("\0", "")
    fault = label_selectors.fault_of(text)
    try:
        terms = parse(text)
    except SelectorError as error:
        assert fault, f"{text!r} is taken, but: {error}"
        assert 1 <= error.column <= len(text) + 1
        return
    assert not fault, fault
    if contradiction(terms):
        assert not label_selectors.selector(text)(labels)


@given(task=tasks(), known=KINDS)
def test_every_finding_names_its_parameter(task: dict[str, Any], known: list[str]) -> None:
    for finding in [*find_impossible(task), *find_doubtful(task), *check_types(task, known, "prod-eu")]:
        assert finding.parameter.partition(".")[0] in task or finding.parameter == "namespaces"
        assert finding.parameter in finding.message
        assert not finding.message.endswith(".")
