# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of options that the API of backups has: resources, access lists, ownership, object types."""

from __future__ import annotations

from typing import Any

from ..core.options import NAMES, OptionType, remove_empty
from ..core.shapes import Parts
from ..errors import ValidationError

SHARE_ACCESS = ("Invalid", "View", "Restorable", "FullAccess")
OWNERSHIP_ACCESS = ("Read", "Write", "Admin")

# The keys of a Kubernetes resource as the API names one.
RESOURCE_KEYS = ("name", "namespace", "group", "kind", "version")


# --- resources


def _clean_resources(name: str, value: Any, _clears: bool) -> list[dict[str, str]]:
    return [read_resource(f"{name}[{index}]", entry) for index, entry in enumerate(value)]


def read_resource(where: str, entry: dict[str, Any]) -> dict[str, str]:
    """Return a resource with all its keys; ``gvk`` stands for group, version and kind.

    Raises:
        ValidationError: a key is missing, or ``gvk`` contradicts the others.
    """
    given = {key: part.strip() for key, part in entry.items() if part is not None}
    gvk = given.pop("gvk", "")
    if gvk:
        parts = _split_gvk(where, gvk)
        wrong = [key for key in parts if given.get(key) and given[key] != parts[key]]
        if wrong:
            raise ValidationError(
                f"{where}: gvk is {gvk!r}, but {wrong[0]} is {given[wrong[0]]!r}", hint="omit one of the two"
            )
        given.update(parts)
    missing = [key for key in RESOURCE_KEYS if key not in given or (key != "group" and not given[key])]
    if missing:
        raise ValidationError(
            f"{where}: {missing[0]} is required",
            hint="set name, namespace, group (empty for the core group), kind and version of each resource",
        )
    return {key: given[key] for key in RESOURCE_KEYS}


def _split_gvk(where: str, gvk: str) -> dict[str, str]:
    """Return the parts of ``apps/v1/Deployment``, or of ``v1/Pod`` for the core group."""
    parts = gvk.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise ValidationError(
            f"{where}: gvk {gvk!r} is not GROUP/VERSION/KIND", hint="write it like apps/v1/Deployment, or v1/Pod"
        )
    return {"group": parts[0] if len(parts) == 3 else "", "version": parts[-2], "kind": parts[-1]}


def _canonical_resources(value: Any) -> list[dict[str, str]]:
    keys = ("group", "version", "kind", "namespace", "name")
    entries = {tuple(_group(item) if key == "group" else item.get(key) or "" for key in keys) for item in value or []}
    return [dict(zip(keys, entry)) for entry in sorted(entries)]


def _group(item: dict[str, Any]) -> str:
    return item.get("group") or "core"


RESOURCES = OptionType(
    {
        "type": "list",
        "elements": "dict",
        "options": {key: {"type": "str"} for key in (*RESOURCE_KEYS, "gvk")},
    },
    _clean_resources,
    _canonical_resources,
)


# --- access


def _access_list(choices: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "list",
        "elements": "dict",
        "options": {
            "id": {"type": "str", "required": True},
            "access": {"type": "str", "required": True, "choices": list(choices)},
        },
    }


def canonical_access(value: Any) -> list[dict[str, str]]:
    """Return an access list as a set: sorted by id, the last entry of an id counts, absent access is ``Invalid``."""
    by_id = {item["id"]: item.get("access") or "Invalid" for item in value or []}
    return [{"id": key, "access": by_id[key]} for key in sorted(by_id)]


def canonical_ownership(value: Any) -> dict[str, Any]:
    """Return an ownership with every part in its canonical form."""
    value = value or {}
    return {
        "owner": value.get("owner") or "",
        "groups": canonical_access(value.get("groups")),
        "collaborators": canonical_access(value.get("collaborators")),
        "public": {"type": (value.get("public") or {}).get("type") or "Invalid"},
    }


def canonical_share(value: Any) -> dict[str, Any]:
    """Return a backup share with both lists in their canonical form."""
    value = value or {}
    return {
        "collaborators": canonical_access(value.get("collaborators")),
        "groups": canonical_access(value.get("groups")),
    }


