# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a task names to what the server needs: name and uid of clusters, locations, rules, credentials, backups.

Names are unique for one owner only, so a name is looked up and compared exactly, and several hits are an
error that lists the uids (behaviour note 3.1, 6.2; trap "the first is taken").
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any, Callable, NamedTuple

from ..api.endpoints import Api
from ..errors import ConflictError, NotFoundError, PermissionDeniedError, PXBackupError, ValidationError
from .pagination import Listing, uid_of

# How many names an error lists before it counts the rest.
_MOST_NAMES = 20


class Kind(NamedTuple):
    """What a reference parameter refers to, where the server lists it, and what the list is asked to hold besides."""

    rpc: str
    key: str
    word: str
    query: tuple[tuple[str, str], ...] = ()


KINDS = {
    "backup_location_ref": Kind(
        "BackupLocation.Enumerate",
        "backup_locations",
        "backup location",
        # Without it the answer has no status (behaviour note 6.2).
        (("include_validation_state", "true"),),
    ),
    "cluster_ref": Kind("Cluster.Enumerate", "clusters", "cluster"),
    "pre_exec_rule_ref": Kind("Rules.Enumerate", "rules", "rule"),
    "post_exec_rule_ref": Kind("Rules.Enumerate", "rules", "rule"),
    "schedule_policy_ref": Kind("SchedulePolicy.Enumerate", "schedule_policies", "schedule policy"),
    "backup_schedule_ref": Kind("BackupSchedule.Enumerate", "backup_schedules", "backup schedule"),
    "volume_resource_only_policy_ref": Kind(
        "VolumeResourceOnlyPolicy.Enumerate", "volume_resource_only_policies", "volume resource only policy"
    ),
    "cloud_credential_ref": Kind("CloudCredential.Enumerate", "cloud_credentials", "cloud credential"),
}


class References:
    """Looks references up; each kind is listed once at the most, and each cluster asked once for what it holds.

    What a list was refused with counts as well: a user who may not list a kind may not for the next backup either.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._listed: dict[str, list[dict[str, Any]] | PXBackupError] = {}
        self._resource_types: dict[str, list[str] | PXBackupError] = {}
        # Where several threads make backups, the first one asks for all.
        self._lock = Lock()

    def resolve(self, parameter: str, ref: dict[str, str]) -> dict[str, str]:
        """Return name and uid of the object that ``ref`` (name, uid or both) means.

        Raises:
            NotFoundError: there is none; the error says which names are there.
            ConflictError: the name fits several; the error lists their uids.
            ValidationError: the uid belongs to an object of another name.
        """
        kind = KINDS[parameter]
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
            uids = ", ".join(sorted(item["metadata"]["uid"] for item in hits))
            raise ConflictError(
                f"{parameter}.name {name!r} fits {len(hits)} {kind.word}s with the uids {uids}",
                hint=f"give {parameter}.uid as well",
            )
        raise NotFoundError(
            f"{parameter}.name {name!r} is no {kind.word} that this user sees; there are: {_names(objects)}",
            hint=f"give one of these names in {parameter}.name" if objects else "check org_id and this user's rights",
        )

    def list_together(self, parameters: Iterable[str], each: Callable[..., Any]) -> None:
        """List what these parameters refer to, several kinds at a time; what goes wrong is told by :meth:`resolve`.

        Args:
            each: calls a function for each of many, in several threads.
        """
        each(self._list, {KINDS[name].rpc: KINDS[name] for name in parameters if name in KINDS}.values())

    def resolve_all(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with every reference looked up."""
        named = [name for name in KINDS if parameters.get(name) is not None]
        return {**parameters, **{name: self.resolve(name, parameters[name]) for name in named}}

    def listed(self, parameter: str, ref: dict[str, str]) -> dict[str, Any] | None:
        """Return the object of a reference that was resolved, as the look-up brought it.

        Sends nothing: ``None`` where this user may use the object without the right to list its kind.
        """
        objects = self._listed.get(KINDS[parameter].rpc, [])
        if isinstance(objects, PXBackupError):
            return None
        return next((item for item in objects if item["metadata"]["uid"] == ref["uid"]), None)

    def resource_types(self, cluster_ref: dict[str, str]) -> list[str]:
        """Return the kinds of resources that the server backs up of a cluster; asked once, also when it is refused.

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

    def _objects(self, kind: Kind) -> list[dict[str, Any]]:
        self._list(kind)
        objects = self._listed[kind.rpc]
        if isinstance(objects, PXBackupError):
            raise objects
        return objects

    def _list(self, kind: Kind) -> None:
        if kind.rpc in self._listed:
            return
        try:
            self._listed[kind.rpc] = self._api.enumerate_references(kind.rpc, list(kind.query)).items
        except PXBackupError as error:
            self._listed[kind.rpc] = error


def _by_uid(parameter: str, kind: Kind, objects: list[dict[str, Any]], name: str, uid: str) -> dict[str, str]:
    for item in objects:
        found = item["metadata"]
        if found["uid"] != uid:
            continue
        if name and found["name"] != name:
            raise ValidationError(
                f"{parameter} names {name!r}, but its uid {uid!r} is the {kind.word} {found['name']!r}",
                hint="correct one of the two, or give the name alone",
            )
        return {"name": found["name"], "uid": uid}
    raise NotFoundError(
        f"{parameter}.uid {uid!r} is no {kind.word} that this user sees; there are: {_names(objects)}",
        hint=f"correct {parameter}.uid, or give {parameter}.name alone",
    )


def _names(objects: list[dict[str, Any]]) -> str:
    names = sorted({item["metadata"]["name"] for item in objects})
    if not names:
        return "none at all"
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def find_backup(api: Api, name: str, uid: str, owner: str = "") -> dict[str, Any] | None:
    """Return the one backup that name, uid or both mean, whole, or ``None`` when there is none.

    Args:
        owner: where given, only backups of this owner count among those of one name.

    Raises:
        ConflictError: the name fits several backups; the error lists uids and owners.
    """
    if not uid:
        uid = _uid_by_name(api, name, owner)
    elif not name:
        name = _name_by_uid(api, uid)
    if not (name and uid):
        return None
    try:
        return api.inspect_backup(name, uid)
    except NotFoundError:
        return None


def existing_backup(api: Api, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the backup that the task names, whole.

    Raises:
        NotFoundError: when there is none.
    """
    name, uid = parameters.get("name", ""), parameters.get("uid", "")
    backup = find_backup(api, name, uid)
    if backup is None:
        raise NotFoundError(
            f"there is no backup {described(name, uid)} in organisation {api.org_id!r} that this user sees",
            hint="INSPECT_ALL lists the backups that there are",
        )
    return backup


