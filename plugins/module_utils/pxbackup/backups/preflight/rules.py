# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules about a task's parameters alone: what always fails, and what is probably a mistake.

Each is a pure function. What always fails is an error, what is probably a mistake a warning, what cannot be judged a
note. Facts: docs/server-behaviour.md, sections 2.3 (reasons), 8 (what is backed up).
"""

from __future__ import annotations

import re

from ..content import MACHINE, MACHINE_GROUP
from .findings import ERROR, NOTE, WARNING, Finding, Findings, Parameters, list_names
from .selectors import SelectorError, contradiction, is_key, is_value, parse


def find_impossible(parameters: Parameters) -> Findings:
    """Yield what always fails, on any cluster."""
    for name in _SELECTORS:
        if parameters.get(name):
            yield from _check_selector_syntax(name, parameters[name])
    if is_machine_backup(parameters):
        yield from _failing_machine_settings(parameters)


_SELECTORS = ("ns_label_selectors", "advanced_resource_label_selector")
_RULES = ("pre_exec_rule_ref", "post_exec_rule_ref")

# The server's own words for what it accepts and then fails (docs/server-behaviour.md, section 2.3).
MACHINE_TYPES_ERROR = "Error validating parameters: resourceType should be nil for backup Object type VirtualMachine"
MACHINE_RULES_ERROR = (
    "Error validating parameters: exec Rules are specified but skipAutoExecRules is not set to true "
    "for backup Object type VirtualMachine"
)


def is_machine_backup(parameters: Parameters) -> bool:
    """Whether the task asks for a backup of virtual machines."""
    return bool((parameters.get("backup_object_type") or {}).get("type") == MACHINE)


def _check_selector_syntax(parameter: str, text: str) -> Findings:
    try:
        parse(text)
    except SelectorError as error:
        yield Finding(ERROR, parameter, f"{parameter} {text!r} is not a valid label selector: {error}")


def _failing_machine_settings(parameters: Parameters) -> Findings:
    fails = "the server would accept it, and the backup would end Failed with"
    if parameters.get("resource_types"):
        yield Finding(
            ERROR,
            "resource_types",
            f"resource_types {parameters['resource_types']!r} cannot narrow a backup of the type {MACHINE}: "
            f"{fails} {MACHINE_TYPES_ERROR!r}; omit resource_types",
        )
    if not parameters.get("skip_vm_auto_exec_rules"):
        for name in _RULES:
            if parameters.get(name):
                rule = parameters[name].get("name") or parameters[name].get("uid")
                yield Finding(
                    ERROR,
                    name,
                    f"{name} {rule!r} cannot run in a backup of the type {MACHINE} together with its automatic rules: "
                    f"{fails} {MACHINE_RULES_ERROR!r}; set skip_vm_auto_exec_rules to true, or omit {name}",
                )


def find_doubtful(parameters: Parameters) -> Findings:
    """Yield what is probably a mistake, and what has no effect."""
    yield from _check_namespaces(parameters)
    for name in _SELECTORS:
        if parameters.get(name):
            yield from _check_selector(name, parameters[name])
    yield from _check_include_resources(parameters)
    yield from _check_labels(parameters)
    yield from _check_excluded_types(parameters)
    if is_machine_backup(parameters):
        yield from _check_machine_resources(parameters)
    elif parameters.get("skip_vm_auto_exec_rules"):
        yield Finding(
            NOTE,
            "skip_vm_auto_exec_rules",
            f"skip_vm_auto_exec_rules affects only backups of the type {MACHINE}",
        )


# What chooses namespaces. Whether a server takes a request without any of them is not known, so it is sent.
_CHOICES = ("namespaces", "ns_label_selectors", "include_resources")

# A name that Kubernetes lets a namespace have.
_NAMESPACE = re.compile(r"(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def _check_namespaces(parameters: Parameters) -> Findings:
    names = parameters.get("namespaces") or []
    if not any(parameters.get(choice) for choice in _CHOICES):
        yield Finding(
            WARNING,
            "namespaces",
            f"nothing is selected for the backup: none of {', '.join(_CHOICES)} is set; "
            "for all namespaces set namespaces: ['*']",
        )
    if names and parameters.get("ns_label_selectors"):
        yield Finding(
            WARNING,
            "namespaces",
            f"namespaces {names!r} has no effect together with ns_label_selectors "
            f"{parameters['ns_label_selectors']!r}, which replaces it with what it finds; keep one of the two",
        )
    others = [name for name in names if name != "*"]
    if "*" in names and others:
        yield Finding(
            WARNING,
            "namespaces",
            f"namespaces names '*' and {list_names(others)}: '*' includes all namespaces already; keep one of the two",
        )
    wrong = [name for name in others if not _NAMESPACE.fullmatch(name)]
    if wrong:
        yield Finding(
            WARNING,
            "namespaces",
            f"namespaces names {list_names(wrong)}, which is not a valid namespace name in Kubernetes, and a missing "
            "namespace fails the backup; correct it",
        )


def _check_selector(parameter: str, text: str) -> Findings:
    """Yield where a valid selector selects everything, or never anything."""
    try:
        requirements = parse(text)
    except SelectorError:
        return
    if not requirements:
        yield Finding(
            WARNING,
            parameter,
            f"{parameter} {text!r} is blank, which selects everything; omit it, or set what it must select",
        )
    key = contradiction(requirements)
    if key:
        yield Finding(
            WARNING,
            parameter,
            f"{parameter} {text!r} can select nothing: no labels meet its requirements on {key!r}; correct it",
        )


def _check_include_resources(parameters: Parameters) -> Findings:
    """Yield the namespaces that ``include_resources`` does not narrow: it narrows those that it names (note 8.1)."""
    entries = parameters.get("include_resources") or []
    if not entries:
        return
    named = {entry["namespace"] for entry in entries}
    names = parameters.get("namespaces") or []
    if parameters.get("ns_label_selectors"):
        others = "every namespace that ns_label_selectors finds and include_resources does not name"
    elif "*" in names:
        others = f"every namespace except {list_names(sorted(named))}"
    else:
        left = [name for name in names if name not in named]
        others = f"{'namespace' if len(left) == 1 else 'namespaces'} {list_names(left)}" if left else ""
    if others:
        yield Finding(
            NOTE if parameters.get("resource_types") else WARNING,
            "include_resources",
            f"include_resources narrows only the namespaces that it names: {others} will be backed "
            f"up {_how_much(parameters)}; omit what is not meant, or list its resources",
        )
    unlisted = sorted(named - set(names))
    if names and unlisted and "*" not in names and not parameters.get("ns_label_selectors"):
        yield Finding(
            NOTE,
            "include_resources",
            f"include_resources names {list_names(unlisted)}, which namespaces does not; it is unknown whether a "
            "server reads it, so add it to namespaces",
        )


def _how_much(parameters: Parameters) -> str:
    if is_machine_backup(parameters):
        return "with all its virtual machines"
    if parameters.get("resource_types"):
        return "with every resource of the types in resource_types"
    if parameters.get("label_selectors") or parameters.get("advanced_resource_label_selector"):
        return "with every resource that has the labels"
    return "in full"


def _check_labels(parameters: Parameters) -> Findings:
    labels = parameters.get("label_selectors") or {}
    if labels and parameters.get("advanced_resource_label_selector"):
        yield Finding(
            WARNING,
            "label_selectors",
            f"label_selectors {labels!r} has no effect together with advanced_resource_label_selector, which "
            "replaces it; set all of it in advanced_resource_label_selector",
        )
    for key, value in labels.items():
        if not (is_key(key) and is_value(value)):
            yield Finding(
                WARNING,
                "label_selectors",
                f"label_selectors {{{key!r}: {value!r}}} is not a valid label in Kubernetes, and so selects "
                "nothing; operators belong in advanced_resource_label_selector",
            )


def _check_excluded_types(parameters: Parameters) -> Findings:
    wanted = parameters.get("resource_types") or []
    excluded = {kind.lower() for kind in parameters.get("exclude_resource_types") or []}
    both = [kind for kind in wanted if kind.lower() in excluded]
    if both:
        rest = "; nothing remains to back up" if len(both) == len(wanted) else ""
        yield Finding(
            WARNING,
            "exclude_resource_types",
            f"exclude_resource_types excludes {list_names(both)}, which resource_types includes{rest}; keep one of the "
            "two",
        )


def _check_machine_resources(parameters: Parameters) -> Findings:
    others = [
        f"{entry['kind']} {entry['namespace']}/{entry['name']}"
        for entry in parameters.get("include_resources") or []
        if (entry["kind"], entry["group"]) != (MACHINE, MACHINE_GROUP)
    ]
    if others:
        yield Finding(
            WARNING,
            "include_resources",
            f"include_resources lists {list_names(others)}, and a backup of the type {MACHINE} uses only the "
            f"kind {MACHINE} of the group {MACHINE_GROUP} from it; omit it, what belongs to a machine is included",
        )
