# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of the API, as data: how each is sent in which release, and what its response has.

Source: the public API definition, release by release (docs/server-behaviour.md, section 1.4).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..errors import ProtocolError, UnsupportedError, ValidationError

# Every release that the tables distinguish, oldest first.
RELEASES = ("2.8.1", "2.8.2", "2.8.4", "2.9.0", "2.10.1", "2.11.0", "3.0.0", "3.1.0", "3.2.0")


class Route(NamedTuple):
    """How one call is sent, and in which releases. ``{x}`` in the path is one segment; other fields are a query, or
    the body of a POST."""

    method: str
    path: str
    since: str = RELEASES[0]
    until: str = RELEASES[-1]


class Call(NamedTuple):
    """A call of the API.

    Attributes:
        forms: how it is sent, oldest first.
        response: the fields of its response with their types, in the notation of ``backup_messages.py``; ``object`` is
            an object that is passed on as it is.
    """

    forms: tuple[Route, ...]
    response: dict[str, str]


# Every call of this project, by its name in the API's definition.
CALLS: dict[str, Call] = {
    "Backup.Create": Call((Route("POST", "/v1/backup"),), {"backup": "BackupObject"}),
    "Backup.Update": Call((Route("PUT", "/v1/backup"),), {}),
    "Backup.Enumerate": Call(
        (Route("GET", "/v1/backup/{org_id}"),), {"backups": "[BackupObject]", "total_count": "int", "complete": "bool"}
    ),
    # The form for filters that a query cannot hold.
    "Backup.EnumerateByPost": Call(
        (Route("POST", "/v1/backup/{org_id}/enumerate", "2.9.0"),),
        {"backups": "[BackupObject]", "total_count": "int", "complete": "bool"},
    ),
    "Backup.Inspect": Call((Route("GET", "/v1/backup/{org_id}/{name}"),), {"backup": "BackupObject"}),
    "Backup.Delete": Call((Route("DELETE", "/v1/backup/{org_id}/{name}"),), {}),
    "Backup.UpdateBackupShare": Call((Route("PUT", "/v1/backup/updatebackupshare"),), {}),
    "Backup.RetryBackupResources": Call(
        (Route("PUT", "/v1/backup/retryBackupResources", "2.9.0"),), {"backup": "BackupObject"}
    ),
    "Backup.GetBackupResourceDetails": Call(
        (
            Route("GET", "/v1/backup/getbackupresourcedetails/{org_id}/{name}/{uid}", "2.9.0", "2.9.0"),
            Route("GET", "/v1/backup/getbackupresourcedetails/{org_id}/{name}", "2.10.1", "2.10.1"),
            Route("POST", "/v1/backup/getbackupresourcedetails", "2.11.0"),
        ),
        {"backup": "BackupResourceObject"},
    ),
    "Restore.Create": Call((Route("POST", "/v1/restore"),), {"restore": "RestoreObject"}),
    "Restore.Update": Call((Route("PUT", "/v1/restore"),), {}),
    "Restore.Enumerate": Call(
        (Route("GET", "/v1/restore/{org_id}"),),
        {"restores": "[RestoreObject]", "total_count": "int", "complete": "bool"},
    ),
    "Restore.Inspect": Call((Route("GET", "/v1/restore/{org_id}/{name}"),), {"restore": "RestoreObject"}),
    "Restore.Delete": Call((Route("DELETE", "/v1/restore/{org_id}/{name}"),), {}),
    "Cluster.Enumerate": Call(
        (Route("GET", "/v1/cluster/{org_id}"),),
        {"clusters": "[ClusterObject]", "total_count": "int", "complete": "bool"},
    ),
    "BackupLocation.Enumerate": Call(
        (Route("GET", "/v1/backuplocation/{org_id}"),),
        {"backup_locations": "[BackupLocationObject]", "total_count": "int", "complete": "bool"},
    ),
    "Rules.Enumerate": Call((Route("GET", "/v1/rule/{org_id}"),), {"rules": "[RuleObject]"}),
    "CloudCredential.Enumerate": Call(
        (Route("GET", "/v1/cloudcredential/{org_id}"),),
        {"cloud_credentials": "[CloudCredentialObject]", "total_count": "int", "complete": "bool"},
    ),
    "SchedulePolicy.Enumerate": Call(
        (Route("GET", "/v1/schedulepolicy/{org_id}"),), {"schedule_policies": "[SchedulePolicyObject]"}
    ),
    "BackupSchedule.Enumerate": Call(
        (Route("GET", "/v1/backupschedule/{org_id}"),),
        {"backup_schedules": "[BackupScheduleObject]", "total_count": "int", "complete": "bool"},
    ),
    "VolumeResourceOnlyPolicy.Enumerate": Call(
        (Route("GET", "/v1/volumeresourceonlypolicy/{org_id}", "2.9.0"),),
        {"volume_resource_only_policies": "[VolumeResourceOnlyPolicyObject]", "total_count": "int", "complete": "bool"},
    ),
    "ResourceCollector.ResourceTypes": Call((Route("GET", "/v1/resourceType/{org_id}"),), {"resource_types": "[str]"}),
    "Metrics.Inspect": Call(
        (Route("GET", "/v1/metrics/{org_id}"),), {"stats": "[MetricsInspectResponse.Stats]", "last_sync_time": "int"}
    ),
    # The path is as the contract has it, although it begins like that of a restore.
    "ActivityTimeLine.Enumerate": Call(
        (Route("GET", "/v1/restore/{org_id}/{days}/{interval}"),),
        {"activity_data": "[ActivityEnumerateResponse.Data]"},
    ),
    "Version.Get": Call((Route("GET", "/v1/version"),), {"version": "VersionInfo"}),
}


