# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups: which backups are copies of the same thing, so that a newer one may replace an older one.

The default compares all that decides what a backup holds and where it lies: a backup of ConfigMaps never replaces a
full one, and a copy in a second location is no duplicate. Facts: docs/server-behaviour.md, sections 2.6
(what a retry contains) and 8.1 (settings).
"""

from __future__ import annotations

import re
from typing import Any, Callable, NamedTuple

from ..backups.option_types import canonical_type
from ..errors import ValidationError
from ..text import quoted

Backup = dict[str, Any]


def ref_of(info: dict[str, Any], parameter: str, plain: str) -> tuple[str, str]:
    """Return name and uid of what a decoded ``backup_info`` refers to.

    Args:
        plain: the field with the name alone, which old servers fill.
    """
    ref = info[parameter] or {}
    return str(ref.get("name") or info[plain]), str(ref.get("uid") or "")


def _identity(info: dict[str, Any], parameter: str, plain: str) -> str:
    name, uid = ref_of(info, parameter, plain)
    return uid or name


def _namespaces(info: dict[str, Any]) -> tuple[str, ...] | None:
    # What a selector found differs from run to run; the selector itself is compared instead.
    return None if info["ns_label_selectors"] else tuple(sorted(set(info["namespaces"])))


def _selectors(info: dict[str, Any]) -> tuple[Any, ...]:
    labels = tuple(sorted(info["label_selectors"].items()))
    return labels, info["ns_label_selectors"], info["advanced_resource_label_selector"]


def _narrowing(info: dict[str, Any]) -> tuple[Any, ...]:
    resources = {tuple(str(item[key]) for key in _RESOURCE) for item in info["include_resources"]}
    policy = info["volume_resource_only_policy_ref"] or {}
    return (
        tuple(sorted(set(info["resource_types"]))),
        tuple(sorted(set(info["exclude_resource_types"]))),
        tuple(sorted(resources)),
        policy.get("uid") or policy.get("name") or "",
    )


_RESOURCE = ("namespace", "group", "version", "kind", "name")
_SELECTORS = ("label_selectors", "ns_label_selectors", "advanced_resource_label_selector")
_NARROWING = ("resource_types", "exclude_resource_types", "include_resources", "volume_resource_only_policy_ref")

# Part of a key -> what is compared, from a decoded `backup_info`.
PARTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "cluster": lambda info: _identity(info, "cluster_ref", "cluster"),
    "location": lambda info: _identity(info, "backup_location_ref", "backup_location"),
    "object_type": lambda info: canonical_type(info["backup_object_type"]),
    "namespaces": _namespaces,
    "selectors": _selectors,
    "narrowing": _narrowing,
}
DEFAULT_PARTS = tuple(PARTS)

# What all parts of a key read of a backup, and whether it is a retry.
GROUP_READS = (
    "metadata.name",
    "metadata.labels",
    "backup_info.retry_parent",
    "backup_info.cluster",
    "backup_info.cluster_ref",
    "backup_info.backup_location",
    "backup_info.backup_location_ref",
    "backup_info.backup_object_type",
    "backup_info.namespaces",
    *(f"backup_info.{name}" for name in (*_SELECTORS, *_NARROWING)),
)

_LABEL, _NAME = "label:", "name:"

# Returns what is compared, `None` where the backup has nothing to compare.
Part = Callable[[Backup], Any]


class Grouping(NamedTuple):
    """How backups are grouped.

    Attributes:
        parts: for each part its name and what it compares of a decoded backup. Whether a backup is a retry is always
            compared: a retry holds only what failed in another backup, and never replaces a whole one.
        by_default: whether the task leaves the grouping to the default.
    """

    parts: tuple[tuple[str, Part], ...]
    by_default: bool

    def key_of(self, backup: Backup) -> tuple[tuple[Any, ...], str]:
        """Return the key of a decoded backup, and why it belongs to no group, ``""`` when it does.

        A backup that lacks a label or has another name is in no group: with all others that lack it, it would be
        taken for a copy of them.
        """
        key = []
        for name, part in self.parts:
            value = part(backup)
            if value is None and name.startswith((_LABEL, _NAME)):
                return (), f"group_by {quoted(name)} does not match it"
            key.append(value)
        return (*key, bool(backup["backup_info"]["retry_parent"])), ""

    def describe(self, key: tuple[Any, ...], names: dict[str, str]) -> dict[str, Any]:
        """Return a key for the user.

        Args:
            names: shown in place of the uid, for the parts that have a name.
        """
        shown = {name: names.get(name) or _shown(name, value) for (name, _part), value in zip(self.parts, key)}
        return {**shown, "retry": key[-1]}


def _shown(name: str, value: Any) -> Any:
    if name == "namespaces":
        return None if value is None else list(value)
    if name == "selectors":
        return {**dict(zip(_SELECTORS, value)), "label_selectors": dict(value[0])}
    if name == "narrowing":
        kinds, excluded, resources, policy = value
        shown = [list(kinds), list(excluded), [dict(zip(_RESOURCE, item)) for item in resources], policy]
        return dict(zip(_NARROWING, shown))
    return list(value) if isinstance(value, tuple) else value


def parse_grouping(group_by: list[str] | None) -> Grouping:
    """Return the grouping that the option ``group_by`` means, the default one when it is omitted.

    Raises:
        ValidationError: a part is unknown, or its regular expression is not valid.
    """
    names = list(DEFAULT_PARTS) if group_by is None else group_by
    if not names:
        raise ValidationError("group_by is empty", hint=f"omit it, or use parts such as {', '.join(DEFAULT_PARTS)}")
    return Grouping(tuple((name, _part(name)) for name in names), group_by is None)


def _part(name: str) -> Part:
    if name in PARTS:
        compared = PARTS[name]
        return lambda backup: compared(backup["backup_info"])
    if name.startswith(_LABEL) and name != _LABEL:
        label = name[len(_LABEL) :]
        return lambda backup: backup["metadata"]["labels"].get(label)
    if name.startswith(_NAME) and name != _NAME:
        return _name_part(name)
    raise ValidationError(
        f"group_by {quoted(name)} is not a valid part of a group",
        hint=f"use {', '.join(PARTS)}, label:NAME or name:REGEX",
    )


def _name_part(name: str) -> Part:
    try:
        pattern = re.compile(name[len(_NAME) :])
    except re.error as error:
        raise ValidationError(
            f"group_by {quoted(name)} is not a valid regular expression: {error}", hint="correct it"
        ) from None

    def compare(backup: Backup) -> Any:
        match = pattern.search(backup["metadata"]["name"])
        return match and (match.groups() or match.group())

    return compare
