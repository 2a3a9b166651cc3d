# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arrival: what a restore brought, compared with what its backup contains.

Pure functions of two decoded objects. Facts: docs/server-behaviour.md, sections 9.1, 9.4 and 9.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..text import join_first

# Outcomes of a resource or a volume.
SUCCESS, FAILED, RETAINED, MISSING = "Success", "Failed", "Retained", "Missing"

COMPLETE, INCOMPLETE, NOT_PROVEN = "complete", "incomplete", "not_proven"

# Kinds that the server restores only where the task asks for them (docs/server-behaviour.md, section 9.4).
_OPTIONAL_KINDS = frozenset({"Job"})
_CLAIM, _MACHINE = "PersistentVolumeClaim", "VirtualMachine"

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


def judge_arrival(restore: Object, backup: Object | None, excluded: Iterable[Object] = ()) -> dict[str, Any]:
    """Return what arrived.

    Args:
        restore: a restore that has ended.
        backup: the backup that it restored, ``None`` where it no longer exists.
        excluded: the resources that the task excludes; no response of the server shows them.

    The result's ``verdict`` is ``complete``, ``incomplete``, or ``not_proven`` where the server does not say enough.
    """
    info = restore["restore_info"]
    mapping = info["namespace_mapping"]
    # What a filter selects is not worked out here a second time.
    compared = backup["backup_info"] if backup and not _selects_by_filter(info) else None
    parts = list(_restored_resources(info, mapping))
    stripped = not parts and bool(info["resource_count"] or info["large_resource_enabled"])
    wanted = [] if stripped else list(_expected_resources(info, compared, mapping, excluded))
    due = list(_expected_volumes(info, compared, mapping, excluded))
    volumes = _sort_out(_restored_volumes(info), due)
    resources = _sort_out(parts, wanted)
    sizes = _judge_sizes(info, compared, due)
    points = [
        *_find_uncompared(info, backup),
        *_find_unlisted(info, backup, stripped or len(parts) < info["resource_count"]),
        *_find_kept(volumes[RETAINED] + [part for part in resources[RETAINED] if part.namespace]),
        *_find_unsized(due, sizes),
    ]
    lacking = volumes[FAILED] + volumes[MISSING] + resources[FAILED] + resources[MISSING]
    return {
        "verdict": INCOMPLETE if lacking else NOT_PROVEN if points else COMPLETE,
        "namespaces": _judge_namespaces(backup, mapping),
        "volumes": _as_result(volumes),
        "resources": _as_result(resources),
        "sizes": sizes,
        "not_proven": points,
    }


def _as_result(parts: dict[str, list[Part]]) -> dict[str, Any]:
    lists = {outcome.lower(): [part.as_dict() for part in parts[outcome]] for outcome in (FAILED, RETAINED, MISSING)}
    return {"restored": len(parts[SUCCESS]), **lists}


def _sort_out(parts: Iterable[Part], expected: list[Part]) -> dict[str, list[Part]]:
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


def _expected_volumes(
    info: Object, backup: Object | None, mapping: dict[str, str], excluded: Iterable[Object]
) -> Iterator[Part]:
    """Yield the volumes of the backup that the restore had to bring, also those that failed in the backup."""
    claims, omitted = _claims_of(info["include_resources"]), _claims_of(excluded)
    for volume in backup["volumes"] if backup else []:
        claim = _claim_of(volume)
        chosen = claim in claims if info["include_resources"] else claim not in omitted
        if not chosen or not _in_scope(volume["namespace"], mapping):
            continue
        status = volume["status"] or {}
        failed = status.get("status") not in (SUCCESS, "", None)
        reason = f"it failed in the backup: {status.get('reason') or status.get('status')}" if failed else ""
        yield Part("volume", *claim, MISSING, reason)


def _claims_of(resources: Iterable[Object]) -> set[tuple[str, str]]:
    return {(item.get("namespace") or "", item["name"]) for item in resources if item.get("kind") == _CLAIM}