def _clean_access(name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return the value with clean ids.

    Raises:
        ValidationError: an access list names an id twice with different access: one of the two would be lost.
    """
    cleaned = dict(value)
    for kind in ("collaborators", "groups"):
        if value.get(kind) is None:
            continue
        cleaned[kind] = [{**entry, "id": entry["id"].strip()} for entry in value[kind]]
        seen: dict[str, str] = {}
        for entry in cleaned[kind]:
            if not entry["id"]:
                raise ValidationError(f"{name}.{kind} has an entry without an id", hint="set its id, or remove it")
            other = seen.setdefault(entry["id"], entry["access"])
            if other != entry["access"]:
                raise ValidationError(
                    f"{name}.{kind} names {entry['id']!r} twice, with {other} and {entry['access']}", hint="keep one"
                )
    return cleaned


def _clean_share(name: str, value: dict[str, Any], _clears: bool) -> dict[str, Any]:
    return _clean_access(name, value)


def _clean_ownership(name: str, value: dict[str, Any], clears: bool) -> dict[str, Any]:
    """Return the parts that the task sets: owner and public access cannot be set to nothing, lists can."""
    value = _clean_access(name, value)
    owner = value.get("owner")
    parts = {**value, "owner": owner.strip() if owner else owner}
    if not (parts.get("public") or {}).get("type"):
        parts["public"] = None
    return {
        key: part for key, part in parts.items() if part is not None and (part or (clears and isinstance(part, list)))
    }


OWNERSHIP = OptionType(
    {
        "type": "dict",
        "options": {
            "owner": {"type": "str"},
            "groups": _access_list(OWNERSHIP_ACCESS),
            "collaborators": _access_list(OWNERSHIP_ACCESS),
            "public": {"type": "dict", "options": {"type": {"type": "str", "choices": list(OWNERSHIP_ACCESS)}}},
        },
    },
    _clean_ownership,
    canonical_ownership,
    by_part=True,
)
SHARE = OptionType(
    {
        "type": "dict",
        "options": {"collaborators": _access_list(SHARE_ACCESS), "groups": _access_list(SHARE_ACCESS)},
    },
    _clean_share,
    canonical_share,
    by_part=True,
)


# --- the type of a backup


def canonical_type(value: Any) -> str:
    """Return the API's object ``{type: X}``, or the bare X, as X; ``Invalid`` is the API's word for not set."""
    value = value.get("type") if isinstance(value, dict) else value
    return "" if value in (None, "Invalid") else value


def _clean_object_type(_name: str, value: dict[str, Any], _clears: bool) -> dict[str, Any] | None:
    return value if canonical_type(value) else None


OBJECT_TYPE = OptionType(
    {"type": "dict", "options": {"type": {"type": "str", "choices": ["Invalid", "All", "VirtualMachine"]}}},
    _clean_object_type,
    canonical_type,
)
BACKUP_TYPE = OptionType({"type": "str", "choices": ["Generic", "Normal"]}, canonical=canonical_type)


# --- several references


def _clean_references(name: str, value: Any, _clears: bool) -> list[dict[str, str]]:
    """Return a list of references from one reference or several.

    Raises:
        ValidationError: an entry is not a dictionary with name or uid.
    """
    entries = value if isinstance(value, list) else [value]
    cleaned = []
    for index, entry in enumerate(entries):
        where = f"{name}[{index}]" if isinstance(value, list) else name
        if not isinstance(entry, dict) or set(entry) - {"name", "uid"}:
            raise ValidationError(
                f"{where} is {entry!r}, not a dictionary with name and uid", hint="write it like {name: daily}"
            )
        cleaned.append({key: str(part).strip() for key, part in entry.items() if part and str(part).strip()})
    return [entry for entry in cleaned if entry]


REFERENCES = OptionType({"type": "raw"}, _clean_references)


# --- filters of the contents

_NAMES = dict(NAMES.spec)
_MACHINES = {
    "type": "list",
    "elements": "dict",
    "options": {key: {"type": "str", "required": True} for key in ("name", "namespace")},
}
NAMESPACE_FILTER: Parts = {
    "namespace_name_pattern": {"type": "str"},
    "include_namespaces": _NAMES,
    "exclude_namespaces": _NAMES,
    "include_resources": RESOURCES.spec,
    "exclude_resources": RESOURCES.spec,
    "gvks": _NAMES,
    "resource_name_pattern": {"type": "str"},
}
MACHINE_FILTER: Parts = {
    "vm_name_pattern": {"type": "str"},
    "os_name": _NAMES,
    "include_vms": _MACHINES,
    "exclude_vms": _MACHINES,
}


def clean_namespace_filter(name: str, value: dict[str, Any], _clears: bool) -> dict[str, Any]:
    """Return a filter of namespaces and resources, its resources complete.

    Raises:
        ValidationError: a resource is incomplete.
    """
    read = {
        key: _clean_resources(f"{name}.{key}", value[key], False)
        for key in ("include_resources", "exclude_resources")
        if value.get(key)
    }
    # An empty group is the core group: it stays, where other empty parts count as omitted.
    return {**remove_empty({**value, **dict.fromkeys(read)}), **read}


def clean_contents_filter(name: str, value: dict[str, Any], clears: bool) -> dict[str, Any]:
    """Return a filter of contents, by namespace or by machine.

    Raises:
        ValidationError: a resource is incomplete.
    """
    cleaned: dict[str, Any] = remove_empty({**value, "namespace_filter": None})
    if value.get("namespace_filter"):
        by_namespace = clean_namespace_filter(f"{name}.namespace_filter", value["namespace_filter"], clears)
        cleaned.update({"namespace_filter": by_namespace} if by_namespace else {})
    return cleaned
