# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part that writes: what only objects can show that the probe has created itself.

It creates two backups of one namespace, one of a namespace that does not exist, and two restores into a scratch
namespace. Every name begins with one prefix. Objects are created by the library's own mechanism, which never creates a
second one after a lost response; the one exception is the second create of a name that is taken, which is the point of
a check. What it created is found by its names and deleted at the end, whatever happened before.
"""

from __future__ import annotations

import re
from typing import Any, Callable, NamedTuple

from ..api.releases import has_call
from ..backups.create import request_body
from ..backups.lookup import BACKUPS
from ..core.creation import create_once
from ..core.lookup import Resource, owner_of
from ..core.model import Context
from ..core.pagination import name_of, uid_of
from ..core.wait_policy import WaitPolicy
from ..core.waiting import poll
from ..core.writes import Write, carry_out
from ..errors import PXBackupError, StateError, WaitTimeoutError, describe_internal_error
from ..restores.lookup import RESTORES
from .observation import part_of, refusal_of, why_of
from .seen import NotSeenError, Seen

Item = dict[str, Any]
Tried = dict[str, "Seen | NotSeenError"]

LABELS = {"px-backup-conformance": "created"}


class Plan(NamedTuple):
    """What the user allows.

    Attributes:
        prefix: the beginning of every name.
        namespace: the namespace that is backed up.
        cluster, location, target: references of its cluster, of the backup location, and of the cluster of restores.
        policy: how long to wait for each end.
        other_token: the token of another user, ``""`` for none.
    """

    prefix: str
    namespace: str
    cluster: dict[str, str]
    location: dict[str, str]
    target: dict[str, str]
    policy: WaitPolicy
    other_token: str = ""

    @property
    def scratch(self) -> str:
        """The namespace that restores write to."""
        return f"{self.prefix}-scratch"

    @property
    def absent(self) -> str:
        """The name of a namespace that does not exist."""
        return f"{self.prefix}-absent"


class Trial:
    """One run of the part that writes; ``tried`` fills as it goes on."""

    def __init__(self, context: Context, plan: Plan) -> None:
        self.tried: Tried = {}
        self.context = context
        self.api = context.api
        self.plan = plan
        # What was asked for, by the noun of its resource and its name.
        self._asked_for: set[tuple[str, str]] = set()

    def note(self, check: str, see: Callable[[], Seen]) -> None:
        """Keep what a function sees for a check, or why it could not."""
        try:
            self.tried[check] = see()
        except NotSeenError as error:
            self.tried[check] = error
        except PXBackupError as error:
            self.tried[check] = NotSeenError(why_of(error))

    @property
    def has_retry(self) -> bool:
        """Whether the server is known to have the retry."""
        release = self.api.known_release
        return release is not None and has_call("Backup.RetryBackupResources", release)

    # --- objects

    def find_objects(self, resource: Resource) -> list[Item]:
        """Return the objects whose names begin with the prefix."""
        listed = resource.list_all(self.api, {"name_filter": self.plan.prefix, "include_detailed_resources": False})
        return [item for item in listed if name_of(item).startswith(self.plan.prefix)]

    def refuse_remains(self) -> None:
        """Raise ``StateError`` where objects with the prefix exist: they may be anybody's."""
        for resource in (BACKUPS, RESTORES):
            if self.find_objects(resource):
                raise StateError(
                    f"{resource.noun}s exist whose names begin with {self.plan.prefix!r}",
                    hint="set another prefix, or delete them",
                )

    def create_backup(self, suffix: str, namespace: str) -> tuple[Item, Item | None]:
        """Create a backup and return it with the object of the response, ``None`` where that was lost."""
        body = self.backup_request(suffix, namespace)
        return self._create(BACKUPS, body, self.api.create_backup)

    def backup_request(self, suffix: str, namespace: str) -> dict[str, Any]:
        """Return the request of a backup."""
        plan = self.plan
        wanted = {"name": f"{plan.prefix}-{suffix}", "labels": LABELS, "namespaces": [namespace]}
        return request_body(
            self.api.org_id, {**wanted, "cluster_ref": plan.cluster, "backup_location_ref": plan.location}
        )

    def create_restore(self, suffix: str, backup: Item, more: dict[str, str]) -> tuple[Item, Item | None]:
        """Create a restore into the scratch namespace and return it with the object of the response.

        Args:
            more: further entries of the namespace mapping.
        """
        return self._create(RESTORES, self.restore_request(suffix, backup, more), self.api.create_restore)

    def restore_request(self, suffix: str, backup: Item, more: dict[str, str]) -> dict[str, Any]:
        """Return the request of a restore."""
        plan = self.plan
        return {
            "metadata": {"name": f"{plan.prefix}-{suffix}", "org_id": self.api.org_id},
            "backup": name_of(backup),
            "backup_ref": {"name": name_of(backup), "uid": uid_of(backup)},
            "cluster": plan.target["name"],
            "cluster_ref": plan.target,
            "namespace_mapping": {plan.namespace: plan.scratch, **more},
        }

    def _create(
        self, resource: Resource, body: dict[str, Any], send: Callable[[Any, Any], Item]
    ) -> tuple[Item, Item | None]:
        responses: list[Item] = []

        def send_and_keep() -> Item:
            self._asked_for.add((resource.noun, name))
            responses.append(send(body, {}))
            return responses[0]

        name = body["metadata"]["name"]
        written = create_once(
            self.context, resource, name, self.context.caller(), send_and_keep, is_complete=lambda item: True
        )
        if written.found is None or (written.trouble is not None and not written.trouble.maybe_processed):
            raise written.trouble or StateError(f"{resource.noun} {name!r} was accepted and does not exist")
        return written.found, responses[0] if responses else None

    def wait_for(self, resource: Resource, item: Item, is_end: Callable[[Item | None], bool]) -> Item | None:
        """Poll an object until its state is an end, and return it, ``None`` when it does not exist.

        Raises:
            WaitTimeoutError: the time is up.
        """
        name, uid = name_of(item), uid_of(item)
        started = self.context.clock()
        for _left in poll(self.context, self.plan.policy, started):
            now = resource.get(self.api, name, uid)
            if is_end(now):
                return now
        raise WaitTimeoutError(f"{resource.noun} {name!r} did not reach its end in time")

    def wait_for_end(self, resource: Resource, item: Item) -> Item:
        """Poll an object until its run has ended, and return it."""
        ended = self.wait_for(resource, item, lambda now: now is None or not resource.lifecycle.is_running(now))
        if ended is None:
            raise NotSeenError("the object disappeared while it ran")
        return ended

    # --- cleaning

    def clean(self) -> list[str]:
        """Delete every object of this run and return those that are left, as sentences for the user."""
        left = []
        for resource, send in ((RESTORES, self.api.delete_restore), (BACKUPS, self.api.delete_backup)):
            try:
                found = self._find_own(resource)
                going = {uid_of(item) for item in found if self._delete(resource, item, send)}
                remains = self._wait_until_gone(resource, going)
                left += [f"{resource.noun} {name_of(item)} ({uid_of(item)})" for item in remains]
            except Exception as error:  # noqa: BLE001 - a fault of ours with some must not leave the others behind
                reason = error.message if isinstance(error, PXBackupError) else describe_internal_error(error)
                left.append(f"{resource.noun}s whose names begin with {self.plan.prefix}: {reason}")
        return left

    def _find_own(self, resource: Resource) -> list[Item]:
        """Return the objects of the names that this run asked for, and the retries of its backups.

        Others with the prefix may have come during the run, such as those of a schedule: they are nobody's to delete.
        """
        retry = "(-retry[0-9]+-[0-9]+)?$"
        return [
            item
            for item in self.find_objects(resource)
            if (resource.noun, re.sub(retry, "", name_of(item))) in self._asked_for
        ]

    def _delete(self, resource: Resource, item: Item, send: Callable[[str, str], None]) -> bool:
        """Send the deletion of one object of this run, and return whether the server deletes it."""
        owner, caller = owner_of(item), self.context.caller()
        if owner and caller and owner != caller:
            return False
        if resource.lifecycle.is_deleting(item):
            return True
        write = Write(
            f"DELETE of {resource.noun} {name_of(item)!r}",
            send=lambda: send(name_of(item), uid_of(item)),
            check=lambda: resource.get(self.api, name_of(item), uid_of(item)),
            is_done=lambda found: found is None or resource.lifecycle.is_deleting(found),
            repeatable=True,
        )
        try:
            carry_out(self.context, write)
        except PXBackupError as error:
            self.context.warn(f"{write.what} failed: {error.message}")
            return False
        return True

    def _wait_until_gone(self, resource: Resource, going: set[str]) -> list[Item]:
        """Wait while objects are being deleted, and return all that are left."""
        left, polls = self._find_own(resource), poll(self.context, self.plan.policy, self.context.clock())
        while any(uid_of(item) in going for item in left) and next(polls, None) is not None:
            left = self._find_own(resource)
        return left


def status_seen(item: Item | None) -> Seen:
    """Return the status of a backup or restore that was just created, or has ended.

    Raises:
        NotSeenError: the response was lost.
    """
    if item is None:
        raise NotSeenError("the response to the create was lost")
    part = "backup_info" if "backup_info" in item else "restore_info"
    return {"status": str(part_of(item, part, "status", "status") or "Invalid")}


def refused_by(send: Callable[[], Any]) -> Seen:
    """Send a write that the server may refuse, and return how it did.

    Raises:
        NotSeenError: there was no response.
    """
    try:
        send()
    except PXBackupError as error:
        return refusal_of(error)
    return {"accepted": True}