def numbers(release: str) -> tuple[int, ...]:
    """Return a release as numbers that compare."""
    return tuple(int(part) for part in release.split("."))


def release_of(response: dict[str, Any]) -> str:
    """Return the release that a server names in its response to ``Version.Get``.

    Raises:
        ProtocolError: it names none.
    """
    version = response.get("version")
    parts = [version.get(key) for key in ("major", "minor", "patch")] if isinstance(version, dict) else []
    found = [re.match(r"[0-9]{1,4}(?![0-9])", str(part or "0")) for part in parts]
    if not all(found) or not any(parts):
        raise ProtocolError(
            "the server does not name its release of PX-Backup",
            hint="is api_url the address of the PX-Backup REST API?",
        )
    return ".".join(match.group() for match in found if match)


def known_as(release: str) -> str:
    """Return the newest release of the table that is not newer than this one.

    Raises:
        UnsupportedError: it is older than the table.
    """
    known = [entry for entry in RELEASES if numbers(entry) <= numbers(release)]
    if not known:
        raise UnsupportedError(
            f"the server is PX-Backup {release}, older than {RELEASES[0]}", hint=f"upgrade it to {RELEASES[0]} or newer"
        )
    return known[-1]


def has(since: str, release: str) -> bool:
    """Whether a server of this release has what another one introduced."""
    return numbers(known_as(release)) >= numbers(since)


def has_call(rpc: str, release: str) -> bool:
    """Whether a server of this release has a call in any form."""
    return has(CALLS[rpc].forms[0].since, release)


def check_release(text: str | None) -> str | None:
    """Return the release that the user sets, ``None`` where none is set.

    Raises:
        ValidationError: it is not a release.
    """
    release = (text or "").strip()
    if release and not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", release):
        raise ValidationError(f"server_release {release!r} is not a release", hint="write it like 2.10.1")
    return release or None


def require(what: str, since: str, release: str) -> None:
    """Raise ``UnsupportedError`` unless a server of this release has what another one introduced."""
    if not has(since, release):
        raise UnsupportedError(
            f"{what} needs PX-Backup {since} or newer, and the server is {release}",
            hint="omit it or upgrade the server",
        )


def needs_release(rpc: str) -> bool:
    """Whether the form of a call depends on the release."""
    return len(CALLS[rpc].forms) > 1 or CALLS[rpc].forms[0].since != RELEASES[0]


def route(rpc: str, release: str) -> Route:
    """Return the form of a call for a release.

    Raises:
        UnsupportedError: the release does not have the call.
    """
    known = numbers(known_as(release))
    for form in CALLS[rpc].forms:
        if numbers(form.since) <= known <= numbers(form.until):
            return form
    raise UnsupportedError(
        f"{rpc} needs PX-Backup {CALLS[rpc].forms[0].since} or newer, and the server is {release}",
        hint="upgrade the server",
    )
