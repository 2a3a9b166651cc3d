# SPDX-License-Identifier: GPL-3.0-or-later
"""The request of a call, and the look-ups that several calls share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from px_backup_simulator import access
from px_backup_simulator.auth import User
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import KINDS, Item
from px_backup_simulator.errors import (
    ALREADY_EXISTS,
    INTERNAL,
    NOT_FOUND,
    PERMISSION_DENIED,
    UNKNOWN,
    ApiError,
)
from px_backup_simulator.proto_json import encode
from px_backup_simulator.render import make_backup_message
from px_backup_simulator.settings import Settings
from px_backup_simulator.surface import Surface
from px_backup_simulator.world import World

Json = dict[str, Any]

AMBIGUOUS = "more than one object found with same name, please use the object UID along with name"

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


@dataclass(slots=True)
class Call:
    """One request, decoded, with its caller."""

    world: World
    settings: Settings
    surface: Surface
    user: User
    request: Json
    now: float

    @property
    def org(self) -> str:
        """The organisation that the request names."""
        return str(self.request.get("org_id", ""))


def dump(value: Any) -> bytes:
    """Encode JSON without spaces."""
    return _encode(value).encode()


def make_not_found(call: Call, kind: str, name: str) -> ApiError:
    """Make the error for an object that does not exist."""
    code = NOT_FOUND if call.settings.not_found == "not_found" else UNKNOWN
    return ApiError(code, f"failed to retrieve {kind} [{name}]: object not found")


def make_denied(call: Call, verb: str, kind: str = "backup") -> ApiError:
    """Make the error for a caller without the right."""
    code = PERMISSION_DENIED if call.settings.permission_errors == "denied" else UNKNOWN
    return ApiError(code, f"{call.user.name} doesn't have permission to {verb} {kind}")


def make_duplicate(call: Call, name: str, kind: str = "backup") -> ApiError:
    """Make the error for a name that the owner has already used."""
    code = ALREADY_EXISTS if call.settings.duplicates == "already_exists" else UNKNOWN
    return ApiError(code, f"failed to create {kind} object [{name}]: object already exists")


def find_backup(call: Call, name: str, uid: str, org: str) -> Backup:
    """Find the one backup of that name, and of that uid when it is given."""
    found = [
        backup
        for backup in call.world.find_backups(org, name)
        if uid in ("", backup.uid) and access.may_see(backup, call.user)
    ]
    if not found:
        if call.settings.not_found == "unknown":
            raise ApiError(UNKNOWN, f"backup with name '{name}' not found for org '{org}'")
        raise make_not_found(call, "backup", name)
    if len(found) > 1:
        raise ApiError(INTERNAL, f"failed to retrieve backup [{name}]: {AMBIGUOUS}")
    return found[0]


def find_item(call: Call, kind: str, name: str, uid: str, org: str) -> Item:
    """Find the one object of that name, and of that uid when it is given."""
    title = KINDS[kind].title
    found = [
        item
        for item in call.world.find_items(kind, name, org)
        if uid in ("", item.uid) and access.may_see_item(item, call.user)
    ]
    if not found:
        raise make_not_found(call, title, name)
    if len(found) > 1:
        raise ApiError(INTERNAL, f"failed to retrieve {title} [{name}]: {AMBIGUOUS}")
    return found[0]


def find_reference(call: Call, kind: str, ref: Json, plain: str, org: str) -> Item | None:
    """Find the object that a reference names; None for an empty reference."""
    name, uid = ref.get("name") or plain, ref.get("uid", "")
    if not name and uid:
        item = call.world.items[kind].get(uid)
        if item is None or not access.may_see_item(item, call.user):
            raise make_not_found(call, KINDS[kind].title, uid)
        return item
    return find_item(call, kind, name, uid, org) if name else None


def encode_backup(call: Call, backup: Backup, *, detailed: bool = True) -> bytes:
    """Encode a backup; the bytes are kept until it can change."""
    right = access.name_shared_access(backup, call.user)
    key = (call.surface.release, call.settings.render_zero, right, detailed)
    known = backup.cache.get(key)
    if known is not None:
        return known
    message = make_backup_message(backup, call.now, right, detailed=detailed)
    text = dump(encode(call.surface, "BackupObject", message, call.settings.render_zero))
    if backup.is_settled(call.now):
        backup.cache[key] = text
    return text
