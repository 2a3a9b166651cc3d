# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restores against a server: nothing is written that the task does not mean, and the result says what arrived."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.registry import run_operation
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    ConflictError,
    NotFoundError,
    PXBackupError,
    StateError,
    ValidationError,
    WaitTimeoutError,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores.resource import (
    INFO,
    OPERATIONS,
    RESTORE_INFO_MODULE,
    RESTORE_MODULE,
)

from support.documentation import CHANGED, check, page, visible
from support.library import connected
from support.playbooks import RESTORE, run_file, run_tasks
from support.simulator import Simulator

Json = dict[str, Any]

COPY = {"backup_ref": {"name": "b1"}, "cluster": "prod-us", "namespace_mapping": {"shop": "copy"}}
ROLE = {"kind": "ClusterRole", "name": "shop-reader"}


class Restores:
    """Runs operations of restores in this process, and keeps their warnings."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.warnings: list[str] = []

    def run(self, operation: str, **parameters: Any) -> Outcome:
        """Run an operation."""
        context = connected(self.simulator)._replace(
            warn=self.warnings.append, progress=lambda text: None, sleep=lambda seconds: time.sleep(min(seconds, 0.1))
        )
        if operation == "restore_info":
            return run_operation(context, RESTORE_INFO_MODULE, INFO, parameters)
        return run_operation(context, RESTORE_MODULE, OPERATIONS[operation], parameters)

    def create(self, name: str = "r1", **parameters: Any) -> Outcome:
        """Restore the backup b1 to the namespace copy of another cluster, and wait."""
        return self.run("CREATE", name=name, **{**COPY, "wait": True, **parameters})

    def fail(self, kind: type[PXBackupError], operation: str, **parameters: Any) -> PXBackupError:
        """Run an operation that must fail."""
        with pytest.raises(kind) as caught:
            self.run(operation, **parameters)
        return caught.value

    def sent(self, rpc: str) -> list[Json]:
        """Return the bodies of the requests of a call."""
        return [line["body"] for line in self.simulator.requests() if line["rpc"] == rpc]


@pytest.fixture
def restores(simulator: Simulator) -> Restores:
    """Restores of a backup of two namespaces that is there, b1."""
    simulator.settings(restore_seconds=0, cancel_seconds=0.5)
    simulator.add_backup(name="b1", status="Success", namespaces=["shop", "billing"])
    simulator.forget_requests()
    return Restores(simulator)


@pytest.fixture
def shared_role(restores: Restores) -> Restores:
    """The same, with a backup b2 of a namespace that has an object of the cluster."""
    content = {"resources": [{"kind": "Deployment", "name": "app"}, ROLE], "volumes": ["data"]}
    restores.simulator.add_object("namespace", cluster="prod-eu", name="app", **content)
    restores.simulator.add_backup(name="b2", status="Success", namespaces=["app"])
    return restores


ROLE_COPY = {"backup_ref": {"name": "b2"}, "namespace_mapping": {"app": "app-copy"}}

# What a task must not do by mistake, and what the error says.
REFUSED: dict[str, tuple[Json, str]] = {
    "no mapping": ({"namespace_mapping": None}, "restores every namespace of the backup over itself"),
    "two sources to one target": ({"namespace_mapping": {"shop": "x", "billing": "x"}}, "to one namespace 'x'"),
    "swapped": ({"namespace_mapping": {"shop": "billing", "billing": "shop"}}, "another namespace of the backup"),
    "an unknown source": ({"namespace_mapping": {"web": "x"}}, "the backup has no namespace 'web'"),
    "an invalid target": ({"namespace_mapping": {"shop": "Not_Valid"}}, "not a valid namespace name"),
    "Delete over production": (
        {"namespace_mapping": {"shop": "shop"}, "replace_policy": "Delete", "cluster": "prod-eu"},
        "replace_policy Delete would replace what exists in 'shop'",
    ),
    "the vendor's option that is in no API": ({"use_source_as_target_namespace": True}, "is in no release of the API"),
    "two clusters": ({"cluster_ref": {"name": "prod-eu"}}, "cluster is 'prod-us', but cluster_ref.name is 'prod-eu'"),
    "two backups": ({"backup": "b2"}, "backup is 'b2', but backup_ref.name is 'b1'"),
    "a name that is the route of another call": ({"name": "a/b"}, "/"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_dangerous_task_is_refused_before_anything_is_written(restores: Restores, case: str) -> None:
    more, says = REFUSED[case]
    error = restores.fail(ValidationError, "CREATE", **{"name": "r1", **COPY, **more})
    assert says in f"{error} {error.hint}"
    assert restores.simulator.writes() == []


@pytest.mark.parametrize("status", ["InProgress", "Failed", "Aborted", "CloudBackupMissing"])
def test_a_backup_that_is_not_good_is_not_restored(restores: Restores, status: str) -> None:
    restores.simulator.add_backup(name="bad", status=status, namespaces=["shop"])
    error = restores.fail(StateError, "CREATE", **{"name": "r1", **COPY, "backup_ref": {"name": "bad"}})
    assert f"backup 'bad' is {status}" in str(error)
    assert restores.simulator.writes() == []


def test_in_place_restores_every_namespace_onto_itself_and_keeps_what_exists(restores: Restores) -> None:
    outcome = restores.create(namespace_mapping=None, in_place=True, cluster="prod-eu")
    assert restores.sent("Restore.Create")[0]["namespace_mapping"] == {"shop": "shop", "billing": "billing"}
    assert "overwrites_namespaces" not in (outcome.after or {})
    arrival = outcome.result["arrival"]
    assert arrival["verdict"] == "not_proven"
    assert "kept the contents that they had" in arrival["not_proven"][0]
    again = restores.create(namespace_mapping=None, in_place=True, cluster="prod-eu")
    assert again.changed is False


def test_delete_names_the_namespaces_that_are_overwritten_and_is_sent_by_name(restores: Restores) -> None:
    parameters = {"namespace_mapping": None, "in_place": True, "cluster": "prod-eu", "replace_policy": "Delete"}
    outcome = restores.create(**parameters)
    assert outcome.after is not None
    assert outcome.after["overwrites_namespaces"] == ["billing", "shop"]
    assert restores.sent("Restore.Create")[0]["replace_policy"] == "Delete"
    assert outcome.result["arrival"]["verdict"] == "complete"


def test_a_restore_sends_what_the_task_sets_and_nothing_else(restores: Restores) -> None:
    restores.create(labels={"team": "a"})
    restores.run("UPDATE", name="r1", labels={"team": "b"})
    names = {"metadata", "backup_ref", "backup", "cluster_ref", "cluster", "namespace_mapping"}
    assert set(restores.sent("Restore.Create")[0]) == names
    update = restores.sent("Restore.Update")[0]
    assert set(update) == {"metadata"}
    assert set(update["metadata"]) <= {"name", "org_id", "uid", "labels", "ownership"}


def test_a_second_run_never_makes_a_second_restore(restores: Restores) -> None:
    first = restores.create()
    second = restores.create()
    assert (first.changed, second.changed) == (True, False)
    assert second.result["restore"]["metadata"]["uid"] == first.result["restore"]["metadata"]["uid"]
    assert len(restores.sent("Restore.Create")) == 1
    plain = restores.run("CREATE", name="r1", **COPY)
    assert plain.message == "Restore 'r1' already exists and is Success; it is not run again, which needs a new name"
    error = restores.fail(ConflictError, "CREATE", **{"name": "r1", **COPY, "namespace_mapping": {"shop": "other"}})
    assert "namespace_mapping is {'shop': 'copy'}, not {'shop': 'other'}" in str(error)
    restores.simulator.add_backup(name="b3", status="Success", namespaces=["shop"])
    error = restores.fail(ConflictError, "CREATE", **{"name": "r1", **COPY, "backup_ref": {"name": "b3"}})
    assert "backup_ref is" in str(error)
    assert len(restores.sent("Restore.Create")) == 1


def test_a_second_run_joins_the_wait_of_a_running_restore(restores: Restores) -> None:
    restores.simulator.settings(restore_seconds=1)
    restores.create(wait=False)
    outcome = restores.create()
    assert outcome.changed is False
    assert outcome.result["arrival"]["verdict"] == "complete"
    assert outcome.result["waited"]["polls"] > 0


def test_a_failed_restore_is_not_taken_for_a_good_one(restores: Restores) -> None:
    error = restores.fail(StateError, "CREATE", name="r1-sim-volume-failed", **COPY, wait=True)
    assert error.changed
    assert "ended Failed (Restore failed for volume" in str(error)
    assert error.result["arrival"]["volumes"]["failed"][0]["reason"].startswith("Restore failed for volume")
    again = restores.fail(StateError, "CREATE", name="r1-sim-volume-failed", **COPY)
    assert "already exists and is Failed" in str(again)
    assert not again.changed


@pytest.mark.parametrize("reason_index", ["empty_first", "from_one"])
@pytest.mark.parametrize("mark", ["-sim-resource-failed", "-sim-resource-failed-sim-stripped"])
def test_a_failed_resource_is_found_behind_the_reason_of_retained_ones(
    restores: Restores, mark: str, reason_index: str
) -> None:
    restores.simulator.settings(reason_index=reason_index)
    error = restores.fail(StateError, "CREATE", name=f"r1{mark}", **COPY, wait=True)
    assert "ended PartialSuccess (Volumes were restored successfully. Some existing resources" in str(error)
    failed = error.result["arrival"]["resources"]["failed"]
    assert len(failed) == 1
    assert failed[0]["reason"].startswith("Error applying resource")
    accepted = restores.create(f"r2{mark}", on_partial="accept")
    assert accepted.result["arrival"]["verdict"] == "incomplete"


@pytest.mark.parametrize("mark", ["", "-sim-retained"])
def test_objects_of_the_cluster_that_existed_are_a_warning(shared_role: Restores, mark: str) -> None:
    first = shared_role.create("r1", **ROLE_COPY)
    assert first.result["restore"]["restore_info"]["status"]["status"] == "Success"
    shared_role.warnings.clear()
    second = shared_role.create(f"r2{mark}", **{**ROLE_COPY, "namespace_mapping": {"app": "app-copy-2"}})
    info = second.result["restore"]["restore_info"]
    assert info["status"]["status"] == ("Retained" if mark else "PartialSuccess")
    assert second.result["arrival"]["verdict"] == "complete"
    assert [part["name"] for part in second.result["arrival"]["resources"]["retained"]] == ["shop-reader"]
    assert "ClusterRole shop-reader retained" in shared_role.warnings[-1]


def test_a_volume_that_failed_in_the_backup_is_missed(restores: Restores) -> None:
    restores.simulator.settings(backup_seconds=0)
    restores.simulator.add_backup(name="part-sim-partial", status="PartialSuccess", namespaces=["shop"])
    parameters = {**COPY, "backup_ref": {"name": "part-sim-partial"}, "wait": True}
    error = restores.fail(StateError, "CREATE", name="r1", **parameters)
    assert "ended Success" in str(error)
    missing = error.result["arrival"]["volumes"]["missing"]
    assert missing
    assert all(part["reason"].startswith("it failed in the backup") for part in missing)
    assert (
        restores.run("CREATE", name="r1", **parameters, on_partial="warn").result["arrival"]["verdict"] == "incomplete"
    )
    assert "it failed in the backup" in restores.warnings[-1]


@pytest.mark.parametrize(
    ("mark", "says"),
    [("-sim-resource-missing", " missing"), ("-sim-volume-missing", "volume shop/shop-data-0 missing")],
)
def test_what_is_missing_without_a_word_is_missed(restores: Restores, mark: str, says: str) -> None:
    error = restores.fail(StateError, "CREATE", name=f"r1{mark}", **COPY, wait=True)
    assert "ended Success" in str(error)
    assert says in str(error)


def test_a_stripped_list_is_not_proven_on_an_old_release(restores: Restores) -> None:
    restores.simulator.settings(release="2.10.1")
    try:
        outcome = restores.create("r1-sim-stripped")
    finally:
        restores.simulator.settings(release="3.2.0")
    assert outcome.result["arrival"]["verdict"] == "not_proven"
    assert "the server does not list the restored resources" in outcome.result["arrival"]["not_proven"]
    newer = restores.create("r2-sim-stripped", namespace_mapping={"shop": "copy-2"})
    assert newer.result["arrival"]["verdict"] == "complete"


def test_omitted_namespaces_are_warned_of(restores: Restores) -> None:
    outcome = restores.create()
    sentence = "namespace_mapping omits billing of the backup, which will not be restored"
    assert restores.warnings[0] == f"CREATE of 'r1': {sentence}"
    assert [finding["message"] for finding in outcome.result["preflight"]] == [sentence]
    error = restores.fail(ValidationError, "CREATE", name="r2", **COPY, preflight="strict")
    assert sentence in str(error)
    assert outcome.result["arrival"]["namespaces"]["omitted"] == ["billing"]


def test_a_deletion_says_what_stays_and_leaves_it_there(restores: Restores) -> None:
    restores.create()
    outcome = restores.run("DELETE", name="r1", wait=True)
    assert outcome.result["stays"] == {"cluster": "prod-us", "namespaces": ["copy"]}
    assert outcome.message == "Restore 'r1' is deleted; what it has restored stays in cluster 'prod-us': copy"
    assert "copy" in restores.simulator.contents("prod-us")["namespaces"]
    again = restores.run("DELETE", name="r1")
    assert (again.changed, "stays" in again.result) == (False, False)


def test_a_running_restore_is_cancelled_only_on_request(restores: Restores) -> None:
    restores.create("r1-sim-stuck", wait=False)
    error = restores.fail(StateError, "DELETE", name="r1-sim-stuck")
    assert "deleting it cancels it" in str(error)
    assert restores.sent("Restore.Delete") == []
    outcome = restores.run("DELETE", name="r1-sim-stuck", cancel=True, wait=True)
    assert outcome.changed
    assert outcome.result["stays"]["namespaces"] == ["copy"]


def test_a_timeout_says_that_the_restore_goes_on(restores: Restores) -> None:
    error = restores.fail(WaitTimeoutError, "CREATE", name="r1-sim-stuck", **COPY, wait=True, wait_timeout=1)
    assert error.changed
    assert "goes on writing" in str(error.hint)
    assert "cancel: true" in str(error.hint)


def test_a_restore_of_another_owner_is_not_touched_by_name(restores: Restores) -> None:
    other = {"kind": "restore", "name": "foreign", "backup": "b1", "cluster": "prod-us", "owner": "somebody-else"}
    restores.simulator.add_backup(**other, namespace_mapping={"shop": "copy"})
    for operation, more in (("DELETE", {}), ("UPDATE", {"labels": {"a": "b"}})):
        error = restores.fail(ConflictError, operation, name="foreign", **more)
        assert "belongs to user somebody-else" in str(error)
    own = restores.create("foreign")
    assert own.changed
    assert own.result["restore"]["metadata"]["ownership"]["owner"] != "somebody-else"
    error = restores.fail(ConflictError, "INSPECT_ONE", name="foreign")
    assert "matches 2 restores" in str(error)


def test_a_cluster_that_is_offline_is_a_finding(restores: Restores) -> None:
    error = restores.fail(StateError, "CREATE", name="r1", **{**COPY, "cluster": "edge-01"})
    assert "cluster 'edge-01' is Offline (cluster is disconnected), so a restore fails" in str(error)
    assert restores.simulator.writes() == []
    outcome = restores.create(cluster="edge-01", wait=False, preflight="off")
    assert (outcome.changed, outcome.result["preflight"]) == (True, [])


def test_an_update_keeps_what_it_does_not_name(restores: Restores) -> None:
    groups = [{"id": "platform", "access": "Read"}]
    restores.create(labels={"a": "1"}, ownership={"groups": groups})
    outcome = restores.run("UPDATE", name="r1", labels={"b": "2"})
    metadata = outcome.result["restore"]["metadata"]
    assert metadata["labels"] == {"b": "2"}
    assert metadata["ownership"]["groups"] == groups
    error = restores.fail(ValidationError, "UPDATE", name="r1", namespace_mapping={"shop": "x"})
    assert "UPDATE cannot change namespace_mapping" in str(error)


def test_lists_know_backup_cluster_and_status(restores: Restores) -> None:
    restores.create("good")
    restores.fail(StateError, "CREATE", name="bad-sim-volume-failed", **COPY, wait=True)
    restores.simulator.add_backup(name="b3", status="Success", namespaces=["web"])
    third = {"backup_ref": {"name": "b3"}, "cluster": "prod-eu", "namespace_mapping": {"web": "web-copy"}}
    restores.create("third", **third)

    def names(**filters: Any) -> list[str]:
        listed = restores.run("restore_info", **filters, summary=True).result["restores"]
        return sorted(item["name"] for item in listed)

    assert names() == ["bad-sim-volume-failed", "good", "third"]
    assert names(backup_ref={"name": "b3"}) == names(cluster_ref={"name": "prod-eu"}) == ["third"]
    assert names(status=["Failed"]) == ["bad-sim-volume-failed"]
    assert names(name="absent") == []
    by_backup = restores.run("INSPECT_ALL", sort_option={"sort_by": "RestoreBackupName", "sort_order": "Descending"})
    assert by_backup.result["restores"][0]["metadata"]["name"] == "third"


def test_the_arrival_is_told_later_too_also_without_the_backup(restores: Restores) -> None:
    restores.create()
    assert restores.run("INSPECT_ONE", name="r1").result["arrival"]["verdict"] == "complete"
    restores.simulator.control("DELETE", "objects", {"kind": "backup", "name": "b1"})
    arrival = restores.run("INSPECT_ONE", name="r1").result["arrival"]
    assert arrival["verdict"] == "not_proven"
    assert "the backup does not exist any more" in arrival["not_proven"][0]
    restores.fail(NotFoundError, "INSPECT_ONE", name="absent")


def test_excluded_and_chosen_resources_are_not_missed(restores: Restores) -> None:
    deployment = {
        "name": "shop-deployment",
        "namespace": "shop",
        "group": "apps",
        "kind": "Deployment",
        "version": "v1",
    }
    whole = restores.create("whole").result["restore"]["restore_info"]["resources"]
    assert ("Deployment", "shop-deployment") in [(item["kind"], item["name"]) for item in whole]
    without = restores.create("without", namespace_mapping={"shop": "copy-2"}, exclude_resources=[deployment])
    assert without.result["arrival"]["resources"]["missing"] == []
    chosen = restores.create("chosen", namespace_mapping={"shop": "copy-3"}, include_resources=[deployment])
    assert chosen.result["arrival"]["resources"]["restored"] == 1
    assert chosen.result["arrival"]["volumes"]["missing"] == []
    again = restores.create("chosen", namespace_mapping={"shop": "copy-3"}, include_resources=[deployment])
    assert again.changed is False


@pytest.mark.both_paths
def test_a_playbook_for_the_vendors_module_runs(simulator: Simulator, work: Path) -> None:
    simulator.settings(restore_seconds=0)
    simulator.add_backup(name="b1", uid="backup-uid", status="Success", namespaces=["shop"])
    connection = {"api_url": simulator.url, "token": simulator.token, "org_id": "default", "validate_certs": True}
    create = {
        "operation": "CREATE",
        **connection,
        "name": "restore-1",
        "backup_ref": {"name": "b1", "uid": "backup-uid"},
        "cluster_ref": {"name": "prod-us", "uid": ""},
        "namespace_mapping": {"shop": "shop-restored"},
        "storage_class_mapping": {},
        "replace_policy": "Retain",
        "include_resources": [],
        "include_optional_resource_types": [],
        "rancher_project_mapping": {"key": "c-1:p-1", "value": "c-2:p-2"},
        "rancher_project_name_mapping": {"key": "shop", "value": "shop-restored"},
        "backup_object_type": {"type": "All"},
        "labels": {"purpose": "test"},
    }
    tasks = [
        {"name": "create", RESTORE: create},
        {"name": "again", RESTORE: create},
        {"name": "inspect", RESTORE: {"operation": "INSPECT_ONE", **connection, "name": "restore-1", "uid": ""}},
        {"name": "list", RESTORE: {"operation": "INSPECT_ALL", **connection, "cluster_name_filter": "prod-us"}},
        {"name": "update", RESTORE: {"operation": "UPDATE", **connection, "name": "restore-1", "labels": {"a": "b"}}},
        {"name": "delete", RESTORE: {"operation": "DELETE", **connection, "name": "restore-1"}},
    ]
    run = run_tasks(tasks, work, {}).ok()
    assert [result["changed"] for result in run.results] == [True, False, False, False, True, True]
    sent = next(line["body"] for line in simulator.requests() if line["rpc"] == "Restore.Create")
    assert sent["rancher_project_mapping"] == {"c-1:p-1": "c-2:p-2"}
    assert sent["rancher_project_name_mapping"] == {"shop": "shop-restored"}
    assert "is a map from source to target" in str(run.result("create")["warnings"])
    assert run.result("list")["total_count"] == 1
    assert run.result("delete")["stays"]["namespaces"] == ["shop-restored"]


@pytest.mark.both_paths
def test_check_mode_of_a_restore_predicts_and_sends_nothing(simulator: Simulator, work: Path) -> None:
    simulator.add_backup(name="b1", status="Success", namespaces=["shop"])
    task = {"operation": "CREATE", "name": "r1", "backup": "b1", "cluster": "prod-eu", "in_place": True}
    tasks = [{"name": "create", RESTORE: {**task, "replace_policy": "Delete", "wait": True}}]
    dry = run_tasks(tasks, work, simulator.environment, "--check", "--diff").ok().only
    assert dry["message"] == "Restore 'r1' would be created"
    assert dry["diff"]["after"]["overwrites_namespaces"] == ["shop"]
    assert simulator.writes() == []


def test_the_examples_of_the_documentation_run_and_return_what_it_says(simulator: Simulator, work: Path) -> None:
    documentation = page(RESTORE, work)
    simulator.settings(restore_seconds=0)
    simulator.add_backup(name="shop-2026-11-23", status="Success", namespaces=["shop"])
    playbook = work / "examples.yml"
    plays = yaml.safe_load(documentation["examples"])
    for play in plays:
        assert play["module_defaults"]["group/pxops.px_backup.px_backup"].pop("api_url").startswith("https://")
    playbook.write_text(yaml.safe_dump(plays), encoding="utf-8")
    run = run_file(
        playbook, work, simulator.environment, "--diff", extra_vars={"px_backup_token": simulator.token}
    ).ok()
    results = [visible(result) for result in run.results if "operation" in result]
    assert {result["operation"] for result in results} == set(OPERATIONS)
    documented = {**documentation["return"], **CHANGED}
    for result in results:
        assert set(result) <= set(documented)
        check(documented, result, result["operation"], partly=True)
    # What is returned on a failure or for a newer server only is not seen here.
    assert set(documented) - {key for result in results for key in result} == {"msg", "error", "server"}