def described(name: str, uid: str) -> str:
    """Return how a task named a backup, for a sentence."""
    return " with the ".join(part for part in (repr(name) if name else "", f"uid {uid!r}" if uid else "") if part)


def backups_named(api: Api, name: str) -> list[dict[str, Any]]:
    """Return every backup of exactly this name, without its resources; several owners may have one."""
    options = {"name_filter": name, "include_detailed_resources": False}
    return [item for item in Listing(api, options) if item["metadata"]["name"] == name]


def _uid_by_name(api: Api, name: str, owner: str) -> str:
    hit = the_one(name, backups_named(api, name), owner)
    return uid_of(hit) if hit else ""


def the_one(name: str, backups: list[dict[str, Any]], owner: str) -> dict[str, Any] | None:
    """Return the one of the backups of this name that is meant, ``None`` when there is none.

    Args:
        owner: where given, only backups of this owner count.

    Raises:
        ConflictError: there are several; the error lists uids and owners.
    """
    # One that names no owner may be the caller's own.
    hits = [item for item in backups if not owner or owner_of(item) in (owner, "")]
    if len(hits) > 1:
        listed = ", ".join(f"{uid_of(item)} (owner {owner_of(item) or 'unknown'})" for item in hits)
        raise ConflictError(
            f"name {name!r} fits {len(hits)} backups: {listed}", hint="give the uid of the one that is meant"
        )
    return hits[0] if hits else None


def _name_by_uid(api: Api, uid: str) -> str:
    # No filter of the API takes a backup's uid, so the list is read until it turns up.
    for backup in Listing(api, {"include_detailed_resources": False}):
        if uid_of(backup) == uid:
            return str(backup["metadata"]["name"])
    return ""


def owner_of(backup: dict[str, Any]) -> str:
    """Return the owner's id of a decoded backup, ``""`` when it is not said."""
    metadata = backup["metadata"]
    return str((metadata["ownership"] or {}).get("owner") or metadata["owner"])
