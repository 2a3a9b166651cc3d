# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings of the check before sending: each rule, and the severity and order of findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight import checks as preflight
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight import (
    resource_types,
    rules,
    states,
    users,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.preflight.findings import Finding
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.references import BACKUP_LOCATION, CLUSTER
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    StateError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support import samples
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

Serve = Callable[..., HTTPServer]

USER = "7b0c9d4e-1111-4222-8333-944455556666"
KINDS_PATH = "/v1/resourceType/default"
KNOWN = ["ConfigMap", "CronJob", "Deployment", "Ingress", "NetworkPolicy", "PersistentVolumeClaim", "Endpoints"]
KINDS = json_reply({"resource_types": KNOWN})
REFERENCES = {"cluster_ref": CLUSTER, "backup_location_ref": BACKUP_LOCATION}
MACHINES = {"backup_object_type": {"type": "VirtualMachine"}}
NAMES = {"name": "one", "namespaces": ["shop"]}


def entry(name: str = "web", namespace: str = "shop", kind: str = "Deployment", group: str = "apps") -> dict[str, str]:
    return {"name": name, "namespace": namespace, "kind": kind, "group": group, "version": "v1"}


MACHINE = entry("db", "vms", "VirtualMachine", "kubevirt.io")


def found(parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """Return severity and parameter of what the parameters alone say."""
    findings = [*rules.find_impossible(parameters), *rules.find_doubtful(parameters)]
    assert all(item.parameter in item.message or not parameters.get(item.parameter) for item in findings)
    return [(item.severity, item.parameter) for item in findings]


@pytest.mark.parametrize(
    ("parameters", "findings"),
    [
        # Nothing to find.
        ({"namespaces": ["shop", "billing"]}, []),
        ({"namespaces": ["*"]}, []),
        ({"ns_label_selectors": "tier in (gold),!old"}, []),
        ({"namespaces": ["shop"], "label_selectors": {"app": "web"}}, []),
        ({"namespaces": ["shop"], "include_resources": [entry()]}, []),
        ({"include_resources": [entry()]}, []),
        ({**MACHINES, "namespaces": ["vms"], "include_resources": [MACHINE]}, []),
        ({**MACHINES, "namespaces": ["vms"], "skip_vm_auto_exec_rules": True, "pre_exec_rule_ref": {"name": "r"}}, []),
        ({"namespaces": ["shop"], "resource_types": ["Secret"], "exclude_resource_types": ["Job"]}, []),
        ({"namespaces": ["shop"], "pre_exec_rule_ref": {"name": "r"}}, []),
        # Namespaces.
        ({}, [("warning", "namespaces")]),
        ({"namespaces": ["shop"], "ns_label_selectors": "a=b"}, [("warning", "namespaces")]),
        ({"namespaces": ["*", "shop"]}, [("warning", "namespaces")]),
        ({"namespaces": ["Shop"]}, [("warning", "namespaces")]),
        ({"namespaces": ["x" * 64]}, [("warning", "namespaces")]),
        ({"namespaces": ["shop-*"]}, [("warning", "namespaces")]),
        # Selectors.
        ({"ns_label_selectors": "a=="}, []),
        ({"ns_label_selectors": "a=b,"}, [("error", "ns_label_selectors")]),
        ({"ns_label_selectors": " "}, [("warning", "ns_label_selectors")]),
        ({"ns_label_selectors": "a,!a"}, [("warning", "ns_label_selectors")]),
        (
            {"namespaces": ["shop"], "advanced_resource_label_selector": "app in web"},
            [("error", "advanced_resource_label_selector")],
        ),
        (
            {"namespaces": ["shop"], "advanced_resource_label_selector": "a=b", "label_selectors": {"a": "b"}},
            [("warning", "label_selectors")],
        ),
        ({"namespaces": ["shop"], "label_selectors": {"app": "in (a)"}}, [("warning", "label_selectors")]),
        ({"namespaces": ["shop"], "label_selectors": {"a b": ""}}, [("warning", "label_selectors")]),
        # Resources.
        ({"namespaces": ["shop", "web"], "include_resources": [entry()]}, [("warning", "include_resources")]),
        ({"namespaces": ["*"], "include_resources": [entry()]}, [("warning", "include_resources")]),
        ({"ns_label_selectors": "a=b", "include_resources": [entry()]}, [("warning", "include_resources")]),
        ({"namespaces": ["shop"], "include_resources": [entry(), entry("x", "web")]}, [("note", "include_resources")]),
        (
            {"namespaces": ["shop", "web"], "include_resources": [entry()], "resource_types": ["Secret"]},
            [("note", "include_resources")],
        ),
        (
            {"namespaces": ["shop"], "resource_types": ["Secret"], "exclude_resource_types": ["secret"]},
            [("warning", "exclude_resource_types")],
        ),
        # Virtual machines.
        ({**MACHINES, "namespaces": ["vms"], "resource_types": ["Secret"]}, [("error", "resource_types")]),
        ({**MACHINES, "namespaces": ["vms"], "post_exec_rule_ref": {"uid": "u"}}, [("error", "post_exec_rule_ref")]),
        (
            {
                **MACHINES,
                "namespaces": ["vms"],
                "skip_vm_auto_exec_rules": False,
                "pre_exec_rule_ref": {"name": "r"},
                "resource_types": ["Secret"],
            },
            [("error", "resource_types"), ("error", "pre_exec_rule_ref")],
        ),
        (
            {**MACHINES, "namespaces": ["shop"], "include_resources": [entry()]},
            [("warning", "include_resources")],
        ),
        (
            {**MACHINES, "namespaces": ["vms"], "include_resources": [{**MACHINE, "group": ""}]},
            [("warning", "include_resources")],
        ),
        ({"namespaces": ["shop"], "skip_vm_auto_exec_rules": True}, [("note", "skip_vm_auto_exec_rules")]),
    ],
)
def test_findings_from_the_parameters_alone(parameters: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    assert found(parameters) == findings


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {},
            "nothing is selected for the backup: none of namespaces, ns_label_selectors, "
            "include_resources is set; for all namespaces set namespaces: ['*']",
        ),
        (
            {"namespaces": ["shop"], "ns_label_selectors": "a=b"},
            "namespaces ['shop'] has no effect together with ns_label_selectors 'a=b', which replaces it "
            "with what it finds; keep one of the two",
        ),
        (
            {"namespaces": ["*", "shop", "web"]},
            "namespaces names '*' and 'shop', 'web': '*' includes all namespaces already; keep one of the two",
        ),
        (
            {"namespaces": ["Shop", "a_b"]},
            "namespaces names 'Shop', 'a_b', which is not a valid namespace name in Kubernetes, and a "
            "missing namespace fails the backup; correct it",
        ),
        (
            {"ns_label_selectors": " "},
            "ns_label_selectors ' ' is blank, which selects everything; omit it, or set what it must select",
        ),
        (
            {"ns_label_selectors": "a,!a"},
            "ns_label_selectors 'a,!a' can select nothing: no labels meet its requirements on 'a'; correct it",
        ),
        (
            {"ns_label_selectors": "a=b,"},
            "ns_label_selectors 'a=b,' is not a valid label selector: column 5: expected a label's key, found the end",
        ),
        (
            {"namespaces": ["shop"], "advanced_resource_label_selector": "app in web"},
            "advanced_resource_label_selector 'app in web' is not a valid label selector: column 8: "
            "expected '(', found 'web'",
        ),
        (
            {"namespaces": ["shop"], "advanced_resource_label_selector": "a=b", "label_selectors": {"a": "b"}},
            "label_selectors {'a': 'b'} has no effect together with advanced_resource_label_selector, "
            "which replaces it; set all of it in advanced_resource_label_selector",
        ),
        (
            {"namespaces": ["shop"], "label_selectors": {"app": "in (a)"}},
            "label_selectors {'app': 'in (a)'} is not a valid label in Kubernetes, and so selects "
            "nothing; operators belong in advanced_resource_label_selector",
        ),
        (
            {"namespaces": ["shop", "web"], "include_resources": [entry()]},
            "include_resources narrows only the namespaces that it names: namespace 'web' will be backed "
            "up in full; omit what is not meant, or list its resources",
        ),
        (
            {"namespaces": ["shop"], "include_resources": [entry(), entry("x", "web")]},
            "include_resources names 'web', which namespaces does not; it is unknown whether a server "
            "reads it, so add it to namespaces",
        ),
        (
            {"namespaces": ["shop"], "resource_types": ["Secret"], "exclude_resource_types": ["secret"]},
            "exclude_resource_types excludes 'Secret', which resource_types includes; nothing remains to "
            "back up; keep one of the two",
        ),
        (
            {"namespaces": ["shop"], "resource_types": ["Secret", "Pod"], "exclude_resource_types": ["pod", "Job"]},
            "exclude_resource_types excludes 'Pod', which resource_types includes; keep one of the two",
        ),
        (
            {**MACHINES, "namespaces": ["vms"], "resource_types": ["Secret"]},
            "resource_types ['Secret'] cannot narrow a backup of the type VirtualMachine: the server "
            "would accept it, and the backup would end Failed with 'Error validating parameters: "
            "resourceType should be nil for backup Object type VirtualMachine'; omit resource_types",
        ),
        (
            {**MACHINES, "namespaces": ["vms"], "pre_exec_rule_ref": {"name": "r"}},
            "pre_exec_rule_ref 'r' cannot run in a backup of the type VirtualMachine together with its "
            "automatic rules: the server would accept it, and the backup would end Failed with 'Error "
            "validating parameters: exec Rules are specified but skipAutoExecRules is not set to true "
            "for backup Object type VirtualMachine'; set skip_vm_auto_exec_rules to true, or omit "
            "pre_exec_rule_ref",
        ),
        (
            {**MACHINES, "namespaces": ["vms"], "post_exec_rule_ref": {"uid": "u"}},
            "post_exec_rule_ref 'u' cannot run in a backup of the type VirtualMachine together with its "
            "automatic rules: the server would accept it, and the backup would end Failed with 'Error "
            "validating parameters: exec Rules are specified but skipAutoExecRules is not set to true "
            "for backup Object type VirtualMachine'; set skip_vm_auto_exec_rules to true, or omit "
            "post_exec_rule_ref",
        ),
        (
            {**MACHINES, "namespaces": ["shop"], "include_resources": [entry()]},
            "include_resources lists 'Deployment shop/web', and a backup of the type VirtualMachine uses "
            "only the kind VirtualMachine of the group kubevirt.io from it; omit it, what belongs to a "
            "machine is included",
        ),
        (
            {"namespaces": ["shop"], "skip_vm_auto_exec_rules": True},
            "skip_vm_auto_exec_rules affects only backups of the type VirtualMachine",
        ),
    ],
)
def test_a_finding_is_one_sentence_that_says_what_to_do(parameters: dict[str, Any], sentence: str) -> None:
    assert [item.message for item in (*rules.find_impossible(parameters), *rules.find_doubtful(parameters))] == [
        sentence
    ]


