# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CREATE: create a restore once, where the task says and nowhere else.

Facts: docs/server-behaviour.md, sections 9.1 and 9.3.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from ..api.schema import decode
from ..backups.lifecycle import LIFECYCLE as BACKUP_LIFECYCLE
from ..backups.lookup import BACKUPS
from ..backups.options import PREFLIGHT_OFF
from ..backups.preflight.checks import as_result, report
from ..backups.preflight.findings import WARNING, Finding
from ..backups.preflight.states import CLUSTER_STATES, check_state
from ..core.creation import create_once, refuse_unusable, warn_of_unknown_owner
from ..core.lookup import owner_of
from ..core.model import Context, Outcome
from ..core.pagination import name_of, uid_of
from ..core.references import CLUSTER
from ..core.wait_policy import wait_policy
from ..core.writes import Written
from ..errors import ConflictError, ProtocolError, PXBackupError, StateError, ValidationError
from ..text import join_first
from .arrival import judge_arrival
from .lookup import LIFECYCLE, RESTORE_TIMEOUT, RESTORES, status_of
from .mapping import find_omitted, find_overwritten, plan_mapping
from .options import SETTINGS, WRITE_ONLY, differences
from .waiting import wait_for_arrival

_METADATA = ("labels", "ownership")
_REQUEST_SETTINGS = tuple(name for name in (*SETTINGS, *WRITE_ONLY) if name not in _METADATA)

# How many names or differences a sentence lists before it counts the rest.
_MAX_LISTED = 10


class Plan(NamedTuple):
    """What a restore will do.

    Attributes:
        wanted: the settings of the task, resolved, with the mapping that is sent.
        backup: the backup, whole.
        overwritten: the namespaces whose existing objects are replaced.
    """

    wanted: dict[str, Any]
    backup: dict[str, Any]
    overwritten: list[str]

    @property
    def backup_ref(self) -> dict[str, str]:
        """Name and uid of the backup."""
        return {"name": name_of(self.backup), "uid": uid_of(self.backup)}


