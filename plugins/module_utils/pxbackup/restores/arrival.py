# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arrival: what a restore brought, compared with what its backup contains.

Pure functions of two decoded objects. Facts: docs/server-behaviour.md, sections 9.1, 9.4 and 9.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..text import join_first

# Outcomes of a resource or a volume.
SUCCESS, FAILED, RETAINED, MISSING = "Success", "Failed", "Retained", "Missing"

COMPLETE, INCOMPLETE, NOT_PROVEN = "complete", "incomplete", "not_proven"

# Kinds that the server restores only where the task asks for them (docs/server-behaviour.md, section 9.4).
_OPTIONAL_KINDS = frozenset({"Job"})

Object = dict[str, Any]


class Part(NamedTuple):
    """A resource or a volume, and its outcome.

    Attributes:
        namespace: the namespace in the backup, ``""`` for what belongs to the cluster.
    """

    kind: str
    namespace: str
    name: str
    outcome: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the part in its backup."""
        return self.kind, self.namespace, self.name

    def as_dict(self) -> dict[str, str]:
        """Return the part as the task's result holds it."""
        return {"kind": self.kind, "namespace": self.namespace, "name": self.name, "reason": self.reason}


def judge_arrival(restore: Object, backup: Object | None) -> dict[str, Any]:
    """Return what arrived.

    Args:
        restore: a restore that has ended.
        backup: the backup that it restored, ``None`` where it no longer exists.

    The result's ``verdict`` is ``complete``, ``incomplete``, or ``not_proven`` where the server does not say enough.
    """
    info = restore["restore_info"]
    mapping = info["namespace_mapping"]
    volumes = _judge_volumes(info, backup, mapping)
    resources, listed = _judge_resources(info, backup, mapping)
    namespaces = _judge_namespaces(backup, mapping)
    sizes = _judge_sizes(info, backup, mapping)
    open_points = _open_points(backup, listed, sizes)
    lacking = volumes[FAILED] + volumes[MISSING] + resources[FAILED] + resources[MISSING]
    verdict = INCOMPLETE if lacking else NOT_PROVEN if open_points else COMPLETE
    return {
        "verdict": verdict,
        "namespaces": namespaces,
        "volumes": _as_result(volumes),
        "resources": _as_result(resources),
        "sizes": sizes,
        "not_proven": open_points,
    }


def _as_result(parts: dict[str, list[Part]]) -> dict[str, Any]:
    lists = {outcome.lower(): [part.as_dict() for part in parts[outcome]] for outcome in (FAILED, RETAINED, MISSING)}
    return {"restored": len(parts[SUCCESS]), **lists}


def _sort_out(parts: Iterator[Part], expected: list[Part]) -> dict[str, list[Part]]:
    """Return the parts by outcome; what is expected and not among them is missing."""
    found: dict[str, list[Part]] = {SUCCESS: [], FAILED: [], RETAINED: [], MISSING: []}
    seen = set()
    for part in parts:
        seen.add(part.key)
        found[part.outcome].append(part)
    found[MISSING] = [part for part in expected if part.key not in seen]
    return found


def _outcome_of(status: str) -> str:
    # What still runs when the restore has ended did not arrive.
    return status if status in (SUCCESS, RETAINED) else FAILED


# --- volumes


def _judge_volumes(info: Object, backup: Object | None, mapping: dict[str, str]) -> dict[str, list[Part]]:
    return _sort_out(_restored_volumes(info), list(_expected_volumes(info, backup, mapping)))


def _restored_volumes(info: Object) -> Iterator[Part]:
    for volume in info["volumes"]:
        status = volume["status"] or {}
        name = volume["pvc"] or volume["source_volume"]
        yield Part(
            "volume",
            volume["source_namespace"],
            name,
            _outcome_of(status.get("status") or ""),
            status.get("reason") or "",
        )


def _expected_volumes(info: Object, backup: Object | None, mapping: dict[str, str]) -> Iterator[Part]:
    """Yield the volumes of the backup that the restore had to bring, also those that failed in the backup."""
    claims = {(item["namespace"], item["name"]) for item in info["include_resources"]}
    for volume in (backup or {"backup_info": {"volumes": []}})["backup_info"]["volumes"]:
        name = volume["pvc"] or volume["name"]
        if not _in_scope(volume["namespace"], mapping) or (claims and (volume["namespace"], name) not in claims):
            continue
        status = volume["status"] or {}
        failed = status.get("status") not in (SUCCESS, "", None)
        reason = f"it failed in the backup: {status.get('reason') or status.get('status')}" if failed else ""
        yield Part("volume", volume["namespace"], name, MISSING, reason)


def _in_scope(namespace: str, mapping: dict[str, str]) -> bool:
    return not mapping or not namespace or namespace in mapping


# --- resources


