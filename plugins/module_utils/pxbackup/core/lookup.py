# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking up objects of a resource by name, by uid or by both; absence is always confirmed by the list.

Facts: docs/server-behaviour.md, sections 3.1 (names are unique for one owner), 3.2 (texts of absence), 4.1 (lists).
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..api.base import Page
from ..api.endpoints import Api
from ..api.schema import Parts
from ..errors import ConflictError, NotFoundError, ProtocolError
from ..text import join_first
from .lifecycle import Lifecycle
from .model import Context
from .pagination import PAGE_SIZE, Listing, list_pages, name_of, uid_of
from .readahead import FetchPage

# How many objects an error lists before it counts the rest.
_MAX_LISTED = 10

# Leaves the contents out of a list.
WITHOUT_RESOURCES = {"include_detailed_resources": False}


class Resource(NamedTuple):
    """What the API keeps under names and uids, and how it is read.

    Attributes:
        lifecycle: the meaning of its states; its noun names an object in sentences.
        inspect: returns the object of a name and a uid; raises ``NotFoundError``.
        fetch: returns what fetches pages of the list for these list options, with these parts of each object.
    """

    lifecycle: Lifecycle
    inspect: Callable[[Api, str, str], dict[str, Any]]
    fetch: Callable[[Api, dict[str, Any], Parts], FetchPage]

    @property
    def noun(self) -> str:
        """What an object is called in a sentence."""
        return self.lifecycle.noun

    def list_all(
        self,
        api: Api,
        options: dict[str, Any],
        page_size: int = PAGE_SIZE,
        parts: Parts | Callable[[], Parts] = None,
        most: int | None = None,
    ) -> Listing:
        """Return an iteration over all objects that match the list options.

        Args:
            parts: what is read of each object, ``None`` for all of it; a function is called for each page.
            most: how many objects are read, ``None`` for all of them.
        """

        def fetch_by(own: Api) -> FetchPage:
            def fetch(index: int, size: int) -> Page:
                return self.fetch(own, options, parts() if callable(parts) else parts)(index, size)

            return fetch

        return list_pages(api, fetch_by, f"{self.noun}s", page_size, most)

    def list_named(self, api: Api, name: str, parts: Parts = None) -> list[dict[str, Any]]:
        """Return every object of exactly this name, without its contents; several owners may have one.

        Args:
            parts: what is read of each object, ``None`` for all of it.
        """
        listed = self.list_all(api, {"name_filter": name, **WITHOUT_RESOURCES}, parts=parts)
        return [item for item in listed if name_of(item) == name]

    def get(self, api: Api, name: str, uid: str) -> dict[str, Any] | None:
        """Return the object of this name and uid, ``None`` when inspect and list both say that it is absent.

        Raises:
            ProtocolError: inspect does not find an object that the list holds.
        """
        try:
            return self.inspect(api, name, uid)
        except NotFoundError as error:
            if uid not in [uid_of(item) for item in self.list_named(api, name, _IDENTITY)]:
                return None
            raise ProtocolError(
                f"the server contradicts itself: its list holds {self.noun} {name!r} ({uid}), and inspect responds: "
                f"{error.message}",
                hint="run the task again; if the error stays, check what the message names",
                http_status=error.http_status if error.http_status != 404 else None,
                grpc_code=error.grpc_code,
                retriable=True,
            ) from None

    def find(self, api: Api, name: str, uid: str, owner: str = "") -> dict[str, Any] | None:
        """Return the one object that name, uid or both mean, whole, or ``None`` when there is none.

        Args:
            owner: where given, only objects of this owner count among those of one name.

        Raises:
            ConflictError: the name matches several objects; the error lists uids and owners.
            ProtocolError: inspect and list contradict each other.
        """
        if not uid:
            hit = self.pick(name, self.list_named(api, name, _IDENTITY), owner)
            uid = uid_of(hit) if hit else ""
        elif not name:
            # No filter of the API takes a uid, so the list is read until it turns up.
            listed = self.list_all(api.concurrent(1), WITHOUT_RESOURCES, parts=frozenset())
            name = next((name_of(item) for item in listed if uid_of(item) == uid), "")
        return self.get(api, name, uid) if name and uid else None

    def require(self, api: Api, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return the object that the task names, whole.

        Raises:
            NotFoundError: there is none.
        """
        name, uid = parameters.get("name", ""), parameters.get("uid", "")
        item = self.find(api, name, uid)
        if item is None:
            raise NotFoundError(self.absence(api, name, uid), hint=f"INSPECT_ALL lists the {self.noun}s")
        return item

    def absence(self, api: Api, name: str, uid: str) -> str:
        """Return the sentence that says that what the task names does not exist."""
        named = " with ".join(part for part in (repr(name) if name else "", f"uid {uid!r}" if uid else "") if part)
        return f"{self.noun} {named} not found in organisation {api.org_id!r}, or not visible to this user"

    def pick(self, name: str, items: list[dict[str, Any]], owner: str) -> dict[str, Any] | None:
        """Return the one of the objects of this name that is meant, ``None`` when there is none.

        Args:
            owner: where given, only objects of this owner count.

        Raises:
            ConflictError: there are several; the error lists uids and owners.
        """
        # One that names no owner may be the caller's own.
        hits = [item for item in items if not owner or owner_of(item) in (owner, "")]
        if len(hits) > 1:
            listed = [f"{uid_of(item)} (owner {owner_of(item) or 'unknown'})" for item in hits]
            raise ConflictError(
                f"name {name!r} matches {len(hits)} {self.noun}s: {join_first(listed, _MAX_LISTED)}",
                hint="set the uid of the one that is meant",
            )
        return hits[0] if hits else None

    def refuse_foreign(self, context: Context, item: dict[str, Any], parameters: dict[str, Any]) -> None:
        """Raise where a write that names no uid would meet an object of another owner.

        Raises:
            ConflictError: the owner is known and is not the caller, or the token does not say who the caller is.
        """
        owner, caller = owner_of(item), context.caller()
        if "uid" in parameters or not owner or owner == caller:
            return
        unknown = "" if caller else ", and the token does not say who the caller is"
        raise ConflictError(
            f"{self.noun} {name_of(item)!r} ({uid_of(item)}) belongs to user {owner}{unknown}",
            hint="set its uid if it is meant",
        )


# What :func:`owner_of` reads.
OWNER_PARTS = ("metadata.owner", "metadata.ownership.owner")

# What tells the objects of one name apart.
_IDENTITY = frozenset(OWNER_PARTS)


def owner_of(item: dict[str, Any]) -> str:
    """Return the owner's id of a decoded object, ``""`` when it is not said."""
    metadata = item["metadata"]
    return str((metadata["ownership"] or {}).get("owner") or metadata["owner"])
