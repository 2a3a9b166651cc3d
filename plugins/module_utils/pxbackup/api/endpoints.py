# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One function for each endpoint: typed in, typed and whole out. All that changes state passes one gate.

Source: contract ``services`` and ``messages``; behaviour note 1.3, 1.4, 4 and 6.2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..client.transport import Transport
from ..client.urls import encode_query, encode_segment, fits_query
from ..errors import ProtocolError, PXBackupError, UnsupportedError
from .releases import ROUTES, Route, needs_release, release_of, route
from .schema import decode


class Page(NamedTuple):
    """One page of a list: what it holds and what the server says of the whole."""

    backups: list[dict[str, Any]]
    total_count: int
    complete: bool


class Api:
    """The endpoints that this project uses, for one organisation.

    Args:
        transport: sends the requests.
        org_id: the organisation's id, in most installations ``default``.
        check_mode: when true, :meth:`_write` answers the prediction and sends nothing.
        release: the server's release where the task says it, for a server that hides it.
    """

    def __init__(self, transport: Transport, org_id: str, check_mode: bool = False, release: str | None = None) -> None:
        self._transport = transport
        self.org_id = org_id
        self.check_mode = check_mode
        self._release = release

    # --- the two ways to the server

    def _read(
        self,
        rpc: str,
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        within: float | None = None,
        once: bool = False,
        **segments: str,
    ) -> dict[str, Any]:
        """Send a request that changes nothing. It is sent in check mode too."""
        form = self._route(rpc)
        path = self._path(form, segments)
        return self._transport.request(form.method, path, query, body, writes=False, within=within, once=once)

    def _write(
        self,
        rpc: str,
        predicted: dict[str, Any],
        query: list[tuple[str, str]] | None = None,
        body: dict[str, Any] | None = None,
        **segments: str,
    ) -> dict[str, Any]:
        """Send a request that changes state: the only gate for POST, PUT and DELETE.

        In check mode nothing is sent and ``predicted`` is the answer.
        """
        form = self._route(rpc)
        path = self._path(form, segments)
        if self.check_mode:
            return predicted
        return self._transport.request(form.method, path, query, body, writes=True)

    def _route(self, rpc: str) -> Route:
        return route(rpc, self.release) if needs_release(rpc) else ROUTES[rpc][0]

    def _path(self, form: Route, segments: dict[str, str]) -> str:
        values = {"org_id": self.org_id, **segments}
        return "/".join(
            encode_segment(part[1:-1], values[part[1:-1]]) if part.startswith("{") else part
            for part in form.path.split("/")
        )

    @property
    def release(self) -> str:
        """The server's release such as ``2.10.1``; asked for once, and only when something depends on it."""
        if self._release is None:
            try:
                answer = self._read("Version.Get")
            except PXBackupError as error:
                if error.http_status not in _HIDDEN:
                    raise
                raise _hides_its_release(error) from None
            try:
                self._release = release_of(answer)
            except ProtocolError as error:
                raise _hides_its_release(error) from None
        return self._release

    @property
    def known_release(self) -> str | None:
        """The server's release, ``None`` when nothing has asked for it so far."""
        return self._release

    # --- backups

    def create_backup(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``BackupCreateRequest`` and return the backup as the server made it, mostly in ``Pending``."""
        answer = self._write("Backup.Create", {"backup": predicted}, body=request)
        return _made(answer)

    def update_backup(self, request: dict[str, Any]) -> None:
        """Send ``BackupUpdateRequest``: labels, ownership and cloud credential, nothing else can be changed."""
        self._write("Backup.Update", {}, body=request)

    def update_backup_share(self, name: str, uid: str, share: dict[str, Any]) -> None:
        """Replace the whole share of a backup: who is not in ``share`` no longer has it."""
        request = {"org_id": self.org_id, "name": name, "uid": uid, "backupshare": share}
        self._write("Backup.UpdateBackupShare", {}, body=request)

    def delete_backup(
        self, name: str, uid: str, cluster_ref: dict[str, str] | None = None, force: bool = False
    ) -> None:
        """Start the deletion of a backup; the server carries it out in the background.

        Args:
            cluster_ref: the cluster to delete through, where the backup's own is gone.
            force: remove the record alone and leave the data (3.0.0 and newer, federated mode only).
        """
        query = [("uid", uid)]
        query += [(f"cluster_ref.{key}", value) for key, value in (cluster_ref or {}).items() if value]
        if force:
            query.append(("force", "true"))
        self._write("Backup.Delete", {}, query, name=name)

    def retry_backup(self, request: dict[str, Any], predicted: dict[str, Any]) -> dict[str, Any]:
        """Send ``BackupRetryRequest`` and return the new backup that retries what failed."""
        answer = self._write("Backup.RetryBackupResources", {"backup": predicted}, body=request)
        return _made(answer)

    def backup_resource_details(self, name: str, uid: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return what is in a backup (``BackupResourceObject``).

        Args:
            options: ``filter``, ``force_resync`` and ``sync_namespaces_only``, for releases that take them.
        """
        rpc = "Backup.GetBackupResourceDetails"
        if self._route(rpc).method == "POST":
            body = {"org_id": self.org_id, "name": name, "uid": uid, **options}
            answer = self._read(rpc, body=body)
        else:
            answer = self._read(rpc, [("uid", uid)], name=name, uid=uid)
        return decode("BackupResourceObject", _part(answer, "backup"))

    def inspect_backup(self, name: str, uid: str, within: float | None = None) -> dict[str, Any]:
        """Return one backup.

        Args:
            within: seconds that the look may take, where a wait ends then.

        Raises:
            NotFoundError: when there is none of this name and uid.
            ProtocolError: when the server answers with another backup than the one asked for.
        """
        answer = self._read("Backup.Inspect", [("uid", uid)] if uid else None, within=within, name=name)
        backup = _backup(_part(answer, "backup"))
        metadata = backup["metadata"]
        if metadata["name"] != name or (uid and metadata["uid"] != uid):
            raise ProtocolError(
                f"the server answered with backup {metadata['name']!r} ({metadata['uid']}) "
                f"when asked for {name!r} ({uid or 'any uid'})",
                hint="look for a proxy that rewrites addresses",
            )
        return backup

    def enumerate_backups(self, options: dict[str, Any], index: int, size: int, within: float | None = None) -> Page:
        """Return one page of backups: at most ``size`` from position ``index`` (0 is the first) on.

        Args:
            within: seconds that it may take, where a wait ends then.
        """
        paging = {**options, "max_objects": size, "object_index": index}
        if fits_query(paging):
            answer = self._read("Backup.Enumerate", encode_query("enumerate_options", paging), within=within)
        else:
            body = {"org_id": self.org_id, "enumerate_options": paging}
            answer = self._read("Backup.EnumerateByPost", body=body, within=within)
        backups = [_backup(item) for item in _items(answer, "backups")]
        return Page(backups, _count(answer.get("total_count")), answer.get("complete") is True)

    # --- what a backup refers to

    def list_objects(self, rpc: str, key: str, query: list[tuple[str, str]] | None = None) -> list[dict[str, Any]]:
        """Return all clusters, backup locations, rules or cloud credentials that this user sees.

        Args:
            rpc: an entry of ``releases.ROUTES`` such as ``Cluster.Enumerate``.
            key: the list's key in the answer such as ``clusters``.
            query: what else the answer shall hold.
        """
        items = _items(self._read(rpc, query), key)
        return [{**item, "metadata": decode("Metadata", item.get("metadata"))} for item in items]

    def resource_types(self, cluster_ref: dict[str, str]) -> list[str]:
        """Return the kinds of resources that the server backs up of a cluster (behaviour note 8.4).

        Asked once and for a short time: nobody needs the answer so much that a backup should wait for it.
        """
        query = [(f"cluster_ref.{key}", value) for key, value in cluster_ref.items() if value]
        kinds = (
            self._read("ResourceCollector.ResourceTypes", query, within=_ADVICE_TAKES, once=True).get("resource_types")
            or []
        )
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise ProtocolError("the server's answer has no list of names in 'resource_types'")
        return kinds


# How many seconds an answer may take that is only needed for advice.
_ADVICE_TAKES = 10.0

# What a server answers that does not tell its release to this user, or by this way.
_HIDDEN = (403, 404, 405, 501)


def _hides_its_release(error: PXBackupError) -> PXBackupError:
    return UnsupportedError(
        f"the task uses what not every release has, and the server does not tell its own ({error.message})",
        hint="say it in server_release",
    )


def _backup(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a backup, whole: both of its parts are always there."""
    return decode(
        "BackupObject", {**raw, "backup_info": raw.get("backup_info") or {}, "metadata": _part(raw, "metadata")}
    )


def _made(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the backup that a write answered with; an answer without one does not mean that nothing was made."""
    try:
        return _backup(_part(answer, "backup"))
    except ProtocolError as error:
        error.maybe_processed = True
        raise


def _part(answer: dict[str, Any], key: str) -> dict[str, Any]:
    part = answer.get(key)
    if not isinstance(part, dict):
        raise ProtocolError(
            f"the server's answer has no {key!r}", hint="is api_url the address of the PX-Backup REST API?"
        )
    return part


def _items(answer: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of the answer; it is left out when empty."""
    items = answer.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ProtocolError(
            f"the server's answer has no list of objects in {key!r}",
            hint="is api_url the address of the PX-Backup REST API?",
        )
    return items


def _count(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError, OverflowError):
        raise ProtocolError(f"the server answered with the total_count {value!r}") from None
