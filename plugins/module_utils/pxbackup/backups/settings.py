# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired against current: what a task sets compared with what a backup has.

Only what the task sets is compared. Lists that the server treats as sets compare as sets, references by
uid. Facts: behaviour note 1.1 (where a setting stands in the answer), 8.1 (what the server rewrites).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable, NamedTuple


class Setting(NamedTuple):
    """One setting of a backup: where the answer holds it and how two values of it compare.

    Attributes:
        path: keys from the backup object down to the value.
        canonical: brings a value into the one form in which equal settings are equal.
    """

    path: tuple[str, ...]
    canonical: Callable[[Any], Any]


def _text(value: Any) -> str:
    return value or ""


def _flag(value: Any) -> bool:
    return bool(value)


def _names(value: Any) -> list[str]:
    return sorted(set(value or []))


def _mapping(value: Any) -> dict[str, str]:
    return dict(value or {})


def _type(value: Any) -> str:
    """Take the API's object ``{type: X}`` or the bare X; ``Invalid`` is the API's word for not set."""
    value = value.get("type") if isinstance(value, dict) else value
    return "" if value in (None, "Invalid") else value


def _reference(value: Any) -> dict[str, str]:
    return {"name": (value or {}).get("name") or "", "uid": (value or {}).get("uid") or ""}


def _resources(value: Any) -> list[dict[str, str]]:
    keys = ("group", "version", "kind", "namespace", "name")
    entries = {tuple(_group(item) if key == "group" else item.get(key) or "" for key in keys) for item in value or []}
    return [dict(zip(keys, entry)) for entry in sorted(entries)]


def _group(item: dict[str, Any]) -> str:
    return item.get("group") or "core"


def access_list(value: Any) -> list[dict[str, str]]:
    """Return an access list as a set: sorted by id, the last entry of an id counts, absent access is ``Invalid``."""
    by_id = {item["id"]: item.get("access") or "Invalid" for item in value or []}
    return [{"id": key, "access": by_id[key]} for key in sorted(by_id)]


def ownership(value: Any) -> dict[str, Any]:
    """Return an ownership with every part in its canonical form."""
    value = value or {}
    return {
        "owner": value.get("owner") or "",
        "groups": access_list(value.get("groups")),
        "collaborators": access_list(value.get("collaborators")),
        "public": {"type": (value.get("public") or {}).get("type") or "Invalid"},
    }


def share(value: Any) -> dict[str, Any]:
    """Return a backup share with both lists in their canonical form."""
    value = value or {}
    return {
        "collaborators": access_list(value.get("collaborators")),
        "groups": access_list(value.get("groups")),
    }


_INFO = "backup_info"

# Every setting that a task can give on CREATE, by parameter.
SETTINGS = {
    "backup_location_ref": Setting((_INFO, "backup_location_ref"), _reference),
    "cluster_ref": Setting((_INFO, "cluster_ref"), _reference),
    "pre_exec_rule_ref": Setting((_INFO, "pre_exec_rule_ref"), _reference),
    "post_exec_rule_ref": Setting((_INFO, "post_exec_rule_ref"), _reference),
    "backup_type": Setting((_INFO, "backup_type"), _type),
    "namespaces": Setting((_INFO, "namespaces"), _names),
    "label_selectors": Setting((_INFO, "label_selectors"), _mapping),
    "resource_types": Setting((_INFO, "resource_types"), _names),
    "exclude_resource_types": Setting((_INFO, "exclude_resource_types"), _names),
    "include_resources": Setting((_INFO, "include_resources"), _resources),
    "backup_object_type": Setting((_INFO, "backup_object_type"), _type),
    "ns_label_selectors": Setting((_INFO, "ns_label_selectors"), _text),
    "direct_kdmp": Setting((_INFO, "direct_kdmp"), _flag),
    "skip_vm_auto_exec_rules": Setting((_INFO, "skip_vm_auto_exec_rules"), _flag),
    "keep_cr_status": Setting((_INFO, "keep_cr_status"), _flag),
    "advanced_resource_label_selector": Setting((_INFO, "advanced_resource_label_selector"), _text),
    "volume_resource_only_policy_ref": Setting((_INFO, "volume_resource_only_policy_ref"), _reference),
    "volume_snapshot_class_mapping": Setting((_INFO, "volume_snapshot_class_mapping"), _mapping),
    "labels": Setting(("metadata", "labels"), _mapping),
    "ownership": Setting(("metadata", "ownership"), ownership),
    "cloud_credential_ref": Setting((_INFO, "cloud_credential_ref"), _reference),
}


def current(backup: dict[str, Any], parameter: str) -> Any:
    """Return the canonical value of a setting in a decoded backup."""
    setting = SETTINGS[parameter]
    value: Any = backup
    for key in setting.path:
        value = (value or {}).get(key)
    return setting.canonical(value)


def desired(parameters: dict[str, Any], parameter: str) -> Any:
    """Return the canonical value of a setting as the task gives it."""
    return SETTINGS[parameter].canonical(parameters[parameter])


class Difference(NamedTuple):
    """A setting that is not as the task wants it."""

    parameter: str
    has: Any
    wanted: Any

    def __str__(self) -> str:
        return f"{self.parameter} is {self.has!r}, not {self.wanted!r}"


def differences(parameters: dict[str, Any], backup: dict[str, Any], names: Iterable[str]) -> list[Difference]:
    """Return where the backup differs from the task in the settings ``names``, as far as the task sets them.

    References in ``parameters`` must be resolved. ``namespaces`` are not compared where the server
    overwrites them with what it found: with ``ns_label_selectors``, and where they hold ``*``.
    """
    found = []
    for name in names:
        if parameters.get(name) is None or (name == "namespaces" and _namespaces_are_rewritten(parameters)):
            continue
        has, wanted = current(backup, name), desired(parameters, name)
        if name == "ownership":
            has = {key: has[key] for key in wanted_parts(parameters[name])}
            wanted = {key: wanted[key] for key in has}
        if not _equal(has, wanted):
            found.append(Difference(name, has, wanted))
    return found


def wanted_parts(value: dict[str, Any]) -> list[str]:
    """Return the keys of a dictionary parameter that the task sets; an empty list counts, ``null`` does not."""
    return [key for key, part in value.items() if part is not None]


def _namespaces_are_rewritten(parameters: dict[str, Any]) -> bool:
    return "*" in parameters["namespaces"] or bool(parameters.get("ns_label_selectors"))


def _equal(has: Any, wanted: Any) -> bool:
    if isinstance(has, dict) and set(has) == {"name", "uid"}:
        key = "uid" if has["uid"] and wanted["uid"] else "name"
        return bool(has[key] == wanted[key])
    return bool(has == wanted)


def merged(now: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return ``now`` with the parts that ``wanted`` sets; what it leaves out (or gives as ``null``) stays."""
    return {**now, **{key: wanted[key] for key in wanted_parts(wanted)}}
