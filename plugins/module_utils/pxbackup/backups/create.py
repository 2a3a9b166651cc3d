# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CREATE: create a backup once.

Facts: docs/server-behaviour.md, sections 3.1 (names), 5.2 (ownership), 6.1 (what a create needs), 8.1 (settings).
"""

from __future__ import annotations

from typing import Any

from ..api.schema import decode
from ..core.creation import create_once, refuse_unusable, warn_of_unknown_owner
from ..core.lookup import owner_of
from ..core.model import Context, Outcome
from ..core.settings import Difference
from ..core.wait_policy import WaitPolicy, wait_policy
from ..core.writes import Written
from ..errors import ConflictError, ProtocolError, PXBackupError, ValidationError
from ..text import join_first
from .lifecycle import LIFECYCLE, status_of
from .lookup import BACKUP_TIMEOUT, BACKUPS
from .options import REFERENCE_KINDS, SETTINGS, differences
from .preflight.checks import as_result, check_create, refuse_impossible
from .waiting import wait_for_outcome

# The settings that go into the request under their own name. `labels` and `ownership` go into its metadata.
REQUEST_SETTINGS = tuple(name for name in SETTINGS if name not in ("labels", "ownership", "cloud_credential_ref"))

DEFAULT_BACKUP_TYPE = "Normal"

# How many differing settings an error lists before it counts the rest.
_MAX_DIFFERENCES = 10


def create_backup(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Create the backup, or return ``ok`` when a live one of that name has the settings that the task sets."""
    policy = wait_policy(parameters, BACKUP_TIMEOUT)
    refuse_impossible(parameters)
    wanted = resolve_settings(context, parameters)
    owner = expected_owner(context, parameters)
    existing = BACKUPS.find(context.api, parameters["name"], "", owner)
    return _wait(context, ensure_created(context, wanted, owner, existing), policy)


def _wait(context: Context, outcome: Outcome, policy: WaitPolicy | None) -> Outcome:
    # The response to a create does not show an end: an old server omits the status.
    return wait_for_outcome(context, outcome, policy, observed=not outcome.changed)


