# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what backups refer to, of the list of restores, and of other services of the server.

Facts: docs/server-behaviour.md, sections 6.2, 8.4, 9.6 and 12.
"""

from __future__ import annotations

from typing import Any

from ..api.releases import CALLS
from ..core.references import (
    BACKUP_LOCATION,
    BACKUP_SCHEDULE,
    CLOUD_CREDENTIAL,
    CLUSTER,
    RULE,
    SCHEDULE_POLICY,
    VOLUME_POLICY,
    ReferenceKind,
)
from .model import Check
from .observation import objects_in, part_of
from .probe import Probe, total_of
from .seen import NotSeenError, Seen
from .server_checks import GOOD

_KINDS = (CLUSTER, BACKUP_LOCATION, RULE, CLOUD_CREDENTIAL, SCHEDULE_POLICY, BACKUP_SCHEDULE, VOLUME_POLICY)


def _lists(probe: Probe) -> list[tuple[ReferenceKind, dict[str, Any]]]:
    """Return the responses to the lists that this user may read.

    Raises:
        NotSeenError: there is none.
    """
    kinds = [kind for kind in _KINDS if kind is not VOLUME_POLICY or probe.has("2.9.0")]
    found = [(kind, probe.references(kind.rpc, list(kind.query))) for kind in kinds]
    read = [(kind, seen.value) for kind, seen in found if seen.status == 200 and seen.value is not None]
    if not read:
        raise NotSeenError("this user may read no list of references")
    return read


def _reference_keys(probe: Probe) -> Seen:
    """Whether each list has its objects under the documented key; an empty list has no key."""
    known = {"total_count", "complete"}
    bad = [kind.noun for kind, value in _lists(probe) if set(value) - set(CALLS[kind.rpc].response) - known]
    return {"other_keys": ", ".join(bad) or "none"}


def _reference_pages(probe: Probe) -> Seen:
    """Whether lists that tell their total are sent whole where no page is asked for."""
    counts = [(total_of(value), len(objects_in(value, _key(kind)))) for kind, value in _lists(probe)]
    told = [(total, number) for total, number in counts if total]
    if not told:
        raise NotSeenError("no list of references tells its total")
    short = [number for total, number in told if number < total]
    return {"whole": False, "longest": max(short)} if short else {"whole": True}


def _key(kind: ReferenceKind) -> str:
    return next(iter(CALLS[kind.rpc].response))


def _location_state(probe: Probe) -> Seen:
    def shows(items: list[dict[str, Any]]) -> bool:
        return any(part_of(item, "backup_location_info", "status", "status") for item in items)

    rpc = BACKUP_LOCATION.rpc
    plain, asked = shows(probe.objects(rpc)), shows(probe.objects(rpc, list(BACKUP_LOCATION.query)))
    return {"without_asking": plain, "when_asked": asked}


def _cluster_state(probe: Probe) -> Seen:
    states = [part_of(item, "clusterInfo", "status", "status") for item in probe.objects(CLUSTER.rpc)]
    return {"as_name": all(isinstance(state, str) for state in states)}


def _resource_types(probe: Probe) -> Seen:
    ref = probe.objects(CLUSTER.rpc)[0]
    pairs = [(f"cluster_ref.{key}", str(part_of(ref, "metadata", key) or "")) for key in ("name", "uid")]
    rpc = "ResourceCollector.ResourceTypes"
    kinds = probe.get(f"/resourceType/{probe.org}", pairs, rpc).good.get("resource_types")
    return {"names": isinstance(kinds, list) and bool(kinds) and all(isinstance(kind, str) for kind in kinds)}


def _restores_of_cluster(probe: Probe) -> Seen:
    names = [_target(item) for item in probe.restores()]
    wanted = next(filter(None, names), "")
    if not wanted:
        raise NotSeenError("no visible restore names its cluster")
    found = [_target(item) for item in probe.list_restores(cluster_name_filter=wanted)]
    return {"target": bool(found) and all(wanted in name for name in found)}


def _target(item: dict[str, Any]) -> str:
    return str(part_of(item, "restore_info", "cluster_ref", "name") or part_of(item, "restore_info", "cluster") or "")


def _metrics(probe: Probe) -> Seen:
    return probe.get(f"/metrics/{probe.org}", rpc="Metrics.Inspect").seen


def _activity(probe: Probe) -> Seen:
    query = [("kind", "backup"), ("time_zone", "UTC")]
    return probe.get(f"/restore/{probe.org}/1/Daily", query, "ActivityTimeLine.Enumerate").seen


_TARGET: Seen = {"target": True}
_WHEN_ASKED: Seen = {"without_asking": False, "when_asked": True}

OTHER_CHECKS = (
    Check("reference.keys", "6.2", "Each list has its documented key.", {"other_keys": "none"}, _reference_keys),
    Check("reference.pages", "6.2", "Lists of references are sent whole.", {"whole": True}, _reference_pages),
    Check("reference.cluster-state", "6.2", "The state of a cluster is a name.", {"as_name": True}, _cluster_state),
    Check("reference.location-state", "6.2", "A location shows its state on request.", _WHEN_ASKED, _location_state),
    Check("reference.kinds", "8.4", "Kinds of resources are listed.", {"names": True}, _resource_types),
    Check("restore.cluster", "9.6", "The cluster filter of restores means the target.", _TARGET, _restores_of_cluster),
    Check("service.metrics", "12", "Metrics of the clusters can be read.", GOOD, _metrics),
    Check("service.activity", "12", "The activity of the last day can be read.", GOOD, _activity),
)
