# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of responses: the encoding, and the objects in them.

Facts: docs/server-behaviour.md, sections 1.1 to 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..api.schema import decode
from ..backups.lifecycle import STATUSES
from ..errors import ProtocolError
from .model import Check
from .observation import part_of
from .probe import NOBODY, Probe
from .seen import NotSeenError, Seen

_STAGES = ("Invalid", "Initial", "PreExecRule", "PostExecRule", "Volumes", "Applications", "Final")
_RESTORE_STATUSES = (*STATUSES, "Retained")
_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_RETRY = re.compile(r".*-retry\d+-\d+")


def _zero_values(probe: Probe) -> Seen:
    """Whether zero values are rendered: in an empty list, and in the objects of the first page."""
    empty = probe.list_backups(name_filter=NOBODY, max_objects=1).good
    zeros = [value for value in empty.values() if value in ("", "0", 0, [], {}) and value is not True]
    zeros += [value for item in probe.page().items for value in _plain_values(item) if value in ("", [], {})]
    return {"rendered": bool(zeros)}


def _plain_values(item: dict[str, Any]) -> Iterator[Any]:
    for part in item.values():
        yield from part.values() if isinstance(part, dict) else ()


def _integers(probe: Probe) -> Seen:
    probe.backups()
    total = probe.list_backups(max_objects=1, object_index=0).good.get("total_count")
    return {"as_text": isinstance(total, str)}


def _key_names(probe: Probe) -> Seen:
    return {"clusterInfo": "clusterInfo" in probe.objects("Cluster.Enumerate")[0]}


def _enum_names(probe: Probe) -> Seen:
    words = [part_of(item, "backup_info", "status", "status") for item in probe.backups()]
    if not any(words):
        raise NotSeenError("no visible backup has a status")
    return {"names": all(isinstance(word, str) for word in words if word is not None)}


def _times(probe: Probe) -> Seen:
    times = [_metadata(item).get("create_time") for item in probe.backups()]
    return {"rfc3339_utc": all(isinstance(time, str) and bool(_TIME.fullmatch(time)) for time in times)}


def _types(probe: Probe) -> Seen:
    try:
        for item in probe.backups():
            decode("BackupObject", item)
    except ProtocolError:
        return {"documented": False}
    return {"documented": True}


def _parts(probe: Probe) -> Seen:
    """Whether the fields that every release has are where the tables say: an object without them is another message."""
    items = probe.backups()
    return {key: all(isinstance(item.get(key), dict) for item in items) for key in ("metadata", "backup_info")}


def _metadata(item: dict[str, Any]) -> dict[str, Any]:
    metadata = item.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _unknown_words(words: list[Any], known: tuple[str, ...]) -> Seen:
    """Return the words that no table has; one that has not the form of an enumeration's name is not shown."""
    unknown = sorted({str(word) for word in words if word is not None and word not in known})
    shown = [word if re.fullmatch("[A-Z][A-Za-z]{2,30}", word) else "another word" for word in unknown]
    return {"unknown": " ".join(shown) or "none"}


def _statuses(probe: Probe) -> Seen:
    return _unknown_words([part_of(item, "backup_info", "status", "status") for item in probe.backups()], STATUSES)


def _stages(probe: Probe) -> Seen:
    return _unknown_words([part_of(item, "backup_info", "stage") for item in probe.backups()], _STAGES)


def _restore_statuses(probe: Probe) -> Seen:
    return _unknown_words(
        [part_of(item, "restore_info", "status", "status") for item in probe.restores()], _RESTORE_STATUSES
    )


def _uids(probe: Probe) -> Seen:
    return {"uuid": all(_UUID.fullmatch(str(_metadata(item).get("uid"))) for item in probe.backups())}


def _owners(probe: Probe) -> Seen:
    owners = [_metadata(item).get("ownership") for item in probe.backups()]
    return {"named": all(isinstance(owner, dict) and bool(owner.get("owner")) for owner in owners)}


def _cr_names(probe: Probe) -> Seen:
    pairs = [(_metadata(item), part_of(item, "backup_info", "cr_name")) for item in probe.backups()]
    named = [(metadata, name) for metadata, name in pairs if name]
    if not named:
        raise NotSeenError("no visible backup names its object in the cluster")
    return {"name_and_uid": all(name == f"{meta.get('name')}-{str(meta.get('uid'))[:7]}" for meta, name in named)}


def _retry_names(probe: Probe) -> Seen:
    retries = [item for item in probe.backups() if part_of(item, "backup_info", "retry_parent")]
    if not retries:
        raise NotSeenError("no visible backup is a retry")
    return {"retry_in_name": all(_RETRY.fullmatch(str(_metadata(item).get("name"))) for item in retries)}


def _reason_index(probe: Probe) -> Seen:
    lists = [
        ((item.get("restore_info") or {}).get("restore_resources") or {}).get("reasons") for item in probe.restores()
    ]
    return first_reason([reasons for reasons in lists if isinstance(reasons, list)])


def first_reason(lists: list[list[Any]]) -> Seen:
    """Return whether the first reason of restored resources is an empty one.

    Raises:
        NotSeenError: no restore has a reason.
    """
    told = [reasons for reasons in lists if any(reasons)]
    if not told:
        raise NotSeenError("it takes a restore with a resource that has a reason, and there is none")
    return {"first_reason": "empty" if all(not reasons[0] for reasons in told) else "used"}


_NONE: Seen = {"unknown": "none"}
_BOTH: Seen = {"metadata": True, "backup_info": True}

RESPONSE_CHECKS = (
    Check("json.zero-values", "1.5", "Zero values are omitted.", {"rendered": False}, _zero_values),
    Check("json.integers", "1.5", "64-bit integers are strings.", {"as_text": True}, _integers),
    Check("json.key-names", "1.5", "Keys have the names of the API definition.", {"clusterInfo": True}, _key_names),
    Check("json.enums", "1.5", "Enumerations are sent by name.", {"names": True}, _enum_names),
    Check("json.times", "1.5", "Times are RFC 3339 in UTC.", {"rfc3339_utc": True}, _times),
    Check("json.types", "1.1", "Fields of a backup have the documented types.", {"documented": True}, _types),
    Check("json.parts", "1.1", "A backup has metadata and backup_info.", _BOTH, _parts),
    Check("backup.status", "2.1", "Statuses of backups are those of the API definition.", _NONE, _statuses),
    Check("backup.stage", "1.2", "Stages of backups are those of the API definition.", _NONE, _stages),
    Check("backup.uid", "3.1", "A uid is a UUID in text form.", {"uuid": True}, _uids),
    Check("backup.owner", "5.2", "A backup names its owner in metadata.ownership.", {"named": True}, _owners),
    Check("backup.cr-name", "2.2", "cr_name is the name and the start of the uid.", {"name_and_uid": True}, _cr_names),
    Check("backup.retry", "2.6", "A retry has -retry in its name.", {"retry_in_name": True}, _retry_names, "2.9.0"),
    Check("restore.status", "9.2", "Statuses of restores are those of the API definition.", _NONE, _restore_statuses),
    Check("restore.reasons", "9.7", "reasons[0] is empty.", {"first_reason": "empty"}, _reason_index, "2.11.0"),
)