def create_restore(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Create the restore, or return ``ok`` when one of that name has the settings that the task sets.

    A finished restore is not run again: that needs a new name.
    """
    policy = wait_policy(parameters, RESTORE_TIMEOUT)
    plan = _plan(context, parameters)
    owner = str((parameters.get("ownership") or {}).get("owner") or context.caller())
    existing = RESTORES.find(context.api, parameters["name"], "", owner)
    outcome = _accept_existing(context, plan, existing, owner) if existing else _create(context, plan, owner)
    judge = partial(judge_arrival, backup=plan.backup, excluded=plan.wanted.get("exclude_resources") or ())
    return wait_for_arrival(context, outcome, policy, judge, observed=not outcome.changed)


def _plan(context: Context, parameters: dict[str, Any]) -> Plan:
    """Resolve what the task names and decide where the restore writes.

    Raises:
        ValidationError: the task does not say where to restore, or contradicts itself.
        StateError: the backup cannot be restored.
    """
    wanted = _read_pairs(context, parameters)
    wanted["cluster_ref"] = context.references.resolve("cluster_ref", CLUSTER, _cluster(wanted))
    backup = BACKUPS.require(context.api, _backup(wanted))
    status, name = BACKUP_LIFECYCLE.status(backup), name_of(backup)
    if status not in BACKUP_LIFECYCLE.good | BACKUP_LIFECYCLE.partial:
        raise StateError(
            f"backup {name!r} is {status}{BACKUP_LIFECYCLE.reason_suffix(backup)}, and only a Success or "
            "PartialSuccess backup can be restored",
            hint="use another backup",
        )
    namespaces = list(backup["backup_info"]["namespaces"])
    mapping = plan_mapping(wanted, namespaces)
    if mapping:
        wanted["namespace_mapping"] = mapping
    return Plan(wanted, backup, find_overwritten(wanted, mapping, namespaces))


def _cluster(wanted: dict[str, Any]) -> dict[str, str]:
    """Return the reference of the target cluster; ``cluster`` is its name.

    Raises:
        ValidationError: both are set and contradict each other.
    """
    name, ref = wanted.pop("cluster", None), wanted.get("cluster_ref")
    if ref is None:
        return {"name": name}
    if name is not None and ref.get("name", name) != name:
        raise ValidationError(f"cluster is {name!r}, but cluster_ref.name is {ref['name']!r}", hint="omit cluster")
    return {"name": name, **ref} if name is not None else dict(ref)


def _backup(wanted: dict[str, Any]) -> dict[str, str]:
    """Return the reference of the backup; ``backup`` is its name."""
    name, ref = wanted.pop("backup", None), wanted.pop("backup_ref", None)
    if ref is None:
        return {"name": name}
    if name is not None and ref.get("name", name) != name:
        raise ValidationError(f"backup is {name!r}, but backup_ref.name is {ref['name']!r}", hint="omit backup")
    return {"name": name, **ref} if name is not None else dict(ref)


def _read_pairs(context: Context, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with project mappings read as maps, also where they are written as key and value."""
    read = dict(parameters)
    for name in ("rancher_project_mapping", "rancher_project_name_mapping"):
        value = parameters.get(name) or {}
        if set(value) == {"key", "value"}:
            read[name] = {value["key"]: value["value"]}
            context.warn(
                f"{name} is a map from source to target: {{key: {value['key']}, value: {value['value']}}} is read as "
                f"{{{value['key']}: {value['value']}}}"
            )
    return read


def _create(context: Context, plan: Plan, owner: str) -> Outcome:
    """Send the creation and judge by what exists then."""
    findings = _check(context, plan)
    name, body = plan.wanted["name"], _request_body(context.api.org_id, plan)
    written = create_once(
        context,
        RESTORES,
        name,
        owner,
        send=lambda: context.api.create_restore(body, _predict(body, owner)),
        is_complete=lambda created: not _differ(plan, created),
    )
    if context.api.check_mode:
        after = _settings_of(plan)
        result = {"restore": written.found, "preflight": findings}
        return Outcome(True, f"Restore {name!r} would be created", result, {}, after)
    outcome = _judge(context, plan, written, owner)
    return outcome._replace(result={**outcome.result, "preflight": findings})


def _check(context: Context, plan: Plan) -> list[dict[str, str]]:
    """Check what the restore omits, and the state of the target cluster; warn, and return the findings.

    Raises:
        ValidationError, StateError: a finding is an error.
    """
    wanted, found = plan.wanted, []
    if wanted.get("preflight") != PREFLIGHT_OFF:
        omitted = find_omitted(wanted.get("namespace_mapping") or {}, list(plan.backup["backup_info"]["namespaces"]))
        if omitted:
            names = join_first(omitted, _MAX_LISTED)
            message = f"namespace_mapping omits {names} of the backup, which will not be restored"
            found.append(Finding(WARNING, "namespace_mapping", message))
        listed = context.references.listed(CLUSTER, wanted["cluster_ref"])
        found += check_state(CLUSTER_STATES, "cluster_ref", listed, "restore")
    return as_result(report(context, wanted, "CREATE", found))


def _judge(context: Context, plan: Plan, written: Written, owner: str) -> Outcome:
    """Return the outcome of a creation that was not refused."""
    name, created, trouble = plan.wanted["name"], written.found, written.trouble
    if isinstance(trouble, ConflictError):
        return _accept_existing(context, plan, created, owner)
    different = [] if created is None else _differ(plan, created)
    if created is None or (different and trouble is None):
        problem = "does not exist" if created is None else f"has other settings: {_listed(different)}"
        error: PXBackupError = ProtocolError(
            f"the server accepted CREATE of restore {name!r}, but the restore {problem}",
            hint="inspect the restore in PX-Backup before you use what it has written",
        )
        error.changed = True
        raise error
    if trouble is not None and not trouble.maybe_processed and status_of(created) in LIFECYCLE.bad:
        trouble.message += f"; the server left restore {name!r} behind, which is {status_of(created)}"
        trouble.changed, trouble.result = True, {"restore": created}
        raise trouble
    _refuse_other_settings(plan, created)
    message = f"Restore {name!r} was created and is {status_of(created)}{written.note}"
    return Outcome(True, message, {"restore": created}, {}, _settings_of(plan))


def _accept_existing(context: Context, plan: Plan, restore: dict[str, Any], owner: str) -> Outcome:
    """Return ``ok`` for a name that is taken by such a restore, or raise an error that says what to do."""
    name = plan.wanted["name"]
    refuse_unusable(RESTORES, name, restore)
    _refuse_other_settings(plan, restore)
    if owner_of(restore) and not owner:
        warn_of_unknown_owner(context, RESTORES, name, restore)
    ended = "" if LIFECYCLE.is_running(restore) else "; it is not run again, which needs a new name"
    settings = _settings_of(plan)
    result = {"restore": restore, "preflight": []}
    return Outcome(
        False, f"Restore {name!r} already exists and is {status_of(restore)}{ended}", result, settings, settings
    )


def _differ(plan: Plan, restore: dict[str, Any]) -> list[Any]:
    different: list[Any] = list(differences(plan.wanted, restore, SETTINGS))
    ref = restore["restore_info"]["backup_ref"] or {}
    if ref.get("uid") and ref["uid"] != plan.backup_ref["uid"]:
        different.append(f"backup_ref is {ref!r}, not {plan.backup_ref!r}")
    return different


def _refuse_other_settings(plan: Plan, restore: dict[str, Any]) -> None:
    different = _differ(plan, restore)
    if different:
        raise ConflictError(
            f"restore {plan.wanted['name']!r} already exists with other settings: {_listed(different)}",
            hint="use another name, or set what it has",
        )


def _listed(different: list[Any]) -> str:
    return join_first(map(str, different), _MAX_LISTED, "; ")


def _request_body(org_id: str, plan: Plan) -> dict[str, Any]:
    """Return ``RestoreCreateRequest``: only what the task sets; names beside references, as the vendor sends them."""
    wanted = plan.wanted
    metadata = {"name": wanted["name"], "org_id": org_id}
    metadata.update({name: wanted[name] for name in _METADATA if wanted.get(name) is not None})
    settings = {name: wanted[name] for name in _REQUEST_SETTINGS if wanted.get(name) is not None}
    names = {"backup": plan.backup_ref["name"], "cluster": wanted["cluster_ref"]["name"]}
    return {"metadata": metadata, "backup_ref": plan.backup_ref, **names, **settings}


def _settings_of(plan: Plan) -> dict[str, Any]:
    """Return what the task sets, for the diff, and which namespaces are overwritten."""
    given = {name: option for name, option in SETTINGS.items() if plan.wanted.get(name) is not None}
    settings = {name: option.type.canonical(plan.wanted[name]) for name, option in given.items()}
    overwrites = {"overwrites_namespaces": plan.overwritten} if plan.overwritten else {}
    return {"name": plan.wanted["name"], "backup_ref": plan.backup_ref, **settings, **overwrites}


def _predict(body: dict[str, Any], owner: str) -> dict[str, Any]:
    """Return the restore that the server will respond with, as far as that can be known before."""
    shown = {name: value for name, value in body.items() if name in SETTINGS or name in ("backup", "cluster")}
    info = {**shown, "backup_ref": body["backup_ref"], "status": {"status": "Pending"}}
    for name in _METADATA:
        info.pop(name, None)
    ownership = {"owner": owner, **body["metadata"].get("ownership", {})}
    metadata = {**body["metadata"], "ownership": ownership}
    return decode("RestoreObject", {"metadata": metadata, "restore_info": info})
