# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server takes and what then goes wrong: the rules, each a pure function of what is known before.

What always ends badly is an error, what is probably a mistake a warning, what nobody can judge a note. Facts: behaviour
note 2.3 (reasons), 5.1 (whom an id names), 6.2 (states of clusters and backup locations), 8 (what is backed up).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Callable, NamedTuple

from ...core.parameters import ERROR, NOTE, WARNING
from ..content import MACHINE
from .selectors import SelectorError, contradiction, is_key, is_value, parse


class Finding(NamedTuple):
    """One thing that is or may be wrong.

    Attributes:
        severity: ``error``, ``warning`` or ``note``.
        parameter: of the task.
        message: one sentence with the parameter, its value and what to do.
    """

    severity: str
    parameter: str
    message: str


Parameters = dict[str, Any]
Findings = Iterator[Finding]


# --- what the parameters alone say


def impossible(parameters: Parameters) -> Findings:
    """Yield what always fails, whatever cluster it meets."""
    for name in _SELECTORS:
        if parameters.get(name):
            yield from _malformed(name, parameters[name])
    if is_of_machines(parameters):
        yield from _machines_that_fail(parameters)


_SELECTORS = ("ns_label_selectors", "advanced_resource_label_selector")
_RULES = ("pre_exec_rule_ref", "post_exec_rule_ref")

# The server's own words for what it lets pass and then fails (behaviour note 2.3).
TYPES_OF_MACHINES = "Error validating parameters: resourceType should be nil for backup Object type VirtualMachine"
RULES_OF_MACHINES = (
    "Error validating parameters: exec Rules are specified but skipAutoExecRules is not set to true "
    "for backup Object type VirtualMachine"
)


def is_of_machines(parameters: Parameters) -> bool:
    """Whether the task asks for a backup of virtual machines."""
    return bool((parameters.get("backup_object_type") or {}).get("type") == MACHINE)


def _malformed(parameter: str, text: str) -> Findings:
    try:
        parse(text)
    except SelectorError as error:
        yield Finding(ERROR, parameter, f"{parameter} {text!r} is no label selector: {error}")


def _machines_that_fail(parameters: Parameters) -> Findings:
    fails = "the server would take it, and the backup would end Failed with"
    if parameters.get("resource_types"):
        yield Finding(
            ERROR,
            "resource_types",
            f"resource_types {parameters['resource_types']!r} cannot narrow a backup of the type {MACHINE}: "
            f"{fails} {TYPES_OF_MACHINES!r}; leave resource_types out",
        )
    if not parameters.get("skip_vm_auto_exec_rules"):
        for name in _RULES:
            if parameters.get(name):
                rule = parameters[name].get("name") or parameters[name].get("uid")
                yield Finding(
                    ERROR,
                    name,
                    f"{name} {rule!r} cannot run in a backup of the type {MACHINE} beside its automatic rules: "
                    f"{fails} {RULES_OF_MACHINES!r}; set skip_vm_auto_exec_rules to true, or leave {name} out",
                )


def doubtful(parameters: Parameters) -> Findings:
    """Yield what is probably a mistake, and what has no effect."""
    yield from _choice_of_namespaces(parameters)
    for name in _SELECTORS:
        if parameters.get(name):
            yield from _without_sense(name, parameters[name])
    yield from _taken_besides(parameters)
    yield from _labels(parameters)
    yield from _kinds_in_both(parameters)
    if is_of_machines(parameters):
        yield from _no_machines(parameters)
    elif parameters.get("skip_vm_auto_exec_rules"):
        yield Finding(
            NOTE,
            "skip_vm_auto_exec_rules",
            f"skip_vm_auto_exec_rules has an effect on backups of the type {MACHINE} alone",
        )


# What chooses namespaces. Whether a server takes a request without any of them is not known, so it is sent.
_CHOICES = ("namespaces", "ns_label_selectors", "include_resources")

