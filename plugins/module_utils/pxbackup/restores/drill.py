# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restore drills: where one restores to, which namespaces are its own, and what it has proven. Pure functions.

Facts: docs/server-behaviour.md, section 9.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..errors import ValidationError
from ..text import join_first

ALL, VOLUMES = SCOPES = ("all", "volumes")

PASSED, FAILED, NOT_PROVEN = "passed", "failed", "not_proven"

# The labels of a drill's restore. The constant one finds the restores of crashed drills.
ID_LABEL, ROLE_LABEL, ROLE = "pxops/drill", "pxops/managed-by", "restore_drill"

_CLAIM = "PersistentVolumeClaim"
_LONGEST_NAMESPACE = 63
_TOKEN = re.compile(r"[a-z0-9]{6}")
_PREFIX = re.compile(r"(?=.{1,20}$)[a-z]([-a-z0-9]*)")

# Kinds that act on the outside world as soon as they exist; beside production they act twice.
_ACTIVE_KINDS = ("Ingress", "Route", "CronJob", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")

_MAX_LISTED = 5

Object = dict[str, Any]


class Place(NamedTuple):
    """Where a drill restores to.

    Attributes:
        token: six random characters, the id of the drill and the end of all its names.
        prefix: the beginning of all its names.
        cluster: the name of the target cluster.
        scope: ``all``, ``volumes``, or ``""``: all, but in the source cluster only volumes.
        allow_source_cluster: whether the cluster of the backup may be the target.
    """

    token: str
    prefix: str
    cluster: str
    scope: str
    allow_source_cluster: bool


def plan_drill(backup: Object, place: Place) -> dict[str, Any]:
    """Return what a drill of a backup (whole) restores, and where: namespaces that no other drill has.

    Raises:
        ValidationError: the drill would not be isolated, or the backup has nothing to restore.
    """
    _check_place(place)
    info, name = backup["backup_info"], backup["metadata"]["name"]
    namespaces = list(info["namespaces"])
    if not namespaces:
        raise ValidationError(f"backup {name!r} has no namespaces, so there is nothing to restore")
    source = (info["cluster_ref"] or {}).get("name") or info["cluster"]
    at_source = place.cluster == source
    if at_source and not place.allow_source_cluster:
        raise ValidationError(
            f"cluster {place.cluster!r} is the cluster of backup {name!r}, and a drill there runs beside production",
            hint="set another cluster, or allow_source_cluster to true",
        )
    scope = place.scope or (VOLUMES if at_source else ALL)
    claims = [item for item in info["resources"] if item["kind"] == _CLAIM]
    if scope == VOLUMES and not claims:
        raise ValidationError(f"backup {name!r} lists no volume claims, so the scope volumes has nothing to restore")
    return {
        "id": place.token,
        "name": f"{place.prefix}{place.token}",
        "mapping": _map_namespaces(namespaces, place),
        "scope": scope,
        "include_resources": [_reference(item) for item in claims] if scope == VOLUMES else [],
        "labels": {ROLE_LABEL: ROLE, ID_LABEL: place.token},
        "warnings": list(_find_active(info["resources"], scope)) if at_source else [],
    }


def _check_place(place: Place) -> None:
    if place.scope not in ("", *SCOPES):
        raise ValidationError(f"scope is {place.scope!r}, which is not valid", hint="use all or volumes")
    if not _PREFIX.fullmatch(place.prefix):
        raise ValidationError(
            f"prefix is {place.prefix!r}, which is not the beginning of a namespace name",
            hint="use at most 20 lower case letters, digits and '-', with a letter first",
        )
    if not _TOKEN.fullmatch(place.token):
        raise ValidationError(f"the id {place.token!r} of the drill is not six lower case letters and digits")


def _map_namespaces(namespaces: list[str], place: Place) -> dict[str, str]:
    """Return a target for each namespace: prefix, source and id, cut to the length of a namespace's name."""
    mapping: dict[str, str] = {}
    for number, source in enumerate(namespaces):
        length = _LONGEST_NAMESPACE - len(place.prefix) - len(place.token) - 1
        target = f"{place.prefix}{source[:length].rstrip('-')}-{place.token}"
        if target in mapping.values():
            # Two long names with the same beginning.
            end = f"-{number}"
            target = f"{place.prefix}{source[: length - len(end)].rstrip('-')}{end}-{place.token}"
        mapping[source] = target
    return mapping


def _reference(item: Object) -> dict[str, str]:
    return {key: item[key] for key in ("name", "namespace", "group", "kind", "version")}


def _find_active(resources: list[Object], scope: str) -> list[str]:
    kinds = sorted({item["kind"] for item in resources} & set(_ACTIVE_KINDS)) if scope == ALL else []
    told = ["the drill runs in the source cluster: cluster-scoped objects are restored beside production"]
    if kinds:
        told.append(f"the drill restores {join_first(kinds, _MAX_LISTED)} beside production, where they act twice")
    return told


def find_own_namespaces(restore: Object, prefix: str) -> list[str]:
    """Return the namespaces that the drill of this restore made: its label, prefix and id must agree.

    Args:
        restore: a restore of a list, with ``metadata`` and ``restore_info``.
    """
    labels, mapping = restore["metadata"]["labels"], restore["restore_info"]["namespace_mapping"]
    token = labels.get(ID_LABEL, "")
    if labels.get(ROLE_LABEL) != ROLE or not _TOKEN.fullmatch(token):
        return []
    return sorted(
        target
        for source, target in mapping.items()
        if target not in mapping and target.startswith(prefix) and target.endswith(f"-{token}")
    )


# --- what a drill has proven


class Run(NamedTuple):
    """What happened in a drill.

    Attributes:
        status: the last status of the restore, ``""`` when it was not seen.
        error: why the restore failed, ``""`` otherwise.
        arrival: what arrived, ``None`` where the restore did not end.
        seconds: the duration of the restore.
        rto: the most seconds that it may take, 0 for any.
        accept_partial: whether volumes that failed in the backup may be missing.
        checks: the result of the caller's own checks: ``passed``, ``failed``, or ``""`` where there are none.
    """

    status: str
    error: str
    arrival: Object | None
    seconds: float
    rto: float
    accept_partial: bool
    checks: str
    checks_error: str = ""


Check = dict[str, str]


def judge_drill(run: Run) -> dict[str, Any]:
    """Return the checks of a drill and their verdict: ``passed`` only where everything is proven."""
    checks = [_check_end(run)]
    if run.arrival is not None:
        parts = run.arrival
        checks += [
            _check_namespaces(parts["namespaces"]["omitted"]),
            _check_parts("volumes", parts["volumes"], run.accept_partial),
            _check_sizes(parts),
            _check_resources(parts, run.accept_partial),
        ]
    if run.rto:
        late = run.seconds > run.rto
        checks.append(_check("duration", FAILED if late else PASSED, f"{run.seconds:g} of {run.rto:g} seconds"))
    checks.append(_check_data(run))
    results = {check["result"] for check in checks}
    verdict = FAILED if FAILED in results else NOT_PROVEN if NOT_PROVEN in results else PASSED
    return {"checks": checks, "verdict": verdict, "rto_met": run.seconds <= run.rto if run.rto else None}


def _check(name: str, result: str, detail: str = "") -> Check:
    return {"name": name, "result": result, "detail": detail}


def _check_end(run: Run) -> Check:
    if run.status == "Success":
        return _check("ended", PASSED, "Success")
    kept_only = run.arrival is not None and not run.arrival["resources"]["failed"]
    if run.status in ("PartialSuccess", "Retained") and kept_only and not _kept(run.arrival or {}):
        return _check("ended", PASSED, f"{run.status}; only objects of the cluster existed already")
    return _check("ended", FAILED, run.error or f"the restore is {run.status or 'not seen'}")


def _kept(arrival: Object) -> list[Object]:
    """Return what existed in the target namespaces, which a drill never expects."""
    kept = [*arrival["resources"]["retained"], *arrival["volumes"]["retained"]]
    return [part for part in kept if part["namespace"]]


def _check_namespaces(omitted: list[str]) -> Check:
    return _check("namespaces", FAILED if omitted else PASSED, join_first(omitted, _MAX_LISTED))


def _check_parts(name: str, parts: Object, accept_partial: bool) -> Check:
    missing = [part for part in parts["missing"] if not (accept_partial and _failed_in_backup(part))]
    bad = parts["failed"] + missing + [part for part in parts["retained"] if part["namespace"]]
    if bad:
        listed = [f"{part['kind']} {part['namespace']}/{part['name']} {part['reason']}".strip() for part in bad]
        return _check(name, FAILED, join_first(listed, _MAX_LISTED, "; "))
    return _check(name, PASSED, f"{parts['restored']} restored")


def _failed_in_backup(part: Object) -> bool:
    return str(part["reason"]).startswith("it failed in the backup")


def _check_sizes(arrival: Object) -> Check:
    sizes = arrival["sizes"]
    if sizes["equal"] or not (sizes["backup"] or sizes["restored"]):
        return _check("sizes", PASSED, f"{sizes['restored']} bytes")
    return _check("sizes", NOT_PROVEN, f"{sizes['backup']} bytes in the backup, {sizes['restored']} in the restore")


def _check_resources(arrival: Object, accept_partial: bool) -> Check:
    failed_claims = {part["name"] for part in arrival["volumes"]["missing"] if _failed_in_backup(part)}
    parts = arrival["resources"]
    if accept_partial:
        missing = [part for part in parts["missing"] if part["name"] not in failed_claims]
        parts = {**parts, "missing": missing}
    check = _check_parts("resources", parts, accept_partial)
    doubts = [text for text in arrival["not_proven"] if text.startswith("the server does not list")]
    return check if check["result"] == FAILED or not doubts else _check("resources", NOT_PROVEN, doubts[0])


def _check_data(run: Run) -> Check:
    if run.checks:
        return _check("data", run.checks, run.checks_error or "the checks of the task file")
    return _check("data", NOT_PROVEN, "the API does not say that pods run and that the data is right")
