# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may see and do what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from px_backup_simulator.auth import User
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import Item
from px_backup_simulator.restore import Restore

Json = dict[str, Any]

EVERYONE = "*"
_RANK = {"": 0, "Invalid": 0, "View": 1, "Read": 1, "Restorable": 2, "Write": 3, "Admin": 3, "FullAccess": 3}
_WORD = {0: "", 1: "View", 2: "Restorable", 3: "FullAccess"}
RESTORABLE = 2
FULL = 3


def _find_ranks(lists: Json, user: User) -> Iterator[int]:
    for entry in lists.get("collaborators") or []:
        if entry.get("id") in (user.id, EVERYONE):
            yield _RANK.get(entry.get("access", ""), 0)
    for entry in lists.get("groups") or []:
        if str(entry.get("id", "")).lstrip("/") in (*user.groups, EVERYONE):
            yield _RANK.get(entry.get("access", ""), 0)


def _rank_of_public(ownership: Json) -> int:
    public = ownership.get("public") or {}
    return _RANK.get(public.get("type", ""), 0)


def rank_of_share(backup: Backup, user: User) -> int:
    """Return the right that sharing gives: 0 none, 1 see, 2 restore, 3 everything."""
    if not backup.share and not backup.ownership:
        return 0
    return max(
        [0, _rank_of_public(backup.ownership), *_find_ranks(backup.share, user), *_find_ranks(backup.ownership, user)]
    )


def name_shared_access(backup: Backup, user: User) -> str:
    """Return the right that sharing gives as the API names it; empty for the owner."""
    return "" if backup.owner == user.id else _WORD[rank_of_share(backup, user)]


def may_see(backup: Backup, user: User) -> bool:
    """Tell whether the backup is in this user's lists."""
    return user.admin or backup.owner == user.id or rank_of_share(backup, user) > 0


def may_write(backup: Backup, user: User) -> bool:
    """Tell whether this user may update and delete it."""
    return user.admin or backup.owner == user.id or rank_of_share(backup, user) >= FULL


def may_share(backup: Backup, user: User) -> bool:
    """Tell whether this user may share it."""
    return user.admin or backup.owner == user.id


def may_restore(backup: Backup, user: User) -> bool:
    """Tell whether this user may restore from a backup."""
    return user.admin or backup.owner == user.id or rank_of_share(backup, user) >= RESTORABLE


def may_write_item(item: Item | Restore, user: User) -> bool:
    """Tell whether this user may change and delete an object that is not a backup."""
    return user.admin or item.owner == user.id


def may_see_item(item: Item | Restore, user: User) -> bool:
    """Tell whether an object that is not a backup is in this user's lists."""
    if user.admin or item.owner == user.id or _rank_of_public(item.ownership) > 0:
        return True
    return any(_find_ranks(item.ownership, user))
