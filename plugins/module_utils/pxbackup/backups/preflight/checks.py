# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Preflight: reports before a request is sent what the server accepts and what then fails.

The rules are in the files beside this one; here they meet what the task and the server say, and become warnings or
errors.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...core.model import Context
from ...core.references import BACKUP_LOCATION, CLUSTER
from ...errors import PXBackupError, StateError, ValidationError
from ...text import join_and
from ..options import PREFLIGHT_OFF, PREFLIGHT_STRICT, PREFLIGHT_WARN
from .findings import ERROR, NOTE, SEVERITIES, WARNING, Finding, Findings, Parameters
from .resource_types import TYPE_OPTIONS, check_types
from .rules import find_doubtful, find_impossible
from .states import CLUSTER_STATES, LOCATION_STATES, check_state
from .users import check_owners, check_shared_with

_STATE_PARAMETERS = ("cluster_ref", "backup_location_ref")


def refuse_impossible(parameters: Parameters) -> None:
    """Raise ``ValidationError`` where a CREATE of these parameters always fails. Sends nothing."""
    found = list(find_impossible(parameters))
    if found:
        _refuse_errors(parameters, "CREATE", _grade([*found, *find_doubtful(parameters)], parameters))


def check_create(context: Context, wanted: Parameters) -> list[Finding]:
    """Check a CREATE that :func:`refuse_impossible` let pass and that is about to be sent; warn, and return all found.

    Costs at most one request for each cluster, and only where the task names resource types.

    Args:
        wanted: the parameters with every reference resolved.

    Raises:
        ValidationError, StateError: a finding is an error; one message holds them all.
    """
    found: list[Finding] = []
    if _mode(wanted) != PREFLIGHT_OFF:
        found = [*find_doubtful(wanted), *check_owners(wanted, context.caller)]
        states = [*_check_cluster(context, wanted), *_check_location(context, wanted)]
        found += states
        if not any(finding.parameter == "cluster_ref" for finding in states):
            # A cluster that cannot be reached cannot list its resource types either.
            found += _check_listed_types(context, wanted)
    return report(context, wanted, "CREATE", found)


def check_share(context: Context, wanted: Parameters) -> list[Finding]:
    """Check a share that is about to be sent, as :func:`check_create` does. Sends nothing."""
    found = [] if _mode(wanted) == PREFLIGHT_OFF else list(check_shared_with(wanted["backup_share"], context.caller))
    return report(context, wanted, "UPDATE_BACKUP_SHARE", found)


def as_result(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as the task's result holds them."""
    return [finding._asdict() for finding in findings]


def _mode(parameters: Parameters) -> str:
    return str(parameters.get("preflight") or PREFLIGHT_WARN)


def _grade(findings: Iterable[Finding], parameters: Parameters) -> list[Finding]:
    """Return the findings with the severity that the task wants, the most severe first."""
    mode = _mode(parameters)
    kept = [finding for finding in findings if mode != PREFLIGHT_OFF or finding.severity == ERROR]
    if mode == PREFLIGHT_STRICT:
        kept = [item._replace(severity=ERROR) if item.severity == WARNING else item for item in kept]
    return sorted(kept, key=lambda item: SEVERITIES.index(item.severity))


def report(context: Context, parameters: Parameters, operation: str, found: list[Finding]) -> list[Finding]:
    """Warn of warnings, raise where a finding is an error, return all."""
    findings = _grade(found, parameters)
    for finding in findings:
        if finding.severity == WARNING:
            context.warn(f"{operation} of {parameters.get('name') or parameters.get('uid')!r}: {finding.message}")
    if findings and findings[0].severity == ERROR:
        _refuse_errors(parameters, operation, findings)
    return findings


def _refuse_errors(parameters: Parameters, operation: str, findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == ERROR]
    of_state = all(finding.parameter in _STATE_PARAMETERS for finding in errors)
    kind = StateError if of_state else ValidationError
    hint = None
    if of_state:
        hint = "fix it in PX-Backup and run the task again, or set preflight to off to send the request anyway"
    elif _mode(parameters) == PREFLIGHT_STRICT:
        hint = "correct the task, or set preflight to warn where this is intended"
    name = parameters.get("name") or parameters.get("uid")
    sentences = ". ".join(finding.message for finding in errors)
    error = kind(f"{operation} of {name!r} was not sent: {sentences}", hint=hint, retriable=of_state)
    error.result = {"preflight": as_result(findings)}
    raise error


def _check_cluster(context: Context, wanted: Parameters) -> Findings:
    return check_state(CLUSTER_STATES, "cluster_ref", context.references.listed(CLUSTER, wanted["cluster_ref"]))


def _check_location(context: Context, wanted: Parameters) -> Findings:
    listed = context.references.listed(BACKUP_LOCATION, wanted["backup_location_ref"])
    return check_state(LOCATION_STATES, "backup_location_ref", listed)


def _check_listed_types(context: Context, wanted: Parameters) -> Findings:
    """Yield what the server's list of a cluster's resource types says of the task's; a missing list is no failure."""
    given = [name for name in TYPE_OPTIONS if wanted.get(name)]
    if not given:
        return
    cluster = wanted["cluster_ref"]
    try:
        known = context.references.resource_types(cluster)
    except PXBackupError as error:
        message = f"{join_and(given)} could not be checked against the cluster's resource types: {error.message}"
        yield Finding(NOTE, given[0], message)
        return
    yield from check_types(wanted, known, cluster["name"])