@pytest.mark.parametrize("parameters", [{"collaborators": [{"id": "bob"}]}, {"groups": [{"id": USER}]}])
def test_a_finding_about_a_share_says_what_to_do(parameters: dict[str, Any]) -> None:
    sentences = {
        "backup_share.collaborators 'bob' is not a user id (a UUID); login names are not resolved and have no effect; "
        "set the id that the login service shows for the user",
        f"backup_share.groups '{USER}' looks like an id, and groups are named by their names: an id is not resolved "
        "and has no effect; set the group's name",
    }
    (finding,) = users.check_shared_with(parameters, lambda: "me")
    assert finding.message in sentences


def test_users_of_an_ownership() -> None:
    ownership = {"owner": "bob", "collaborators": [{"id": "eve"}, {"id": "me"}, {"id": "*"}]}
    findings = list(users.check_owners({"ownership": ownership}, lambda: "me"))
    assert [(item.severity, item.parameter) for item in findings] == [
        ("warning", "ownership.owner"),
        ("warning", "ownership.collaborators"),
    ]
    assert list(users.check_owners({"ownership": {"owner": "me", "collaborators": None}}, lambda: "me")) == []
    assert list(users.check_owners({}, lambda: "me")) == []


def test_a_finding_about_a_kind_says_what_to_do() -> None:
    wanted = {"resource_types": ["Kafka", "configmaps"], "exclude_resource_types": ["deployment", "Kafka"]}
    assert [item.message for item in resource_types.check_types(wanted, KNOWN, "c")] == [
        "resource_types 'Kafka' is not a resource type of cluster 'c', and matches nothing; write it like Deployment",
        "resource_types 'configmaps' is not a resource type of cluster 'c', and matches nothing; did you mean "
        "'ConfigMap'?",
        "exclude_resource_types 'deployment' does not have the exact case of the type; did you mean 'Deployment'?",
        "exclude_resource_types 'Kafka' is not a resource type of cluster 'c', and excludes nothing; write it like "
        "Deployment",
    ]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"namespaces": ["shop", "web"]}, "namespace 'web' will be backed up in full"),
        ({"namespaces": ["shop", "web", "db"]}, "namespaces 'web', 'db' will be backed up in full"),
        ({"namespaces": ["*"]}, "every namespace except 'shop' will be backed up in full"),
        ({"ns_label_selectors": "a=b"}, "every namespace that ns_label_selectors finds"),
        (
            {"namespaces": ["web"], "label_selectors": {"a": "b"}},
            "'web' will be backed up with every resource that",
        ),
        ({"namespaces": ["web"], "resource_types": ["Pod"]}, "with every resource of the types in resource_types"),
        ({"namespaces": ["web"], **MACHINES}, "'web' will be backed up with all its virtual machines"),
    ],
)
def test_the_namespaces_without_a_selection_are_named(parameters: dict[str, Any], words: str) -> None:
    messages = [item.message for item in rules.find_doubtful({**parameters, "include_resources": [entry()]})]
    assert any(words in message for message in messages), messages


