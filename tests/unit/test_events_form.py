# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of an event: exactly the documented fields, of the documented types, for every type of event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.lifecycle import STATUSES
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ServerError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.backups import (
    BACKUP_EVENTS,
    describe,
    type_of,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.fields import (
    BACKUP_FIELDS,
    COMMON_FIELDS,
    OBJECT_TYPES,
    RESTORE_FIELDS,
    RESTORE_TYPES,
    TYPES,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.model import Change, Known, Standing
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.restores import RESTORE_EVENTS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.writer import Writer
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.lookup import (
    STATUSES as RESTORE_STATUSES,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.text import masked_data
from ansible_collections.pxops.px_backup.tests.unit.support.event_server import NOON, identify
from ansible_collections.pxops.px_backup.tests.unit.support.samples import backup

KINDS = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "dictionary": dict,
    "list of strings": list,
}
# Fields that may be null, with their documentation saying so.
FIELDS = {"backups": COMMON_FIELDS + BACKUP_FIELDS, "restores": COMMON_FIELDS + RESTORE_FIELDS}
NULLABLE = [field.name for fields in FIELDS.values() for field in fields if "null" in field.text]
# Dictionaries whose keys are data.
OPEN = ("backup.labels", "restore.labels")
KNOWN = Known("InProgress", "nightly", "prod-eu")


def full_backup() -> dict[str, Any]:
    failed = {"status": {"status": "Failed", "reason": "no space"}}
    return backup(
        name="nightly",
        uid="u1",
        metadata={"create_time": "2026-11-15T11:59:00.123456789Z", "labels": {"tier": "gold"}},
        status={"status": "PartialSuccess", "reason": "parts failed"},
        stage="Final",
        namespaces=["shop", "db"],
        missing_namespaces=["gone"],
        cluster_ref={"name": "prod-eu", "uid": "c1"},
        backup_location_ref={"name": "s3-main", "uid": "l1"},
        backup_schedule={"name": "daily", "uid": "s1"},
        retry_parent={"name": "yesterday", "uid": "u0"},
        total_size="1024",
        volumes=[{"namespace": "shop", "pvc": f"pvc-{number}", **failed} for number in range(23)],
        virtual_machines=[{"namespace": "vms", "name": "db-vm", **failed}],
    )


def full_restore() -> dict[str, Any]:
    failed = {"status": "Failed", "reason": "no space"}
    info = {
        "status": {"status": "PartialSuccess", "reason": "parts failed"},
        "restore_status": {"restore_status": "Applying"},
        "backup": "nightly",
        "backup_ref": {"name": "nightly", "uid": "u1"},
        "cluster_ref": {"name": "dr", "uid": "c2"},
        "backup_location_ref": {"name": "s3-main", "uid": "l1"},
        "namespace_mapping": {"shop": "shop-drill", "db": "shop-drill", "web": "web"},
        "total_size": "2048",
        "volumes": [{"source_namespace": "shop", "pvc": f"pvc-{number}", "status": failed} for number in range(22)],
        "resources": [{"namespace": "shop-drill", "kind": "Deployment", "name": "web", "status": failed}],
    }
    metadata = {"name": "drill", "uid": "r1", "create_time": "2026-11-15T11:00:00Z", "labels": {"by": "drill"}}
    return decode("RestoreObject", {"metadata": metadata, "restore_info": info})


def writer(**changes: Any) -> Writer:
    return Writer(
        **{"url": "https://px", "release": lambda: "2.11.0", "now": lambda: NOON, "identify": identify, **changes}
    )


def one_of_each(kind_of_source: str = "backups") -> dict[str, dict[str, Any]]:
    """Return an event of each type."""
    subject, item = (BACKUP_EVENTS, full_backup()) if kind_of_source == "backups" else (RESTORE_EVENTS, full_restore())
    write = writer()
    write.last_poll = "2026-11-15T11:00:00Z"
    standing = Standing("prod-eu", "c1", "shop", "exceeded", True, 3600, 7200, "nightly", "u1")
    events = {
        kind: write.of_change(subject, Change(kind, "u1", "InProgress", KNOWN, None if kind == "deleted" else item))
        for kind in OBJECT_TYPES
    }
    events |= {kind: write.of_target(kind, standing) for kind in ("overdue", "recovered")}
    events["server_unreachable"] = write.of_failure(ServerError("not ready", http_status=503), "2026-11-15T11:30:00Z")
    events["server_recovered"] = write.of_recovery("2026-11-15T11:30:00Z")
    events["heartbeat"] = write.of_heartbeat()
    return events


def leaves(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, dict) and name not in OPEN:
            yield from leaves(item, f"{name}.")
        else:
            yield name, item


CASES = [("backups", kind) for kind in TYPES] + [("restores", kind) for kind in RESTORE_TYPES]


@pytest.mark.parametrize(("source", "kind"), CASES)
def test_an_event_has_exactly_the_documented_fields(source: str, kind: str) -> None:
    event = one_of_each(source)[kind]
    assert set(event) == {"px_backup", "meta"}
    found = dict(leaves(event["px_backup"]))
    documented = {field.name: field for field in FIELDS[source] if kind in field.types and field.always}
    assert set(found) == set(documented)
    for name, value in found.items():
        expected = KINDS[documented[name].kind]
        assert (value is None and name in NULLABLE) or isinstance(value, expected), (name, value)


def test_a_field_belongs_to_known_types_and_says_something() -> None:
    for fields in FIELDS.values():
        assert all(set(field.types) <= set(TYPES) and field.text.endswith(".") for field in fields)
        assert len({field.name for field in fields}) == len(fields)


def test_what_an_event_says_of_a_backup() -> None:
    body = one_of_each()["partial"]["px_backup"]
    assert body["backup"] == {
        "name": "nightly",
        "uid": "u1",
        "status": "PartialSuccess",
        "previous": "InProgress",
        "reason": "parts failed",
        "stage": "Final",
        "created": "2026-11-15T11:59:00.123456789Z",
        "age_seconds": 59,
        "size_bytes": 1024,
        "manual": False,
        "schedule": "daily",
        "retry_of": "yesterday",
        "labels": {"tier": "gold"},
    }
    assert body["cluster"] == {"name": "prod-eu", "uid": "c1"}
    assert body["location"] == {"name": "s3-main", "uid": "l1"}
    assert body["namespaces"] == ["shop", "db"]
    assert body["failed"]["volumes"][0] == "shop/pvc-0: no space"
    assert len(body["failed"]["volumes"]) == 21 and body["failed"]["volumes"][20] == "+3"
    assert body["failed"]["vms"] == ["vms/db-vm: no space"]
    assert [line.partition(":")[0] for line in body["failed"]["namespaces"]] == ["gone"]
    assert body["server"] == {"url": "https://px", "release": "2.11.0", "last_poll": "2026-11-15T11:00:00Z"}
    assert (body["type"], body["key"], body["time"]) == ("partial", "u1:partial", "2026-11-15T12:00:00Z")


def test_a_backup_of_an_old_server_that_says_little() -> None:
    body = describe(backup(cluster="prod", backup_location="s3"), NOON)
    assert body["cluster"] == {"name": "prod", "uid": ""} and body["location"] == {"name": "s3", "uid": ""}
    assert body["backup"]["age_seconds"] is None and body["backup"]["manual"] is True


def test_a_deletion_tells_what_was_remembered() -> None:
    body = one_of_each()["deleted"]["px_backup"]
    assert body["backup"] == {"name": "nightly", "uid": "u1", "status": "gone", "previous": "InProgress"}
    assert body["cluster"] == {"name": "prod-eu"}


def test_the_uuid_is_that_of_key_and_time() -> None:
    first, second = one_of_each(), one_of_each()
    assert {kind: event["meta"] for kind, event in first.items()} == {
        kind: event["meta"] for kind, event in second.items()
    }
    assert len({event["meta"]["uuid"] for event in first.values()}) == len(TYPES)
    later = writer(now=lambda: NOON + 1).of_recovery("2026-11-15T11:30:00Z")
    assert later["px_backup"]["key"] == first["server_recovered"]["px_backup"]["key"]
    assert later["meta"]["uuid"] != first["server_recovered"]["meta"]["uuid"]


def test_events_contain_no_secret() -> None:
    write = writer(mask=lambda body: masked_data(body, {"s3cret-token"}, body))
    failure = write.of_failure(ServerError("token s3cret-token"), "")
    assert failure["px_backup"]["error"]["message"] == "token ********"
    backup = full_backup()
    backup["metadata"]["labels"] = {"s3cret-token": "a", "b": "s3cret-token"}
    change = write.of_change(BACKUP_EVENTS, Change("failed", "u1", "InProgress", KNOWN, backup))
    assert change["px_backup"]["backup"]["labels"] == {"********": "a", "b": "********"}


def test_each_status_of_the_api_has_a_type() -> None:
    assert {status: type_of(status) for status in STATUSES} == {
        "Invalid": "failed",
        "Pending": "started",
        "InProgress": "started",
        "Aborted": "failed",
        "Failed": "failed",
        "Deleting": "deleting",
        "Success": "succeeded",
        "Captured": "started",
        "PartialSuccess": "partial",
        "DeletePending": "deleting",
        "CloudBackupMissing": "missing",
    }
    assert type_of("Quiescing") == ""


def test_what_an_event_says_of_a_restore() -> None:
    body = one_of_each("restores")["partial"]["px_backup"]
    assert body["restore"] == {
        "name": "drill",
        "uid": "r1",
        "status": "PartialSuccess",
        "previous": "InProgress",
        "reason": "parts failed",
        "stage": "Applying",
        "created": "2026-11-15T11:00:00Z",
        "age_seconds": 3600,
        "size_bytes": 2048,
        "backup": "nightly",
        "labels": {"by": "drill"},
    }
    assert body["cluster"] == {"name": "dr", "uid": "c2"} and body["location"] == {"name": "s3-main", "uid": "l1"}
    assert body["namespaces"] == ["shop-drill", "web"]
    assert body["failed"]["volumes"][0] == "shop/pvc-0: no space" and body["failed"]["volumes"][20] == "+2"
    assert len(body["failed"]["resources"]) == 1 and "Deployment/web: no space" in body["failed"]["resources"][0]
    assert RESTORE_EVENTS.traits(full_restore()) == ("dr", ["shop-drill", "web"], "", False, "nightly")


def test_each_status_of_a_restore_has_a_type() -> None:
    assert {status: RESTORE_EVENTS.type_of(status) for status in RESTORE_STATUSES} == {
        "Invalid": "failed",
        "Pending": "started",
        "InProgress": "started",
        "Aborted": "failed",
        "Failed": "failed",
        "Deleting": "deleting",
        "Success": "succeeded",
        "Retained": "partial",
        "PartialSuccess": "partial",
    }
    assert RESTORE_EVENTS.type_of("Quiescing") == ""
