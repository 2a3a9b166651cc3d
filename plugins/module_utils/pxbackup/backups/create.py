# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CREATE: make a backup once.

Facts: behaviour note 3.1 (names), 5.2 (ownership), 6.1 (what a create needs), 8.1 (settings); contract
``BackupCreateRequest``.
"""

from __future__ import annotations

from typing import Any

from ..api.schema import decode
from ..core.model import Context, Outcome
from ..core.pagination import uid_of
from ..core.policy import BACKUP_TIMEOUT, policy_of
from ..core.references import find_backup
from ..core.writes import made_all_the_same
from ..errors import ConflictError, ProtocolError, PXBackupError, StateError
from .joining import joined
from .lifecycle import BAD, DELETING, RETRIABLE, reason_of, status_of
from .preflight.checks import as_result, of_create, refuse_impossible
from .settings import SETTINGS, desired, differences

# The settings that go into the request under their own name. `labels` and `ownership` go into its metadata.
REQUEST_SETTINGS = tuple(name for name in SETTINGS if name not in ("labels", "ownership", "cloud_credential_ref"))

DEFAULT_BACKUP_TYPE = "Normal"


def create(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Create the backup, or say ``ok`` when a live one of that name has the settings that the task gives."""
    policy = policy_of(parameters, BACKUP_TIMEOUT)
    refuse_impossible(parameters)
    wanted = context.references.resolve_all(parameters)
    owner = owner_for(context, parameters)
    existing = find_backup(context.api, parameters["name"], "", owner)
    return joined(context, made(context, wanted, owner, existing), policy)


def owner_for(context: Context, parameters: dict[str, Any]) -> str:
    """Return whose backup it will be, ``""`` when nothing says: names are unique for one owner."""
    return str((parameters.get("ownership") or {}).get("owner") or context.caller())


def made(context: Context, wanted: dict[str, Any], owner: str, existing: dict[str, Any] | None) -> Outcome:
    """Return the outcome of the creation itself, without a wait.

    A backup that is there already is not checked before it is made: it stays ``ok`` while its cluster is away.

    Args:
        wanted: parameters that `refuse_impossible` let pass, with every reference looked up.
        existing: the backup that has the name already, if any.
    """
    findings = as_result([] if existing else of_create(context, wanted))
    try:
        outcome = _existing(wanted, existing) if existing else _sent(context, wanted, owner)
    except PXBackupError as error:
        error.result = {**error.result, "preflight": findings}
        raise
    return outcome._replace(result={**outcome.result, "preflight": findings})


def _sent(context: Context, wanted: dict[str, Any], owner: str) -> Outcome:
    """Create the backup, or say that it would be created."""
    name = wanted["name"]
    body = request_body(context.api.org_id, wanted)
    try:
        created = context.api.create_backup(body, _predicted(body, owner))
    except PXBackupError as error:
        return _after_error(context, wanted, owner, error)
    if context.api.check_mode:
        return Outcome(True, f"Backup {name!r} would be created", {"backup": created}, {}, _settings(wanted))
    created = _confirmed(context, wanted, created)
    message = f"Backup {name!r} was created and is {status_of(created)}"
    return Outcome(True, message, {"backup": created}, {}, _settings(wanted))


def request_body(org_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return ``BackupCreateRequest``: only what the task sets, and the type that the documentation promises."""
    metadata = {"name": wanted["name"], "org_id": org_id}
    metadata.update({name: wanted[name] for name in ("labels", "ownership") if wanted.get(name) is not None})
    if "ownership" in metadata:
        metadata["ownership"] = {key: part for key, part in metadata["ownership"].items() if part is not None}
    settings = {name: wanted[name] for name in REQUEST_SETTINGS if wanted.get(name) is not None}
    return {"metadata": metadata, "backup_type": DEFAULT_BACKUP_TYPE, **settings}


def _after_error(context: Context, wanted: dict[str, Any], owner: str, error: PXBackupError) -> Outcome:
    """Look what is true after a CREATE that got no good answer; never send it a second time.

    The name was free when we looked before, so a backup of this name, owner and settings is the one that
    the lost request made; after "already exists" it is one that somebody else made in between.
    """
    name = wanted["name"]
    if isinstance(error, ConflictError):
        try:
            other = find_backup(context.api, name, "", owner)
        except PXBackupError:
            other = None
        if other is None:
            error.hint = error.hint or "take another name, or look with an administrator's token who has it"
            raise error
        return _existing(wanted, other)
    if not error.maybe_processed:
        raise error
    found = made_all_the_same(context, f"CREATE of {name!r}", error, lambda: find_backup(context.api, name, "", owner))
    _refuse_other_settings(wanted, found)
    message = f"Backup {name!r} was created and is {status_of(found)}; the answer was lost and the backup was looked up"
    return Outcome(True, message, {"backup": found}, {}, _settings(wanted))


def _confirmed(context: Context, wanted: dict[str, Any], created: dict[str, Any]) -> dict[str, Any]:
    """Return the new backup, checked to be as the task wants it.

    Raises:
        ProtocolError: the server made it otherwise than asked, for example with another owner.
    """
    if not differences(wanted, created, SETTINGS):
        return created
    # The answer to a CREATE may be short; what is kept counts.
    kept = context.api.inspect_backup(created["metadata"]["name"], uid_of(created))
    different = differences(wanted, kept, SETTINGS)
    if different:
        error = ProtocolError(
            f"the server made backup {wanted['name']!r}, but otherwise than asked: {'; '.join(map(str, different))}",
            hint="this server or this user's role does not allow it: delete the backup, or leave the setting out",
        )
        error.changed = True
        raise error
    return kept


def _existing(wanted: dict[str, Any], backup: dict[str, Any]) -> Outcome:
    """Answer for a name that is taken: ``ok``, or an error that says what to do."""
    name, state = wanted["name"], status_of(backup)
    reason = f" ({reason_of(backup)})" if reason_of(backup) else ""
    if state in DELETING:
        raise StateError(
            f"backup {name!r} is being deleted ({state}){reason}",
            hint="wait until it is gone, or take another name",
            retriable=True,
        )
    if state in BAD:
        raise StateError(
            f"a backup named {name!r} is there already and is {state}{reason}",
            hint=f"delete it first,{' retry it,' if state in RETRIABLE else ''} or take another name",
        )
    _refuse_other_settings(wanted, backup)
    settings = _settings(wanted)
    return Outcome(False, f"Backup {name!r} is there already and is {state}", {"backup": backup}, settings, settings)


def _refuse_other_settings(wanted: dict[str, Any], backup: dict[str, Any]) -> None:
    different = differences(wanted, backup, SETTINGS)
    if different:
        listed = "; ".join(str(item) for item in different)
        raise ConflictError(
            f"a backup named {wanted['name']!r} is there already with other settings: {listed}",
            hint="take another name, or give the settings that it has (UPDATE changes labels and ownership)",
        )


def _settings(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what the task sets, for the diff."""
    return {
        "name": wanted["name"],
        **{name: desired(wanted, name) for name in SETTINGS if wanted.get(name) is not None},
    }


def _predicted(body: dict[str, Any], owner: str) -> dict[str, Any]:
    """Return the backup that the server will answer with, as far as that can be known before."""
    settings = {name: value for name, value in body.items() if name != "metadata"}
    ownership = {"owner": owner, **body["metadata"].get("ownership", {})}
    return decode(
        "BackupObject",
        {
            "metadata": {**body["metadata"], "ownership": ownership},
            "backup_info": {**settings, "backup_type": {"type": body["backup_type"]}, "status": {"status": "Pending"}},
        },
    )