def _judge_resources(
    info: Object, backup: Object | None, mapping: dict[str, str]
) -> tuple[dict[str, list[Part]], bool]:
    """Return the resources by outcome, and whether the server lists all of them."""
    parts = list(_restored_resources(info, mapping))
    whole = bool(parts) or not info["resource_count"]
    expected = list(_expected_resources(info, backup, mapping)) if parts else []
    return _sort_out(iter(parts), expected), whole and len(parts) >= info["resource_count"]


def _restored_resources(info: Object, mapping: dict[str, str]) -> Iterator[Part]:
    sources = {target: source for source, target in mapping.items()}
    if info["resources"]:
        for item in info["resources"]:
            status = item["status"] or {}
            yield Part(
                item["kind"],
                sources.get(item["namespace"], item["namespace"]),
                item["name"],
                _outcome_of(status.get("status") or ""),
                status.get("reason") or "",
            )
        return
    table = info["restore_resources"] or {"resources": [], "reasons": []}
    for group in table["resources"]:
        namespace = sources.get(group["namespace"], group["namespace"])
        for kind in group["resource_types"]:
            for chunk in kind["chunks"]:
                yield from _chunk(chunk, kind["name"], namespace, table["reasons"])


def _chunk(chunk: Object, kind: str, namespace: str, reasons: list[str]) -> Iterator[Part]:
    for entry in chunk["resource_infos"]:
        for item in entry["resources"]:
            reason = _reason(reasons, item["reason_index"])
            yield Part(kind, namespace, item["name"], _outcome_of(entry["status"]), reason)


def _reason(reasons: list[str], index: int) -> str:
    """Return a reason of the table: 0 means none; whether the first entry is a placeholder is not known."""
    if index <= 0 or not reasons:
        return ""
    position = index if reasons[0] == "" else index - 1
    return reasons[position] if position < len(reasons) else ""


def _expected_resources(info: Object, backup: Object | None, mapping: dict[str, str]) -> Iterator[Part]:
    """Yield the resources of the backup that the restore had to bring, where the backup lists them."""
    chosen = {(item["kind"], item["namespace"], item["name"]) for item in info["include_resources"]}
    optional = {name.lower().rstrip("s") for name in info["include_optional_resource_types"]}
    for item in (backup or {"backup_info": {"resources": []}})["backup_info"]["resources"]:
        key = (item["kind"], item["namespace"], item["name"])
        if not _in_scope(item["namespace"], mapping) or (chosen and key not in chosen):
            continue
        if item["kind"] in _OPTIONAL_KINDS and item["kind"].lower() not in optional:
            continue
        if item["namespace"] or chosen:
            yield Part(*key, MISSING, "")


# --- namespaces and sizes


def _judge_namespaces(backup: Object | None, mapping: dict[str, str]) -> dict[str, Any]:
    omitted = sorted(set(backup["backup_info"]["namespaces"]) - set(mapping)) if backup and mapping else []
    return {"mapping": dict(mapping), "omitted": omitted}


def _judge_sizes(info: Object, backup: Object | None, mapping: dict[str, str]) -> dict[str, Any]:
    """Return the bytes of the volumes in backup and restore; ``equal`` is ``None`` where one is not given."""
    restored = sum(volume["total_size"] for volume in info["volumes"])
    volumes = backup["backup_info"]["volumes"] if backup else []
    stored = sum(volume["total_size"] for volume in volumes if _in_scope(volume["namespace"], mapping))
    both = bool(restored and stored) and not info["include_resources"]
    return {"backup": stored, "restored": restored, "equal": restored == stored if both else None}


def _open_points(backup: Object | None, listed: bool, sizes: dict[str, Any]) -> list[str]:
    """Return what the server does not say, each as one sentence."""
    points = []
    if backup is None:
        points.append(
            "the backup does not exist any more or is not visible to this user, so its contents could not be compared"
        )
    if not listed:
        points.append("the server does not list the restored resources")
    if backup is not None and backup["backup_info"]["volumes"] and sizes["equal"] is None:
        points.append("the server does not give the sizes of all volumes")
    return points


def is_retained_only(arrival: dict[str, Any]) -> bool:
    """Whether everything that did not arrive anew existed already and was kept."""
    parts = (arrival["volumes"], arrival["resources"])
    kept = any(part["retained"] for part in parts)
    return kept and not any(part["failed"] or part["missing"] for part in parts)


def describe_arrival(arrival: dict[str, Any], most: int = 5) -> str:
    """Return what did not arrive, for a sentence; ``""`` when nothing is known to lack."""
    lacking = [
        f"{part['kind']} {'/'.join(filter(None, (part['namespace'], part['name'])))} {outcome}"
        + (f" ({part['reason']})" if part["reason"] else "")
        for outcome in ("failed", "missing", "retained")
        for kind in ("volumes", "resources")
        for part in arrival[kind][outcome]
    ]
    return join_first(lacking, most, "; ")