# A name that Kubernetes lets a namespace have.
_NAMESPACE = re.compile(r"(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def _choice_of_namespaces(parameters: Parameters) -> Findings:
    names = parameters.get("namespaces") or []
    if not any(parameters.get(choice) for choice in _CHOICES):
        yield Finding(
            WARNING,
            "namespaces",
            f"the task says nothing to back up: it gives none of {', '.join(_CHOICES)}; "
            "for all namespaces give namespaces: ['*']",
        )
    if names and parameters.get("ns_label_selectors"):
        yield Finding(
            WARNING,
            "namespaces",
            f"namespaces {names!r} has no effect beside ns_label_selectors {parameters['ns_label_selectors']!r}, "
            "which replaces it by what it finds; keep one of the two",
        )
    others = [name for name in names if name != "*"]
    if "*" in names and others:
        yield Finding(
            WARNING,
            "namespaces",
            f"namespaces names '*' and {_listed(others)}: '*' takes all namespaces already; keep one of the two",
        )
    wrong = [name for name in others if not _NAMESPACE.fullmatch(name)]
    if wrong:
        yield Finding(
            WARNING,
            "namespaces",
            f"namespaces names {_listed(wrong)}, which Kubernetes lets no namespace be called, and a namespace that is "
            "not there fails the backup; correct it",
        )


def _without_sense(parameter: str, text: str) -> Findings:
    """Yield where a selector that can be read chooses everything, or nothing ever."""
    try:
        requirements = parse(text)
    except SelectorError:
        return
    if not requirements:
        yield Finding(
            WARNING,
            parameter,
            f"{parameter} {text!r} is blank, which chooses everything; leave it out, or say what it shall choose",
        )
    key = contradiction(requirements)
    if key:
        yield Finding(
            WARNING,
            parameter,
            f"{parameter} {text!r} can choose nothing: no labels meet what it says of {key!r}; correct it",
        )


def _taken_besides(parameters: Parameters) -> Findings:
    """Yield which namespaces ``include_resources`` does not narrow: it narrows those that it names (note 8.1)."""
    entries = parameters.get("include_resources") or []
    if not entries:
        return
    named = {entry["namespace"] for entry in entries}
    names = parameters.get("namespaces") or []
    if parameters.get("ns_label_selectors"):
        others = "every namespace that ns_label_selectors finds and include_resources does not name"
    elif "*" in names:
        others = f"every namespace but {_listed(sorted(named))}"
    else:
        left = [name for name in names if name not in named]
        others = f"{'namespace' if len(left) == 1 else 'namespaces'} {_listed(left)}" if left else ""
    if others:
        yield Finding(
            NOTE if parameters.get("resource_types") else WARNING,
            "include_resources",
            f"include_resources narrows only the namespaces that it names: {others} will be taken "
            f"{_how_much(parameters)}; leave out what is not meant, or list its resources",
        )
    unlisted = sorted(named - set(names))
    if names and unlisted and "*" not in names and not parameters.get("ns_label_selectors"):
        yield Finding(
            NOTE,
            "include_resources",
            f"include_resources names {_listed(unlisted)}, which namespaces does not; whether a server looks there is "
            "not known, so name it in namespaces too",
        )


def _how_much(parameters: Parameters) -> str:
    if is_of_machines(parameters):
        return "with all its virtual machines"
    if parameters.get("resource_types"):
        return "with every resource of the kinds in resource_types"
    if parameters.get("label_selectors") or parameters.get("advanced_resource_label_selector"):
        return "with every resource that has the labels"
    return "in full"


def _labels(parameters: Parameters) -> Findings:
    labels = parameters.get("label_selectors") or {}
    if labels and parameters.get("advanced_resource_label_selector"):
        yield Finding(
            WARNING,
            "label_selectors",
            f"label_selectors {labels!r} has no effect beside advanced_resource_label_selector, which replaces it; "
            "say all of it in advanced_resource_label_selector",
        )
    for key, value in labels.items():
        if not (is_key(key) and is_value(value)):
            yield Finding(
                WARNING,
                "label_selectors",
                f"label_selectors {{{key!r}: {value!r}}} is no label that Kubernetes lets a resource have, and so "
                "chooses nothing; operators go into advanced_resource_label_selector",
            )


def _kinds_in_both(parameters: Parameters) -> Findings:
    wanted = parameters.get("resource_types") or []
    excluded = {kind.lower() for kind in parameters.get("exclude_resource_types") or []}
    both = [kind for kind in wanted if kind.lower() in excluded]
    if both:
        rest = "; nothing is left to back up" if len(both) == len(wanted) else ""
        yield Finding(
            WARNING,
            "exclude_resource_types",
            f"exclude_resource_types leaves out {_listed(both)}, which resource_types asks for{rest}; keep one of the "
            "two",
        )


# The API group of virtual machines in `include_resources` (behaviour note 8.3).
_MACHINE_GROUP = "kubevirt.io"


def _no_machines(parameters: Parameters) -> Findings:
    others = [
        f"{entry['kind']} {entry['namespace']}/{entry['name']}"
        for entry in parameters.get("include_resources") or []
        if (entry["kind"], entry["group"]) != (MACHINE, _MACHINE_GROUP)
    ]
    if others:
        yield Finding(
            WARNING,
            "include_resources",
            f"include_resources lists {_listed(others)}, and a backup of the type {MACHINE} takes from it only the "
            f"kind {MACHINE} of the group {_MACHINE_GROUP}; leave it out, what belongs to a machine comes with it",
        )


# --- what the server has said already


class States(NamedTuple):
    """Where an object's state stands, and what its words mean for a new backup."""

    word: str
    info: str
    bad: tuple[str, ...]
    doubtful: tuple[str, ...]
    unclear: tuple[str, ...] = ()


CLUSTER = States("cluster", "clusterInfo", ("Offline",), ("DeletePending", "Pending", "Failed"))
LOCATION = States(
    "backup location",
    "backup_location_info",
    ("ValidationFailed",),
    ("DeletePending", "ValidationInProgress"),
    # Some clusters can reach it, some cannot.
    ("LimitedAvailability",),
)


def state(states: States, parameter: str, item: dict[str, Any] | None) -> Findings:
    """Yield what the state of an object means; one that is not said, or that nobody knows, means nothing."""
    info = (item or {}).get(states.info)
    status = info.get("status") if isinstance(info, dict) else None
    said = status.get("status") if isinstance(status, dict) else None
    if item is None or status is None or said is None:
        return
    severities = {ERROR: states.bad, WARNING: states.doubtful, NOTE: states.unclear}
    severity = next((level for level, words in severities.items() if said in words), None)
    if severity:
        reason = f" ({status['reason']})" if status.get("reason") else ""
        yield Finding(
            severity,
            parameter,
            f"{parameter}: PX-Backup says that {states.word} {item['metadata']['name']!r} is {said}{reason}, and a "
            f"backup {'fails then' if severity == ERROR else 'may fail then'}; bring it into order first",
        )


# --- the kinds of resources


KIND_PARAMETERS = ("resource_types", "exclude_resource_types")


def kinds(parameters: Parameters, known: list[str], cluster: str) -> Findings:
    """Yield the kinds that the server does not back up of a cluster; an empty list says nothing.

    ``resource_types`` are matched in exact case, ``exclude_resource_types`` most probably not (behaviour note 8.1).
    """
    if not known:
        return
    lower = {kind.lower() for kind in known}
    for name in KIND_PARAMETERS:
        for kind in parameters.get(name) or []:
            if kind in known:
                continue
            near = nearest(kind, known)
            meant = f"; did you mean {near!r}?" if near else "; give a kind as in Deployment"
            if name == "exclude_resource_types" and kind.lower() in lower:
                message = f"{name} {kind!r} is not in the exact case of the kind{meant}"
                yield Finding(NOTE, name, message)
                continue
            effect = "and matches nothing" if name == "resource_types" else "and leaves nothing out"
            yield Finding(
                WARNING,
                name,
                f"{name} {kind!r} is no kind that PX-Backup knows of cluster {cluster!r}, {effect}{meant}",
            )


# What people write for a kind because kubectl takes it.
_SHORT = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ep": "Endpoints",
    "ing": "Ingress",
    "limits": "LimitRange",
    "netpol": "NetworkPolicy",
    "pdb": "PodDisruptionBudget",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sts": "StatefulSet",
    "svc": "Service",
    "vm": "VirtualMachine",
}