@pytest.mark.parametrize(
    ("kind", "near"),
    [
        ("deployments", "Deployment"),
        ("deployment", "Deployment"),
        ("apps/v1/Deployment", "Deployment"),
        ("deployments.apps", "Deployment"),
        ("Deploymnet", "Deployment"),
        ("ingresses", "Ingress"),
        ("networkpolicies", "NetworkPolicy"),
        ("pvc", "PersistentVolumeClaim"),
        ("pvcs", "PersistentVolumeClaim"),
        ("endpoints", "Endpoints"),
        ("cm", "ConfigMap"),
        ("svc", ""),
        ("cmx", ""),
        ("cms", "ConfigMap"),
        ("cmes", "ConfigMap"),
        ("cmxx", ""),
        ("Kafka", ""),
        ("", ""),
        ("/", ""),
    ],
)
def test_a_similar_kind_is_suggested(kind: str, near: str) -> None:
    assert resource_types.find_nearest(kind, KNOWN) == near


@pytest.mark.parametrize(
    ("parameters", "known", "findings"),
    [
        ({"resource_types": ["Deployment"]}, KNOWN, []),
        ({"resource_types": ["anything"]}, [], []),
        (
            {"resource_types": ["Deployment", "configmaps", "Kafka"]},
            KNOWN,
            [
                ("warning", "did you mean 'ConfigMap'?"),
                ("warning", "'Kafka' is not a resource type of cluster 'c'"),
            ],
        ),
        ({"exclude_resource_types": ["deployments"]}, KNOWN, [("warning", "excludes nothing; did you mean")]),
        ({"exclude_resource_types": ["deployment"]}, KNOWN, [("note", "exact case")]),
    ],
)
def test_kinds(parameters: dict[str, Any], known: list[str], findings: list[tuple[str, str]]) -> None:
    given = list(resource_types.check_types(parameters, known, "c"))
    assert [item.severity for item in given] == [severity for severity, _words in findings]
    for number, (_severity, words) in enumerate(findings):
        assert words in given[number].message


