# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References: from what a task names to the name and uid that the server needs.

Names are unique for one owner only, so a name is looked up and compared exactly, and several matches are an
error that lists the uids (docs/server-behaviour.md, sections 3.1, 6.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Callable, NamedTuple

from ..api.endpoints import Api
from ..errors import ConflictError, NotFoundError, PermissionDeniedError, PXBackupError, ValidationError
from ..text import join_first
from .pagination import Listing, list_pages
from .readahead import FetchPage

# How many names an error lists before it counts the rest.
_MAX_NAMES = 20


class ReferenceKind(NamedTuple):
    """A kind of object that options refer to, where the server lists it, and what the list must also hold."""

    rpc: str
    noun: str
    query: tuple[tuple[str, str], ...] = ()


CLUSTER = ReferenceKind("Cluster.Enumerate", "cluster")
BACKUP_LOCATION = ReferenceKind(
    "BackupLocation.Enumerate",
    "backup location",
    # Without it the response has no status (docs/server-behaviour.md, section 6.2).
    (("include_validation_state", "true"),),
)
RULE = ReferenceKind("Rules.Enumerate", "rule")
CLOUD_CREDENTIAL = ReferenceKind("CloudCredential.Enumerate", "cloud credential")
SCHEDULE_POLICY = ReferenceKind("SchedulePolicy.Enumerate", "schedule policy")
BACKUP_SCHEDULE = ReferenceKind("BackupSchedule.Enumerate", "backup schedule")
VOLUME_POLICY = ReferenceKind("VolumeResourceOnlyPolicy.Enumerate", "volume resource only policy")


class References:
    """Resolves references; each kind is listed at most once, and each cluster is asked once for its resource types.

    A refused list is remembered as well: a user who may not list a kind may not list it for the next backup either.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._listed: dict[str, list[dict[str, Any]] | PXBackupError] = {}
        self._resource_types: dict[str, list[str] | PXBackupError] = {}
        # Where several threads create backups, the first one asks for all.
        self._lock = Lock()

    def resolve(self, parameter: str, kind: ReferenceKind, ref: dict[str, str]) -> dict[str, str]:
        """Return name and uid of the object that ``ref`` (name, uid or both) names.

        Args:
            parameter: the option that holds ``ref``, for errors.

        Raises:
            NotFoundError: there is no such object; the error lists the available names.
            ConflictError: the name matches several objects; the error lists their uids.
            ValidationError: the uid belongs to an object of another name.
        """
        name, uid = ref.get("name") or "", ref.get("uid") or ""
        try:
            objects = self._objects(kind)
        except PermissionDeniedError:
            if name and uid:  # This user may use the object without the right to list its kind.
                return {"name": name, "uid": uid}
            raise
        if uid:
            return _by_uid(parameter, kind, objects, name, uid)
        hits = [item for item in objects if item["metadata"]["name"] == name]
        if len(hits) == 1:
            return {"name": name, "uid": hits[0]["metadata"]["uid"]}
        if hits:
            uids = sorted(item["metadata"]["uid"] for item in hits)
            raise ConflictError(
                f"{parameter}.name {name!r} matches {len(hits)} {kind.noun}s with the uids "
                f"{join_first(uids, _MAX_NAMES)}",
                hint=f"set {parameter}.uid as well",
            )
        raise _not_found(f"{kind.noun} {name!r}", f"{parameter}.name", objects)

    def list_together(self, kinds: Iterable[ReferenceKind], each: Callable[..., Any]) -> None:
        """List these kinds, several at a time; :meth:`resolve` raises the errors.

        Args:
            each: calls a function for each of many, in several threads.
        """
        each(self._list, {kind.rpc: kind for kind in kinds}.values())

    def resolve_all(self, parameters: dict[str, Any], kinds: Mapping[str, ReferenceKind]) -> dict[str, Any]:
        """Return the parameters with every reference resolved.

        Args:
            kinds: the kind of each parameter that is a reference.
        """
        named = {name: kind for name, kind in kinds.items() if parameters.get(name) is not None}
        return {**parameters, **{name: self.resolve(name, kind, parameters[name]) for name, kind in named.items()}}

    def listed(self, kind: ReferenceKind, ref: dict[str, str]) -> dict[str, Any] | None:
        """Return the object of a resolved reference, as the list holds it.

        Sends nothing: ``None`` where this user may use the object without the right to list its kind.
        """
        objects = self._listed.get(kind.rpc, [])
        if isinstance(objects, PXBackupError):
            return None
        return next((item for item in objects if item["metadata"]["uid"] == ref["uid"]), None)

    def resource_types(self, cluster_ref: dict[str, str]) -> list[str]:
        """Return the resource types that the server backs up of a cluster; asked once, also when it is refused.

        Raises:
            PXBackupError: the server does not say.
        """
        uid = cluster_ref["uid"]
        with self._lock:
            if uid not in self._resource_types:
                try:
                    self._resource_types[uid] = self._api.resource_types(cluster_ref)
                except PXBackupError as error:
                    self._resource_types[uid] = error
        known = self._resource_types[uid]
        if isinstance(known, PXBackupError):
            raise known
        return known

    def _objects(self, kind: ReferenceKind) -> list[dict[str, Any]]:
        self._list(kind)
        objects = self._listed[kind.rpc]
        if isinstance(objects, PXBackupError):
            raise objects
        return objects

    def _list(self, kind: ReferenceKind) -> None:
        if kind.rpc in self._listed:
            return
        try:
            self._listed[kind.rpc] = list(list_references(self._api, kind, f"{kind.noun} objects"))
        except PXBackupError as error:
            self._listed[kind.rpc] = error


def list_references(api: Api, kind: ReferenceKind, nouns: str) -> Listing:
    """Return an iteration over all objects of a kind.

    Args:
        nouns: what they are called in a sentence.
    """

    def fetch_by(own: Api) -> FetchPage:
        return lambda index, size: own.enumerate_references(kind.rpc, list(kind.query), index, size)

    return list_pages(api, fetch_by, nouns)


def _by_uid(parameter: str, kind: ReferenceKind, objects: list[dict[str, Any]], name: str, uid: str) -> dict[str, str]:
    for item in objects:
        found = item["metadata"]
        if found["uid"] != uid:
            continue
        if name and found["name"] != name:
            raise ValidationError(
                f"{parameter}.name is {name!r}, but the uid {uid!r} belongs to the {kind.noun} {found['name']!r}",
                hint="correct one of the two, or set the name alone",
            )
        return {"name": found["name"], "uid": uid}
    raise _not_found(f"{kind.noun} with the uid {uid!r}", f"{parameter}.uid", objects)


def _not_found(what: str, where: str, objects: list[dict[str, Any]]) -> NotFoundError:
    names = sorted({item["metadata"]["name"] for item in objects})
    available = f"available: {join_first(names, _MAX_NAMES)}" if names else "none is available"
    return NotFoundError(
        f"{where}: {what} not found, or not visible to this user; {available}",
        hint=f"correct {where}" if names else "check org_id and the rights of this user",
    )