# How alike a misspelt kind must be to be offered, from 0 to 1.
_ALIKE = 0.75


def nearest(kind: str, known: Iterable[str]) -> str:
    """Return the kind that was probably meant, ``""`` when none is near."""
    by_lower = {item.lower(): item for item in known}
    # `apps/v1/Deployment` and `deployments.apps` name the group as well.
    word = kind.strip().rpartition("/")[2].partition(".")[0].lower()
    guesses = [word, word[:-1] if word.endswith("s") else word]
    if word.endswith("ies"):
        guesses.append(f"{word[:-3]}y")
    if word.endswith("es"):
        guesses.append(word[:-2])
    guesses += [_SHORT[guess].lower() for guess in guesses if guess in _SHORT]
    found = next((by_lower[guess] for guess in guesses if guess in by_lower), "")
    if found or not word:
        return found
    alike = difflib.get_close_matches(word, by_lower, n=1, cutoff=_ALIKE)
    return by_lower[alike[0]] if alike else ""


# --- people


# A user's id as Keycloak makes it; `f:` begins that of a user whom another directory keeps.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIRECTORY = "f:"
_EVERYBODY = "*"


def _is_user_id(text: str) -> bool:
    return text == _EVERYBODY or text.startswith(_DIRECTORY) or bool(_UUID.fullmatch(text))


def shared_with(share: dict[str, Any], caller: Callable[[], str]) -> Findings:
    """Yield where a share names a user by something that is no id, or a group by something that is no name."""
    yield from _users("backup_share.collaborators", [item["id"] for item in share.get("collaborators") or []], caller)
    for item in share.get("groups") or []:
        if _UUID.fullmatch(item["id"]):
            yield Finding(
                WARNING,
                "backup_share.groups",
                f"backup_share.groups {item['id']!r} looks like an id, and a group is shared with by its name: with an "
                "id the server shares with nobody; give the group's name",
            )


def owners(parameters: Parameters, caller: Callable[[], str]) -> Findings:
    """Yield where the ownership of a new backup names a user by something that is no id."""
    ownership = parameters.get("ownership") or {}
    owner = ownership.get("owner")
    yield from _users("ownership.owner", [owner] if owner else [], caller)
    yield from _users("ownership.collaborators", [item["id"] for item in ownership.get("collaborators") or []], caller)


def _users(parameter: str, ids: list[str], caller: Callable[[], str]) -> Findings:
    # The caller's own id is one, whatever it looks like.
    for user in ids:
        if not _is_user_id(user) and user != caller():
            yield Finding(
                WARNING,
                parameter,
                f"{parameter} {user!r} is no user id (a UUID): with a login name the server means nobody; "
                "give the id that the login service gives the user",
            )


# How many names a sentence lists before it counts the rest.
_MOST_NAMES = 10


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:_MOST_NAMES]))
    return shown + (f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else "")