@pytest.mark.parametrize(
    ("share", "findings"),
    [
        ({"collaborators": [{"id": USER}, {"id": "*"}, {"id": f"f:{USER}:bob"}, {"id": "me"}]}, []),
        ({"collaborators": [{"id": "bob"}]}, ["backup_share.collaborators"]),
        ({"collaborators": [{"id": USER[:-1]}, {"id": USER.upper()}]}, ["backup_share.collaborators"]),
        ({"collaborators": None, "groups": [{"id": "platform"}, {"id": "*"}]}, []),
        ({"groups": [{"id": USER}]}, ["backup_share.groups"]),
    ],
)
def test_users_and_groups_of_a_share(share: dict[str, Any], findings: list[str]) -> None:
    given = list(users.check_shared_with(share, lambda: "me"))
    assert [item.parameter for item in given] == findings
    assert {item.severity for item in given} <= {"warning"}


class Server:
    """A server with one cluster and one backup location, and a context that talks to it."""

    def __init__(self, serve: Serve, cluster: Any = "Online", location: Any = "Valid", kinds: Reply = KINDS) -> None:
        lists = {
            "/v1/cluster/default": {
                "clusters": [_listed({"clusterInfo": {"status": {"status": cluster, "reason": "it is away"}}})]
            },
            "/v1/backuplocation/default": {
                "backup_locations": [_listed({"backup_location_info": {"status": {"status": location}}})]
            },
        }

        def respond(request: Request) -> Reply:
            return json_reply(lists[request.path]) if request.path in lists else kinds

        self._server = serve(responder=respond)
        self.warnings: list[str] = []
        made = samples.context(samples.transport(self._server.url))
        self.context = made._replace(warn=self.warnings.append, caller=lambda: "me")

    def asked(self, path: str) -> int:
        """Return how often this was asked for."""
        return [request.path for request in self._server.requests].count(path)

    @property
    def requests(self) -> list[Request]:
        return self._server.requests


