# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The probe: sends the requests of the checks, each once, and knows what they have in common.

Every request of the reading part is a GET, or a POST to a route that reads or does not exist.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ..api.endpoints import Api
from ..api.releases import CALLS, has
from ..client.urls import encode_query, encode_segment, with_empty_verb
from ..core.pagination import PAGE_SIZE
from .observation import Observation, objects_in, observe
from .seen import NotSeenError, Seen
from .shapes import Shape, merge_shapes, shape_of

# A name that no object has; what is sent about it can concern nobody.
NOBODY = "px-backup-conformance-no-such-object"

# How many restores are read: each may have a megabyte of resources.
_RESTORES = 5

Query = list[tuple[str, str]]


class Page(NamedTuple):
    """The first page of the list of backups, as it was sent: the objects, and how many there are in all."""

    items: list[dict[str, Any]]
    total: int


class Probe:
    """What the checks work with.

    Args:
        api: the endpoints.
        now: the time of day, in seconds since 1970.
        caller: the user's id in the token, ``""`` when it is not known.
        release: the server's release, ``""`` when it is not known.
        tried: what the part that writes has seen, by check; an exception where it could not be seen.
    """

    def __init__(
        self, api: Api, now: Callable[[], float], caller: str, release: str, tried: dict[str, Seen | NotSeenError]
    ) -> None:
        self.api = api
        self.now = now
        self.caller = caller
        self.release = release
        self.tried = tried
        self.shapes: dict[str, Shape] = {}
        self._observed: dict[Any, Observation] = {}

    def forget(self) -> None:
        """Let requests be sent again when their responses are needed again."""
        self._observed = {}

    def has(self, since: str) -> bool:
        """Whether the server's release is known and has what another one introduced."""
        return bool(self.release) and has(since, self.release)

    def get(self, path: str, query: Query | None = None, rpc: str = "", token: str | None = None) -> Observation:
        """Return the response to a GET.

        Args:
            path: below ``/v1``.
            rpc: the call whose response it is, to record its shape.
            token: sent instead of the connection's own; ``""`` sends none.
        """
        return self._once("GET", path, query, None, rpc, token)

    def post(self, path: str, body: dict[str, Any], rpc: str = "") -> Observation:
        """Return the response to a POST to a route that reads, or to one that does not exist."""
        return self._once("POST", path, None, body, rpc, None)

    def list_backups(self, query: Query | None = None, **options: Any) -> Observation:
        """Return the response to the list of backups with these options, and further pairs of the query as they are.

        Contents are only included where the options say so.
        """
        whole = {"include_detailed_resources": False, **options}
        pairs = [*encode_query("enumerate_options", whole), *(query or [])]
        return self.get(f"/backup/{self.org}", pairs, "Backup.Enumerate")

    def post_list(self, **options: Any) -> Observation:
        """Return the response to the list of backups by POST; at most one backup is returned unless options say so."""
        whole = {"max_objects": 1, "include_detailed_resources": False, **options}
        body = {"org_id": self.api.org_id, "enumerate_options": whole}
        return self.post(f"/backup/{self.org}/enumerate", body, "Backup.EnumerateByPost")

    def page(self) -> Page:
        """Return the first page of the list of backups, which most checks need.

        Raises:
            NotSeenError: the list cannot be read.
        """
        value = self.list_backups(max_objects=PAGE_SIZE, object_index=0).good
        return Page(objects_in(value, "backups"), total_of(value))

    def backups(self, least: int = 1) -> list[dict[str, Any]]:
        """Return the backups of the first page.

        Args:
            least: how many are needed.

        Raises:
            NotSeenError: there are fewer.
        """
        items = self.page().items
        if len(items) < least:
            raise NotSeenError(f"it takes {least} visible backup{'s' * (least > 1)}, and there are {len(items)}")
        return items

    def list_restores(self, **options: Any) -> list[dict[str, Any]]:
        """Return the first restores of the list with these options, with their resources.

        Raises:
            NotSeenError: the list cannot be read.
        """
        query = encode_query(
            "enumerate_options", {"include_detailed_resources": True, "max_objects": _RESTORES, **options}
        )
        value = self.get(f"/restore/{self.org}", query, "Restore.Enumerate").good
        return objects_in(value, "restores")

    def restores(self) -> list[dict[str, Any]]:
        """Return the first restores of the list.

        Raises:
            NotSeenError: there are none, or the list cannot be read.
        """
        items = self.list_restores()
        if not items:
            raise NotSeenError("it takes a visible restore, and there is none")
        return items

    def objects(self, rpc: str, query: Query | None = None) -> list[dict[str, Any]]:
        """Return the objects of a list of clusters, backup locations, ...

        Raises:
            NotSeenError: there are none, or the list cannot be read.
        """
        key = next(iter(CALLS[rpc].response))
        items = objects_in(self.references(rpc, query).good, key)
        if not items:
            raise NotSeenError(f"it takes an object in {key}, and there is none")
        return items

    def references(self, rpc: str, query: Query | None = None) -> Observation:
        """Return the response to a list of clusters, backup locations, ..."""
        return self.get(self.path_of(CALLS[rpc].forms[0].path), query, rpc)

    def path_of(self, template: str, **segments: str) -> str:
        """Return a path below ``/v1`` with its segments filled in."""
        path = template.removeprefix("/v1").replace("{org_id}", self.org)
        for name, value in segments.items():
            path = path.replace(f"{{{name}}}", encode_segment(name, value))
        return with_empty_verb(path)

    @property
    def org(self) -> str:
        """The organisation as a segment of a path."""
        return encode_segment("org_id", self.api.org_id)

    def _once(
        self, method: str, path: str, query: Query | None, body: dict[str, Any] | None, rpc: str, token: str | None
    ) -> Observation:
        key = (method, path, str(query), str(body), token)
        if key not in self._observed:
            api = self.api if token is None else self.api.as_user(token)
            found = observe(api.observe(method, f"/v1{path}", query, body))
            self._observed[key] = found
            self._record("error" if found.status != 200 else rpc, found.value)
        return self._observed[key]

    def _record(self, message: str, value: dict[str, Any] | None) -> None:
        if message and value is not None:
            shape = shape_of(message, value)
            self.shapes[message] = merge_shapes(self.shapes.get(message, shape), shape)


def total_of(value: dict[str, Any]) -> int:
    """Return the total of a list, 0 where it is missing or not a number."""
    total = value.get("total_count")
    text = str(total) if not isinstance(total, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
