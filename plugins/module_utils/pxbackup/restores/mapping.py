# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a restore writes: rules about the namespace mapping, each a pure function of the task and the backup.

A forgotten mapping restores over production, and a wrong one mixes or swaps namespaces, so these are errors before
anything is sent. Facts: docs/server-behaviour.md, sections 9.1 and 9.4.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ..errors import ValidationError
from ..text import join_first
from .options import DELETE

# The length and form of a namespace's name in Kubernetes.
_NAMESPACE = re.compile(r"(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?")

# How many namespaces a sentence lists before it counts the rest.
_MAX_NAMES = 10

Parameters = dict[str, Any]


def plan_mapping(parameters: Parameters, namespaces: list[str]) -> dict[str, str]:
    """Return the namespace mapping to send: the task's, or each namespace onto itself where the task says so.

    Args:
        namespaces: those of the backup.

    Raises:
        ValidationError: the task does not say where to restore, or the mapping is invalid.
    """
    mapping: dict[str, str] = parameters.get("namespace_mapping") or {}
    in_place = parameters.get("in_place") is True
    if "filter" in parameters:
        _check_filter(parameters, mapping, in_place)
        return {}
    if "target_namespace_prefix" in parameters:
        raise ValidationError(
            "target_namespace_prefix has no effect without filter", hint="set namespace_mapping, or set filter too"
        )
    if not mapping:
        if not in_place:
            raise _no_target(namespaces)
        return {name: name for name in namespaces}
    _check_names(mapping, namespaces)
    _check_targets(mapping, namespaces)
    own = sorted(source for source, target in mapping.items() if source == target)
    if in_place and not own:
        raise ValidationError(
            "in_place is true, but namespace_mapping maps no namespace onto itself", hint="omit one of the two"
        )
    if own and not in_place and parameters.get("replace_policy") == DELETE:
        raise ValidationError(
            f"replace_policy Delete would replace what exists in {_list(own)}, which namespace_mapping maps onto "
            "itself",
            hint="set in_place to true if that is meant",
        )
    return dict(mapping)


def _no_target(namespaces: list[str]) -> ValidationError:
    own = f" ({_list(namespaces)})" if namespaces else ""
    return ValidationError(
        "namespace_mapping is required: without it PX-Backup restores every namespace of the backup over itself, in "
        f"place{own}",
        hint="set namespace_mapping, or set in_place to true if the backup's own namespaces are meant",
    )


def _check_filter(parameters: Parameters, mapping: dict[str, str], in_place: bool) -> None:
    """Raise where a filtered restore has a mapping, or no prefix: a prefix alone decides where it writes."""
    chosen = parameters["filter"]
    if "namespace_filter" in chosen and "virtual_machine_filter" in chosen:
        raise ValidationError(
            "filter.namespace_filter and filter.virtual_machine_filter are mutually exclusive", hint="set one of them"
        )
    if mapping:
        raise ValidationError(
            "namespace_mapping has no effect together with filter", hint="set target_namespace_prefix instead"
        )
    if "target_namespace_prefix" not in parameters and not in_place:
        raise ValidationError(
            "target_namespace_prefix is required with filter: without it the backup's own namespaces are restored in "
            "place",
            hint="set target_namespace_prefix, or set in_place to true if that is meant",
        )


def _check_names(mapping: dict[str, str], namespaces: list[str]) -> None:
    unknown = sorted(set(mapping) - set(namespaces)) if namespaces else []
    if unknown:
        raise ValidationError(
            f"namespace_mapping: the backup has no namespace {_list(unknown)}; it has {_list(sorted(namespaces))}",
            hint="correct the source namespaces",
        )
    for source, target in mapping.items():
        if not _NAMESPACE.fullmatch(target):
            raise ValidationError(
                f"namespace_mapping.{source} is {target!r}, which is not a valid namespace name",
                hint="use at most 63 lower case letters, digits and '-'",
            )


def _check_targets(mapping: dict[str, str], namespaces: list[str]) -> None:
    twice = sorted(target for target, count in Counter(mapping.values()).items() if count > 1)
    if twice:
        sources = sorted(source for source, target in mapping.items() if target == twice[0])
        raise ValidationError(
            f"namespace_mapping maps {_list(sources)} to one namespace {twice[0]!r}, which would mix them",
            hint="give each its own target",
        )
    others = set(namespaces) | set(mapping)
    for source, target in sorted(mapping.items()):
        if target != source and target in others:
            raise ValidationError(
                f"namespace_mapping maps {source!r} to {target!r}, which is another namespace of the backup",
                hint="use a target that is not in the backup",
            )


def find_omitted(mapping: dict[str, str], namespaces: list[str]) -> list[str]:
    """Return the namespaces of the backup that a mapping does not name, and that are not restored therefore."""
    return sorted(set(namespaces) - set(mapping)) if mapping else []


def find_overwritten(parameters: Parameters, mapping: dict[str, str], namespaces: list[str]) -> list[str]:
    """Return the namespaces whose existing objects the restore replaces, for the diff."""
    if parameters.get("replace_policy") != DELETE:
        return []
    prefix = parameters.get("target_namespace_prefix", "")
    return sorted(mapping.values() if mapping else [f"{prefix}{name}" for name in namespaces])


def _list(names: list[str]) -> str:
    return join_first(map(repr, names), _MAX_NAMES)