def _listed(info: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "x", "uid": "u"}, **info}


def looked_up(context: Context, **parameters: Any) -> dict[str, Any]:
    refs = {name: context.references.resolve(name, kind, {"name": "x"}) for name, kind in REFERENCES.items()}
    return {**NAMES, **refs, **parameters}


@pytest.mark.parametrize(
    ("states", "severity", "parameter"),
    [
        ({"cluster": "Offline"}, "error", "cluster_ref"),
        ({"cluster": "Pending"}, "warning", "cluster_ref"),
        ({"cluster": "DeletePending"}, "warning", "cluster_ref"),
        ({"location": "ValidationFailed"}, "error", "backup_location_ref"),
        ({"location": "ValidationInProgress"}, "warning", "backup_location_ref"),
        ({"location": "LimitedAvailability"}, "note", "backup_location_ref"),
        ({"cluster": "Invalid"}, "", ""),
        ({"cluster": None, "location": None}, "", ""),
        ({"cluster": "NewWord", "location": ["odd"]}, "", ""),
    ],
)
def test_states(serve: Serve, states: dict[str, Any], severity: str, parameter: str) -> None:
    server = Server(serve, **states)
    context, warnings = server.context, server.warnings
    wanted = looked_up(context)
    if severity == "error":
        with pytest.raises(StateError) as caught:
            preflight.check_create(context, wanted)
        assert caught.value.retriable
        assert caught.value.hint == (
            "fix it in PX-Backup and run the task again, or set preflight to off to send the request anyway"
        )
        findings = caught.value.result["preflight"]
    else:
        findings = preflight.as_result(preflight.check_create(context, wanted))
    assert [(item["severity"], item["parameter"]) for item in findings] == [(severity, parameter)] * bool(severity)
    assert len(warnings) == (severity == "warning")
    assert preflight.check_create(context, {**wanted, "preflight": "off"}) == []
    assert len(server.requests) == 2, "what the look-up brought is enough"
    assert [request.query for request in server.requests if "location" in request.path] == [
        [("include_validation_state", "true")]
    ]


def test_an_object_that_may_not_be_listed_is_not_judged(serve: Serve) -> None:
    context = Server(serve).context
    refs = dict.fromkeys(("cluster_ref", "backup_location_ref"), {"name": "x", "uid": "unseen"})
    assert preflight.check_create(context, {**NAMES, **refs}) == []


def test_the_kinds_of_a_cluster_are_requested_once(serve: Serve) -> None:
    server = Server(serve)
    context, warnings = server.context, server.warnings
    for number in range(3):
        preflight.check_create(context, looked_up(context, name=f"n{number}", resource_types=["deployments"]))
    assert server.asked(KINDS_PATH) == 1
    assert [text.partition(":")[0] for text in warnings] == ["CREATE of 'n0'", "CREATE of 'n1'", "CREATE of 'n2'"]


