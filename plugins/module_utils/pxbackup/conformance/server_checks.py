# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of the server itself: release, clock, routes, login, errors."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from ..api.releases import route
from ..client.error_responses import STATUSES_OF
from .model import Check
from .observation import Observation
from .probe import NOBODY, Probe
from .seen import NotSeenError, Seen

# How far the clocks may be apart, in seconds: the header has no fractions, and the response takes its time.
_CLOCK_SECONDS = 60

# A token that no server has issued; it is long enough for every check of its form.
_BAD_TOKEN = "px-backup-conformance-not-a-token"

GOOD: Seen = {"http_status": 200}
NOT_FOUND: Seen = {"http_status": 404, "grpc_code": "NotFound"}
INVALID: Seen = {"http_status": 400, "grpc_code": "InvalidArgument"}
_REFUSED: Seen = {"http_status": 401, "grpc_code": "Unauthenticated"}
NO_ROUTE: Seen = {"http_status": 404, "body": "no error of the API"}


def _find_release(probe: Probe) -> Seen:
    version = probe.get("/version", rpc="Version.Get").good.get("version")
    parts = [version.get(key) for key in ("major", "minor", "patch")] if isinstance(version, dict) else []
    return {"named": any(parts), "as_text": all(isinstance(part, str) for part in parts if part is not None)}


def _compare_clocks(probe: Probe) -> Seen:
    found = probe.get("/version", rpc="Version.Get")
    try:
        seconds = parsedate_to_datetime(found.date).timestamp() - probe.now()
    except (TypeError, ValueError, OverflowError):
        raise NotSeenError("the response has no Date header") from None
    if abs(seconds) <= _CLOCK_SECONDS:
        return {"clock": "agrees"}
    return {"clock": "ahead" if seconds > 0 else "behind"}


def _health(probe: Probe) -> Seen:
    return probe.get("/health", token="").seen


def _unknown_route(probe: Probe) -> Seen:
    return probe.get(f"/{NOBODY}").seen


def _wrong_method(probe: Probe) -> Seen:
    return {"http_status": probe.post("/version", {}).status}


def _list_by_post(probe: Probe) -> Seen:
    return probe.post_list().seen


def _details(probe: Probe) -> Seen:
    metadata = _metadata(probe)
    rpc, ref = "Backup.GetBackupResourceDetails", {"name": metadata["name"], "uid": metadata["uid"]}
    form = route(rpc, probe.release)
    if form.method == "POST":
        return probe.post(form.path.removeprefix("/v1"), {"org_id": probe.api.org_id, **ref}, rpc).seen
    return probe.get(probe.path_of(form.path, **ref), [("uid", ref["uid"])], rpc).seen


def _metadata(probe: Probe) -> dict[str, str]:
    """Return the metadata of a backup that can be asked for by name."""
    for item in probe.backups():
        metadata = item.get("metadata")
        if isinstance(metadata, dict) and "/" not in str(metadata.get("name", "/")) and metadata.get("uid"):
            return {key: str(metadata[key]) for key in ("name", "uid")}
    raise NotSeenError("no visible backup has a name and a uid that can be asked for")


def _missing(probe: Probe, kind: str) -> Observation:
    return probe.get(f"/{kind}/{probe.org}/{NOBODY}")


def _not_found(probe: Probe, kind: str) -> Seen:
    found = _missing(probe, kind)
    return {**found.seen, "says_not_found": "object not found" in found.message.lower()}


def _backup_not_found(probe: Probe) -> Seen:
    return _not_found(probe, "backup")


def _restore_not_found(probe: Probe) -> Seen:
    return _not_found(probe, "restore")


def _error_body(probe: Probe) -> Seen:
    value = _missing(probe, "backup").value or {}
    kinds = {"error": str, "code": int, "message": str}
    return {key: isinstance(value.get(key), kind) for key, kind in kinds.items()}


def _status_of_code(probe: Probe) -> Seen:
    found = [_missing(probe, "backup").seen, probe.get(f"/backup/{probe.org}", token="").seen]
    return {"matches": all(seen["http_status"] in STATUSES_OF.get(str(seen.get("grpc_code")), ()) for seen in found)}


def _reaches(probe: Probe, end: str) -> Seen:
    """Return whether a name with this end reaches the route of the call, which does not find it."""
    return {"reaches": "grpc_code" in probe.get(f"/backup/{probe.org}/{NOBODY}{end}").seen}


def _colon(probe: Probe) -> Seen:
    return _reaches(probe, "%3Ax")


def _empty_verb(probe: Probe) -> Seen:
    return _reaches(probe, ":")


def _no_token(probe: Probe) -> Seen:
    return probe.get(f"/backup/{probe.org}", token="").seen


def _bad_token(probe: Probe) -> Seen:
    return probe.get(f"/backup/{probe.org}", token=_BAD_TOKEN).seen


def _subject(probe: Probe) -> Seen:
    return {"present": bool(probe.caller)}


def _expiry(probe: Probe) -> Seen:
    return {"present": isinstance(probe.api.token_claims.get("exp"), (int, float))}


_ABSENT: Seen = {**NOT_FOUND, "says_not_found": True}
_NAMED: Seen = {"named": True, "as_text": True}
_BODY: Seen = {"error": True, "code": True, "message": True}

SERVER_CHECKS = (
    Check("server.release", "6.3", "The server names its release, as text.", _NAMED, _find_release),
    Check("server.clock", "6.3", "The clocks of server and host agree.", {"clock": "agrees"}, _compare_clocks),
    Check("server.health", "6.3", "The health of the server can be asked without a token.", GOOD, _health),
    Check("route.unknown", "1.5", "A path without a route is HTTP 404 in plain text.", NO_ROUTE, _unknown_route),
    Check("route.method", "1.5", "A wrong method is HTTP 405.", {"http_status": 405}, _wrong_method),
    Check("route.post-list", "4.1", "Backups can be listed by POST.", GOOD, _list_by_post, "2.9.0"),
    Check("route.details", "1.4", "The details of a backup have the route of the release.", GOOD, _details, "2.9.0"),
    Check("route.colon", "1.5", "What follows the last colon of a path is a verb.", {"reaches": False}, _colon),
    Check("route.empty-verb", "1.5", "A colon at the end of a path is ignored.", {"reaches": True}, _empty_verb),
    Check("error.body", "1.6", "The body of an error has error, code and message.", _BODY, _error_body),
    Check("error.status", "1.6", "The status of an error follows from its code.", {"matches": True}, _status_of_code),
    Check("error.not-found", "3.2", "A backup that does not exist is NotFound.", _ABSENT, _backup_not_found),
    Check("error.restore-not-found", "9.5", "A restore that does not exist is NotFound.", _ABSENT, _restore_not_found),
    Check("login.no-token", "7", "A request without a token is HTTP 401.", _REFUSED, _no_token),
    Check("login.bad-token", "7", "A request with a malformed token is HTTP 401.", _REFUSED, _bad_token),
    Check("login.subject", "7", "The token is a JWT that names the user id.", {"present": True}, _subject),
    Check("login.expiry", "7", "The token is a JWT that names its expiry.", {"present": True}, _expiry),
)