def _in_scope(namespace: str, mapping: dict[str, str]) -> bool:
    return not mapping or not namespace or namespace in mapping


# --- resources


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


def _expected_resources(
    info: Object, backup: Object | None, mapping: dict[str, str], excluded: Iterable[Object]
) -> Iterator[Part]:
    """Yield the resources of the backup that the restore had to bring, where the backup lists them."""
    chosen, omitted = _keys_of(info["include_resources"]), _keys_of(excluded)
    optional = {name.lower().rstrip("s") for name in info["include_optional_resource_types"]}
    for item in backup["resources"] if backup else []:
        key = (item["kind"], item["namespace"], item["name"])
        if key in omitted or not _in_scope(item["namespace"], mapping) or (chosen and key not in chosen):
            continue
        if item["kind"] in _OPTIONAL_KINDS and item["kind"].lower() not in optional:
            continue
        if item["namespace"] or chosen:
            yield Part(*key, MISSING, "")


def _keys_of(resources: Iterable[Object]) -> set[tuple[str, str, str]]:
    return {(item.get("kind") or "", item.get("namespace") or "", item["name"]) for item in resources}


# --- namespaces and sizes


def _judge_namespaces(backup: Object | None, mapping: dict[str, str]) -> dict[str, Any]:
    omitted = sorted(set(backup["backup_info"]["namespaces"]) - set(mapping)) if backup and mapping else []
    return {"mapping": dict(mapping), "omitted": omitted}


def _judge_sizes(info: Object, backup: Object | None, due: list[Part]) -> dict[str, Any]:
    """Return the bytes of the volumes in backup and restore; ``equal`` is ``None`` where one is not given."""
    restored = sum(volume["total_size"] for volume in info["volumes"] if _has_succeeded(volume))
    keys = {(part.namespace, part.name) for part in due}
    volumes = [volume for volume in (backup["volumes"] if backup else []) if _claim_of(volume) in keys]
    stored = sum(volume["total_size"] for volume in volumes)
    return {"backup": stored, "restored": restored, "equal": restored == stored if restored and stored else None}


def _has_succeeded(volume: Object) -> bool:
    return (volume["status"] or {}).get("status") == SUCCESS


def _claim_of(volume: Object) -> tuple[str, str]:
    return volume["namespace"], volume["pvc"] or volume["name"]


# --- what the server does not say, each as one sentence


def _selects_by_filter(info: Object) -> bool:
    return bool(info["filter"] or info["is_sfr"])


def _find_uncompared(info: Object, backup: Object | None) -> Iterator[str]:
    if backup is None:
        yield "the backup does not exist any more or is not visible to this user, so its contents could not be compared"
    elif _selects_by_filter(info):
        yield "the restore selects parts of the backup by a filter or single files, so they could not be compared"
    elif any(item["kind"] == _MACHINE for item in info["include_resources"]):
        yield "the server does not say which volumes and resources the selected virtual machines need"


def _find_unlisted(info: Object, backup: Object | None, unlisted: bool) -> Iterator[str]:
    if unlisted and not info["is_sfr"]:
        yield "the server does not list the restored resources"
    if backup is not None and len(backup["backup_info"]["resources"]) < backup["backup_info"]["resource_count"]:
        yield "the server does not list the resources of the backup"


def _find_kept(kept: list[Part]) -> Iterator[str]:
    if kept:
        objects = "1 object" if len(kept) == 1 else f"{len(kept)} objects"
        yield f"{objects} of the target namespaces existed already and kept the contents that they had"


def _find_unsized(due: list[Part], sizes: dict[str, Any]) -> Iterator[str]:
    if sizes["equal"] is False:
        yield f"the volumes have {sizes['backup']} bytes in the backup and {sizes['restored']} bytes in the restore"
    elif due and sizes["equal"] is None:
        yield "the server does not give the sizes of all volumes"


# --- in words


def is_retained_only(arrival: dict[str, Any]) -> bool:
    """Whether everything that did not arrive existed already and was kept."""
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