def resolve_settings(context: Context, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with every reference resolved.

    Raises:
        ValidationError: ``cluster`` contradicts ``cluster_ref``.
    """
    resolved = context.references.resolve_all(parameters, REFERENCE_KINDS)
    cluster = resolved.pop("cluster", None)
    known = resolved.get("cluster_ref")
    if cluster is not None and known is not None and cluster != known["name"]:
        raise ValidationError(
            f"cluster is {cluster!r}, but cluster_ref is the cluster {known['name']!r}", hint="omit cluster"
        )
    return resolved


def expected_owner(context: Context, parameters: dict[str, Any]) -> str:
    """Return who will own the backup, ``""`` when that is unknown: names are unique for one owner."""
    return str((parameters.get("ownership") or {}).get("owner") or context.caller())


def ensure_created(context: Context, wanted: dict[str, Any], owner: str, existing: dict[str, Any] | None) -> Outcome:
    """Return the outcome of the creation itself, without a wait.

    A backup that exists already is not checked before: it stays ``ok`` while its cluster is offline.

    Args:
        wanted: parameters that `refuse_impossible` let pass, with every reference resolved.
        existing: the backup that has the name already, if any.
    """
    findings = as_result([] if existing else check_create(context, wanted))
    try:
        outcome = _accept_existing(context, wanted, existing) if existing else _create(context, wanted, owner)
    except PXBackupError as error:
        error.result = {**error.result, "preflight": findings}
        raise
    return outcome._replace(result={**outcome.result, "preflight": findings})


def _create(context: Context, wanted: dict[str, Any], owner: str) -> Outcome:
    """Send the creation and judge by what exists then."""
    name, body = wanted["name"], request_body(context.api.org_id, wanted)
    try:
        written = create_once(
            context,
            BACKUPS,
            name,
            owner,
            send=lambda: context.api.create_backup(body, _predict(body, owner)),
            is_complete=lambda created: not differences(wanted, created, SETTINGS),
        )
    except ConflictError as error:
        error.hint = error.hint or "use another name, or find out its owner with an administrator's token"
        raise
    if context.api.check_mode:
        settings = _settings_of(wanted)
        return Outcome(True, f"Backup {name!r} would be created", {"backup": written.found}, {}, settings)
    return _judge(context, wanted, written)


def _judge(context: Context, wanted: dict[str, Any], written: Written) -> Outcome:
    """Return the outcome of a creation that was not refused."""
    name, created, trouble = wanted["name"], written.found, written.trouble
    if isinstance(trouble, ConflictError):
        return _accept_existing(context, wanted, created)
    if created is None:
        raise _created_otherwise(f"the server accepted CREATE of backup {name!r}, but the backup does not exist")
    if trouble is not None and not trouble.maybe_processed and LIFECYCLE.status(created) in LIFECYCLE.bad:
        raise _left_behind(trouble, name, created)
    if trouble is not None:
        _refuse_other_settings(wanted, created)
    different = differences(wanted, created, SETTINGS)
    if different:
        raise _created_otherwise(
            f"the server created backup {name!r} with other settings than requested: {_listed(different)}"
        )
    message = f"Backup {name!r} was created and is {status_of(created)}{written.note}"
    return Outcome(True, message, {"backup": created}, {}, _settings_of(wanted))


def _left_behind(trouble: PXBackupError, name: str, backup: dict[str, Any]) -> PXBackupError:
    """Return the error of a creation that failed and left a backup behind."""
    state = f"{status_of(backup)}{LIFECYCLE.reason_suffix(backup)}"
    trouble.message = f"{trouble.message}; the server left backup {name!r} behind, which is {state}"
    trouble.hint = "fix the cause, delete the backup and run the task again"
    trouble.changed = True
    trouble.result = {"backup": backup}
    return trouble


def _created_otherwise(message: str) -> ProtocolError:
    error = ProtocolError(
        message,
        hint="this server, or the role of this user, does not allow it: delete the backup, or omit the setting",
    )
    error.changed = True
    return error


def request_body(org_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return ``BackupCreateRequest``: only what the task sets, and the type that the documentation promises."""
    metadata = {"name": wanted["name"], "org_id": org_id}
    metadata.update({name: wanted[name] for name in ("labels", "ownership") if wanted.get(name) is not None})
    if "ownership" in metadata:
        metadata["ownership"] = {key: part for key, part in metadata["ownership"].items() if part is not None}
    settings = {name: wanted[name] for name in REQUEST_SETTINGS if wanted.get(name) is not None}
    return {"metadata": metadata, "backup_type": DEFAULT_BACKUP_TYPE, **settings}


def _accept_existing(context: Context, wanted: dict[str, Any], backup: dict[str, Any]) -> Outcome:
    """Return ``ok`` for a name that is taken by such a backup, or raise an error that says what to do."""
    name = wanted["name"]
    refuse_unusable(BACKUPS, name, backup)
    _refuse_other_settings(wanted, backup)
    if owner_of(backup) and not expected_owner(context, wanted):
        warn_of_unknown_owner(context, BACKUPS, name, backup)
    settings = _settings_of(wanted)
    return Outcome(
        False, f"Backup {name!r} already exists and is {status_of(backup)}", {"backup": backup}, settings, settings
    )


def _refuse_other_settings(wanted: dict[str, Any], backup: dict[str, Any]) -> None:
    different = differences(wanted, backup, SETTINGS)
    if different:
        raise ConflictError(
            f"backup {wanted['name']!r} already exists with other settings: {_listed(different)}",
            hint="use another name, or set what it has (UPDATE changes labels and ownership)",
        )


def _listed(different: list[Difference]) -> str:
    return join_first(map(str, different), _MAX_DIFFERENCES, "; ")


def _settings_of(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what the task sets, for the diff."""
    given = {name: option for name, option in SETTINGS.items() if wanted.get(name) is not None}
    return {"name": wanted["name"], **{name: option.type.canonical(wanted[name]) for name, option in given.items()}}


def _predict(body: dict[str, Any], owner: str) -> dict[str, Any]:
    """Return the backup that the server will respond with, as far as that can be known before."""
    settings = {name: value for name, value in body.items() if name != "metadata"}
    ownership = {"owner": owner, **body["metadata"].get("ownership", {})}
    return decode(
        "BackupObject",
        {
            "metadata": {**body["metadata"], "ownership": ownership},
            "backup_info": {**settings, "backup_type": {"type": body["backup_type"]}, "status": {"status": "Pending"}},
        },
    )