@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.parametrize("mode", ["warn", "strict"])
def test_a_refused_list_of_kinds_is_a_note_and_requested_once(serve: Serve, mode: str, status: int) -> None:
    server = Server(serve, kinds=json_reply({"code": 7, "message": "no role for this"}, status))
    context, warnings = server.context, server.warnings
    for _attempt in range(2):
        wanted = looked_up(context, resource_types=["Pod"], exclude_resource_types=["Job"], preflight=mode)
        (note,) = preflight.check_create(context, wanted)
        assert (note.severity, note.parameter) == ("note", "resource_types")
        assert note.message.startswith(
            "resource_types and exclude_resource_types could not be checked against the cluster's resource types: "
        )
        assert "no role for this" in note.message
    assert server.asked(KINDS_PATH) == 1 and warnings == []


@pytest.mark.parametrize(
    ("states", "more"),
    [
        ({}, {}),
        ({}, {"resource_types": ["Pod"], "preflight": "off"}),
        ({"cluster": "Pending"}, {"resource_types": ["Pod"]}),
    ],
)
def test_kinds_are_not_requested_without_need(serve: Serve, states: dict[str, Any], more: dict[str, Any]) -> None:
    server = Server(serve, **states)
    preflight.check_create(server.context, looked_up(server.context, **more))
    assert server.asked(KINDS_PATH) == 0


def test_errors_are_reported_together_and_the_most_severe_first(serve: Serve) -> None:
    server = Server(serve, cluster="Offline", location="LimitedAvailability")
    context, warnings = server.context, server.warnings
    wanted = looked_up(context, namespaces=["*", "shop"], ownership={"owner": "bob"})
    with pytest.raises(StateError) as caught:
        preflight.check_create(context, wanted)
    severities = [item["severity"] for item in caught.value.result["preflight"]]
    assert severities == ["error", "warning", "warning", "note"]
    assert len(warnings) == 2, "a warning is told beside an error"

    warnings.clear()
    with pytest.raises(ValidationError) as strict:
        preflight.check_create(context, {**wanted, "preflight": "strict"})
    for words in ("cluster_ref: PX-Backup reports", "'*' includes all", "ownership.owner 'bob'", "preflight to warn"):
        assert words in str(strict.value)
    assert warnings == [] and not strict.value.retriable
    assert strict.value.hint == "correct the task, or set preflight to warn where this is intended"
    assert str(strict.value).startswith("CREATE of 'one' was not sent: namespaces names '*'")
    assert ". cluster_ref: PX-Backup reports" in str(strict.value)


@pytest.mark.parametrize("mode", ["warn", "strict", "off", None])
def test_a_certain_failure_is_refused_in_every_mode_without_a_request(mode: str | None) -> None:
    parameters = {**NAMES, "ns_label_selectors": "a=b,", "preflight": mode}
    with pytest.raises(ValidationError) as caught:
        preflight.refuse_impossible(parameters)
    severities = [item["severity"] for item in caught.value.result["preflight"]]
    assert severities == {"off": ["error"], "strict": ["error", "error"]}.get(str(mode), ["error", "warning"])
    assert "CREATE of 'one' was not sent: ns_label_selectors 'a=b,'" in str(caught.value)
    preflight.refuse_impossible({**NAMES, "namespaces": ["*", "x"], "preflight": mode})


def test_the_result_holds_plain_values() -> None:
    finding = Finding("note", "namespaces", "namespaces is odd")
    assert preflight.as_result([finding]) == [
        {"severity": "note", "parameter": "namespaces", "message": "namespaces is odd"}
    ]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"status": "Offline"}, "'x' is Offline, so a backup fails; fix it first"),
        ({"status": "Offline", "reason": "it is away"}, "'x' is Offline (it is away), so a backup fails; fix it first"),
        ({"status": "Pending", "reason": ""}, "'x' is Pending, so a backup may fail; fix it first"),
    ],
)
def test_a_state_with_and_without_a_reason(status: dict[str, str], message: str) -> None:
    (finding,) = states.check_state(states.CLUSTER_STATES, "cluster_ref", _listed({"clusterInfo": {"status": status}}))
    assert finding.message == f"cluster_ref: PX-Backup reports that cluster {message}"
