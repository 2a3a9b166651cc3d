# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules about users and groups: which of them an id names (docs/server-behaviour.md, section 5.1)."""

from __future__ import annotations

import re
from typing import Any, Callable

from .findings import WARNING, Finding, Findings, Parameters

# A user id as Keycloak creates it; `f:` begins the id of a user from another directory.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIRECTORY = "f:"
_EVERYONE = "*"


def _is_user_id(text: str) -> bool:
    return text == _EVERYONE or text.startswith(_DIRECTORY) or bool(_UUID.fullmatch(text))


def check_shared_with(share: dict[str, Any], caller: Callable[[], str]) -> Findings:
    """Yield where a share names a user by something other than an id, or a group by something other than a name."""
    yield from _users("backup_share.collaborators", [item["id"] for item in share.get("collaborators") or []], caller)
    for item in share.get("groups") or []:
        if _UUID.fullmatch(item["id"]):
            yield Finding(
                WARNING,
                "backup_share.groups",
                f"backup_share.groups {item['id']!r} looks like an id, and groups are named by their names: an id "
                "is not resolved and has no effect; set the group's name",
            )


def check_owners(parameters: Parameters, caller: Callable[[], str]) -> Findings:
    """Yield where the ownership of a new backup names a user by something other than an id."""
    ownership = parameters.get("ownership") or {}
    owner = ownership.get("owner")
    yield from _users("ownership.owner", [owner] if owner else [], caller)
    yield from _users("ownership.collaborators", [item["id"] for item in ownership.get("collaborators") or []], caller)


def _users(parameter: str, ids: list[str], caller: Callable[[], str]) -> Findings:
    # The caller's own id is valid, whatever it looks like.
    for user in ids:
        if not _is_user_id(user) and user != caller():
            yield Finding(
                WARNING,
                parameter,
                f"{parameter} {user!r} is not a user id (a UUID); login names are not resolved and have no "
                "effect; set the id that the login service shows for the user",
            )
